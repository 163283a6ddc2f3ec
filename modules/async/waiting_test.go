package async_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// The lines that the issue promises, as they stand there.
func TestIssueLines(t *testing.T) {
	t.Parallel()
	out := moduletest.Run(t, `async = require "async"
    local fs = {}; for i = 1, 3 do fs[i] = async.spawn(function(n) async.sleep(n/10); return n end, i) end
    local a, b, c = async.gather(unpack(fs))                                   -- results in order; first error cancels the rest
	print(a, b, c)
	local log = {}
	local function f(n) async.sleep(0.02) log[#log+1] = "f" .. n end
	local function g2() log[#log+1] = "g2" end
    async.group(function(g) g:spawn(f, 1); g:spawn(g2) end)                    -- nothing outlives the group
	print(table.concat(log, " "))
    local ok, err = try(async.timeout, 0.1, function() async.sleep(5) end)      -- err.kind == "timeout"
	print(err.kind)
	local fn = function() print "shielded" end
	local task = async.spawn(async.sleep, 5)
	local tasks = {async.spawn(async.sleep, 0), task}
    task:cancel("why"); async.shield(fn); async.wait(tasks, {first=true}); async.debug(true)  -- slow, forgotten and never-awaited tasks are named with the line that made them
	print(select(2, try(task.await, task)).message)`, async.Module())
	if want := "1\t2\t3\ng2 f1\ntimeout\nshielded\nwhy\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	runAll(t, []script{
		{"any takes the first success", `
			local lost = async.spawn(async.sleep, 50)
			print(async.any(function() error("bad", 0) end, function() async.sleep(0.01) return "good", 2 end, lost))
			print(lost:cancelled())`, "good\t2\ntrue\n"},
		{"any collects the errors", `
			local e = {}
			local _, err = try(async.any, function() error("a", 0) end, function() async.sleep(0.01) error(e) end)
			print(err.kind, #err.errors, err.errors[1], err.errors[2] == e)
			print(err)`, "async.all_failed\t2\ta\ttrue\nasync.any: all 2 tasks have failed, the first with: a\n"},
		{"any of nothing", `print(pcall(async.any))`, "false\tasync.any: there is nothing to wait for\n"},
		{"race ends with a result", `local cleaned print(async.race({function() return "won" end, function() finally(function() async.sleep(9) end, function() cleaned = true end) end})) print(cleaned)`, "won\ntrue\n"},
		{"race ends with an error", `print(pcall(async.race, function() error("lost", 0) end, function() async.sleep(9) end))`, "false\tlost\n"},
		{"settle tells of all", `
			local list = async.settle(function() async.sleep(0.02) return 1 end, function() error({code=7}) end, function() end)
			print(#list, list[1].ok, list[1].value, list[2].ok, list[2].error.code, list[3].ok, list[3].value)`, "3\ttrue\t1\tfalse\t7\ttrue\tnil\n"},
		{"settle of nothing", `print(#async.settle())`, "0\n"},
		{"as_completed", `
			local function after(seconds, n) return function() async.sleep(seconds) return n end end
			for task in async.as_completed{after(3, 1), after(1, 2), after(2, 3)} do io.write(task:await(), " ") end
			print()`, "2 3 1 \n"},
		{"as_completed out of time", `
			local task = async.spawn(async.sleep, 50)
			local seen = 0
			local _, e = try(function() for t in async.as_completed({task, function() end}, {timeout=0.02}) do seen = seen + 1 end end)
			print(seen, e.kind, e.message, task:done())
			task:cancel()`, "1\ttimeout\ttook longer than 20ms\tfalse\n"},
		{"a failure in as_completed is the loop's", `
			for task in async.as_completed{function() error("x", 0) end} do print(pcall(task.await, task)) end`, "false\tx\n"},
		{"wait starts functions", `local done = async.wait({function() return 5 end}) print(done[1]:await())`, "5\n"},
		{"wait gives its tasks as they are", `local a = async.spawn(print, "a") local done = async.wait({a}) print(done[1] == a)`, "a\ntrue\n"},
		{"the cancel of the caller cancels what any, race and settle started", `
			for _, f in ipairs{async.any, async.race, async.settle} do
				local inner
				local t = async.spawn(function() f(function() inner = async.current() async.sleep(50) end) end)
				async.yield() async.yield()
				t:cancel("stop")
				print(select(2, try(t.await, t)).message, inner:cancelled())
			end`, "stop\ttrue\nstop\ttrue\nstop\ttrue\n"},
		{"errors beside the first", `
			local _, e = try(async.gather,
				function() pcall(async.sleep, 50) error("second", 0) end,
				function() async.sleep(50) end,
				function() async.yield() async.gather(5) end)
			print(e.kind, #e.others, e.others[1])`, "args.invalid\t1\tsecond\n"},
		{"what the cancel of the rest raises is no error beside the first", `
			local _, e = try(async.gather, function() async.sleep(50) end, function() async.yield() async.gather(5) end)
			print(e.kind, e.others)`, "args.invalid\tnil\n"},
		{"errors of a group", `
			local keep
			local _, e = try(async.group, function(g)
				keep = g
				g:spawn(function() local ok = pcall(async.sleep, 50) error("second", 0) end)
				g:spawn(function() async.sleep(0) async.gather(5) end)
			end)
			print(e.kind, #e.others, e.others[1], #keep:errors(), keep:errors()[1] == e)`, "args.invalid\t1\tsecond\t2\ttrue\n"},
		{"groups nest", `
			local log = {}
			local _, e = try(async.group, function(outer)
				outer:spawn(function()
					finally(function()
						async.group(function(inner) inner:spawn(function() finally(function() async.sleep(50) end, function() log[#log+1] = "inner" end) end) end)
					end, function() log[#log+1] = "outer" end)
				end)
				async.yield() async.yield()
				error("stop", 0)
			end)
			print(e, table.concat(log, " "))`, "stop\tinner outer\n"},
	})
}

