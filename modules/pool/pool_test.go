package pool_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/hash"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/pool"
)

// meeting is a module whose meet returns when n callers are in it, whatever
// states they are in; a time limit makes a failure of it.
type meeting struct {
	n    int
	mu   sync.Mutex
	here int
	all  chan struct{}

	opened, closed int
}

type thing struct {
	m    *meeting
	once sync.Once
}

func (x *thing) Close() error {
	x.once.Do(func() {
		x.m.mu.Lock()
		x.m.closed++
		x.m.mu.Unlock()
	})
	return nil
}

func newMeeting(n int) *meeting { return &meeting{n: n, all: make(chan struct{})} }

func (m *meeting) module() *engine.Module {
	return &engine.Module{
		Name:  "meeting",
		Types: []*engine.Type{engine.TypeOf[*thing]("meeting.Thing", "A handle.")},
		Funcs: []*engine.Function{
			engine.Fn("meet", "Wait for the others.", func(c *engine.Call, _ engine.None) (engine.None, error) {
				m.mu.Lock()
				if m.here++; m.here == m.n {
					close(m.all)
				}
				m.mu.Unlock()
				ctx, cancel := c.WithTimeout(engine.Duration(10 * time.Second))
				defer cancel()
				select {
				case <-m.all:
					return engine.None{}, nil
				case <-ctx.Done():
					return engine.None{}, context.Cause(ctx)
				}
			}),
			engine.Fn("open", "Open a thing.", func(*engine.Call, engine.None) (*thing, error) {
				m.mu.Lock()
				m.opened++
				m.mu.Unlock()
				return &thing{m: m}, nil
			}),
			engine.Fn("boom", "Panic.", func(*engine.Call, engine.None) (engine.None, error) { panic("boom") }),
		},
	}
}

func world(t testing.TB, m *meeting) *moduletest.World {
	return moduletest.New(t, pool.Module(), async.Module(), hash.Module(), m.module())
}

