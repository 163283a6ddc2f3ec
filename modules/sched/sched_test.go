package sched_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/sched"
	luatime "github.com/gscript-lang/gscript/modules/time"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// head gives scripts s, a scheduler with a clock of its own, which begins at
// 2026-01-01 00:00 UTC, and log, which prints the clock's time.
const head = `
	local sched, async, time = require "sched", require "async", require "time"
	local start = time.parse("2026-01-01T00:00:00Z")
	local t = start
	local clock = {now=function() return t end, sleep=function(d) t = t + d end}
	local function make(options) options = options or {} options.clock = clock return sched.new(options) end
	local s = make()
	local function log(...) print(string.format("%g", t - start), ...) end
`

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"as the issue writes it", `
			local n = 0
			local fn = function() n = n + 1 if n == 5 then s:stop() end end
			local time = time.now() + 1
			local s_, real = s, sched.new()
			s:after(0.5, fn); s:at(time, fn, {priority=1}); s:every("1s", fn); local e = s:cron("*/5 * * * *", fn); s:cancel(e); s:run()
			print(n, #s:list())`, "5\t2\n"},
		{"delays", `s:after(2, log, {args={"b"}}) s:after("500ms", log, {args={"a", 1}}) s:run() print(s:empty())`, "0.5\ta\t1\n2\tb\ntrue\n"},
		{"ties", `
			for i, p in ipairs{2, 1, 1, 0} do s:after(1, log, {priority=p, args={i}}) end
			s:at(start + 1, log, {priority=-1, args={"date"}})
			s:run()`, "1\tdate\n1\t4\n1\t2\n1\t3\n1\t1\n"},
		{"times", `
			s:at("2026-01-01 00:00:02", log, {zone="UTC", args={"text"}})
			s:at("2026-01-01T01:00:01+01:00", log, {args={"offset"}})
			s:at(start + 3, log, {args={"number"}})
			s:at(0, log, {args={"past"}})
			s:run()`, "0\tpast\n1\toffset\n2\ttext\n3\tnumber\n"},
		{"events add events", `
			local function again(n) log(n) if n > 0 then s:after(1, again, {args={n - 1}}) end end
			s:after(0, again, {args={2}}) s:run()`, "0\t2\n1\t1\n2\t0\n"},
		{"every", `s:every("1s", log, {limit=3}) s:every(2, log, {first="now", limit=2, args={"b"}}) s:every(9, log, {first="500ms", limit=1, args={"c"}}) s:run()`, "0\tb\n0.5\tc\n1\n2\n2\tb\n3\n"},
		{"every does not drift", `s:every(1, function() log() t = t + 0.75 end, {limit=3}) s:run()`, "1\n2\n3\n"},
		{"longer than the interval", `s:every(1, function() log() t = t + 2.5 end, {limit=3}) s:run()`, "1\n4\n7\n"},
		{"longer than the interval, queued", `local n = 0 s:every(1, function() n = n + 1 log() t = t + (n == 1 and 2.5 or 0) end, {limit=4, overlap="queue"}) s:run()`, "1\n3.5\n3.5\n4\n"},
		{"others hold it up", `s:every(1, log, {stop_at="2026-01-01T00:00:05Z"}) s:after(1.5, function() t = t + 2 end) s:run()`, "1\n3.5\n4\n5\n"},
		{"others hold it up, run all", `s:every(1, log, {limit=5, missed="run_all"}) s:after(1.5, function() t = t + 2 end) s:run()`, "1\n3.5\n3.5\n4\n5\n"},
		{"cron", `s:cron("*/20 * * * *", log, {limit=2}) s:cron("5 0 1 * * *", log, {zone="Europe/Berlin", limit=1, args={"Berlin"}}) s:run()`, "5\tBerlin\n1200\n2400\n"},
		{"cancel", `
			local e, f = s:after(1, log), s:after(2, log)
			print(s:cancel(e), s:cancel(e), e:cancel(), e.next)
			s:run()
			print(f:cancel(), s:cancel(f), f.runs)`, "true\tfalse\tfalse\tnil\n2\nfalse\tfalse\t1\n"},
		{"cancel from inside", `local e e = s:every(1, function() log(e.runs) if e.runs == 2 then print(e:cancel(), e:cancel()) end end) s:run()`, "1\t1\n2\t2\ntrue\tfalse\n"},
		{"an event is one value", `local e = s:after(1, log) local set = {[e]="here"} print(set[s:list()[1]], s:list()[1] == e)`, "here\ttrue\n"},
		{"the list is sorted and a copy", `
			s:every(3, log) s:cron("* * * * *", log, {name="cron"}) s:at(start + 2, log) s:after(2, log, {priority=-1})
			local l = s:list()
			for _, e in ipairs(l) do print(e.kind, e.name, e.priority, e.time - start, e.next - start, e.runs) end
			l[1] = nil
			print(#s:list())`, "after\tafter 2s\t-1\t2\t2\t0\nat\tat 2026-01-01T00:00:02Z\t0\t2\t2\t0\nevery\tevery 3s\t0\t3\t3\t0\ncron\tcron\t0\t60\t60\t0\n4\n"},
		{"origin", "\ns:after(1, log)\nprint(s:list()[1].origin:match(':%d+$') ~= nil)", "true\n"},
		{"run without blocking", `
			s:after(0, log) s:after(5, log)
			print(s:run{block=false}) print(s:run{block=false})
			t = t + 5 print(s:run{block=false})`, "0\n5\n5\n5\nnil\n"},
		{"what comes during a run without blocking waits", `s:after(0, function() log() s:after(0.5, log) t = t + 1 end) print(s:run{block=false}) print(s:run{block=false})`, "0\n0\n1\nnil\n"},
		{"run of nothing", `s:run() print(s:run(), s:run{block=false})`, "nil\tnil\n"},
		{"stop keeps the rest", `
			s:after(1, function() log(s:stop()) end) s:after(2, log)
			s:run() print(s:stop(), #s:list()) s:run()`, "1\ttrue\nfalse\t1\n2\n"},
		{"a failure does not lose the rest", `
			local e = s:every(1, function() error "boom" end, {limit=2})
			s:after(3, log) s:run() print(e.runs, e.failures)`, "3\n2\t2\n"},
		{"on_error stop", `
			local s = make{on_error="stop"}
			local object = {}
			s:after(1, function() error(object) end) s:after(2, log)
			local ok, err = pcall(s.run, s)
			print(ok, err == object, #s:list()) s:run()`, "false\ttrue\t1\n2\n"},
		{"on_error function", `
			local s = make{on_error=function(err, e) log(err, e.name, e.failures) end}
			s:after(1, error, {args={"no luck"}, name="mine"}) s:after(2, log) s:run()`, "1\tno luck\tmine\t1\n2\n"},
		{"on_error function that raises", `
			local s = make{on_error=function(err) error("worse than " .. err, 0) end}
			s:after(1, error, {args={"bad"}}) s:after(2, log)
			print(pcall(s.run, s)) print(#s:list())`, "false\tworse than bad\n1\n"},
		{"one run at a time", `
			s:after(1, function() local _, e = try(s.run, s) print(e.kind) end) s:run() s:after(1, log) s:run()`, "sched.running\n2\n"},
		{"an event that waits lets other tasks run", `
			local s, order = sched.new(), {}
			s:after(0, function() while #order == 0 do async.sleep(0.001) end order[#order+1] = "event" end)
			local other = async.spawn(function() async.sleep(0) order[#order+1] = "task" end)
			s:run() other:await() print(unpack(order))`, "task\tevent\n"},
		{"other tasks add sooner events", `
			local s = sched.new()
			local far = s:after(3600, log)
			async.spawn(function() async.sleep(0.01) s:after(0, function() print "sooner" far:cancel() end) end)
			s:run()`, "sooner\n"},
		{"stop by another task", `
			local s = sched.new() s:after(3600, log)
			async.spawn(function() async.sleep(0.01) print(s:stop()) end)
			s:run() print(#s:list())`, "true\n1\n"},
		{"cancel of the last event by another task", `
			local s = sched.new() local e = s:after(3600, log)
			async.spawn(function() async.sleep(0.01) e:cancel() end)
			s:run() print "over"`, "over\n"},
		{"tasks of their own", `
			local s = sched.new{tasks=true}
			local quick
			s:after(0, function() while not quick do async.sleep(0.001) end print "slow" end)
			s:after(0.01, function() quick = true print "quick" end)
			s:run() print "over"`, "quick\nslow\nover\n"},
		{"tasks without blocking", `
			local s = sched.new{tasks=true}
			s:after(0, function() async.sleep(0.02) print "slow" end)
			print(s:run{block=false})`, "slow\nnil\n"},
		{"a failure in a task", `
			local s = sched.new{tasks=true, on_error="stop"}
			local object, cleaned = {}, false
			s:after(0, function() async.sleep(0.02) cleaned = true end)
			s:after(0, function() error(object) end)
			local ok, err = pcall(s.run, s)
			print(ok, err == object, cleaned)`, "false\ttrue\ttrue\n"},
		{"overlap", `
			local s = sched.new()
			local now, most = 0, 0
			s:every("5ms", function() now = now + 1 most = math.max(most, now) while most < 3 do async.sleep(0.001) end now = now - 1 end, {overlap="allow", limit=4})
			s:run() print(most >= 3, now)`, "true\t0\n"},
		{"cancel of the running task", `
			local s = sched.new()
			s:after(3600, log)
			local task = async.spawn(function() s:run() end)
			async.sleep(0.01) task:cancel("enough")
			print(select(2, try(task.await, task)), #s:list())`, "enough\t1\n"},
		{"cancel of a run with tasks", `
			local s, started, cleaned = sched.new{tasks=true}, false, false
			s:after(0, function() finally(function() started = true async.sleep(3600) end, function() cleaned = true end) end)
			local task = async.spawn(function() s:run() end)
			while not started do async.sleep(0.001) end
			task:cancel("enough")
			print(select(2, try(task.await, task)), cleaned)`, "enough\ttrue\n"},
		{"cancel while an event runs", `
			local s = sched.new{on_error=function() print "never" end}
			s:after(0, function() async.sleep(3600) end) s:after(0.001, log)
			local task = async.spawn(function() s:run() end)
			async.sleep(0.01) task:cancel("enough")
			print(select(2, try(task.await, task)), #s:list())`, "enough\t1\n"},
		{"timeout", `
			local s = sched.new() s:after(3600, log)
			local _, e = try(s.run, s, {timeout=0.01}) print(e.kind, #s:list())
			_, e = try(async.timeout, 0.01, function() s:run() end) print(e.kind, #s:list())
			s:after(0, print, {args={"still works"}}) s:run{block=false}`, "timeout\t1\ntimeout\t1\nstill works\n"},
		{"next", `for _, n in ipairs(sched.next("0 12 * * *", {count=2, from=start, zone="UTC"})) do print(n - start) end print(#sched.next("* * * * *"))`, "43200\n129600\n5\n"},
		{"a clock that is no clock", `
			print(pcall(sched.new, {clock={now=function() end, sleep=print}}))
			print(pcall(sched.new, {clock={now=print}}))`,
			"false\tsched.new: clock.now must return a number of seconds, not nil\nfalse\tsched.new: argument 'clock.sleep' is missing\n"},
		{"a clock that fails", `
			local s = sched.new{clock={now=function() return 0 end, sleep=function() error("stuck", 0) end}}
			s:after(1, print) print(pcall(s.run, s)) print(#s:list())`, "false\tstuck\n1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if out := world(t).Run(t, head+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

func world(t testing.TB) *moduletest.World {
	return moduletest.New(t, sched.Module(), async.Module(), luatime.Module())
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, kind, source, text string }{
		{"delay", "args.invalid", `s:after(-1, log)`, "negative"},
		{"function", "args.invalid", `s:after(1)`, "fn"},
		{"interval", "args.invalid", `s:every(0, log)`, "more than 0"},
		{"first", "args.invalid", `s:every(1, log, {first="soon"})`, "first"},
		{"jitter", "args.invalid", `s:every(1, log, {jitter=1})`, "jitter"},
		{"limit", "args.invalid", `s:every(1, log, {limit=-1})`, "limit"},
		{"overlap", "args.invalid", `s:every(1, log, {overlap="often"})`, "overlap"},
		{"stop_at", "sched.syntax", `s:every(1, log, {stop_at="never"})`, "stop_at"},
		{"zone", "args.invalid", `s:cron("* * * * *", log, {zone="Mars"})`, "Mars"},
		{"expression", "sched.syntax", `s:cron("* 25 * * *", log)`, "field 2, the hour"},
		{"time", "sched.syntax", `s:at("tomorrow", log)`, "tomorrow"},
		{"no time", "args.invalid", `s:at({}, log)`, "time"},
		{"on_error", "args.invalid", `sched.new{on_error="ignore"}`, "on_error"},
		{"count", "args.invalid", `sched.next("* * * * *", {count=1e6})`, "count"},
		{"another's event", "args.invalid", `s:cancel(make():after(1, log))`, "another scheduler"},
		{"no event", "args.invalid", `s:cancel(1)`, "sched.Event"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if e := world(t).Fail(t, tt.kind, head+tt.source); !strings.Contains(e.Error(), tt.text) {
				t.Errorf("%v", e)
			}
		})
	}
}

