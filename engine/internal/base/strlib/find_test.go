package strlib_test

import (
	"context"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

func TestFind(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`("hello"):find("l"), ("hello"):find("xyz"), ("hello"):find("")`, `3 nil 1 0`},
		{`("hello"):find("l+")`, `3 4`},
		{`("hello"):find("(h)(.)()")`, `1 2 'h' 'e' 3`},
		{`("a.b"):find(".", 1, true)`, `2 2`},
		{`("a.b"):find(".", 3, true)`, `nil`},
		{`("a.b"):find("%.")`, `2 2`},
		{`("a.b"):find("[.]", -1)`, `nil`},
		{`("a+b"):find("+", 1, false)`, `2 2`},
		{`("abc"):find("b", -2)`, `2 2`},
		{`("abc"):find("b", -1)`, `nil`},
		{`("abc"):find("", 4)`, `4 3`},
		{`("abc"):find("", 10)`, `4 3`},
		{`("abc"):find("$", 10)`, `4 3`},
		{`("abc"):find("b", 10, true)`, `nil`},
		{`("abc"):find("^b", 2)`, `2 2`},
		{`("abc"):find("^c", 2)`, `nil`},
		{`string.find(123, 2)`, `2 2`},
		{`("a\0b"):find("\0"), ("a\0b"):find("%z")`, `2 2 2`},
		{`("a\0b\0c"):find("\0c", 1)`, `4 5`},
		{`string.find("a")`, `! bad argument #2 to 'find' (string expected, got no value)`},
		{`string.find("a", "b", {})`, `! bad argument #3 to 'find' (number expected, got table)`},
		{`string.find("a", "%")`, `! malformed pattern (ends with '%')`},
		{`string.find("a", "(a")`, `! unfinished capture`},

		{`("key = value"):match("^(%w+)%s*=%s*(%w+)$")`, `'key' 'value'`},
		{`("hello"):match("l+"), ("hello"):match("()l", 4), ("hello"):match("x")`, `'ll' 4 nil`},
		{`("2024-05-06"):match("(%d+)-(%d+)-(%d+)")`, `'2024' '05' '06'`},
		{`("THE (quick) fox"):match("%((%a+)%)"), ("THE (quick) fox"):match("%f[%a]%l+")`, `'quick' 'quick'`},
		{`("abc"):match(".-"), ("abc"):match("", 10)`, `'' ''`},
	})
}

func TestGmatch(t *testing.T) {
	t.Parallel()
	collect := func(s string) string {
		return `(function() local t = {} for a, b in ` + s + ` do t[#t + 1] = tostring(a) .. (b and ":" .. tostring(b) or "") end return table.concat(t, " ") end)()`
	}
	check(t, []example{
		{collect(`("one two  three"):gmatch("%a+")`), `'one two three'`},
		{collect(`("a=1, b=2"):gmatch("(%w)=(%w)")`), `'a:1 b:2'`},
		{collect(`("abc"):gmatch("")`), `'   '`},
		{collect(`("abc"):gmatch("()")`), `'1 2 3 4'`},
		{collect(`("aab"):gmatch("a*")`), `'aa  '`},
		{collect(`("^a^a"):gmatch("^a")`), `'^a ^a'`},
		{collect(`("xuxx uu ppar r"):gmatch("()(.)%2")`), `'3:x 6:u 9:p'`},
		{collect(`("abc"):gfind("b")`), `'b'`},
		{`type(("x"):gmatch("x")), select("#", ("x"):gmatch("x"))`, `'function' 1`},
		{`(function() local f = ("x"):gmatch("x") return f(), f(), f() end)()`, `'x' nil`},
		{`("x"):gmatch("[")()`, `! malformed pattern (missing ']')`},
		{`string.gmatch("x")`, `! bad argument #2 to 'gmatch' (string expected, got no value)`},
	})
}

// TestPatternsEnd shows that a deadline, or a number of steps, ends any match.
func TestPatternsEnd(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`string.find(("a"):rep(4e6), "a.-b")`,
		`string.find(("a"):rep(4e6), "a.*b")`,
		`string.match(("a"):rep(1e6), "[ab]-c")`,
		`string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))`,
		`string.find(("("):rep(4e6), "%b()")`,
		`string.match(("a"):rep(1e6), "^(.-)(.-)(.-)%1%2%3b$")`,
		`for _ in string.gmatch(("a"):rep(1e6), "a-b") do end`,
		`string.gsub(("a"):rep(1e6), "a-b", "")`,
		`while true do string.gsub(("a"):rep(1e4), ".", {a = "b"}) end`,
		`while true do string.find(("a"):rep(1e6), "b", 1, true) end`,
		`while true do pcall(string.gsub, ("a"):rep(1e4), ".", function() error("x") end) end`,
		`string.gsub(("a"):rep(1e6), ".", function() while true do end end)`,
	} {
		for kind, limits := range map[string]engine.Limits{
			"limit.deadline": {Time: 50 * time.Millisecond},
			"limit.steps":    {Time: time.Minute, Steps: 100_000},
		} {
			s := newState(t, limits)
			started := time.Now()
			_, err := s.Run(t.Context(), "x", source)
			if engine.KindOf(err) != kind {
				t.Errorf("%s: %v instead of %s", source, err, kind)
			}
			// The deadline is kept to some milliseconds; a loaded machine gets more.
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("%s ends after %v", source, took)
			}
		}
	}
}

func TestPatternLimits(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Limits{})
	if _, err := s.Run(context.Background(), "x", `
		local function hard(...)
			local ok, e = pcall(...)
			assert(not ok and e.kind == "limit.pattern", tostring(e))
			return tostring(e)
		end
		assert(hard(string.find, "x", ("("):rep(5e6)):find("pattern too long", 1, true))
		hard(string.gsub, "x", ("a?"):rep(1e6), "")
		hard(string.gmatch, "x", "^" .. ("a?"):rep(1e6), "")
		assert(hard(string.match, ("a"):rep(300), ("a?"):rep(300)..("a"):rep(300)):find("pattern too complex", 1, true))
		-- A plain text may have any length.
		local long = ("("):rep(1e6)
		assert(("x" .. long):find(long, 1, true) == 2)
		long = ("x"):rep(1e6)
		assert((" " .. long):find(long) == 2)
		local ok, e = pcall(string.find, "a", ("(a)"):rep(33), 1)
		assert(ok)
		local ok, e = pcall(string.find, ("a"):rep(40), ("(a)"):rep(33))
		assert(not ok and e:find("too many captures", 1, true), tostring(e))
		assert(select("#", string.match(("a"):rep(40), ("(a)"):rep(32))) == 32)
	`); err != nil {
		t.Error(err)
	}
}

// TestManyPatterns shows that forgetting compiled patterns is not seen.
func TestManyPatterns(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Limits{})
	if _, err := s.Run(t.Context(), "x", `
		for round = 1, 3 do
			for i = 1, 200 do
				assert(("x" .. i .. "y"):match("x(" .. i .. "+)y") == tostring(i))
			end
		end`); err != nil {
		t.Error(err)
	}
}
