package mathlib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func eval(t *testing.T, source string) string {
	t.Helper()
	var out bytes.Buffer
	s := engine.New(engine.Options{Stdout: &out, Stderr: &out}).NewState(context.Background())
	defer s.Close()
	if _, err := s.Run(context.Background(), "test.lua", source); err != nil {
		t.Fatalf("%v\nin: %s", err, source)
	}
	return out.String()
}

func TestMath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{`math.huge, -math.huge, math.pi`, "inf -inf 3.1415926535898"},
		{`math.maxinteger, math.mininteger, math.maxinteger + 1 == math.maxinteger`, "9007199254740992 -9007199254740992 true"},
		{`math.abs(-3), math.abs("-2.5"), math.ceil(-0.5), math.floor(-0.5), math.ceil(1e300)`, "3 2.5 -0 -1 1e+300"},
		{`math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5, math.huge), math.fmod(-6, 2)`, "1 -1 1 5 -0"},
		{`math.fmod(5, 0), math.fmod(math.huge, 2), math.fmod(2^53, 3), math.mod(5.5, 2)`, "nan nan 2 1.5"},
		{`math.modf(3.5)`, "3 0.5"},
		{`math.modf(-3.5)`, "-3 -0.5"},
		{`math.modf(-0.25)`, "-0 -0.25"},
		{`math.modf(math.huge)`, "inf 0"},
		{`math.modf(-math.huge)`, "-inf -0"},
		{`math.modf(0/0)`, "nan nan"},
		{`math.frexp(8)`, "0.5 4"},
		{`math.frexp(0)`, "0 0"},
		{`math.ldexp(0.5, 4), math.ldexp(1, 2000), math.ldexp(1, -2000), math.ldexp(1, 1e300), math.ldexp(-1, -1e300), math.ldexp(1, -1074) > 0`, "8 inf 0 inf -0 true"},
		{`math.log(1), math.log(8, 2), math.log(1000, 10), math.log(27, 3), math.log(0)`, "0 3 3 3 -inf"},
		{`math.log10(1000), math.log10(1e-5), math.log10(1e22), math.log10(0), math.log10(-1), math.floor(math.log10(1e15))`, "3 -5 22 -inf nan 15"},
		{`math.deg(math.pi), math.rad(180), math.sqrt(2), math.pow(2, 10), math.exp(0)`, "180 3.1415926535898 1.4142135623731 1024 1"},
		{`math.sin(0), math.cos(0), math.tan(0), math.asin(1), math.acos(1), math.atan(1), math.atan2(1, -1)`, "0 1 0 1.5707963267949 0 0.78539816339745 2.3561944901923"},
		{`math.sinh(1), math.cosh(1), math.tanh(0)`, "1.1752011936438 1.5430806348152 0"},
		{`math.max(1, 3, 2), math.min("4", 2, 3), math.max(-0.5), math.max(1, 0/0), math.min(math.huge, 1)`, "3 2 -0.5 1 1"},
		{`math.type(3), math.type(3.5), math.type(2^53), math.type(2^54), math.type(math.huge), math.type("3"), math.type(nil)`, "integer float integer float float nil nil"},
		{`math.tointeger(3), math.tointeger(3.5), math.tointeger("3"), math.tointeger(2^60)`, "3 nil nil nil"},
	} {
		got := eval(t, "local t = table.pack("+c.expr+") for i = 1, t.n do t[i] = tostring(t[i]) end io.write(table.concat(t, ' '))")
		if got != c.want {
			t.Errorf("%s = %s, want %s", c.expr, got, c.want)
		}
	}
}

func TestMathRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ call, want string }{
		{`math.random(0)`, "bad argument #1 to 'random' (interval is empty)"},
		{`math.random(2, 1)`, "bad argument #2 to 'random' (interval is empty)"},
		{`math.random(2^62, -2^62)`, "bad argument #2 to 'random' (interval is empty)"},
		{`math.random(0/0)`, "bad argument #1 to 'random' (interval is empty)"},
		{`math.random(1, 2, 3)`, "wrong number of arguments"},
		{`math.random("x")`, "bad argument #1 to 'random' (number expected, got string)"},
		{`math.randomseed()`, "bad argument #1 to 'randomseed' (number expected, got no value)"},
		{`math.max()`, "bad argument #1 to 'max' (number expected, got no value)"},
		{`math.min(1, {})`, "bad argument #2 to 'min' (number expected, got table)"},
		{`math.floor("x")`, "bad argument #1 to 'floor' (number expected, got string)"},
		{`math.pow(1)`, "bad argument #2 to 'pow' (number expected, got no value)"},
		{`math.type()`, "bad argument #1 to 'type' (value expected)"},
	} {
		got := eval(t, "local ok, e = pcall(function() local x = "+c.call+" end) io.write(e)")
		if got != "test.lua:1: "+c.want {
			t.Errorf("%s gave %q, want %q", c.call, got, c.want)
		}
	}
}

func TestRandom(t *testing.T) {
	t.Parallel()
	eval(t, `
		local seen = {}
		for i = 1, 2000 do
			local r = math.random() assert(r >= 0 and r < 1)
			local n = math.random(6) assert(n >= 1 and n <= 6 and n % 1 == 0) seen[n] = true
			n = math.random(-3, 3) assert(n >= -3 and n <= 3 and n % 1 == 0)
			n = math.random(2.9) assert(n == 1 or n == 2)
			n = math.random(-2^53, 2^53) assert(math.abs(n) <= 2^53 and n % 1 == 0)
			n = math.random(2^40, 2^40 + 1) assert(n == 2^40 or n == 2^40 + 1)
			assert(math.abs(math.random(-2^63, 2^63)) <= 2^63)
		end
		assert(#seen == 6 and math.random(5, 5) == 5)
		local wide = false
		for i = 1, 100 do wide = wide or math.random(2^50) > 2^40 end
		assert(wide)`)
}

func TestRandomIsSeededByState(t *testing.T) {
	t.Parallel()
	const draw = `local t = {} for i = 1, 8 do t[i] = math.random(1000000) end print(table.concat(t, " "))`
	if a, b := eval(t, draw), eval(t, draw); a == b {
		t.Errorf("two states draw the same: %s", a)
	}
	a := eval(t, "math.randomseed(42) "+draw+" math.randomseed(42) "+draw)
	if lines := strings.Split(a, "\n"); lines[0] != lines[1] {
		t.Errorf("a seed twice: %q", a)
	}
	if b := eval(t, "math.randomseed(42) "+draw+" math.randomseed(42) "+draw); a != b {
		t.Errorf("a seed in two states: %q, %q", a, b)
	}
	if b := eval(t, "math.randomseed(42.5) "+draw+draw); a[:20] == b[:20] {
		t.Errorf("another seed draws the same: %q", b)
	}
}
