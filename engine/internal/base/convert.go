package base

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

func tostring(L *lua.LState) int {
	L.Push(lua.LString(arg.ToString(L, arg.Any(L, 1))))
	return 1
}

// tonumber reads a numeral; with a base it takes digits and letters below it.
func tonumber(L *lua.LState) int {
	v := arg.Any(L, 1)
	base := arg.OptInt(L, 2, 10)
	if base == 10 {
		if f, ok := arg.ToNumber(v); ok {
			L.Push(lua.LNumber(f))
		} else {
			L.Push(lua.LNil)
		}
		return 1
	}
	if base < 2 || base > 36 {
		arg.Error(L, 2, "base out of range")
	}
	if f, ok := digits(L, arg.String(L, 1), base); ok {
		L.Push(lua.LNumber(f))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// digits reads an integer of a base, with white space around it and a sign.
func digits(L *lua.LState, s string, base int) (f float64, ok bool) {
	s = strings.Trim(s, numeral.Space)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 16 && len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = s[2:]
	}
	for i := range len(s) {
		if i%(1<<16) == 1<<16-1 {
			vm.Spend(L, 1<<11)
		}
		d := base
		switch c := s[i] | 0x20; {
		case '0' <= s[i] && s[i] <= '9':
			d = int(s[i] - '0')
		case 'a' <= c && c <= 'z':
			d = int(c-'a') + 10
		}
		if d >= base {
			return 0, false
		}
		f = f*float64(base) + float64(d)
	}
	if negative {
		f = -f
	}
	return f, s != ""
}
