package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
)

// runIsolated runs the script that the arguments name in a child process.
func (r *runner) runIsolated(ctx context.Context, args []string) error {
	permissions, err := r.grants.permissions()
	if err != nil {
		return err
	}
	script, args, err := r.script(args)
	if err != nil {
		return err
	}
	config := isolate.Config{
		Options: engine.Options{
			Permissions: permissions,
			NoResults:   true,
			Limits:      r.limits.engine(),
			Log:         r.logger(),
			Path:        searchPath(),
		},
		UseModules: r.line,
		Quiet:      r.quiet,
	}
	if ctx == nil {
		ctx = context.Background()
	}
	covered, err := r.cover.start()
	if err != nil {
		return err
	}
	starting := &starting{ready: make(chan struct{})}
	ctx, done := interruptible(ctx, starting, r.quiet, func() {})
	starting.process, err = isolate.Start(ctx, config, script, anys(args)...)
	close(starting.ready)
	if err == nil {
		_, err = starting.process.Wait()
	}
	signal := done()
	switch {
	case signal != nil && (err == nil || engine.KindOf(err) == engine.KindCanceled):
		err = signal
	case starting.process == nil && engine.KindOf(err) == engine.KindInvalid:
		return err // the flags are wrong
	}
	r.suggestCommand(err, script.File)
	if cerr := covered.finish(os.Stderr); err == nil && cerr != nil {
		fmt.Fprintf(os.Stderr, "gscript: %v\n", cerr)
		return exitError(exitScript)
	}
	return r.report(engine.New(engine.Options{}), host.New(host.Permissions{}), err)
}

// script says what to run, and with which arguments.
func (r *runner) script(args []string) (isolate.Script, []string, error) {
	switch {
	case r.line:
		return isolate.Script{Name: "-e", Source: r.code}, args, nil
	case r.module != "":
		return isolate.Script{Module: r.module}, args, nil
	case args[0] == "-":
		source, err := readInput()
		return isolate.Script{Name: "stdin", Source: source}, args[1:], err
	}
	return isolate.Script{File: args[0]}, args[1:], nil
}

// suggestCommand adds to the error of a script that cannot be read that its name
// looks like a subcommand's.
func (r *runner) suggestCommand(err error, word string) {
	var e *engine.Error
	if errors.As(err, &e) && e.Kind == engine.KindUnreadable && e.Hint == "" {
		if near := engine.Suggest(word, r.commands); near != "" {
			e.Hint = "did you mean 'gscript " + near + "'?"
		}
	}
}

// starting passes interrupts on to a script that may not have started yet.
type starting struct {
	ready   chan struct{}
	process *isolate.Process
}

func (s *starting) Interrupt(why error) {
	<-s.ready
	if s.process != nil {
		s.process.Interrupt(why)
	}
}
