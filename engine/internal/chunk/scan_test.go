package chunk

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// run compiles source in the guarded tier and returns its first result.
func run(t *testing.T, source string) (lua.LValue, error) {
	t.Helper()
	c, err := Compile("x", source, Guarded)
	if err != nil {
		return nil, err
	}
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.Push(L.NewFunctionFromProto(c.Proto))
	if err := L.PCall(0, 1, nil); err != nil {
		var raised *lua.ApiError
		if errors.As(err, &raised) {
			return nil, errors.New(raised.Object.String())
		}
		return nil, err
	}
	return L.Get(-1), nil
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ literal, want string }{
		{`"\a\b\f\n\r\t\v\\\"\'"`, "\a\b\f\n\r\t\v\\\"'"},
		{`'\0\10\0651\255'`, "\x00\nA1\xff"},
		{`'\x41\xfF\x00'`, "A\xff\x00"},
		{`'\x4142'`, "A42"},
		{`'\u{0}\u{41}\u{e9}\u{20AC}\u{1F600}'`, "\x00Aé€😀"},
		{`'\u{D800}'`, "\xed\xa0\x80"},
		{`'\u{7FFFFFFF}'`, "\xfd\xbf\xbf\xbf\xbf\xbf"},
		{`'\u{200000}'`, "\xf8\x88\x80\x80\x80"},
		{`'\u{3FFFFFF}'`, "\xfb\xbf\xbf\xbf\xbf"},
		{`'\u{1FFFFF}'`, "\xf7\xbf\xbf\xbf"},
		{`'\u{7ff}\u{800}'`, "\u07ff\u0800"},
		{"'a\\z  \n\t b'", "ab"},
		{`'a\z'`, "a"},
		{"'a\\z \\z b'", "ab"},
		{"'a\\\nb'", "a\nb"},
		{"'a\\\r\nb'", "a\nb"},
		{"'a\\\n\rb'", "a\nb"},
		{"'a\\\rb'", "a\nb"},
		{`[[\x41\y]]`, `\x41\y`},
		{"[==[\n]]=]]==]", "]]=]"},
		{"'\\x41' --[[ \\y ]]", "A"},
		{"'--'", "--"},
		{"'\\\\x41'", `\x41`},
	} {
		got, err := run(t, "return "+tt.literal)
		if err != nil || got != lua.LString(tt.want) {
			t.Errorf("%s: got %q, error %v", tt.literal, got, err)
		}
	}
}

