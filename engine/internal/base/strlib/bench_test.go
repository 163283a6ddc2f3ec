package strlib_test

import (
	"context"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// compare runs a loop of Lua with ours and with stock gopher-lua, as it comes
// and with a context, without which nothing can stop it.
func compare(b *testing.B, prepare, body string) {
	source := prepare + "\nlocal n = ... for i = 1, n do " + body + " end"
	b.Run("ours", func(b *testing.B) {
		s := newState(b, engine.Limits{})
		b.ReportAllocs()
		b.ResetTimer()
		if _, err := s.Run(b.Context(), "bench", source, b.N); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("stock", func(b *testing.B) { benchStock(b, nil, source) })
	b.Run("stoppable", func(b *testing.B) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
		defer cancel()
		benchStock(b, ctx, source)
	})
}

func benchStock(b *testing.B, ctx context.Context, source string) {
	L := lua.NewState()
	defer L.Close()
	if ctx != nil {
		L.SetContext(ctx)
	}
	fn, err := L.LoadString(source)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	L.Push(fn)
	L.Push(lua.LNumber(b.N))
	L.Call(1, 0)
}

const smallLine = `local s = "content-type: text/html; charset=utf-8"`

func BenchmarkFindPlain(b *testing.B)   { compare(b, smallLine, `local x = s:find("html", 1, true)`) }
func BenchmarkFindText(b *testing.B)    { compare(b, smallLine, `local x = s:find("html")`) }
func BenchmarkFindPattern(b *testing.B) { compare(b, smallLine, `local x = s:find("%w+/%w+")`) }
func BenchmarkMatch(b *testing.B) {
	compare(b, smallLine, `local k, v = s:match("^([%w-]+):%s*(.-);")`)
}
func BenchmarkTrim(b *testing.B) {
	compare(b, `local s = "  some words in a line  "`, `local x = s:match("^%s*(.-)%s*$")`)
}
func BenchmarkGsub(b *testing.B) { compare(b, smallLine, `local x = s:gsub("[/;=]", "-")`) }
func BenchmarkGsubFunction(b *testing.B) {
	compare(b, smallLine+` local function f(x) return x end`, `local x = s:gsub("%a+", f)`)
}
func BenchmarkGsubTable(b *testing.B) {
	compare(b, smallLine+` local t = {["/"] = "%2F", ["="] = "%3D"}`, `local x = s:gsub("%W", t)`)
}
func BenchmarkGmatch(b *testing.B) {
	compare(b, smallLine, `for w in s:gmatch("%a+") do local x = w end`)
}
func BenchmarkSub(b *testing.B)   { compare(b, smallLine, `local x = s:sub(3, 12)`) }
func BenchmarkByte(b *testing.B)  { compare(b, smallLine, `local x = s:byte(3)`) }
func BenchmarkUpper(b *testing.B) { compare(b, smallLine, `local x = s:upper()`) }
func BenchmarkRep(b *testing.B)   { compare(b, smallLine, `local x = s:rep(3)`) }
func BenchmarkStringAdd(b *testing.B) {
	compare(b, `local s = "10"`, `local x = s + 1`)
}

// A subject that stock gopher-lua still manages: its gsub copies everything for
// each match.
func BenchmarkEscape20k(b *testing.B) {
	compare(b, `local s = ("<p class=x>some text & more</p>\n"):rep(625)
		local t = {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;"}`, `local x = s:gsub("[<>&]", t)`)
}
func BenchmarkLazy2k(b *testing.B) {
	compare(b, `local s = ("a"):rep(2000) .. "b"`, `local x = s:find("a.-b")`)
}
