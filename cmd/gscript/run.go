package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

type flag = pflag.Flag

// runner is what the flags of root and run say.
type runner struct {
	code    string
	line    bool   // -e was given, with the code
	module  string // -m
	limits  limits
	json    bool
	quiet   bool
	verbose bool
	isolate bool
	// postMortem has the debugger look at what the script fails of.
	postMortem bool
	trace      string
	cover      coverFlags
	profile    string
	hertz      int  // samples a second
	tasks      bool // log what is wrong with tasks
	grants     grants

	processes engine.Processes
	commands  []string // names of subcommands, for mistyped ones
}

func newRun(r *runner) *cobra.Command {
	run := &cobra.Command{
		Use:   "run [flags] script.lua [arguments…]",
		Short: "Run a script",
		Long: `Run a script. Flags stand before the script; what follows it belongs to the
script, which sees it as arg and "...". "-" reads the script from standard input.
With -m package the script is that package's main.lua.

Modules are looked for in the script's directory, or with -m in the working
directory; then in the places that GSCRIPT_PATH lists, directories and zip
archives; then in lua_modules beside the script.

A script may do all that you may. With --sandbox it may only compute; each
--allow-… flag grants one thing and implies --sandbox. --allow-run and
--allow-ffi equal full trust: a program that the script starts is not held back.

With --isolate the script runs in a sandbox in a process of its own, which cannot
take more memory than --max-memory, 256MiB by default: a script that nobody has
read may run out of it, and ends with an error.

Exit codes: 0 success, 1 the script failed, 2 wrong usage, 3 permission denied,
4 deadline or limit, 130 interrupted, or what the script gave to os.exit.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if given, err := r.given(cmd, args); err != nil {
				return err
			} else if !given {
				return errors.New("run needs a script")
			}
			return r.run(cmd.Context(), args)
		},
	}
	r.flags(run)
	return run
}

func (r *runner) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringVarP(&r.code, "eval", "e", "", "run this `code`; all modules are at hand")
	f.StringVarP(&r.module, "module", "m", "", "run the main.lua of this `package`, or this module, found from the working directory and by GSCRIPT_PATH")
	r.limits.flags(f)
	f.BoolVar(&r.json, "json", false, "print the error report as JSON")
	f.BoolVar(&r.isolate, "isolate", false, "run the script in a process of its own under a hard limit of memory; implies --sandbox")
	f.StringVar(&r.trace, "trace", "", "write what tasks, workers and calls do over time to this `file`, for ui.perfetto.dev")
	f.BoolVar(&r.tasks, "async-debug", os.Getenv("GSCRIPT_ASYNC_DEBUG") == "1", "log slow, forgotten and never awaited tasks; GSCRIPT_ASYNC_DEBUG=1 in the environment does the same")
	f.BoolVar(&r.postMortem, "post-mortem", false, "stop in the debugger at an error that nothing catches, with all that runs in place")
	r.cover.flags(f)
	f.StringVar(&r.profile, "profile", "", "sample where the time goes and write it to this `file`, for go tool pprof")
	f.IntVar(&r.hertz, "profile-rate", 100, "how many samples a second the profile has")
	r.grants.flags(f)
	cmd.MarkFlagsMutuallyExclusive("eval", "module")
	cmd.MarkFlagsMutuallyExclusive("isolate", "trace", "profile", "post-mortem")
	cmd.MarkFlagsMutuallyExclusive("post-mortem", "cov")
}

// given says whether there is something to run: an argument, or -e or -m, be it
// with an empty text.
func (r *runner) given(cmd *cobra.Command, args []string) (bool, error) {
	if cmd.Flags().Changed("module") && r.module == "" {
		return false, errors.New("-m needs the name of a package or a module")
	}
	r.line = cmd.Flags().Changed("eval")
	return len(args) > 0 || r.line || r.module != "", nil
}

// run runs the script that the arguments name.
func (r *runner) run(ctx context.Context, args []string) error {
	if r.isolate {
		r.grants.sandbox = true
		return r.runIsolated(ctx, args)
	}
	if r.postMortem {
		return (&debugging{runner: r, dead: true}).debug(ctx, args)
	}
	permissions, err := r.grants.permissions()
	if err != nil {
		return err
	}
	world := host.New(permissions, host.Config{Log: r.logger()})
	defer world.Close()
	quietLibraries(world.Log)
	if r.quiet {
		world.Terminal = quietTerminal{world.Terminal}
	}
	traces, err := r.startTrace(world)
	if err != nil {
		return err
	}
	defer traces.close()
	covered, err := r.cover.start()
	if err != nil {
		return err
	}
	profiled, err := r.startProfile()
	if err != nil {
		return err
	}
	e := engine.New(engine.Options{
		Modules:   modules.All(),
		Library:   stdlib.Files,
		Path:      searchPath(),
		Host:      world,
		Log:       world.Log,
		Trace:     traces.recorder,
		Trusted:   !r.grants.sandboxed(),
		NoResults: true,
		Limits:    r.limits.engine(),

		DebugTasks: r.tasks,

		Processes: profiled.counting(r.processes),
		Probes:    append(covered.probes(), profiled.probes()...),
	})
	state := e.NewState(context.Background())
	err = r.execute(ctx, state, args, func() {
		traces.leave()
		profiled.finish(world.Log)
	})
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	profiled.finish(world.Log)
	if cerr := covered.finish(world.Terminal.Stderr()); err == nil && cerr != nil {
		fmt.Fprintf(world.Terminal.Stderr(), "gscript: %v\n", cerr)
		return exitError(exitScript)
	}
	return r.report(e, world, err)
}

// execute runs the script; leave is called where the process has to end under it.
func (r *runner) execute(ctx context.Context, state *engine.State, args []string, leave func()) error {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, done := interruptible(ctx, state, r.quiet, leave)
	if limit := time.Duration(r.limits.timeout); limit > 0 {
		defer exitAfter(limit+stuck, exitLimit, "the script has passed its deadline and waits where it cannot be stopped, such as for a reader of its output", leave).Stop()
	}
	err := r.start(ctx, state, args)
	if signal := done(); signal != nil && (err == nil || engine.KindOf(err) == engine.KindCanceled) {
		return signal
	}
	return err
}

func (r *runner) start(ctx context.Context, state *engine.State, args []string) error {
	switch {
	case r.line:
		state.UseModules()
		_, err := state.Run(ctx, "-e", r.code, anys(args)...)
		return err
	case r.module != "":
		_, err := state.RunModule(ctx, r.module, anys(args)...)
		return err
	case args[0] == "-":
		source, err := readInput()
		if err != nil {
			return err
		}
		_, err = state.Run(ctx, "stdin", source, anys(args[1:])...)
		return err
	}
	_, err := state.RunFile(ctx, args[0], anys(args[1:])...)
	r.suggestCommand(err, args[0])
	return err
}

// readInput reads a script from standard input.
func readInput() (string, error) {
	source, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", fmt.Errorf("cannot read the script from standard input: %w", err)
	}
	return string(source), nil
}

func anys(args []string) []any {
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	return list
}

// report prints what went wrong and gives the exit code.
func (r *runner) report(e *engine.Engine, world *host.Host, err error) error {
	if err == nil {
		return nil
	}
	code := exitCode(err)
	if silent(err) {
		return exitError(code)
	}
	report := e.Report(err)
	hintAtTests(report)
	if r.json {
		_ = report.JSON(world.Terminal.Stderr())
	} else {
		report.Text(world.Terminal.Stderr(), world.Terminal.Color(2))
	}
	return exitError(code)
}

// quietLibraries keeps libraries that print through the standard logger, such as
// net/http of an answer that nobody asked for, from writing between a script's
// lines.
func quietLibraries(to *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(to.Handler(), slog.LevelDebug).Writer())
}

func (r *runner) logger() *slog.Logger { return r.loggerTo(os.Stderr) }

func (r *runner) loggerTo(w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case r.quiet:
		level = slog.LevelError + 1
	case r.verbose:
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// quietTerminal has no place for progress bars.
type quietTerminal struct{ host.Terminal }

func (quietTerminal) IsTerminal(int) bool { return false }
