package vm

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Watch looks for tasks that keep the others waiting.
type Watch struct {
	Slow time.Duration // how long a task may hold the baton
	// Report is called with the baton, once for each time a task held it for
	// too long. at is the line where the task was seen, "" when that is not
	// known.
	Report func(t *Task, at string, held time.Duration)

	mu    sync.Mutex
	task  *Task
	since time.Time
	// late is the task that the next instruction is to report.
	late atomic.Pointer[Task]
}

// SetWatch begins to watch; nil ends it. It also begins to note the tasks that
// end without anybody having awaited them.
func (w *World) SetWatch(x *Watch, t *Task) {
	if w.watch != nil {
		w.watch.give(w)
	}
	w.watch = x
	if x != nil {
		x.take(t, w.Clock.Now())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noting = x != nil
	w.loose = nil
}

func (x *Watch) take(t *Task, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.task, x.since = t, now
}

// give notes that the baton is about to be given up.
func (x *Watch) give(w *World) {
	x.mu.Lock()
	t, held := x.task, w.Clock.Now().Sub(x.since)
	x.task = nil
	x.mu.Unlock()
	x.late.Store(nil)
	if t != nil && held >= x.Slow {
		x.Report(t, lineOf(w.Root.G.CurrentThread), held)
	}
}

// Look makes a task that has held the baton for too long say where it is, at
// its next instruction. It needs no baton.
func (x *Watch) Look(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.task != nil && now.Sub(x.since) >= x.Slow {
		x.late.Store(x.task)
		x.task.gate.Store(1)
	}
}

// tell reports the task of h if Look has asked for it.
func (x *Watch) tell(h *hook) {
	t := h.task
	if !x.late.CompareAndSwap(t, nil) {
		return
	}
	w := t.World
	t.lowerGate()
	x.mu.Lock()
	held := w.Clock.Now().Sub(x.since)
	x.task = nil // this time is reported
	x.mu.Unlock()
	x.Report(t, lineOf(h.thread), held)
}

func lineOf(L *lua.LState) string {
	if at := Caller(L).String(); at != "" {
		return at
	}
	if f := Frames(L, 1); len(f) > 0 {
		return fmt.Sprintf("%s:%d", f[0].Source, f[0].Line)
	}
	return ""
}

// holds notes who has taken the baton.
func (w *World) holds(t *Task) {
	w.sampler.holder.Store(t)
	if t != nil && w.sampler.ask.Load() != nil { // Sample may have seen the holder before
		t.gate.Store(1)
	}
	if w.watch != nil {
		w.watch.take(t, w.Clock.Now())
	}
}

// Noting says that tasks are watched. It needs no baton.
func (w *World) Noting() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.noting
}

// Loose lists the tasks that ended since SetWatch, or since the last call, and
// that nobody has awaited. It needs no baton.
func (w *World) Loose() []*Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	loose := slices.DeleteFunc(w.loose, func(t *Task) bool { return t.claimed })
	w.loose = nil
	return loose
}
