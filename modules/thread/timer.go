package thread

import (
	"context"
	"errors"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Timer is a thread that begins later.
type Timer struct {
	*Thread

	mu      sync.Mutex
	begun   bool
	dropped chan struct{} // closed when it was canceled before it began
	over    bool
}

// errDropped ends a timer that was canceled in time; nobody minds.
var errDropped = errors.New("the timer was canceled")

func newTimer(c *engine.Call, in timerIn) (*Timer, error) {
	j, err := prepare(c, in.common)
	if err != nil {
		return nil, err
	}
	t := &Timer{dropped: make(chan struct{})}
	clock := c.Host().Clock.NewTimer(in.Time.Std())
	j.after = func(ctx context.Context) error {
		defer clock.Stop()
		select {
		case <-clock.C():
		case <-t.dropped:
			return errDropped
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.begun = true
		if t.over {
			return errDropped
		}
		return nil
	}
	t.Thread = j.start(c)
	return t, nil
}

// cancel drops the timer if its function has not begun.
func (t *Timer) cancel(_ *engine.Call, _ engine.None) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun || t.over {
		return false, nil
	}
	t.over = true
	close(t.dropped)
	return true, nil
}

func (t *Timer) join(c *engine.Call, in share.Within) (any, error) {
	return t.Thread.join(c, in)
}
