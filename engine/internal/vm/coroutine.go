package vm

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

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
		"close":       w.coClose,
	}
}

// ticket is a coroutine's place among the living.
type ticket struct {
	living *atomic.Int64
	given  atomic.Bool
}

func (t *ticket) giveBack() {
	if t != nil && !t.given.Swap(true) {
		t.living.Add(-1)
	}
}

func (w *World) coCreate(L *lua.LState) int {
	fn, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		Raise(L, "bad argument #1 (function expected, got %s)", L.Get(1).Type())
	}
	if fn.IsG {
		// gopher-lua loses the results of a coroutine that starts in Go.
		cell := &lua.Upvalue{}
		cell.SetValue(fn)
		fn = &lua.LFunction{Proto: callIt(), Env: w.Root.Env, Upvalues: []*lua.Upvalue{cell}}
	}
	h := w.newThread(roleCoroutine)
	h.gate, h.task = raised, TaskOf(L)
	if w.Limits.Coroutines > 0 {
		w.admit(L)
		h.ticket = &ticket{living: &w.living}
		w.living.Add(1)
	}
	h.begin(fn)
	if h.ticket != nil {
		runtime.AddCleanup(h.thread, (*ticket).giveBack, h.ticket)
	}
	L.Push(h.thread)
	return 1
}

// admit raises when one more coroutine would be too many. Those that the script
// has forgotten count until they are collected, so a collection is asked for
// first, but not again before a quarter of the limit has been made or ten times
// as long as it took has passed.
func (w *World) admit(L *lua.LState) {
	limit := int64(w.Limits.Coroutines)
	w.made++
	if w.living.Load() < limit {
		return
	}
	if begin := time.Now(); w.made-w.collected > limit/4 || begin.After(w.collectAgain) {
		w.collected = w.made
		w.Unlock()
		// Clean-ups run beside one another, so that the first collection may
		// count only some of what it found.
		for range 3 {
			collect()
			if w.living.Load() <= limit/2 {
				break
			}
		}
		w.Lock(L)
		end := time.Now()
		w.collectAgain = end.Add(10 * end.Sub(begin))
	}
	if w.living.Load() >= limit {
		w.Throw(L, fault.New(fault.Coroutines, "too many live coroutines: the limit is %d", limit).
			WithHint("the option --max-coroutines, Limits.Coroutines in Go, sets the limit"))
	}
}

// collect waits for a collection and for the clean-ups that it starts.
func collect() {
	sentinel, done := new([16]byte), make(chan struct{})
	runtime.AddCleanup(sentinel, func(done chan struct{}) { close(done) }, done)
	runtime.GC()
	select {
	case <-done:
	case <-time.After(100 * time.Millisecond):
	}
}

// callIt is the prototype of a Lua function that calls its upvalue.
var callIt = sync.OnceValue(func() *lua.FunctionProto {
	stmts, err := parse.Parse(strings.NewReader("local f; return function(...) return f(...) end"), "coroutine")
	if err == nil {
		if main, err := lua.Compile(stmts, "coroutine"); err == nil {
			return main.FunctionPrototypes[0]
		}
	}
	panic(err)
})

func coroutineArg(L *lua.LState) *lua.LState {
	th, ok := L.Get(1).(*lua.LState)
	if !ok {
		Raise(L, "bad argument #1 (coroutine expected, got %s)", L.Get(1).Type())
	}
	return th
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
	if !h.descend(L) {
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
	th := coroutineArg(L)
	if why := w.refusal(L, th); why != "" {
		L.Push(lua.LFalse)
		L.Push(lua.LString(why))
		return 2
	}
	t := TaskOf(L)
	t.catches++
	n := w.resume(L, th)
	t.catches--
	return n
}

// resume goes on with th, which is at index 1 of L with the arguments above it.
// On L it leaves true and values, or false and an error.
func (w *World) resume(L, th *lua.LState) (n int) {
	h := hookOf(th)
	if h.last {
		// The coroutine waits in return yield(…), and gopher-lua has given up
		// the frame: the arguments are its results.
		th.Dead = true
		h.ticket.giveBack()
		L.Replace(1, lua.LTrue)
		return L.GetTop()
	}
	if h.yielded && h.wanted != lua.MultRet {
		// gopher-lua does not fit the values of a resume to what yield is
		// assigned to, and a register that it leaves unset is a Go nil.
		L.SetTop(1 + h.wanted)
	}
	n = w.stockResume(L)
	h.yielded = !th.Dead
	w.settle(L, th, n)
	return n
}

// settle looks after a coroutine that has come back with n values on L.
func (w *World) settle(L, th *lua.LState, n int) {
	if !th.Dead {
		return
	}
	h := hookOf(th)
	h.ticket.giveBack()
	if n != 2 || L.Get(-2) != lua.LFalse {
		return
	}
	h.died = L.Get(-1)
	// threadRun makes a string of a Go panic; what was raised passed raise.
	if s, ok := h.died.(lua.LString); ok && h.raised != h.died && (isOverflow(string(s)) || strings.HasPrefix(string(s), "runtime error: ")) {
		h.died = w.ErrorValue(w.panicked(string(s)))
		L.Pop(1)
		L.Push(h.died)
	}
	w.passExit(L, n)
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
			Raise(L, "%s", why)
		}
		L.Insert(th, 1)
		n := w.resume(L, th)
		first := L.GetTop() - n + 1
		if ok := L.Get(first); ok == lua.LFalse {
			L.Error(L.Get(first+1), 0)
		}
		return n - 1
	}))
	return 1
}

func (w *World) coYield(L *lua.LState) int {
	h := hookOf(L)
	if h == nil || w.currentCoroutine(L) == nil {
		Raise(L, "attempt to yield from outside a coroutine")
	}
	across := "a protected call"
	if h.role == roleCoroutine {
		across = Boundary(L)
	}
	if across != "" {
		w.Throw(L, fault.New(fault.Lua, "attempt to yield across %s", across).
			WithHint("a coroutine yields from Lua functions alone: not from inside pcall, a metamethod or a callback of a native function; to wait there, use a task"))
	}
	h.wanted, h.last = Wanted(L), EndsCoroutine(L)
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
	th := coroutineArg(L)
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

// coClose ends a suspended coroutine, as Lua 5.4 has it. For one that died of an
// error it gives false and the error, once.
func (w *World) coClose(L *lua.LState) int {
	th := coroutineArg(L)
	h := hookOf(th)
	if h == nil || h.role != roleCoroutine || !th.Dead && (th.Parent != nil || w.currentCoroutine(L) == th) {
		Raise(L, "cannot close a running coroutine")
	}
	th.Dead = true
	h.ticket.giveBack()
	if err := h.died; err != nil {
		h.died = nil
		L.Push(lua.LFalse)
		L.Push(err)
		return 2
	}
	L.Push(lua.LTrue)
	return 1
}

func (w *World) coIsYieldable(L *lua.LState) int {
	h := hookOf(L)
	L.Push(lua.LBool(h != nil && h.role == roleCoroutine && Boundary(L) == ""))
	return 1
}
