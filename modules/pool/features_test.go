package pool_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/json"
	"github.com/gscript-lang/gscript/modules/pool"
)

// bothKinds runs each script on a pool of threads and on one of tasks.
func bothKinds(t *testing.T, cases []struct{ name, source, want string }) {
	t.Helper()
	for _, kind := range []string{"thread", "task"} {
		for _, tt := range cases {
			t.Run(kind+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				w := world(t, newMeeting(1))
				w.Modules = append(w.Modules, engine.Provide(json.Module()))
				out := w.Run(t, head+strings.ReplaceAll(tt.source, "KIND", kind))
				want := strings.NewReplacer("KIND", kind, "LIMIT", map[string]string{"thread": "1024", "task": "100000"}[kind]).Replace(tt.want)
				if out != want {
					t.Errorf("printed %q, want %q", out, want)
				}
			})
		}
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	bothKinds(t, []struct{ name, source, want string }{
		{"the issue's lines", `
			local function f(x) return x * 2 end
			local p = pool.new{workers=4, kind="KIND"}
			local xs = {1, 2, 3}
			local out = {}
			for _, v in ipairs(p:map(f, xs)) do out[#out+1] = v end
			for v in p:imap(f, xs) do out[#out+1] = v end
			local sum = 0
			for v in p:imap_unordered(f, xs) do sum = sum + v end
			local s = p:starmap(function(a, b) return a + b end, {{1,2},{3,4}})
			print(table.concat(out, " "), sum, s[1], s[2], p:apply(f, 1))
			local fut = p:submit(f, 7)
			print(fut:result(2), fut:error(), fut:cancel(), fut:done(), fut:running(), fut:cancelled())
			local seen = pool.promise()
			fut:on_done(function(x) seen:set_result(x == fut and x:result()) end)
			print(seen:result())
			local n = 0
			for fut in pool.as_completed{p:submit(f, 1), p:submit(f, 2)} do n = n + fut:result() end
			print(n, #pool.wait({p:submit(f, 1)}, {first=true}))
			print(pool.with({workers=2, kind="KIND"}, function(p) return p:apply(f, 4), p.kind, p.workers, p.name end))
			p:close()`,
			"2 4 6 2 4 6\t12\t3\t7\t2\n14\tnil\tfalse\ttrue\tfalse\tfalse\n14\n6\t1\n8\tKIND\t2\tpool\n"},
		{"map over an iterator function", `
			local n = 0
			local l = pool.new{workers=2, kind="KIND"}:map(function(x) return x + 1 end, function() n = n + 1 if n <= 1000 then return n end end)
			print(#l, l[1], l[1000])`, "1000\t2\t1001\n"},
		{"starmap over an iterator function", `
			local n = 0
			local l = pool.new{workers=2, kind="KIND"}:starmap(math.max, function() n = n + 1 if n <= 3 then return {n, 2} end end)
			print(unpack(l))`, "2\t2\t3\n"},
		{"an item of starmap that is no list", `print(select(2, try(pool.new{workers=1, kind="KIND"}.starmap, pool.new{workers=1}, print, {{1}, 7})).message)`,
			"item 2 must be a list of arguments, got 7\n"},
		{"an error of the iterator function", `
			local p = pool.new{workers=2, kind="KIND"}
			local n = 0
			local function three() n = n + 1 if n == 3 then error("source", 0) end return n end
			print(pcall(p.map, p, tostring, three))
			n = 0
			local got = {}
			local next = p:imap(function(x) return x end, three)
			print(next(), next(), pcall(next))
			print(next())`, "false\tsource\n1\t2\tfalse\tsource\nnil\n"},
		{"imap raises at the place and goes on", `
			local p = pool.new{workers=2, kind="KIND"}
			local next = p:imap(function(n) if n == 2 then error("two", 0) end return n end, {1, 2, 3})
			local a = next()
			local ok, e = pcall(next)
			print(a, ok, e.index, e.value, next(), next())`, "1\tfalse\t2\ttwo\t3\tnil\n"},
		{"a timeout of an item does not end the rest", `
			local p = pool.new{workers=2, kind="KIND"}
			local next = p:imap(function(n) if n == 1 then async.sleep(60) end return n end, {1, 2}, {job_timeout=0.05})
			local ok, e = pcall(next)
			print(ok, e.kind, e.index, next())`, "false\tpool.timeout\t1\t2\n"},
		{"nil results of imap", `
			local n, null = 0, require("json").null
			for v in pool.new{workers=2, kind="KIND"}:imap(function(x) end, {1, 2, 3}) do assert(v == null) n = n + 1 end
			print(n)`, "3\n"},
		{"imap keeps to its buffer", `
			local p = pool.new{workers=1, kind="KIND"}
			local taken, most, got = 0, 0, 0
			for v in p:imap(function(x) return x end, function() taken = taken + 1 most = math.max(most, taken - got) if taken <= 100 then return taken end end, {buffer=3}) do got = got + 1 end
			print(got, most)`, "100\t3\n"},
		{"an abandoned imap", `
			local p = pool.new{workers=1, kind="KIND"}
			for v in p:imap(function(x) return x end, function() return 1 end, {buffer=2}) do break end
			print(p:apply(math.max, 1, 2))
			p:close()`, "2\n"},
		{"imap refuses a buffer of nothing", `print(pcall(function() pool.new{kind="KIND"}:imap(print, {}, {buffer=-1}) end))`,
			"false\tpool.Pool:imap: argument 'buffer' must be from 1 to 100000, got -1\n"},
		{"on_done of a done future", `
			local p = pool.new{workers=1, kind="KIND"}
			local f = p:submit(math.max, 1, 2)
			f:result()
			local seen = pool.promise()
			f:on_done(function(f) seen:set_result(f:done()) end)
			print(seen:result())`, "true\n"},
		{"and_then", `
			local p = pool.new{workers=1, kind="KIND"}
			local a = p:submit(math.max, 1, 2):and_then(function(n) return n * 10 end)
			local b = p:submit(error, "no", 0):and_then(print)
			local c = p:submit(math.max, 1):and_then(function() error("then", 0) end)
			print(a:result(), b:error(), c:error())`, "20\tno\tthen\n"},
		{"a failure goes to any and all", `
			local p = pool.new{workers=2, kind="KIND"}
			local function bad() error("bad", 0) end
			print(pool.any{p:submit(bad), p:submit(math.max, 1, 3)}, pcall(pool.any, {p:submit(bad)}))
			print(pcall(pool.all, {p:submit(bad), p:submit(math.max, 1)}))
			local l = pool.all{p:submit(math.max, 1), p:submit(function() end), p:submit(math.max, 3)}
			print(l[1], l[2], l[3])
			print(pcall(pool.any, {}))
			p:close()`, "3\tfalse\tbad\nfalse\tbad\n1\tnil\t3\nfalse\tpool.any: there is no future to wait for\n"},
		{"wait", `
			local p = pool.new{workers=2, kind="KIND"}
			local slow, bad, good = p:submit(async.sleep, 60), p:submit(error, "bad"), p:submit(math.max, 1)
			local done, pending = pool.wait({slow, bad, good}, {first="error"})
			print(#pending >= 1, bad:done())
			done, pending = pool.wait({slow, bad, good}, {timeout=0.05})
			print(#done, #pending, pending[1] == slow)
			print(#pool.wait{}, pcall(pool.wait, {}, {first="x"}))
			slow:cancel()
			print(#pool.wait{slow, bad}, slow:cancelled())`,
			"true\ttrue\n2\t1\ttrue\n0\tfalse\tpool.wait: argument 'first' must be true, false or \"error\"\n2\ttrue\n"},
		{"as_completed with a limit", `
			local p = pool.new{workers=2, kind="KIND"}
			local slow, fast = p:submit(async.sleep, 60), p:submit(math.max, 1)
			local next = pool.as_completed({slow, fast}, {timeout=0.2})
			print(next() == fast)
			print(select(2, pcall(next)).kind)
			slow:cancel()`, "true\ntimeout\n"},
		{"futures and tasks wait together", `
			local p = pool.new{workers=1, kind="KIND"}
			local done = pool.wait{p:submit(math.max, 1), async.spawn(function() end)}
			print(#done)`, "2\n"},
		{"a job's limit", `
			local p = pool.new{workers=1, kind="KIND", job_timeout=0.05}
			local e = p:submit(async.sleep, 60):error()
			print(e.kind, e.message, p:apply(math.max, 2))`, "pool.timeout\tthe job took longer than 50ms and was stopped\t2\n"},
		{"a canceled job", `
			local p = pool.new{workers=1, kind="KIND"}
			local a, b = p:submit(async.sleep, 60), p:submit(print, "never")
			async.sleep(0.01)
			print(a:running(), b:running(), b:cancel("no"), a:cancel("enough"), a:error().message, b:error().message, b:cancelled())`,
			"true\tfalse\ttrue\ttrue\tenough\tno\ttrue\n"},
		{"close with cancel", `
			local p = pool.new{workers=1, kind="KIND"}
			local a, b = p:submit(async.sleep, 60), p:submit(print)
			p:close{cancel=true}
			print(a:error().kind, b:error().kind, pcall(p.submit, p, print))`, "canceled\tcanceled\tfalse\tpool.Pool:submit: the pool is closed\n"},
		{"close waits", `
			local p = pool.new{workers=1, kind="KIND"}
			local fs = {}
			for i = 1, 3 do fs[i] = p:submit(function(i) async.sleep(0.005) return i end, i) end
			p:close()
			print(fs[1]:done(), fs[3]:done(), fs[3]:result())`, "true\ttrue\t3\n"},
		{"with cancels when the function fails", `
			local f
			print(pcall(pool.with, {workers=1, kind="KIND"}, function(p) f = p:submit(async.sleep, 60) error("body", 0) end))
			print(f:error().kind)`, "false\tbody\ncanceled\n"},
		{"max_queue makes submit wait", `
			local p = pool.new{workers=1, kind="KIND", max_queue=2}
			local most = 0
			for i = 1, 20 do p:submit(async.sleep, 0) most = math.max(most, p:stats().queued) end
			p:close()
			print(most)`, "2\n"},
		{"debug runs one after another", `
			local log = {}
			local p = pool.new{workers=4, kind="KIND", debug=true}
			local a = p:submit(function() return 1 end)
			print(a:done(), p.workers, p:submit(error, "seen", 0):error(), p:map(function(x) return x end, {5, 6})[2])
			p:close()`, "true\t1\tseen\t6\n"},
		{"resize", `
			local p = pool.new{workers=4, kind="KIND"}
			local fs = {}
			for i = 1, 8 do fs[i] = p:submit(async.sleep, 0.005) end
			p:resize(1)
			p:resize(3)
			for f in pool.as_completed(fs) do f:result() end
			p:resize(1)
			print(p.workers, p:apply(math.max, 1), p:stats().workers <= 1, p:stats().done, pcall(p.resize, p, 0))
			p:close()`, "1\t1\ttrue\t9\tfalse\tpool.Pool:resize: argument 'workers' must be from 1 to LIMIT, got 0\n"},
		{"a map of many", `
			local l = {} for i = 1, 2000 do l[i] = i end
			local r = pool.new{workers=2, kind="KIND"}:map(function(n) return n end, l)
			for i = 1, 2000 do assert(r[i] == i) end
			print(#r)`, "2000\n"},
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"too many workers", `print(pcall(pool.new, {workers=1e6}))`, "false\tpool.new: argument 'workers' must be at most 1024, got 1000000\n"},
		{"too many tasks", `print(pcall(pool.new, {workers=1e6, kind="task"}))`, "false\tpool.new: argument 'workers' must be at most 100000, got 1000000\n"},
		{"no workers", `print(pcall(pool.new, {workers=0}))`, "false\tpool.new: argument 'workers' must be at least 1, got 0\n"},
		{"an unknown kind", `print(select(2, pcall(pool.new, {kind="fork"})).message)`, "argument 'kind' must be one of \"thread\", \"process\", \"task\", got \"fork\"\n"},
		{"memory of threads", `print(select(2, pcall(pool.new, {max_memory=1})).message)`, "max_memory needs kind=\"process\": only a process has memory of its own\n"},
		{"an initializer for tasks", `print(select(2, pcall(pool.new, {kind="task", initializer=print})).kind)`, "args.invalid\n"},
		{"initializer", `
			local p = pool.new{workers=2, initializer=function(a, b) base = {sum=a + b, thing=meeting.open()} end, initargs={1, 2}}
			print(unpack(p:map(function(n) return base.sum + n end, {1, 2, 3})))
			print(p:apply(function() leak = 1 base = nil end), p:apply(function() return base.sum, leak end))
			p:close()`, "4\t5\t6\nnil\t3\n"},
		{"an initializer that fails breaks the pool", `
			local p = pool.new{workers=1, initializer=function() error("no database", 0) end}
			local a, b = p:submit(print), p:submit(print)
			print(a:error().kind, a:error().message)
			print(b:error().kind, select(2, try(p.submit, p, print)).kind)
			p:close()`, "pool.broken\tthe initializer has failed: no database\npool.broken\tpool.broken\n"},
		{"max_tasks", `
			local p = pool.new{workers=1, max_tasks=2, initializer=function() n = {0} end}
			local function count() n[1] = n[1] + 1 return n[1] end
			print(p:apply(count), p:apply(count), p:apply(count))
			p:close()`, "1\t2\t1\n"},
		{"a task shares everything", `
			local t = {}
			local p = pool.new{workers=2, kind="task"}
			print(p:apply(function(x) x.mark = 1 return x end, t) == t, t.mark)
			p:close()`, "true\t1\n"},
		{"an error value of a task is the value itself", `
			local e = {}
			local p = pool.new{workers=2, kind="task"}
			local f = p:submit(error, e)
			print(f:error() == e, select(2, pcall(f.result, f)) == e)
			local _, at = try(p.map, p, error, {e})
			print(at.kind, at.index, at.value == e)`, "true\ttrue\nlua\t1\ttrue\n"},
		{"promise", `
			local a, b, c = pool.promise(), pool.promise(), pool.promise()
			a:set_result({1})
			b:set_error("bad")
			c:cancel("enough")
			print(a:result()[1], b:error(), pcall(b.result, b))
			print(c:error().message, select(2, try(a.set_result, a, 2)).kind, select(2, try(c.set_error, c, 2)).kind)
			local p = pool.new{workers=1}
			local f = p:submit(math.max, 1)
			print(select(2, try(f.set_result, f, 2)).kind, f:result())`,
			"1\tbad\tfalse\tbad\nenough\tpool.settled\tpool.settled\npool.settled\t1\n"},
		{"an error object in a promise", `
			local _, e = try(pool.new, {workers=0})
			local f = pool.promise()
			f:set_error(e)
			print(f:error() == e, f:error().kind)`, "true\targs.invalid\n"},
		{"deadlock in a full pool", `
			local p = pool.new{workers=1, kind="task", name="full"}
			local f = p:submit(function() return p:submit(math.max, 1):result() end)
			local e = f:error()
			print(e.kind, e.target)
			print(p:apply(math.max, 2))
			p:close()`, "pool.deadlock\tfull\n2\n"},
		{"deadlock of two pools", `
			local a, b = pool.new{workers=1, kind="task"}, pool.new{workers=1, kind="task"}
			local f = a:submit(function()
				return b:submit(function() return a:submit(math.max, 1):result() end):result()
			end)
			print(f:error().kind)
			a:close() b:close()`, "pool.deadlock\n"},
		{"deadlock by map, imap, wait, as_completed and all", `
			local p = pool.new{workers=1, kind="task"}
			for _, wait in ipairs{
				function() p:map(math.max, {1, 2}) end,
				function() for v in p:imap(math.max, {1, 2}) do end end,
				function() for v in p:imap_unordered(math.max, {1, 2}) do end end,
				function() pool.wait{p:submit(math.max, 1)} end,
				function() for f in pool.as_completed{p:submit(math.max, 1)} do end end,
				function() pool.all{p:submit(math.max, 1)} end,
				function() p:apply(math.max, 1) end,
				function() p:submit(math.max, 1):result(60) end,
			} do
				io.write(p:submit(wait):error().kind, " ")
			end
			p:close{cancel=true}
			print()`, strings.Repeat("pool.deadlock ", 8) + "\n"},
		{"no deadlock while another worker is free", `
			local p = pool.new{workers=2, kind="task"}
			print(p:apply(function() return p:apply(function() return 7 end) end))
			p:close()`, "7\n"},
		{"no deadlock with a job that ends", `
			local p = pool.new{workers=2, kind="task"}
			local a = p:submit(async.sleep, 0.01)
			local b = p:submit(function() return p:submit(math.max, 5):result() end)
			print(b:result())
			p:close()`, "5\n"},
		{"a pool full of jobs that wait for a thread pool", `
			local t, p = pool.new{workers=1}, pool.new{workers=1, kind="task"}
			print(p:apply(function() return t:submit(math.max, 5):result() end))
			p:close() t:close()`, "5\n"},
		{"the submitting line", `
			local p = pool.new{workers=1}
			local f = p:submit(function() require("hash").sha256() end)
			print((f:error().traceback:match("submitted at .*$")))`, "submitted at test.lua:3\n"},
		{"stats", `
			local p = pool.new{workers=1}
			local a, b = p:submit(async.sleep, 60), p:submit(print)
			local s = p:stats()
			print(s.workers, s.running, s.queued, s.done, s.idle, #s.pids)
			b:cancel()
			print(p:stats().queued)
			p:close{cancel=true}`, "1\t1\t1\t0\t0\t0\n0\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := world(t, newMeeting(1)).Run(t, head+tt.source)
			if out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// A million items go through a pool without being in memory at the same time:
// whoever walks holds no more than the buffer.
func TestImapOfMany(t *testing.T) {
	t.Parallel()
	world(t, newMeeting(1)).Run(t, head+`
		local p = pool.new{workers=2}
		local n, got = 0, 0
		local function numbers() n = n + 1 assert(n - got <= 5) if n <= 20000 then return n end end
		for v in p:imap(function(x) return x end, numbers, {buffer=4}) do got = got + 1 assert(v == got) end
		assert(got == 20000)
		p:close()`)
}

func TestWhatAnInitializerOpensIsClosedWithTheWorker(t *testing.T) {
	t.Parallel()
	m := newMeeting(1)
	world(t, m).Run(t, head+`
		local p = pool.new{workers=1, initializer=function() thing = meeting.open() end}
		p:apply(function() other = meeting.open() end)
		p:apply(math.max, 1)
		p:close()`)
	if m.opened != 2 || m.closed != 2 {
		t.Errorf("%d things opened, %d closed, want 2 and 2", m.opened, m.closed)
	}
}

// lines is a log that is read line by line.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestErrorOfACallbackIsLogged(t *testing.T) {
	t.Parallel()
	log := make(lines, 8)
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(pool.Module())}, Log: slog.New(slog.NewTextHandler(log, nil)),
	}).NewState(t.Context())
	defer s.Close()
	if _, err := s.Run(t.Context(), "test.lua", `
		local pool = require "pool"
		local f = pool.promise()
		f:on_done(function() error("in the callback", 0) end)
		f:set_result(1)`); err != nil {
		t.Fatal(err)
	}
	if line := <-log; !strings.Contains(line, "in the callback") || !strings.Contains(line, "test.lua:4") {
		t.Errorf("logged %q", line)
	}
}