const head = `local pool, async, meeting = require "pool", require "async", require "meeting" `

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"as the issue writes it", `
			local fn, list = function(n) return n * 2 end, {1, 2, 3}
			local p = pool.new{workers=4};  local r = p:map(fn, list, {progress=true});  print(p:submit(fn, 21):result());  p:close()
			print(r[1], r[2], r[3])`, "42\n2\t4\t6\n"},
		{"order", `local p = pool.new{workers=2} print(unpack(p:map(function(n) async.sleep((5 - n) / 200) return n end, {1, 2, 3, 4})))`, ""},
		{"properties", `local p = pool.new{workers=3, name="mine"} print(p.workers, p.name, pool.new().workers > 0)`, "3\tmine\ttrue\n"},
		{"an empty list", `print(#pool.new():map(print, {}))`, "0\n"},
		{"nil leaves a hole", `local r = pool.new{workers=1}:map(function(n) if n ~= 2 then return n end end, {1, 2, 3}) print(r[1], r[2], r[3])`, "1\tnil\t3\n"},
		{"several arguments", `print(pool.new():submit(function(a, b, c) return tostring(a) .. tostring(b) .. c.x end, 1, nil, {x="y"}):result())`, "1nily\n"},
		{"upvalues", `local k = {n=5} local function add(x) return x + k.n end print(pool.new():submit(function(x) return add(x) + 1 end, 1):result())`, "7\n"},
		{"globals", `limit = 10 function clamp(x) return math.min(x, limit) end function work(x) return clamp(x) * 2 end print(pool.new():submit(function(x) return work(x) end, 50):result())`, "20\n"},
		{"recursion", `local function fib(n) return n < 2 and n or fib(n-1) + fib(n-2) end print(pool.new():submit(fib, 15):result())`, "610\n"},
		{"mutual recursion", `local even, odd function even(n) return n == 0 or odd(n - 1) end function odd(n) return n ~= 0 and even(n - 1) end print(pool.new():submit(even, 10):result())`, "true\n"},
		{"modules as upvalue, global and inside", `
			local hash = require "hash"
			h2 = hash
			local sha = hash.sha256
			print(pool.new():submit(function() return hash.md5("a") == require("hash").md5("a") and h2.md5("a") == hash.md5("a") and #sha("a") end):result())`, "64\n"},
		{"a module's function itself", `print(#pool.new():submit(require("hash").sha1, "a"):result())`, "40\n"},
		{"tables are copies", `local t = {1, {2}} local r = pool.new():submit(function(t) t[2][1] = 9 return t end, t):result() print(t[2][1], r[2][1])`, "2\t9\n"},
		{"functions come back", `local f = pool.new():submit(function(n) return function() n = n + 1 return n end end, 1):result() print(f(), f())`, "2\t3\n"},
		{"a string error is the same string", `print(pcall(function() pool.new():submit(function() error("no luck", 0) end):result() end))`, "false\tno luck\n"},
		{"a string error keeps its position", "local f = pool.new():submit(function() error('boom') end)\nprint(pcall(f.result, f))", "false\ttest.lua:1: boom\n"},
		{"a table error is a copy", `local f = pool.new():submit(function() error({code=7}) end) local ok, e = pcall(f.result, f) print(ok, e.code)`, "false\t7\n"},
		{"an error object keeps its fields", `
			local f = pool.new():submit(function() require("hash").sha256() end)
			local _, e = try(f.result, f)
			print(e.kind, e.op, e.message)`, "args.invalid\thash.sha256\targument 'data' is missing: it must be string\n"},
		{"an error that cannot cross", `local f = pool.new():submit(function() error(require("meeting").open()) end) local _, e = try(f.result, f) print(e.kind, e.hint)`,
			"lua\tthe value raised stays in the worker: a meeting.Thing stays in the state that opened it; open it inside the worker\n"},
		{"error()", `local p = pool.new() print(p:submit(function() error("x", 0) end):error(), p:submit(function() return 1 end):error())`, "x\tnil\n"},
		{"a result that cannot cross", `local f = pool.new():submit(function() return {conn=require("meeting").open()} end) print(select(2, pcall(f.result, f)))`,
			"pool.Future:result result.conn: a meeting.Thing stays in the state that opened it; open it inside the worker\n"},
		{"an argument that cannot cross", `local ok, e = pcall(function() pool.new():submit(print, {conn=meeting.open()}) end) print(e.kind, e)`,
			"copy.refused\tpool.Pool:submit args[1].conn: a meeting.Thing stays in the state that opened it; open it inside the worker\n"},
		{"a future is no result", `local f = pool.promise() print(select(2, pcall(function() return "is " .. f end)))`, "test.lua:1: attempt to concatenate upvalue 'f' (a pool.Future value)\n"},
		{"what is no list", `print(select(2, pcall(function() pool.new():map(print, {a=1}) end)))`, "pool.Pool:map: argument 'list' must be a list with the keys 1..n\n"},
		{"no options", `print(select(2, try(pool.new, 4)).hint:match("^.-,"))`, "write {…} with any of workers=,\n"},
		{"an item that cannot cross", `local ok, e = pcall(function() pool.new():map(print, {1, {conn=meeting.open()}}) end) print(e.kind, e.target)`, "copy.refused\tlist[2].conn\n"},
		{"an upvalue that cannot cross", `local c = meeting.open() local ok, e = pcall(function() pool.new():submit(function() return c end) end) print(e.kind, e.target)`, "copy.refused\tfn (upvalue c)\n"},
		{"a job cannot submit to its pool", `local p = pool.new{workers=1} local ok, e = pcall(p.submit, p, function() return p:submit(print) end) print(e)`,
			"pool.Pool:submit fn (upvalue p): a pool.Pool stays in the state that made it, so a job cannot submit to the pool it runs in; return what is left to do and submit that outside\n"},
		{"a pool inside a job", `print(pool.new():submit(function() local q = require("pool").new{workers=2} return q:map(function(x) return x + 1 end, {1, 2})[2] end):result())`, "3\n"},
		{"what is no function", `print(pcall(pool.new().submit, pool.new(), {}))`, "false\tpool.Pool:submit: argument 'fn' must be a function, got a table\n"},
		{"a list with holes", `print(pcall(function() pool.new():map(print, {1, nil, 3}) end))`, "false\tpool.Pool:map: argument 'list' must be a list with the keys 1..n\n"},
		{"map raises the first error with its index", `
			local _, e = try(function() pool.new{workers=2}:map(function(n) if n == 3 then error("bad", 0) end return n end, {1, 2, 3, 4}) end)
			print(e.kind, e.index, e.value, e)`, "lua\t3\tbad\tpool.Pool:map item 3: bad\n"},
		{"map keeps an error object", `
			local _, e = try(function() pool.new{workers=2}:map(function(n) require("hash").sha256() end, {1}) end)
			print(e.kind, e.index, e.op)`, "args.invalid\t1\thash.sha256\n"},
		{"the pool serves on after a failed map", `local p = pool.new{workers=2} pcall(p.map, p, error, {"a", "b", "c"}) print(p:map(function(n) return n end, {7})[1])`, "7\n"},
		{"a table of arguments stays a table", `print(pool.new():map(function(t) return t[1] + t[2] end, {{1, 2}, {3, 4}})[2])`, "7\n"},
		{"progress", `
			local seen
			pool.new{workers=2, name="squares"}:map(function(n) return n end, {1, 2, 3}, {progress=function(done, total, name) seen = done .. "/" .. total .. " " .. name end})
			print(seen)`, "3/3 squares\n"},
		{"an error of progress stops the map", `print(pcall(function() pool.new{workers=1}:map(function(n) return n end, {1, 2, 3}, {progress=function() error("stop", 0) end}) end))`, "false\tstop\n"},
		{"done and wait limit", `
			local p = pool.new{workers=1}
			local f = p:submit(async.sleep, 60)
			print(f:done(), select(2, try(f.result, f, 0.01)).kind, select(2, try(f.result, f, {timeout=0.01})).kind)
			f:cancel("enough")
			print(select(2, try(f.result, f)).kind, f:error().message, f:done(), f:cancel())`, "false\ttimeout\ttimeout\ncanceled\tenough\ttrue\tfalse\n"},
		{"cancel of a job that waits", `
			local p = pool.new{workers=1}
			local a, b = p:submit(async.sleep, 60), p:submit(print, "never")
			print(b:cancel(), b:error().kind, a:cancel())
			p:close()`, "true\tcanceled\ttrue\n"},
		{"a canceled job cleans up", `
			local p = pool.new{workers=1}
			local f = p:submit(function() finally(function() async.sleep(60) end, function() async.sleep(0.01) print "cleaned" end) end)
			async.sleep(0.5) -- until it runs
			f:cancel()
			print(f:error().kind)`, "cleaned\ncanceled\n"},
		{"the job's own limit", `
			local p = pool.new{workers=1, job_timeout=0.05}
			local f = p:submit(function() while true do pcall(function() while true do end end) end end)
			print(f:error().kind, f:error().message)
			print(p:submit(function() return "serves on" end):result())`, "pool.timeout\tthe job took longer than 50ms and was stopped\nserves on\n"},
		{"the limit of the map", `
			local p = pool.new{workers=2}
			local _, e = try(p.map, p, function() while true do end end, {1, 2, 3}, {timeout=0.05})
			print(e.kind, e)
			print(p:map(function(n) return n end, {1})[1])`, "timeout\tpool.Pool:map: took longer than 50ms\n1\n"},
		{"the limit of each call", `local p = pool.new{workers=2} local _, e = try(p.map, p, function(n) while n == 2 do end end, {1, 2}, {job_timeout=0.05}) print(e.kind, e.index)`, "pool.timeout\t2\n"},
		{"close lets the jobs finish", `
			local p = pool.new{workers=1}
			local fs = {} for i = 1, 3 do fs[i] = p:submit(function(n) async.sleep(0.01) return n end, i) end
			p:close()
			print(fs[1]:result(), fs[2]:result(), fs[3]:result())
			print(pcall(p.submit, p, print))
			p:close()`, "1\t2\t3\nfalse\tpool.Pool:submit: the pool is closed\n"},
		{"close with cancel", `local p = pool.new{workers=1} local a, b = p:submit(async.sleep, 60), p:submit(print) p:close{cancel=true} print(a:error().kind, b:error().kind)`, "canceled\tcanceled\n"},
		{"close raises a failure that nobody saw", `local p = pool.new{workers=1} p:submit(error, "lost") print(pcall(p.close, p))`, "false\tlost\n"},
		{"close is quiet about a failure that was seen", `local p = pool.new{workers=1} print(p:submit(error, "seen"):error()) p:close()`, "seen\n"},
		{"a canceled caller ends its map", `
			local p = pool.new{workers=2}
			local _, e = try(async.timeout, 0.5, function()
				p:map(function() finally(function() async.sleep(60) end, function() print "cleaned" end) end, {1, 2, 3, 4})
			end)
			print(e.kind)`, "cleaned\ncleaned\ntimeout\n"},
		{"os.exit in a job", `print(pool.new():submit(os.exit, 3):error().kind)`, "worker.exit\n"},
		{"a panic in a job", `local p = pool.new{workers=1} print(p:submit(meeting.boom):error().kind, p:submit(function() return 1 end):result())`, "internal\t1\n"},
		{"tasks of a job", `print(pool.new():submit(function() local n = 0 local function add(i) async.sleep(0.01) n = n + i end async.gather(function() add(1) end, async.spawn(add, 2), async.spawn(add, 3)) return n end):result())`, "6\n"},
		{"a job ends with its tasks", `print(pool.new():submit(function() async.spawn(function() async.sleep(0.01) error("in a task", 0) end) return 1 end):error())`, "in a task\n"},
		{"globals do not leak into the next job", `
			local p = pool.new{workers=1}
			p:submit(function() leak = 1 print = nil end):result()
			print(p:submit(function() return tostring(rawget(_G, "leak")) .. type(print) end):result())`, "nilfunction\n"},
		{"captured globals do not outlive their job", `
			setting = "mine"
			local p = pool.new{workers=1}
			print(p:submit(function() return setting end):result(), p:submit(loadstring "return rawget(_G, 'setting')"):result())`, "mine\tnil\n"},
		{"modules stay loaded", `
			local p = pool.new{workers=1}
			package.preload.counter = nil
			print(p:submit(function() return require("hash") == require("hash") end):result())`, "true\n"},
		{"futures are one value each", `local p, s = pool.new(), {} local f = p:submit(print) s[f] = 1 print(s[f]) f:result()`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := world(t, newMeeting(1)).Run(t, head+tt.source)
			if tt.want != "" && out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// Jobs that wait for each other end only when they run at the same time.
func TestWorkersRunInParallel(t *testing.T) {
	t.Parallel()
	out := world(t, newMeeting(2)).Run(t, head+`
		local p = pool.new{workers=2}
		print(unpack(p:map(function(n) meeting.meet() return n end, {1, 2})))`)
	if out != "1\t2\n" {
		t.Errorf("printed %q", out)
	}
}

// The caller's other tasks run while it waits for the pool.
func TestTheCallersStateGoesOn(t *testing.T) {
	t.Parallel()
	world(t, newMeeting(2)).Run(t, head+`
		local p = pool.new{workers=1}
		async.gather(function() p:submit(meeting.meet):result() end, meeting.meet)`)
}

func TestWorkersAreNotMoreThanTheJobs(t *testing.T) {
	t.Parallel()
	// Four jobs in a pool of four meet, so four workers exist; a fifth waits.
	out := world(t, newMeeting(4)).Run(t, head+`
		local p = pool.new{workers=4}
		for i = 1, 4 do p:submit(meeting.meet) end
		print(p:submit(function() return "fifth" end):result())
		p:close()`)
	if out != "fifth\n" {
		t.Errorf("printed %q", out)
	}
}

func TestWhatJobsOpenIsClosed(t *testing.T) {
	t.Parallel()
	m := newMeeting(1)
	world(t, m).Run(t, head+`
		local p = pool.new{workers=2}
		p:map(function() keep = meeting.open() end, {1, 2, 3})
		pcall(p.map, p, function() meeting.open() error("x") end, {1})`)
	if m.opened != 4 || m.closed != 4 {
		t.Errorf("%d things opened, %d closed, want 4 and 4", m.opened, m.closed)
	}
}

// A script that ends without closing its pool waits for nothing.
func TestScriptEndStopsThePool(t *testing.T) {
	t.Parallel()
	world(t, newMeeting(1)).Run(t, head+`
		local p = pool.new{workers=1}
		p:submit(function() while true do end end)
		p:submit(function() while true do end end)`)
}

func TestDeadlineOfTheScript(t *testing.T) {
	t.Parallel()
	w := world(t, newMeeting(1))
	w.Deadline = 100 * time.Millisecond
	start := time.Now()
	_, err := w.Try(t, head+`pool.new{workers=2}:map(function() while true do end end, {1, 2, 3})`)
	if engine.KindOf(err) != engine.KindDeadline {
		t.Errorf("ended with %v, want kind %s", err, engine.KindDeadline)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("ended after %v", d)
	}
}

func TestAssignedUpvalueWarnsOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(pool.Module())},
		Log:     slog.New(slog.NewTextHandler(&log, nil)),
	}).NewState(t.Context())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", `
		local p = require("pool").new{workers=1}
		local total = 0
		for i = 1, 3 do p:map(function(n) total = total + n end, {1, 2}) end
		p:close()
		assert(total == 0)`)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "variable=total at=test.lua:4"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, log.String())
	}
}

// What is left of a pool that the script does not close would go unnoticed.
func TestDroppedJobsAreWarnedOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"left open", `p:submit(async.sleep, 60) p:submit(print)`, "jobs=2"},
		{"closed", `p:submit(math.abs, 1) p:close()`, ""},
		{"canceled", `p:submit(async.sleep, 60) p:close{cancel=true}`, ""},
		{"awaited", `local f = p:submit(math.abs, 1) f:result()`, ""},
		{"an iterator left early", `for _ in p:imap(math.abs, {1, 2, 3}) do break end`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s := engine.New(engine.Options{
				Modules: []engine.Entry{engine.Provide(pool.Module()), engine.Provide(async.Module())},
				Log:     slog.New(slog.NewTextHandler(&log, nil)),
			}).NewState(t.Context())
			if _, err := s.Run(t.Context(), "test.lua", `local async, p = require "async", require("pool").new{workers=1} `+tt.source); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got := log.String(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("logged %q, want %q", got, tt.want)
			}
		})
	}
}

// One-liners have their modules as globals that load when they are read; so have
// the workers.
func TestModulesAsGlobals(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(pool.Module()), engine.Provide(hash.Module())}, Stdout: &out,
	}).NewState(t.Context())
	defer s.Close()
	s.UseModules()
	if _, err := s.Run(t.Context(), "=e", `
		local p = pool.new{workers=1}
		local function f(x) return #hash.md5(x) end
		print(p:submit(f, "a"):result(), #hash.md5("a"), p:submit(f, "a"):result())`); err != nil {
		t.Fatal(err)
	}
	if out.String() != "32\t32\t32\n" {
		t.Errorf("printed %q", out.String())
	}
}

