package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Coroutine is the coroutine library. It stands on gopher-lua's switching and
// adds what that lacks: the hook on every thread, and refusals where stock
// gopher-lua overflows the Go stack or dereferences nil.
func (w *World) Coroutine() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"create":      w.coCreate,
		"resume":      w.coResume,
		"wrap":        w.coWrap,
		"yield":       w.coYield,
		"status":      w.coStatus,
		"running":     w.coRunning,
		"isyieldable": w.coIsYieldable,
	}
}

func (w *World) coCreate(L *lua.LState) int {
	n := w.stockCreate(L)
	th := L.Get(-1).(*lua.LState)
	// NewThread wrapped the context of L; ours counts every instruction.
	th.SetContext(&hook{gate: raised, task: TaskOf(L), thread: th, role: roleCoroutine})
	return n
}

// refusal says why th cannot be resumed from L, or "".
func (w *World) refusal(L, th *lua.LState) string {
	h := hookOf(th)
	switch {
	case th.Dead:
		return "cannot resume dead coroutine"
	case h == nil || h.role != roleCoroutine || th.Parent != nil || th == L:
		return "cannot resume non-suspended coroutine"
	}
	h.depth = hookOf(L).depth + 1
	if h.depth > maxNesting {
		return "stack overflow: too many coroutines inside one another"
	}
	// A coroutine made in one task may be resumed by another.
	h.task = TaskOf(L)
	if h.gate != raised {
		h.gate = &h.task.gate
	}
	return ""
}

func (w *World) coResume(L *lua.LState) int {
	th := L.CheckThread(1)
	if why := w.refusal(L, th); why != "" {
		L.Push(lua.LFalse)
		L.Push(lua.LString(why))
		return 2
	}
	t := TaskOf(L)
	t.catches++
	n := w.stockResume(L)
	t.catches--
	w.passExit(L, n)
	return n
}

// passExit lets os.exit through a resume, which hands on every other error.
func (w *World) passExit(L *lua.LState, n int) {
	if ud, ok := L.Get(-1).(*lua.LUserData); ok && n == 2 {
		if _, exit := ud.Value.(exitValue); exit {
			L.Error(ud, 0)
		}
	}
}

func (w *World) coWrap(L *lua.LState) int {
	w.coCreate(L)
	th := L.Get(-1).(*lua.LState)
	L.Pop(1)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if why := w.refusal(L, th); why != "" {
			L.RaiseError("%s", why)
		}
		L.Insert(th, 1)
		n := w.stockResume(L)
		first := L.GetTop() - n + 1
		if ok := L.Get(first); ok == lua.LFalse {
			L.Error(L.Get(first+1), 0)
		}
		return n - 1
	}))
	return 1
}

func (w *World) coYield(L *lua.LState) int {
	switch h := hookOf(L); {
	case h == nil || h.role == roleTask:
		L.RaiseError("attempt to yield from outside a coroutine")
	case h.role == roleProtected:
		if w.currentCoroutine(L) == nil {
			L.RaiseError("attempt to yield from outside a coroutine")
		}
		w.Throw(L, fault.New(fault.Lua, "attempt to yield across a protected call").
			WithHint("a coroutine cannot yield from inside pcall, xpcall, try or with; call them outside, or use async.spawn and await"))
	}
	return -1
}

// currentCoroutine returns the coroutine that L runs in, looking through
// protected calls, or nil.
func (w *World) currentCoroutine(L *lua.LState) *lua.LState {
	for L != nil {
		h := hookOf(L)
		if h == nil {
			return nil
		}
		if h.role == roleCoroutine {
			return L
		}
		L = h.caller
	}
	return nil
}

func (w *World) coStatus(L *lua.LState) int {
	th := L.CheckThread(1)
	switch {
	case th.Dead:
		L.Push(lua.LString("dead"))
	case w.currentCoroutine(L) == th:
		L.Push(lua.LString("running"))
	case th.Parent != nil:
		L.Push(lua.LString("normal"))
	default:
		L.Push(lua.LString("suspended"))
	}
	return 1
}

func (w *World) coRunning(L *lua.LState) int {
	if th := w.currentCoroutine(L); th != nil {
		L.Push(th)
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func (w *World) coIsYieldable(L *lua.LState) int {
	h := hookOf(L)
	L.Push(lua.LBool(h != nil && h.role == roleCoroutine))
	return 1
}
