package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/test/bench"
	testrunner "github.com/gscript-lang/gscript/modules/test/runner"
	"github.com/gscript-lang/gscript/stdlib"
)

func newBench(r *runner) *cobra.Command {
	var (
		o             bench.Options
		round, warmup duration
	)
	cmd := &cobra.Command{
		Use:   "bench [flags] [file or directory…]",
		Short: "Measure how long functions take",
		Long: `Find the files *_bench.lua and measure the functions bench_… that they define.
Each gets a table b and does its work b.n times:

  function bench_concat(b)
    for i = 1, b.n do local s = "a" .. i end
  end`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkBounds(bounded{"rounds", o.Config.Rounds, 1}); err != nil {
				return testUsage("bench", err, "")
			}
			ctx := cmd.Context()
			if ctx == nil {
				ctx = context.Background()
			}
			ctx, done := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
			defer done()
			defer context.AfterFunc(ctx, done)() // a second Ctrl-C ends it at once
			permissions, err := r.grants.permissions()
			if err != nil {
				return testUsage("bench", err, "")
			}
			world := host.New(permissions, host.Config{Log: r.logger()})
			defer world.Close()
			o.Config.Round, o.Config.Warmup = time.Duration(round), time.Duration(warmup)
			o.Out = world.Terminal.Stdout()
			o.Runner.Args, o.Runner.Host = args, world
			o.Runner.Engine = engine.Options{
				Modules: modules.All(), Library: stdlib.Files, Log: world.Log, Trusted: !r.grants.sandboxed(), Processes: r.processes,
			}
			code, err := bench.Run(ctx, o)
			if err != nil {
				return testUsage("bench", err, "")
			}
			if code != testrunner.ExitOK {
				return exitError(code)
			}
			return nil
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return testUsage("bench", err, flagHint(cmd, err)) })
	l := cmd.Flags()
	l.StringVarP(&o.Runner.Keyword, "keyword", "k", "", "measure what has these `words` in its id: 'parse and not big'")
	l.StringVar(&o.Save, "save", "", "write what was measured to this `file`")
	l.StringVar(&o.Compare, "compare", "", "compare with an earlier run, saved in this `file`")
	l.IntVar(&o.Config.Rounds, "rounds", 30, "`number` of rounds that are measured")
	l.Var(&round, "round", "how long a round takes about: a `duration`, 20ms by default")
	l.Var(&warmup, "warmup", "how long it runs before it is measured: a `duration`, 100ms by default")
	return cmd
}
