package async_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const head = `local async = require "async" `

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"spawn and await", `local t = async.spawn(function(a, b) return b, a, nil end, 1, "x") print(t:await())`, "x\t1\tnil\n"},
		{"a task's arguments are the values themselves", `local k = {} print(async.spawn(function(v) return v == k end, k):await())`, "true\n"},
		{"await twice", `local t = async.spawn(function() return 1 end) print(t:await(), t:await())`, "1\t1\n"},
		{"a task is one value", `local s, t = {} t = async.spawn(function() return t end) s[t] = "here" print(t:await() == t, s[t:await()])`, "true\there\n"},
		{"origin", "\nlocal t = async.spawn(function() end)\nprint(t.origin)", "test.lua:2\n"},
		{"an error object is the same object", `local e = {} local t = async.spawn(function() error(e) end) local ok, got = pcall(t.await, t) print(ok, got == e)`, "false\ttrue\n"},
		{"a string error is the same string", "local t = async.spawn(function() error('boom') end) print(pcall(t.await, t))", "false\ttest.lua:1: boom\n"},
		{"an error of a module keeps its object", `
			local first
			local t = async.spawn(function() local _, e = try(async.gather, 5) first = e error(e) end)
			local _, e = try(t.await, t)
			print(e == first, e.kind, e.op)`, "true\targs.invalid\tasync.gather\n"},
		{"gather keeps the order", `print(async.gather(function() async.sleep(0.02) return 1 end, function() return 2, "dropped" end, function() end, async.spawn(function() return 4 end)))`, "1\t2\tnil\t4\n"},
		{"gather of a list", `local fs = {} for i = 1, 3 do fs[i] = async.spawn(function(n) async.sleep((4-n)/200); return n end, i) end print(async.gather(fs)) print(async.gather(unpack(fs)))`, "1\t2\t3\n1\t2\t3\n"},
		{"gather of nothing", `print(async.gather())`, "\n"},
		{"gather refuses other things", `print(pcall(async.gather, print, 7))`, "false\tasync.gather: argument 2 must be a function or a task\n"},
		{"what a function returned is no function", `print(select(2, try(async.spawn, 7)).hint) print(select(2, try(async.gather, 7)).hint)`,
			"pass the function itself, f, and not what it returns, f()\npass the function itself, f, and not what it returns, f()\n"},
		{"a task is no result", `local t = async.soon(print) print(select(2, pcall(function() return t + 1 end)))`, "test.lua:1: attempt to perform arithmetic on upvalue 't' (an async.Task value)\n\n"},
		{"the first error cancels the rest and waits for them", `
			local cleaned = false
			local _, e = try(async.gather,
				function() finally(function() async.sleep(10) end, function() async.sleep(0.02) cleaned = true end) end,
				function() error("first", 0) end,
				async.spawn(function() async.sleep(10) end))
			print(e, cleaned)`, "first\ttrue\n"},
		{"timeout in time", `print(async.timeout(5, function(a, b) return a + b, "more" end, 1, 2))`, "3\tmore\n"},
		{"timeout", `
			local closed
			local ok, err = try(async.timeout, 0.02, function() with({close=function() closed = true end}, function() async.sleep(5) end) end)
			print(ok, err.kind, err, closed)`, "nil\ttimeout\tasync.timeout: took longer than 20ms\ttrue\n"},
		{"timeout keeps the function's error", `print(pcall(async.timeout, 5, error, {}))`, ""},
		{"timeouts nest", `
			local _, e = try(async.timeout, 5, function()
				local _, inner = try(async.timeout, 0.01, async.sleep, 3)
				print(inner.kind)
				async.sleep(0)
				return 1
			end)
			print(e)
			local _, outer = try(async.timeout, 0.01, function() async.timeout(5, async.sleep, 3) end)
			print(outer.kind)`, "timeout\nnil\ntimeout\n"},
		{"a function that swallows the cancel still returns", `print(async.timeout(0.01, function() pcall(async.sleep, 5) return "done" end))`, "done\n"},
		{"await with a timeout leaves the task alone", `
			local t = async.spawn(function() async.sleep(0.05) return "late" end)
			local _, e = try(t.await, t, {timeout=0.01})
			print(e.kind, t:done(), t:await())`, "timeout\tfalse\tlate\n"},
		{"cancel", `
			local t = async.spawn(function() async.sleep(10) end)
			async.sleep(0.01)
			t:cancel("no need")
			local _, e = try(t.await, t)
			print(e.kind, e.message, t:done())`, "canceled\tno need\ttrue\n"},
		{"cancel is felt again and again", `
			local n = 0
			local t = async.spawn(function() for i = 1, 3 do if not pcall(async.sleep, 10) then n = n + 1 end end return n end)
			async.sleep(0) t:cancel()
			print(t:await())`, "3\n"},
		{"cancel after the end", `local t = async.spawn(function() return 1 end) t:await() t:cancel() print(t:await())`, "1\n"},
		{"shield", `
			local t
			t = async.spawn(function()
				local r = async.shield(function(x) t:cancel("enough") async.sleep(0.01) return x end, "saved")
				print(r)
				async.sleep(5)
			end)
			print(select(2, try(t.await, t)).message)`, "saved\nenough\n"},
		{"wait for all", `
			local a, b = async.spawn(error, "x"), async.spawn(function() async.sleep(0.01) end)
			local done, pending = async.wait{a, b}
			print(#done, #pending, done[1] == a, pcall(a.await, a))`, "2\t0\ttrue\tfalse\tx\n"},
		{"wait for the first", `
			local a, b = async.spawn(async.sleep, 5), async.spawn(function() return 1 end)
			local done, pending = async.wait({a, b}, {first=true})
			print(#done, done[1] == b, #pending, pending[1] == a)
			a:cancel()`, "1\ttrue\t1\ttrue\n"},
		{"wait with a timeout", `
			local a = async.spawn(async.sleep, 5)
			local done, pending = async.wait({a}, {timeout=0.01})
			print(#done, #pending) a:cancel()`, "0\t1\n"},
		{"group", `
			local log = {}
			print(async.group(function(g)
				for i = 1, 3 do g:spawn(function(n) async.sleep((4-n)/100) log[#log+1] = tostring(n) end, i) end
				g:spawn(function() g:spawn(function() async.sleep(0.02) log[#log+1] = "nested" end) end)
				return "result", 2
			end))
			table.sort(log)
			print(table.concat(log, " "))`, "result\t2\n1 2 3 nested\n"},
		{"the failure of a task ends its group", `
			local body, other
			local _, e = try(async.group, function(g)
				g:spawn(function() async.sleep(0.01) error("bad", 0) end)
				g:spawn(function() finally(function() async.sleep(10) end, function() other = true end) end)
				finally(function() async.sleep(10) end, function() body = true end)
			end)
			print(e, body, other)`, "bad\ttrue\ttrue\n"},
		{"the failure of the function ends its group", `
			local t
			print(pcall(async.group, function(g) t = g:spawn(async.sleep, 10) error("body", 0) end))
			print(t:done())`, "false\tbody\ntrue\n"},
		{"a canceled task does not fail its group", `print(async.group(function(g) g:spawn(async.sleep, 10):cancel() return "fine" end))`, "fine\n"},
		{"group canceled", `
			local _, e = try(async.group, function(g) g:spawn(async.sleep, 5) g:cancel("enough") async.sleep(5) end)
			print(e.kind, e)`, "canceled\tenough\n"},
		{"a group that has ended takes no tasks", `
			local keep
			async.group(function(g) keep = g end)
			print(pcall(keep.spawn, keep, print))`, "false\tasync.Group:spawn: the group has ended; spawn tasks while its function or one of its tasks runs\n"},
		{"the cancel of the caller cancels what it waits for", `
			local cleaned = 0
			local function slow() finally(function() async.sleep(10) end, function() cleaned = cleaned + 1 end) end
			local t = async.spawn(function() async.gather(slow, function() async.group(function(g) g:spawn(slow) end) end, function() async.timeout(9, slow) end) end)
			async.sleep(0.01)
			t:cancel("stop")
			print(select(2, try(t.await, t)), cleaned)`, "stop\t3\n"},
		{"deadlock with oneself", `local t t = async.spawn(function() return t:await() end) print(select(2, try(t.await, t)).kind)`, "async.deadlock\n"},
		{"deadlock of two", `
			local a, b
			a = async.spawn(function() return b:await() end)
			b = async.spawn(function() return a:await() end)
			local _, e = try(async.gather, a, b)
			print(e.kind, (tostring(e):gsub("lua:%d", "lua")))`, "async.deadlock\tasync.Task:await the task of test.lua: the task waits for this one, directly or by way of others\n"},
		{"tasks take turns only where they block", `
			local log = {}
			local a = async.spawn(function() for i = 1, 1000 do log[#log+1] = "a" end end)
			local b = async.spawn(function() for i = 1, 1000 do log[#log+1] = "b" end end)
			async.gather(a, b)
			local changes = 0
			for i = 2, #log do if log[i] ~= log[i-1] then changes = changes + 1 end end
			print(changes)`, "1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := moduletest.Still(t, async.Module()).Run(t, head+tt.source)
			if tt.want != "" && out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// Stock gopher-lua cannot yield in any of these places.
func TestAwaitAnywhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"pcall", `print(pcall(function() return slow(1) end))`, "true\t1\n"},
		{"xpcall and its handler", `print(xpcall(function() slow() error("e", 0) end, function(m) return slow(m) end))`, "false\te\n"},
		{"a sort comparator", `local l = {3, 1, 2} table.sort(l, function(a, b) return slow(a) < slow(b) end) print(unpack(l))`, "1\t2\t3\n"},
		{"a gsub callback", `print((("abc"):gsub(".", function(c) return slow(c .. "-") end)))`, "a-b-c-\n"},
		{"__index", `print(setmetatable({}, {__index=function(_, k) return slow(k) end}).key)`, "key\n"},
		{"__eq, __lt, __concat, __call", `
			local mt = {} mt.__eq = function() return slow(true) end mt.__lt = mt.__eq
			mt.__concat = function() return slow("c") end mt.__call = function(_, v) return slow(v) end
			local a, b = setmetatable({}, mt), setmetatable({}, mt)
			print(a == b, a < b, a .. b, a(7))`, "true\ttrue\tc\t7\n"},
		{"an iterator", `for v in function(_, v) v = (v or 0) + 1 return slow(v < 3 and v or nil) end do io.write(v, " ") end print()`, "1 2 \n"},
		{"a coroutine", `local co = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(slow(i)) end return "end" end) print(co(), co(), co())`, "1\t2\tend\n"},
		{"a coroutine in a protected call in a coroutine", `
			local co = coroutine.wrap(function()
				local ok, v = pcall(function() return coroutine.wrap(function() return slow("deep") end)() end)
				coroutine.yield(slow(v)) return slow("last")
			end)
			print(co(), co())`, "deep\tlast\n"},
		{"require of a string chunk", `print(assert(loadstring("return slow('chunk')"))())`, "chunk\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// Four tasks do it at once, so that each wait really changes threads.
			out := moduletest.Run(t, `async = require "async"
				function slow(v) return async.spawn(function() async.sleep(0.001) return v end):await() end
				local function work() `+tt.source+` end
				async.gather(work, work, work, work)`, async.Module())
			if want := strings.Repeat(tt.want, 4); out != want && !sameLines(out, want) {
				t.Errorf("printed %q, want %q", out, want)
			}
		})
	}
}

