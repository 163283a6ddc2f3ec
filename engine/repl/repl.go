// Package repl is the prompt of gscript: it reads Lua from a person, or from a
// pipe, runs it in one living state and prints what comes out.
//
// # Security
//
// What is typed runs with the permissions of the state. Commands of the prompt
// itself, such as :load, read what the person names with the rights of the
// process. The history is in a file that only its owner may read; a line that
// begins with a space is not kept.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// Options say what a prompt stands on.
type Options struct {
	Engine  *engine.Engine
	State   *engine.State
	Host    *host.Host // that of the engine
	Modules []*module.Module
	// Signals brings SIGINT, and SIGTERM or others that end the prompt.
	Signals <-chan os.Signal
	// Abandon ends the process when what runs cannot be stopped.
	Abandon func()
	// Dir is where modules are looked for first; "" is nowhere.
	Dir string
	// Banner is printed first.
	Banner string
}

// ErrTerminated is why a prompt ended at a signal.
var ErrTerminated = errors.New("terminated")

var errInterrupted = errors.New("interrupted")

// REPL is one prompt.
type REPL struct {
	Options
	console *Console
	session *engine.Session
	color   bool
	count   int            // of what was typed
	early   chan os.Signal // came when a line was read and did not run yet
}

// New makes the prompt of a console.
func New(console *Console, o Options) *REPL {
	o.State.UseModules()
	r := &REPL{Options: o, console: console, session: o.State.NewSession(o.Dir), early: make(chan os.Signal, 1)}
	r.color = o.Host.Terminal.Color(1)
	r.session.Define(r.helpFunction())
	console.ready = func(text string) bool { return r.compiler("input").ready(text) }
	console.complete = r.complete
	return r
}

func (r *REPL) compiler(name string) compiler { return compiler{check: r.session.Check, name: name} }

// Run reads and runs until the input ends, the person leaves or a script calls
// os.exit, whose error it then returns. The caller closes the state.
func (r *REPL) Run(ctx context.Context) error {
	if r.Banner != "" {
		fmt.Fprintln(r.console.out, r.Banner)
	}
	err := r.loop(ctx)
	if r.console.editor == nil && err == nil {
		fmt.Fprintln(r.console.err)
	}
	stop := r.watch(func(os.Signal) { r.session.Stop(errInterrupted) })
	defer stop()
	if cerr := r.session.End(); err == nil {
		err = cerr
	}
	return err
}

// errQuit ends the loop.
var errQuit = errors.New("quit")

func (r *REPL) loop(ctx context.Context) error {
	for {
		text, err := r.read(ctx)
		switch {
		case errors.Is(err, lineedit.ErrInterrupt):
			if text == "" {
				fmt.Fprintln(r.console.out, "Ctrl-D or :quit leaves")
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := r.eval(ctx, text); errors.Is(err, errQuit) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// read waits for a text. Tasks that fail meanwhile are reported.
func (r *REPL) read(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			f, ok := r.session.Failed(ctx)
			if !ok {
				return
			}
			if _, exit := engine.ExitCode(f.Err); exit {
				cancel(f.Err)
				return
			}
			fmt.Fprintf(r.console.err, "%s failed, and nobody awaited it\n", f.Task)
			r.report(f.Err)
		}
	}()
	select {
	case s := <-r.early: // what it was for did not run at all
		if s != os.Interrupt {
			return "", ErrTerminated
		}
	default:
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	var taken os.Signal
	go func() {
		defer close(stopped)
		select {
		case taken = <-r.Signals:
			if taken == os.Interrupt {
				cancel(lineedit.ErrInterrupt)
			} else {
				cancel(ErrTerminated)
			}
		case <-stop:
		}
	}()
	text, err := r.console.readLine(ctx)
	close(stop)
	<-stopped
	cancel(nil)
	<-done
	if err == nil && taken != nil {
		r.early <- taken
	}
	return text, err
}

// watch has interrupt called at a signal; stop ends that.
func (r *REPL) watch(interrupt func(os.Signal)) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case s := <-r.Signals:
				interrupt(s)
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit); <-ended }
}

// hold is the session's Hold, with the signals watched.
func (r *REPL) hold(f func()) { r.waiting(func() { r.session.Hold(f) }) }

// look runs f, which looks at values and runs nothing of the script's. It waits
// only for what a task calls, and then as hold does.
func (r *REPL) look(f func()) {
	if !r.session.Glance(f) {
		r.hold(f)
	}
}

// waiting runs f, which waits for the state. A signal ends the task that keeps it
// waiting.
func (r *REPL) waiting(f func()) {
	stop := r.watch(r.unblock)
	defer stop()
	f()
}

// unblock takes a signal that came while a task computes and has the prompt wait.
// One that ends no such task is for what comes next.
func (r *REPL) unblock(s os.Signal) {
	task := r.session.InterruptBusy(errInterrupted)
	if task == "" || s != os.Interrupt {
		r.keep(s)
		return
	}
	r.endLine()
	fmt.Fprintln(r.console.err, "interrupted", task)
}

