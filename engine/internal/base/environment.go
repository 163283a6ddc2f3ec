package base

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// functionAt returns argument 1, a function or the level of one on the stack.
func functionAt(L *lua.LState, level int) *lua.LFunction {
	if fn, ok := L.Get(1).(*lua.LFunction); ok {
		return fn
	}
	if level < 0 {
		arg.Error(L, 1, "level must be non-negative")
	}
	l, ok := vm.LevelAt(L, level)
	if !ok {
		arg.Error(L, 1, "invalid level")
	}
	fn := l.Func()
	if fn == nil {
		arg.Raise(L, "no function environment for tail call at level %d", level)
	}
	return fn
}

func levelArg(L *lua.LState) int {
	if _, ok := L.Get(1).(*lua.LFunction); ok {
		return 1
	}
	return arg.OptInt(L, 1, 1)
}

func getfenv(L *lua.LState) int {
	level := levelArg(L)
	if level == 0 {
		L.Push(L.Env)
		return 1
	}
	if fn := functionAt(L, level); fn.IsG {
		L.Push(L.G.Global)
	} else {
		L.Push(fn.Env)
	}
	return 1
}

func setfenv(L *lua.LState) int {
	env := arg.Table(L, 2)
	if _, ok := L.Get(1).(*lua.LFunction); !ok && arg.Number(L, 1) == 0 {
		L.Env = env
		return 0
	}
	fn := functionAt(L, levelArg(L))
	if fn.IsG {
		arg.Raise(L, "'setfenv' cannot change environment of given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}
