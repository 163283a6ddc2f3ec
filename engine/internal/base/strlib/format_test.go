package strlib_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// eval runs a script and returns what it printed.
func eval(t testing.TB, opts engine.Options, source string) string {
	t.Helper()
	var out bytes.Buffer
	opts.Stdout, opts.Stderr = &out, &out
	s := engine.New(opts).NewState(context.Background())
	defer s.Close()
	if _, err := s.Run(context.Background(), "test.lua", source); err != nil {
		t.Fatalf("%v\nin: %s", err, source)
	}
	return out.String()
}

// literal writes s so that every byte is an escape.
func literal(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		fmt.Fprintf(&b, "\\%03d", s[i])
	}
	return b.String() + `"`
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{`"%d %i", 3.99, -3.99`, "3 -3"},
		{`"[%5d|%-5d|%05d|%+d|% d]", 3, 3, -3, 3, 3`, "[    3|3    |-0003|+3| 3]"},
		{`"[%05.3d|%.0d|%.0d]", 5, 0, 1`, "[  005||1]"},
		{`"%d", 1e300`, "-9223372036854775808"},
		{`"%x %X %#x %#x", -1, 255, 255, 0`, "ffffffffffffffff FF 0xff 0"},
		{`"%o %#o %#.3o %#.0o", 8, 8, 8, 0`, "10 010 010 0"},
		{`"%u", -1`, "18446744073709551615"},
		{`"%x %x", 2^63, 2^64`, "8000000000000000 0"},
		{`"%d", "0x10"`, "16"},
		{`"%f %.3f %.f %#.f", 1.5, 2/3, 2.5, 1`, "1.500000 0.667 2 1."},
		{`"%e %E %#.0e", 12345.678, 0, 1`, "1.234568e+04 0.000000E+00 1.e+00"},
		{`"%g %g %g %G", 1e20, 0.1, 100, 1e-10`, "1e+20 0.1 100 1E-10"},
		{`"%#g %#.3g %#.3g", 1, 100000, 0.00001`, "1.00000 1.00e+05 1.00e-05"},
		{`"%g %g %5.1f %05f %+f %G", math.huge, -math.huge, math.huge, math.huge, math.huge, 0/0`, "inf -inf   inf   inf +inf NAN"},
		{`"%f", 0/0`, "nan"},
		{`"%.14g %.17g", 0.1, 0.1`, "0.1 0.10000000000000001"},
		{`"%.99f", 1/3`, "0." + "333333333333333314829616256247390992939472198486328125" + strings.Repeat("0", 45)},
		{`"%c%c[%3c]", 65, 0, 66`, "A\x00[  B]"},
		{`"[%10s|%-10s|%.2s|%5.1s|%.s]", "hi", "hi", "hello", "abc", "abc"`, "[        hi|hi        |he|    a|]"},
		{`"%s %s %s", nil, true, 12`, "nil true 12"},
		{`"%s", setmetatable({}, {__tostring = function() return "shown" end})`, "shown"},
		{`"%s", "a\0b"`, "a\x00b"},
		{`"%q", 'a\n"\\\r\0z'`, "\"a\\\n\\\"\\\\\\r\\000z\""},
		{`"%q %10q", 12, "x"`, `"12" "x"`},
		{`"100%%"`, "100%"},
		{`"a%%b%sc", 1`, "a%b1c"},
		{`"%s", ("x"):rep(200)`, strings.Repeat("x", 200)},
	} {
		if got := eval(t, engine.Options{}, "io.write(string.format("+c.args+"))"); got != c.want {
			t.Errorf("format(%s) = %q, want %q", c.args, got, c.want)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{`"%y", 1`, "invalid option '%y' to 'format'"},
		{`"%p", 1`, "invalid option '%p' to 'format'"},
		{`"%a", 1`, "invalid option '%a' to 'format'"},
		{`"%v", {}`, "invalid option '%v' to 'format'"},
		{`"%5%", 1`, "invalid option '%%' to 'format'"},
		{`"%", 1`, "invalid option '%' to 'format'"},
		{`"%[1]d", 1`, "invalid option '%[' to 'format'"},
		{`"%123d", 1`, "invalid format (width or precision too long)"},
		{`"%.123d", 1`, "invalid format (width or precision too long)"},
		{`"%------d", 1`, "invalid format (repeated flags)"},
		{`"%"`, "bad argument #2 to 'format' (no value)"},
		{`"%d %d", 1`, "bad argument #3 to 'format' (no value)"},
		{`"%d", "x"`, "bad argument #2 to 'format' (number expected, got string)"},
		{`"%d", {}`, "bad argument #2 to 'format' (number expected, got table)"},
		{`"%c", "x"`, "bad argument #2 to 'format' (number expected, got string)"},
		{`"%q", {}`, "bad argument #2 to 'format' (string expected, got table)"},
		{``, "bad argument #1 to 'format' (string expected, got no value)"},
	} {
		got := eval(t, engine.Options{}, "local ok, e = pcall(function() string.format("+c.args+") end) io.write(tostring(ok), ' ', e)")
		if want := "false test.lua:1: " + c.want; got != want {
			t.Errorf("format(%s) gave %q, want %q", c.args, got, want)
		}
	}
}

func TestFormatKeepsTheLimit(t *testing.T) {
	t.Parallel()
	opts := engine.Options{Limits: engine.Limits{String: 1000}}
	for _, args := range []string{
		`("%99d"):rep(20), unpack(many)`,
		`"%s%s", ("x"):rep(600), ("x"):rep(600)`,
		`"%q", ("\0"):rep(400)`,
	} {
		got := eval(t, opts, "many = {} for i = 1, 20 do many[i] = i end local ok, e = pcall(string.format, "+args+") print(ok, e.kind)")
		if got != "false\tlimit.string\n" {
			t.Errorf("format(%s) gave %q", args, got)
		}
	}
}

func TestQuoteRoundTrips(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var script strings.Builder
	script.WriteString("local function check(s) assert(load('return ' .. string.format('%q', s))() == s) end\n")
	for range 300 {
		b := make([]byte, r.IntN(40))
		for i := range b {
			if b[i] = byte(r.IntN(256)); r.IntN(3) == 0 {
				b[i] = "\"\\\n\r\x000123456789\x1a"[r.IntN(16)]
			}
		}
		fmt.Fprintf(&script, "check(%s)\n", literal(string(b)))
	}
	script.WriteString("check(('a\\r\\n\\0\"\\\\'):rep(70000))\n")
	eval(t, engine.Options{}, script.String())
}

const formatLoop = `for i = 1, 1000 do local s = string.format("%d %s %5.2f %x", i, "name", i / 3, i) end`

func BenchmarkFormat(b *testing.B) { benchmark(b, formatLoop) }

// benchmark measures a script here and in stock gopher-lua.
func benchmark(b *testing.B, source string) {
	b.Run("gscript", func(b *testing.B) {
		s := engine.New(engine.Options{}).NewState(b.Context())
		defer s.Close()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Run(b.Context(), "bench.lua", source); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stock", func(b *testing.B) {
		L := lua.NewState()
		defer L.Close()
		fn, err := L.LoadString(source)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			L.Push(fn)
			L.Call(0, 0)
		}
	})
}
