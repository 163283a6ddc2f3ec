package utf8

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

const prelude = `local utf8 = require "utf8" `

func TestFunctions(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, Module())
	for _, tt := range []struct{ expr, want string }{
		{`utf8.char()`, ""},
		{`utf8.char(0):byte(1, -1)`, "0"},
		{`utf8.char(0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF):byte(1, -1)`,
			"127\t194\t128\t223\t191\t224\t160\t128\t239\t191\t191\t240\t144\t128\t128\t244\t143\t191\t191"},
		{`utf8.char(0xD800, 0xDFFF):byte(1, -1)`, "237\t160\t128\t237\t191\t191"},
		{`utf8.codepoint("汉字/漢字", 1, -1)`, "27721\t23383\t47\t28450\t23383"},
		{`utf8.codepoint("abc")`, "97"},
		{`utf8.codepoint("abc", -1)`, "99"},
		{`utf8.codepoint("abc", 3, 2)`, ""},
		{`utf8.codepoint("ä", 1, 1)`, "228"},
		{`utf8.codepoint("\237\160\128", 1, 1, true)`, "55296"},
		{`utf8.codepoint("\253\191\191\191\191\191", 1, 1, true)`, "2147483647"},
		{`utf8.len("")`, "0"},
		{`utf8.len("", 1)`, "0"},
		{`utf8.len("aä€😀")`, "4"},
		{`utf8.len("aä€😀", 3)`, "nil\t3"},
		{`utf8.len("aä€😀", 4)`, "2"},
		{`utf8.len("aä€😀", 2, 2)`, "1"},
		{`utf8.len("aä€😀", -4)`, "1"},
		{`utf8.len("abc", 4)`, "0"},
		{`utf8.len("abc", 1, 0)`, "0"},
		{`utf8.len("\237\160\128")`, "nil\t1"},
		{`utf8.len("\237\160\128", 1, -1, true)`, "1"},
		{`utf8.len("\244\144\128\128")`, "nil\t1"},
		{`utf8.len("\244\144\128\128", 1, -1, true)`, "1"},
		{`utf8.len("ab\192\128")`, "nil\t3"},
		{`utf8.len("ab\192\128", 1, -1, true)`, "nil\t3"},
		{`utf8.offset("aä€😀", 5)`, "11"},
		{`utf8.offset("aä€😀", 6)`, "nil"},
		{`utf8.offset("aä€😀", 1)`, "1"},
		{`utf8.offset("aä€😀", -4)`, "1"},
		{`utf8.offset("aä€😀", -5)`, "nil"},
		{`utf8.offset("aä€😀", 0, 10)`, "7"},
		{`utf8.offset("aä€😀", 0)`, "1"},
		{`utf8.offset("aä€😀", 2, 4)`, "7"},
		{`utf8.offset("aä€😀", -1, 7)`, "4"},
		{`utf8.offset("", 1)`, "1"},
		{`utf8.offset("", 0)`, "1"},
		{`utf8.offset("", -1)`, "nil"},
		{`(function() local t = {} for c in ("aä€😀"):gmatch(utf8.charpattern) do t[#t+1] = c end return table.concat(t, ",") end)()`, "a,ä,€,😀"},
		{`(function() local t = {} for p, c in utf8.codes("ä😀") do t[#t+1] = p .. "=" .. c end return table.concat(t, ",") end)()`, "1=228,3=128512"},
		{`(function() local n = 0 for p, c in utf8.codes("\237\160\128", true) do n = c end return n end)()`, "55296"},
	} {
		if out := w.Run(t, prelude+`print(`+tt.expr+`)`); strings.TrimSuffix(out, "\n") != tt.want {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, Module())
	for _, tt := range []struct{ call, want string }{
		{`utf8.char(-1)`, "value out of range"},
		{`utf8.char(1, 0x110000)`, "'codes[2]': value out of range"},
		{`utf8.char(0.5)`, "value out of range"},
		{`utf8.char("x")`, "must be a number"},
		{`utf8.codepoint("abc", 0)`, "argument 'i': out of bounds"},
		{`utf8.codepoint("abc", -4)`, "argument 'i': out of bounds"},
		{`utf8.codepoint("abc", 4)`, "argument 'j': out of bounds"},
		{`utf8.codepoint("abc", 1, 4)`, "argument 'j': out of bounds"},
		{`utf8.codepoint("ä", 2)`, "invalid UTF-8 code at byte 2"},
		{`utf8.codepoint("\237\160\128")`, "invalid UTF-8 code"},
		{`utf8.codepoint(("x"):rep(2000000), 1, -1)`, "string slice too long"},
		{`utf8.len("abc", 0)`, "initial position out of bounds"},
		{`utf8.len("abc", 5)`, "initial position out of bounds"},
		{`utf8.len("abc", -2^63)`, "initial position out of bounds"},
		{`utf8.len("abc", 1, 4)`, "final position out of bounds"},
		{`utf8.offset("abc", 1, 5)`, "position out of bounds"},
		{`utf8.offset("abc", 1, -4)`, "position out of bounds"},
		{`utf8.offset("ä", 1, 2)`, "initial position is a continuation byte"},
		{`utf8.offset("\128", 1)`, "initial position is a continuation byte"},
		{`utf8.offset("a", 1.5)`, "must be a whole number"},
		{`for _ in utf8.codes("a\128") do end`, "invalid UTF-8 code"},
		{`for _ in utf8.codes("\128") do end`, "invalid UTF-8 code"},
		{`for _ in utf8.codes("ä\195") do end`, "invalid UTF-8 code at byte 3"},
	} {
		if e := w.Fail(t, engine.KindInvalid, prelude+tt.call); !strings.Contains(e.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.call, e, tt.want)
		}
	}
}

