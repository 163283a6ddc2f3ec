package pool

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

type phase uint8

const (
	waiting phase = iota
	running
	ended
)

// work is a call to make: copies for a worker, the values themselves for a task.
type work struct {
	fn   *engine.Snapshot
	args []*engine.Snapshot

	local  *engine.Func
	values []any
}

// future is one call of a function, or a promise, which belongs to no pool.
type future struct {
	engine.Identity
	call *engine.Call // by which callbacks start
	pool *Pool
	// promise says that the script settles it.
	promise bool
	place   fmt.Stringer // the script's line that submitted it
	limit   time.Duration
	index   int            // in a map, from 0
	at      int            // among the calls of a map that have not ended
	ends    chan<- *future // with room, hears of the end; nil for none
	tries   int            // ended by the death of the worker

	hard, soft trip // stop and cancel the call while it runs

	over atomic.Bool // the outcome may be read
	seen atomic.Bool // somebody looks after the failure

	mu    sync.Mutex
	work  work
	phase phase
	task  *engine.Task // that runs it, in a pool of tasks
	done  chan struct{}
	hooks []func()
	out   any // *engine.Snapshot or engine.Value
	err   error

	waits []*future // what the running call waits for; guarded by the jobs' mu
	timed bool      // that wait has a limit
}

var _ engine.Awaitable = (*future)(nil)

// begin makes the call a running one; false means that it was canceled.
func (f *future) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase != waiting {
		return false
	}
	f.phase = running
	return true
}

// rewind lets the call wait again, because its worker has died.
func (f *future) rewind() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.phase = waiting
}

// finish notes the outcome; false means that there is one. It is called without
// the pool's lock.
func (f *future) finish(out any, err error) bool {
	f.mu.Lock()
	if f.phase == ended {
		f.mu.Unlock()
		return false
	}
	f.phase, f.out, f.err = ended, out, err
	f.work, f.task = work{}, nil
	hooks := f.hooks
	f.hooks = nil
	f.over.Store(true)
	if f.done != nil {
		close(f.done)
	}
	f.mu.Unlock()
	if err != nil && f.pool != nil && !f.seen.Load() && engine.KindOf(err) != engine.KindCanceled {
		f.pool.noteFailure(f)
	}
	for _, h := range hooks {
		h()
	}
	if f.ends != nil {
		f.ends <- f
	}
	return true
}

// Done is closed when the call has ended.
func (f *future) Done() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done == nil {
		f.done = make(chan struct{})
		if f.phase == ended {
			close(f.done)
		}
	}
	return f.done
}

// OnEnd calls h, which must not block, when the call has ended.
func (f *future) OnEnd(h func()) {
	f.mu.Lock()
	if f.phase != ended {
		f.hooks = append(f.hooks, h)
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	h()
}

// Claim says that somebody looks after the failure.
func (f *future) Claim() { f.seen.Store(true) }

// Outcome is what the call ended with.
func (f *future) Outcome() ([]any, error) {
	f.Claim()
	if err := f.raised(); err != nil {
		return nil, err
	}
	return []any{f.out}, nil
}

// Cancel drops the call if it waits and asks it to end if it runs.
func (f *future) Cancel(why string) {
	f.stop(&engine.Error{Kind: engine.KindCanceled, Message: why})
}

// stop is Cancel; false means that the call had ended.
func (f *future) stop(why *engine.Error) bool {
	f.mu.Lock()
	now, task := f.phase, f.task
	f.mu.Unlock()
	if now == waiting && f.finish(nil, why) {
		return true
	}
	if now == ended {
		return false
	}
	f.soft.end(why)
	if task != nil {
		task.Cancel(why.Message)
	}
	return !f.over.Load() || f.err == error(why) // dropped
}

// kill stops the call: it need not clean up.
func (f *future) kill(why *engine.Error) {
	f.hard.end(why)
	f.mu.Lock()
	task := f.task
	f.mu.Unlock()
	if task != nil {
		task.Cancel(why.Message)
	}
}

// droppable lets cancel and kill end the call at once while its worker is made
// ready, which may take long; kept ends that and says whether they did.
func (f *future) droppable() (kept func() (dropped bool)) {
	drop := func(t *trip) func() bool {
		return t.AfterFunc(func() { f.finish(nil, t.Err()) })
	}
	soft, hard := drop(&f.soft), drop(&f.hard)
	return func() bool {
		a, b := soft(), hard()
		return !a || !b
	}
}

// runs gives the call the task that runs it.
func (f *future) runs(t *engine.Task) {
	f.mu.Lock()
	f.task = t
	f.mu.Unlock()
	for _, why := range []error{f.soft.Err(), f.hard.Err()} {
		if why != nil {
			t.Cancel(engine.Classify(why).Message)
		}
	}
}

// raised is the failure as a handler returns it: an error object of its own, so
// that two who raise it do not write into one. It ends with the submitting line.
func (f *future) raised() error {
	from := ""
	if f.place != nil && f.err != nil {
		if from = f.place.String(); from != "" {
			from = "\nsubmitted at " + from
		}
	}
	switch own := f.err.(type) {
	case *engine.Error:
		e := *own
		if e.Traceback != "" {
			e.Traceback += from
		}
		return &e
	case *engine.Raise:
		r := *own
		if r.Trace != "" {
			r.Trace += from
		}
		return &r
	}
	return f.err
}

// failure is what the call raised, as a value.
func (f *future) failure() any {
	err := f.raised()
	if other, ok := err.(*engine.Raise); ok {
		return other.Value
	}
	return err
}
