package process_test

import "testing"

func TestStartMethodPool(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"a worker serves again", `
			process.start_method("pool", {ready=0})
			local function pid() x = (x or 0) + 1 return process.current().pid .. " " .. x end
			print(process.spawn(pid):wait() == process.spawn(pid):wait())`, "true"},
		{"side by side", `
			process.start_method("pool", {ready=2})
			local function f(n) async.sleep(0.01) return n end
			print(async.gather(process.spawn(f, 1), process.spawn(f, 2), process.spawn(f, 3)))`, "1\t2\t3"},
		{"a killed one is not kept", `
			process.start_method("pool", {ready=1})
			local w = process.spawn(async.sleep, 60) w:kill() pcall(w.wait, w)
			print(process.spawn(function() return "lives" end):wait())`, "lives"},
		{"an idle one was killed", `
			process.start_method("pool", {ready=0})
			local w = process.spawn(function() end) w:wait()
			require("subprocess").run{"kill", "-9", tostring(w.pid)}
			while require("subprocess").run{"kill", "-0", tostring(w.pid), check=false}.code == 0 do async.sleep(0.001) end
			local v = process.spawn(function() return "lives" end)
			print(v:wait(), v.pid ~= w.pid)`, "lives\ttrue"},
		{"an exit ends it", `
			process.start_method("pool", {ready=0})
			local w = process.spawn(os.exit, 5) pcall(w.wait, w)
			local v = process.spawn(function() end) v:wait()
			print(w.exit_code, v.exit_code, w.pid ~= v.pid)`, "5\t0\ttrue"},
		{"back to spawn", `
			print(process.start_method("pool"), process.start_method(), process.start_method("spawn"))
			local w = process.spawn(function() end) w:wait()
			local v = process.spawn(function() end) v:wait()
			print(w.pid ~= v.pid)`, "pool\tpool\tspawn\ntrue"},
		{"an error keeps it", `
			process.start_method("pool", {ready=0})
			local w = process.spawn(error, "boom") print(pcall(w.wait, w))
			local v = process.spawn(function() end) v:wait()
			print(w.pid == v.pid)`, "false\tboom\ntrue"},
		{"fork", `local _, e = try(process.start_method, "fork") print(e.kind, e.hint) print(select(2, try(process.start_method, "x")).kind)`,
			"process.fork\tuse \"pool\", which keeps processes ready, or \"spawn\"\nargs.invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.source, tt.want)
		})
	}
}

func TestPipe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"both ways", `
			local a, b = process.pipe()
			local w = process.spawn(function() for i = 1, 3 do b:send(b:receive() * 2) end end)
			for i = 1, 3 do a:send(i) io.write(a:receive(), " ") end w:wait()`, "2 4 6"},
		{"nil, tables and handles", `
			local a, b = process.pipe()
			local q = process.queue()
			process.spawn(function() b:send(nil) b:send({x={1}}) b:send(q) end):wait()
			local n, t, r = a:receive(), a:receive(), a:receive()
			print(n, t.x[1], r == q)`, "nil\t1\ttrue"},
		{"one direction", `
			local r, s = process.pipe{duplex=false}
			s:send(1)
			print(r:receive(), select(2, try(r.send, r, 1)).kind, select(2, try(s.receive, s)).kind)`, "1\targs.invalid\targs.invalid"},
		{"closed", `
			local a, b = process.pipe()
			a:send(1) a:close() a:close()
			print(b:poll(), b:receive(), b:poll(), select(2, try(b.receive, b)).kind, select(2, try(b.send, b, 1)).kind, select(2, try(a.send, a, 1)).kind)`,
			"true\t1\ttrue\tprocess.closed\tprocess.closed\tprocess.closed"},
		{"it pushes back", `
			local a, b = process.pipe{max=2}
			a:send(1) a:send(2)
			local _, e = try(a.send, a, 3, {timeout=0.01})
			print(e.kind, b:receive(), b:receive(), b:poll())`, "timeout\t1\t2\tfalse"},
		{"ends with its process", `
			local a, b = process.pipe()
			local w = process.spawn(function() b:send("last") end)
			print(a:receive(), select(2, try(a.receive, a)).kind) w:wait()`, "last\tprocess.closed"},
		{"ends with a process that was killed", `
			local a, b = process.pipe()
			local w = process.spawn(function() b:send("here") async.sleep(60) end)
			a:receive()
			local reader = async.spawn(function() return select(2, try(a.receive, a)).kind end)
			w:kill()
			print(reader:await(), pcall(w.wait, w) == false)`, "process.closed\ttrue"},
		{"ends with a process that never used it", `
			local a, b = process.pipe()
			local w = process.spawn(function() local mine = b async.sleep(60) end)
			w:kill()
			print(select(2, try(a.receive, a)).kind) pcall(w.wait, w)`, "process.closed"},
		{"stays when it is used here", `
			local a, b = process.pipe()
			process.spawn(function() b:send(1) end):wait()
			print(a:receive())
			local c, d = process.pipe()
			local ready, go = process.event(), process.event()
			local w = process.spawn(function() d:send(1) ready:set() go:wait() end)
			ready:wait()
			d:send(2)
			go:set() w:wait()
			d:send(3)
			print(c:receive(), c:receive(), c:receive())`, "1\n1\t2\t3"},
		{"used by one process after the other", `
			local a, b = process.pipe()
			for i = 1, 3 do process.spawn(function() b:send(i) end):wait() io.write(a:receive(), " ") end
			print(select(2, try(a.receive, a)).kind, a:poll())
			b:send(4)
			print(a:receive(), a:poll())`, "1 2 3 process.closed\ttrue\n4\tfalse"},
		{"full, and nobody to receive", `
			local a, b = process.pipe{max=1}
			process.spawn(function() return b end):wait()
			a:send(1)
			print(select(2, try(a.send, a, 2)).kind, b:receive())`, "process.closed\t1"},
		{"between two processes", `
			local a, b = process.pipe()
			local r = process.spawn(function() local sum = 0 while true do local ok, v = pcall(a.receive, a) if not ok then return sum end sum = sum + v end end)
			local s = process.spawn(function() for i = 1, 100 do b:send(i) end b:close() end)
			s:wait() print(r:wait())`, "5050"},
		{"a thread", `
			local a, b = process.pipe()
			local h = thread.spawn(function() return b:receive() end)
			a:send("hello") print(h:join())`, "hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.source, tt.want)
		})
	}
}

