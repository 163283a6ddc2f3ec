// Package bit computes with the bits of 32-bit integers, as LuaJIT's library
// does: the Lua module bit.
package bit

import (
	"github.com/gscript-lang/gscript/engine"
)

type oneIn struct {
	X float64 `lua:"x" doc:"number"`
}

type manyIn struct {
	X    float64   `lua:"x" doc:"number"`
	More []float64 `lua:"more,rest" doc:"further numbers"`
}

type shiftIn struct {
	X float64 `lua:"x" doc:"number"`
	N float64 `lua:"n" doc:"how many bits; only its lowest five bits count, so 32 is 0" type:"integer"`
}

type hexIn struct {
	X      float64 `lua:"x" doc:"number"`
	Digits float64 `lua:"n,arg" default:"8" doc:"how many digits, the lowest ones; negative for capital letters" type:"integer"`
}

// Module declares bit.
func Module() *engine.Module {
	m := &engine.Module{
		Name: "bit",
		Doc: `Bit operations on 32-bit integers, as LuaJIT has them. Every number is first taken to the range of signed 32-bit integers, as tobit does, and every result is in it, so that 0xffffffff is -1.

			A number with a fraction is rounded to the nearest whole one, a number beyond 32 bits is taken modulo 2^32; inf and nan are refused. For 64 bits see the module int64.`,
		Funcs: []*engine.Function{
			engine.Pure("tobit", "Take a number to the range of signed 32-bit integers.", tobit),
			engine.Pure("tohex", "Write a number in hexadecimal.", tohex).Returning("the digits"),
			engine.Pure("bnot", "Invert all bits.", bnot),
			engine.Pure("band", "Keep the bits that all numbers have.", folding(and)),
			engine.Pure("bor", "Join the bits that any of the numbers has.", folding(or)),
			engine.Pure("bxor", "Keep the bits that an odd count of the numbers has.", folding(xor)),
			engine.Pure("lshift", "Shift to the left. Zeros come in from the right.", shifting(left)),
			engine.Pure("rshift", "Shift to the right as an unsigned number. Zeros come in from the left.", shifting(right)),
			engine.Pure("arshift", "Shift to the right as a signed number. Copies of the highest bit come in from the left.", shifting(arithmetic)),
			engine.Pure("rol", "Rotate to the left. Bits that leave on one side come in on the other.", shifting(rotate)),
			engine.Pure("ror", "Rotate to the right. Bits that leave on one side come in on the other.", shifting(rotateBack)),
			engine.Pure("bswap", "Reverse the order of the four bytes, which converts between little and big endian.", bswap),
		},
	}
	for _, f := range m.Funcs {
		f.Example("local bit = require \"bit\"\n" + examples[f.Name])
		if f.Name != "tohex" {
			f.ReturningType("integer", "a signed 32-bit integer")
		}
	}
	return m
}

// examples are those of LuaJIT's manual; printx there prints in hexadecimal.
var examples = map[string]string{
	"tobit": `
print(bit.tobit(0xffffffff))     --> -1
print(bit.tobit(0xffffffff + 1)) --> 0
print(bit.tobit(2^40 + 1234))    --> 1234`,
	"tohex": `
print(bit.tohex(1))          --> 00000001
print(bit.tohex(-1))         --> ffffffff
print(bit.tohex(-1, -8))     --> FFFFFFFF
print(bit.tohex(0x87654321, 4))  --> 4321`,
	"bnot": `
print(bit.bnot(0))           --> -1
print(bit.tohex(bit.bnot(0x12345678)))  --> edcba987`,
	"band": `print(bit.tohex(bit.band(0x12345678, 0xff)))  --> 00000078`,
	"bor":  `print(bit.bor(1, 2, 4, 8))  --> 15`,
	"bxor": `print(bit.tohex(bit.bxor(0xa5a5f0f0, 0xaa55ff00)))  --> 0ff00ff0`,
	"lshift": `
print(bit.lshift(1, 0))      --> 1
print(bit.lshift(1, 8))      --> 256
print(bit.lshift(1, 40))     --> 256
print(bit.tohex(bit.lshift(0x87654321, 12)))  --> 54321000`,
	"rshift": `
print(bit.rshift(256, 8))    --> 1
print(bit.rshift(-256, 8))   --> 16777215
print(bit.tohex(bit.rshift(0x87654321, 12)))  --> 00087654`,
	"arshift": `
print(bit.arshift(256, 8))   --> 1
print(bit.arshift(-256, 8))  --> -1
print(bit.tohex(bit.arshift(0x87654321, 12)))  --> fff87654`,
	"rol":   `print(bit.tohex(bit.rol(0x12345678, 12)))  --> 45678123`,
	"ror":   `print(bit.tohex(bit.ror(0x12345678, 12)))  --> 67812345`,
	"bswap": `print(bit.tohex(bit.bswap(0x12345678)))  --> 78563412`,
}
