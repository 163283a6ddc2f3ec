package bit_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/bit"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

const prelude = `local bit = require "bit" `

func TestBit(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	source.WriteString(prelude)
	tests := []struct{ expr, want string }{
		// LuaJIT's manual, beyond the examples of the declaration.
		{`bit.tobit(1)`, "1"},
		{`bit.tohex(bit.bnot(0))`, "ffffffff"},
		{`bit.tohex(0xffff0000)`, "ffff0000"},
		{`bit.tohex(0x12345678, 4)`, "5678"},
		{`bit.tohex(0x12345678, -4)`, "5678"},
		{`bit.tohex(0xabcdef01, -6)`, "CDEF01"},
		{`bit.tohex(-1, 100)`, "ffffffff"},
		{`bit.tohex(-1, -2^31)`, "FFFFFFFF"},
		{`bit.tohex(1, 0)`, ""},
		{`bit.tohex(bit.rol(0x12345678, 0))`, "12345678"},
		{`bit.tohex(bit.ror(0x12345678, 32 + 12))`, "67812345"},
		{`bit.bswap(bit.bswap(0x12345678)) == 0x12345678`, "true"},
		// Edges of 32 bits.
		{`bit.tobit(0x7fffffff)`, "2147483647"},
		{`bit.tobit(0x80000000)`, "-2147483648"},
		{`bit.tobit(-0x80000000)`, "-2147483648"},
		{`bit.tobit(-0x80000001)`, "2147483647"},
		{`bit.tobit(2^32)`, "0"},
		{`bit.tobit(2^53)`, "0"},
		{`bit.tobit(2^53 - 1)`, "-1"},
		{`bit.tobit(2^63)`, "0"},
		{`bit.tobit(-2^63)`, "0"},
		{`bit.tobit(2^1000)`, "0"},
		{`bit.tobit(2^55 + 2^10)`, "1024"},
		// Rounding goes to the nearest whole number, and to the even one between.
		{`bit.tobit(0.5)`, "0"},
		{`bit.tobit(1.5)`, "2"},
		{`bit.tobit(2.5)`, "2"},
		{`bit.tobit(-1.5)`, "-2"},
		{`bit.tobit(-0.3)`, "0"},
		{`bit.tobit(2^31 - 0.5)`, "-2147483648"},
		{`bit.tobit("0xff")`, "255"},
		{`bit.band(-1)`, "-1"},
		{`bit.band(0xffffffff, 0xf0, 0x3c)`, "48"},
		{`bit.bor(2^31, 1)`, "-2147483647"},
		{`bit.bxor(1, 1, 1)`, "1"},
		{`bit.lshift(1, 31)`, "-2147483648"},
		{`bit.lshift(1, 32)`, "1"},
		{`bit.lshift(1, -1)`, "-2147483648"},
		{`bit.rshift(-1, 0)`, "-1"},
		{`bit.rshift(-1, 31)`, "1"},
		{`bit.arshift(-2^31, 31)`, "-1"},
		{`bit.arshift(-1, 33)`, "-1"},
		{`bit.rol(1, 31)`, "-2147483648"},
		{`bit.ror(1, 1)`, "-2147483648"},
	}
	for _, tt := range tests {
		fmt.Fprintf(&source, "print(%s)\n", tt.expr)
	}
	out := strings.Split(moduletest.Run(t, source.String(), bit.Module()), "\n")
	for i, tt := range tests {
		if out[i] != tt.want {
			t.Errorf("%s is %s, want %s", tt.expr, out[i], tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, bit.Module())
	for _, tt := range []struct{ call, want string }{
		{`bit.tobit(0/0)`, "nan"},
		{`bit.tobit(1/0)`, "inf"},
		{`bit.band(1, -1/0)`, "-inf"},
		{`bit.lshift(1, 1/0)`, "inf"},
		{`bit.band()`, "argument 'x' is missing"},
		{`bit.band(1, {})`, "argument 'more[1]' must be a number, got a table"},
		{`bit.bor(1, 2, "x")`, `argument 'more[2]' must be a number, got "x"`},
		{`bit.bnot("one")`, "argument 'x' must be a number"},
		{`bit.lshift(1)`, "argument 'n' is missing"},
	} {
		if e := w.Fail(t, engine.KindInvalid, prelude+tt.call); !strings.Contains(e.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.call, e, tt.want)
		}
	}
}

// Every number is congruent to its word modulo 2^32, and the operations agree
// with those on big integers in two's complement.
func TestAgainstBigIntegers(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	modulus := new(big.Int).Lsh(big.NewInt(1), 32)
	signed := func(n *big.Int) int64 {
		return int64(int32(new(big.Int).Mod(n, modulus).Uint64()))
	}
	var source strings.Builder
	source.WriteString(prelude)
	var want []string
	for range 500 {
		x := float64(random.Int64()>>random.IntN(63)) * float64(int64(1)<<random.IntN(40))
		y := float64(random.Int64() >> random.IntN(63))
		n := random.IntN(32)
		bx, _ := big.NewFloat(x).Int(nil)
		by, _ := big.NewFloat(y).Int(nil)
		fmt.Fprintf(&source, "print(bit.tobit(%[1]f), bit.band(%[1]f, %[2]f), bit.bor(%[1]f, %[2]f), bit.bxor(%[1]f, %[2]f), bit.bnot(%[1]f), bit.lshift(%[1]f, %[3]d), bit.arshift(%[1]f, %[3]d))\n", x, y, n)
		want = append(want, fmt.Sprintf("%d\t%d\t%d\t%d\t%d\t%d\t%d", signed(bx),
			signed(new(big.Int).And(bx, by)), signed(new(big.Int).Or(bx, by)), signed(new(big.Int).Xor(bx, by)), signed(new(big.Int).Not(bx)),
			signed(new(big.Int).Lsh(bx, uint(n))), signed(bx)>>n))
	}
	out := strings.Split(moduletest.Run(t, source.String(), bit.Module()), "\n")
	lines := strings.Split(source.String(), "\n")
	for i, w := range want {
		if out[i] != w {
			t.Errorf("%s\nprinted %s\nwant    %s", lines[i], out[i], w)
		}
	}
}

const loop = `local f, n = f, ... for i = 1, n do f(i, 255) end`

// BenchmarkRaw is the floor: the same in a plain gopher-lua function.
func BenchmarkRaw(b *testing.B) {
	L := lua.NewState()
	defer L.Close()
	L.SetContext(b.Context())
	L.SetGlobal("f", L.NewFunction(func(L *lua.LState) int {
		x := int32(L.CheckInt64(1))
		for i := 2; i <= L.GetTop(); i++ {
			x &= int32(L.CheckInt64(i))
		}
		L.Push(lua.LNumber(x))
		return 1
	}))
	fn, err := L.LoadString(loop)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	L.Push(fn)
	L.Push(lua.LNumber(b.N))
	L.Call(1, 0)
}

func benchmark(b *testing.B, name string) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(bit.Module())}}).NewState(b.Context())
	defer s.Close()
	if _, err := s.Run(b.Context(), "setup", `f = require("bit").`+name); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "loop", loop, b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkBand(b *testing.B)   { benchmark(b, "band") }
func BenchmarkLshift(b *testing.B) { benchmark(b, "lshift") }
