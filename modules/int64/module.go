// Package int64 computes with 64-bit integers: the Lua module int64.
package int64

import (
	"math"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

var (
	errOverflow = engine.Kind("int64.overflow", "The result does not fit in 64 bits.")
	errInexact  = engine.Kind("int64.inexact", "The value is no whole number, or a conversion would round it.")
	errZero     = engine.Kind("int64.zero_division", "A division by zero.")
)

// plain is what may stand for an integer in parameters and operators.
const plain = "int64.Value|number|string"

type newIn struct {
	Value any  `lua:"value,arg" doc:"a whole number below 2^53, a text such as \"-12\" or \"0xff\", or an int64.Value" type:"int64.Value|number|string"`
	Base  *int `lua:"base,arg" doc:"base of a text, 2 to 36; 10 when left out, or 16 after 0x"`
}

type textIn struct {
	Text string `lua:"text" doc:"digits in base 10"`
}

type isIn struct {
	Value engine.Value `lua:"value,arg" doc:"any value" type:"any"`
}

type pairIn struct {
	A any `lua:"a" doc:"one operand" type:"int64.Value|number|string"`
	B any `lua:"b" doc:"the other" type:"int64.Value|number|string"`
}

type otherIn struct {
	B any `lua:"b" doc:"the other operand" type:"int64.Value|number|string"`
}

type othersIn struct {
	Others []any `lua:"others,rest" doc:"further operands" type:"int64.Value|number|string"`
}

type shiftIn struct {
	N int `lua:"n" doc:"how many bits; only its lowest six bits count, so 64 is 0"`
}

type hexIn struct {
	Digits int `lua:"digits,arg" default:"0" doc:"how many digits at least, up to 16"`
}

// Type declares int64.Value, for modules that hand out values of it.
func Type() *engine.Type {
	t := engine.TypeOf[Value]("int64.Value", `A 64-bit integer. It never changes, and crosses to other states as a copy.

		Either operand of an operator may be a plain number or a text; a number must be whole and below 2^53. A result that does not fit in 64 bits raises int64.overflow. Comparisons by operator work between two values only: where one side may be a number, Lua itself raises an error for < and says false for ==, so use lt, le and eq. Two equal values are two keys of a table: use key.`,
		operators()...).Add(conversions()...).Add(arithmetics()...).Add(bitwise()...)
	t.Shared = true
	t.Load = func(data []byte) (any, error) { return load(data) }
	return t
}

func operators() []module.Member {
	arithmetic := func(event, doc string, compute func(x, y int64) (int64, error)) *module.Operator {
		return engine.Operator[any, any, Value](event, doc, binary(compute)).With(plain).Raises(errOverflow, errInexact)
	}
	compared := func(holds func(c int) bool) func(a, b Value) (bool, error) {
		return func(a, b Value) (bool, error) {
			c, _, err := compare(a, b)
			return holds(c), err
		}
	}
	return []module.Member{
		arithmetic("__add", "Add.", add).Example(`
			local int64 = require "int64"
			print(int64.max - 1 + 1)   --> 9223372036854775807`),
		arithmetic("__sub", "Subtract.", sub).Example(`
			local int64 = require "int64"
			print(10 - int64(3))   --> 7`),
		arithmetic("__mul", "Multiply.", mul).Example(`
			local int64 = require "int64"
			print(int64(3037000499) * 3037000499)   --> 9223372030926249001`),
		arithmetic("__div", "Divide, towards zero as in C and LuaJIT; idiv rounds down.", div).Raises(errZero).Example(`
			local int64 = require "int64"
			print(int64(-7) / 2)   --> -3`),
		arithmetic("__mod", "The remainder of /, with the sign of a as in C and LuaJIT; imod goes with idiv.", rem).Raises(errZero).Example(`
			local int64 = require "int64"
			print(int64(-7) % 2)   --> -1`),
		arithmetic("__pow", "Raise to a power, which must not be negative.", pow).Example(`
			local int64 = require "int64"
			print(int64(2) ^ 62)   --> 4611686018427387904`),
		engine.Operator[Value, engine.None, Value]("__unm", "Negate.", neg).Raises(errOverflow).Example(`
			local int64 = require "int64"
			print(-int64.max)   --> -9223372036854775807`),
		engine.Operator[any, any, string]("__concat", "Join as text.", concat).With("int64.Value|string|number").Example(`
			local int64 = require "int64"
			print("id " .. int64.max)   --> id 9223372036854775807`),
		engine.Operator[Value, Value, bool]("__eq", "Say whether both are the same number.", compared(equal)).Example(`
			local int64 = require "int64"
			print(int64(5) == int64("5"), int64(5) == 5)   --> true	false`),
		engine.Operator[Value, Value, bool]("__lt", "Say whether a is smaller than b.", compared(less)).Example(`
			local int64 = require "int64"
			print(int64.min < int64.max)   --> true`),
		engine.Operator[Value, Value, bool]("__le", "Say whether a is at most b.", compared(lessOrEqual)).Example(`
			local int64 = require "int64"
			print(int64(5) <= int64(5))   --> true`),
	}
}

func conversions() []module.Member {
	return []module.Member{
		engine.PureMethod("number", "Return the number as a Lua number, where there is one that is exactly it.", Value.number).
			Raises(errInexact).Returning("the number").
			Example(`
				local int64 = require "int64"
				print(int64("4096"):number() + 0.5)   --> 4096.5`),
		engine.PureMethod("approximate", "Return the Lua number that is nearest.", Value.approximate).
			Returning("the number, rounded where it must be").
			Example(`
				local int64 = require "int64"
				print(int64.max:approximate() == 2^63)   --> true`),
		engine.PureMethod("hex", "Write the bits in hexadecimal.", Value.hex).
			Returning("the digits").
			Example(`
				local int64 = require "int64"
				print(int64(255):hex(), int64(255):hex(8), int64(-1):hex())   --> ff	000000ff	ffffffffffffffff`),
		engine.PureMethod("unsigned", "Write the bits as an unsigned number.", Value.unsigned).
			Returning("the digits in base 10").
			Example(`
				local int64 = require "int64"
				print(int64(-1):unsigned())   --> 18446744073709551615`),
		engine.PureMethod("key", "Return the text that stands for the value in a table, where each value would be a key of its own.", Value.key).
			Returning("the digits in base 10").
			Example(`
				local int64 = require "int64"
				local seen = {[int64(5):key()] = true}
				print(seen[int64(5):key()], seen[int64(5)])   --> true	nil`),
	}
}

// methodOf makes a method of a function of two operands.
func methodOf[Out any](f func(in pairIn) (Out, error)) func(v Value, in otherIn) (Out, error) {
	return func(v Value, in otherIn) (Out, error) { return f(pairIn{v, in.B}) }
}

func arithmetics() []module.Member {
	division := func(compute func(x, y int64) (int64, error)) func(v Value, in otherIn) (Value, error) {
		return func(v Value, in otherIn) (Value, error) { return binary(compute)(v, in.B) }
	}
	return []module.Member{
		engine.PureMethod("idiv", "Divide and round down, as // of Lua 5.3 does.", division(floorDiv)).
			Raises(errOverflow, errInexact, errZero).Returning("the quotient").
			Example(`
				local int64 = require "int64"
				print(int64(-7):idiv(2))   --> -4`),
		engine.PureMethod("imod", "Return the remainder of idiv, which has the sign of the divisor as % of Lua's numbers has.", division(floorMod)).
			Raises(errInexact, errZero).Returning("the remainder").
			Example(`
				local int64 = require "int64"
				print(int64(-7):imod(2))   --> 1`),
		engine.PureMethod("compare", "Compare with a value, a number or a text.", methodOf(comparing)).
			Returning("-1, 0 or 1").
			Example(`
				local int64 = require "int64"
				print(int64(5):compare(5.5), int64(5):compare("5"))   --> -1	0`),
		engine.PureMethod("lt", "Say whether it is smaller than a value, a number or a text.", methodOf(comparison(less))).
			Returning("whether it is").
			Example(`
				local int64 = require "int64"
				print(int64(5):lt(6))   --> true`),
		engine.PureMethod("le", "Say whether it is at most a value, a number or a text.", methodOf(comparison(lessOrEqual))).
			Returning("whether it is").
			Example(`
				local int64 = require "int64"
				print(int64(5):le(5))   --> true`),
		engine.PureMethod("eq", "Say whether it is the same number as a value, a number or a text.", methodOf(comparison(equal))).
			Returning("whether it is").
			Example(`
				local int64 = require "int64"
				print(int64(5):eq(5))   --> true`),
	}
}

func bitwise() []module.Member {
	return []module.Member{
		engine.PureMethod("band", "Keep the bits that it and all operands have.", folding(and)).
			Raises(errOverflow, errInexact).Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64("0xff00ff00ff00"):band("0xffffffff"):hex())   --> ff00ff00`),
		engine.PureMethod("bor", "Join the bits of it and all operands.", folding(or)).
			Raises(errOverflow, errInexact).Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(1):bor(2, 4))   --> 7`),
		engine.PureMethod("bxor", "Keep the bits that an odd count of it and the operands has.", folding(xor)).
			Raises(errOverflow, errInexact).Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(6):bxor(3))   --> 5`),
		engine.PureMethod("bnot", "Invert all bits.", Value.bnot).
			Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(0):bnot())   --> -1`),
		engine.PureMethod("lshift", "Shift to the left. Zeros come in from the right.", shifting(left)).
			Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(1):lshift(40))   --> 1099511627776`),
		engine.PureMethod("rshift", "Shift to the right as an unsigned number. Zeros come in from the left.", shifting(right)).
			Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(-1):rshift(60))   --> 15`),
		engine.PureMethod("arshift", "Shift to the right as a signed number. Copies of the highest bit come in from the left.", shifting(arithmetic)).
			Returning("the value").
			Example(`
				local int64 = require "int64"
				print(int64(-256):arshift(8))   --> -1`),
	}
}

