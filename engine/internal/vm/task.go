package vm

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Task is a function that runs beside others in one World.
//
// Cancelling is two things. Cancel is soft: the next blocking call of the task
// raises, and every one after it, but code in a shield may still clean up for
// the world's grace time. Stop is hard: every instruction raises, and no pcall
// swallows it. A soft cancel becomes hard when the grace time is over.
type Task struct {
	World *World
	ID    int
	Name  string

	hard, soft             context.Context
	cancelHard, cancelSoft context.CancelCauseFunc

	gate     atomic.Uint32 // not 0: the hook looks closer
	stop     atomic.Pointer[fault.Error]
	canceled atomic.Pointer[fault.Error]

	// Guarded by the baton.
	shields int
	catches int // protected calls that keep errors; 0 means a raise is uncaught
	awaited bool
	trace   uncaught

	once    sync.Once
	done    chan struct{}
	results []lua.LValue
	err     error
	claimed bool
}

// uncaught remembers where a value that is not an error object was raised.
type uncaught struct {
	value lua.LValue
	lines string
}

// NewTask makes a task under ctx; what ends ctx stops the task. The task counts
// as running until End. It needs no baton.
func (w *World) NewTask(ctx context.Context, name string) *Task {
	t := &Task{World: w, Name: name, done: make(chan struct{})}
	t.hard, t.cancelHard = context.WithCancelCause(ctx)
	t.soft, t.cancelSoft = context.WithCancelCause(t.hard)
	w.mu.Lock()
	w.nextID++
	t.ID = w.nextID
	w.tasks[t] = struct{}{}
	stopped := w.stopped
	w.mu.Unlock()
	if stopped != nil {
		t.Stop(stopped)
	}
	return t
}

// End marks the task as ended with its results. It needs no baton.
func (t *Task) End(results []lua.LValue, err error) {
	t.once.Do(func() {
		t.results, t.err = results, err
		w := t.World
		w.mu.Lock()
		delete(w.tasks, t)
		if err != nil && !t.claimed && w.orphan == nil && fault.KindOf(err) != fault.Canceled {
			w.orphan = err
		}
		close(w.changed)
		w.changed = make(chan struct{})
		w.mu.Unlock()
		close(t.done)
		t.cancelHard(nil)
	})
}

// Claim says that somebody looks after the task's failure. It needs no baton.
func (t *Task) Claim() {
	w := t.World
	w.mu.Lock()
	defer w.mu.Unlock()
	t.claimed = true
	if w.orphan != nil && w.orphan == t.err {
		w.orphan = nil
	}
}

// Done is closed when the task has ended; then Result may be called.
func (t *Task) Done() <-chan struct{} { return t.done }

// Result returns what the task ended with.
func (t *Task) Result() ([]lua.LValue, error) { return t.results, t.err }

// Context is what native work of the task runs under: it ends at a soft cancel,
// in a shield only at a hard stop.
func (t *Task) Context() context.Context {
	if t.shields > 0 {
		return t.hard
	}
	return t.soft
}

// HardContext ends only at a hard stop.
func (t *Task) HardContext() context.Context { return t.hard }

// Shield runs f, in which a soft cancel does not make blocking calls raise.
func (t *Task) Shield(f func()) {
	t.shields++
	defer func() { t.shields-- }()
	f()
}

// Check returns what a blocking call raises before it starts, or nil.
func (t *Task) Check() *fault.Error {
	if e := t.stop.Load(); e != nil {
		return e
	}
	if t.hard.Err() != nil { // whoever ended the context is about to call Stop
		t.Stop(StopCause(context.Cause(t.hard)))
		return t.stop.Load()
	}
	if t.shields > 0 {
		return nil
	}
	return t.canceled.Load()
}

// CancelCause returns why the task was canceled or stopped, or nil.
func (t *Task) CancelCause() *fault.Error {
	if e := t.stop.Load(); e != nil {
		return e
	}
	return t.canceled.Load()
}

// Cancel asks the task to end. It needs no baton.
func (t *Task) Cancel(why *fault.Error) {
	if !t.canceled.CompareAndSwap(nil, why) {
		return
	}
	t.cancelSoft(why)
	timer := t.World.Clock.AfterFunc(t.World.Grace, func() { t.Stop(why) })
	context.AfterFunc(t.hard, func() { timer.Stop() })
}

// Stop ends the task now. It needs no baton.
func (t *Task) Stop(why *fault.Error) {
	if !t.stop.CompareAndSwap(nil, why) {
		return
	}
	t.gate.Store(1)
	t.cancelHard(why)
}

// StopWith makes the end of ctx a hard stop of the task, with the error that
// explain gives for ctx's cause. The function returned undoes it.
func (t *Task) StopWith(ctx context.Context, explain func(error) *fault.Error) (undo func() bool) {
	return context.AfterFunc(ctx, func() { t.Stop(explain(context.Cause(ctx))) })
}

// StopCause is the hard stop that the end of a context means: its deadline, or
// what canceled it.
func StopCause(cause error) *fault.Error {
	e := fault.Classify(cause)
	if e.Kind == fault.Timeout {
		e = fault.New(fault.Deadline, "the deadline has passed")
	}
	return e
}

// Run calls fn with args on a new thread and returns its results. It takes the
// baton for the time that Lua runs and must be called without it.
func (t *Task) Run(fn lua.LValue, args ...lua.LValue) (results []lua.LValue, err error) {
	w := t.World
	w.Lock(nil)
	defer w.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = internalPanic(r)
		}
	}()
	return w.CallOn(t, nil, fn, args...)
}

// Go runs fn as this task on a goroutine of its own. It needs no baton.
func (t *Task) Go(fn lua.LValue, args ...lua.LValue) {
	go func() { t.End(t.Run(fn, args...)) }()
}

// ErrUnwound is what a task ends with when its script called os.exit.
type ErrUnwound struct{ Code int }

func (e *ErrUnwound) Error() string { return "os.exit" }

// Exit returns the code of an os.exit inside err.
func Exit(err error) (code int, ok bool) {
	var e *ErrUnwound
	if errors.As(err, &e) {
		return e.Code, true
	}
	return 0, false
}