// bubble runs a script in a synctest bubble and returns what it printed, what it
// logged and how it ended.
func bubble(t *testing.T, ctx context.Context, source string) (out, logged string, err error) {
	t.Helper()
	var stdout, log bytes.Buffer
	h := host.New(host.Permissions{}, host.Config{Stdout: &stdout, Log: slog.New(slog.NewTextHandler(&log, nil))})
	defer h.Close()
	var modules []engine.Entry
	for _, m := range []*engine.Module{sched.Module(), async.Module(), luatime.Module()} {
		modules = append(modules, engine.Provide(m))
	}
	s := engine.New(engine.Options{Modules: modules, Host: h, Trusted: true}).NewState(context.Background())
	_, err = s.Run(ctx, "test.lua", "local sched, async, time = require 'sched', require 'async', require 'time' "+source)
	return stdout.String(), log.String(), errors.Join(err, s.Close())
}

// jumpy is a clock that can be set while somebody sleeps.
type jumpy struct {
	host.Clock
	ahead atomic.Int64
}

func (c *jumpy) Now() time.Time {
	return c.Clock.Now().Round(0).Add(time.Duration(c.ahead.Load()))
}

func TestClockIsSetWhileAsleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := host.New(host.Permissions{})
		defer h.Close()
		clock := &jumpy{Clock: h.Clock}
		h.Clock = clock
		s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(sched.Module())}, Host: h}).NewState(context.Background())
		defer s.Close()
		start := time.Now()
		time.AfterFunc(time.Hour+10*time.Second, func() { clock.ahead.Store(int64(9 * time.Hour)) })
		_, err := s.Run(t.Context(), "test.lua", `
			local s = require "sched".new()
			s:cron("0 10 * * *", function() s:stop() end, {zone="UTC"})
			s:run()`)
		// The bubble begins at midnight UTC: the clock shows ten 9 hours early.
		if slept := time.Since(start); err != nil || slept < time.Hour+10*time.Second || slept > time.Hour+time.Minute {
			t.Errorf("slept %v, %v", slept, err)
		}
	})
}

