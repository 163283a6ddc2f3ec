// Package vm runs Lua on gopher-lua: the baton, tasks, protected calls,
// coroutines and the hook that stops them.
//
// # The baton
//
// One World is one Lua state. Each task is a goroutine with a Lua thread of its
// own, and the baton lets one of them run Lua at a time. Native work gives the
// baton up, so every blocking call lets the other tasks run, also inside pcall,
// metamethods, sort comparators and coroutines: nothing waits by Lua's yield,
// which gopher-lua cannot carry across those.
//
// Everything in this package that touches an LState is called with the baton
// held, unless its comment says otherwise.
package vm

import (
	"container/list"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/stock"
	"github.com/gscript-lang/gscript/engine/trace"
)

const (
	maxNesting     = 1000 // protected calls and coroutines inside one another
	maxFramesBelow = 64 << 10
)

// World is one Lua state with its tasks and open handles.
type World struct {
	Root  *lua.LState // holds the globals; scripts run on threads of it
	Clock host.Clock
	Grace time.Duration // how long a soft cancel leaves for cleaning up

	Limits Limits // set before a script runs
	// Trace records what the tasks do; nil records nothing.
	Trace *trace.Recorder
	// ErrorMeta is the metatable of error objects.
	ErrorMeta *lua.LTable
	// Native counts the calls of Go code that tasks have begun, but for the base
	// library's own.
	Native atomic.Int32

	baton   chan struct{}
	blank   lua.LState // a copy of the root before it did anything
	watch   *Watch     // nil when nobody watches
	probe   atomic.Pointer[probe]
	sampler sampler
	steps   int64   // taken so far; counted only under a limit
	idle    []*hook // of threads for protected calls, ready for reuse

	mu      sync.Mutex
	tasks   map[*Task]struct{}
	changed chan struct{} // of awaitChange; nil when nobody waits
	nextID  int
	handles []io.Closer
	kept    int          // so many of the handles CloseHandles leaves open
	stopped *fault.Error // set once by Stop
	orphans *list.List   // of *Task that failed and nobody awaited, in the order of their ends
	broken  *fault.Error // a Go panic went through Lua frames

	noting bool    // of tasks that end
	loose  []*Task // that ended while noting, and nobody awaited

	started, begun atomic.Int64 // tasks whose goroutine was made, and those that have had the baton
	turns          atomic.Int64 // how often the baton was taken

	living    atomic.Int64 // coroutines; counted only under a limit
	collected int64        // coroutines made when the last collection was asked for
	made      int64        // coroutines ever
	// collectAgain is when another collection may be asked for whatever was made.
	collectAgain time.Time

	rest []func() error // of OnRest

	stockResume lua.LGFunction
}

// New makes a World without any library. The caller holds the baton.
func New(clock host.Clock, grace time.Duration) *World {
	root := lua.NewState(lua.Options{
		CallStackSize:       maxFrames,
		RegistrySize:        firstRegisters,
		RegistryMaxSize:     registryMaxSize,
		RegistryGrowStep:    registryGrowStep,
		MinimizeStackMemory: true,
		SkipOpenLibs:        true,
	})
	root.G.MainThread = root
	root.G.CurrentThread = root
	w := &World{
		Root:  root,
		Clock: clock,
		Grace: grace,
		blank: *root,
		baton: make(chan struct{}, 1),
		tasks: map[*Task]struct{}{},

		orphans: list.New(),
	}
	w.stockResume = stock.Coroutine()["resume"]
	return w
}

// Lock takes the baton for thread L; nil means the root.
func (w *World) Lock(L *lua.LState) {
	w.baton <- struct{}{}
	w.turns.Add(1)
	if L == nil {
		L = w.Root
	}
	w.Root.G.CurrentThread = L
	w.holds(TaskOf(L))
}

// LockFor is Lock for a task that may not have a thread yet.
func (w *World) LockFor(t *Task, L *lua.LState) {
	w.Lock(L)
	w.holds(t)
}

// Unlock gives the baton to the task that has waited longest.
func (w *World) Unlock() {
	if w.watch != nil {
		w.watch.give(w)
	}
	w.sampled(w.Root.G.CurrentThread)
	if h := hookOf(w.Root.G.CurrentThread); h != nil {
		h.task.at = w.Root.G.CurrentThread
	}
	<-w.baton
}

// Track keeps a handle that is to be closed when the script ends. It needs no
// baton.
func (w *World) Track(c io.Closer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handles = append(w.handles, c)
}

// Untrack forgets a handle that was closed. It needs no baton.
func (w *World) Untrack(c io.Closer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.handles) - 1; i >= 0; i-- {
		if w.handles[i] == c {
			w.handles = append(w.handles[:i], w.handles[i+1:]...)
			if i < w.kept {
				w.kept--
			}
			return
		}
	}
}