func TestTasks(t *testing.T) {
	t.Parallel()
	runAll(t, []script{
		{"the form with one table", `local t = async.spawn{fn=function(a, b) return b, a end, name="swap", args={1, 2}} print(t.name, t:await())`, "swap\t2\t1\n"},
		{"a table as an argument", `print(async.spawn(function(t) return t.name end, {name="mine"}):await())`, "mine\n"},
		{"current", `local t = async.spawn(function() return async.current() end) print(t:await() == t, async.current() == async.current(), async.current().name)`, "true\ttrue\tmain\n"},
		{"tasks", `
			local t = async.spawn{fn=async.sleep, name="nap", args={50}}
			async.yield()
			local list = async.tasks()
			print(#list, list[1] == async.current(), list[2] == t, t.within, list[1].within)
			t:cancel() pcall(t.await, t) print(#async.tasks())`, "2\ttrue\ttrue\tasync.sleep\tnil\n1\n"},
		{"cancelled", `
			local a, b = async.spawn(async.sleep, 50), async.spawn(function() error("x") end)
			print(a:cancelled()) a:cancel() pcall(a.await, a) pcall(b.await, b)
			print(a:cancelled(), b:cancelled())`, "false\ntrue\tfalse\n"},
		{"yield lets each of them run", `
			local log = {}
			for i = 1, 20 do async.spawn(function() log[#log+1] = i end) end
			async.yield() print(#log)`, "20\n"},
		{"sleep(0) does what yield does", `
			local n = 0
			for i = 1, 20 do async.spawn(function() n = n + 1 end) end
			async.sleep(0) print(n)`, "20\n"},
		{"a canceled task does not yield", `local t t = async.spawn(function() t:cancel("no") async.yield() end) print(select(2, try(t.await, t)).message)`, "no\n"},
		{"after", `
			local log = {}
			local a = async.after(0.03, function(x) log[#log+1] = x end, "late")
			local b = async.after(0, function() log[#log+1] = "soon" end)
			local c = async.after(50, error, "never")
			c:cancel("dropped")
			async.wait{a, b, c}
			print(table.concat(log, " "), c:cancelled(), select(2, try(c.await, c)).message)`, "soon late\ttrue\tdropped\n"},
		{"soon runs when the caller waits", `local n = 0 local t = async.soon(function() n = n + 1 end) print(n) t:await() print(n)`, "0\n1\n"},
		{"run", `print(async.run(function(a) return a, "b" end, "a")) print(pcall(async.run, error, "x", 0))`, "a\tb\nfalse\tx\n"},
	})
}

