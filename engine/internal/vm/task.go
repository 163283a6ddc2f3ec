package vm

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Task is a function that runs beside others in one World.
//
// Cancelling is two things. Cancel is soft: the next blocking call of the task
// raises, and every one after it, but code in a shield may still clean up for
// the world's grace time. An Interruption is soft too, but has a task that
// goes on to compute raise as well. Stop is hard: every instruction raises, and no pcall
// swallows it. A soft cancel becomes hard when the grace time is over.
type Task struct {
	World *World
	ID    int
	Name  string
	// Origin is the script's line that made the task, "" for none.
	Origin string

	life life

	gate     atomic.Uint32 // not 0: the hook looks closer
	stop     atomic.Pointer[fault.Error]
	canceled atomic.Pointer[fault.Error]
	manner   atomic.Uint32 // how a cancel is felt: patient, pending, once, always

	// Guarded by the baton.
	shields  int
	catches  int // protected calls that keep errors; 0 means a raise is uncaught
	trace    uncaught
	at       *lua.LState // where it gave the baton up last, nil before
	deferred []lua.LValue

	once    sync.Once
	done    chan struct{}
	results []lua.LValue
	err     error

	// Guarded by the world's mu.
	claimed bool
	orphan  *list.Element // of the world's orphans
	ended   bool
	handle  any
	onEnd   []func()

	awaits atomic.Pointer[Task] // the task that this one waits for
	within atomic.Pointer[string]
	bound  atomic.Pointer[binding]
	lane   atomic.Pointer[lane] // in the trace
	owner  shared.Owner
	series *Series // nil for most
}

// uncaught remembers where a value that is not an error object was raised.
type uncaught struct {
	value lua.LValue
	lines string
}

// Enter notes the native function, called name, in which the task works without
// the baton, and returns the one before; nil is none. It needs no baton.
func (t *Task) Enter(name *string) (before *string) { return t.within.Swap(name) }

// Within is the native function of Enter, "" for none. It needs no baton.
func (t *Task) Within() string {
	if name := t.within.Load(); name != nil {
		return *name
	}
	return ""
}

// Owner is the task as one that may hold locks. It needs no baton.
func (t *Task) Owner() *shared.Owner {
	if t.series != nil {
		return &t.series.owner
	}
	return &t.owner
}

// NewTask makes a task under ctx; what ends ctx stops the task. The task counts
// as running until End. It needs no baton.
func (w *World) NewTask(ctx context.Context, name string) *Task {
	t := &Task{World: w, Name: name, done: make(chan struct{})}
	t.owner.Who = t
	t.life.parent = ctx
	w.mu.Lock()
	w.nextID++
	t.ID = w.nextID
	w.tasks[t] = struct{}{}
	if w.everyInstruction() {
		t.gate.Store(1)
	}
	stopped := w.stopped
	w.mu.Unlock()
	if stopped != nil {
		t.Stop(stopped)
	}
	return t
}

// String names the task for people.
func (t *Task) String() string {
	if t.Origin != "" {
		return "the " + t.Name + " of " + t.Origin
	}
	return "the " + t.Name + " task"
}

// End marks the task as ended with its results. It needs no baton.
func (t *Task) End(results []lua.LValue, err error) {
	t.once.Do(func() {
		t.results, t.err = results, err
		t.endTrace(err)
		w := t.World
		w.mu.Lock()
		delete(w.tasks, t)
		if err != nil && !t.claimed && fault.KindOf(err) != fault.Canceled {
			t.orphan = w.orphans.PushBack(t)
		}
		if w.noting && !t.claimed {
			w.loose = append(w.loose, t)
		}
		t.ended = true
		hooks := t.onEnd
		t.onEnd = nil
		if w.changed != nil && (len(w.tasks) <= 1 || w.orphans.Len() > 0) {
			close(w.changed)
			w.changed = nil
		}
		w.mu.Unlock()
		close(t.done)
		if t.series == nil || t.canceled.Load() != nil {
			t.life.end(nil)
		}
		t.owner.End()
		for _, f := range hooks {
			f()
		}
		if _, exit := Exit(err); exit {
			w.Cancel(fault.New(fault.Canceled, "the script has ended itself"))
		}
	})
}

// Claim says that somebody looks after the task's failure. It needs no baton.
func (t *Task) Claim() {
	w := t.World
	w.mu.Lock()
	defer w.mu.Unlock()
	t.claimed = true
	if t.orphan != nil {
		w.orphans.Remove(t.orphan)
		t.orphan = nil
	}
}

// OnEnd calls f, which must not block, when the task has ended. It needs no
// baton.
func (t *Task) OnEnd(f func()) {
	w := t.World
	w.mu.Lock()
	ended := t.ended
	if !ended {
		t.onEnd = append(t.onEnd, f)
	}
	w.mu.Unlock()
	if ended {
		<-t.done
		f()
	}
}

// Await notes that the task waits for other; nil ends the wait. It says no when
// other waits, perhaps by way of more tasks, for this one. It needs no baton.
func (t *Task) Await(other *Task) bool {
	t.awaits.Store(other)
	for o := other; o != nil; o = o.awaits.Load() {
		if o == t {
			t.awaits.Store(nil)
			return false
		}
	}
	return true
}

