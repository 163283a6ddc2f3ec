package strlib_test

import (
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

func TestGsub(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`("hello world"):gsub("o", "0")`, `'hell0 w0rld' 2`},
		{`("hello world"):gsub("o", "0", 1)`, `'hell0 world' 1`},
		{`("hello world"):gsub("o", "0", 0)`, `'hello world' 0`},
		{`("hello world"):gsub("o", "0", -1)`, `'hello world' 0`},
		{`("hello"):gsub("", "-")`, `'-h-e-l-l-o-' 6`},
		{`("hello world"):gsub("%w*", "x")`, `'xx xx' 4`},
		{`("hello"):gsub("x*", "-")`, `'-h-e-l-l-o-' 6`},
		{`(""):gsub("", "x")`, `'x' 1`},
		{`(""):gsub("^", "x"), (""):gsub("a", "x")`, `'x' '' 0`},
		{`("abc abc"):gsub("^abc", "x")`, `'x abc' 1`},
		{`("abc"):gsub("^", "-")`, `'-abc' 1`},
		{`("abc"):gsub("^b", "-")`, `'abc' 0`},
		{`("abc"):gsub("$", "-")`, `'abc-' 1`},
		{`("abc"):gsub("b", "")`, `'ac' 1`},
		{`("abc"):gsub(".", "")`, `'' 3`},
		{`("abc"):gsub("%w", "%0%0")`, `'aabbcc' 3`},
		{`("hello world"):gsub("(%w+) (%w+)", "%2 %1")`, `'world hello' 1`},
		{`("abc"):gsub("b", "%1")`, `'abc' 1`},
		{`("abc"):gsub("()b", "%1%%")`, `'a2%c' 1`},
		{`("abc"):gsub("b", 5)`, `'a5c' 1`},
		{`(string.gsub(1.5, "%.", ","))`, `'1,5'`},
		{`("abc"):gsub("(b", "x")`, `'axc' 1`}, // as in C Lua: the capture is not asked for
		{`("abc"):gsub("(b", "%1")`, `! unfinished capture`},
		{`("abc"):gsub("b", "%2")`, `! invalid capture index`},
		{`("abc"):gsub("b", "%x")`, `'axc' 1`}, // as in C Lua 5.1,
		{`("abc"):gsub("b", "%")`, `! invalid use of '%' in replacement string (it ends with '%')`},
		{`("abc"):gsub("x", "%")`, `'abc' 0`},

		{`("$name is $age"):gsub("%$(%w+)", {name = "Ann", age = 30})`, `'Ann is 30' 2`},
		{`("$name $x"):gsub("%$(%w+)", {name = "Ann", x = false})`, `'Ann $x' 2`},
		{`("ab"):gsub("()", {"x", [3] = 1.5})`, `'xab1.5' 3`},
		{`("ab"):gsub("%w", setmetatable({a = "1"}, {__index = function(_, k) return k .. k end}))`, `'1bb' 2`},
		{`("ab"):gsub("()b", setmetatable({}, {__index = function(_, k) return k * 2 end}))`, `'a4' 1`},
		{`("ab"):gsub("a", {a = true})`, `! invalid replacement value (a boolean)`},

		{`("hello"):gsub("l", function(c) return c:upper() end)`, `'heLLo' 2`},
		{`("hello"):gsub("(l)(.)", function(a, b) return b .. a end)`, `'hello' 1`},
		{`("hello"):gsub("()l", function(i) return i end)`, `'he34o' 2`},
		{`("hello"):gsub("l", function() end)`, `'hello' 2`},
		{`("hello"):gsub("l", function() return false end)`, `'hello' 2`},
		{`("hello"):gsub("l", function() return {} end)`, `! invalid replacement value (a table)`},
		{`("hello"):gsub("l", print, "x")`, `! bad argument #4 to 'gsub' (number expected, got string)`},
		{`("hello"):gsub("l")`, `! bad argument #3 to 'gsub' (string/function/table expected)`},
		{`("hello"):gsub("l", true)`, `! bad argument #3 to 'gsub' (string/function/table expected)`},
		{`("a<b>&c"):gsub("[<>&]", {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;"})`, `'a&lt;b&gt;&amp;c' 3`},
	})
}

// TestCallbacks shows what callbacks of gsub may do.
func TestCallbacks(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Limits{})
	if _, err := s.Run(t.Context(), "x", `
		-- An error comes through, whatever it is, and the state stays usable.
		local mine = {}
		for i = 1, 100 do
			local ok, e = pcall(string.gsub, "abc", ".", function(c) if c == "b" then error(mine) end end)
			assert(not ok and e == mine)
		end
		local ok, e = pcall(string.gsub, "abc", ".", setmetatable({}, {__index = function() error("no", 0) end}))
		assert(not ok and e == "no")
		-- One gsub inside another, and the other functions too.
		local out = ("ab cd"):gsub("%w+", function(w)
			assert(("x=y"):find("(%w)=(%w)") == 1)
			for c in ("q r"):gmatch("%a") do assert(#c == 1) end
			return (w:gsub(".", function(c) return c:upper() .. (("-"):gsub("%-", "+")) end))
		end)
		assert(out == "A+B+ C+D+", out)
		-- Through 15 levels.
		local function nest(n, s)
			return (s:gsub("(.)(.)", function(a, b) return n > 0 and nest(n - 1, b .. a) or nil end))
		end
		assert(nest(15, "ab") == "ba")
		assert(nest(14, "ab") == "ab")
		-- A coroutine inside.
		local co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)
		assert(("...") :gsub("%.", co) == "123")
		-- A yield out of a callback is refused, and nothing breaks by it.
		local co = coroutine.create(function() return ("abc"):gsub(".", function(c) coroutine.yield(c) end) end)
		local ok, e = coroutine.resume(co)
		assert(not ok and tostring(e):find("yield", 1, true), tostring(e))
		assert(("abc"):gsub("b", "x") == "axc")
	`); err != nil {
		t.Error(err)
	}
}

// TestGsubIsLinear works on what takes minutes when each match copies the whole.
func TestGsubIsLinear(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Limits{Steps: 10_000_000, Time: 30 * time.Second})
	if _, err := s.Run(t.Context(), "x", `
		local page = ("<p class=\"x\">some text & more</p>\n"):rep(20000)
		local out, n = page:gsub("[<>&\"]", {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ["\""] = "&quot;"})
		assert(n == 140000 and #out == #page + 20000 * (4 * 3 + 4 + 2 * 5), #out)
		local s, n = ("a"):rep(3e5):gsub("a", "bb")
		assert(n == 3e5 and #s == 6e5)
		local s, n = ("a"):rep(3e5):gsub("a", "%0%0")
		assert(n == 3e5 and #s == 6e5)`); err != nil {
		t.Error(err)
	}
}
