package vm_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`foo()`, `x:1: attempt to call global 'foo' (a nil value)`},
		{`local t = {} return t:bar()`, `x:1: attempt to call method 'bar' (a nil value)`},
		{"local x\nx.y = 1", `x:2: attempt to index local 'x' (a nil value)`},
		{`local t = {} return t.y.z`, `x:1: attempt to index field 'y' (a nil value)`},
		{`local t = {} return t[1].z`, `x:1: attempt to index field '?' (a nil value)`},
		{`local u; (function() u.x = 1 end)()`, `x:1: attempt to index upvalue 'u' (a nil value)`},
		{`local a, b = 1 return a + b`, `x:1: attempt to perform arithmetic on local 'b' (a nil value)`},
		{`local s = "x" return 1 + s`, `x:1: attempt to perform arithmetic on local 's' (a string value)`},
		{`local t = {} return -t.x`, `x:1: attempt to perform arithmetic on field 'x' (a nil value)`},
		{`return #foo`, `x:1: attempt to get length of global 'foo' (a nil value)`},
		{`return 1 < nil`, `x:1: attempt to compare number with nil`},
		{`return {} <= {}`, `x:1: attempt to compare two table values`},
		{`for i = nil, nil do end`, `x:1: 'for' initial value must be a number`},
		{`for i = 1, nil, nil do end`, `x:1: 'for' limit must be a number`},
		{`for i = 1, 2, {} do end`, `x:1: 'for' step must be a number`},
		{`for k in nil do end`, `x:1: attempt to call a nil value`},
		{`local t = {} setmetatable(t, {__index = t}) return t.x`, `x:1: loop in gettable`},
		{`local t = {} setmetatable(t, {__newindex = t}) t.x = 1`, `x:1: loop in settable`},
		{`local t = setmetatable({}, {__index = 5}) return t.x`, `x:1: attempt to index a number value`},
		{`local t = setmetatable({}, {__add = 5}) return t + 1`, `x:1: attempt to call a number value`},
		{`local t = setmetatable({}, {__concat = 5}) return t .. ""`, `x:1: attempt to call a number value`},
		{`local t = setmetatable({}, {__add = setmetatable({}, {__call = print})}) return t + 1`, `x:1: metamethod '__add' must be a function itself, not a table value with '__call'`},
		{`error((select(2, pcall(nil))), 0)`, `attempt to call a nil value`},
		{`error((select(2, xpcall(nil, function(m) return "H:" .. m end))), 0)`, `H:attempt to call a nil value`},
		{`error((select(2, xpcall(function() foo.x = 1 end, function(m) return "H:" .. m end))), 0)`, `H:x:1: attempt to index global 'foo' (a nil value)`},
		{`local function f(...) local x = f(1, 2, 3, 4, 5, 6, 7, 8, 9, ...) return x end f((" "):rep(7000):byte(1, -1))`, `stack overflow: `},
		// What a script says itself stays.
		{`error("attempt to call a non-function object")`, `x:1: attempt to call a non-function object`},
		{`return error("__len undefined")`, `x:1: __len undefined`},
		{`error("attempt to compare table with table", 0)`, `attempt to compare table with table`},
		{`coroutine.wrap(function() error("registry overflow", 0) end)()`, `registry overflow`},
		{`coroutine.wrap(function() error("__unm undefined") end)()`, `x:1: __unm undefined`},
	} {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			s := engine.New(engine.Options{}).NewState(t.Context())
			defer s.Close()
			_, err := s.Run(t.Context(), "x", c.source)
			if err == nil {
				t.Fatal("no error")
			}
			if got := err.Error(); got != c.want && !(strings.HasSuffix(c.want, ": ") && strings.HasPrefix(got, c.want)) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func BenchmarkCaught(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"error", `error("x:1: attempt to index local 'x' (a nil value)", 0)`},
		{"machine", `local x; x.y = 1`},
		{"string arithmetic", `local x = "x"; return x + 1`},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := engine.New(engine.Options{}).NewState(b.Context())
			defer s.Close()
			source := `local function f() ` + c.body + ` end for i = 1, 1000 do pcall(f) end`
			for b.Loop() {
				if _, err := s.Run(b.Context(), "x", source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