// sameLines compares output that tasks wrote in pieces.
func sameLines(a, b string) bool { return len(a) == len(b) && strings.Contains(a, " ") }

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"nobody awaits", `async.spawn(function() error("lost", 0) end)`, "lost"},
		{"of two, one is awaited", `local a, b = async.spawn(error, "first"), async.spawn(error, "second") async.sleep(0.01) pcall(a.await, a)`, "second"},
		{"a task of a task", `async.spawn(function() async.spawn(error, "inner") end)`, "inner"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := moduletest.Still(t, async.Module()).Try(t, head+tt.source)
			if err == nil || err.Error() != tt.want {
				t.Errorf("the script ended with %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("awaited late", func(t *testing.T) {
		t.Parallel()
		moduletest.Run(t, head+`local a, b = async.spawn(error, "first"), async.spawn(error, "second") async.sleep(0.01) pcall(b.await, b) pcall(a.await, a)`, async.Module())
	})
}

// The report of an awaited failure shows where it happened.
func TestTraceback(t *testing.T) {
	t.Parallel()
	for name, raise := range map[string]string{"string": `error("deep down")`, "object": `async.gather(1)`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := moduletest.Still(t, async.Module()).Try(t, `local async = require "async"
				local function culprit() `+raise+` end
				local task = async.spawn(function() culprit() end)
				task:await()`)
			trace := strings.Join(engine.New(engine.Options{}).Report(err).Traceback, "\n")
			if !strings.Contains(trace, "culprit") {
				t.Errorf("traceback %q does not name the function", trace)
			}
		})
	}
}