func TestTracebackOfAJob(t *testing.T) {
	t.Parallel()
	for name, raise := range map[string]string{"string": `error("deep")`, "object": `require("hash").sha256()`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := world(t, newMeeting(1)).Try(t, head+`
				local function culprit() `+raise+` end
				pool.new():submit(function() culprit() return 1 end):result()`)
			trace := strings.Join(engine.New(engine.Options{}).Report(err).Traceback, "\n")
			if !strings.Contains(trace, "culprit") {
				t.Errorf("the traceback does not name the function:\n%s", trace)
			}
		})
	}
}

// Many tasks use one pool, with failures, cancels and limits between: every
// future gets its own outcome.
func TestUnderLoad(t *testing.T) {
	t.Parallel()
	out := world(t, newMeeting(1)).Run(t, head+`
		local p = pool.new{workers=4}
		local counts = {ok=0, failed=0, canceled=0}
		local function user(k)
			for i = 1, 25 do
				local n = k * 100 + i
				local f = p:submit(function(n) if n % 5 == 0 then error("e" .. n, 0) end if n % 7 == 0 then async.sleep(30) end return n end, n)
				if n % 5 == 0 then assert(f:error() == "e" .. n) counts.failed = counts.failed + 1
				elseif n % 7 == 0 then f:cancel() assert(f:error().kind == "canceled") counts.canceled = counts.canceled + 1
				else assert(f:result() == n) counts.ok = counts.ok + 1 end
			end
		end
		local tasks = {}
		for k = 1, 8 do tasks[k] = async.spawn(user, k) end
		async.gather(tasks)
		p:close()
		print(counts.ok + counts.failed + counts.canceled, counts.failed)`)
	if out != "200\t40\n" {
		t.Errorf("printed %q", out)
	}
}

func bench(b *testing.B, source string) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(pool.Module())}}).NewState(b.Context())
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "bench.lua", `local n = ... local p = require("pool").new{workers=2} `+source, b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSubmitResult(b *testing.B) {
	bench(b, `local function f(x) return x end for i = 1, n do p:submit(f, i):result() end`)
}

func BenchmarkMap1000(b *testing.B) {
	bench(b, `local l = {} for i = 1, 1000 do l[i] = i end local function f(x) return x end for i = 1, n do p:map(f, l) end`)
}

// A table with 1,000 entries goes there and back.
func BenchmarkCopyTable1000(b *testing.B) {
	bench(b, `local l = {} for i = 1, 1000 do l[i] = i end local function f(x) return x end for i = 1, n do p:submit(f, l):result() end`)
}

func BenchmarkPoolOfOneJob(b *testing.B) {
	bench(b, `local pool = require "pool" local function f(x) return x end for i = 1, n do local q = pool.new{workers=1} q:submit(f, 1):result() q:close() end`)
}
