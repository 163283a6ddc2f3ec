// Package concat is the operator '..'. The compiler of chunks turns each chain
// of it into one call of Values or List, which write numbers as C Lua does and
// look at the size of the result before they make it.
package concat

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Values joins its arguments.
func Values(L *lua.LState) int {
	n := L.GetTop()
	if n == 2 {
		a, ok := L.Get(1).(lua.LString)
		b, also := L.Get(2).(lua.LString)
		if ok && also {
			L.Push(lua.LString(vm.Join(L, string(a), string(b))))
			return 1
		}
	}
	var few [8]lua.LValue
	operands := few[:0]
	for i := 1; i <= n; i++ {
		operands = append(operands, L.Get(i))
	}
	L.Push(join(L, operands))
	return 1
}

// List joins the items of a table, its second argument; the first is their
// number.
func List(L *lua.LState) int {
	n := int(L.CheckNumber(1))
	items := L.CheckTable(2)
	vm.FitTable(L, n)
	operands := make([]lua.LValue, 0, max(n, 0))
	for i := 1; i <= n; i++ {
		operands = append(operands, items.RawGetInt(i))
	}
	L.Push(join(L, operands))
	return 1
}

// join works from the right, as the operator does: a run of strings and
// numbers at once, anything else pair by pair.
func join(L *lua.LState, operands []lua.LValue) lua.LValue {
	if len(operands) == 0 {
		return lua.LString("")
	}
	right := operands[len(operands)-1]
	rest := operands[:len(operands)-1]
	for len(rest) > 0 {
		left := rest[len(rest)-1]
		if isText(left) && isText(right) {
			from := len(rest) - 1
			for from > 0 && isText(rest[from-1]) {
				from--
			}
			right = text(L, rest[from:], right)
			rest = rest[:from]
			continue
		}
		op := L.GetMetaField(left, "__concat")
		if op == lua.LNil {
			op = L.GetMetaField(right, "__concat")
		}
		if op == lua.LNil {
			place, culprit := len(rest)-1, left
			if isText(left) {
				place, culprit = place+1, right
			}
			if place == len(operands)-1 || culprit == left {
				vm.Raise(L, "attempt to concatenate %s", describe(L, place, culprit))
			}
			vm.Raise(L, "attempt to concatenate %s", vm.AValue(culprit))
		}
		vm.Spend(L, 1) // op may be native, so that no instruction is run
		vm.CheckCallable(L, op)
		L.Push(op)
		L.Push(left)
		L.Push(right)
		L.Call(2, 1)
		right = L.Get(-1)
		L.Pop(1)
		rest = rest[:len(rest)-1]
	}
	return right
}

func isText(v lua.LValue) bool {
	switch v.(type) {
	case lua.LString, lua.LNumber:
		return true
	}
	return false
}

const small = 128 // bytes that are put together on the stack

func text(L *lua.LState, run []lua.LValue, last lua.LValue) lua.LValue {
	size, numbers := length(last)
	for _, v := range run {
		bytes, number := length(v)
		size, numbers = size+bytes, numbers+number
	}
	vm.FitString(L, size+numbers)
	size += numbers * maxNumeral
	if size <= small {
		var room [small]byte
		b := room[:0]
		for _, v := range run {
			b = appendText(b, v)
		}
		return lua.LString(appendText(b, last))
	}
	var b strings.Builder
	b.Grow(size)
	var room [maxNumeral]byte
	write := func(v lua.LValue) {
		if s, ok := v.(lua.LString); ok {
			vm.Append(L, &b, string(s))
		} else {
			b.Write(appendText(room[:0], v))
		}
	}
	for _, v := range run {
		write(v)
	}
	write(last)
	vm.FitString(L, b.Len())
	return lua.LString(b.String())
}

const maxNumeral = 24 // bytes of the longest numeral

// length is the bytes of a string, or a number to be counted.
func length(v lua.LValue) (bytes, number int) {
	if s, ok := v.(lua.LString); ok {
		return len(s), 0
	}
	return 0, 1
}

func appendText(b []byte, v lua.LValue) []byte {
	switch v := v.(type) {
	case lua.LString:
		return append(b, v...)
	case lua.LNumber:
		return numeral.Append(b, float64(v))
	}
	return b
}

// separator stands before each operand's name in the name of a call.
const separator = "\x00"

// CallName is the name that the compiler gives to a call with operands of
// these names ("local 'x'", "" for none), so that an error can tell them.
func CallName(operands []string) string {
	return separator + strings.Join(operands, separator)
}

// describe names operand i, from 0, of the call that is running.
func describe(L *lua.LState, i int, v lua.LValue) string {
	if dbg, ok := L.GetStack(0); ok {
		if _, err := L.GetInfo("n", dbg, lua.LNil); err == nil {
			if list, ok := strings.CutPrefix(dbg.Name, separator); ok {
				if names := strings.Split(list, separator); i < len(names) && names[i] != "" {
					return names[i] + " (" + vm.AValue(v) + ")"
				}
			}
		}
	}
	return vm.AValue(v)
}
