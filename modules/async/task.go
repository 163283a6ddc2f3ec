package async

import (
	"context"
	"errors"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

func spawn(c *engine.Call, in spawnIn) (*engine.Task, error) {
	return c.Spawn(in.Fn, anys(in.Args)...), nil
}

func sleep(c *engine.Call, in sleepIn) (engine.None, error) {
	return engine.None{}, c.Host().Clock.Sleep(c.Context(), in.Time.Std())
}

func shield(c *engine.Call, in spawnIn) ([]engine.Value, error) {
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

func ended(t *engine.Task) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
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
	t.Cancel(fmt.Sprintf("took longer than %v", in.Time.Std()))
	<-t.Done()
	values, err := t.Result()
	if err == nil {
		return values, nil // it was done before it noticed
	}
	if kind := engine.KindOf(err); kind != engine.KindCanceled {
		return nil, err
	}
	e := engine.Classify(context.DeadlineExceeded)
	e.Message = fmt.Sprintf("took longer than %v", in.Time.Std())
	return nil, e
}

func wait(c *engine.Call, in waitIn) (engine.Multi, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	left := len(in.Tasks)
	if in.First {
		left = min(left, 1)
	}
	ends := make(chan struct{}, len(in.Tasks))
	for _, t := range in.Tasks {
		t.Claim()
		t.OnEnd(func() { ends <- struct{}{} })
	}
	for ; left > 0; left-- {
		select {
		case <-ends:
			continue
		case <-ctx.Done():
		}
		break
	}
	if c.Context().Err() != nil {
		return nil, context.Cause(c.Context())
	}
	done, pending := []*engine.Task{}, []*engine.Task{}
	for _, t := range in.Tasks {
		if ended(t) {
			done = append(done, t)
		} else {
			pending = append(pending, t)
		}
	}
	return engine.Multi{done, pending}, nil
}

func anys(values []engine.Value) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
