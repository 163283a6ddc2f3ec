package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/trace"
)

// traced is the trace that --trace asks for; without it the fields are nil.
type traced struct {
	recorder *trace.Recorder
	file     *os.File
	log      *slog.Logger
	once     sync.Once
}

// startTrace makes the file of the trace.
func (r *runner) startTrace(world *host.Host) (*traced, error) {
	if r.trace == "" {
		return &traced{}, nil
	}
	if err := notAScript("trace", r.trace, "out.json"); err != nil {
		return nil, err
	}
	file, err := os.Create(r.trace)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace %s: %s", r.trace, engine.Classify(err).Message)
	}
	recorder := trace.New(file, trace.Config{Clock: world.Clock})
	return &traced{recorder: recorder, file: file, log: world.Log}, nil
}

// notAScript refuses to write over a script, whose name follows a flag that is
// short of its own.
func notAScript(flag, name, example string) error {
	if strings.HasSuffix(name, ".lua") {
		return fmt.Errorf("the %s would overwrite a script: --%s takes the name of the %s, such as %s, not %s", flag, flag, flag, example, name)
	}
	return nil
}

// close completes the trace. A trace that cannot be written is no failure of the
// script.
func (t *traced) close() {
	if t.recorder == nil {
		return
	}
	t.once.Do(func() {
		err := t.recorder.Close()
		if cerr := t.file.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			t.log.Warn("the trace is not complete", "file", t.file.Name(), "error", engine.Classify(err).Message)
		}
	})
}

// leave is close where the process ends soon anyway: a disk that hangs does not
// hold it up.
func (t *traced) leave() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.close()
	}()
	select {
	case <-done:
	case <-time.After(stuck):
	}
}