func TestNumerals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ numeral, want string }{
		{"0010", "10"}, {"08", "8"}, {"00", "0"}, {"00.5", "0.5"}, {"0.5", "0.5"}, {".5", "0.5"}, {"3.", "3"},
		{"1e2", "100"}, {"1E+2", "100"}, {"1e-2", "0.01"}, {"3.e1", "30"}, {"007e1", "70"},
		{"0x10", "16"}, {"0XfF", "255"}, {"0x.8", "0.5"}, {"0x1p4", "16"}, {"0x1P-1", "0.5"}, {"0xA.8p1", "21"},
		{"0xffffffffffffffff == 2^64", "true"}, {"0x7fffffffffffffff == 2^63", "true"}, {"0xe+1", "15"},
		{"1e400 == 1/0", "true"}, {"-1e400 == -1/0", "true"}, {"0x" + strings.Repeat("f", 300) + " == 1/0", "true"},
		{"9223372036854775808 == 2^63", "true"}, {"0x10 ..''", "16"}, {"0x1p4..''", "16"}, {"0x10..''", "16"}, {"1e2..''", "100"}, {"1 ..2", "12"}, {"1.. .5 .. ''", ""},
		{"-2^2", "-4"}, {"2^-1", "0.5"}, {"- -3", "3"}, {"-(-(-3))", "-3"}, {"1/-(0) < 0", "true"},
	} {
		got, err := run(t, "return tostring("+tt.numeral+")")
		if tt.want == "" {
			if fault.KindOf(err) != fault.Syntax {
				t.Errorf("%s: got %v, error %v", tt.numeral, got, err)
			}
			continue
		}
		if err != nil || got != lua.LString(tt.want) {
			t.Errorf("%s: got %q, error %v", tt.numeral, got, err)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source, message string
		column          int
	}{
		{`x = "\y"`, `x:1: invalid escape sequence '\y'`, 6},
		{"\n\n  x = 'ab\\q'", `x:3: invalid escape sequence '\q'`, 10},
		{`x = "\256"`, `x:1: escape sequence too large '\256'`, 6},
		{`x = "\xg1"`, `x:1: hexadecimal digit expected '\xg1'`, 6},
		{`x = "\x1"`, `x:1: hexadecimal digit expected '\x1"'`, 6},
		{`x = "\u41"`, `x:1: missing '{' in escape sequence '\u4'`, 6},
		{`x = "\u{}"`, `x:1: hexadecimal digit expected '\u{}'`, 6},
		{`x = "\u{41"`, `x:1: missing '}' in escape sequence '\u{41"'`, 6},
		{`x = "\u{80000000}"`, `x:1: UTF-8 value too large '\u{80000000'`, 6},
		{`x = "abc`, `x:1: unfinished string near '"abc'`, 5},
		{"x = 'abc\ny = 1", `x:1: unfinished string near ''abc'`, 5},
		{`x = '\`, `x:1: invalid escape sequence '\'`, 6},
		{"x = [[abc\ny", `x:1: unfinished long string near '[[abc'`, 5},
		{"--[==[ abc\ny", `x:1: unfinished long comment near '[==[ abc'`, 3},
		{"x = [=abc", `x:1: invalid long string delimiter near '[=abc'`, 5},
		{"x = 3x", `x:1: malformed number near '3x'`, 5},
		{"x = 0xg", `x:1: malformed number near '0xg'`, 5},
		{"x = 0x", `x:1: malformed number near '0x'`, 5},
		{"x = 1..2", `x:1: malformed number near '1..2'`, 5},
		{"x = 1e", `x:1: malformed number near '1e'`, 5},
		{"x = 1e+", `x:1: malformed number near '1e+'`, 5},
		{"x = 1_000", `x:1: malformed number near '1_000'`, 5},
		{"x = 0b11", `x:1: malformed number near '0b11'`, 5},
		{"function f()\n  if x then\n  end\n", `x:3: 'end' expected (to close 'function' at line 1) near <eof>`, 0},
		{"for i = 1, 2 do\n", `x:1: 'end' expected (to close 'for' at line 1) near <eof>`, 0},
		{"while x do\n while y do\n end", `x:3: 'end' expected (to close 'while' at line 1) near <eof>`, 0},
		{"repeat\nx()\n", `x:2: 'until' expected (to close 'repeat' at line 1) near <eof>`, 0},
		{"f(1,\n2", `x:2: ')' expected (to close '(' at line 1) near <eof>`, 0},
		{"t = {\n1,\nx()\nend", `x:4: '}' expected (to close '{' at line 1) near 'end'`, 3},
		{"if x then y() end end", "x:1: <eof> expected near 'end'", 21},
		{"f(1))", "x:1: <eof> expected near ')'", 5},
		{"do\n f(\nend", "x:3: ')' expected (to close '(' at line 2) near 'end'", 3},
		{"x =", "x:1: unexpected end of the script after '='", 4},
		{"y = 1\nx = 1 + -- a note\n-- another\n", "x:2: unexpected end of the script after '+'", 8},
		{"return [[a\nb]] ..", "x:2: unexpected end of the script after '..'", 7},
		{"local x = = 1", "x:1: syntax error near '='", 11},
		{"x = 1 = '\\x41'", "x:1: syntax error near '='", 7},
	} {
		_, err := run(t, tt.source)
		if err == nil || err.Error() != tt.message {
			t.Errorf("%q: %v, want %s", tt.source, err, tt.message)
			continue
		}
		var e *fault.Error
		errors.As(err, &e)
		if column, _ := e.Fields["column"].(int); e.Kind != fault.Syntax || column != tt.column {
			t.Errorf("%q: kind %s, column %d, want %d", tt.source, e.Kind, column, tt.column)
		}
	}
}

// What the lexer reads as C Lua does is not copied.
func TestScanLeavesAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"", "\n\r\n", "return 1", "x = 'a\\n\\065' .. \"\\\\\"", "-- \\x41 3x\nreturn 0, 0.5, 0x1F, 1e5, .5",
		"--[==[ \\y ]] ]==] return [[ \\x41 ]]", "goto x ::x:: a.b:c{}[1]'x' = 5", "f = function(...) return ... end",
	} {
		if out, _, err := scan("x", source, Guarded); err != nil || out != source {
			t.Errorf("%q became %q, error %v", source, out, err)
		}
	}
}

func TestScanRewrites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`return "\x41b", '\u{e9}'`, `return "\065b", '\195\169'`},
		{"x = 'a\\z \n\n b' .. y", "x = 'ab'\n\n .. y"},
		{"return 0x10, 0010, 0x1p4", "return 0x10, 10, 16"},
		{"x\v=\f1", "x = 1"},
		{"--[=x\nreturn 1", "-- =x\nreturn 1"},
	} {
		if out, _, err := scan("x", tt.source, Guarded); err != nil || out != tt.want {
			t.Errorf("%q became %q, want %q, error %v", tt.source, out, tt.want, err)
		}
	}
}

// Lines are the same behind what was rewritten.
func TestLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before string
		lines  int
	}{
		{"local s = 'a\\z\n\n\r\nb' ", 3},
		{"local s = 'a\\\r\nb' ", 1},
		{"local s = [[\n\r\n\n]] ", 3},
		{"--[[\n\n]] ", 2},
		{"--[=\n", 1},
		{"local s = '\\x41\\u{e9}' ", 0},
	} {
		_, err := run(t, tt.before+" error('here')")
		if want := fmt.Sprintf("x:%d: here", 1+tt.lines); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", tt.before, err, want)
		}
	}
}