// More results than the stack holds are an error of the script, not a defect.
func TestManyResults(t *testing.T) {
	t.Parallel()
	out := moduletest.Run(t, prelude+`
		print(pcall(utf8.codepoint, ("x"):rep(1000000), 1, -1))
		print(select("#", utf8.codepoint(("x"):rep(1000), 1, -1)))`, Module())
	if !strings.HasPrefix(out, "false\t") || !strings.Contains(out, "too many results") || !strings.HasSuffix(out, "\n1000\n") {
		t.Errorf("printed %.200s", out)
	}
}

// reference is utf8_decode of C Lua 5.4, line by line.
func reference(s string, lax bool) (code uint32, size int) {
	at := func(i int) uint32 {
		if i < len(s) {
			return uint32(s[i])
		}
		return 0
	}
	c := at(0)
	var res uint32
	count := 0
	if c < 0x80 {
		res = c
	} else {
		for ; c&0x40 != 0; c <<= 1 {
			count++
			cc := at(count)
			if cc&0xC0 != 0x80 {
				return 0, 0
			}
			res = res<<6 | cc&0x3F
		}
		res |= c & 0x7F << (count * 5)
		limits := [...]uint32{^uint32(0), 0x80, 0x800, 0x10000, 0x200000, 0x4000000}
		if count > 5 || res > 0x7FFFFFFF || res < limits[count] {
			return 0, 0
		}
	}
	if !lax && (res > 0x10FFFF || res >= 0xD800 && res <= 0xDFFF) {
		return 0, 0
	}
	return res, count + 1
}

func referenceLen(s string, i, j int, lax bool) any {
	n := 0
	for i--; i < j; n++ {
		_, size := reference(s[i:], lax)
		if size == 0 {
			return engine.Multi{nil, i + 1}
		}
		i += size
	}
	return n
}

// referenceOffset lists where characters begin and looks the n-th up.
func referenceOffset(s string, n, from int) any {
	var starts []int
	first := 0
	for at := 1; at <= len(s)+1; at++ {
		if at == 1 || at == len(s)+1 || s[at-1]&0xC0 != 0x80 {
			if at < from || at == from {
				first = len(starts)
			}
			starts = append(starts, at)
		}
	}
	switch {
	case n > 0:
		n--
	}
	if first+n < 0 || first+n >= len(starts) {
		return nil
	}
	return starts[first+n]
}

func FuzzUTF8(f *testing.F) {
	for _, s := range []string{"", "abc", "aä€😀", "\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFD\xBF\xBF\xBF\xBF\xBF", "\xFC\x83\xBF\xBF\xBF\xBF", "\xFE\x80", "ä\xC3", "a\xFF\xBFb"} {
		f.Add(s, 1, 2)
		f.Add(s, -1, 4)
	}
	f.Fuzz(func(t *testing.T, s string, n, from int) {
		for _, lax := range []bool{false, true} {
			if s != "" {
				wantCode, wantSize := reference(s, lax)
				if code, size := decode(s, lax); uint32(code) != wantCode || size != wantSize {
					t.Fatalf("decode(%q, %v) = %x, %d; want %x, %d", s, lax, code, size, wantCode, wantSize)
				}
			}
			got, err := length(lenIn{s, 1, -1, lax})
			if want := referenceLen(s, 1, len(s), lax); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("len(%q, %v) = %v, %v; want %v", s, lax, got, err, want)
			}
			walked, err := codes(codesIn{s, lax})
			if err != nil {
				t.Fatal(err)
			}
			var text []byte
			count := 0
			for {
				v, err := walked.Next()
				if err != nil {
					if n, ok := got.(int); ok {
						t.Fatalf("codes(%q) fails where len finds %d: %v", s, n, err)
					}
					break
				}
				if v == nil {
					if count != got {
						t.Fatalf("codes(%q) finds %d characters, len %v", s, count, got)
					}
					break
				}
				count++
				text = appendRune(text, rune(v.(engine.Multi)[1].(float64)))
			}
			if !lax && count == got && string(text) != s {
				t.Fatalf("%q became %q", s, text)
			}
		}
		if from < 1 || from > len(s)+1 || n < -len(s)-2 || n > len(s)+2 {
			return
		}
		got, err := offset(offsetIn{s, n, &from})
		if err != nil {
			if n == 0 || !continues(s, from-1) {
				t.Fatalf("offset(%q, %d, %d): %v", s, n, from, err)
			}
			return
		}
		if want := referenceOffset(s, n, from); got != want {
			t.Fatalf("offset(%q, %d, %d) = %v, want %v", s, n, from, got, want)
		}
		if utf8.ValidString(s) && n > 0 && from == 1 && n <= utf8.RuneCountInString(s) {
			if at, _ := got.(int); at != len(string([]rune(s)[:n-1]))+1 {
				t.Fatalf("offset(%q, %d) = %v", s, n, got)
			}
		}
	})
}