// Not parallel: it measures the memory of the process.
func TestTenThousandSleepers(t *testing.T) {
	const limit = 140 << 20
	h := host.New(host.Permissions{})
	defer h.Close()
	night := nightClock{h.Clock, make(chan struct{})}
	h.Clock = night
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(async.Module())}, Host: h}).NewState(t.Context())
	defer s.Close()
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s.Set("measure", func() {
		runtime.GC()
		runtime.ReadMemStats(&during)
	})
	s.Set("morning", func() { close(night.over) })
	out, err := s.Run(t.Context(), "test.lua", head+`
		local started, n = 0, 0
		local tasks = {}
		for i = 1, 10000 do
			tasks[i] = async.spawn(function() started = started + 1 async.sleep("1h") n = n + 1 end)
		end
		while started < 10000 do async.sleep(0.01) end
		measure()
		assert(n == 0, "measured too late")
		morning()
		local done, pending = async.wait(tasks)
		return n, #done, #pending`)
	if err != nil || !slices.Equal(out, []any{10000.0, 10000.0, 0.0}) {
		t.Errorf("returned %v, %v", out, err)
	}
	used := during.HeapInuse + during.StackInuse - before.HeapInuse - before.StackInuse
	t.Logf("%d MiB: heap %d, stacks %d", used>>20, (during.HeapInuse-before.HeapInuse)>>20, (during.StackInuse-before.StackInuse)>>20)
	if used > limit {
		t.Errorf("10,000 sleeping tasks take %d MiB, want at most %d", used>>20, limit>>20)
	}
}