func TestShared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"values count together", `
			local v = process.value("i64", 0)
			local function work() for _ = 1, 2000 do v:add(1) end end
			local ws = {} for i = 1, 3 do ws[i] = process.spawn(work) end
			work()
			for _, w in ipairs(ws) do w:wait() end
			print(v:get())`, "8000"},
		{"values of each kind", `
			for _, k in ipairs{"f64", "f32", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8"} do
				local v = process.value(k, 3)
				process.spawn(function() v:add(4) end):wait()
				io.write(v:kind(), "=", v:get(), " ")
			end`, "f64=7 f32=7 i64=7 i32=7 i16=7 i8=7 u64=7 u32=7 u16=7 u8=7"},
		{"values are apart", `
			local vs = {} for i = 1, 1100 do vs[i] = process.value("i32", i) end
			local sum = 0 for _, v in ipairs(vs) do sum = sum + v:get() end print(sum)
			print(process.spawn(function() return vs[600]:add(1) end):wait(), vs[599]:get(), vs[600]:get(), vs[601]:get())`, "605550\n601\t599\t601\t601"},
		{"checked", `
			local v = process.value("u8", 255)
			print(select(2, try(v.add, v, 1)).kind, v:get(), v:compare_and_set(255, 1), v:compare_and_set(255, 2), select(2, try(process.value, "u8", -1)).kind, select(2, try(process.value, "bool")).kind)`,
			"args.invalid\t255\ttrue\tfalse\targs.invalid\targs.invalid"},
		{"a buffer", `
			local b = process.buffer("i32", 100)
			local w = process.spawn(function() for i = 1, #b do b[i] = i end b:add(1, 10) return b:kind() end)
			print(w:wait(), b[1], b[100], #b)
			print(select(2, try(function() return b[101] end)).kind, select(2, try(function() b[1] = 0.5 end)).kind,
				process.spawn(function() return select(2, try(function() b[0] = 1 end)).kind end):wait())`, "i32\t11\t100\t100\nargs.invalid\targs.invalid\targs.invalid"},
		{"a buffer that is not in shared memory", `
			local b = thread.buffer("f64", 3)
			print(process.spawn(function() b[2] = 5 b:fill(9, 3, 3) return b:add(2, 1) + #b end):wait(), b[2], b[3], process.spawn(function() return b[2] end):wait())`, "9\t6\t9\t6"},
		{"an empty buffer", `local b = process.buffer("f64", 0) print(#b, process.spawn(function() return #b end):wait())`, "0\t0"},
		{"a buffer of a process", `
			local b = process.spawn(function() local b = process.buffer("f64", 3) b[2] = 5 return b end)
			print(select(2, try(function() return b:wait()[2] end)).kind)`, "handle.closed"},
		{"a third process", `
			local b, v = process.buffer("f64", 3), process.value("i64", 1)
			process.spawn(function() process.spawn(function() b[3] = 9 v:add(5) end):wait() end):wait()
			print(b[3], v:get())`, "9\t6"},
		{"the memory stays", `
			local function user(b) collectgarbage() return b[5] end
			local b = process.buffer("f64", 1e6) b[5] = 7
			for i = 1, 3 do collectgarbage() io.write(process.spawn(user, b):wait(), " ") end`, "7 7 7"},
		{"a manager", `
			local m = process.manager()
			local d, l, q, k = m:dict(), m:list(), m:queue(), m:lock()
			d:set("inner", l)
			local function f(i) k:with(function() d:set("n", (d:get("n") or 0) + i) end) d:get("inner"):append(i) q:put(i) end
			local ws = {} for i = 1, 3 do ws[i] = process.spawn(f, i) end
			for _, w in ipairs(ws) do w:wait() end
			print(d:get("n"), l:len(), q:len())`, "6\t3\t3"},
		{"a lock of a process that died", `
			local l, ready = process.lock(), process.event()
			local w = process.spawn(function() l:acquire() ready:set() async.sleep(60) end)
			ready:wait() w:kill()
			l:acquire({timeout=10}) print "free" pcall(w.wait, w)`, "free"},
		{"a lock that a process had twice", `
			local l, ready = process.rlock(), process.event()
			local w = process.spawn(function() l:acquire() l:acquire() ready:set() async.sleep(60) end)
			ready:wait() w:kill()
			l:acquire({timeout=10}) print "free" pcall(w.wait, w)`, "free"},
		{"a queue feeds", `
			local jobs, results = process.queue{max=10}, process.queue()
			local ws = {} for i = 1, 2 do ws[i] = process.spawn(function() for n in jobs:each() do results:put(n * n) jobs:task_done() end end) end
			for i = 1, 50 do jobs:put(i) end
			jobs:join() jobs:close()
			for _, w in ipairs(ws) do w:wait() end
			local sum = 0 for i = 1, 50 do sum = sum + results:get() end print(sum)`, "42925"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.source, tt.want)
		})
	}
}
