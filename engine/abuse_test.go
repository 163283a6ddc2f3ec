package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// A state goes on after each way in which a run can fail.
func TestStateGoesOnAfterFailures(t *testing.T) {
	s := newState(t, engine.Options{Limits: engine.Limits{
		Time: time.Minute, Steps: 500_000_000, Memory: 256 << 20, Coroutines: 100, Table: 1000, String: 1 << 20,
	}})
	for _, c := range []struct{ name, script, kind string }{
		{"deadline", `while true do pcall(string.rep, "x", 1000) end`, "limit.deadline"},
		{"deadline in a coroutine", `co = coroutine.wrap(function() while true do end end) co()`, "limit.deadline"},
		{"deadline in a clean-up", `finally(function() end, function() while true do end end)`, "limit.deadline"},
		{"stack", `local function f() return 1 + f() end f()`, "limit.stack"},
		{"stack in a coroutine", `local function f() return 1 + f() end coroutine.wrap(f)()`, "limit.stack"},
		{"string", `return ("x"):rep(1e9)`, "limit.string"},
		{"table", `return unpack({}, 1, 1e5)`, "limit.table"},
		{"results", `local t = {} for i = 1, 40 do t = {t, t} end return t`, "limit.table"},
		{"coroutines", `all = {} for i = 1, 1e4 do all[i] = coroutine.create(print) end`, "limit.coroutines"},
		{"error", `error({})`, ""},
		{"exit", `os.exit(3)`, ""},
		{"panic in a module", `require("demo").boom()`, "internal"},
	} {
		for range 2 {
			ctx, cancel := t.Context(), func() {}
			if c.kind == "limit.deadline" {
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
			}
			_, err := s.Run(ctx, c.name, c.script)
			cancel()
			if err == nil || engine.KindOf(err) != c.kind {
				t.Errorf("%s: %v, of kind %q", c.name, err, engine.KindOf(err))
			}
			got, err := s.Run(t.Context(), "after "+c.name, `all = nil
				repeat until pcall(coroutine.create, print)
				local co = coroutine.wrap(function(x) return coroutine.yield(x) end)
				assert(co(1) == 1 and co(2) == 2 and pcall(table.sort, {2, 1}))
				return ("x"):rep(3)`)
			if err != nil || len(got) != 1 || got[0] != "xxx" {
				t.Errorf("after %s: %v, %v", c.name, got, err)
			}
		}
	}
}

// A coroutine that a deadline has ended, or that lives on from an earlier run,
// does no harm to the next.
func TestCoroutinesOfEarlierRuns(t *testing.T) {
	s := newState(t, engine.Options{Limits: engine.Limits{Time: 200 * time.Millisecond}})
	if _, err := s.Run(t.Context(), "one", `
		kept = coroutine.create(function() coroutine.yield(1) return 2 end)
		coroutine.resume(kept)
		spinning = coroutine.create(function() while true do end end)
		coroutine.resume(spinning)`); engine.KindOf(err) != "limit.deadline" {
		t.Fatal(err)
	}
	got, err := s.Run(t.Context(), "two", `
		local ok, two = coroutine.resume(kept)
		return ok, two, coroutine.status(spinning), (coroutine.resume(spinning))`)
	if err != nil || len(got) != 4 || got[1] != 2.0 || got[2] != "dead" || got[3] != false {
		t.Errorf("%v, %v", got, err)
	}
}

// panicking is a stream of an embedder that fails in the worst way.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("out of order") }
func (panicking) Read([]byte) (int, error)  { panic("out of order") }

func TestStreamsThatPanic(t *testing.T) {
	for name, script := range map[string]string{
		"print":          `print("x")`,
		"caught":         `pcall(print, "x") pcall(io.write, "x") pcall(io.stderr.write, io.stderr, "x")`,
		"left in buffer": `io.stdout:setvbuf("full") io.write("x")`,
		"read":           `io.read("*a")`,
		"lines":          `for line in io.lines() do end`,
	} {
		s := engine.New(engine.Options{Stdin: panicking{}, Stdout: panicking{}, Stderr: panicking{}}).NewState(t.Context())
		if _, err := s.Run(t.Context(), name, script); name != "caught" && engine.KindOf(err) != "internal" && !strings.Contains(err.Error(), "internal error") {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

func TestFuncAfterClose(t *testing.T) {
	s := engine.New(engine.Options{}).NewState(t.Context())
	got, err := s.Run(t.Context(), "test", `return function() return 1 end`)
	if err != nil {
		t.Fatal(err)
	}
	f := got[0].(*engine.Func)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Call(context.Background()); engine.KindOf(err) != "state.closed" {
		t.Errorf("Call: %v", err)
	}
	if _, err := s.Call(t.Context(), f); engine.KindOf(err) != "state.closed" {
		t.Errorf("State.Call: %v", err)
	}
	if _, err := s.Run(t.Context(), "test", "return 1"); engine.KindOf(err) != "state.closed" {
		t.Errorf("Run: %v", err)
	}
}
