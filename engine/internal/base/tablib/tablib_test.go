package tablib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// eval runs a script and returns what it printed.
func eval(t testing.TB, opts engine.Options, source string) string {
	t.Helper()
	var out bytes.Buffer
	opts.Stdout, opts.Stderr = &out, &out
	s := engine.New(opts).NewState(context.Background())
	defer s.Close()
	if _, err := s.Run(context.Background(), "test.lua", source); err != nil {
		t.Fatalf("%v\nin: %s", err, source)
	}
	return out.String()
}

type example struct{ code, want string }

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, c := range examples {
		got := eval(t, engine.Options{}, `
			local function show(t, n) local s = {} for i = 1, n or #t do s[i] = tostring(t[i]) end return table.concat(s, " ") end
			local ok, e = pcall(function() `+c.code+` end) if not ok then print(e) end`)
		want := strings.TrimSuffix(c.want, "\n") + "\n"
		if got = strings.ReplaceAll(got, "test.lua:3: ", "! "); got != want {
			t.Errorf("%s\ngave %q\nwant %q", c.code, got, want)
		}
	}
}

func TestConcat(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`print(table.concat({}))`, ""},
		{`print(table.concat({"a", 1, 2.5, 2^53, 1e100}, ","))`, "a,1,2.5,9007199254740992,1e+100"},
		{`print(table.concat({1, 2, 3}, ", ", 2))`, "2, 3"},
		{`print(table.concat({1, 2, 3}, ", ", 2, 2))`, "2"},
		{`print(table.concat({1, 2, 3}, ", ", 3, 2))`, ""},
		{`print(table.concat({1, 2, 3}, 0))`, "10203"},
		{`print(table.concat({[-1] = "x", [0] = "y", "z"}, "", -1, 1))`, "xyz"},
		{`print(table.concat({[2^52] = "x"}, "", 2^52, 2^52))`, "x"},
		{`print(table.concat({nil}, "", 1, 1))`, "! invalid value (nil) at index 1 in table for 'concat'"},
		{`print(table.concat({1, {}}))`, "! invalid value (table) at index 2 in table for 'concat'"},
		{`print(table.concat({1}, "", 1, 1e300))`, "! invalid value (nil) at index 2 in table for 'concat'"},
		{`print(table.concat())`, "! bad argument #1 to 'concat' (table expected, got no value)"},
		{`print(table.concat({}, {}))`, "! bad argument #2 to 'concat' (string expected, got table)"},
	})
}

func TestInsertAndRemove(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`local t = {} for i = 1, 5 do table.insert(t, i) end print(show(t))`, "1 2 3 4 5"},
		{`local t = {} for i = 1, 5 do table.insert(t, 1, i) end print(show(t))`, "5 4 3 2 1"},
		{`local t = {1, 3} table.insert(t, 2, 2) print(show(t))`, "1 2 3"},
		{`local t = {1} table.insert(t, nil) print(#t)`, "1"},
		{`local t = {1, 2} table.insert(t, 1, nil) print(show(t, 3))`, "nil 1 2"},
		{`local t = {1} table.insert(t, 4, "x") print(show(t, 4))`, "1 nil nil x"},
		{`local t = {1} table.insert(t, 6e7, "x") print(t[1], t[6e7], #t)`, "1\tx\t1"},
		{`local t = {[0] = "z", 1, 2} table.insert(t, 0, "new") print(t[0], show(t))`, "new\tz 1 2"},
		{`local t = {1, 2, 3} t[3] = nil table.insert(t, "x") print(show(t))`, "1 2 x"},
		{`local t = {1, 2, 3} t[3] = nil t[2] = nil table.insert(t, 1, "x") print(show(t))`, "x 1"},
		{`table.insert({})`, "! wrong number of arguments to 'insert'"},
		{`table.insert({}, 1, 2, 3)`, "! wrong number of arguments to 'insert'"},
		{`table.insert(1, 2)`, "! bad argument #1 to 'insert' (table expected, got number)"},
		{`table.insert({}, "x", 1)`, "! bad argument #2 to 'insert' (number expected, got string)"},
		{`local t = {1, 2, 3} print(table.remove(t), table.remove(t, 1), show(t))`, "3\t1\t2"},
		{`local t = {1, 2, 3} t[3] = nil print(table.remove(t), show(t))`, "2\t1"},
		{`local t = {1, 2, 3} t[3] = nil print(table.remove(t, 1), show(t))`, "1\t2"},
		{`print(select("#", table.remove({})), select("#", table.remove({1}, 2)), select("#", table.remove({1}, -1)))`, "0\t0\t0"},
		{`local t = {1} print(table.remove(t, 1), table.remove(t), #t) table.insert(t, 5) print(t[1], #t)`, "1\tnil\t0\n5\t1"},
		{`table.remove({1}, "x")`, "! bad argument #2 to 'remove' (number expected, got string)"},
	})
}

