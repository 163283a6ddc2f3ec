package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/debug/terminal"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

// debugging is what the flags of debug say.
type debugging struct {
	*runner
	typed  []string
	dead   bool // --post-mortem
	dap    bool
	listen string
	relay  bool
	input  sync.Mutex                              // held by the session that has standard input
	stop   atomic.Pointer[context.CancelCauseFunc] // ends the run that is under way
}

func newDebug(root *runner) *cobra.Command {
	d := &debugging{runner: &runner{processes: root.processes}}
	cmd := &cobra.Command{
		Use:   "debug [flags] script.lua [arguments…]",
		Short: "Run a script under the debugger",
		Long: `Run a script under the debugger, which stops at its first line and takes
commands on the terminal: those of Python's pdb, and Lua that runs where the script
stands. 'help' lists them. The debugger writes to standard error, so that the
output of the script stays apart. Ctrl-C stops a script that runs.

With --post-mortem the script runs until an error that nothing catches.

With --dap an editor debugs the script by the Debug Adapter Protocol on standard
input and output, with --listen over TCP, several editors at a time. The editor
names the script; one given here is the default, and what an editor attaches to.

The commands in .gscriptdbg in the home directory run first, then those of -c.

Exit codes are those of run, and 0 when the script was ended from the debugger.
With --dap: 0 when the editor has left, 1 when what it sent is no protocol, 130
after Ctrl-C, 143 after SIGTERM. With --listen both signals end with 0.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.quiet, d.verbose = root.quiet, root.verbose
			if d.relay {
				return relay()
			}
			if d.dap || d.listen != "" {
				return d.serve(cmd.Context(), args)
			}
			if given, err := d.given(cmd, args); err != nil {
				return err
			} else if !given {
				return errors.New("debug needs a script")
			}
			return d.debug(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringVarP(&d.code, "eval", "e", "", "debug this `code`; all modules are at hand")
	f.StringVarP(&d.module, "module", "m", "", "debug the main.lua of this `package`, or this module")
	f.StringArrayVarP(&d.typed, "command", "c", nil, "run this debugger `command` at the first stop; may be given several times")
	f.BoolVar(&d.dead, "post-mortem", false, "stop only at an error that nothing catches")
	f.BoolVar(&d.dap, "dap", false, "serve an editor by the Debug Adapter Protocol on standard input and output")
	f.StringVar(&d.listen, "listen", "", "serve editors at this `address`, such as :4711; the host is 127.0.0.1 where none is given")
	f.BoolVar(&d.relay, "relay", false, "show a script that an editor debugs in this terminal")
	_ = f.MarkHidden("relay")
	d.limits.flags(f)
	d.grants.flags(f)
	cmd.MarkFlagsMutuallyExclusive("eval", "module")
	cmd.MarkFlagsMutuallyExclusive("dap", "listen", "post-mortem")
	return cmd
}

// debug runs the script under the debugger of the terminal.
func (d *debugging) debug(ctx context.Context, args []string) error {
	permissions, err := d.grants.permissions()
	if err != nil {
		return err
	}
	world := host.New(permissions, host.Config{Log: d.logger()})
	defer world.Close()
	o := onTerminal(world)
	world.Log = d.loggerTo(world.Terminal.Stderr())
	quietLibraries(world.Log)
	dir, _ := os.Getwd()
	o.Commands = append(ownCommands(), d.typed...)
	o.Quit = func() { d.end(debug.ErrQuit) }
	var script []string // the first of args, where it names one
	if d.code == "" && d.module == "" {
		script, args = args[:1], args[1:]
	}
	o.Restarts, o.Arguments = true, args
	o.Debug = debug.Options{Dir: dir, StopOnEntry: !d.dead, Catch: debug.Uncaught}
	t := terminal.Start(o)
	defer t.Close()
	for {
		err := d.once(ctx, world, t, append(script[:len(script):len(script)], t.Args()...))
		if t.Quitting() {
			err = nil
			if d.dead { // it had failed
				err = exitError(exitScript)
			}
		}
		how := "the script has ended; restart runs it again, quit leaves"
		if err != nil {
			how = "the script has failed; restart runs it again, quit leaves"
		}
		if d.dead && !t.Quitting() || engine.KindOf(err) == engine.KindUnreadable || !t.Ended(how) {
			return err
		}
	}
}

// once runs the script one time.
func (d *debugging) once(ctx context.Context, world *host.Host, t *terminal.Terminal, args []string) error {
	e := engine.New(d.options(world, t.Debugger()))
	ctx, done := d.interruptible(ctx, t.Interrupt)
	defer done()
	state := e.NewState(context.Background())
	err := d.start(ctx, state, args)
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if t.Quitting() {
		return nil
	}
	return d.report(e, world, err)
}

// options are those of an engine whose scripts are debugged.
func (d *debugging) options(world *host.Host, probe *debug.Debugger) engine.Options {
	return engine.Options{
		Modules:   modules.All(),
		Library:   stdlib.Files,
		Path:      searchPath(),
		Host:      world,
		Log:       world.Log,
		Trusted:   !d.grants.sandboxed(),
		NoResults: true,
		Limits:    d.limits.engine(),

		Processes: d.processes,
		Probes:    []engine.Probe{probe},
	}
}

// end ends the run that is under way.
func (d *debugging) end(why error) {
	if stop := d.stop.Load(); stop != nil {
		(*stop)(why)
	}
}

// interruptible hands Ctrl-C to the debugger; what it does not hear, and SIGTERM,
// ends the script.
func (d *debugging) interruptible(ctx context.Context, hear func() bool) (_ context.Context, done func()) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	d.stop.Store(&cancel)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	finished, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-finished:
				return
			case s := <-signals:
				switch {
				case s == syscall.SIGTERM:
					cancel(interrupted{"terminated", exitTerminated})
				case !hear():
					cancel(interrupted{"interrupted", exitInterrupted})
				}
			}
		}
	}()
	return ctx, func() {
		close(finished)
		<-ended
		signal.Stop(signals)
		cancel(nil)
	}
}

// ownCommands are those of .gscriptdbg in the home directory. One in the working
// directory may be somebody else's and is not read.
func ownCommands() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(home, ".gscriptdbg"))
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "gscript: cannot read .gscriptdbg: %s\n", engine.Classify(err).Message)
		}
		return nil
	}
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n")
}
