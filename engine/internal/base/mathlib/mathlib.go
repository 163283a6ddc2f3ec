// Package mathlib is the math library of Lua 5.1, with type and tointeger of
// later versions. Numbers are float64, so the integers are those up to 2^53.
package mathlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// maxInteger is the largest integer up to which every integer is a float64.
const maxInteger = 1 << 53

// Functions returns the math library of a world, whose random numbers are its
// own.
func Functions(*vm.World) map[string]lua.LGFunction {
	r := newRandom()
	return map[string]lua.LGFunction{
		"abs":        of(math.Abs),
		"acos":       of(math.Acos),
		"asin":       of(math.Asin),
		"atan":       of(math.Atan),
		"atan2":      ofTwo(math.Atan2),
		"ceil":       of(math.Ceil),
		"cos":        of(math.Cos),
		"cosh":       of(math.Cosh),
		"deg":        of(func(x float64) float64 { return x / (math.Pi / 180) }),
		"exp":        of(math.Exp),
		"floor":      of(math.Floor),
		"fmod":       ofTwo(math.Mod),
		"frexp":      frexp,
		"ldexp":      ldexp,
		"log":        log,
		"log10":      of(log10),
		"max":        largest,
		"min":        smallest,
		"mod":        ofTwo(math.Mod),
		"modf":       modf,
		"pow":        ofTwo(math.Pow),
		"rad":        of(func(x float64) float64 { return x * (math.Pi / 180) }),
		"random":     r.random,
		"randomseed": r.seed,
		"sin":        of(math.Sin),
		"sinh":       of(math.Sinh),
		"sqrt":       of(math.Sqrt),
		"tan":        of(math.Tan),
		"tanh":       of(math.Tanh),
		"tointeger":  tointeger,
		"type":       kind,
	}
}

// Constants returns the numbers of the library.
func Constants() map[string]lua.LNumber {
	return map[string]lua.LNumber{
		"huge":       lua.LNumber(math.Inf(1)),
		"maxinteger": maxInteger,
		"mininteger": -maxInteger,
		"pi":         math.Pi,
	}
}

func of(f func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(lua.LNumber(f(arg.Number(L, 1))))
		return 1
	}
}

func ofTwo(f func(x, y float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		x := arg.Number(L, 1)
		L.Push(lua.LNumber(f(x, arg.Number(L, 2))))
		return 1
	}
}

func largest(L *lua.LState) int {
	best := arg.Number(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if f := arg.Number(L, i); f > best {
			best = f
		}
	}
	L.Push(lua.LNumber(best))
	return 1
}

func smallest(L *lua.LState) int {
	best := arg.Number(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if f := arg.Number(L, i); f < best {
			best = f
		}
	}
	L.Push(lua.LNumber(best))
	return 1
}

// log is the natural logarithm, or that of a base, as from Lua 5.2 on.
func log(L *lua.LState) int {
	x := arg.Number(L, 1)
	var y float64
	if L.Get(2) == lua.LNil {
		y = math.Log(x)
	} else {
		switch base := arg.Number(L, 2); base {
		case 2:
			y = math.Log2(x)
		case 10:
			y = log10(x)
		default:
			y = math.Log(x) / math.Log(base)
		}
	}
	L.Push(lua.LNumber(y))
	return 1
}

// log10 is exact for the powers of ten, as C's is; Go's gives 2.9999999999999996
// for 1000.
func log10(x float64) float64 {
	y := math.Log10(x)
	if r := math.Round(y); math.Abs(r) <= 308 && math.Pow10(int(r)) == x {
		return r
	}
	return y
}

// modf returns the whole part and the fraction; both have the sign of x, and an
// infinity has the fraction zero.
func modf(L *lua.LState) int {
	x := arg.Number(L, 1)
	whole, fraction := math.Modf(x)
	if math.IsInf(x, 0) {
		fraction = math.Copysign(0, x)
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(fraction))
	return 2
}

func frexp(L *lua.LState) int {
	m, e := math.Frexp(arg.Number(L, 1))
	L.Push(lua.LNumber(m))
	L.Push(lua.LNumber(e))
	return 2
}

func ldexp(L *lua.LState) int {
	// Beyond these every result is an infinity or zero, and Go's Ldexp adds to
	// the exponent without a look at overflow.
	const far = 1 << 20
	m := arg.Number(L, 1)
	L.Push(lua.LNumber(math.Ldexp(m, min(max(arg.Int(L, 2), -far), far))))
	return 1
}

// kind is math.type: whole numbers that are exact are integers.
func kind(L *lua.LState) int {
	switch f, isNumber := arg.Any(L, 1).(lua.LNumber); {
	case !isNumber:
		L.Push(lua.LNil)
	case isInteger(float64(f)):
		L.Push(lua.LString("integer"))
	default:
		L.Push(lua.LString("float"))
	}
	return 1
}

func tointeger(L *lua.LState) int {
	if f, ok := arg.Any(L, 1).(lua.LNumber); ok && isInteger(float64(f)) {
		L.Push(f)
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func isInteger(f float64) bool { return f == math.Trunc(f) && math.Abs(f) <= maxInteger }