func TestAgainstAModel(t *testing.T) {
	t.Parallel()
	eval(t, engine.Options{}, `
		math.randomseed(3)
		local t, model, n = {}, {}, 0 -- the model is a table with string keys
		for step = 1, 20000 do
			local op, pos = math.random(5), n > 0 and math.random(n) or 1
			if op == 1 then
				table.insert(t, step) n = n + 1 model["k" .. n] = step
			elseif op == 2 then
				table.insert(t, pos, step)
				for i = n, pos, -1 do model["k" .. i + 1] = model["k" .. i] end
				model["k" .. pos] = step n = n + 1
			elseif op == 3 and n > 0 then
				assert(table.remove(t) == model["k" .. n]) n = n - 1
			elseif op == 4 and n > 0 then
				assert(table.remove(t, pos) == model["k" .. pos])
				for i = pos, n - 1 do model["k" .. i] = model["k" .. i + 1] end
				n = n - 1
			elseif n > 0 then
				t[#t] = nil n = n - 1
			end
			assert(#t == n)
			if step % 500 == 0 then
				for i = 1, n do assert(t[i] == model["k" .. i]) end
				assert(t[n + 1] == nil)
			end
			if n > 60 then while n > 5 do t[n] = nil n = n - 1 end end
		end`)
}

func TestBeyondTheArray(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 200 MB")
	}
	eval(t, engine.Options{}, `
		local t, edge = {}, 2^22
		for i = 1, edge - 2 do t[i] = 1 end
		for i = 1, 6 do table.insert(t, "item " .. i) end
		for i = 1, 6 do assert(t[edge - 2 + i] == "item " .. i, i) end
		assert(table.getn(t) == edge + 4)
		table.insert(t, edge - 1, "between")
		assert(t[edge - 1] == "between" and t[edge] == "item 1" and t[edge + 5] == "item 6")
		assert(table.remove(t, edge - 1) == "between" and t[edge] == "item 2")
		for i = 6, 1, -1 do assert(table.remove(t) == "item " .. i, i) end
		assert(#t == edge - 2 and table.remove(t) == 1)`)
}

func TestUnpackAndPack(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`print(unpack({1, 2, 3}))`, "1\t2\t3"},
		{`print(unpack({1, 2, 3}, 2))`, "2\t3"},
		{`print(unpack({1, 2, 3}, -1, 1))`, "nil\tnil\t1"},
		{`print(select("#", unpack({}, 1, 3)), select("#", unpack({}, 3, 1)))`, "3\t0"},
		{`print(select("#", unpack({}, 1, 100000)))`, "100000"},
		{`local t = {} for i = 1, 100000 do t[i] = i end print(#{unpack(t)})`, "100000"},
		{`local function f(...) return select("#", ...), (select(-1, ...)) end local t = {} for i = 1, 100000 do t[i] = i end print(f(unpack(t)))`, "100000\t100000"},
		{`unpack({}, 1, 1e9)`, "! too many results to unpack"},
		{`unpack({}, -2^63, 2^63)`, "! too many results to unpack"},
		{`unpack({}, 1, 1e300)`, "! too many results to unpack"},
		{`unpack()`, "! bad argument #1 to 'unpack' (table expected, got no value)"},
		{`local t = table.pack() print(t.n, #t)`, "0\t0"},
		{`local t = table.pack(nil, 2, nil) print(t.n, t[1], t[2])`, "3\tnil\t2"},
		{`print(table.unpack == unpack, table.unpack({7}))`, "false\t7"},
	})
}