func TestDefer(t *testing.T) {
	t.Parallel()
	runAll(t, []script{
		{"the last first", `local t = async.spawn(function() async.defer(function() print "1" end) async.defer(function() print "2" end) print "body" return "r" end) print(t:await())`, "body\n2\n1\nr\n"},
		{"on an error, which is kept", `local t = async.spawn(function() async.defer(function() print "closed" end) async.defer(function() error("second", 0) end) error("first", 0) end) print(pcall(t.await, t))`, "closed\nfalse\tfirst\n"},
		{"its own error counts", `local t = async.spawn(function() async.defer(function() error("late", 0) end) return 1 end) print(pcall(t.await, t))`, "false\tlate\n"},
		{"on a cancel it may block", `
			local t = async.spawn(function() async.defer(function() async.sleep(0.01) print "closed" end) async.sleep(50) end)
			async.yield() t:cancel() print(pcall(t.await, t))`, "closed\nfalse\tthe task was canceled\n"},
		{"in a deferred function", `async.spawn(function() async.defer(function() async.defer(function() print "inner" end) print "outer" end) end):await()`, "outer\ninner\n"},
		{"of the main chunk", `async.defer(function() print "end" end) print "body"`, "body\nend\n"},
	})
	t.Run("with os.exit", func(t *testing.T) {
		t.Parallel()
		out, err := moduletest.Still(t, async.Module()).Try(t, head+`
			async.spawn(function() async.defer(function() print "closed" end) pcall(os.exit, 7) end)
			async.sleep(50)`)
		if code, ok := engine.ExitCode(err); !ok || code != 7 || out != "closed\n" {
			t.Errorf("printed %q and ended with %v", out, err)
		}
	})
}

func TestVariables(t *testing.T) {
	t.Parallel()
	runAll(t, []script{
		{"default", `print(async.var(3):get(), async.var():get())`, "3\tnil\n"},
		{"set and unset", `local v = async.var("d") v:set(false) print(v:get()) v:set() print(v:get())`, "false\nd\n"},
		{"inherited as it was at the spawn", `
			local v, w = async.var("d"), async.var("e")
			v:set("before")
			local t = async.spawn(function() local first = v:get() v:set("task") async.sleep(0) return first, v:get(), w:get() end)
			v:set("after")
			print(t:await())
			print(v:get())`, "before\ttask\te\nafter\n"},
		{"tasks of gather and group inherit", `
			local v = async.var() v:set(1)
			print(async.gather(function() return v:get() end), async.group(function(g) return g:spawn(function() return v:get() end):await() end))`, "1\t1\n"},
		{"with brings the old value back", `
			local v = async.var("d")
			print(v:with(1, function(a) return v:get(), a, v:with(2, function() async.sleep(0) return v:get() end) end, "a"))
			print(pcall(v.with, v, 3, error, "x", 0)) print(v:get())`, "1\ta\t2\nfalse\tx\nd\n"},
		{"in coroutines and callbacks", `
			local v = async.var() v:set(1)
			print(coroutine.wrap(function() return v:get() end)(), pcall(function() v:set(2) end), v:get())`, "1\ttrue\t2\n"},
	})
}

type script struct{ name, source, want string }

func runAll(t *testing.T, scripts []script) {
	for _, tt := range scripts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if out := moduletest.Still(t, async.Module()).Run(t, head+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}
