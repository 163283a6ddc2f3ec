package vm

import (
	"cmp"
	"runtime"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
)

// What a task has of its own: its handle, functions to call at its end,
// variables that its tasks inherit.

// Handle returns what stands for the task in scripts, made by make when there is
// none yet. It needs no baton.
func (t *Task) Handle(make func() any) any {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	if t.handle == nil {
		t.handle = make()
	}
	return t.handle
}

// Defer has fn called at the end of the task, before what was deferred earlier.
func (t *Task) Defer(fn lua.LValue) { t.deferred = append(t.deferred, fn) }

// CleanUp calls what was deferred. A soft cancel does not cut it short; after a
// hard stop nothing is called. It returns the task's error, or else the first of
// a clean-up; os.exit comes before either.
func (t *Task) CleanUp(err error) error {
	if len(t.deferred) == 0 {
		return err
	}
	t.RaiseShield()
	defer t.LowerShield()
	for n := len(t.deferred); n > 0; n = len(t.deferred) {
		if stop := t.Stopped(); stop != nil {
			t.deferred = nil
			return cmp.Or(err, stop)
		}
		fn := t.deferred[n-1]
		t.deferred = t.deferred[:n-1]
		_, own := t.World.CallOn(t, nil, fn)
		if _, exit := Exit(own); err == nil || exit {
			err = own
		}
	}
	return err
}

// binding is the value of one variable. A list of them is never changed, so
// that tasks can share it.
type binding struct {
	key   any
	value lua.LValue
	next  *binding
}

// Bound returns what the variable that key stands for has in this task, nil for
// nothing. It needs no baton.
func (t *Task) Bound(key any) lua.LValue {
	for b := t.bound.Load(); b != nil; b = b.next {
		if b.key == key {
			return b.value
		}
	}
	return nil
}

// Bind gives the variable a value in this task; nil takes it away.
func (t *Task) Bind(key any, value lua.LValue) {
	var list *binding
	for b := t.bound.Load(); b != nil; b = b.next {
		if b.key != key {
			list = &binding{b.key, b.value, list}
		}
	}
	if value != nil {
		list = &binding{key, value, list}
	}
	t.bound.Store(list)
}

// Inherit gives the task the variables of its maker.
func (t *Task) Inherit(from *Task) { t.bound.Store(from.bound.Load()) }

// Tasks lists the tasks that have not ended, in the order of their making. It
// needs no baton.
func (w *World) Tasks() []*Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.snapshotTasks()
	slices.SortFunc(all, func(a, b *Task) int { return a.ID - b.ID })
	return all
}

// Yield lets every task run that waits for the baton now, and those that have
// been started and did not come so far as to wait for it. It is called without
// the baton.
func (w *World) Yield() {
	for started := w.started.Load(); w.begun.Load() < started; {
		w.Lock(nil)
		w.Unlock()
		runtime.Gosched()
	}
}

// GoAfter is Go after a time by the clock. A task that is canceled before does
// not begin.
func (t *Task) GoAfter(clock host.Clock, d time.Duration, fn lua.LValue, args func() []lua.LValue) {
	ctx := t.Context()
	go func() {
		if clock.Sleep(ctx, d) != nil {
			if e := t.Check(); e != nil {
				t.End(nil, e)
				return
			}
		}
		t.World.started.Add(1)
		t.End(t.run(fn, args))
	}()
}
