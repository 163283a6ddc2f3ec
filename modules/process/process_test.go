package process_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/process"
	"github.com/gscript-lang/gscript/modules/queue"
	"github.com/gscript-lang/gscript/modules/subprocess"
	"github.com/gscript-lang/gscript/modules/thread"
)

// processes starts the workers: this test binary is their program, too.
var processes engine.Processes

func entries() []engine.Entry {
	return []engine.Entry{
		{Name: "process", Declare: process.Module},
		{Name: "thread", Declare: thread.Module},
		{Name: "queue", Declare: queue.Module},
		{Name: "async", Declare: async.Module},
		{Name: "subprocess", Declare: subprocess.Module},
	}
}

func TestMain(m *testing.M) {
	processes = isolate.Child(engine.Options{Modules: entries()})
	if actAsParent() {
		return
	}
	goleak.VerifyTestMain(m)
}

func world(t testing.TB) *moduletest.World {
	return &moduletest.World{Dir: t.TempDir(), Modules: entries(), Processes: processes}
}

const requires = `
	local process, thread, queue, async = require "process", require "thread", require "queue", require "async"
`

func check(t *testing.T, source, want string) {
	t.Helper()
	out := world(t).Run(t, requires+source)
	if strings.TrimSpace(out) != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// The lines of the issue, as they stand there.
func TestAsWritten(t *testing.T) {
	t.Parallel()
	check(t, `
		local w = process.spawn(function(x) return x + 1 end, 1); assert(w:wait() == 2)      -- raises the child's error; w.pid, w.exit_code, w:terminate(), w:kill(), w:alive()
		assert(w.pid > 0 and w.exit_code == 0 and not w:terminate() and not w:kill() and not w:alive())
		local v = {1}
		local a, b = process.pipe();  a:send(v); assert(#b:receive() == 1);  process.queue{max=10}
		local m = process.manager(); m:dict(); m:list()
		local n = process.value("f64", 0); n:set(1); assert(n:add(1) == 2 and n:get() == 2)
		process.buffer("f64", 1024)
		process.start_method("spawn")                 -- or "pool" (idle workers kept ready); "fork" is refused
		assert(select(2, try(process.start_method, "fork")).kind == "process.fork")
	`, "")
}

func TestSpawn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"a string", `print(pcall(function() process.spawn(function() error("boom", 0) end):wait() end))`, "false\tboom"},
		{"a table", `local ok, e = pcall(function() process.spawn(function() error({1, 2}) end):wait() end) print(ok, #e)`, "false\t2"},
		{"an error object", `local _, e = try(function() process.spawn(function() queue.new(-3):get{timeout=0.01} end):wait() end) print(e.kind, e.op, (e.traceback:find "in process process%-1") ~= nil)`, "timeout\tqueue.Queue:get\ttrue"},
		{"an error twice", `local w = process.spawn(function() error("boom", 0) end) print(pcall(w.wait, w)) print(pcall(w.wait, w))`, "false\tboom\nfalse\tboom"},
		{"closures", `local n = 5 local function fact(n) return n < 2 and 1 or n * fact(n - 1) end print(process.spawn(function(x) return fact(x) + n end, 4):wait())`, "29"},
		{"globals and modules", `function double(x) return 2 * x end local t = require "thread" print(process.spawn(function() return double(t.cpus()) > 0 end):wait())`, "true"},
		{"exit", `local w = process.spawn(function() os.exit(3) end) local _, e = try(w.wait, w) print(e.kind, e.code, w.exit_code)`, "worker.exit\t3\t3"},
		{"exit without failure", `local w = process.spawn(function() os.exit(0) end) print(w:wait(), w.exit_code)`, "nil\t0"},
		{"the wait's limit", `local w = process.spawn(async.sleep, 60) local _, e = try(w.wait, w, 0.01) print(e.kind, w:alive(), w.exit_code) w:kill() pcall(w.wait, w)`, "timeout\ttrue\tnil"},
		{"its own limit", `local w = process.spawn{fn=function() while true do end end, timeout=0.3, name="slow"} local _, e = try(w.wait, w) print(e.kind, e.target, w:alive())`, "process.timeout\tslow\tfalse"},
		{"canceled at once", `local w = process.spawn(async.sleep, 60) w:cancel("enough") local _, e = try(w.wait, w) print(e.kind, e.message, w.exit_code)`, "canceled\tenough\t1"},
		{"gather", `print(async.gather(process.spawn(function() return 1 end), process.spawn(function() return 2 end)))`, "1\t2"},
		{"a refused argument", `local co = coroutine.create(print) local _, e = try(process.spawn, print, 1, {cb={co}}) print(e.kind, e.target)`, "copy.refused\targs[2].cb[1]"},
		{"a refused variable", `local co = coroutine.create(print) local _, e = try(process.spawn, function() return co end) print(e.kind, (e.target:find "co") ~= nil)`, "copy.refused\ttrue"},
		{"a refused result", `local w = process.spawn(function() return coroutine.create(print) end) local _, e = try(w.wait, w) print(e.kind, e.target)`, "copy.refused\tresult"},
		{"no function", `local _, e = try(process.spawn, 5) print(e.kind)`, "args.invalid"},
		{"too little memory", `local _, e = try(process.spawn, {fn=print, max_memory="1MiB"}) print(e.kind)`, "args.invalid"},
		{"nested", `print(process.spawn(function() return process.spawn(function() return process.parent().parent == process.current().parent, process.current().name end):wait() end):wait())`, "false"},
		{"a daemon", `process.spawn{fn=async.sleep, args={60}, daemon=true} print "over"`, "over"},
		{"a daemon's result", `local w = process.spawn{fn=function() return 7 end, daemon=true} print(w:wait(), w.exit_code)`, "7\t0"},
		{"waited for by the script", `process.spawn(function() print "from there" end)`, "from there"},
		{"the world", `io.open("f.txt", "w"):write("x"):close() print(process.spawn(function() return io.open("f.txt"):read("*a") .. arg[0] end):wait())`, "xtest.lua"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.source, tt.want)
		})
	}
}
