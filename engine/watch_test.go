package engine_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

type jobsIn struct {
	Jobs []*engine.Snapshot `lua:"jobs,rest" doc:"functions"`
}

type taskIn struct {
	Fn *engine.Func `lua:"fn" doc:"a function"`
}

// A job that watches its tasks does not leave the watch to the next one.
func TestWatchEndsWithTheJob(t *testing.T) {
	t.Parallel()
	m := &engine.Module{Name: "watching", Doc: "Watching.", Funcs: []*engine.Function{
		engine.Fn("watch", "Watch.", func(c *engine.Call, _ engine.None) (engine.None, error) {
			c.WatchTasks(time.Hour)
			return engine.None{}, nil
		}).AsInline(),
		engine.Fn("run", "Run a task that nobody awaits.", func(c *engine.Call, in taskIn) (engine.None, error) {
			<-c.Spawn(in.Fn).Done()
			return engine.None{}, nil
		}),
		engine.Fn("report", "Report.", func(c *engine.Call, _ engine.None) (engine.None, error) {
			c.ReportTasks()
			return engine.None{}, nil
		}),
		engine.Fn("work", "Let one worker do jobs.", func(c *engine.Call, in jobsIn) (engine.None, error) {
			w, err := c.NewWorker()
			if err != nil {
				return engine.None{}, err
			}
			defer w.Close()
			for _, job := range in.Jobs {
				if _, err := w.Run(c.Context(), job); err != nil {
					return engine.None{}, err
				}
			}
			return engine.None{}, nil
		}),
	}}
	var log bytes.Buffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(m)}, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}).NewState(context.Background())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", `
		local watching = require "watching"
		local function loose() watching.run(function() end) watching.report() end
		watching.work(watching.watch, loose)`)
	if err != nil || log.Len() > 0 {
		t.Errorf("%v, and logged %s", err, log.String())
	}
}
