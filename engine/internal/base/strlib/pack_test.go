package strlib_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestPack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{`"b B", -1, 255`, "\xff\xff"},
		{`"<h >h", 1, 1`, "\x01\x00\x00\x01"},
		{`"<i4 >I3", -2, 0x010203`, "\xfe\xff\xff\xff\x01\x02\x03"},
		{`"<l", -1`, strings.Repeat("\xff", 8)},
		{`"<J", 2^63`, "\x00\x00\x00\x00\x00\x00\x00\x80"},
		{`"<i16", -2`, "\xfe" + strings.Repeat("\xff", 15)},
		{`">I16", 1`, strings.Repeat("\x00", 15) + "\x01"},
		{`"<f >d", 1.5, -2`, "\x00\x00\xc0\x3f\xc0\x00\x00\x00\x00\x00\x00\x00"},
		{`"z s1 <s2 c5", "ab", "cd", "ef", "gh"`, "ab\x00\x02cd\x02\x00efgh\x00\x00\x00"},
		{`"<!4 b i4 b Xi4", 1, 2, 3`, "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00"},
		{`"!2 b i4", 1, 2`, "\x01\x00\x02\x00\x00\x00"},
		{`"x b x", 7`, "\x00\x07\x00"},
		{`""`, ""},
	} {
		if got := eval(t, engine.Options{}, "io.write(string.pack("+c.args+"))"); got != c.want {
			t.Errorf("pack(%s) = %q, want %q", c.args, got, c.want)
		}
	}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{`"<b B", "\255\255"`, "-1 255 3"},
		{`"<i3", "\255\255\255"`, "-1 4"},
		{`"<I16", "\1" .. ("\0"):rep(15)`, "1 17"},
		{`"<i16", ("\255"):rep(16)`, "-1 17"},
		{`"<J", ("\255"):rep(8)`, "1.844674407371e+19 9"},
		{`"<j", ("\255"):rep(8)`, "-1 9"},
		{`"z s1 c2", "ab\0\2cdef"`, "ab cd ef 9"},
		{`"<I2", "abc\1\2", -2`, "513 6"},
		{`"<I2", "\1\2\3\4", 3`, "1027 5"},
		{`"<!4 b Xi4 i4", "\1\0\0\0\2\0\0\0"`, "1 2 9"},
		{`">f", string.pack(">f", 0.5)`, "0.5 5"},
		{`"", "x"`, "1"},
		{`"", "x", 2`, "2"},
	} {
		got := eval(t, engine.Options{}, "io.write(table.concat({string.unpack("+c.args+")}, ' '))")
		if got != c.want {
			t.Errorf("unpack(%s) = %q, want %q", c.args, got, c.want)
		}
	}
	if got := eval(t, engine.Options{}, `print(string.packsize("!8 b i8 <h x"), string.packsize(""))`); got != "19\t0\n" {
		t.Errorf("packsize: %q", got)
	}
}

func TestPackRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ call, want string }{
		{`string.pack("b", 128)`, "bad argument #2 to 'pack' (integer overflow)"},
		{`string.pack("b", -129)`, "bad argument #2 to 'pack' (integer overflow)"},
		{`string.pack("B", 256)`, "bad argument #2 to 'pack' (unsigned overflow)"},
		{`string.pack("i", 1.5)`, "bad argument #2 to 'pack' (number has no integer representation)"},
		{`string.pack("j", 2^63)`, "bad argument #2 to 'pack' (number has no integer representation)"},
		{`string.pack("i", 0/0)`, "bad argument #2 to 'pack' (number has no integer representation)"},
		{`string.pack("i17", 1)`, "integral size (17) out of limits [1,16]"},
		{`string.pack("!17", 1)`, "integral size (17) out of limits [1,16]"},
		{`string.pack("i0", 1)`, "integral size (0) out of limits [1,16]"},
		{`string.pack("y", 1)`, "invalid format option 'y'"},
		{`string.pack("c", "x")`, "missing size for format option 'c'"},
		{`string.pack("c1", "xy")`, "bad argument #2 to 'pack' (string longer than given size)"},
		{`string.pack("s1", ("x"):rep(256))`, "bad argument #2 to 'pack' (string length does not fit in given size)"},
		{`string.pack("z", "a\0b")`, "bad argument #2 to 'pack' (string contains zeros)"},
		{`string.pack("!3 i3", 1)`, "bad argument #1 to 'pack' (format asks for alignment not power of 2)"},
		{`string.pack("X")`, "bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`string.pack("Xz")`, "bad argument #1 to 'pack' (invalid next option for option 'X')"},
		{`string.packsize("s")`, "bad argument #1 to 'packsize' (variable-size format in packsize)"},
		{`string.packsize(("c2147483639"):rep(2))`, "bad argument #1 to 'packsize' (format result too large)"},
		{`string.unpack("i4", "abc")`, "bad argument #2 to 'unpack' (data string too short)"},
		{`string.unpack("s1", "\5abc")`, "bad argument #2 to 'unpack' (data string too short)"},
		{`string.unpack("s", ("\255"):rep(8))`, "bad argument #2 to 'unpack' (data string too short)"},
		{`string.unpack("z", "abc")`, "bad argument #2 to 'unpack' (unfinished string for format 'z')"},
		{`string.unpack("b", "abc", 5)`, "bad argument #3 to 'unpack' (initial position out of string)"},
		{`string.unpack("b", "abc", -4)`, "bad argument #3 to 'unpack' (initial position out of string)"},
		{`string.unpack("<I9", ("\255"):rep(9))`, "9-byte integer does not fit into Lua Integer"},
	} {
		got := eval(t, engine.Options{}, "local ok, e = pcall(function() local x = "+c.call+" end) io.write(tostring(ok), ' ', e)")
		if want := "false test.lua:1: " + c.want; got != want {
			t.Errorf("%s gave %q, want %q", c.call, got, want)
		}
	}
}

func TestPackRoundTrips(t *testing.T) {
	t.Parallel()
	eval(t, engine.Options{}, `
		math.randomseed(7)
		for _, order in ipairs{"<", ">", "=", "<!4", ">!8"} do
			for size = 1, 16 do
				local bits = math.min(size * 8, 53)
				for i = 1, 50 do
					local u = math.floor(math.random() * 2^bits)
					local s = u - 2^(bits - 1)
					if order:find("!") and (size == 3 or size > 4 and size % 8 ~= 0) then break end
					local f = order .. "b I" .. size .. " h i" .. size .. " s1 d"
					local ok, p = pcall(string.pack, f, -1, u, 300, s, "text", i / 3)
					if not ok then assert(p:find("power of 2"), p) break end
					local a, b, c, d, e, g, pos = string.unpack(f, p)
					assert(a == -1 and b == u and c == 300 and d == s and e == "text" and g == i / 3 and pos == #p + 1, f)
				end
			end
		end`)
}

func TestPackKeepsTheLimits(t *testing.T) {
	t.Parallel()
	opts := engine.Options{Limits: engine.Limits{String: 1000, Table: 500}}
	for _, call := range []string{
		`string.pack, "c2000", "x"`,
		`string.pack, ("s"):rep(3), ("x"):rep(500), ("x"):rep(500), ""`,
		`string.pack, ("x"):rep(500) .. ("i16"):rep(100), unpack(ones)`,
		`string.unpack, ("b"):rep(600), ("x"):rep(600)`,
	} {
		got := eval(t, opts, "ones = {} for i = 1, 100 do ones[i] = 1 end local ok, e = pcall("+call+") print(ok, e.kind)")
		if !strings.HasPrefix(got, "false\tlimit.") {
			t.Errorf("%s gave %q", call, got)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add("<i4 z s1", "\x01\x00\x00\x00ab\x00\x01x", 1)
	f.Add(">!8 b Xi8 I16", strings.Repeat("\x00", 40), -3)
	f.Add("c99999999999", "", 0)
	s := engine.New(engine.Options{}).NewState(context.Background())
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, format, data string, pos int) {
		const source = `
			local format, data, pos = ...
			local r = table.pack(pcall(string.unpack, format, data, pos))
			if r[1] then
				local last = r[r.n]
				assert(last >= 1 and last <= #data + 1)
			else
				assert(type(r[2]) == "string" and not r[2]:find("runtime error"), r[2])
			end`
		if _, err := s.Run(context.Background(), "fuzz.lua", source, format, data, pos); err != nil {
			t.Fatal(err)
		}
	})
}
