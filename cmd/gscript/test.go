package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/test/report"
	testrunner "github.com/gscript-lang/gscript/modules/test/runner"
	"github.com/gscript-lang/gscript/stdlib"
)

// testFlags are those of gscript test that are no options of the runner.
type testFlags struct {
	options   testrunner.Options
	first     bool // -x
	shuffle   string
	timeout   duration
	workers   string
	procs     string
	capture   string
	durations int
	stream    bool
	watch     bool
	cover     coverFlags
	debug     testDebug
	around    *surroundings          // of an editor that debugs the tests, nil for none
	stop      atomic.Pointer[func()] // ends the run that is under way
}

func newTest(r *runner) *cobra.Command { return newTestFor(r, nil) }

func newTestFor(r *runner, around *surroundings) *cobra.Command {
	f := testFlags{around: around}
	cmd := &cobra.Command{
		Use:   "test [flags] [file, directory or id…]",
		Short: "Run tests",
		Long: `Find the files *_test.lua and run the tests that they define. An id names one
test, or a group: tests/a_test.lua::group::test_name[parameters].

Exit codes: 0 all passed, 1 some failed, 2 interrupted, 3 internal error, 4 wrong
usage, 5 nothing to run.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.options.Args = args
			return f.run(cmd.Context(), r)
		},
	}
	o := &f.options
	l := cmd.Flags()
	l.StringVarP(&o.Keyword, "keyword", "k", "", "run tests whose id has these `words`: 'add and not big'")
	l.StringVarP(&o.Marks, "marks", "m", "", "run tests that have these `marks`: 'slow and not net'")
	l.StringVarP(&o.Pattern, "pattern", "p", "*_test.lua", "look for files of tests by this `pattern` of names")
	l.BoolVarP(&f.first, "exit-first", "x", false, "stop at the first failure")
	l.IntVar(&o.MaxFail, "maxfail", 0, "stop after this `number` of failures")
	l.BoolVar(&o.LastFailed, "lf", false, "run the tests that failed the last time; all if none did")
	l.BoolVar(&o.FailedFirst, "ff", false, "run the tests first that failed the last time")
	l.BoolVar(&o.NewFirst, "nf", false, "run the files first that have not been run yet, then those changed last")
	l.BoolVar(&o.Stepwise, "sw", false, "stop at a failure, and begin there the next time")
	l.BoolVar(&o.StepSkip, "sw-skip", false, "as --sw, but pass over the first failure")
	l.StringVar(&f.shuffle, "shuffle", "", "mix the order, by this `seed` if one is given")
	l.Lookup("shuffle").NoOptDefVal = "0"
	l.Int64Var(&o.Seed, "seed", 0, "seed of math.random in each test, and of the order; drawn where none is given")
	l.IntVar(&o.Count, "count", 1, "run each test this `number` of times")
	l.IntVar(&o.Reruns, "reruns", 0, "try a test that fails again up to this `number` of times")
	l.VarP(&f.timeout, "timeout", "t", "stop a test after this `duration`: 0.3, 300ms, 1m30s")
	l.StringVarP(&f.workers, "workers", "n", "auto", "run files on this `number` of workers in parallel; auto is the number of cores")
	l.StringVar(&f.procs, "procs", "", "run each file in a process of its own, this `number` of them at a time")
	l.Lookup("procs").NoOptDefVal = "auto"
	l.IntVar(&f.durations, "durations", 0, "tell this `number` of the slowest tests; -1 tells all")
	l.BoolVar(&o.List, "list", false, "list the ids of the tests, and run none")
	l.BoolVar(&o.Fixtures, "fixtures", false, "list the fixtures, with the comments above them, and run no test")
	l.BoolVar(&o.SetupPlan, "setup-plan", false, "tell which fixtures are made for which tests, and run none")
	l.BoolVar(&o.SetupShow, "setup-show", false, "tell when fixtures are made and taken down")
	l.BoolVarP(&o.Locals, "locals", "l", false, "show the variables around a failed assert")
	l.BoolVarP(&o.NoCapture, "no-capture", "s", false, "let the tests' output through")
	l.StringVar(&f.capture, "capture", "yes", "what becomes of the tests' output: yes keeps it and shows that of failures, tee shows all of it, too, no is -s")
	l.BoolVar(&o.Update, "update", false, "write snapshots anew")
	l.StringArrayVar(&o.Reports, "report", nil, "write a report, such as junit:out.xml; may be given several times")
	l.BoolVarP(&f.watch, "watch", "w", false, "run again whenever a Lua file changes")
	l.BoolVar(&f.stream, "stream", false, "write results as lines of JSON")
	l.IntVar(&o.Begin, "begin", 0, "leave out this `number` of tests")
	_, _ = l.MarkHidden("stream"), l.MarkHidden("begin")
	f.cover.flags(l)
	f.debug.flags(l)
	for _, flag := range []string{"sw", "sw-skip", "setup-show"} {
		cmd.MarkFlagsMutuallyExclusive(flag, "procs")
	}
	cmd.MarkFlagsMutuallyExclusive("list", "fixtures", "setup-plan")
	for _, flag := range []string{"debug", "break"} {
		cmd.MarkFlagsMutuallyExclusive(flag, "procs")
		cmd.MarkFlagsMutuallyExclusive(flag, "watch")
	}
	cmd.MarkFlagsMutuallyExclusive("watch", "cov")
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return f.usage(err, flagHint(cmd, err)) })
	return cmd
}

// workerCount reads a number of workers.
func workerCount(flag, text string) (int, error) {
	if text == "auto" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 4096 {
		return 0, engine.Invalid("--%s takes a number of workers or auto, not %q", flag, text)
	}
	return n, nil
}

// complete reads the flags that are texts.
func (f *testFlags) complete() (err error) {
	o := &f.options
	if err := checkBounds(bounded{"count", o.Count, 1}, bounded{"maxfail", o.MaxFail, 0}, bounded{"reruns", o.Reruns, 0}, bounded{"durations", f.durations, -1}); err != nil {
		return err
	}
	if f.first {
		o.MaxFail = 1
	}
	if o.Workers, err = workerCount("workers", f.workers); err != nil {
		return err
	}
	if f.procs != "" {
		if o.Procs, err = workerCount("procs", f.procs); err != nil {
			return err
		}
		o.Procs = max(o.Procs, 1)
	}
	if f.shuffle != "" {
		o.Shuffle = true
		seed, err := strconv.ParseInt(f.shuffle, 10, 64)
		if err != nil {
			return engine.Invalid("--shuffle takes a number, not %q", f.shuffle)
		}
		if seed != 0 {
			o.Seed = seed
		}
	}
	switch f.capture {
	case "yes":
	case "tee":
		o.Tee = true
	case "no":
		o.NoCapture = true
	default:
		return engine.Invalid("--capture takes yes, no or tee, not %q", f.capture)
	}
	o.Timeout = time.Duration(f.timeout)
	return nil
}

// testUsage tells what is wrong with the command line.
func testUsage(command string, err error, hint string) error {
	return usageTo(os.Stderr, command, err, hint)
}

func (f *testFlags) usage(err error, hint string) error {
	if f.around != nil {
		return usageTo(f.around.config.Stderr, "test", err, hint)
	}
	return testUsage("test", err, hint)
}

func usageTo(w io.Writer, command string, err error, hint string) error {
	fmt.Fprintf(w, "gscript %s: %v\n", command, plainWords(err))
	if e := engine.Classify(err); e.Hint != "" {
		hint = e.Hint
	}
	if hint != "" {
		fmt.Fprintln(w, hint)
	}
	return exitError(testrunner.ExitUsage)
}

func (f *testFlags) run(ctx context.Context, r *runner) error {
	if ctx == nil {
		ctx = context.Background()
	}
	if err := f.complete(); err != nil {
		return f.usage(err, "")
	}
	permissions, err := r.grants.permissions()
	if err != nil {
		return f.usage(err, "")
	}
	covered, err := f.cover.start() // before the environment is read
	if err != nil {
		return f.usage(err, "")
	}
	world := host.New(permissions, f.around.or(host.Config{Log: r.logger()}))
	defer world.Close()
	o := &f.options
	program, err := os.Executable()
	if err != nil {
		return f.usage(err, "")
	}
	o.Host, o.Version, o.Program = world, version(), []string{program, "test"}
	o.Engine = engine.Options{
		Modules: modules.All(), Library: stdlib.Files, Log: world.Log, Trusted: !r.grants.sandboxed(), Processes: r.processes,
		Path: append(searchPath(), "."), Probes: covered.probes(),
	}
	debugger, err := f.debug.start(world, func() {
		if stop := f.stop.Load(); stop != nil {
			(*stop)()
		}
	})
	if err != nil {
		return f.usage(err, "")
	}
	if debugger != nil {
		defer debugger.Close()
		o.Engine.Probes = append(o.Engine.Probes, debugger.Debugger())
	}
	o.Engine.Probes = append(o.Engine.Probes, f.around.probes()...)
	if f.stream {
		o.Forget = true
		o.Listeners = []report.Listener{testrunner.Stream{W: world.Terminal.Stdout()}}
	} else {
		o.Listeners = []report.Listener{&report.Terminal{
			W: world.Terminal.Stdout(), Color: world.Terminal.Color(1), Verbose: r.verbose, Quiet: r.quiet, Live: o.NoCapture || o.Tee || o.SetupShow, Durations: f.durations, Locals: o.Locals, Width: world.Terminal.Width(),
		}}
	}
	if f.watch {
		err = testrunner.Watch(ctx, *o, func(o testrunner.Options) error {
			_, err := f.once(ctx, o)
			return err
		})
		if err != nil {
			return f.usage(err, "")
		}
		return nil
	}
	code, err := f.once(ctx, *o)
	if err != nil {
		return f.usage(err, "")
	}
	if err := covered.finish(world.Terminal.Stdout()); err != nil {
		fmt.Fprintf(os.Stderr, "gscript test: %v\n", err)
		code = max(code, testrunner.ExitFailed)
	}
	if code != testrunner.ExitOK {
		return exitError(code)
	}
	return nil
}

// once runs the tests. Ctrl-C lets those that run end; a second one, or SIGTERM,
// stops them.
func (f *testFlags) once(ctx context.Context, o testrunner.Options) (code int, err error) {
	session, err := testrunner.New(o)
	if err != nil {
		return 0, err
	}
	stop := session.Stop
	f.stop.Store(&stop)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	finished := make(chan struct{})
	defer close(finished)
	go func() {
		for count := 1; ; count++ {
			var sent os.Signal
			select {
			case <-finished:
				return
			case sent = <-signals:
			}
			if count == 1 && sent == os.Interrupt { // SIGTERM is from one who does not send it twice
				fmt.Fprintln(os.Stderr, "\ninterrupted: the tests that run now are finished; press Ctrl-C again to stop them")
				session.Interrupt()
				continue
			}
			fmt.Fprintln(os.Stderr, "\nstopped: teardowns and clean-ups have 2 seconds")
			session.Stop()
			exitAfter(testStopped, testrunner.ExitInterrupted, "", func() {})
		}
	}()
	run, err := session.Run(ctx)
	var unwritten *testrunner.ReportError
	if errors.As(err, &unwritten) {
		fmt.Fprintf(os.Stderr, "gscript test: %v\n", err)
		if run.ExitCode == testrunner.ExitOK {
			run.ExitCode = testrunner.ExitInternal
		}
	} else if err != nil {
		return 0, err
	}
	if on, _, _ := o.Host.Environment.Lookup("GITHUB_ACTIONS"); on == "true" && !f.stream {
		if err := report.Annotations(o.Host.Terminal.Stdout(), run, ""); err != nil {
			return 0, err
		}
	}
	for _, line := range session.Listed() {
		fmt.Fprintln(o.Host.Terminal.Stdout(), line)
	}
	return run.ExitCode, nil
}

// testStopped is how long tests that are stopped may take to end.
const testStopped = 3 * time.Second