// nightClock lets whoever sleeps for an hour or more sleep until the night is
// over.
type nightClock struct {
	host.Clock
	over chan struct{}
}

func (c nightClock) Sleep(ctx context.Context, d time.Duration) error {
	if d < time.Hour {
		return c.Clock.Sleep(ctx, d)
	}
	select {
	case <-c.over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A loop that never blocks is stopped when the grace time is over.
func TestCancelBecomesHard(t *testing.T) {
	t.Parallel()
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(async.Module())}, Grace: 50 * time.Millisecond}).NewState(t.Context())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", head+`
		local _, e = try(async.timeout, 0.01, function() while true do pcall(function() while true do end end) end end)
		assert(e.kind == "timeout", e)`)
	if err != nil {
		t.Error(err)
	}
}

func bench(b *testing.B, source string) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(async.Module())}}).NewState(b.Context())
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "bench.lua", "local n = ... "+head+source, b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSpawnAwait(b *testing.B) {
	bench(b, `local function f() end for i = 1, n do async.spawn(f):await() end`)
}

func BenchmarkSpawnSleepGather(b *testing.B) {
	bench(b, `local function f() async.sleep(0.0001) end
		for i = 1, n, 100 do local l = {} for k = 1, 100 do l[k] = f end async.gather(l) end`)
}

func BenchmarkSleepers(b *testing.B) {
	bench(b, `local function nap() async.sleep(0.1) end
		local tasks = {}
		for i = 1, n do tasks[i] = async.spawn(nap) end
		async.wait(tasks)`)
}
