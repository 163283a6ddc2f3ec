package vm

import (
	"fmt"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Level is one running function as Lua counts them: Go functions and the calls
// that tail calls replaced take a level each, and what a protected call runs
// stands above its caller.
type Level struct {
	Thread *lua.LState
	// Tail says that the level stands for calls that are gone.
	Tail bool
	// Base says that the function is the first on its thread.
	Base bool
	// Yield says that the level is the yield in which a coroutine is suspended,
	// of which gopher-lua keeps no frame.
	Yield bool
	frame *callFrame
}

// Levels calls visit for the levels of L from the running function outward,
// until it says no. The levels end with the coroutine or task.
func Levels(L *lua.LState, visit func(Level) bool) {
	if h := hookOf(L); h != nil && h.role == roleCoroutine && L.Parent == nil && !L.Dead && topFrame(L) != nil {
		if !visit(Level{Thread: L, Yield: true}) {
			return
		}
	}
	for th := L; th != nil; th = protectedBy(th) {
		for f := topFrame(th); f != nil; f = f.Parent {
			if isCallIt(f) {
				continue
			}
			base := f.Parent == nil || f.Parent.Parent == nil && isCallIt(f.Parent)
			if !visit(Level{Thread: th, frame: f, Base: base}) {
				return
			}
			if f.Fn.IsG {
				continue
			}
			for range f.TailCall {
				if !visit(Level{Thread: th, frame: f, Tail: true}) {
					return
				}
			}
		}
	}
}

// protectedBy is the thread that made the protected call which th is for.
func protectedBy(th *lua.LState) *lua.LState {
	if h := hookOf(th); h != nil && h.role == roleProtected {
		return h.caller
	}
	return nil
}

func isCallIt(f *callFrame) bool { return !f.Fn.IsG && f.Fn.Proto == callIt() }

// LevelAt is level n of L, 0 being the running function.
func LevelAt(L *lua.LState, n int) (level Level, ok bool) {
	if n < 0 {
		return Level{}, false
	}
	Levels(L, func(l Level) bool {
		if n == 0 {
			level, ok = l, true
		}
		n--
		return !ok
	})
	return level, ok
}

// Func is the function, nil for a level without one.
func (l Level) Func() *lua.LFunction {
	if l.Tail || l.Yield {
		return nil
	}
	return l.frame.Fn
}

// Instruction is the index in Proto.Code of the instruction that made the call
// above, or is about to run; -1 for what is no Lua function.
func (l Level) Instruction() int {
	if l.Tail || l.Yield {
		return -1
	}
	return l.frame.pc()
}

// TailCalls is how many functions the one of the level has replaced by tail calls.
func (l Level) TailCalls() int {
	if l.Tail || l.Yield || l.frame.Fn.IsG {
		return 0
	}
	return l.frame.TailCall
}

// Line is the current line, -1 for none.
func (l Level) Line() int {
	if pc := l.Instruction(); pc >= 0 {
		return l.frame.Fn.Proto.DbgSourcePositions[pc]
	}
	return -1
}

// Where is the "source:line: " that messages about level n of L begin with, ""
// when that is no Lua function.
func Where(L *lua.LState, n int) string {
	if l, ok := LevelAt(L, n); ok && l.Line() > 0 {
		return fmt.Sprintf("%s:%d: ", l.frame.Fn.Proto.SourceName, l.Line())
	}
	return ""
}

// Raise raises a message with the place of the Lua function that called, if one
// did.
func Raise(L *lua.LState, format string, args ...any) {
	L.Error(lua.LString(Where(L, 1)+fmt.Sprintf(format, args...)), 0)
}

// Name is what the call of the function named and the sort of that name: global,
// local, method, field, upvalue, or "" when the call has none.
func (l Level) Name() (name, kind string) {
	if l.Yield {
		return "yield", "field"
	}
	f := l.frame
	if l.Tail || !f.Fn.IsG && f.TailCall > 0 || f.Parent == nil {
		return "", ""
	}
	switch f.Parent.op() {
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_TFORLOOP:
		pc := f.Parent.pc()
		p := f.Parent.Fn.Proto
		return objectName(p, pc, int(p.Code[pc]>>18)&0xff)
	}
	return "", ""
}

// Local is a local variable's name and value; n counts from 1, and from -1 down
// the extra arguments of a function with "...". The name is "" when there is
// none.
func (l Level) Local(n int) (string, lua.LValue) {
	name := l.localName(n)
	if name == "" {
		return "", lua.LNil
	}
	_, v := l.Thread.GetLocal(l.debug(), l.register(n)+1)
	if v == nil { // a register that nothing has been put in yet
		v = lua.LNil
	}
	return name, v
}

// SetLocal is Local for assignment.
func (l Level) SetLocal(n int, v lua.LValue) string {
	name := l.localName(n)
	if name != "" {
		l.Thread.SetLocal(l.debug(), l.register(n)+1, v)
	}
	return name
}

func (l Level) localName(n int) string {
	switch {
	case l.Tail || l.Yield || n == 0:
		return ""
	case n < 0:
		if -n <= l.extra() {
			return "(*vararg)"
		}
		return ""
	}
	if pc := l.frame.pc(); pc >= 0 {
		if name := localName(l.frame.Fn.Proto, pc, n-1); name != "" {
			return name
		}
	}
	if name, _ := l.Thread.GetLocal(l.debug(), n); name != "" {
		return "(*temporary)"
	}
	return ""
}

// register is where local n lives, counted from the frame's first.
func (l Level) register(n int) int {
	if n < 0 {
		return -l.extra() - n - 1
	}
	return n - 1
}

// extra is the number of arguments that "..." stands for.
func (l Level) extra() int {
	fn := l.frame.Fn
	if fn.IsG || fn.Proto.IsVarArg&lua.VarArgIsVarArg == 0 {
		return 0
	}
	return max(0, l.frame.NArgs-int(fn.Proto.NumParameters))
}

func (l Level) debug() *lua.Debug {
	dbg := &lua.Debug{}
	*(**callFrame)(unsafe.Pointer(dbg)) = l.frame
	return dbg
}