// KeepHandles says that CloseHandles leaves what is open now as it is;
// ReleaseHandles takes that back.
func (w *World) KeepHandles() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = len(w.handles)
}

// ReleaseHandles lets CloseHandles close every handle again.
func (w *World) ReleaseHandles() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = 0
}

// CloseHandles closes what is still open, last opened first. It is called
// without the baton, because closing may wait for callbacks into Lua.
func (w *World) CloseHandles() error {
	var errs []error
	for {
		w.mu.Lock()
		n := len(w.handles)
		if n <= w.kept {
			w.mu.Unlock()
			return errors.Join(errs...)
		}
		c := w.handles[n-1]
		w.handles = w.handles[:n-1]
		w.mu.Unlock()
		if err := c.Close(); err != nil {
			errs = append(errs, err)
		}
	}
}

// Stop ends every task of the world now: each instruction raises why. It needs
// no baton.
func (w *World) Stop(why *fault.Error) {
	w.mu.Lock()
	if w.stopped == nil {
		w.stopped = why
	}
	all := w.snapshotTasks()
	w.mu.Unlock()
	for _, t := range all {
		t.Stop(why)
	}
}

// Cancel asks every task of the world to end. It needs no baton.
func (w *World) Cancel(why *fault.Error) {
	w.mu.Lock()
	all := w.snapshotTasks()
	w.mu.Unlock()
	for _, t := range all {
		t.Cancel(why)
	}
}

// Stopped returns what stopped the world, or nil.
func (w *World) Stopped() *fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stopped
}

// Deaf says that the world was stopped and is still in an instruction of Lua, or
// in a function of the base library, which nothing can interrupt: it ends by
// itself and does nothing more that can be seen, unless what tasks do is being
// noted. It needs no baton.
func (w *World) Deaf() bool {
	return w.Stopped() != nil && !w.Noting() && w.Native.Load() == 0 && len(w.baton) > 0
}

// Reset makes a stopped world usable again once its tasks have ended. A broken
// one stays broken, and Reset says so.
func (w *World) Reset() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orphans = list.New()
	return w.usable()
}

// usable lifts a stop, unless the world is broken. The caller holds mu.
func (w *World) usable() error {
	if w.broken != nil {
		return &fault.Error{
			Kind: fault.StateClosed, Message: "the state was given up after an internal error", Cause: w.broken,
			Hint: "make a new state; this one may be inconsistent",
		}
	}
	w.stopped, w.steps = nil, 0
	return nil
}

// Broken says that a Go panic went through frames of Lua, so that the world is
// not to be used again.
func (w *World) Broken() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken != nil
}

// panicked names a Go panic beneath Lua. A stack overflow is the script's
// fault and leaves the world whole; anything else breaks it.
func (w *World) panicked(text string) *fault.Error {
	if isOverflow(text) {
		return fault.New(fault.StackOverflow, "stack overflow: more than %d calls inside one another", maxFrames).
			WithHint("a function calls itself without end, or too deep; use a loop")
	}
	e := internalPanic(text)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken = e
	}
	return e
}

func (w *World) snapshotTasks() []*Task {
	all := make([]*Task, 0, len(w.tasks))
	for t := range w.tasks {
		all = append(all, t)
	}
	return all
}

// awaitChange gives what is closed when a task has failed that nobody awaits, or
// at most one is left. The caller holds mu.
func (w *World) awaitChange() <-chan struct{} {
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return w.changed
}

// Drain waits until every task but keep has ended, whatever they end with.
func (w *World) Drain(keep *Task) {
	for {
		w.mu.Lock()
		n := len(w.tasks)
		if _, ok := w.tasks[keep]; ok {
			n--
		}
		if n == 0 {
			w.mu.Unlock()
			return
		}
		changed := w.awaitChange()
		w.mu.Unlock()
		<-changed
	}
}

// Orphans are the tasks that failed and that nobody awaits, in the order of their
// ends.
func (w *World) Orphans() []*Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*Task
	for e := w.orphans.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*Task))
	}
	return all
}

// Settle waits, without the baton, until every task but keep has ended, or one
// of them failed and nobody awaits it; it returns that failure.
func (w *World) Settle(ctx context.Context, keep *Task) error {
	for {
		w.mu.Lock()
		n := len(w.tasks)
		if _, ok := w.tasks[keep]; ok {
			n--
		}
		var orphan error
		if first := w.orphans.Front(); first != nil {
			orphan = first.Value.(*Task).err
		}
		if n == 0 || orphan != nil {
			w.mu.Unlock()
			return orphan
		}
		changed := w.awaitChange()
		w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}
