package pool

import (
	"context"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// trip is a context that costs nothing until it ends: most jobs are neither
// canceled nor stopped, and a job needs two of these.
type trip struct {
	mu    sync.Mutex
	err   error
	done  chan struct{} // made when asked for
	hooks []*func()
	calls func(error) // attached
}

var (
	_ context.Context   = (*trip)(nil)
	_ engine.Attachable = (*trip)(nil)
)

// Attach has f, which must not block, called at the end.
func (t *trip) Attach(f func(cause error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = f
	if t.err != nil {
		f(t.err)
	}
}

// Detach takes the attached function back.
func (t *trip) Detach() {
	t.mu.Lock() // not while it is called
	defer t.mu.Unlock()
	t.calls = nil
}

// end ends the context; the first error counts. It must be called without the
// locks of the pool and the future.
func (t *trip) end(why error) {
	t.mu.Lock()
	if t.err != nil {
		t.mu.Unlock()
		return
	}
	t.err = why
	hooks := t.hooks
	t.hooks = nil
	if t.done != nil {
		close(t.done)
	}
	if t.calls != nil {
		t.calls(why)
	}
	t.mu.Unlock()
	for _, f := range hooks {
		(*f)()
	}
}

// Err returns why the context has ended, nil if it has not.
func (t *trip) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Done returns a channel that is closed at the end.
func (t *trip) Done() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done == nil {
		t.done = make(chan struct{})
		if t.err != nil {
			close(t.done)
		}
	}
	return t.done
}

// AfterFunc calls f, which must not block, at the end. It is what
// context.AfterFunc looks for.
func (t *trip) AfterFunc(f func()) (stop func() bool) {
	t.mu.Lock()
	if t.err != nil {
		t.mu.Unlock()
		f()
		return func() bool { return false }
	}
	t.hooks = append(t.hooks, &f)
	t.mu.Unlock()
	return func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		for i, h := range t.hooks {
			if h == &f {
				t.hooks = append(t.hooks[:i], t.hooks[i+1:]...)
				return true
			}
		}
		return false
	}
}

// Deadline says that there is none.
func (t *trip) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value has no values.
func (t *trip) Value(any) any { return nil }
