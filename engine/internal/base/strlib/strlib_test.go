package strlib_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// newState makes a state under limits.
func newState(t testing.TB, limits engine.Limits) *engine.State {
	t.Helper()
	s := engine.New(engine.Options{Limits: limits, Grace: 100 * time.Millisecond}).NewState(context.Background())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// example is a list of Lua expressions and how their values print.
type example struct{ source, want string }

// check runs examples in one state; an error prints as its message.
func check(t *testing.T, examples []example) {
	t.Helper()
	s := newState(t, engine.Limits{})
	for _, e := range examples {
		res, err := s.Run(t.Context(), "x", `
			local function show(ok, ...)
				local t = {...}
				if not ok then return "! " .. tostring((...)) end
				for i = 1, select("#", ...) do
					local v = t[i]
					t[i] = type(v) == "string" and "'" .. v .. "'" or tostring(v)
				end
				return table.concat(t, " ")
			end
			return show(pcall(function() return `+e.source+` end))`)
		if err != nil {
			t.Errorf("%s: %v", e.source, err)
			continue
		}
		got := fmt.Sprint(res...)
		if want := strings.ReplaceAll(e.want, "! ", "! x:11: "); got != want {
			t.Errorf("%s\n   is %s\nwants %s", e.source, got, want)
		}
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`string.len("a\0b"), string.len(12)`, `3 2`},
		{`("hello"):sub(2, 4), ("hello"):sub(-3), ("hello"):sub(0), ("hello"):sub(4, 2), ("hello"):sub(-100, 100)`, `'ell' 'llo' 'hello' '' 'hello'`},
		{`("hello"):sub(2.9), ("hello"):sub(6), ("hello"):sub(1, -6)`, `'ello' '' ''`},
		{`("hello"):byte(), ("hello"):byte(-1), ("hello"):byte(10)`, `104 111`},
		{`("hello"):byte(1, -1)`, `104 101 108 108 111`},
		{`("hello"):byte(0)`, ``},
		{`("\255\0"):byte(1, 2)`, `255 0`},
		{`string.char(), string.char(72, "105"), #string.char(0, 255)`, `'' 'Hi' 2`},
		{`string.char(256)`, `! bad argument #1 to 'char' (invalid value)`},
		{`string.char(1, -1)`, `! bad argument #2 to 'char' (invalid value)`},
		{`("aXb1\233"):upper(), ("ABz[\201"):lower()`, "'AXB1\xe9' 'abz[\xc9'"},
		{`("abc"):reverse(), (""):reverse()`, `'cba' ''`},
		{`("ab"):rep(3), ("ab"):rep(0), ("ab"):rep(-1), (""):rep(1e9)`, `'ababab' '' '' ''`},
		{`("ab"):rep(3, ","), ("ab"):rep(1, ","), (""):rep(3, ","), ("ab"):rep(0, ",")`, `'ab,ab,ab' 'ab' ',,' ''`},
		{`string.rep()`, `! bad argument #1 to 'rep' (string expected, got no value)`},
		{`string.rep("x", {})`, `! bad argument #2 to 'rep' (number expected, got table)`},
		{`string.dump(function() end)`, `! unable to dump given function`},
		{`string.dump(1)`, `! bad argument #1 to 'dump' (function expected, got number)`},
	})
}

// TestSize shows that what would be too large is refused before it is made.
func TestSize(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`("x"):rep(1e10)`, `("x"):rep(1e9)`, `("x"):rep(2^63)`, `("x"):rep(math.huge)`, `("xyz"):rep(2^62)`,
		`(""):rep(1e9, "ab")`, `("x"):rep(1e9, "ab")`, `("x"):rep(2^40, ("x"):rep(1e6))`,
		`("x"):rep(1e4):gsub("", ("x"):rep(1e6))`,
		`("x"):rep(1e5):gsub("^(.*)$", ("%1"):rep(1e5))`,
		`("x"):rep(1e4):gsub(".", function() return ("x"):rep(1e6) end)`,
		`("x"):rep(1e4):gsub(".", {x = ("x"):rep(1e6)})`,
	} {
		for _, trusted := range []bool{false, true} {
			s := engine.New(engine.Options{Trusted: trusted, Limits: engine.Limits{Time: 30 * time.Second, String: 64 << 20}}).NewState(t.Context())
			_, err := s.Run(t.Context(), "x", "return #"+source)
			if engine.KindOf(err) != "limit.string" {
				t.Errorf("%s: %v", source, err)
			}
			s.Close()
		}
	}
	s := newState(t, engine.Limits{String: 1000})
	if _, err := s.Run(t.Context(), "x", `
		assert(#("x"):rep(1000) == 1000 and #("x"):rep(500):gsub(".", "xx") == 1000)
		for _, f in ipairs{
			function() return ("x"):rep(1001) end,
			function() return ("x"):rep(501):gsub(".", "xx") end,
			function() return ("x"):rep(999):gsub("$", "xx") end,
		} do
			local ok, e = pcall(f)
			assert(not ok and e.kind == "limit.string", tostring(e))
		end`); err != nil {
		t.Error(err)
	}
}

func TestManyBytes(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Limits{})
	if _, err := s.Run(t.Context(), "x", `
		local s = ("x"):rep(1e6)
		assert(select("#", s:byte(1, 50000)) == 50000)
		local ok, e = pcall(s.byte, s, 1, -1)
		assert(not ok and tostring(e):find("string slice too long", 1, true), e)
		assert(s:byte(-1) == 120)`); err != nil {
		t.Error(err)
	}
}
