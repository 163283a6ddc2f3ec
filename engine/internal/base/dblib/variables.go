package dblib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

func levelArg(L, th *lua.LState, n int) vm.Level {
	level, ok := vm.LevelAt(th, arg.Int(L, n))
	if !ok {
		arg.Error(L, n, "level out of range")
	}
	return level
}

// getlocal gives the name and the value of a local variable: from 1 on the
// parameters and variables that are alive, from -1 down the extra arguments.
func getlocal(L *lua.LState) int {
	th, off := threadArg(L)
	name, v := levelArg(L, th, off+1).Local(arg.Int(L, off+2))
	if name == "" {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LString(name))
	L.Push(v)
	return 2
}

func setlocal(L *lua.LState) int {
	th, off := threadArg(L)
	level := levelArg(L, th, off+1)
	n := arg.Int(L, off+2)
	pushName(L, level.SetLocal(n, arg.Any(L, off+3)))
	return 1
}

func pushName(L *lua.LState, name string) {
	if name == "" {
		L.Push(lua.LNil)
	} else {
		L.Push(lua.LString(name))
	}
}

// upvalue finds the nth upvalue of a Lua function. Those of Go functions belong
// to gscript.
func upvalue(fn *lua.LFunction, n int) (name string, ok bool) {
	if fn.IsG || n < 1 || n > len(fn.Upvalues) || fn.Upvalues[n-1] == nil {
		return "", false
	}
	if n > len(fn.Proto.DbgUpvalues) {
		return "?", true
	}
	return fn.Proto.DbgUpvalues[n-1], true
}

func getupvalue(L *lua.LState) int {
	n := arg.Int(L, 2)
	fn := arg.Function(L, 1)
	name, ok := upvalue(fn, n)
	if !ok {
		return 0
	}
	L.Push(lua.LString(name))
	L.Push(fn.Upvalues[n-1].Value())
	return 2
}

func setupvalue(L *lua.LState) int {
	v := arg.Any(L, 3)
	n := arg.Int(L, 2)
	fn := arg.Function(L, 1)
	name, ok := upvalue(fn, n)
	if !ok {
		return 0
	}
	fn.Upvalues[n-1].SetValue(v)
	L.Push(lua.LString(name))
	return 1
}

func upvalueArg(L *lua.LState, f int) (fn *lua.LFunction, i int) {
	fn = arg.Function(L, f)
	n := arg.Int(L, f+1)
	if _, ok := upvalue(fn, n); !ok {
		arg.Error(L, f+1, "invalid upvalue index")
	}
	return fn, n - 1
}

// upvalueid gives a value that is the same for upvalues that are one variable.
func upvalueid(L *lua.LState) int {
	fn, i := upvalueArg(L, 1)
	L.Push(lua.LString(fmt.Sprintf("upvalue: %p", fn.Upvalues[i])))
	return 1
}

func upvaluejoin(L *lua.LState) int {
	fn, i := upvalueArg(L, 1)
	from, j := upvalueArg(L, 3)
	fn.Upvalues[i] = from.Upvalues[j]
	return 0
}
