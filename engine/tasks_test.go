package engine_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newState(t *testing.T, opts engine.Options) *engine.State {
	t.Helper()
	opts.Modules = append(opts.Modules, engine.Provide(testModule()))
	s := engine.New(opts).NewState(t.Context())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Not parallel: it measures the memory of the process.
func TestTenThousandTasks(t *testing.T) {
	const tasks, limit = 10000, 200 << 20
	s := newState(t, engine.Options{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s.Set("measure", func() {
		runtime.GC()
		runtime.ReadMemStats(&after)
	})
	_, err := s.Run(t.Context(), "test.lua", `
		local demo = require "demo"
		count = 0
		for i = 1, ... do
			demo.spawn(function()
				demo.wait()
				count = count + 1
			end)
		end
		while demo.waiting() < ... do demo.sleep(0.001) end
		measure()
		demo.open()
	`, tasks)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := s.Get("count"); n != float64(tasks) {
		t.Errorf("%v tasks finished, want %d", n, tasks)
	}
	used := after.HeapInuse + after.StackInuse - before.HeapInuse - before.StackInuse
	t.Logf("%d MiB for %d waiting tasks", used>>20, tasks)
	if used > limit {
		t.Errorf("%d MiB, want at most %d", used>>20, limit>>20)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"the next blocking call raises", `demo.sleep(10)`, "canceled"},
		{"every one after it raises", `pcall(demo.sleep, 10) pcall(demo.sleep, 10) demo.sleep(10)`, "canceled"},
		{"clean-up is shielded", `with({close=function() demo.sleep(0.01) note("cleaned") end}, function() demo.sleep(10) end)`, "canceled"},
		{"finally is shielded", `finally(function() demo.sleep(10) end, function() demo.sleep(0.01) note("cleaned") end)`, "canceled"},
		{"soft becomes hard", `pcall(demo.sleep, 10) while true do end`, "canceled"},
		{"a shield does not outlast the grace", `finally(function() demo.sleep(10) end, function() demo.sleep(10) end)`, "canceled"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newState(t, engine.Options{Grace: 100 * time.Millisecond})
			var notes []string
			s.Set("note", func(text string) { notes = append(notes, text) })
			s.Set("cancel", func() { go s.Cancel("enough") })
			_, err := s.Run(t.Context(), "test.lua", `demo = require "demo" cancel() `+tt.source)
			if engine.KindOf(err) != tt.want {
				t.Errorf("error %v, want kind %s", err, tt.want)
			}
			if strings.Contains(tt.source, "note(") && len(notes) != 1 {
				t.Errorf("clean-up ran %d times", len(notes))
			}
		})
	}
}

func TestUnawaitedFailure(t *testing.T) {
	t.Parallel()
	s := newState(t, engine.Options{})
	_, err := s.Run(t.Context(), "test.lua", `local d = require "demo" d.spawn(function() error("lost", 0) end) d.sleep(0.01)`)
	if err == nil || err.Error() != "lost" {
		t.Errorf("error %v, want the task's", err)
	}
}

func TestAwaitEverywhere(t *testing.T) {
	t.Parallel()
	out, err := run(t, `
		local sleep = require("demo").sleep
		local function slow(x) sleep(0.001) return x end
		print(pcall(slow, 1))
		print(xpcall(function() slow() error("x", 0) end, function(m) slow() return m .. "!" end))
		local t = {3, 1, 2}
		table.sort(t, function(a, b) return slow(a) < slow(b) end)
		print(t[1], t[2], t[3])
		print((("abc"):gsub(".", function(c) return slow(c:upper()) end)))
		print(setmetatable({}, {__index=function(_, k) return slow(k) end}).key)
		print(setmetatable({}, {__add=function(a, b) return slow("sum") end}) + 1)
		local co = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(slow(i)) end end)
		print(co(), co())
		for v in function(_, last) return slow((last or 0) < 2 and (last or 0) + 1 or nil) end do io.write(v, " ") end print()
	`)
	want := "true\t1\nfalse\tx!\n1\t2\t3\nABC\nkey\nsum\n1\t2\n1 2 \n"
	if err != nil || out != want {
		t.Errorf("printed %q, %v; want %q", out, err, want)
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"plain":        `os.exit(7)`,
		"in pcall":     `pcall(function() os.exit(7) end) print "never"`,
		"in try":       `try(os.exit, 7) print "never"`,
		"in coroutine": `coroutine.resume(coroutine.create(function() os.exit(7) end)) print "never"`,
		"with close":   `with({close=function() print "closed" end}, function() os.exit(7) end)`,
		"in a task":    `require("demo").spawn(function() os.exit(7) end) require("demo").sleep(10)`,
		"in callback":  `require("demo").call(function() os.exit(7) end) print "never"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, source)
			if code, ok := engine.ExitCode(err); !ok || code != 7 {
				t.Errorf("ended with %v, want exit code 7", err)
			}
			if strings.Contains(out, "never") {
				t.Error("the script went on after os.exit")
			}
			if name == "with close" && out != "closed\n" {
				t.Errorf("printed %q", out)
			}
		})
	}
}