// keep has a signal be for what runs next.
func (r *REPL) keep(s os.Signal) {
	select {
	case r.early <- s:
	default:
	}
}

// eval runs what was typed and says what went wrong. An error ends the prompt.
func (r *REPL) eval(ctx context.Context, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if err := r.console.history.Add(text); err != nil {
		fmt.Fprintln(r.console.err, "the history is not kept:", err)
	}
	if r.leaving(text) {
		return errQuit
	}
	r.count++
	list, err := r.compiler(fmt.Sprintf("repl[%d]", r.count)).units(text)
	if err != nil {
		r.report(err)
		return nil
	}
	for _, u := range list {
		err := r.unit(ctx, u)
		if err != nil && (errors.Is(err, errQuit) || ends(err)) {
			return err
		}
		if err != nil {
			r.report(err)
			return nil
		}
	}
	return nil
}

// ends says that an error is the end of the prompt.
func ends(err error) bool {
	_, exit := engine.ExitCode(err)
	return exit || errors.Is(err, ErrTerminated)
}

// leaving says that a text is what people type who want to leave.
func (r *REPL) leaving(text string) bool {
	word := strings.TrimSuffix(strings.TrimSpace(text), "()")
	if word != "exit" && word != "quit" {
		return false
	}
	known := false
	r.look(func() { _, known = r.session.Lookup(word) })
	return !known
}

func (r *REPL) unit(ctx context.Context, u unit) error {
	if u.command != "" {
		return r.command(ctx, u.command)
	}
	values, err := r.run(ctx, u.piece)
	if err != nil {
		return err
	}
	return r.showResults(u, values)
}

// showResults is show, but for a call that returned nil alone.
func (r *REPL) showResults(u unit, values []engine.Value) error {
	if len(values) == 1 && values[0].IsNil() && u.call {
		return nil
	}
	return r.show(values)
}

// run runs a piece. A first Ctrl-C asks it to end, a second one stops it.
func (r *REPL) run(ctx context.Context, p engine.Piece) ([]engine.Value, error) {
	quit, ended := make(chan struct{}), make(chan struct{})
	begun := make(chan struct{})
	p.Begun = func() { close(begun) }
	terminated := false
	go func() {
		defer close(ended)
		for waiting := true; waiting; {
			select {
			case <-begun:
				waiting = false
			case s := <-r.Signals:
				select {
				case <-begun: // it is for what runs
					r.keep(s)
				default:
					r.unblock(s)
				}
			case <-quit:
				return
			}
		}
		for count := 1; ; count++ {
			var s os.Signal
			select {
			case s = <-r.early:
			case s = <-r.Signals:
			case <-quit:
				return
			}
			switch {
			case s != os.Interrupt:
				terminated = true
				r.session.Stop(ErrTerminated)
			case count <= 2:
				if r.console.editor != nil {
					fmt.Fprintln(r.console.out) // behind the ^C of the terminal
				}
				r.session.Interrupt(errInterrupted, count == 2)
			default:
				r.Abandon()
			}
		}
	}()
	values, err := r.session.Run(ctx, p)
	close(quit)
	<-ended
	if terminated {
		return nil, ErrTerminated
	}
	select {
	case s := <-r.Signals: // it came too late for what ran
		if s != os.Interrupt {
			return nil, ErrTerminated
		}
	default:
	}
	return values, err
}

// show prints values and keeps the first as _.
func (r *REPL) show(values []engine.Value) error {
	if len(values) == 0 {
		return nil
	}
	if !values[0].IsNil() {
		r.waiting(func() { r.session.Set("_", values[0]) })
	}
	parts := make([]string, len(values))
	sep := ", "
	r.hold(func() {
		for i, v := range values {
			parts[i] = inspect.Sprint(v, inspect.Options{Width: r.width(), Color: r.color, Depth: 6, Items: 50})
			if strings.Contains(parts[i], "\n") {
				sep = ",\n"
			}
		}
	})
	r.endLine()
	if _, err := fmt.Fprintln(r.console.out, strings.Join(parts, sep)); err != nil {
		return engine.LostOutput(err)
	}
	return nil
}

// endLine has the next output begin a line of the terminal.
func (r *REPL) endLine() {
	if r.console.editor != nil {
		r.console.editor.EndLine()
	}
}

func (r *REPL) width() int { return max(min(r.Host.Terminal.Width(), 120), 20) }

// report says what went wrong.
func (r *REPL) report(err error) {
	var b strings.Builder
	if errors.Is(err, errInterrupted) {
		b.WriteString("interrupted")
		if at := r.Engine.Report(err); at.File != "" {
			fmt.Fprintf(&b, " at %s:%d", at.File, at.Line)
		}
		b.WriteByte('\n')
	} else {
		r.Engine.Report(err).Text(&b, r.Host.Terminal.Color(2))
	}
	r.endLine()
	_, _ = io.WriteString(r.console.err, b.String())
}
