package base_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

func TestTableGlobals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, want string }{
		{`print(select("#"), select("#", nil, nil), select(2, "a", "b", "c"))`, "0\t2\tb\tc"},
		{`print(select(-1, "a", "b"), select("2", "a", "b"))`, "b\tb"},
		{`print(select("#", select(5, "a")))`, "0"},
		{`select(0, 1)`, "! bad argument #1 to 'select' (index out of range)"},
		{`select(-5, 1)`, "! bad argument #1 to 'select' (index out of range)"},
		{`select(-2^63, 1)`, "! bad argument #1 to 'select' (index out of range)"},
		{`print(select("#", select(2^63, 1)))`, "0"},
		{`select("x")`, "! bad argument #1 to 'select' (number expected, got string)"},
		{`select()`, "! bad argument #1 to 'select' (number expected, got no value)"},
		{`for i, v in ipairs({1, 2, nil, 4}) do io.write(i, "=", v, " ") end print()`, "1=1 2=2 "},
		{`ipairs()`, "! bad argument #1 to 'ipairs' (table expected, got no value)"},
		{`pairs(nil)`, "! bad argument #1 to 'pairs' (table expected, got nil)"},
		{`local old = next next = nil for k in pairs({7}) do print(k) end next = old`, "1"},
		{`for k, v in pairs(setmetatable({}, {__pairs = function() return function(_, k) if not k then return 1, 2 end end end})) do print(k, v) end`, "1\t2"},
		{`print(next({}), next({5}), next({5}, 1), next({x = 1}))`, "nil\t1\tnil\tx\t1"},
		{`next({}, "x")`, "! invalid key to 'next'"},
		{`next({1, x = 2}, "y")`, "! invalid key to 'next'"},
		{`next({x = 2}, 0.5)`, "! invalid key to 'next'"},
		{`next(1)`, "! bad argument #1 to 'next' (table expected, got number)"},
		{`print(rawequal("a", "a"), rawequal({}, {}), rawequal(0/0, 0/0))`, "true\tfalse\tfalse"},
		{`rawequal(1)`, "! bad argument #2 to 'rawequal' (value expected)"},
		{`print(rawget(setmetatable({}, {__index = {x = 1}}), "x"), rawlen({1, 2}), rawlen("abc"))`, "nil\t2\t3"},
		{`local t = {} print(rawset(t, "x", 1) == t, t.x)`, "true\t1"},
		{`rawset({}, nil, 1)`, "! table index is nil"},
		{`rawset({}, 0/0, 1)`, "! table index is NaN"},
		{`rawset({}, 1)`, "! bad argument #3 to 'rawset' (value expected)"},
		{`rawlen(1)`, "! bad argument #1 to 'rawlen' (table or string expected)"},
		{`print(type(nil), type(type), type({}), type(1), type("x"), type(true), type(coroutine.create(print)), type(io.stdout))`,
			"nil\tfunction\ttable\tnumber\tstring\tboolean\tthread\tuserdata"},
		{`type()`, "! bad argument #1 to 'type' (value expected)"},
		{`local mt = {} local t = setmetatable({}, mt) print(getmetatable(t) == mt, getmetatable(setmetatable(t, nil)))`, "true\tnil"},
		{`print(getmetatable(setmetatable({}, {__metatable = "locked"})))`, "locked"},
		{`setmetatable(setmetatable({}, {__metatable = 1}), {})`, "! cannot change a protected metatable"},
		{`setmetatable("x", {})`, "! bad argument #1 to 'setmetatable' (table expected, got string)"},
		{`setmetatable({})`, "! bad argument #2 to 'setmetatable' (nil or table expected)"},
		{`setmetatable({}, 1)`, "! bad argument #2 to 'setmetatable' (nil or table expected)"},
		{`print(pcall(select, 0))`, "false\tbad argument #1 to '?' (index out of range)"},
		{`print(pcall(next, {}, "x"))`, "false\tinvalid key to 'next'"},
	} {
		got := evalTables(t, "local ok, e = pcall(function() "+c.code+" end) if not ok then print(e) end")
		if got = strings.ReplaceAll(got, "test.lua:1: ", "! "); got != c.want+"\n" {
			t.Errorf("%s\ngave %q\nwant %q", c.code, got, c.want)
		}
	}
}

// TestTraversalWhileClearing clears every key, in each of the ways that Lua
// allows during a traversal, and must meet all of them.
func TestTraversalWhileClearing(t *testing.T) {
	t.Parallel()
	got := evalTables(t, `
		local function fresh()
			local t = {} for i = 1, 50 do t[i] = i end
			for i = 1, 50 do t["k" .. i] = i end
			t[1.5], t[-1], t[0], t[true] = 1, 1, 1, 1
			return t
		end
		local t, n = fresh(), 0
		for k in pairs(t) do t[k] = nil n = n + 1 end
		print(n, next(t))
		t, n = fresh(), 0
		for k in pairs(t) do n = n + 1 if n == 25 then for i = 1, 50 do table.remove(t) end end end
		print(n, #t)
		t, n = fresh(), 0
		local k = next(t)
		while k ~= nil do t[k] = nil n = n + 1 k = next(t, k) end
		print(n, next(t))`)
	if want := "104\tnil\n79\t0\n104\tnil\n"; got != want {
		t.Errorf("gave %q, want %q", got, want)
	}
}

func evalTables(t *testing.T, source string) string {
	t.Helper()
	var out bytes.Buffer
	s := engine.New(engine.Options{Stdout: &out, Stderr: &out}).NewState(context.Background())
	defer s.Close()
	if _, err := s.Run(context.Background(), "test.lua", source); err != nil {
		t.Fatalf("%v\nin: %s", err, source)
	}
	return out.String()
}

func BenchmarkTableGlobals(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"ipairs", `local t = {} for i = 1, 1000 do t[i] = i end for i, v in ipairs(t) do end`},
		{"pairs_array", `local t = {} for i = 1, 1000 do t[i] = i end for k, v in pairs(t) do end`},
		{"pairs_hash", `local t = {} for i = 1, 100 do t["k" .. i] = i end for j = 1, 10 do for k, v in pairs(t) do end end`},
		{"type", `for i = 1, 1000 do local x = type(i) end`},
		{"select", `local function f(...) for i = 1, select("#", ...) do local x = select(i, ...) end end for i = 1, 100 do f(1, 2, 3, 4, 5) end`},
		{"setmetatable", `local mt = {} for i = 1, 1000 do local x = setmetatable({}, mt) end`},
	} {
		b.Run(c.name+"/gscript", func(b *testing.B) {
			s := engine.New(engine.Options{}).NewState(b.Context())
			defer s.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Run(b.Context(), "bench.lua", c.source); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/stock", func(b *testing.B) {
			L := lua.NewState()
			defer L.Close()
			fn, err := L.LoadString(c.source)
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
}
