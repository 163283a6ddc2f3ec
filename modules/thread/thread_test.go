package thread_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
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

func TestThread(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"the line of the issue", `local h = thread.spawn(function(n) return n * 2 end, 21); assert(h:join() == 42) h:cancel() h:alive() print(h.name)`, "thread-1\n"},
		{"table form", `local h = thread.spawn{fn=function(a, b) return a .. b end, args={"x", "y"}, name="w1", timeout=5} print(h.name, h:join(), h.id, h.daemon, h.origin)`, "w1\txy\t1\tfalse\ttest.lua:1\n"},
		{"upvalues, locals and globals", `local k = 2 local function f(x) return x * k end function g(x) return f(x) + 1 end print(thread.spawn(function(x) return g(x) end, 3):join())`, "7\n"},
		{"errors as they were", `
			local h = thread.spawn(function() error({code=7}) end)
			local ok, e = pcall(h.join, h) print(ok, e.code)
			h = thread.spawn(function() require("queue").new():put(nil) end)
			ok, e = pcall(h.join, h) print(e.kind, e.op, e.traceback:match("[^\n]*$"))
			ok, e = pcall(h.join, h) print(e.kind)`, "false\t7\nargs.invalid\tqueue.Queue:put\ttest.lua:4: in thread thread-2\nargs.invalid\n"},
		{"what cannot cross", `local ok, e = pcall(thread.spawn, print, {co=coroutine.create(print)}) print(e.kind, e.target)`, "copy.refused\targs[1].co\n"},
		{"a thread stays", `local h = thread.spawn(print) h:join() local ok, e = pcall(thread.spawn, function() return h end) print(e.kind)`, "\ncopy.refused\n"},
		{"cancel", `local h = thread.spawn(async.sleep, 60) print(h:cancel("enough")) local _, e = try(h.join, h) print(e.kind, e.message, h:alive(), h:cancel())`, "true\ncanceled\tenough\tfalse\tfalse\n"},
		{"a time limit for one that waits", `local h = thread.spawn{fn=async.sleep, args={60}, timeout=0.02} print(select(2, try(h.join, h)).kind)`, "thread.timeout\n"},
		{"join for a time", `local h = thread.spawn(async.sleep, 60) print(select(2, try(h.join, h, 0.01)).kind, select(2, try(h.join, h, {timeout=0})).kind) h:cancel()`, "timeout\ttimeout\n"},
		{"self and all", `
			local go = thread.event()
			local h = thread.spawn{fn=function() go:wait() return {thread.self(), thread.spawn{fn=function() return thread.self().id end, name="inner"}:join()} end, name="outer"}
			local all = thread.all() print(#all, all[1].name, all[2].name, thread.self().id)
			go:set()
			local r = h:join() print(r[1].name, r[1].id, r[2])
			print(#thread.all(), thread.cpus() > 0)`, "2\tmain\touter\t0\nouter\t1\t2\n1\ttrue\n"},
		{"self in a task of a thread", `print(thread.spawn{fn=function() return async.spawn(function() return thread.self().name end):await() end, name="w"}:join())`, "w\n"},
		{"os.exit", `local h = thread.spawn(os.exit, 3) print(select(2, try(h.join, h)).kind)`, "worker.exit\n"},
		{"threads wait for their threads", `local n = thread.counter() thread.spawn(function() thread.spawn(function() async.sleep(0.005) n:add(1) end) end):join() print(n:get())`, "1\n"},
		{"a daemon ends with the script", `thread.spawn{fn=async.sleep, args={60}, daemon=true} print "over"`, "over\n"},
		{"a daemon can be joined", `local h = thread.spawn{fn=function() return 5 end, daemon=true} print(h:join(), h.daemon)`, "5\ttrue\n"},
		{"timer", `
			local t = thread.timer(60, print, "never") print(t:alive(), t:cancel(), t:cancel(), t:join())
			thread.timer(5, print):cancel()
			print(thread.timer{seconds=0.001, fn=function(a) return a end, args={3}}:join())`, "true\ttrue\tfalse\tnil\n3\n"},
		{"handles of threads are one value", `local h = thread.spawn(math.max, 1) local s = {[h]=1} print(s[h]) h:join()`, "1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if out := world(t).Run(t, head+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// A loop that never waits is stopped by the clock of the machine.
func TestTimeLimitOfALoop(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.FakeTime = false
	out := w.Run(t, head+`local h = thread.spawn{fn=function() while true do end end, timeout=0.02} print(select(2, try(h.join, h)).kind)`)
	if out != "thread.timeout\n" {
		t.Errorf("printed %q", out)
	}
}

func TestUnjoinedFailureIsTheScripts(t *testing.T) {
	t.Parallel()
	_, err := world(t).Try(t, head+`thread.spawn(function() error("lost", 0) end)`)
	if err == nil || !strings.Contains(err.Error(), "lost") {
		t.Errorf("the script ended with %v", err)
	}
}

func TestAssignedVariablesAreWarnedOf(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := host.New(host.AllowAll(), host.Config{Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	defer h.Close()
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(thread.Module())}, Host: h}).NewState(t.Context())
	_, err := s.Run(t.Context(), "test.lua", `local n = 0 for i = 1, 3 do require("thread").spawn(function() n = n + 1 end):join() end assert(n == 0)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.Count(log.String(), "variable=n at=test.lua:1") != 1 {
		t.Errorf("logged %q", log.String())
	}
}

// A script ends with one error, and says what else went wrong.
func TestOtherFailuresAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(thread.Module())}, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}).NewState(t.Context())
	_, err := s.Run(t.Context(), "test.lua", `
		local thread = require "thread"
		for i = 1, 12 do thread.spawn{name="w" .. i, fn=function() error({message="no " .. i}) end} end`)
	if cerr := s.Close(); cerr != nil {
		t.Fatal(cerr)
	}
	if err == nil {
		t.Fatal("no error")
	}
	said := err.Error() + "\n" + log.String()
	// The one that is raised, ten that are named, and the rest as a count.
	if n := strings.Count(said, "no "); n != 11 || !strings.Contains(said, "tasks=1") || !strings.Contains(said, "the thread w") {
		t.Errorf("%d failures are named:\n%s", n, said)
	}
}

// The place of a syntax error is in its message, behind the name of the call
// that raises it again.
func TestSyntaxErrorOfAModuleHasItsPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bad.lua":  "local x = = 1",
		"main.lua": `require("thread").spawn(function() require "bad" end):join()`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(thread.Module())}, Permissions: host.AllowAll(), Dir: dir})
	s := e.NewState(t.Context())
	_, err := s.RunFile(t.Context(), filepath.Join(dir, "main.lua"))
	if cerr := s.Close(); cerr != nil {
		t.Fatal(cerr)
	}
	if err == nil {
		t.Fatal("no error")
	}
	if r := e.Report(err); filepath.Base(r.File) != "bad.lua" || r.Line != 1 || r.Message != "thread.Thread:join: syntax error near '='" {
		t.Errorf("%q at %q:%d", r.Message, r.File, r.Line)
	}
}

// Time is that of the bubble: an hour passes at once.
func TestTimerKeepsTheScript(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := engine.New(engine.Options{
			Modules: []engine.Entry{engine.Provide(thread.Module()), engine.Provide(async.Module())}, Permissions: host.AllowAll(), Dir: t.TempDir(), Stdout: &out,
		}).NewState(context.Background())
		_, err := s.Run(context.Background(), "test.lua", `
			local thread, async = require "thread", require "async"
			thread.timer(3600, print, "an hour later")
			local late = thread.timer(1, print, "one second")
			async.sleep(2)
			print(late:cancel())
			local e = thread.event()
			print(select(2, try(e.wait, e, 1800)).kind)`)
		if cerr := s.Close(); err == nil {
			err = cerr
		}
		if err != nil || out.String() != "one second\nfalse\ntimeout\nan hour later\n" {
			t.Errorf("printed %q, %v", out.String(), err)
		}
	})
}
