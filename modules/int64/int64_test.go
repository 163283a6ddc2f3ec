package int64

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/pool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const prelude = `local int64 = require "int64" `

func TestValues(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, Module())
	for _, tt := range []struct{ expr, want string }{
		{`int64.new("9223372036854775807") == int64.max`, "true"},
		{`int64.new("-9223372036854775808") == int64.min`, "true"},
		{`int64("  +42\n")`, "42"},
		{`int64("-0xff"), int64("0XFF"), int64("ff", 16), int64("0xff", 16)`, "-255\t255\t255\t255"},
		{`int64("-8000000000000000", 16) == int64.min`, "true"},
		{`int64("8000000000000000", 16) == int64.min`, "true"},
		{`int64("1010", 2), int64("-777", 8), int64("ZZ", 36)`, "10\t-511\t1295"},
		{`int64(2^53 - 1), int64(-(2^53 - 1)), int64(-0)`, "9007199254740991\t-9007199254740991\t0"},
		{`int64(int64(7))`, "7"},
		{`int64.from_unsigned("9223372036854775808") == int64.min`, "true"},
		{`int64.from_unsigned("18446744073709551615"):unsigned()`, "18446744073709551615"},
		{`int64.min:unsigned(), int64.max:unsigned()`, "9223372036854775808\t9223372036854775807"},
		{`int64.min:hex(), int64(0):hex(), int64(0):hex(16)`, "8000000000000000\t0\t0000000000000000"},
		{`int64(int64.min:hex(), 16) == int64.min`, "true"},
		{`type(int64(1)), tostring(int64.min)`, "userdata\t-9223372036854775808"},
		{`int64("9007199254740992"):number() == 2^53, int64.min:number() == -2^63`, "true\ttrue"},
		{`int64("9007199254740993"):approximate() == 2^53`, "true"},

		// Operators, with the plain operand on either side.
		{`int64(1) + 2, 1 + int64(2), "1" + int64(2), int64(1) + "0x2"`, "3\t3\t3\t3"},
		{`5 - int64(7), int64(5) - 7`, "-2\t-2"},
		{`6 * int64(-7), 7 / int64(2), 7 % int64(-2), 2 ^ int64(10)`, "-42\t3\t1\t1024"},
		{`int64(-7) / 2, int64(-7) % 2, int64(7) / -2, int64(7) % -2`, "-3\t-1\t-3\t1"},
		{`int64(-7):idiv(2), int64(-7):imod(2), int64(7):idiv(-2), int64(7):imod(-2), int64(6):idiv(-2), int64(6):imod(-2)`, "-4\t1\t-4\t-1\t-3\t0"},
		{`int64.min % -1, int64.min:imod(-1)`, "0\t0"},
		{`-int64(5), - -int64(5)`, "-5\t5"},
		{`int64(-1) ^ int64.max, int64(0) ^ 0, int64(1) ^ int64.max, int64(-2) ^ 63 == int64.min`, "-1\t1\t1\ttrue"},
		{`"a" .. int64(1) .. "b" .. int64(2) .. 3 .. int64(4)`, "a1b234"},
		{`0.5 .. int64(1), int64(1) .. 2^53`, "0.51\t19007199254740992"},

		// Comparison.
		{`int64(1) == int64("1"), int64(1) ~= int64(2), int64(1) == 1, int64(1) == "1"`, "true\ttrue\tfalse\tfalse"},
		{`int64(1) < int64(2), int64(2) > int64(1), int64(2) <= int64(2), int64(1) >= int64(2)`, "true\ttrue\ttrue\tfalse"},
		{`int64.lt(1, int64(2)), int64.lt(int64.max, 2^63), int64.lt(int64.max, 1/0), int64.lt(int64.min, -1/0)`, "true\ttrue\ttrue\tfalse"},
		{`int64.lt(int64(1), 1.5), int64.lt(int64(2), 1.5), int64.lt(int64(-1), -1.5), int64.lt(-1.5, int64(-1))`, "true\tfalse\tfalse\ttrue"},
		{`int64.eq("9007199254740993", int64("9007199254740993")), int64.eq(2^53, "9007199254740993")`, "true\tfalse"},
		{`int64.lt(0/0, int64(1)), int64.le(int64(1), 0/0), int64.eq(0/0, 0/0)`, "false\tfalse\tfalse"},
		{`int64.compare(int64.min, -2^63), int64.compare(int64.max, 2^63), int64.compare(0.5, 0.25)`, "0\t-1\t1"},
		{`int64(3):lt(4), int64(3):le(3), int64(3):eq("3"), int64(3):compare(2)`, "true\ttrue\ttrue\t1"},
		{`int64.is(int64(1)), int64.is(1), int64.is("1"), int64.is(nil), int64.is(setmetatable({}, {}))`, "true\tfalse\tfalse\tfalse\tfalse"},
		{`(function() local t = {} t.self = t return int64.is(t) end)()`, "false"},

		// As keys, equal values are distinct.
		{`(function() local t = {} t[int64(1)] = 1 t[int64(1):key()] = 2 return t[int64(1)], t[int64("1"):key()] end)()`, "nil\t2"},

		// Bits.
		{`int64(-1):band("0xff"), int64(1):bor(), int64(5):bxor(1, 4)`, "255\t1\t0"},
		{`int64(1):lshift(63) == int64.min, int64(1):lshift(64), int64(1):lshift(-1) == int64.min`, "true\t1\ttrue"},
		{`int64.min:rshift(63), int64.min:arshift(63), int64.max:bnot() == int64.min`, "1\t-1\ttrue"},

		{`int64.wrap_add(int64.max, 1) == int64.min, int64.wrap_sub(int64.min, 1) == int64.max, int64.wrap_mul(int64.max, 2)`, "true\ttrue\t-2"},

		// Where a parameter is a whole number, a value of 64 bits is one.
		{`int64(1):lshift(int64(3)), int64(255):hex(int64(4))`, "8\t00ff"},
	} {
		if out := w.Run(t, prelude+`print(`+tt.expr+`)`); strings.TrimSuffix(out, "\n") != tt.want {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, Module())
	for _, tt := range []struct{ source, kind, want string }{
		{`int64("9223372036854775808")`, "int64.overflow", `int64: "9223372036854775808" does not fit`},
		{`int64("-9223372036854775809")`, "int64.overflow", "does not fit"},
		{`int64("0x10000000000000000")`, "int64.overflow", "does not fit"},
		{`int64("-8000000000000001", 16)`, "int64.overflow", "does not fit"},
		{`int64(("9"):rep(100000))`, "int64.overflow", `..."`},
		{`int64.from_unsigned("18446744073709551616")`, "int64.overflow", "2^64-1"},
		{`int64.from_unsigned("-1")`, engine.KindInvalid, "no unsigned whole number"},
		{`int64(0.5)`, "int64.inexact", "0.5 is no whole number"},
		{`int64(1/0)`, "int64.inexact", "inf is no whole number"},
		{`int64(0/0)`, "int64.inexact", "nan is no whole number"},
		{`int64(2^53)`, "int64.inexact", "rounded already"},
		{`int64(9007199254740993)`, "int64.inexact", "rounded already"},
		{`int64("")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("-")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("0x")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("--1")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("1_000")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("1e3")`, engine.KindInvalid, "no whole number in base 10"},
		{`int64("12", 2)`, engine.KindInvalid, "no whole number in base 2"},
		{`int64("1", 1)`, engine.KindInvalid, "2 to 36"},
		{`int64(1, 10)`, engine.KindInvalid, "goes with a text"},
		{`int64()`, engine.KindInvalid, "nil is no 64-bit integer"},
		{`int64({})`, engine.KindInvalid, "a table is no 64-bit integer"},
		{`int64(print)`, engine.KindInvalid, "a function is no 64-bit integer"},
		{`return int64.max + 1`, "int64.overflow", "int64.Value __add: 9223372036854775807 + 1 does not fit"},
		{`return int64.min - 1`, "int64.overflow", "does not fit"},
		{`return int64.min * -1`, "int64.overflow", "does not fit"},
		{`return -1 * int64.min`, "int64.overflow", "does not fit"},
		{`return int64.min / -1`, "int64.overflow", "does not fit"},
		{`return int64.min:idiv(-1)`, "int64.overflow", "does not fit"},
		{`return -int64.min`, "int64.overflow", "does not fit"},
		{`return int64(2) ^ 63`, "int64.overflow", "2 ^ 63 does not fit"},
		{`return int64(3) ^ int64.max`, "int64.overflow", "does not fit"},
		{`return int64(2) ^ -1`, "int64.inexact", "no whole number"},
		{`return int64(1) / 0`, "int64.zero_division", "1 / 0"},
		{`return 1 % int64(0)`, "int64.zero_division", "1 % 0"},
		{`return int64(1):idiv(0)`, "int64.zero_division", "1 / 0"},
		{`return int64(1):imod(0)`, "int64.zero_division", "1 % 0"},
		{`return int64(1) + 0.5`, "int64.inexact", "0.5 is no whole number"},
		{`return int64(1) + {}`, engine.KindInvalid, "a table is no 64-bit integer"},
		{`return nil .. int64(1)`, engine.KindInvalid, "attempt to concatenate nil"},
		{`return int64(1) .. true`, engine.KindInvalid, "attempt to concatenate true"},
		{`int64("9007199254740993"):number()`, "int64.inexact", "no Lua number is exactly 9007199254740993"},
		{`int64.max:number()`, "int64.inexact", "no Lua number is exactly"},
		{`int64.compare(0/0, 1)`, engine.KindInvalid, "nan"},
		{`int64.lt({}, 1)`, engine.KindInvalid, "a table"},
		{`int64(1):hex(17)`, engine.KindInvalid, "0 to 16"},
		{`int64(1):nope()`, "args.unknown", "nope"},
		{`int64(1).x = 1`, engine.KindInvalid, "read-only"},
	} {
		if e := w.Fail(t, tt.kind, prelude+tt.source); !strings.Contains(e.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.source, e, tt.want)
		}
	}
	// Lua itself compares no userdata with a number.
	for _, source := range []string{`return int64(1) < 2`, `return 1 <= int64(2)`} {
		if _, err := w.Try(t, prelude+source); err == nil || !strings.Contains(err.Error(), "attempt to compare") {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// samples are the edges and random values of all sizes.
func samples(random *rand.Rand) []int64 {
	list := []int64{0, 1, -1, 2, -2, 3, 10, 63, 64, math.MaxInt32, math.MinInt32, 1 << 32, 3037000499, 3037000500, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1}
	for range 60 {
		list = append(list, int64(random.Uint64())>>random.IntN(64))
	}
	return list
}

// Arithmetic agrees with that of big integers: the same value where it fits in
// 64 bits, an overflow where it does not.
func TestAgainstBigIntegers(t *testing.T) {
	t.Parallel()
	type operation struct {
		name string
		ours func(x, y int64) (int64, error)
		big  func(z, x, y *big.Int) *big.Int // nil for no result
	}
	nonzero := func(f func(z, x, y *big.Int) *big.Int) func(z, x, y *big.Int) *big.Int {
		return func(z, x, y *big.Int) *big.Int {
			if y.Sign() == 0 {
				return nil
			}
			return f(z, x, y)
		}
	}
	floored := func(z, x, y *big.Int) (*big.Int, *big.Int) {
		r := new(big.Int)
		z.QuoRem(x, y, r)
		if r.Sign() != 0 && r.Sign() != y.Sign() {
			z.Sub(z, big.NewInt(1))
			r.Add(r, y)
		}
		return z, r
	}
	operations := []operation{
		{"add", add, (*big.Int).Add},
		{"sub", sub, (*big.Int).Sub},
		{"mul", mul, (*big.Int).Mul},
		{"div", div, nonzero((*big.Int).Quo)},
		{"rem", rem, nonzero((*big.Int).Rem)},
		{"floorDiv", floorDiv, nonzero(func(z, x, y *big.Int) *big.Int { q, _ := floored(z, x, y); return q })},
		{"floorMod", floorMod, nonzero(func(z, x, y *big.Int) *big.Int { _, r := floored(z, x, y); return r })},
		{"pow", pow, func(z, x, y *big.Int) *big.Int {
			switch {
			case y.Sign() < 0:
				return nil
			case y.Cmp(big.NewInt(64)) > 0 && x.CmpAbs(big.NewInt(1)) > 0:
				return z.Lsh(big.NewInt(1), 64) // beyond 64 bits, whatever it is
			}
			if y.Sign() > 0 && x.CmpAbs(big.NewInt(1)) <= 0 { // however huge y is
				y = big.NewInt(2 - int64(y.Bit(0)))
			}
			return z.Exp(x, y, nil)
		}},
	}
	random := rand.New(rand.NewPCG(3, 4))
	values := samples(random)
	for _, op := range operations {
		overflows := 0
		for _, x := range values {
			for _, y := range values {
				got, err := op.ours(x, y)
				want := op.big(new(big.Int), big.NewInt(x), big.NewInt(y))
				switch {
				case want == nil:
					if kind := engine.KindOf(err); kind != errZero.Name && kind != errInexact.Name {
						t.Fatalf("%s(%d, %d) = %d, %v; want an error", op.name, x, y, got, err)
					}
				case !want.IsInt64():
					overflows++
					if engine.KindOf(err) != errOverflow.Name {
						t.Fatalf("%s(%d, %d) = %d, %v; want an overflow (%s)", op.name, x, y, got, err, want)
					}
				case err != nil || got != want.Int64():
					t.Fatalf("%s(%d, %d) = %d, %v; want %s", op.name, x, y, got, err, want)
				}
			}
		}
		if overflows == 0 && slices.Contains([]string{"add", "sub", "mul", "div", "pow"}, op.name) {
			t.Errorf("%s: no sample overflows", op.name)
		}
	}
	for _, x := range values {
		got, err := neg(Value(x), engine.None{})
		if want := new(big.Int).Neg(big.NewInt(x)); want.IsInt64() != (err == nil) || err == nil && int64(got) != want.Int64() {
			t.Errorf("neg(%d) = %d, %v", x, got, err)
		}
	}
}

// Comparison with numbers agrees with exact fractions.
func TestCompareAgainstFractions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range samples(random) {
		numbers := []float64{0, 0.5, -0.5, math.MaxFloat64, -math.MaxFloat64, 1 << 63, -1 << 63, float64(n), float64(n) + 0.5, math.Nextafter(float64(n), math.Inf(1)), math.Nextafter(float64(n), math.Inf(-1)), random.NormFloat64() * 1e18}
		for _, f := range numbers {
			want := new(big.Rat).SetInt64(n).Cmp(new(big.Rat).SetFloat64(f))
			c, known, err := compare(Value(n), f)
			back, _, _ := compare(f, Value(n))
			if err != nil || !known || c != want || back != -want {
				t.Errorf("compare(%d, %v) = %d, %v, %v, the other way %d; want %d", n, f, c, known, err, back, want)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "0", "-9223372036854775808", "9223372036854775808", "0xffffffffffffffff", "-0x1", " +7 ", "1_0", "zz"} {
		f.Add(s, 0)
		f.Add(s, 36)
	}
	f.Fuzz(func(t *testing.T, s string, base int) {
		if base != 0 && (base < 2 || base > 36) {
			return
		}
		n, err := parse(s, base)
		if err != nil {
			if kind := engine.KindOf(err); kind != errOverflow.Name && kind != engine.KindInvalid {
				t.Fatalf("parse(%q, %d): %v", s, base, err)
			}
			return
		}
		trimmed := strings.ToLower(strings.Trim(s, " \t\n\v\f\r"))
		b := base
		if b == 0 {
			b = 10
		}
		if digits := strings.TrimLeft(trimmed, "+-"); strings.HasPrefix(digits, "0x") && (base == 0 || base == 16) {
			trimmed, b = strings.Replace(trimmed, "0x", "", 1), 16
		}
		want, ok := new(big.Int).SetString(trimmed, b)
		if !ok || strings.Contains(trimmed, "_") {
			t.Fatalf("parse(%q, %d) = %d", s, base, n)
		}
		if !want.IsInt64() && b == 16 && want.IsUint64() {
			want.SetInt64(int64(want.Uint64()))
		}
		if !want.IsInt64() || want.Int64() != n {
			t.Fatalf("parse(%q, %d) = %d, want %s", s, base, n, want)
		}
	})
}

// A value crosses to workers as a copy, also to one that has not required the
// module.
func TestWorkers(t *testing.T) {
	t.Parallel()
	out := moduletest.Run(t, prelude+`
		local pool = require "pool"
		with(pool.new{workers=2}, function(p)
			local id = int64("9007199254740993")
			local r = p:map(function(n)
				return {next=n + 1, text=tostring(n), same=n == n + 0, key=n:key(), shared={n, n}}
			end, {id, int64.min})
			print(r[1].next, r[1].text, r[1].same, r[1].key, r[1].shared[1] == id)
			print(r[2].next == int64.min + 1, int64.is(r[2].next))
			local made = p:map(function(n) local int64 = require "int64" return int64(n) * id end, {1, 2})
			print(made[2] - made[1] == id)
		end)`, Module(), pool.Module())
	if want := "9007199254740994\t9007199254740993\ttrue\t9007199254740993\ttrue\ntrue\ttrue\ntrue\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// The value reaches a program that embeds the engine, and comes back.
func TestEmbedding(t *testing.T) {
	t.Parallel()
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(Module())}}).NewState(t.Context())
	defer s.Close()
	got, err := s.Run(t.Context(), "make", prelude+`return int64.max`)
	if err != nil || len(got) != 1 || got[0] != Value(math.MaxInt64) {
		t.Fatalf("got %v, %v", got, err)
	}
	got, err = s.Run(t.Context(), "take", `return tostring(...)`, got[0])
	if err != nil || len(got) != 1 || got[0] != "9223372036854775807" {
		t.Errorf("got %v, %v", got, err)
	}
}

func benchmark(b *testing.B, loop string) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(Module())}}).NewState(b.Context())
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "loop", fmt.Sprintf(prelude+`local x, n = int64(1), ... for i = 1, n do %s end`, loop), b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkAddValue(b *testing.B)  { benchmark(b, `x = x + x - x`) }
func BenchmarkAddNumber(b *testing.B) { benchmark(b, `x = x + i`) }
func BenchmarkNew(b *testing.B)       { benchmark(b, `x = int64.new(i)`) }
func BenchmarkNumber(b *testing.B)    { benchmark(b, `local n = x:number()`) }
