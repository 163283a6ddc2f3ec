package tablib

import (
	"reflect"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Next returns the key after key and its value; nil is before the first and
// after the last. It is not ok when the table never had the key.
//
// gopher-lua's own Next takes any key it does not know for its first one with
// a hash value. That matters when the list was shortened since the last step,
// which Lua allows, and for keys that scripts make up.
func Next(t *lua.LTable, key lua.LValue) (next, value lua.LValue, ok bool) {
	if key != lua.LNil && t.RawGet(key) == lua.LNil {
		n, isNumber := key.(lua.LNumber)
		if i := int(n); isNumber && lua.LNumber(i) == n && i > 0 && i < lua.MaxArrayIndex {
			if size := arraySize(t); i > size {
				key = lua.LNumber(size)
				if size == 0 {
					key = lua.LNil
				}
			}
		} else if !hadKey(t, key) {
			return lua.LNil, lua.LNil, false
		}
	}
	next, value = t.Next(key)
	return next, value, true
}

// The parts of a table that gopher-lua does not show, by their place in LTable.
var (
	arrayField = sync.OnceValue(func() int { return tableField("array") })
	indexField = sync.OnceValue(func() int { return tableField("k2i") })
)

func tableField(name string) int {
	f, ok := reflect.TypeFor[lua.LTable]().FieldByName(name)
	if !ok {
		panic("gopher-lua's LTable has no field " + name)
	}
	return f.Index[0]
}

// arraySize is how many items the array part has, nils at its end included.
func arraySize(t *lua.LTable) int { return reflect.ValueOf(t).Elem().Field(arrayField()).Len() }

// hadKey says whether the key was ever set in the hash part.
func hadKey(t *lua.LTable, key lua.LValue) bool {
	return reflect.ValueOf(t).Elem().Field(indexField()).MapIndex(reflect.ValueOf(key)).IsValid()
}
