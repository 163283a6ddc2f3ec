package strlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Values that are results most often, ready made: Go allocates for each number
// and string that becomes a Lua value.
var (
	integers = func() (t [1024]lua.LValue) {
		for i := range t {
			t[i] = lua.LNumber(i)
		}
		return t
	}()
	letters = func() (t [256]lua.LValue) {
		for c := range t {
			t[c] = lua.LString([]byte{byte(c)})
		}
		return t
	}()
)

func intValue(n int) lua.LValue {
	if 0 <= n && n < len(integers) {
		return integers[n]
	}
	return lua.LNumber(n)
}

// part is s[from:to] as a Lua value. A small part of a large string is copied,
// so that keeping it does not keep the whole.
func part(s string, from, to int) lua.LValue {
	p := s[from:to]
	switch {
	case len(p) == 1:
		return letters[p[0]]
	case len(s) > 1024+32*len(p):
		p = strings.Clone(p)
	}
	return lua.LString(p)
}
