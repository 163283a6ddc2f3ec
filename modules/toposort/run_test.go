package toposort_test

import "testing"

func TestRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"results", `local r = toposort.run({c={"a", "b"}, b="a"}, function(n, needs) return n .. (needs.a or "") .. (needs.b or "") end)
			print(r.a, r.b, r.c)`, "a\tba\tcaba"},
		{"nothing to do", `print(next(toposort.run({}, print)))`, "nil"},
		{"side by side", `
			local met = 0
			toposort.run({a={}, b={}}, function() met = met + 1 while met < 2 do async.sleep(0.001) end end)
			print(met)`, "2"},
		{"jobs", `
			local now, most = 0, 0
			toposort.run({e={"a", "b", "c", "d"}}, function() now = now + 1 most = math.max(most, now) async.sleep(0.002) now = now - 1 end, {jobs=2})
			print(most)`, "2"},
		{"tables as nodes", `local a, b = {name="a"}, {name="b"}
			local r = toposort.run({[a]={b}}, function(n, needs) return n.name .. (needs[b] or "") end) print(r[a], r[b])`, "ab\tb"},
		{"retries", `local tries = 0
			local r = toposort.run({b="a"}, function(n) if n == "a" then tries = tries + 1 assert(tries > 2, "no") end return tries end, {retries=2})
			print(r.a, r.b)`, "3\t3"},
		{"too few retries", `local tries = 0
			local e = raised(toposort.run, {b="a"}, function(n) tries = tries + 1 error("no", 0) end, {retries=1})
			print(tries, e.failed, e.errors.a)`, "2\ta\tno"},
		{"a failure lets running work end", `
			local ended = {}
			local e = raised(toposort.run, {a={}, b={}, c="b", d="a"}, function(n)
				if n == "a" then error({code=7}) end
				async.sleep(0.01) ended[#ended + 1] = n
				return n
			end)
			print(e.kind, e.target, e.failed, e.errors.a.code, show(e.not_run), e.results.b, show(ended))`, "toposort.failed\ta\ta\t7\tc d\tb\tb"},
		{"keep going", `
			local e = raised(toposort.run, {a={}, b={}, c="b", d="a", e={"c", "d"}}, function(n) if n == "a" then error("no", 0) end return n end, {keep_going=true})
			print(e.failed, show(e.not_run), e.results.c, e.results.a)`, "a\td e\tc\tnil"},
		{"dry run", `print(show(toposort.run({b="a"}, print, {dry_run=true})))`, "[a] [b]"},
		{"a cycle runs nothing", `print(raised(toposort.run, {a="b", b="a", c={}}, print).kind)`, "toposort.cycle"},
		{"progress", `toposort.run({b="a"}, function() end, {progress=function(done, total) last = done .. "/" .. total end}) print(last)`, "2/2"},
		{"progress that fails", `local ran = 0
			print(raised(toposort.run, {b="a"}, function() ran = ran + 1 end, {progress=function() error("stop", 0) end}), ran)`, "stop\t1"},
		{"a cancel ends the work", `
			local begun, ended = 0, 0
			local t = async.spawn(function()
				toposort.run({a={}, b={}}, function()
					begun = begun + 1
					local ok, e = pcall(async.sleep, 60)
					ended = ended + (e.kind == "canceled" and 1 or 0)
					error(e)
				end)
			end)
			while begun < 2 do async.sleep(0.001) end
			t:cancel("enough")
			print(select(2, pcall(t.await, t)).message, ended)`, "enough\t2"},
		{"a chain of 3,000", `local deps = {} for i = 2, 3000 do deps[i] = i - 1 end
			print(toposort.run(deps, function(n, needs) return (needs[n - 1] or 0) + 1 end)[3000])`, "3000"},
		{"on a pool", `local p = require("workers").new()
			local k = 10
			local r = toposort.run({c={"a", "b"}, b="a"}, function(n, needs) return {n=n, k=k, a=needs.a and needs.a.n} end, {pool=p, retries=2})
			print(r.a.n, r.b.a, r.c.a, r.c.k)`, "a\ta\ta\t10"},
		{"on a pool of tasks", `local p, n, now, most = require("workers").new(2), 0, 0, 0
			toposort.run({a={}, b={}, c={}}, function() n, now = n + 1, now + 1 most = math.max(most, now) async.sleep(0.001) now = now - 1 end, {pool=p})
			print(n, most)`, "3\t2"},
		{"a failure on a pool", `local p = require("workers").new()
			local e = raised(toposort.run, {b="a"}, function(n) error({why="no " .. n}) end, {pool=p})
			print(e.failed, e.errors.a.why, show(e.not_run))`, "a\tno a\tb"},
		{"a node that cannot cross", `local p = require("workers").new()
			local e = raised(toposort.run, {b={print, coroutine.create(print)}}, tostring, {pool=p})
			print(e.kind, e.errors[e.failed].kind, e.not_run[#e.not_run])`, "toposort.failed\tcopy.refused\tb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

// What an error holds of a state must not reach another as it is.
func TestErrorsCrossWithoutTheirTables(t *testing.T) {
	t.Parallel()
	got := run(t, `
		local p = require("workers").new()
		local e = raised(toposort.run, {a={}}, function()
			local x, y = {name="x"}, {name="y"}
			require("toposort").sort{[x]={y}, [y]={x}}
		end, {pool=p})
		print(e.errors.a.kind, type(e.errors.a.cycle[1]), #e.errors.a.cycle)`)
	if want := "toposort.cycle\tstring\t3"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
