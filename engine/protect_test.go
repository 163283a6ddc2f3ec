package engine_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// A caught error disturbs nothing of what goes on running.
func TestCaughtErrorsLeaveTheRestAlone(t *testing.T) {
	for name, script := range map[string]string{
		"upvalues in a loop": `
			local list = {}
			for i = 1, 100 do
				local n = i
				list[i] = function() n = n + 1 return n end
				pcall(error, "x")
				n = n * 2
			end
			for i = 1, 100 do assert(list[i]() == 2 * i + 1) end`,
		"upvalues shared by closures": `
			local n = 0
			local function up() n = n + 1 end
			local function get() return n end
			for i = 1, 10 do
				pcall(function() up() error("x") end)
				n = n + 10
				assert(get() == i * 11 and n == i * 11)
			end`,
		"registers": `
			local a, b, c = 1, 2, 3
			local t = {a, pcall(error, "x", 0), b, (pcall(error)), c}
			assert(t[1] == 1 and t[2] == false and t[3] == 2 and t[4] == false and t[5] == 3)
			local function f(...) local x, y = 4, 5 local ok, e = pcall(error, x) return e + y, ... end
			local r, s = f(6)
			assert(r == 9 and s == 6)`,
		"metamethods": `
			local log = {}
			local t = setmetatable({}, {
				__index = function(_, k) local ok, e = pcall(error, k, 0) return e end,
				__add = function(a, b) return select(2, pcall(error, 7, 0)) end,
				__call = function(self, x) local ok, e = pcall(function() error({x}) end) return e[1] end,
			})
			local x = t.name .. (t + 1) .. t("y")
			assert(x == "name7y", x)`,
		"coroutines": `
			local co = coroutine.wrap(function(a)
				local b
				pcall(function() b = a error("x") end)
				local c = coroutine.yield(b)
				local ok, e = pcall(error, c, 0)
				return e, b
			end)
			assert(co(1) == 1)
			local e, b = co(2)
			assert(e == 2 and b == 1)
			assert(coroutine.running() == nil)`,
		"coroutines that fail inside": `
			local function gen() return coroutine.wrap(function() coroutine.yield(1) error("inner", 0) end) end
			for i = 1, 100 do
				local g = gen()
				assert(g() == 1)
				local ok, e = pcall(g)
				assert(not ok and e == "inner")
			end`,
		"nested": `
			local function f(n) if n == 0 then error("deep", 0) end local ok, e = pcall(f, n - 1) error(e .. n % 10, 0) end
			local ok, e = pcall(f, 100)
			assert(not ok and #e == 4 + 100)`,
		"under deep recursion": `
			local function f(n) if n == 0 then return pcall(error, "x", 0) end local a, b = f(n - 1) return a, b end
			local ok, e = f(3500)
			assert(ok == false and e == "x")`,
		"in a handler": `
			local ok, e = xpcall(function() error("a", 0) end, function(m) local _, e = pcall(error, m .. "b", 0) return e .. "c" end)
			assert(e == "abc")`,
		"a handler that fails": `
			local ok, e = xpcall(function() error("a", 0) end, function(m) error("b", 0) end)
			assert(ok == false)
			assert(pcall(function() return 1 end))`,
		"varargs and results": `
			local function count(...) return select("#", ...) end
			assert(count(pcall(function(...) return ... end, nil, nil, nil)) == 4)
			assert(count(pcall(function() end)) == 1)
			assert(count(xpcall(function(...) return ... end, print, nil, 2)) == 3)`,
		"not a function": `
			local ok, e = pcall(nil)
			assert(ok == false and type(e) == "string", tostring(e))
			local ok, e = pcall(setmetatable({}, {__call = function(_, x) return x end}), 5)
			assert(ok and e == 5)`,
		"the value is the same": `
			local t = {}
			local ok, e = pcall(error, t)
			assert(e == t)
			local ok, e = pcall(pcall, error, t)
			assert(ok == true and e == false)
			for _, v in ipairs{1, true, "s", print} do
				local _, e = pcall(error, v, 0)
				assert(e == v)
			end`,
		"sort and gsub": `
			local t = {3, 1, 2}
			assert(not pcall(table.sort, t, function() error("cmp") end))
			table.sort(t)
			assert(t[1] == 1 and t[3] == 3)
			assert(not pcall(string.gsub, "abc", ".", function() error("rep") end))
			assert(("abc"):gsub(".", function(c) pcall(error) return c .. c end) == "aabbcc")`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := engine.New(engine.Options{}).NewState(context.Background())
			defer s.Close()
			if _, err := s.Run(context.Background(), "protect", script); err != nil {
				t.Error(err)
			}
		})
	}
}

// A million protected calls, failing and not, take no memory that stays.
func TestProtectedCallsInFlatMemory(t *testing.T) {
	s := engine.New(engine.Options{}).NewState(context.Background())
	defer s.Close()
	run := func(n int) uint64 {
		t.Helper()
		if _, err := s.Run(context.Background(), "many", `
			local function ok(x) return x end
			local function fails() error("x", 0) end
			for i = 1, ... do
				pcall(ok, i)
				if i % 4 == 0 then pcall(fails) end
			end`, n); err != nil {
			t.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := run(1000)
	after := run(1_000_000)
	if after > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, after)
	}
}
