package engine

import (
	"context"
	"runtime"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// prepare gives the function that is to run and its arguments.
type prepare func() (lua.LValue, []lua.LValue)

// patience is how long a stopped script may take to notice it. An instruction
// cannot be interrupted, and one that makes an array or a string longer touches
// tens of megabytes; Run does not wait for that.
const patience = 40 * time.Millisecond

// run is a script on a goroutine of its own.
type run struct {
	done     chan struct{}
	results  []any
	err      error
	ended    bool // play has returned
	panicked any
}

// main runs a function and what it starts. The end of ctx stops it. prepare is
// called with the baton.
func (s *State) main(ctx context.Context, prepare prepare) ([]any, error) {
	if s.closed {
		return nil, fault.New(fault.StateClosed, "the state is closed")
	}
	s.last.wait()
	if err := s.world.Reset(); err != nil {
		return nil, err
	}
	ctx, done := s.limited(ctx)
	if s.engine.opts.Trusted || s.reflects || ctx.Done() == nil {
		defer done()
		return s.play(ctx, prepare)
	}
	r := &run{done: make(chan struct{})}
	s.last = r
	go func() {
		defer close(r.done)
		defer done()
		defer func() { r.panicked = recover() }()
		r.results, r.err = s.play(ctx, prepare)
		r.ended = true
	}()
	select {
	case <-r.done:
		return r.outcome()
	case <-ctx.Done():
	}
	tick := time.NewTicker(patience)
	defer tick.Stop()
	for {
		select {
		case <-r.done:
			return r.outcome()
		case <-tick.C:
			tick.Reset(patience / 8)
			if s.world.Deaf() {
				why := *s.world.Stopped()
				return nil, &why
			}
		}
	}
}

// wait waits until nothing of the run is left; r may be nil.
func (r *run) wait() {
	if r != nil {
		<-r.done
	}
}

// outcome is what play ended with, on the goroutine that asked for it.
func (r *run) outcome() ([]any, error) {
	if r.panicked != nil {
		panic(r.panicked)
	}
	if !r.ended {
		runtime.Goexit()
	}
	return r.results, r.err
}
