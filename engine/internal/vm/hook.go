package vm

import (
	"context"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

type role uint8

const (
	roleTask      role = iota // a task's first thread
	roleProtected             // a thread for pcall, xpcall, try, with or a callback
	roleCoroutine
)

// hook is the context of one Lua thread. gopher-lua asks for Done before every
// instruction, and that is where a script is interrupted: Done returns nil, at
// the price of two loads, until the gate is raised. It must not be a
// context of the standard library, whose Done is several times dearer, nor be
// wrapped in one: NewThread does that when the parent has a context, so the
// root has none.
type hook struct {
	gate   *atomic.Uint32
	stack  frameStack
	near   uint16 // the segment of the stack from which on it needs more room
	task   *Task
	thread *lua.LState
	role   role
	depth  int // of protected calls and coroutines inside one another
	frames int // on the threads beneath this one
	// caller is the thread that made a protected call; a coroutine's is its
	// Parent.
	caller  *lua.LState
	handler *lua.LFunction
	catches bool
	// prompted is what raise puts in the place of Err.
	prompted *fault.Error
	// Of a coroutine: its place among the living, nil without a limit on them,
	// the value that it raised last, and the one that it died of.
	ticket *ticket
	raised lua.LValue
	died   lua.LValue
	// Of a coroutine that has yielded: how many values its yield takes, and that
	// the yield is the last it does.
	yielded, last bool
	wanted        int
}

// descend notes that the thread of h is about to run on top of L, which may be
// nil. It says no when that would be too deep: Lua frames may be Go frames too,
// and a Go stack that overflows ends the process.
func (h *hook) descend(L *lua.LState) bool {
	h.depth, h.frames = 0, 0
	if L == nil {
		return true
	}
	if below := hookOf(L); below != nil {
		h.depth, h.frames = below.depth+1, below.frames
	}
	if top := topFrame(L); top != nil {
		h.frames += top.Idx
	}
	return h.depth <= maxNesting && h.frames <= maxFramesBelow
}

var _ context.Context = (*hook)(nil)

var (
	interrupted = func() chan struct{} { c := make(chan struct{}); close(c); return c }()
	// raised is the gate of a thread whose Panic is still gopher-lua's: PCall
	// and coroutine.resume set their own, so ours goes in at the first
	// instruction.
	raised = func() *atomic.Uint32 { g := new(atomic.Uint32); g.Store(1); return g }()
)

// Done is asked for before every instruction.
func (h *hook) Done() <-chan struct{} {
	if h.gate.Load() == 0 && h.stack.segIdx < h.near {
		return nil
	}
	return h.look()
}

func (h *hook) look() <-chan struct{} {
	if h.stack.segIdx >= h.near {
		h.lengthen()
	}
	if h.gate == raised {
		h.thread.Panic = raise
		h.gate = &h.task.gate
	}
	w := h.task.World
	if w.Limits.Steps > 0 {
		w.countSteps(h.task, 1)
	}
	if w.watch != nil {
		w.watch.tell(h)
	}
	w.sampled(h.thread)
	if h.task.stop.Load() != nil {
		return interrupted
	}
	if p := w.probe.Load(); p != nil {
		p.Instruction(h.thread, h.task)
		if h.task.stop.Load() != nil {
			return interrupted
		}
	}
	if h.prompted = h.task.prompted(); h.prompted != nil {
		return interrupted
	}
	return nil
}

// Err is asked for after Done gave a closed channel. raise puts the error
// object in its place.
func (h *hook) Err() error {
	if e := h.task.stop.Load(); e != nil {
		return e
	}
	if h.prompted != nil {
		return h.prompted
	}
	return nil
}

func (h *hook) Deadline() (time.Time, bool) { return time.Time{}, false }
func (h *hook) Value(any) any               { return nil }

func hookOf(L *lua.LState) *hook {
	h, _ := L.Context().(*hook)
	return h
}

// TaskOf returns the task that runs on thread L.
func TaskOf(L *lua.LState) *Task {
	if h := hookOf(L); h != nil {
		return h.task
	}
	return nil
}

// raise is the Panic of every thread: it runs where the error is raised, with
// the frames still in place.
func raise(L *lua.LState) {
	v := L.Get(-1)
	h := hookOf(L)
	if h == nil {
		panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: v, StackTrace: " "})
	}
	w := h.task.World
	if stop := h.task.stop.Load(); stop != nil {
		if stop.Traceback == "" {
			stop.Traceback = Traceback(L)
		}
		v = w.ErrorValue(stop)
	} else {
		if e := h.prompted; e != nil {
			h.prompted, v = nil, w.ErrorValue(e)
		} else {
			v = reworded(L, v)
		}
		h.noteTrace(L, v)
		h.probeRaised(L, v)
		if handler := h.handler; handler != nil {
			h.handler = nil
			L.Push(handler)
			L.Push(v)
			L.Call(1, 1)
			v = L.Get(-1)
		}
	}
	h.raised = v
	// The trace keeps PCall from writing one of its own, which costs time that
	// grows with the square of the depth.
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: v, StackTrace: " "})
}

// noteTrace keeps the Lua frames of an error that nothing will catch.
func (h *hook) noteTrace(L *lua.LState, v lua.LValue) {
	if e := AsError(v); e != nil {
		if e.Traceback == "" {
			e.Traceback = Traceback(L)
		}
		return
	}
	if h.task.catches == 0 && h.task.trace.value != v {
		h.task.trace = uncaught{v, Traceback(L)}
	}
}

// ErrorValue wraps e as the object that scripts see.
func (w *World) ErrorValue(e *fault.Error) *lua.LUserData {
	return &lua.LUserData{Value: e, Metatable: w.ErrorMeta, Env: w.Root.Env}
}

// AsError returns the error object in v, or nil.
func AsError(v lua.LValue) *fault.Error {
	if ud, ok := v.(*lua.LUserData); ok {
		if e, ok := ud.Value.(*fault.Error); ok {
			return e
		}
	}
	return nil
}
