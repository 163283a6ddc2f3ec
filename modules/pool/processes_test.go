package pool_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/pool"
	"github.com/gscript-lang/gscript/modules/process"
	"github.com/gscript-lang/gscript/modules/subprocess"
	"github.com/gscript-lang/gscript/modules/thread"
	"github.com/gscript-lang/gscript/modules/time"
)

// processes starts workers in real processes: this test binary is their program,
// too.
var processes engine.Processes

func TestMain(m *testing.M) {
	processes = isolate.Child(engine.Options{Modules: entries()})
	goleak.VerifyTestMain(m)
}

func entries() []engine.Entry {
	return []engine.Entry{
		{Name: "pool", Declare: pool.Module},
		{Name: "process", Declare: process.Module},
		{Name: "async", Declare: async.Module},
		{Name: "subprocess", Declare: subprocess.Module},
		{Name: "thread", Declare: thread.Module}, // of whose arrays process makes its numbers
		{Name: "time", Declare: time.Module},
	}
}

// A worker that somebody terminates fails the job that it runs, if that does not
// end well, and no other.
func TestTerminatedWorker(t *testing.T) {
	t.Parallel()
	w := &moduletest.World{Modules: entries(), Processes: processes}
	out := w.Run(t, `
		local pool, process, async, subprocess = require "pool", require "process", require "async", require "subprocess"
		local function terminated()
			pcall(subprocess.run, {"kill", "-TERM", tostring(process.current().pid)})
			while pcall(async.sleep, 0.01) do end
		end
		local p = pool.new{workers=1, kind="process"}
		local fails = p:submit(function() terminated() async.sleep(0) end)
		local ends = p:submit(function() terminated() return 7 end)
		local queued = p:submit(math.max, 1, 2)
		local e = fails:error()
		print(e.kind, e.code, ends:result(), queued:result(), p:stats().deaths)
		p:close()
		p = pool.new{workers=1, kind="process", retries=1}
		local tries = process.value("i32")
		print(p:apply(function() if tries:add(1) == 1 then terminated() async.sleep(0) end return tries:get() end))
		p:close()`)
	if want := "pool.worker_died\tSIGTERM\t7\t2\t1\n2\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}
