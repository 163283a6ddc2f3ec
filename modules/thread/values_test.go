package thread_test

import "testing"

func TestValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"the lines of the issue", `
			local l = thread.lock(); l:with(function() end) l:acquire({timeout=1}) l:release()
			local r, s, e, b = thread.rlock(), thread.semaphore(2), thread.event(), thread.barrier(1)
			e:set() e:wait() e:clear() print(e:is_set(), b:wait()) b:abort()
			local c = thread.condition(l)
			c:with(function() c:notify(1) c:notify_all() c:wait_for(function() return true end) print(select(2, try(c.wait, c, {timeout=0.01})).kind) end)
			thread.timer(5, print):cancel()
			local ch = thread.channel(1) ch:send(1) print(ch:receive()) ch:close()
			local n = thread.counter(0) n:add(2) n:set(n:get() + 1) print(n:get())
			local m = thread.map() m:set("k", 1) m:update("k", function(v) return v + 1 end) print(m:get("k"), m:keys()[1])
			local f = thread.buffer("f64", 10) f[1] = 1.5 print(f[1], #f)`, "false\t1\ntimeout\n1\ttrue\n3\n2\tk\n1.5\t10\n"},
		{"with gives results and errors on", `
			local l = thread.lock()
			print(l:with(function() return 1, nil, 3 end))
			print(pcall(l.with, l, function() error("bad", 0) end))
			print(l:locked())`, "1\tnil\t3\nfalse\tbad\nfalse\n"},
		{"with and cancel", `
			local l = thread.lock()
			local t = async.spawn(function() l:with(function() async.sleep(60) end) end)
			async.sleep(0.005) print(l:locked()) t:cancel() pcall(t.await, t) print(l:locked())`, "true\nfalse\n"},
		{"mutual exclusion", `
			local l, m, hs = thread.lock(), thread.map(), {}
			m:set("n", 0)
			for i = 1, 4 do hs[i] = thread.spawn(function() for _ = 1, 200 do l:with(function() m:set("n", m:get("n") + 1) end) end end) end
			for _, h in ipairs(hs) do h:join() end
			print(m:get("n"))`, "800\n"},
		{"another task releases a lock", `local l = thread.lock() l:acquire() async.spawn(function() l:release() end):await() print(l:try_acquire())`, "true\n"},
		{"not an rlock", `local l = thread.rlock("r") l:acquire() local _, e = try(function() async.spawn(function() l:release() end):await() end) print(e.kind, e.message)`,
			"thread.not_held\tthe lock 'r' is held by the main task, and only it may release it\n"},
		{"an rlock is counted", `local l = thread.rlock() l:acquire() l:acquire() l:release() print(l:locked()) l:release() print(l:locked())`, "true\nfalse\n"},
		{"timeouts", `
			local l, s, b, ch = thread.lock(), thread.semaphore(0), thread.barrier(2), thread.channel()
			l:acquire()
			for _, f in ipairs{function(t) l:acquire(t) end, function(t) s:acquire(t) end, function(t) b:wait(t) end, function(t) ch:send(1, t) end, function(t) ch:receive(t) end, function(t) thread.event():wait(t) end} do
				io.write(select(2, try(f, {timeout=0.005})).kind, " ", select(2, try(f, {timeout=0})).kind, " ")
			end print()`, "timeout timeout timeout timeout timeout thread.barrier_broken timeout timeout timeout timeout timeout timeout \n"},
		{"cancels", `
			local l, s, b, ch, e, c = thread.lock(), thread.semaphore(0), thread.barrier(2), thread.channel(), thread.event(), thread.condition()
			local main = thread.event()
			local holder = async.spawn(function() l:with(function() main:wait() end) end)
			async.sleep(0.005)
			for _, f in ipairs{function() l:acquire() end, function() s:acquire() end, function() b:wait() end, function() ch:send(1) end, function() ch:receive() end, function() e:wait() end, function() c:with(function() c:wait() end) end} do
				local t = async.spawn(f) async.sleep(0.003) t:cancel("why") io.write(select(2, try(t.await, t)).message, " ")
			end
			main:set() holder:await() print(c:with(function() return "free" end), b:broken())`, "why why why why why why why free\ttrue\n"},
		{"a task that ends lets its lock go", `
			local l = thread.lock()
			thread.spawn(function() l:acquire() end):join()
			l:acquire({timeout=5}) print "mine"`, "mine\n"},
		{"a task that waits gets the lock of one that ended", `
			local l = thread.lock()
			local t = async.spawn(function() l:acquire() async.sleep(0.01) end)
			async.sleep(0.002) l:acquire() print "mine" t:await()`, "mine\n"},
		{"deadlock of one", `local l = thread.lock("a") l:acquire() local _, e = try(l.acquire, l) print(e.kind, e.message)`,
			"thread.deadlock\tit would never get it: the lock 'a' is held by this task\n"},
		{"deadlock of two tasks", `
			local a, b, ready = thread.lock("a"), thread.lock("b"), thread.barrier(2)
			local t = async.spawn(function() a:with(function() ready:wait() b:with(function() end) end) end)
			b:acquire() ready:wait() async.sleep(0.005)
			local _, e = try(a.acquire, a)
			print(e.kind, e.circle[1]) print(e.circle[2])
			b:release() t:await()`, "thread.deadlock\tthe lock 'a' is held by the task of test.lua:3\nthe lock 'b' is held by this task\n"},
		{"deadlock of two threads", `
			local a, b, ready = thread.lock("a"), thread.lock("b"), thread.barrier(2)
			local function both(x, y) return function()
				local ok, e = pcall(x.with, x, function() ready:wait() y:with(function() end) end)
				return ok and "ok" or e.kind
			end end
			local h, i = thread.spawn(both(a, b)), thread.spawn(both(b, a))
			local r = {h:join(), i:join()} table.sort(r) print(r[1] == "ok" or r[1] == "thread.deadlock", r[2])`, "true\tthread.deadlock\n"},
		{"locks are named by their lines", "local l = thread.lock()\nl:acquire() print(select(2, try(l.acquire, l)).circle[1])", "the lock of test.lua:1 is held by this task\n"},
		{"condition", `
			local c, q, got = thread.condition(), thread.list(), {}
			local ts = {}
			for i = 1, 3 do ts[i] = async.spawn(function() c:with(function() c:wait_for(function() return #q > 0 end) got[#got + 1] = q:remove(1) end) end) end
			async.sleep(0.005)
			c:with(function() q:append("a") print(c:notify()) end)
			async.sleep(0.005)
			c:with(function() q:append("b") q:append("c") print(c:notify_all()) end)
			for _, t in ipairs(ts) do t:await() end
			print(table.concat(got, " "))`, "1\n2\na b c\n"},
		{"a condition needs its lock", `local c = thread.condition() print(select(2, try(c.wait, c)).kind, select(2, try(c.notify, c)).kind, select(2, try(c.wait_for, c, print)).kind)`, "thread.not_held\tthread.not_held\tthread.not_held\n"},
		{"an rlock is given up whole", `
			local l = thread.rlock() local c = thread.condition(l)
			local t = async.spawn(function() c:with(function() c:with(function() c:wait() print(l:locked()) end) end) end)
			async.sleep(0.005) c:with(function() c:notify() end) t:await() print(l:locked())`, "true\nfalse\n"},
		{"the lock comes back after a timeout", `local c = thread.condition() c:with(function() pcall(c.wait, c, 0.002) c:notify() end) print "held"`, "held\n"},
		{"wait_for gives up", `local c = thread.condition() print(c:with(function() return select(2, try(c.wait_for, c, function() return false end, {timeout=0.005})).kind end))`, "timeout\n"},
		{"semaphore", `
			local s, most, now = thread.semaphore(2), thread.counter(), thread.counter()
			local ts = {}
			for i = 1, 6 do ts[i] = async.spawn(function() s:with(function() local n = now:add(1) if n > most:get() then most:set(n) end async.sleep(0.001) now:add(-1) end) end) end
			for _, t in ipairs(ts) do t:await() end
			print(most:get(), s:value()) print(select(2, try(s.release, s)).kind)
			local u = thread.semaphore{n=0, bounded=false} u:release(2) print(u:value())`, "2\t2\nthread.not_held\n2\n"},
		{"barrier", `
			local b, hs, places = thread.barrier(3), {}, {}
			for i = 1, 2 do hs[i] = thread.spawn(function() return b:wait() * 10 + b:wait() * 0 end) end
			places[1] = b:wait() b:wait()
			for i = 1, 2 do places[i + 1] = hs[i]:join() / 10 end
			if places[1] < 1 then error "no place" end
			local sum = places[1] + places[2] + places[3] print(sum, b:waiting(), b:broken())`, "6\t0\tfalse\n"},
		{"a broken barrier", `
			local b = thread.barrier(3)
			local t = async.spawn(function() return select(2, try(b.wait, b)).kind end)
			async.sleep(0.003) print(b:waiting())
			print(select(2, try(b.wait, b, 0.003)).kind, t:await(), b:broken(), select(2, try(b.wait, b)).kind)
			b:reset() print(b:broken())`, "1\ntimeout\tthread.barrier_broken\ttrue\tthread.barrier_broken\nfalse\n"},
		{"reset breaks those who wait", `
			local b = thread.barrier(2)
			local t = async.spawn(function() return select(2, try(b.wait, b)).kind end)
			async.sleep(0.003) b:reset() print(t:await(), b:broken())`, "thread.barrier_broken\tfalse\n"},
		{"a rendezvous", `
			local ch, log = thread.channel(), {}
			local t = async.spawn(function() for i = 1, 3 do ch:send(i) log[#log + 1] = "sent" .. i end ch:close() end)
			async.sleep(0.005) print(#log, ch:len(), ch:try_send("x"))
			print(ch:try_receive()) print(ch:receive()) print(ch:receive()) print(ch:receive()) t:await() print(select(2, try(ch.send, ch, 1)).kind)`,
			"0\t0\tfalse\n1\ttrue\n2\ttrue\n3\ttrue\nnil\tfalse\nthread.closed\n"},
		{"receivers first", `
			local ch = thread.channel() local t = async.spawn(function() local s = 0 for v in ch:each() do s = s + v end return s end)
			async.sleep(0.003) print(ch:try_send(1)) ch:send(2) ch:close() print(t:await())`, "true\n3\n"},
		{"select over rendezvous", `
			local a, b = thread.channel(), thread.channel()
			local t = async.spawn(function() b:send("x") end)
			print(thread.select{a, b}) t:await()
			t = async.spawn(function() return thread.select{a, b} end) async.sleep(0.003) a:send("y") print(t:await())
			print(select(2, try(thread.select, {a, b, timeout=0.003})).kind)
			a:close() b:close() print(thread.select{a, b})`, "2\tx\n1\ty\ntimeout\nnil\n"},
		{"map", `
			local m = thread.map() m:set(1, "one") m:set("k", {a={2}}) m:set(true, false)
			print(m:get(1), m:get("k").a[1], m:get(true), m:get("none"), #m, m:len())
			for _, k in ipairs(m:keys()) do io.write(tostring(k), " ") end print()
			m:delete(1) print(#m, m:items().k.a[1]) m:clear() print(#m)
			print(select(2, try(m.set, m, {}, 1)).kind, select(2, try(m.set, m, 0/0, 1)).kind)`, "one\t2\tfalse\tnil\t3\t3\n1 k true \n2\t2\n0\nargs.invalid\targs.invalid\n"},
		{"updates of one key", `
			local m, hs = thread.map(), {}
			for i = 1, 4 do hs[i] = thread.spawn(function() for _ = 1, 100 do m:update("n", function(v) return (v or 0) + 1 end) end end) end
			for _, h in ipairs(hs) do h:join() end
			print(m:get("n"), m:update("n", function() end), m:get("n"))
			print(pcall(m.update, m, "x", function() error("no", 0) end))`, "400\tnil\tnil\nfalse\tno\n"},
		{"list", `
			local l = thread.list() l:append("b") l:insert(1, "a") l:insert(3, "c") l:set(2, {1})
			print(#l, l:get(1), l:get(2)[1], l:get(-1), l:get(9)) print(l:remove(1), l:remove(), l:remove(7), #l)
			print(select(2, try(l.set, l, 5, 1)).kind, select(2, try(l.append, l, nil)).kind, #l:items()) l:clear() print(l:len())`, "3\ta\t1\tc\tnil\na\tc\tnil\t1\nargs.invalid\targs.invalid\t1\n0\n"},
		{"counter", `local n = thread.counter(1) print(n:add(), n:add(0.5), n:compare_and_set(2.5, 9), n:compare_and_set(1, 2), n:get())`, "2\t2.5\ttrue\tfalse\t9\n"},
		{"buffer", `
			for _, kind in ipairs{"f64", "f32", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8"} do
				local b = thread.buffer(kind, 5)
				for i = 1, 5 do b[i] = i * 10 end
				b[3] = 7 b:add(4, 2)
				if kind:sub(1, 1) == "i" then b[1] = -1 assert(b[1] == -1) b[1] = 10 end
				io.write(kind, ":", table.concat(b:items(), ","), " ")
			end print()
			local b = thread.buffer("u8", 4)
			print(#b, b:kind(), select(2, try(function() return b[5] end)).message, select(2, try(function() b[0] = 1 end)).message)
			print(select(2, try(function() b[1] = 256 end)).message, select(2, try(function() b[1] = 1.5 end)).kind, select(2, try(function() b[1.5] = 1 end)).kind, select(2, try(function() b.x = 1 end)).kind)
			b:fill(9) b:fill(1, 2, 3) print(table.concat(b:items(), ","), table.concat(b:items(2, 3), ","), select(2, try(b.fill, b, 1, 3, 9)).kind, #thread.buffer("u8", 0):items())`,
			"f64:10,20,7,42,50 f32:10,20,7,42,50 i64:10,20,7,42,50 i32:10,20,7,42,50 i16:10,20,7,42,50 i8:10,20,7,42,50 u64:10,20,7,42,50 u32:10,20,7,42,50 u16:10,20,7,42,50 u8:10,20,7,42,50 \n" +
				"4\tu8\tthe index 5 is outside 1..4\tthe index 0 is outside 1..4\n256 is no value of a buffer of u8\targs.invalid\targs.invalid\targs.invalid\n9,1,1,9\t1,1\targs.invalid\t0\n"},
		{"tables of Lua in mind", `
			local m, l, b = thread.map(), thread.list(), thread.buffer("i8", 2)
			print(select(2, try(function() return m["price"] end)).hint, select(2, try(function() return l[1] end)).hint)
			print(select(2, try(function() m.price = 1 end)).hint, select(2, pcall(ipairs, l)))
			print(select(2, try(function() b[0] = 1 end)).hint, select(2, try(function() b[1] = 300 end)).hint)`,
			"an entry is read by value:get(\"price\")\tan entry is read by value:get(1)\n" +
				"call its method: value:set(…)\tbad argument #1 to '?' (table expected, got thread.List: its items() are a table)\n" +
				"as in all of Lua, the first has the index 1\tit holds whole numbers from -128 to 127\n"},
		{"a buffer is shared", `
			local b, hs = thread.buffer("u8", 8), {}
			for i = 1, 4 do hs[i] = thread.spawn(function() for _ = 1, 50 do b:add(1, 1) end b[i + 4] = i end) end
			for _, h in ipairs(hs) do h:join() end
			print(b[1], b[5], b[8])`, "200\t1\t4\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if out := world(t).Run(t, head+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}
