package pool

import (
	"context"
	"fmt"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// watching is a set of futures whose ends are waited for.
type watching struct {
	c    *engine.Call
	ends chan int
	open map[int]engine.Awaitable
}

func watch(c *engine.Call, all []engine.Awaitable) *watching {
	w := &watching{c: c, ends: make(chan int, len(all)), open: make(map[int]engine.Awaitable, len(all))}
	for i, a := range all {
		w.open[i] = a
		a.Claim()
		a.OnEnd(func() { w.ends <- i })
	}
	return w
}

// next waits for the end of one and takes it out of the set.
func (w *watching) next(ctx context.Context, limited bool) (int, error) {
	select {
	case i := <-w.ends:
		delete(w.open, i)
		return i, nil
	default:
	}
	var futures []*future
	for _, a := range w.open {
		f, ok := a.(*future)
		if !ok { // a task or the like: it may end by itself
			futures = nil
			break
		}
		futures = append(futures, f)
	}
	done, err := waitFor(w.c, limited, futures...)
	if err != nil {
		return 0, err
	}
	defer done()
	select {
	case i := <-w.ends:
		delete(w.open, i)
		return i, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// asCompleted walks futures in the order of their ends.
func asCompleted(c *engine.Call, in completedIn) (*engine.Iterator, error) {
	w := watch(c, in.Futures)
	clock := c.Host().Clock
	end := clock.Now().Add(in.Timeout.Std())
	return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
		if len(w.open) == 0 {
			return nil, nil
		}
		limit := in.Timeout > 0
		if limit {
			var cancel context.CancelFunc
			ctx, cancel = host.WithTimeout(ctx, clock, max(end.Sub(clock.Now()), 0), tookLonger(in.Timeout.Std()))
			defer cancel()
		}
		i, err := w.next(ctx, limit)
		if err != nil {
			return nil, err
		}
		f := in.Futures[i]
		in.Futures[i] = nil // who goes through many need not keep them
		return f, nil
	}}, nil
}

func tookLonger(d time.Duration) error {
	e := *engine.Classify(context.DeadlineExceeded)
	e.Message = fmt.Sprintf("took longer than %v", d)
	return &e
}

// waitFutures waits for futures to end and tells them from the others.
func waitFutures(c *engine.Call, in waitIn) (engine.Multi, error) {
	first, onError, err := in.mode()
	if err != nil {
		return nil, err
	}
	w := watch(c, in.Futures)
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	for len(w.open) > 0 {
		i, err := w.next(ctx, in.Timeout > 0)
		if err != nil && ctx.Err() != nil && c.Context().Err() == nil {
			break // the time is over
		}
		if err != nil {
			return nil, err
		}
		if first {
			break
		}
		if onError {
			if _, err := in.Futures[i].Outcome(); err != nil {
				break
			}
		}
	}
	done, pending := engine.List{}, engine.List{}
	for _, f := range in.Futures {
		select {
		case <-f.Done():
			done = append(done, f)
		default:
			pending = append(pending, f)
		}
	}
	return engine.Multi{done, pending}, nil
}

// mode reads first=: true, or "error".
func (in waitIn) mode() (first, onError bool, err error) {
	switch v := in.First.(type) {
	case nil:
		return false, false, nil
	case bool:
		return v, false, nil
	case string:
		if v == "error" {
			return false, true, nil
		}
	}
	return false, false, engine.Invalid("argument 'first' must be true, false or \"error\"")
}

// all waits for futures and returns their results; the first failure is raised
// at once.
func all(c *engine.Call, in completedIn) (engine.List, error) {
	results := make(engine.List, len(in.Futures))
	w := watch(c, in.Futures)
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	for len(w.open) > 0 {
		i, err := w.next(ctx, in.Timeout > 0)
		if err != nil {
			return nil, err
		}
		out, err := in.Futures[i].Outcome()
		if err != nil {
			return nil, err
		}
		if len(out) > 0 {
			results[i] = out[0]
		}
	}
	return results, nil
}

// anyOf waits for the first future that does not fail.
func anyOf(c *engine.Call, in completedIn) (any, error) {
	w := watch(c, in.Futures)
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	var last error = engine.Invalid("there is no future to wait for")
	for len(w.open) > 0 {
		i, err := w.next(ctx, in.Timeout > 0)
		if err != nil {
			return nil, err
		}
		out, err := in.Futures[i].Outcome()
		if err != nil {
			last = err
			continue
		}
		if len(out) == 0 {
			return nil, nil
		}
		return out[0], nil
	}
	return nil, last
}
