package tablib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// move copies the items from first to last to the positions from to on, in the
// same table or another, as in Lua 5.3: metamethods are obeyed.
func move(L *lua.LState) int {
	source, dest := arg.Table(L, 1), arg.Table(L, 1)
	first, last, to := arg.Int(L, 2), arg.Int(L, 3), arg.Int(L, 4)
	if L.Get(5) != lua.LNil {
		dest = arg.Table(L, 5)
	}
	if last >= first {
		if first <= 0 && last >= math.MaxInt+first {
			arg.Error(L, 3, "too many elements to move")
		}
		n := last - first + 1
		if to > math.MaxInt-n+1 {
			arg.Error(L, 4, "destination wrap around")
		}
		vm.FitTable(L, n)
		read, write := get, set
		if source.Metatable != lua.LNil {
			read = func(t *lua.LTable, i int) lua.LValue {
				vm.Spend(L, 1)
				return L.GetTable(t, lua.LNumber(i))
			}
		}
		if dest.Metatable != lua.LNil {
			write = func(t *lua.LTable, i int, v lua.LValue) {
				vm.Spend(L, 1)
				L.SetTable(t, lua.LNumber(i), v)
			}
		}
		if to > last || to <= first || source != dest {
			for i := range n {
				turn(L, i)
				write(dest, to+i, read(source, first+i))
			}
		} else {
			for i := n - 1; i >= 0; i-- {
				turn(L, i)
				write(dest, to+i, read(source, first+i))
			}
		}
	}
	L.Push(dest)
	return 1
}
