package isolate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// marker is the variable that tells a program that it is a child. Its value
// names the parent, so that one that strayed into an environment does nothing.
const marker = "GSCRIPT_ISOLATED"

// The child's descriptors. Its own standard error output is the parent's pipe
// for what the Go runtime says when it dies.
const (
	fdControl = 3 // from the parent
	fdAnswer  = 4 // to the parent
	fdStderr  = 5 // the script's
)

// boot is what the child knows before it has read anything.
type boot struct {
	parent int
	memory int64
	run    bool // the script may start programs
	token  string
}

func (b boot) String() string {
	return fmt.Sprintf("%d %d %t %s", b.parent, b.memory, b.run, b.token)
}

// bootOf reads the marker; ok says that this process is a child of the one that
// set it.
func bootOf(value string) (b boot, ok bool) {
	n, err := fmt.Sscanf(value, "%d %d %t %s", &b.parent, &b.memory, &b.run, &b.token)
	return b, err == nil && n == 4 && b.parent == os.Getppid()
}

// Child serves the script or the worker for which this program was started once
// more, and does not return then. Otherwise it returns at once, with what lets
// scripts start workers, for Options.Processes. It stands first in main, before
// flags are read. The options give Modules and Library, the rest comes from the
// parent.
func Child(options engine.Options) engine.Processes {
	b, ok := bootOf(os.Getenv(marker))
	if !ok || !controlled() {
		return &Workers{}
	}
	os.Unsetenv(marker)
	options.Processes = &Workers{}
	os.Exit(serve(b, options))
	return nil
}

// child is this process while it serves.
type child struct {
	to      *frameWriter
	control *bufio.Reader

	stop      context.CancelCauseFunc
	interrupt chan string
	closed    atomic.Bool // the output
	worker    *servant    // nil for a script
}

func serve(b boot, options engine.Options) int {
	guards := confine(b)
	if b.memory > 0 {
		debug.SetMemoryLimit(b.memory / 5 * 4)
		// A stack that outgrows this is a defect of ours; at Go's 1 GB it would
		// look like a lack of memory.
		debug.SetMaxStack(int(max(b.memory/4, 32<<20)))
	}
	signal.Notify(make(chan os.Signal, 1), pipeSignals()...)

	c := &child{
		to:        &frameWriter{w: os.NewFile(fdAnswer, "answer")},
		control:   bufio.NewReaderSize(os.NewFile(fdControl, "control"), piece),
		interrupt: make(chan string, 4),
	}
	hello := append([]string{b.token}, guards...)
	if c.to.send(frameHello, []byte(strings.Join(hello, "\n"))) != nil {
		return 1
	}
	r, err := c.request()
	if err != nil {
		return 1
	}
	if r.Worker != nil {
		return c.work(r, options)
	}
	values, report, err := c.run(r, options)
	c.finish(r, values, report, err)
	return 0
}

// request reads what to run.
func (c *child) request() (*request, error) {
	var data, buf []byte
	for {
		kind, payload, err := readFrame(c.control, buf)
		if err != nil {
			return nil, err
		}
		if buf = payload; kind == frameRequest && len(payload) == 0 {
			return decodeRequest(data)
		}
		data = append(data, payload...)
	}
}

func (c *child) run(r *request, options engine.Options) ([]any, *engine.Report, error) {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	c.stop = stop
	if r.Left > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Left)
		defer cancel()
	}
	args, err := wire.Decode(r.Args)
	if err != nil {
		return nil, nil, err
	}
	world := c.world(r)
	defer world.Close()
	go c.obey(nil)

	e := engine.New(r.options(options, world))
	state := e.NewState(context.Background())
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case why := <-c.interrupt:
				state.Interrupt(errors.New(why))
			case <-ended:
				return
			}
		}
	}()
	if r.UseModules {
		state.UseModules()
	}
	var values []any
	switch {
	case r.Script.File != "":
		values, err = state.RunFile(ctx, r.Script.File, args...)
	case r.Script.Module != "":
		values, err = state.RunModule(ctx, r.Script.Module, args...)
	default:
		values, err = state.Run(ctx, r.Script.Name, r.Script.Source, args...)
	}
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		return values, nil, nil
	}
	return nil, e.Report(err), err
}

// options are the program's with what the parent asks for.
func (r *request) options(o engine.Options, world *host.Host) engine.Options {
	o.Host, o.Log = world, world.Log
	o.Permissions, o.Dir, o.Env = r.permissions(), r.Dir, r.Env
	o.Trusted, o.Limits, o.Grace, o.Path, o.NoResults = r.Trusted, r.limits(), r.Grace, r.Path, r.NoResults
	return o
}

