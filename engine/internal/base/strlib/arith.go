package strlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Arithmetic returns the metamethods by which strings that are numerals take
// part in arithmetic. gopher-lua asks for them before it reads a string itself,
// which it does as Go reads numbers: "010" would be eight.
func Arithmetic() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"__add": arithmetic("__add", func(a, b float64) float64 { return a + b }),
		"__sub": arithmetic("__sub", func(a, b float64) float64 { return a - b }),
		"__mul": arithmetic("__mul", func(a, b float64) float64 { return a * b }),
		"__div": arithmetic("__div", func(a, b float64) float64 { return a / b }),
		"__mod": arithmetic("__mod", modulo),
		"__pow": arithmetic("__pow", math.Pow),
		"__unm": negate,
	}
}

func arithmetic(event string, compute func(a, b float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		left, right := L.Get(1), L.Get(2)
		a, okLeft := arg.ToNumber(left)
		b, okRight := arg.ToNumber(right)
		if okLeft && okRight {
			L.Push(lua.LNumber(compute(a, b)))
			return 1
		}
		// The metamethod of a string on the left comes before the one of what is
		// on the right, which has the better claim.
		if right.Type() != lua.LTString {
			if fn := L.GetMetaField(right, event); fn != lua.LNil {
				vm.CheckCallable(L, fn)
				L.Push(fn)
				L.Push(left)
				L.Push(right)
				L.Call(2, 1)
				return 1
			}
		}
		if okLeft {
			return notNumber(L, right, true)
		}
		return notNumber(L, left, false)
	}
}

func notNumber(L *lua.LState, v lua.LValue, right bool) int {
	operand := "a " + arg.TypeName(v) + " value"
	if name := vm.OperandName(L, right); name != "" {
		operand = name + " (" + operand + ")"
	}
	arg.Raise(L, "attempt to perform arithmetic on %s", operand)
	return 0
}

func negate(L *lua.LState) int {
	v, ok := arg.ToNumber(L.Get(1))
	if !ok {
		return notNumber(L, L.Get(1), false)
	}
	L.Push(lua.LNumber(-v))
	return 1
}

// modulo is the % of the virtual machine.
func modulo(a, b float64) float64 {
	m := math.Mod(a, b)
	if b > 0 && m < 0 || b < 0 && m > 0 {
		m += b
	}
	return m
}
