package async

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

func spawn(c *engine.Call, in spawnIn) (*engine.Task, error) {
	return spawnNamed(c, in), nil
}

func spawnNamed(c *engine.Call, in spawnIn) *engine.Task {
	return c.SpawnAt(cmp.Or(in.Name, "task"), c.Where(), in.Fn, anys(in.Args)...)
}

// after starts its task inline: it does not wait.
func after(c *engine.Call, in afterIn) (*engine.Task, error) {
	return c.SpawnAfter(in.Time.Std(), "task", c.Where(), in.Fn, anys(in.Args)...), nil
}

func soon(c *engine.Call, in callIn) (*engine.Task, error) {
	return c.Spawn(in.Fn, anys(in.Args)...), nil
}

func sleep(c *engine.Call, in sleepIn) (engine.None, error) {
	if in.Time <= 0 {
		return yield(c, engine.None{})
	}
	return engine.None{}, c.Host().Clock.Sleep(c.Context(), in.Time.Std())
}

func yield(c *engine.Call, _ engine.None) (engine.None, error) {
	c.Yield()
	return engine.None{}, context.Cause(c.Context())
}

// run gives fn a task of its own, so that its failure and its end are told from
// the caller's.
func run(c *engine.Call, in callIn) ([]engine.Value, error) {
	s := newScope()
	body := c.Spawn(in.Fn, anys(in.Args)...)
	s.add(body, false)
	s.release()
	if err := s.wait(c); err != nil {
		return nil, err
	}
	return body.Result()
}

func current(c *engine.Call, _ engine.None) (*engine.Task, error) { return c.Task(), nil }

func tasks(c *engine.Call, _ engine.None) ([]*engine.Task, error) { return c.Tasks(), nil }

func deferred(c *engine.Call, in deferIn) (engine.None, error) {
	c.Defer(in.Fn)
	return engine.None{}, nil
}

func shield(c *engine.Call, in callIn) ([]engine.Value, error) {
	return c.Shield(in.Fn, anys(in.Args)...)
}

func await(t *engine.Task, c *engine.Call, in awaitIn) ([]engine.Value, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	values, err := t.Wait(ctx)
	if errors.Is(err, engine.ErrDeadlock) {
		e := engine.Errorf(errDeadlock, "the task waits for this one, directly or by way of others")
		e.Target = origin(t)
		e.Hint = "let one of them go on without the other"
		return nil, e
	}
	return values, err
}

// origin names a task by the line that started it.
func origin(t *engine.Task) string {
	if at := t.Origin(); at != "" {
		return "the task of " + at
	}
	return ""
}

func cancel(t *engine.Task, _ *engine.Call, in cancelIn) (engine.None, error) {
	t.Cancel(in.Why)
	return engine.None{}, nil
}

func done(t *engine.Task, _ *engine.Call, _ engine.None) (bool, error) {
	return ended(t), nil
}

// cancelled says whether the task ended by a cancel.
func cancelled(t *engine.Task, _ *engine.Call, _ engine.None) (bool, error) {
	if !ended(t) {
		return false, nil
	}
	_, err := t.Result()
	return engine.KindOf(err) == engine.KindCanceled, nil
}

// within is nil for a task that runs.
func within(t *engine.Task) *string {
	if name := t.Within(); name != "" {
		return &name
	}
	return nil
}

// timeout gives fn a task of its own, so that it can be canceled while the
// caller is not.
func timeout(c *engine.Call, in timeoutIn) ([]engine.Value, error) {
	t := c.Spawn(in.Fn, anys(in.Args)...)
	t.Claim()
	clock := c.Host().Clock.NewTimer(in.Time.Std())
	defer clock.Stop()
	select {
	case <-t.Done():
		return t.Result()
	case <-c.Context().Done():
		why := context.Cause(c.Context())
		t.Cancel(engine.Classify(why).Message)
		<-t.Done()
		return nil, why
	case <-clock.C():
	}
	t.Cancel(tooLong(in.Time))
	<-t.Done()
	values, err := t.Result()
	if err == nil {
		return values, nil // it was done before it noticed
	}
	if kind := engine.KindOf(err); kind != engine.KindCanceled {
		return nil, err
	}
	e := engine.Classify(context.DeadlineExceeded)
	e.Message = tooLong(in.Time)
	return nil, e
}

func tooLong(limit engine.Duration) string { return fmt.Sprintf("took longer than %v", limit.Std()) }
