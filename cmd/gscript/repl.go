package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl"
	"github.com/gscript-lang/gscript/engine/repl/history"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

func newREPL(r *runner) *cobra.Command {
	c := &cobra.Command{
		Use:   "repl [flags]",
		Short: "Try things out at a prompt",
		Long: `Type Lua at a prompt: values are printed, modules are at hand, Tab completes and
?name shows help. gscript without a script does the same.

From a pipe or a file, what is read is run as a script; a text that is none, such
as "1 + 1", is taken as what a person would type, and its values are printed.

What is typed is kept in a file: GSCRIPT_HISTORY names it, and keeps nothing where
it is empty. A line that begins with a space is not kept.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.prompt(cmd.Context()) },
	}
	r.grants.flags(c.Flags())
	r.limits.flags(c.Flags())
	c.Flags().BoolVar(&r.tasks, "async-debug", os.Getenv("GSCRIPT_ASYNC_DEBUG") == "1", "log slow, forgotten and never awaited tasks")
	return c
}

// prompt talks to the person at the terminal, or runs what a pipe brings.
func (r *runner) prompt(ctx context.Context) error {
	permissions, err := r.grants.permissions()
	if err != nil {
		return err
	}
	list, err := declarations()
	if err != nil {
		return err
	}
	if ctx == nil {
		ctx = context.Background()
	}
	world := host.New(permissions)
	defer world.Close()
	interactive := world.Terminal.IsTerminal(0)
	path := ""
	if interactive {
		path = historyFile("GSCRIPT_HISTORY", "history")
	}
	kept, warning := history.Open(path)
	console := repl.NewConsole(world.Terminal, os.Stdin, os.Stdout, kept, os.Getenv("TERM") == "dumb")
	world.Terminal = console.Terminal()
	world.Log = r.loggerTo(console.Stderr())
	quietLibraries(world.Log)
	e := engine.New(engine.Options{
		Modules: modules.All(), Library: stdlib.Files,
		Host: world, Log: world.Log,
		Trusted: !r.grants.sandboxed(), Limits: r.limits.engine(),
		DebugTasks: r.tasks, Processes: r.processes, Path: searchPath(),
	})
	state := e.NewState(context.Background())
	if !interactive {
		err = r.piped(ctx, console, e, state, world, list)
	} else {
		if warning != nil {
			fmt.Fprintln(console.Stderr(), "gscript:", warning)
		}
		err = r.prompted(ctx, console, repl.Options{Engine: e, State: state, Host: world, Modules: list})
	}
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if errors.Is(err, repl.ErrTerminated) {
		return exitError(exitTerminated)
	}
	return r.report(e, world, err)
}

func (r *runner) prompted(ctx context.Context, console *repl.Console, o repl.Options) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP)
	}
	defer signal.Stop(signals)
	ignored := make(chan os.Signal, 1) // a closed pipe is an error of the write
	signal.Notify(ignored, syscall.SIGPIPE)
	defer signal.Stop(ignored)
	o.Signals, o.Dir = signals, "."
	o.Abandon = func() { os.Exit(exitInterrupted) }
	if !r.quiet {
		o.Banner = version() + "\nType Lua, ?name or help(x) for help, :help for commands, Ctrl-D to leave."
	}
	return repl.New(console, o).Run(ctx)
}

// piped runs what standard input has.
func (r *runner) piped(ctx context.Context, console *repl.Console, e *engine.Engine, state *engine.State, world *host.Host, list []*module.Module) error {
	text, err := readInput()
	if err != nil {
		return err
	}
	ctx, done := interruptible(ctx, state, r.quiet, func() {})
	signals := make(chan os.Signal)
	p := repl.New(console, repl.Options{Engine: e, State: state, Host: world, Modules: list, Signals: signals})
	err = p.Script(ctx, "stdin", text)
	if signal := done(); signal != nil && (err == nil || engine.KindOf(err) == engine.KindCanceled) {
		return signal
	}
	return err
}

// historyFile is where what was typed is kept: what the variable names, or name in
// the user's directory for the state of programs.
func historyFile(variable, name string) string {
	if path, set := os.LookupEnv(variable); set {
		return path
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gscript", name)
	}
	if runtime.GOOS == "windows" {
		if dir, err := os.UserCacheDir(); err == nil {
			return filepath.Join(dir, "gscript", name)
		}
		return ""
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "state", "gscript", name)
}
