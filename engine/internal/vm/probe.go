package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// Probe is told what a world does. It is called with the baton, by whoever runs
// Lua, and may take its time: nothing else of the world runs meanwhile.
type Probe interface {
	// Instruction is called before each instruction of thread L.
	Instruction(L *lua.LState, t *Task)
	// Raised is called where a value is raised, with the frames still in place;
	// caught says that a protected call of the script keeps it.
	Raised(L *lua.LState, t *Task, v lua.LValue, caught bool)
}

// probe is a Probe behind an atomic pointer.
type probe struct{ Probe }

// SetProbe begins to tell p; nil ends that.
func (w *World) SetProbe(p Probe) {
	if p == nil {
		w.probe.Store(nil)
		return
	}
	w.probe.Store(&probe{p})
	w.mu.Lock()
	defer w.mu.Unlock()
	for t := range w.tasks {
		t.gate.Store(1)
	}
}

// everyInstruction says that the hook has to look at every instruction.
func (w *World) everyInstruction() bool { return w.Limits.Steps > 0 || w.probe.Load() != nil }

// probeRaised tells the probe, if there is one, of a value that is being raised.
func (h *hook) probeRaised(L *lua.LState, v lua.LValue) {
	if ud, ok := v.(*lua.LUserData); ok {
		if _, exit := ud.Value.(exitValue); exit {
			return
		}
	}
	if p := h.task.World.probe.Load(); p != nil {
		p.Raised(L, h.task, v, h.task.catches > 0)
	}
}

// Depth is how many functions run on L and beneath it: it grows with each call
// and falls with each return, also through protected calls and coroutines.
func Depth(L *lua.LState) int {
	depth := 0
	if h := hookOf(L); h != nil {
		depth = h.frames
	}
	if top := topFrame(L); top != nil {
		depth += top.Idx
	}
	return depth
}

// At is the function that runs on L and the index in its code of the instruction
// that is about to run; -1 in a Go function.
func At(L *lua.LState) (p *lua.FunctionProto, pc int) {
	f := topFrame(L)
	if f == nil || f.Fn.IsG {
		return nil, -1
	}
	return f.Fn.Proto, f.pc()
}

// Resumer is the thread that resumed the coroutine that L runs in, nil outside
// of one.
func Resumer(L *lua.LState) *lua.LState { return resumer(L) }

// Waiting is the thread on which the task gave the baton up last, nil when it has
// not run yet. While it has not taken the baton again, its frames are there.
func (t *Task) Waiting() *lua.LState { return t.at }

// Code is the function's prototype, nil for native code.
func (l Level) Code() *lua.FunctionProto {
	if fn := l.Func(); fn != nil && !fn.IsG {
		return fn.Proto
	}
	return nil
}

// Extra is the number of arguments that "..." stands for.
func (l Level) Extra() int {
	if l.Tail || l.Yield {
		return 0
	}
	return l.extra()
}

// Depth is Depth for the function of the level.
func (l Level) Depth() int {
	if l.frame == nil {
		return 0
	}
	depth := l.frame.Idx
	if h := hookOf(l.Thread); h != nil {
		depth += h.frames
	}
	return depth
}

// Returning are the values that the function is about to return; ok says that
// its next instruction is the return.
func (l Level) Returning() (values []lua.LValue, ok bool) {
	if l.Tail || l.Yield || l.frame != topFrame(l.Thread) || l.frame.op() != lua.OP_RETURN {
		return nil, false
	}
	inst := l.frame.Fn.Proto.Code[l.frame.pc()]
	first, n := int(inst>>18)&0xff, int(inst&0x1ff)-1
	if n < 0 {
		n = l.Thread.GetTop() - first
	}
	for i := range n {
		values = append(values, l.Thread.Get(first+i+1))
	}
	return values, true
}

// Env is the table of the function's globals.
func (l Level) Env() *lua.LTable {
	if fn := l.Func(); fn != nil {
		return fn.Env
	}
	return nil
}
