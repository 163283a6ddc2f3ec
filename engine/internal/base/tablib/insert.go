package tablib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// moved is how many items a memmove shifts in the time of one step.
const moved = 128

// insert puts a value at a position and shifts up what is there; a position
// beyond the end is simply set, as in Lua 5.1.
func insert(L *lua.LState) int {
	t := arg.Table(L, 1)
	switch L.GetTop() {
	case 2:
		if v := L.Get(2); v != lua.LNil {
			t.RawSetInt(trimmed(t)+1, v)
		}
		return 0
	case 3:
	default:
		arg.Raise(L, "wrong number of arguments to 'insert'")
	}
	pos, v, n := arg.Int(L, 2), L.Get(3), trimmed(t)
	switch {
	case pos > n:
		set(t, pos, v)
	case pos >= 1 && inArray(n):
		vm.Spend(L, (n-pos)/moved)
		t.Insert(pos, v)
	default:
		for i := n + 1; i > pos; i-- {
			turn(L, i)
			set(t, i, get(t, i-1))
		}
		set(t, pos, v)
	}
	return 0
}

// remove takes out an item and shifts down those behind it. There is no result
// when the position has none.
func remove(L *lua.LState) int {
	t := arg.Table(L, 1)
	n := Length(t)
	pos := arg.OptInt(L, 2, n)
	switch {
	case pos < 1 || pos > n:
		return 0
	case inArray(n) && pos == n:
		L.Push(pop(t))
	case inArray(n):
		vm.Spend(L, (n-pos)/moved)
		L.Push(t.Remove(pos))
	default:
		L.Push(get(t, pos))
		for i := pos; i < n; i++ {
			turn(L, i)
			set(t, i, get(t, i+1))
		}
		set(t, n, lua.LNil)
	}
	return 1
}

// turn counts a step for each of the turns of a loop over i.
func turn(L *lua.LState, i int) {
	if i%1024 == 0 {
		vm.Spend(L, 1024)
	}
}

// pop takes the last item of a table that has one, and with it the nils behind
// it: gopher-lua keeps those in the array and looks at each for the length.
func pop(t *lua.LTable) lua.LValue {
	for {
		if v := t.Remove(-1); v != lua.LNil {
			return v
		}
	}
}

// trimmed is Length. At every sixteenth length it drops the nils behind the
// last item: filling up a list that was emptied with t[#t] = nil would take
// quadratic time.
func trimmed(t *lua.LTable) int {
	n := Length(t)
	if n%16 == 0 && n > 0 && inArray(n) {
		t.RawSetInt(n, pop(t))
	}
	return n
}
