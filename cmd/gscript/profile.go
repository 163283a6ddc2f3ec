package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/profile"
)

// profiled is the profile that --profile asks for; without it the fields are nil.
type profiled struct {
	profiler *profile.Profiler
	file     *os.File
	once     sync.Once
	elsewhere
}

// startProfile makes the file of the profile and begins to sample.
func (r *runner) startProfile() (*profiled, error) {
	if r.profile == "" {
		return &profiled{}, nil
	}
	if r.hertz < 1 || r.hertz > 10_000 {
		return nil, fmt.Errorf("--profile-rate takes 1 to 10000 samples a second, not %d", r.hertz)
	}
	if err := notAScript("profile", r.profile, "out.pb.gz"); err != nil {
		return nil, err
	}
	file, err := os.Create(r.profile)
	if err != nil {
		return nil, fmt.Errorf("cannot write the profile %s: %s", r.profile, engine.Classify(err).Message)
	}
	return &profiled{profiler: profile.Start(r.hertz), file: file}, nil
}

func (p *profiled) probes() []engine.Probe {
	if p.profiler == nil {
		return nil
	}
	return []engine.Probe{p.profiler}
}

// elsewhere counts the processes that work out of the profiler's sight.
type elsewhere struct {
	engine.Processes
	started atomic.Int64
}

func (e *elsewhere) Start(ctx context.Context, c engine.ProcessConfig) (engine.Process, error) {
	e.started.Add(1)
	return e.Processes.Start(ctx, c)
}

// counting starts processes as p does, and counts them where there is a profile.
func (p *profiled) counting(processes engine.Processes) engine.Processes {
	if p.profiler == nil || processes == nil {
		return processes
	}
	p.Processes = processes
	return &p.elsewhere
}

// finish writes the profile, once. One that cannot be written is no failure of
// the script.
func (p *profiled) finish(log *slog.Logger) {
	if p.profiler == nil {
		return
	}
	p.once.Do(func() {
		err := p.profiler.Stop(p.file)
		if cerr := p.file.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			log.Warn("the profile is not complete", "file", p.file.Name(), "error", engine.Classify(err).Message)
		}
		if n := p.started.Load(); n > 0 {
			log.Warn("what worker processes do is not in the profile; workers of kind thread are", "processes", n)
		}
	})
}
