// Package arg reads the arguments of the base library's functions, with the
// conversions and the messages of C Lua 5.1: "bad argument #1 to 'rep' (string
// expected, got no value)".
package arg

import (
	"fmt"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// String returns argument n; a number is converted as tostring does it.
func String(L *lua.LState, n int) string {
	switch v := L.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numeral.Format(float64(v))
	}
	TypeError(L, n, "string")
	return ""
}

// OptString is String with a default for nil or nothing.
func OptString(L *lua.LState, n int, def string) string {
	if none(L, n) {
		return def
	}
	return String(L, n)
}

// Number returns argument n; a string that is a numeral is converted.
func Number(L *lua.LState, n int) float64 {
	if f, ok := ToNumber(L.Get(n)); ok {
		return f
	}
	TypeError(L, n, "number")
	return 0
}

// OptNumber is Number with a default for nil or nothing.
func OptNumber(L *lua.LState, n int, def float64) float64 {
	if none(L, n) {
		return def
	}
	return Number(L, n)
}

// Int returns argument n cut off towards zero; what no int holds becomes the
// nearest that one does, and not-a-number the smallest, as on C's side.
func Int(L *lua.LState, n int) int {
	return ToInt(Number(L, n))
}

// OptInt is Int with a default for nil or nothing.
func OptInt(L *lua.LState, n int, def int) int {
	if none(L, n) {
		return def
	}
	return Int(L, n)
}

// ToInt cuts f off towards zero, within the range of int.
func ToInt(f float64) int {
	switch {
	case f >= math.MaxInt:
		return math.MaxInt
	case f > math.MinInt:
		return int(f)
	}
	return math.MinInt
}

// Table returns argument n, a table.
func Table(L *lua.LState, n int) *lua.LTable {
	if t, ok := L.Get(n).(*lua.LTable); ok {
		return t
	}
	TypeError(L, n, "table")
	return nil
}

// Function returns argument n, a function.
func Function(L *lua.LState, n int) *lua.LFunction {
	if f, ok := L.Get(n).(*lua.LFunction); ok {
		return f
	}
	TypeError(L, n, "function")
	return nil
}

// Any returns argument n, which must be there.
func Any(L *lua.LState, n int) lua.LValue {
	if L.GetTop() < n {
		Error(L, n, "value expected")
	}
	return L.Get(n)
}

// Option returns argument n, one of the words allowed.
func Option(L *lua.LState, n int, def string, allowed ...string) string {
	word := def
	if def == "" || !none(L, n) {
		word = String(L, n)
	}
	if !slices.Contains(allowed, word) {
		Error(L, n, fmt.Sprintf("invalid option '%s'", word))
	}
	return word
}

func none(L *lua.LState, n int) bool { return L.Get(n) == lua.LNil }

// ToNumber converts a number or a numeral.
func ToNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return numeral.Parse(string(v))
	}
	return 0, false
}

// ToText converts a string or a number, which is what C Lua takes for a string.
func ToText(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return numeral.Format(float64(v)), true
	}
	return "", false
}

// ToString is the tostring of Lua: __tostring and __name are obeyed.
func ToString(L *lua.LState, v lua.LValue) string {
	if s, ok := ToText(v); ok {
		return s
	}
	if fn, ok := L.GetMetaField(v, "__tostring").(*lua.LFunction); ok {
		L.Push(fn)
		L.Push(v)
		L.Call(1, 1)
		res := L.Get(-1)
		L.Pop(1)
		s, ok := ToText(res)
		if !ok {
			Raise(L, "'__tostring' must return a string, not a %s", TypeName(res))
		}
		return s
	}
	if name, ok := L.GetMetaField(v, "__name").(lua.LString); ok {
		return vm.Join(L, string(name), fmt.Sprintf(": %p", v))
	}
	return v.String()
}

// TypeName names the type of v in messages.
func TypeName(v lua.LValue) string {
	if v == nil {
		return "no value"
	}
	return vm.TypeName(v)
}

// TypeError raises that argument n is not what was wanted.
func TypeError(L *lua.LState, n int, want string) {
	got := "no value"
	if n <= L.GetTop() {
		got = TypeName(L.Get(n))
		if want == "table" && hasMethod(L, L.Get(n), "items") {
			got += ": its items() are a table"
		}
	}
	Error(L, n, want+" expected, got "+got)
}

// hasMethod says that a handle has a method.
func hasMethod(L *lua.LState, v lua.LValue, name string) bool {
	if _, ok := v.(*lua.LUserData); !ok {
		return false
	}
	methods, ok := L.GetMetaField(v, "__index").(*lua.LTable)
	return ok && methods.RawGetString(name) != lua.LNil
}

// Error raises "bad argument #n to 'function' (problem)".
func Error(L *lua.LState, n int, problem string) {
	Raise(L, "bad argument #%d to '%s' (%s)", n, callee(L), problem)
}

// callee names the running Go function as its caller called it.
func callee(L *lua.LState) string {
	dbg, ok := L.GetStack(0)
	if !ok {
		return "?"
	}
	_, err := L.GetInfo("n", dbg, lua.LNil)
	if err != nil || dbg.Name == "" || dbg.Name == "main chunk" || strings.HasPrefix(dbg.Name, "(") {
		return "?"
	}
	return dbg.Name
}
