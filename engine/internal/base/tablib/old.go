package tablib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// The functions of this file are those that Lua 5.1 keeps for older scripts.

func getn(L *lua.LState) int {
	L.Push(lua.LNumber(Length(arg.Table(L, 1))))
	return 1
}

func setn(L *lua.LState) int {
	arg.Table(L, 1)
	arg.Raise(L, "'setn' is obsolete")
	return 0
}

// maxn returns the largest number among the keys.
func maxn(L *lua.LState) int {
	t := arg.Table(L, 1)
	largest := math.Max(0, float64(t.Len()))
	t.ForEach(func(k, _ lua.LValue) {
		if n, ok := k.(lua.LNumber); ok {
			largest = math.Max(largest, float64(n))
		}
	})
	L.Push(lua.LNumber(largest))
	return 1
}

// foreach calls a function with each key and value until it returns something.
func foreach(L *lua.LState) int {
	t, fn := arg.Table(L, 1), arg.Function(L, 2)
	for key := lua.LNil; ; {
		next, v, ok := Next(t, key)
		if !ok {
			arg.Raise(L, "invalid key to 'next'")
		}
		if next == lua.LNil {
			return 0
		}
		if key = next; visit(L, fn, key, v) {
			return 1
		}
	}
}

// foreachi is foreach for the items of a list.
func foreachi(L *lua.LState) int {
	t, fn := arg.Table(L, 1), arg.Function(L, 2)
	n := Length(t)
	for i := 1; i <= n; i++ {
		if visit(L, fn, lua.LNumber(i), get(t, i)) {
			return 1
		}
	}
	return 0
}

// visit leaves the result on the stack when there is one.
func visit(L *lua.LState, fn *lua.LFunction, key, v lua.LValue) bool {
	vm.Spend(L, 1)
	L.Push(fn)
	L.Push(key)
	L.Push(v)
	L.Call(2, 1)
	if L.Get(-1) != lua.LNil {
		return true
	}
	L.Pop(1)
	return false
}
