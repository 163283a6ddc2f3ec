package pool

import (
	"context"
	"runtime"

	"github.com/gscript-lang/gscript/engine"
)

// await waits for the end and takes charge of the failure.
func (f *future) await(c *engine.Call, limit engine.Duration) error {
	if !f.over.Load() {
		if err := f.block(c, limit); err != nil {
			return err
		}
	}
	f.Claim()
	return nil
}

// turns is how often a call that waits lets others run before it parks: a short
// job is done by then, and to be woken up would take longer than the job.
const turns = 30

func (f *future) block(c *engine.Call, limit engine.Duration) error {
	for range turns {
		runtime.Gosched()
		if f.over.Load() {
			return nil
		}
	}
	done, err := waitFor(c, limit > 0, f)
	if err != nil {
		return err
	}
	defer done()
	return c.Wait(func(ctx context.Context) error {
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = c.WithTimeout(limit)
			defer cancel()
		}
		select {
		case <-f.Done():
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

func (f *future) result(c *engine.Call, in resultIn) (any, error) {
	if err := f.await(c, in.Timeout); err != nil {
		return nil, err
	}
	if f.err != nil {
		return nil, f.raised()
	}
	return f.out, nil
}

func (f *future) errorOf(c *engine.Call, in resultIn) (any, error) {
	if err := f.await(c, in.Timeout); err != nil || f.err == nil {
		return nil, err
	}
	return f.failure(), nil
}

func (f *future) cancel(_ *engine.Call, in cancelIn) (bool, error) {
	return f.stop(&engine.Error{Kind: engine.KindCanceled, Message: in.Why}), nil
}

func (f *future) isDone(*engine.Call, engine.None) (bool, error) { return f.over.Load(), nil }

func (f *future) isRunning(*engine.Call, engine.None) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.phase == running, nil
}

func (f *future) isCanceled(*engine.Call, engine.None) (bool, error) {
	return f.over.Load() && f.err != nil && engine.KindOf(f.err) == engine.KindCanceled, nil
}

// onDone calls a function with the future as a task of the script.
func (f *future) onDone(c *engine.Call, in callbackIn) (engine.None, error) {
	origin := c.Where()
	f.Claim()
	f.OnEnd(func() {
		t := c.SpawnAt("callback", origin, in.Fn, f)
		t.Claim()
		t.OnEnd(func() {
			if _, err := t.Result(); err != nil && engine.KindOf(err) != engine.KindCanceled {
				c.Host().Log.Warn("a function given to on_done has failed", "at", origin, "error", err)
			}
		})
	})
	return engine.None{}, nil
}

// andThen makes a future of what a function makes of the result.
func (f *future) andThen(c *engine.Call, in callbackIn) (*future, error) {
	origin := c.Where()
	next := &future{call: c, place: c.Place()}
	f.Claim()
	f.OnEnd(func() {
		if f.err != nil {
			next.finish(nil, f.err)
			return
		}
		t := c.SpawnAt("callback", origin, in.Fn, f.out)
		t.Claim()
		if !next.begin() { // canceled before
			t.Cancel("its future was canceled")
			return
		}
		next.runs(t)
		t.OnEnd(func() { next.finish(taskOutcome(t)) })
	})
	return next, nil
}

// taskOutcome is the first result of a task that has ended.
func taskOutcome(t *engine.Task) (any, error) {
	values, err := t.Result()
	if err != nil || len(values) == 0 {
		return nil, err
	}
	return values[0], nil
}

func promise(c *engine.Call, _ engine.None) (*future, error) {
	return &future{call: c, place: c.Place(), promise: true}, nil
}

func (f *future) setResult(_ *engine.Call, in setIn) (engine.None, error) {
	return engine.None{}, f.settle(in.Value, nil)
}

func (f *future) setError(c *engine.Call, in setErrorIn) (engine.None, error) {
	return engine.None{}, f.settle(nil, c.Raised(in.Value))
}

func (f *future) settle(out any, err error) error {
	if !f.promise {
		return engine.Errorf(errSettled, "only a future of pool.promise is settled by the script")
	}
	if !f.finish(out, err) {
		return engine.Errorf(errSettled, "the future has its outcome already")
	}
	return nil
}