// pairwise makes a function of an operation on two operands.
func pairwise(compute func(x, y int64) (int64, error)) func(in pairIn) (Value, error) {
	return func(in pairIn) (Value, error) { return binary(compute)(in.A, in.B) }
}

// Module declares int64.
func Module() *engine.Module {
	return &engine.Module{
		Name: "int64",
		Doc: `Whole numbers of 64 bits, which Lua's own numbers hold only up to 2^53: identifiers, file sizes, counters, checksums. They print with all digits, and JSON keeps them exact.

			A result is exact or an error: nothing wraps around and nothing is rounded, except in the functions that say so.`,
		Kinds: []*engine.ErrorKind{errOverflow, errInexact, errZero},
		Types: []*engine.Type{Type()},
		Call:  "new",
		Values: []module.Value{
			{Name: "max", Doc: "The largest value, 2^63-1.", Value: Value(math.MaxInt64)},
			{Name: "min", Doc: "The smallest value, -2^63.", Value: Value(math.MinInt64)},
		},
		Funcs: []*engine.Function{
			engine.Pure("new", "Make a 64-bit integer. In base 16 a text may give all 64 bits, so that \"0xffffffffffffffff\" is -1. A number of 2^53 or more is refused, because Lua may have rounded it already: write such a number as text.", create).
				Raises(errOverflow, errInexact).
				Returning("the value").
				Example(`
					local int64 = require "int64"
					local id = int64.new("9007199254740993")
					print(id, id + 1, int64("0xff"), int64("zz", 36))   --> 9007199254740993	9007199254740994	255	1295`),
			engine.Pure("from_unsigned", "Read the decimal text of an unsigned 64-bit integer. What is beyond 2^63 becomes the negative value with the same bits; unsigned writes it again.", fromUnsigned).
				Raises(errOverflow).
				Returning("the value").
				Example(`
					local int64 = require "int64"
					print(int64.from_unsigned("18446744073709551615"))   --> -1`),
			engine.Pure("is", "Say whether a value is an int64.Value.", is).
				Returning("whether it is one").
				Example(`
					local int64 = require "int64"
					print(int64.is(int64(1)), int64.is(1))   --> true	false`),
			engine.Pure("compare", "Compare two values, numbers or texts by their exact values.", comparing).
				Returning("-1, 0 or 1").
				Example(`
					local int64 = require "int64"
					local list = {int64(3), 1, int64(2)}
					table.sort(list, function(a, b) return int64.compare(a, b) < 0 end)
					print(list[1], list[2], list[3])   --> 1	2	3`),
			engine.Pure("lt", "Say whether a is smaller than b, where either may be a number.", comparison(less)).
				Returning("whether it is").
				Example(`
					local int64 = require "int64"
					print(int64.lt(0, int64.max))   --> true`),
			engine.Pure("le", "Say whether a is at most b, where either may be a number.", comparison(lessOrEqual)).
				Returning("whether it is").
				Example(`
					local int64 = require "int64"
					print(int64.le(int64(1), 1))   --> true`),
			engine.Pure("eq", "Say whether both are the same number, where either may be a Lua number.", comparison(equal)).
				Returning("whether they are").
				Example(`
					local int64 = require "int64"
					print(int64.eq(5, int64(5)))   --> true`),
			engine.Pure("wrap_add", "Add modulo 2^64, as C does with unsigned integers.", pairwise(wrapAdd)).
				Raises(errOverflow, errInexact).
				Returning("the value").
				Example(`
					local int64 = require "int64"
					print(int64.wrap_add(int64.max, 1) == int64.min)   --> true`),
			engine.Pure("wrap_sub", "Subtract modulo 2^64.", pairwise(wrapSub)).
				Raises(errOverflow, errInexact).
				Returning("the value").
				Example(`
					local int64 = require "int64"
					print(int64.wrap_sub(int64.min, 1) == int64.max)   --> true`),
			engine.Pure("wrap_mul", "Multiply modulo 2^64, as hash functions do.", pairwise(wrapMul)).
				Raises(errOverflow, errInexact).
				Returning("the value").
				Example(`
					local int64 = require "int64"
					print(int64.wrap_mul("0xcbf29ce484222325", "0x100000001b3"):hex())   --> af63bd4c8601b7df`),
		},
	}
}
