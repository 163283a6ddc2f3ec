package tablib

import lua "github.com/yuin/gopher-lua"

// Length is what # gives, but also counts the items beyond MaxArrayIndex,
// which gopher-lua keeps in the hash part of a table.
func Length(t *lua.LTable) int {
	n := t.Len()
	if n == lua.MaxArrayIndex-1 {
		for t.RawGetH(lua.LNumber(n+1)) != lua.LNil {
			n++
		}
	}
	return n
}

func get(t *lua.LTable, i int) lua.LValue {
	if i < lua.MaxArrayIndex && i > 0 {
		return t.RawGetInt(i)
	}
	return t.RawGetH(lua.LNumber(i))
}

// set never grows the table for a nil: RawSetInt alone would fill the array up
// to i.
func set(t *lua.LTable, i int, v lua.LValue) {
	if v == lua.LNil && get(t, i) == lua.LNil {
		return
	}
	t.RawSetInt(i, v)
}

// inArray says that the items 1 to n are all in the array part.
func inArray(n int) bool { return n < lua.MaxArrayIndex-1 }