// With the host's clock: a day of fake time.
func TestHostClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out, _, err := bubble(t, t.Context(), `
			local s, start = sched.new(), time.now()
			local function log(name) print(name, time.now() - start) end
			s:after(90, log, {args={"delay"}})
			s:at(start + 3600.5, log, {args={"date"}})
			s:every("8h", log, {args={"every"}, limit=3})
			s:cron("0 12 * * *", log, {args={"cron"}, limit=1, zone="UTC"})
			s:run()`)
		want := "delay\t90\ndate\t3600.5\nevery\t28800\ncron\t43200\nevery\t57600\nevery\t86400\n"
		if err != nil || out != want {
			t.Errorf("printed %q, %v", out, err)
		}
	})
}

func TestSoonerEventWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out, _, err := bubble(t, t.Context(), `
			local s, start = sched.new(), time.now()
			local function log(name) print(name, time.now() - start) end
			s:after("10h", log, {args={"late"}})
			async.spawn(function() async.sleep(1) s:after(2, log, {args={"sooner"}}) end)
			s:run()`)
		if err != nil || out != "sooner\t3\nlate\t36000\n" {
			t.Errorf("printed %q, %v", out, err)
		}
	})
}

func TestFailureIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, logged, err := bubble(t, t.Context(), "local s = sched.new()\ns:after(1, function() error 'boom' end, {name='job'})\ns:run()")
		for _, part := range []string{"level=ERROR", "event=job", "scheduled=test.lua:2", "boom"} {
			if !strings.Contains(logged, part) {
				t.Errorf("logged %q, without %s", logged, part)
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`local s = sched.new() s:after("1000h", print) s:run()`,
		`local s = sched.new{tasks=true} s:after(0, async.sleep, {args={"1000h"}}) s:every("1ms", print, {overlap="queue", args={"x"}}):cancel() s:run()`,
		`local s = sched.new{on_error=function() while true do end end} s:after(0, async.sleep, {args={"1000h"}}) s:run()`,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, _, err := bubble(t, ctx, source)
			if engine.KindOf(err) != engine.KindDeadline || time.Since(start) != time.Second {
				t.Errorf("%s ended with %v after %v", source, err, time.Since(start))
			}
		})
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"{}", "{tasks=true}", "{on_error=function() print 'caught' end}"} {
		out, err := world(t).Try(t, head+`local s = sched.new(`+options+`) s:after(0, os.exit, {args={3}}) s:after(0.01, print, {args={"on"}}) s:run()`)
		if code, exit := engine.ExitCode(err); !exit || code != 3 || out != "" {
			t.Errorf("%s: ended with %v, printed %q", options, err, out)
		}
	}
}