func TestMove(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`print(show(table.move({1, 2, 3}, 2, 3, 1)))`, "2 3 3"},
		{`print(show(table.move({1, 2, 3}, 1, 3, 2)))`, "1 1 2 3"},
		{`print(show(table.move({1, 2, 3}, 1, 3, 3, {"a", "b"})))`, "a b 1 2 3"},
		{`print(show(table.move({1, 2}, 1, 0, 5)))`, "1 2"},
		{`print(#table.move({}, 1, 1000, 1))`, "0"},
		{`local log = {} table.move({1, 2}, 1, 2, 1, setmetatable({}, {__newindex = function(_, k, v) log[#log + 1] = k .. "=" .. v end})) print(show(log))`, "1=1 2=2"},
		{`print(show(table.move(setmetatable({}, {__index = function(_, k) return k * 10 end}), 1, 3, 1, {})))`, "10 20 30"},
		{`table.move({}, -1, 2^63, 1)`, "! bad argument #3 to 'move' (too many elements to move)"},
		{`table.move({}, 1, 2, 2^63)`, "! bad argument #4 to 'move' (destination wrap around)"},
		{`local ok, e = pcall(table.move, {}, 1, 1e9, 1) print(e.kind)`, "limit.table"},
	})
}

func TestOldFunctions(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`print(table.getn({1, 2}), table.maxn({1, [1.5] = 1, [10] = 1, [-3] = 1, x = 1}), table.maxn({[-1] = 1}))`, "2\t10\t0"},
		{`table.setn({}, 1)`, "! 'setn' is obsolete"},
		{`print(table.foreachi({5, 6, 7}, function(i, v) if v == 6 then return i end end))`, "2"},
		{`print(select("#", table.foreachi({5}, function() end)))`, "0"},
		{`print(table.foreach({x = 1}, function(k, v) return k .. v end))`, "x1"},
		{`local t, n = {1, 2, 3, x = 1, y = 2}, 0 table.foreach(t, function(k) t[k] = nil n = n + 1 end) print(n, next(t))`, "5\tnil"},
		{`table.foreach({}, 1)`, "! bad argument #2 to 'foreach' (function expected, got number)"},
	})
}

// TestLoopsStop runs loops inside library functions that would take very long.
func TestLoopsStop(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`table.insert({}, -1e15, 1)`,
		`local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function(a, b) while true do end end)`,
		`local t = {} for i = 1, 1e5 do t[i] = i % 7 end while true do table.sort(t) end`,
		`local t = {} for i = 1, 1e5 do t[i] = "x" end while true do table.concat(t) end`,
		`local t = {} for i = 1, 1e5 do t[i] = "x" end while true do table.insert(t, 1, table.remove(t)) end`,
	} {
		s := engine.New(engine.Options{Limits: engine.Limits{Steps: 3_000_000}}).NewState(t.Context())
		start := time.Now()
		_, err := s.Run(t.Context(), "test.lua", "pcall(function() "+code+" end)")
		s.Close()
		if err == nil || !strings.Contains(err.Error(), "more than 3000000 steps") {
			t.Errorf("%s: %v", code, err)
		}
		t.Log(time.Since(start), code)
	}
}

// benchmark measures a script here and in stock gopher-lua.
func benchmark(b *testing.B, setup, source string) {
	b.Run("gscript", func(b *testing.B) {
		s := engine.New(engine.Options{}).NewState(b.Context())
		defer s.Close()
		if _, err := s.Run(b.Context(), "setup.lua", setup); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Run(b.Context(), "bench.lua", source); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stock", func(b *testing.B) {
		L := lua.NewState(lua.Options{RegistrySize: 1 << 18, CallStackSize: 200})
		defer L.Close()
		if err := L.DoString(setup); err != nil {
			b.Fatal(err)
		}
		fn, err := L.LoadString(source)
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

func BenchmarkInsertRemoveSmall(b *testing.B) {
	benchmark(b, "", `for j = 1, 100 do local t = {} for i = 1, 20 do table.insert(t, i) end for i = 1, 20 do table.remove(t) end end`)
}

func BenchmarkInsertFront(b *testing.B) {
	benchmark(b, "", `local t = {} for i = 1, 5000 do table.insert(t, 1, i) end for i = 1, 5000 do table.remove(t, 1) end`)
}

func BenchmarkConcatSmall(b *testing.B) {
	benchmark(b, `t = {"a", "b", 3, "d"}`, `for i = 1, 1000 do local s = table.concat(t, ",") end`)
}

func BenchmarkConcatLarge(b *testing.B) {
	benchmark(b, `t = {} for i = 1, 100000 do t[i] = "item" end`, `local s = table.concat(t, ",")`)
}

func BenchmarkUnpackSmall(b *testing.B) {
	benchmark(b, `t = {1, 2, 3}`, `for i = 1, 1000 do local a, b, c = unpack(t) end`)
}
