package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/profile"
)

// profiled is the profile that --profile asks for; without it the fields are nil.
type profiled struct {
	profiler *profile.Profiler
	file     *os.File
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
	return &profiled{profile.Start(r.hertz), file}, nil
}

func (p *profiled) probes() []engine.Probe {
	if p.profiler == nil {
		return nil
	}
	return []engine.Probe{p.profiler}
}

// finish writes the profile. One that cannot be written is no failure of the
// script.
func (p *profiled) finish(log *slog.Logger) {
	if p.profiler == nil {
		return
	}
	err := p.profiler.Stop(p.file)
	if cerr := p.file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		log.Warn("the profile is not complete", "file", p.file.Name(), "error", engine.Classify(err).Message)
	}
}