// limits are the request's, narrowed to what the memory can hold. The engine's
// own watch on the heap comes first, because what it raises has a traceback.
func (r *request) limits() engine.Limits {
	l := r.Limits
	if l.Memory == 0 {
		return l
	}
	memory := int(l.Memory)
	l.Memory = l.Memory / 4 * 3
	l.String = narrow(l.String, memory/8)
	l.Table = narrow(l.Table, memory/8/16) // a slot takes 16 bytes
	return l
}

func narrow(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

// world makes the host of the script.
func (c *child) world(r *request) *host.Host {
	handler := &forwarder{to: c.to, level: slog.Level(r.LogLevel)}
	config := host.Config{Dir: r.Dir, Log: slog.New(handler), Stdin: os.Stdin, Stdout: os.Stdout}
	if r.HasEnv {
		config.Env = append([]string{}, r.Env...)
	}
	if r.Piped.Out {
		config.Stdout = &stream{c.to, frameOut, &c.closed}
	}
	if r.Piped.Err {
		config.Stderr = &stream{c.to, frameErr, &c.closed}
	} else {
		os.Stderr = os.NewFile(fdStderr, "/dev/stderr")
		config.Stderr = os.Stderr
	}
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(handler, slog.LevelDebug).Writer())
	h := host.New(r.permissions(), config)
	if r.Quiet {
		h.Terminal = noTerminal{h.Terminal}
	}
	return h
}

type noTerminal struct{ host.Terminal }

func (noTerminal) IsTerminal(int) bool { return false }

// obey does what the parent says while the script runs. When the parent is gone
// the child goes too.
//
// It does what a call asks for itself. Another goroutine goes on reading only
// when that takes longer, or waits for the parent: to wake a thread takes longer
// than most jobs.
func (c *child) obey(buf []byte) {
	for {
		kind, payload, err := readFrame(c.control, buf)
		if err != nil {
			endSession()
		}
		buf = payload
		switch kind {
		case framePiece, frameMessage:
			serve, err := c.worker.receive(kind, payload)
			if err != nil {
				endSession()
			}
			if serve != nil {
				relief := c.worker.relieve(func() { c.obey(buf) })
				serve()
				if !relief.cancel() {
					return
				}
			}
		case frameQuit:
			c.worker.quit()
		case frameInterrupt:
			select {
			case c.interrupt <- string(payload):
			default:
			}
		case frameClosed:
			c.closed.Store(true)
		case frameStop:
			if string(payload) == fault.Deadline {
				c.stop(context.DeadlineExceeded)
			} else {
				c.stop(context.Canceled)
			}
		}
	}
}

// The first byte of an ending says which one it is.
const (
	endValues = 'v' // the results
	endError  = 'e' // the error and its report
	endExit   = 'x' // the code given to os.exit
)

// finish tells the parent how the script ended.
func (c *child) finish(r *request, values []any, report *engine.Report, err error) {
	data, refusal := ending(values, report, err, r.Result)
	if refusal != nil {
		e := asError(refusal)
		if errors.Is(refusal, wire.ErrTooLarge) {
			e = fault.New(KindResult, "the script's results take more than %s", size(int64(r.Result))).
				WithHint("write large results to a file; Config.Result sets the limit")
		}
		data, _ = ending(nil, nil, e, maxFrame)
	}
	if c.to.sendPieces(frameResult, data) == nil {
		_ = c.to.send(frameEnd, nil)
	}
}

func ending(values []any, report *engine.Report, err error, max int) ([]byte, error) {
	kind, what := byte(endValues), "result"
	if code, ok := engine.ExitCode(err); ok {
		kind, values = endExit, []any{code}
	} else if err != nil {
		e := asError(err)
		if report == nil {
			report = plainReport(e)
		}
		kind, what, values = endError, "error", []any{e, reportData(report)}
	}
	data, refusal := wire.Encode(what, values, max)
	if kind == endError && errors.Is(refusal, wire.ErrTooLarge) {
		e := asError(err)
		e = &engine.Error{Kind: e.Kind, Message: strings.ToValidUTF8(e.Message[:min(len(e.Message), 4<<10)], "") + "…"}
		e.Hint = "the error was too large to hand over whole"
		data, refusal = wire.Encode(what, []any{e, reportData(plainReport(e))}, max)
	}
	return append([]byte{kind}, data...), refusal
}

// lifetime is how long a child may take from its start to its hello.
const lifetime = 20 * time.Second
