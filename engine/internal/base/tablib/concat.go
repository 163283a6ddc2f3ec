package tablib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// concat joins strings and numbers. It looks at every item before it allocates.
func concat(L *lua.LState) int {
	sep := arg.OptString(L, 2, "")
	t := arg.Table(L, 1)
	first := arg.OptInt(L, 3, 1)
	var last int
	if L.Get(4) == lua.LNil {
		last = Length(t)
	} else {
		last = arg.Int(L, 4)
	}
	if first > last {
		L.Push(lua.LString(""))
		return 1
	}
	size := 0
	for i := first; ; i++ {
		turn(L, i)
		switch v := get(t, i).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			size++
		default:
			arg.Raise(L, "invalid value (%s) at index %d in table for 'concat'", arg.TypeName(v), i)
		}
		if i == last {
			break
		}
		size += len(sep)
	}
	vm.FitString(L, size)
	b := make([]byte, 0, size)
	for i := first; ; i++ {
		if i%1024 == 0 {
			vm.Spend(L, 1024)
			vm.FitString(L, len(b))
		}
		switch v := get(t, i).(type) {
		case lua.LString:
			b = append(b, v...)
		case lua.LNumber:
			b = numeral.Append(b, float64(v))
		}
		if i == last {
			break
		}
		b = append(b, sep...)
	}
	vm.FitString(L, len(b))
	L.Push(lua.LString(b))
	return 1
}