// What C Lua compiles easily compiles in both tiers, and runs.
func TestRoom(t *testing.T) {
	t.Parallel()
	many := strings.Repeat
	for _, tt := range []struct{ name, source, want string }{
		{"150 parentheses", "return " + many("(", 150) + "1" + many(")", 150), "1"},
		{"150 tables", "return type(" + many("{", 150) + many("}", 150) + ")", "table"},
		{"150 blocks", "local x = 0 " + many("do ", 150) + "x = 1 " + many("end ", 150) + "return x", "1"},
		{"100 functions", "return " + many("(function() return ", 99) + "7" + many(" end)()", 99), "7"},
		{"1000 plus", "local x = 1 return x" + many(" + x", 999), "1000"},
		{"9000 plus", "local x = 1 return x" + many(" + x", 8999), "9000"},
		{"9000 minus and calls", "local function f() return 1 end return f()" + many(" - f()", 3000), "-2999"},
		{"1000 or", "local x return x" + many(" or x", 999) + " or 5", "5"},
		{"1000 and", "local x = 6 return x" + many(" and x", 999), "6"},
		{"1000 comparisons", "return 1" + many(" == 1", 1) + many(" == true", 999), "true"},
		{"100 powers", "return 1" + many("^1", 100), "1"},
		{"100 not", "return " + many("not ", 100) + "true", "true"},
		{"100 minus", "local x = 3 return " + many("- ", 100) + "x", "3"},
		{"200 concatenations", "local s = 'x' return #(s" + many("..s", 200) + ")", "201"},
		{"20000 concatenations", "local s = 'x' return #(s" + many("..s", 19999) + ")", "20000"},
		{"2000 methods", "local o = {} function o:m() return self end return o" + many(":m()", 2000) + " == o", "true"},
		{"2000 elseif", "local x = 2001 if x == 0 then return 0 " + numbered("elseif x == %d then return x ", 2001) + "end", "2001"},
		{"20000 lines", "local t = {" + numbered("{id=%[1]d, name=\"name %[1]d\"},\n", 20000) + "} return t[19999].id .. t[20000].name .. t[3].name .. #t", "19999name 20000name 320000"},
		{"100000 entries", "local t = {" + numbered("%d.5,", 100000) + "} return t[1] + t[100000] + #t", "200002"},
		{"100000 keys", "local t = {" + numbered("k%[1]d=%[1]d,", 80000) + "} return t.k1 + t.k80000", "80001"},
		{"20000 assignments", "local t = {}\n" + numbered("t.k%[1]d = \"v%[1]d\"\n", 20000) + "return t.k1 .. t.k20000", "v1v20000"},
		{"negative data", "local t = {" + numbered("-%d,", 5000) + "} return t[1] + t[5000]", "-5001"},
		{"10000 globals", numbered("x%[1]d = %[1]d\n", 10000) + "return x10000", "10000"},
		{"150 locals", numbered("local x%[1]d = %[1]d\n", 150) + "return x150 .. x1 .. x2", "15012"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limits := Trusted
			if len(tt.source) <= Guarded.Size {
				limits = Guarded
			}
			if _, err := Compile("x", tt.source, limits); err != nil {
				t.Fatal(err)
			}
			got, err := run(t, tt.source)
			if err != nil || lua.LVAsString(got) != tt.want && got.String() != tt.want {
				t.Errorf("got %v, error %v, want %s", got, err, tt.want)
			}
		})
	}
}

// The literals of a large table are in tables that states share: nothing
// writes them.
func TestPoolIsShared(t *testing.T) {
	t.Parallel()
	c, err := Compile("x", "return {"+numbered("%d,", 3000)+"}", Guarded)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan lua.LValue)
	for range 4 {
		go func() {
			L := lua.NewState()
			defer L.Close()
			L.Push(L.NewFunctionFromProto(c.Proto))
			L.Call(0, 1)
			done <- L.Get(-1).(*lua.LTable).RawGetInt(2999)
		}()
	}
	for range 4 {
		if v := <-done; v != lua.LNumber(2999) {
			t.Errorf("item %v", v)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"return 1", "x='\\x41'", "0x1p4", "--[=x", "[==[ ]==]", "'\\z \n'", "a.b:c{}", "1..2", "\v"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		out, _, err := scan("x", source, Guarded)
		if err != nil {
			return
		}
		if again, _, err := scan("x", out, Guarded); err != nil || again != out && !strings.ContainsAny(source, "\v\f") {
			t.Fatalf("%q became %q and then %q, error %v", source, out, again, err)
		}
		if strings.Count(out, "\n") < strings.Count(source, "\n") && !strings.Contains(source, "\r") {
			t.Fatalf("%q lost lines: %q", source, out)
		}
		if !strings.ContainsAny(source, "\\0123456789\v\f") && !strings.Contains(source, "--[=") && out != source {
			t.Fatalf("%q became %q", source, out)
		}
	})
}