// Many tasks add and cancel while the scheduler runs: for the race detector.
func TestManyTasks(t *testing.T) {
	t.Parallel()
	out := world(t).Run(t, head+`
		local s = sched.new()
		local ran, canceled = 0, 0
		local keep = s:after(3600, print)
		local tasks = {}
		for i = 1, 20 do
			tasks[i] = async.spawn(function()
				for j = 1, 20 do
					local e = s:after((i * j % 7) / 1000, function() ran = ran + 1 end)
					async.sleep((i + j) % 3 / 1000)
					if j % 2 == 0 and s:cancel(e) then canceled = canceled + 1 end
					s:list() s:empty()
				end
			end)
		end
		async.spawn(function() async.wait(tasks) s:after(0.01, function() keep:cancel() end) end)
		s:run()
		print(ran + canceled, s:empty())`)
	if out != "400\ttrue\n" {
		t.Errorf("printed %q", out)
	}
}

func BenchmarkEvents(b *testing.B) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(sched.Module())}}).NewState(b.Context())
	defer s.Close()
	s.Set("n", b.N)
	b.ReportAllocs()
	if _, err := s.Run(b.Context(), "bench.lua", `
		local s = require "sched".new()
		local f = function() end
		for i = 1, n do s:at(i, f) end
		s:run()`); err != nil {
		b.Fatal(err)
	}
}
