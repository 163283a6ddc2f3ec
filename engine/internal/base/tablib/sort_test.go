package tablib_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestSort(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`local t = {3, 1, 2} table.sort(t) print(show(t))`, "1 2 3"},
		{`local t = {3, 1, 2} table.sort(t, nil) print(show(t))`, "1 2 3"},
		{`local t = {"b", "a", "\255", "", "Z"} table.sort(t) print(show(t))`, " Z a b \xff"},
		{`local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) print(show(t))`, "3 2 1"},
		{`local t = {} table.sort(t) print(#t)`, "0"},
		{`local mt = {__lt = function(a, b) return a.v < b.v end}
		  local t = {} for i = 1, 9 do t[i] = setmetatable({v = i * 4 % 9}, mt) end table.sort(t)
		  for i = 1, 9 do t[i] = t[i].v end print(show(t))`, "0 1 2 3 4 5 6 7 8"},
		{`table.sort({1, "x"})`, "! attempt to compare string with number"},
		{`table.sort({1, nil, 2})`, "! attempt to compare nil with number"},
		{`table.sort({{}, {}})`, "! attempt to compare two table values"},
		{`table.sort({true, false})`, "! attempt to compare two boolean values"},
		{`table.sort({1, 2}, 1)`, "! bad argument #2 to 'sort' (function expected, got number)"},
		{`table.sort({3, 2, 1, 4, 5}, function() return true end)`, "! invalid order function for sorting"},
		{`table.sort({5, 5, 5, 5, 5, 5}, function(a, b) return a <= b end)`, "! invalid order function for sorting"},
		{`local t = {3, 2, 1} print(pcall(table.sort, t, function(a, b) error("stop", 0) end)) print(show(t))`, "false\tstop\n3 2 1"},
		{`local e = {} print(select(2, pcall(table.sort, {2, 1}, function() error(e) end)) == e)`, "true"},
	})
}

func TestSortIsAPermutationInOrder(t *testing.T) {
	t.Parallel()
	eval(t, engine.Options{}, `
		math.randomseed(11)
		local function ascending(t) for i = 2, #t do assert(not (t[i] < t[i - 1]), i) end end
		for round = 1, 300 do
			local n = math.random(0, 60)
			local numbers, texts, records, seen = {}, {}, {}, {}
			for i = 1, n do
				numbers[i] = math.random(n)
				texts[i] = "k" .. math.random(n)
				records[i] = {key = math.random(5), id = i}
			end
			table.sort(numbers) ascending(numbers)
			table.sort(texts) ascending(texts)
			table.sort(records, function(a, b) return a.key < b.key end)
			assert(#numbers == n and #texts == n and #records == n)
			for i, r in ipairs(records) do
				assert(not seen[r.id]) seen[r.id] = true
				assert(i == 1 or records[i - 1].key <= r.key)
			end
		end
		-- NaN sorts without a loop or a loss, wherever it ends up.
		local t = {3, 0/0, 1, 0/0, 2} table.sort(t) assert(#t == 5)`)
}

// TestSortStaysFast drives the quicksort against its worst case: a comparator
// that always answers so that the pivot is the smallest (McIlroy's adversary).
func TestSortStaysFast(t *testing.T) {
	t.Parallel()
	got := eval(t, engine.Options{}, `
		local n, solid, candidate, count, value = 2000, 0, 0, 0, {}
		local t = {} for i = 1, n do t[i] = i end
		table.sort(t, function(x, y)
			count = count + 1
			if not value[x] and not value[y] then
				solid = solid + 1
				if x == candidate then value[x] = solid else value[y] = solid end
			end
			if not value[x] then candidate = x elseif not value[y] then candidate = y end
			return (value[x] or 1e9) < (value[y] or 1e9)
		end)
		for i = 2, n do assert((value[t[i - 1]] or 1e9) <= (value[t[i]] or 1e9)) end
		print(count < 150000)`)
	if got != "true\n" {
		t.Errorf("quadratic: %s", got)
	}
}

func TestSortAMillion(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a second")
	}
	eval(t, engine.Options{}, `
		local t, x = {}, 1
		for i = 1, 1e6 do x = x * 16807 % 2147483647 t[i] = x end
		table.sort(t)
		for i = 2, #t do assert(t[i - 1] <= t[i]) end`)
}

func BenchmarkSortSmall(b *testing.B) {
	benchmark(b, "", `for j = 1, 100 do local t = {5, 3, 8, 1, 9, 2, 7, 4, 6, 0} table.sort(t) end`)
}

func BenchmarkSortSmallComparator(b *testing.B) {
	benchmark(b, `down = function(a, b) return a > b end`, `for j = 1, 100 do local t = {5, 3, 8, 1, 9, 2, 7, 4, 6, 0} table.sort(t, down) end`)
}

const shuffled = `local t, x = {}, 1 for i = 1, 100000 do x = x * 16807 % 2147483647 t[i] = x end `

func BenchmarkSortLarge(b *testing.B) {
	benchmark(b, "", shuffled+`table.sort(t)`)
}

func BenchmarkSortLargeStrings(b *testing.B) {
	benchmark(b, "", `local t, x = {}, 1 for i = 1, 100000 do x = x * 16807 % 2147483647 t[i] = "k" .. x end table.sort(t)`)
}

func BenchmarkSortLargeComparator(b *testing.B) {
	benchmark(b, `down = function(a, b) return a > b end`, shuffled+`table.sort(t, down)`)
}
