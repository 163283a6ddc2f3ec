package queue_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/queue"
	"github.com/gscript-lang/gscript/modules/thread"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const head = `local queue, thread, async = require "queue", require "thread", require "async" `

func world(t testing.TB) *moduletest.World {
	return moduletest.Still(t, queue.Module(), thread.Module(), async.Module())
}

func TestQueue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"the lines of the issue", `
			local q = queue.new{max=100}
			q:put("v", {timeout=1})
			print(q:get({timeout=1}), q:len())
			q:task_done() q:join() q:close()
			for v in q:each() do print(v) end
			local l = queue.lifo{}
			l:put(1) l:put(2)
			print(l:get(), l:get())
			local p = queue.priority{}
			p:put("b", {priority=2}) p:put("a", {priority=1})
			print(p:get(), p:get())
			p = queue.priority{}
			p:put(3) p:put(-1) p:put(2)
			print(p:get(), p:get(), p:get())`, "v\t0\n2\t1\na\tb\n-1\t2\t3\n"},
		{"positional max", `local q = queue.new(1) q:put(1) print(q:full(), q:try_put(2), #q)`, "true\tfalse\t1\n"},
		{"no limit", `local q = queue.new{max=0} for i = 1, 5000 do q:put(i) end local s = 0 for i = 1, 5000 do s = s + q:get() end print(s, q:full())`, "12502500\tfalse\n"},
		{"items are copies", `local q, t = queue.new(), {1} q:put(t) t[1] = 2 local r = q:get() print(r[1], r == t)`, "1\tfalse\n"},
		{"false is an item", `local q = queue.new() q:put(false) q:close() local n = 0 for v in q:each() do n = n + 1 print(v) end print(n)`, "false\n1\n"},
		{"nil is none", `local q = queue.new() local _, e = try(q.put, q, nil) print(e.kind, e.message)`, "args.invalid\targument 'value' is nil, which cannot be told from the end of each\n"},
		{"what cannot cross", `local _, e = try(queue.new().put, queue.new(), {co=coroutine.create(print)}) print(e.kind, e.target)`, "copy.refused\tvalue.co\n"},
		{"a queue in a queue", `local q, r = queue.new(), queue.new() q:put({r}) q:get()[1]:put("x") print(r:get())`, "x\n"},
		{"functions cross", `local q = queue.new() local k = 3 q:put(function(x) return x * k end) print(q:get()(5))`, "15\n"},
		{"timeouts", `
			local q = queue.new(1) q:put(1)
			print(select(2, try(q.put, q, 2, {timeout=0.01})).kind, select(2, try(q.put, q, 2, {timeout=0})).kind)
			q:get()
			print(select(2, try(q.get, q, {timeout=0.01})).kind, select(2, try(q.get, q, 0)).kind)
			print(select(2, try(q.get_many, q, {max=5, timeout=0.01})).kind, select(2, try(queue.select, {q, queue.new(), timeout=0.01})).kind)
			q:put(1) print(select(2, try(q.join, q, 0.01)).kind)`, "timeout\ttimeout\ntimeout\ttimeout\ntimeout\ttimeout\ntimeout\n"},
		{"a message says how long", `local q = queue.new() print(select(2, try(q.get, q, 0.01)))`, "queue.Queue:get: took longer than 10ms\n"},
		{"closed", `
			local q = queue.new(1) q:put(1) q:close()
			print(q:closed(), select(2, try(q.put, q, 2)).kind, select(2, try(q.try_put, q, 2)).kind, q:get())
			print(select(2, try(q.get, q)).kind, select(2, try(q.try_get, q)).kind, select(2, try(q.get_many, q)).kind, select(2, try(queue.select, {q})).kind)`,
			"true\tqueue.closed\tqueue.closed\t1\nqueue.closed\tqueue.closed\tqueue.closed\tqueue.closed\n"},
		{"close wakes who waits", `
			local q, full = queue.new(), queue.new(1) full:put(1)
			local a = async.spawn(function() return select(2, try(q.get, q)).kind end)
			local b = async.spawn(function() return select(2, try(full.put, full, 2)).kind end)
			local c = async.spawn(function() for v in q:each() do end return "over" end)
			async.sleep(0.01) q:close() full:close()
			print(a:await(), b:await(), c:await())`, "queue.closed\tqueue.closed\tover\n"},
		{"close and drop", `local q = queue.new() q:put(1) q:put(2) q:get() q:close{drop=true} print(#q) q:task_done() q:join() print(pcall(q.get, q))`, "0\nfalse\tqueue.Queue:get: the queue is closed\n"},
		{"too much done", `local q = queue.new() q:put(1) print(select(2, try(q.task_done, q, 2)).kind) q:task_done{count=1}`, "queue.done\n"},
		{"join waits for the last", `
			local q, seen = queue.new(), {}
			for i = 1, 3 do q:put(i) end
			local w = async.spawn(function() for v in q:each() do async.sleep(0.001) seen[v] = true q:task_done() end end)
			q:join() print(#seen, #q) q:close() w:await()`, "3\t0\n"},
		{"equal priorities are fifo", `local q = queue.priority() for i = 1, 5 do q:put({i}, {priority=7}) end local s = "" for i = 1, 5 do s = s .. q:get()[1] end print(s)`, "12345\n"},
		{"strings order themselves", `local q = queue.priority() q:put("b") q:put("a") print(q:get())`, "a\n"},
		{"priorities of two sorts", `local q = queue.priority() q:put(1) print(select(2, try(q.put, q, "a")).message)`, "the priorities of one queue are all numbers or all strings\n"},
		{"a table has no order", `local q = queue.priority() print(select(2, try(q.put, q, {})).message)`, "the item does not order itself: give it a priority=, a number or a string\n"},
		{"nan has no order", `local q = queue.priority() print(select(2, try(q.put, q, 0/0)).kind)`, "args.invalid\n"},
		{"get_many", `local q = queue.new() for i = 1, 5 do q:put(i) end print(table.concat(q:get_many(3), " "), table.concat(q:get_many(), " "))`, "1 2 3\t4 5\n"},
		{"select waits", `
			local a, b = queue.new(), queue.new()
			local t = async.spawn(function() return queue.select{a, b} end)
			async.sleep(0.005) b:put("x")
			print(t:await()) a:put(1) print(#a, a:try_get())`, "2\tx\n1\ttrue\t1\n"},
		{"select is fair", `
			local a, b, n = queue.new(), queue.new(), {0, 0}
			for i = 1, 200 do a:put(i) b:put(i) end
			for i = 1, 200 do local w = queue.select{a, b} n[w] = n[w] + 1 end
			print(n[1] > 50, n[2] > 50)`, "true\ttrue\n"},
		{"select leaves closed ones out", `local a, b = queue.new(), queue.new() a:close() b:put(1) print(queue.select{a, b})`, "2\t1\n"},
		{"a canceled getter leaves no trace", `
			local q = queue.new()
			local t = async.spawn(function() q:get() end)
			async.sleep(0.005) t:cancel() print(select(2, try(t.await, t)).kind)
			q:put("kept") print(q:get())`, "canceled\nkept\n"},
		{"a canceled loop of puts ends", `
			local q, runs = queue.new(), thread.event()
			local t = thread.spawn(function() while true do q:put(1) q:get() runs:set() end end)
			runs:wait() t:cancel("enough") print(select(2, try(t.join, t)).message)`, "enough\n"},
		{"equality", `local q, other = queue.new(), queue.new() other:put(q) print(other:get() == q, q == other)`, "true\tfalse\n"},
		{"queues are no keys by value", `print(select(2, try(queue.select, {})).kind)`, "args.invalid\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if out := world(t).Run(t, head+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// Threads that put and take while some are canceled or give up lose nothing,
// double nothing and keep the order of each producer.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	out := world(t).Run(t, head+`
		local q, seen, wrong, taken = queue.new(7), thread.map(), thread.counter(), thread.counter()
		local per, producers = 300, 3
		local function produce(id)
			for i = 1, per do q:put({id, i}) end
		end
		local function consume()
			local last = {}
			for v in q:each() do
				if (last[v[1]] or 0) >= v[2] then wrong:add(1) end
				last[v[1]] = v[2]
				seen:update(v[1] .. ":" .. v[2], function(n) return (n or 0) + 1 end)
				taken:add(1)
			end
		end
		local function giveup() -- takes with a limit and puts back nothing: counts what it got
			while true do
				local ok, v = pcall(q.get, q, {timeout=0.0005})
				if ok then
					seen:update(v[1] .. ":" .. v[2], function(n) return (n or 0) + 1 end)
					taken:add(1)
				elseif v.kind ~= "timeout" then break end
			end
		end
		local ps, cs = {}, {}
		for i = 1, producers do ps[i] = thread.spawn(produce, i) end
		for i = 1, 2 do cs[i] = thread.spawn(consume) end
		cs[3] = thread.spawn(giveup)
		for i = 1, 20 do
			local t = async.spawn(function()
				local v = q:get()
				seen:update(v[1] .. ":" .. v[2], function(n) return (n or 0) + 1 end)
				taken:add(1)
			end)
			async.sleep(0.0002)
			t:cancel()
			pcall(t.await, t)
		end
		for _, p in ipairs(ps) do p:join() end
		q:close()
		for _, c in ipairs(cs) do c:join() end
		local twice = 0
		for _, k in ipairs(seen:keys()) do if seen:get(k) ~= 1 then twice = twice + 1 end end
		print(wrong:get(), twice, taken:get() == seen:len())
		print(seen:len() >= per * producers - 20)`)
	if out != "0\t0\ttrue\ntrue\n" {
		t.Errorf("printed %q", out)
	}
}

func BenchmarkStream(b *testing.B) {
	w := world(b)
	for b.Loop() {
		w.Run(b, head+`
			local q = queue.new{max=1000}
			local p = thread.spawn(function() for i = 1, 100000 do q:put(i) end end)
			local c = thread.spawn(function() local s = 0 for _ = 1, 100000 do s = s + q:get() end return s end)
			p:join()
			assert(c:join() == 5000050000)`)
	}
}

func BenchmarkPutGet(b *testing.B) {
	w := world(b)
	for b.Loop() {
		w.Run(b, head+`local q = queue.new() for i = 1, 100000 do q:put(i) q:get() end`)
	}
}
