package chunk

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// execute runs source after some definitions and returns what it returns, or
// what it said it would.
func execute(t *testing.T, source string) string {
	t.Helper()
	c, err := Compile("x", `
		local out = {}
		local function say(...)
			for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end
		end
		local function none() end
		local function same(...) return ... end
		do `+source+` end
		return table.concat(out, " ")`, Guarded)
	if err != nil {
		t.Fatal(err)
	}
	L := lua.NewState()
	defer L.Close()
	L.SetContext(t.Context())
	L.Push(L.NewFunctionFromProto(c.Proto))
	if err := L.PCall(0, 1, nil); err != nil {
		t.Fatal(err)
	}
	return L.Get(-1).String()
}

func check(t *testing.T, tests []struct{ source, want string }) {
	t.Helper()
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.source, "/", "|"), func(t *testing.T) {
			t.Parallel()
			if got := execute(t, tt.source); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	check(t, []struct{ source, want string }{
		{`local a, b = 1, 2 a, b = b, a say(a, b)`, "2 1"},
		{`local a, b, c = 1, 2, 3 a, b, c = c, a, b say(a, b, c)`, "3 1 2"},
		{`local a = 1 G = 2 a, G = G, a say(a, G)`, "2 1"},
		{`local a, b = 1, 2 a, b = same(b), a say(a, b)`, "2 1"},
		{`local a, b = 1, 2 a, b = b + 1, a + 1 say(a, b)`, "3 2"},
		{`local a, b = 1, 2 a, b = {b}, a say(a[1], b)`, "2 1"},
		{`local a, b = 1, 2 a, b = b and 5, a say(a, b)`, "5 1"},
		{`local a, b = 1 a, b = function() return a end, a say(type(a), b)`, "function 1"},
		{`local i, t = 1, {} i, t[i] = i + 1, 20 say(i, t[1], t[2])`, "2 20 nil"},
		{`local t = {1, 2} t[1], t[2] = t[2], t[1] say(t[1], t[2])`, "2 1"},
		{`local t = {x={}} local old = t t, t.x = {}, 5 say(old.x, t.x)`, "5 nil"},
		{`local t, v = {}, 7 G, t.x = 5, v say(G, t.x)`, "5 7"},
		{`local t, v, w = {}, 7, 8 t.a, v, w = v, w, v say(t.a, v, w)`, "7 8 7"},
		{`local a, t = 1, {} local function set() a = 9 return 3 end t.x, t.y = a, set() say(t.x, t.y)`, "1 3"},
		{`local a, b = 1, 2 local function get() return a end a, b = 5, get() say(a, b)`, "5 1"},
		{`local function f(p, q) p, G = (1 .. 2), q return p end say(f(1, 8), G)`, "12 8"},
		{`local function f(...) local v, t = 0, {} v, t.x = ..., ... return v, t.x end say(f(4, 5))`, "4 4"},
		{`local function f(a, b, c, ...) a = (...) return a, b, c end say(f(1, 2, 3, 4))`, "4 2 3"},
		{`local function f(a, b, c, ...) b, a = ..., ... return a, b, c end say(f(1, 2, 3, 4))`, "4 4 3"},
		{`local a, b, c = 1, 2, 3 a, b, c = c, same(a, b) say(a, b, c)`, "3 1 2"},
		{`local x = 1 x = none() and 2 say(x)`, "nil"},
		{`local x = 1 x = none() and none() and nil say(x)`, "nil"},
		{`local x, t = 1, {} x = t.a and t.b say(x)`, "nil"},
		{`local x, t = 1, {} x = x and t.a and 3 say(x)`, "nil"},
		{`local x = 1 x = not x and 5 say(x)`, "false"},
		{`local x = 1 x = (same(2) or 3) and x say(x)`, "1"},
		{`local x = 1 x = (none() or same(4)) and x say(x)`, "1"},
		{`local x = 1 x = none() and 1 or same(5) say(x)`, "5"},
		{`local x = 1 x = nil and 2 say(x)`, "nil"},
		{`local x, y = 1, 2 x, y = none() and 2, 3 say(x, y)`, "nil 3"},
		{`local none = function(a) if a then return none() end return 1 end say(none(), none(1))`, "1"},
		{`local n = function() return n end n = n() say(n)`, "nil"},
		{`local function f(n) return n == 0 and "end" or f(n - 1) end say(f(3))`, "end"},
	})
}

// Items that are moved keep the order of their functions.
func TestFunctionsAmongManyItems(t *testing.T) {
	t.Parallel()
	check(t, []struct{ source, want string }{
		{`local t = {` + strings.Repeat("0, ", 49) + `function(a) local b = 1 .. a return function() return b end end, k = function() return "k" end} say(t[50](2)(), t.k())`, "12 k"},
	})
}
