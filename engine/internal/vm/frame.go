package vm

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// callFrame is gopher-lua's record of a running function, which it keeps to
// itself. TestLayout fails when a new version changes the record.
type callFrame struct {
	Idx        int
	Fn         *lua.LFunction
	Parent     *callFrame
	Pc         int
	Base       int
	LocalBase  int
	ReturnBase int
	NArgs      int
	NRet       int
	TailCall   int
}

// currentFrameAt is where a thread keeps the frame that runs.
var currentFrameAt = func() uintptr {
	f, ok := reflect.TypeFor[lua.LState]().FieldByName("currentFrame")
	if !ok {
		panic("gopher-lua's LState has no currentFrame")
	}
	return f.Offset
}()

// topFrame is the function that runs on L, or where L is suspended; nil on a
// thread that has not begun or has ended. Frames are valid until L runs on.
func topFrame(L *lua.LState) *callFrame {
	return *(**callFrame)(unsafe.Add(unsafe.Pointer(L), currentFrameAt))
}

func frameOf(dbg *lua.Debug) *callFrame {
	return *(**callFrame)(unsafe.Pointer(dbg))
}

// pc is the index of the current instruction: the one that made the call above,
// or is about to run. It is -1 for a Go function and before the first one.
func (f *callFrame) pc() int {
	if f == nil || f.Fn.IsG {
		return -1
	}
	return f.Pc - 1
}

func (f *callFrame) op() int {
	if pc := f.pc(); pc >= 0 {
		return int(f.Fn.Proto.Code[pc] >> 26)
	}
	return -1
}

// Instruction gives the index in Proto.Code of the current instruction of the
// function that dbg, from GetStack, stands for: the one that made the call
// above, or is about to run. It is -1 for a Go function.
func Instruction(dbg *lua.Debug) int { return frameOf(dbg).pc() }

// Place is an instruction of a script, kept until somebody asks for its line.
type Place struct {
	proto *lua.FunctionProto
	pc    int
}

// Caller is the place in a script that called the running Go function of L, the
// zero Place when the thread began with Go.
func Caller(L *lua.LState) Place {
	for f := topFrame(L); f != nil; f = f.Parent {
		if pc := f.pc(); pc >= 0 {
			return Place{f.Fn.Proto, pc}
		}
	}
	return Place{}
}

// String is the place as "main.lua:3", "" for the zero Place.
func (p Place) String() string {
	if p.proto == nil || p.pc >= len(p.proto.DbgSourcePositions) {
		return ""
	}
	return fmt.Sprintf("%s:%d", p.proto.SourceName, p.proto.DbgSourcePositions[p.pc])
}

// Boundary says what keeps coroutine thread L, whose running Go function is
// about to yield, from doing so: the name of a Go function, or of an operation
// of the virtual machine, that is between the yield and the start of the
// coroutine. gopher-lua returns from its loop at a yield and cannot come back
// into those. It is "" when nothing is in the way.
func Boundary(L *lua.LState) string {
	top := topFrame(L)
	if top == nil {
		return ""
	}
	for f := top.Parent; f != nil; f = f.Parent {
		switch op := f.op(); {
		case f.Fn.IsG:
			switch name := calledAs(f); {
			case name == "":
				return "a native function"
			case name[0] <= ' ': // the compile path's call for '..', named by its operands
				return "a metamethod"
			default:
				return name
			}
		case op == lua.OP_CALL || op == lua.OP_TAILCALL:
		case op == lua.OP_TFORLOOP:
			return "an iterator"
		default:
			return "a metamethod"
		}
	}
	return ""
}

// EndsCoroutine says that the running Go function was called by return f(…)
// straight from the function that coroutine thread L began with. After a yield
// from there gopher-lua has no frame to come back to: the values of the next
// resume are the coroutine's results.
func EndsCoroutine(L *lua.LState) bool {
	top := topFrame(L)
	return top != nil && (top.Parent == nil || top.Parent.Parent == nil && top.Parent.op() == lua.OP_TAILCALL)
}

// Wanted is how many results the caller of the running Go function takes,
// lua.MultRet for all of them. gopher-lua neither fills up nor cuts off the
// values of a resume, and a register that it leaves unset holds a Go nil.
func Wanted(L *lua.LState) int {
	if top := topFrame(L); top != nil {
		return top.NRet
	}
	return lua.MultRet
}

// calledAs is the name that the call of f uses, "" for none.
func calledAs(f *callFrame) string {
	if f.Parent == nil || f.TailCall > 0 {
		return ""
	}
	pc := f.Parent.pc()
	if pc < 0 {
		return ""
	}
	for _, call := range f.Parent.Fn.Proto.DbgCalls {
		if call.Pc == pc && call.Name != "?" {
			return call.Name
		}
	}
	return ""
}