// KeepTrace remembers where a value was raised that is about to be raised
// again, and is no error object that knows itself.
func (t *Task) KeepTrace(v lua.LValue, lines string) {
	if lines != "" {
		t.trace = uncaught{v, lines}
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
		return t.HardContext()
	}
	return t.life.softContext(t)
}

// HardContext ends only at a hard stop.
func (t *Task) HardContext() context.Context { return t.life.hardContext() }

// Shield runs f, in which a soft cancel does not make blocking calls raise.
func (t *Task) Shield(f func()) {
	t.RaiseShield()
	defer t.LowerShield()
	f()
}

// RaiseShield begins what Shield runs in.
func (t *Task) RaiseShield() { t.shields++ }

// LowerShield ends it.
func (t *Task) LowerShield() { t.shields-- }

// Check returns what a blocking call raises before it starts, or nil.
func (t *Task) Check() *fault.Error {
	if e := t.stop.Load(); e != nil {
		return e
	}
	if t.life.parent.Err() != nil { // whoever ended the context is about to call Stop
		t.Stop(StopCause(context.Cause(t.life.parent)))
		return t.stop.Load()
	}
	if t.shields > 0 {
		return nil
	}
	e := t.canceled.Load()
	if e != nil {
		t.heard()
	}
	return e
}

// Stopped returns what a hard stop raises, nil without one.
func (t *Task) Stopped() error {
	if stop := t.stop.Load(); stop != nil {
		return &Raised{Value: t.World.ErrorValue(stop), Trace: stop.Traceback}
	}
	return nil
}

// CancelCause returns why the task was canceled or stopped, or nil.
func (t *Task) CancelCause() *fault.Error {
	if e := t.stop.Load(); e != nil {
		return e
	}
	return t.canceled.Load()
}

// Cancel asks the task to end. It needs no baton. The task raises a copy of why,
// into which it writes where.
func (t *Task) Cancel(why *fault.Error) {
	own := *why
	first := t.canceled.CompareAndSwap(nil, &own)
	if IsInterruption(why) {
		t.prompt()
	}
	if !first {
		return
	}
	t.Lane().Mark("task", "cancel", why.Kind)
	t.life.cancel(why, t.World.Clock.AfterFunc(t.World.Grace, func() { t.Stop(why) }))
}

// Stop ends the task now. It needs no baton. The task raises a copy of why, as
// for Cancel.
func (t *Task) Stop(why *fault.Error) {
	own := *why
	if !t.stop.CompareAndSwap(nil, &own) {
		return
	}
	t.Lane().Mark("task", "stop", why.Kind)
	t.gate.Store(1)
	t.life.end(why)
}

// StopWith makes the end of ctx a hard stop of the task, with the error that
// explain gives for ctx's cause. The function returned undoes it.
func (t *Task) StopWith(ctx context.Context, explain func(error) *fault.Error) (undo func() bool) {
	return context.AfterFunc(ctx, func() { t.Stop(explain(context.Cause(ctx))) })
}

// StopCause is the hard stop that the end of a context means: its deadline, or
// what canceled it. It is the caller's own, because one context may stop several
// states, each of which writes its traceback.
func StopCause(cause error) *fault.Error {
	e := *fault.Classify(cause)
	if e.Kind == fault.Timeout {
		return fault.New(fault.Deadline, "the deadline has passed")
	}
	return &e
}

// Run calls fn with args on a new thread and returns its results. It takes the
// baton for the time that Lua runs and must be called without it.
func (t *Task) Run(fn lua.LValue, args ...lua.LValue) (results []lua.LValue, err error) {
	t.World.started.Add(1)
	return t.run(fn, func() []lua.LValue { return args })
}

func (t *Task) run(fn lua.LValue, args func() []lua.LValue) (results []lua.LValue, err error) {
	t.World.LockFor(t, nil)
	defer t.World.leave(&err)
	t.World.begun.Add(1)
	if stop := t.Stopped(); stop != nil { // of very many tasks each would run into it by itself
		return nil, stop
	}
	results, err = t.World.CallOn(t, nil, fn, args()...)
	return results, t.CleanUp(err)
}

// leave gives the baton up after a task's function.
func (w *World) leave(err *error) {
	if r := recover(); r != nil {
		*err = w.panicked(fmt.Sprint(r))
	}
	w.Unlock()
}

// Go runs fn as this task on a goroutine of its own; args is called there, with
// the baton. Go itself needs none.
func (t *Task) Go(fn lua.LValue, args func() []lua.LValue) {
	t.World.started.Add(1)
	go func() { t.End(t.run(fn, args)) }()
}

// ErrUnwound is what a task ends with when its script called os.exit.
type ErrUnwound struct {
	Code int
	At   string // the script's line that called it, "" when not known
}

func (e *ErrUnwound) Error() string { return "os.exit" }

// Exit returns the code of an os.exit inside err.
func Exit(err error) (code int, ok bool) {
	if err == nil {
		return 0, false
	}
	var e *ErrUnwound
	if errors.As(err, &e) {
		return e.Code, true
	}
	return 0, false
}
