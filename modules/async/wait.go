package async

import (
	"context"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

var errAllFailed = engine.Kind("async.all_failed", "Every task of async.any has failed; errors has what each one raised.")

func wait(c *engine.Call, in waitIn) (engine.Multi, error) {
	tasks, err := started(c, in.Tasks)
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	w := watch(tasks)
	if in.First {
		w.left = min(w.left, 1)
	}
	for ; w.left > 0 && ctx.Err() == nil; w.left-- {
		select {
		case <-w.ends:
		case <-ctx.Done():
		}
	}
	if c.Context().Err() != nil {
		return nil, context.Cause(c.Context())
	}
	done, pending := []engine.Awaitable{}, []engine.Awaitable{}
	for _, t := range tasks {
		if ended(t) {
			done = append(done, t)
		} else {
			pending = append(pending, t)
		}
	}
	return engine.Multi{done, pending}, nil
}

// outcome is how one task ended.
type outcome struct {
	OK    bool `lua:"ok" doc:"whether the task returned"`
	Value any  `lua:"value" doc:"its first result"`
	Error any  `lua:"error" doc:"what it raised"`
}

func settle(c *engine.Call, in itemsIn) ([]outcome, error) {
	tasks, err := started(c, in.Items)
	if err != nil {
		return nil, err
	}
	for w := watch(tasks); w.left > 0; w.left-- {
		select {
		case <-w.ends:
		case <-c.Context().Done():
			return nil, abandon(c, tasks)
		}
	}
	list := make([]outcome, len(tasks))
	for i, t := range tasks {
		if _, err := t.Outcome(); err != nil {
			list[i].Error = err
		} else {
			list[i] = outcome{OK: true, Value: firstResult(t)}
		}
	}
	return list, nil
}

// abandon cancels tasks because the call was canceled that waits for them, and
// waits for their ends.
func abandon(c *engine.Call, tasks []engine.Awaitable) error {
	why := context.Cause(c.Context())
	cancelAll(tasks, engine.Classify(why).Message)
	return why
}

func cancelAll(tasks []engine.Awaitable, why string) {
	for _, t := range tasks {
		t.Cancel(why)
	}
	for _, t := range tasks {
		<-t.Done()
	}
}

func race(c *engine.Call, in itemsIn) (engine.Multi, error) {
	return firstOf(c, in, func(engine.Awaitable) bool { return true })
}

func anyOf(c *engine.Call, in itemsIn) (engine.Multi, error) {
	return firstOf(c, in, func(t engine.Awaitable) bool {
		_, err := t.Outcome()
		return err == nil
	})
}

// firstOf waits for the first end that will do, and cancels the others.
func firstOf(c *engine.Call, in itemsIn, fits func(engine.Awaitable) bool) (engine.Multi, error) {
	tasks, err := started(c, in.Items)
	if err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, engine.Invalid("there is nothing to wait for")
	}
	for w := watch(tasks); w.left > 0; w.left-- {
		select {
		case t := <-w.ends:
			if fits(t) {
				cancelAll(tasks, "another task was first")
				values, err := t.Outcome()
				return values, err
			}
		case <-c.Context().Done():
			return nil, abandon(c, tasks)
		}
	}
	failed := make([]error, len(tasks))
	for i, t := range tasks {
		_, failed[i] = t.Outcome()
	}
	e := engine.Errorf(errAllFailed, "all %d tasks have failed, the first with: %v", len(failed), failed[0])
	e.Fields = map[string]any{"errors": errorList(failed)}
	return nil, e
}

func asCompleted(c *engine.Call, in completedIn) (*engine.Iterator, error) {
	tasks, err := started(c, in.Tasks)
	if err != nil {
		return nil, err
	}
	w := watch(tasks)
	clock := c.Host().Clock
	end := clock.Now().Add(in.Timeout.Std())
	return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
		if w.left == 0 {
			return nil, nil
		}
		var late <-chan time.Time
		if in.Timeout > 0 {
			timer := clock.NewTimer(end.Sub(clock.Now()))
			defer timer.Stop()
			late = timer.C()
		}
		select {
		case t := <-w.ends:
			w.left--
			return t, nil
		case <-late:
			e := engine.Classify(context.DeadlineExceeded)
			e.Message = tooLong(in.Timeout)
			return nil, e
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}}, nil
}
