// Package dblib is the debug library of Lua.
package dblib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Guarded returns what the guarded tier has of the debug library: the rest
// reaches around the script's own variables.
func Guarded() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"traceback": traceback}
}

// Functions returns the debug library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	// gopher-lua's registry is not for scripts.
	registry := w.Root.NewTable()
	return map[string]lua.LGFunction{
		"getfenv":      getfenv,
		"getinfo":      getinfo,
		"getlocal":     getlocal,
		"getmetatable": getmetatable,
		"getregistry":  func(L *lua.LState) int { L.Push(registry); return 1 },
		"getupvalue":   getupvalue,
		"setfenv":      setfenv,
		"setlocal":     setlocal,
		"setmetatable": setmetatable,
		"setupvalue":   setupvalue,
		"traceback":    traceback,
		"upvalueid":    upvalueid,
		"upvaluejoin":  upvaluejoin,
	}
}

// threadArg takes the thread that may come before the other arguments; off is
// how many arguments it took.
func threadArg(L *lua.LState) (th *lua.LState, off int) {
	if th, ok := L.Get(1).(*lua.LState); ok {
		return th, 1
	}
	return L, 0
}

func traceback(L *lua.LState) int {
	th, off := threadArg(L)
	msg := L.Get(off + 1)
	text, isText := arg.ToText(msg)
	if !isText && msg != lua.LNil {
		L.Push(msg)
		return 1
	}
	level := 0
	if th == L {
		level = 1
	}
	level = arg.OptInt(L, off+2, level)
	if isText {
		text += "\n"
	}
	text += "stack traceback:"
	if lines := vm.TracebackOf(th, level); lines != "" {
		text += "\n\t" + strings.ReplaceAll(lines, "\n", "\n\t")
	}
	L.Push(lua.LString(text))
	return 1
}

func getfenv(L *lua.LState) int {
	if fn, ok := arg.Any(L, 1).(*lua.LFunction); ok && fn.Env == nil {
		L.Push(L.G.Global)
		return 1
	}
	L.Push(L.GetFEnv(L.Get(1)))
	return 1
}

func setfenv(L *lua.LState) int {
	env := arg.Table(L, 2)
	v := L.Get(1)
	ok := false
	switch v := v.(type) {
	case *lua.LFunction:
		ok = v.Env != nil // the one behind '..' has none, and states share it
	case *lua.LUserData, *lua.LState:
		ok = true
	}
	if !ok {
		arg.Raise(L, "'setfenv' cannot change environment of given object")
	}
	L.SetFEnv(v, env)
	L.Push(v)
	return 1
}

func getmetatable(L *lua.LState) int {
	switch v := arg.Any(L, 1).(type) {
	case *lua.LTable:
		L.Push(v.Metatable)
	case *lua.LUserData:
		L.Push(v.Metatable)
	default:
		L.Push(L.GetMetatable(v))
	}
	return 1
}

func setmetatable(L *lua.LState) int {
	v, mt := L.Get(1), L.Get(2)
	if _, isTable := mt.(*lua.LTable); !isTable && (mt != lua.LNil || L.GetTop() < 2) {
		arg.Error(L, 2, "nil or table expected")
	}
	if v.Type() == lua.LTString {
		arg.Error(L, 1, "the metatable of strings is locked")
	}
	L.SetMetatable(v, mt)
	L.Push(lua.LTrue)
	return 1
}
