package tablib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Unpack returns the items of a table; it is the global unpack too.
func Unpack(L *lua.LState) int {
	t := arg.Table(L, 1)
	first := arg.OptInt(L, 2, 1)
	var last int
	if L.Get(3) == lua.LNil {
		last = Length(t)
	} else {
		last = arg.Int(L, 3)
	}
	if first > last {
		return 0
	}
	n := last - first + 1 // not positive when it overflows
	if n <= 0 {
		n = -1
	}
	arg.Room(L, n, " to unpack")
	for i := first; ; i++ {
		L.Push(get(t, i))
		if i == last {
			return n
		}
	}
}

// pack puts its arguments into a table, with their number as n.
func pack(L *lua.LState) int {
	n := L.GetTop()
	vm.FitTable(L, n)
	t := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		set(t, i, L.Get(i))
	}
	t.RawSetString("n", lua.LNumber(n))
	L.Push(t)
	return 1
}
