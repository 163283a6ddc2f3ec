package engine_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits engine.Limits
		script string
		kind   string
	}{
		{"time", engine.Limits{Time: 20 * time.Millisecond}, `while true do end`, "limit.deadline"},
		{"time caught", engine.Limits{Time: 20 * time.Millisecond}, `while true do pcall(function() while true do end end) end`, "limit.deadline"},
		{"steps", engine.Limits{Steps: 10000}, `while true do end`, "limit.steps"},
		{"steps caught", engine.Limits{Steps: 10000}, `while true do pcall(function() while true do end end) end`, "limit.steps"},
		{"steps in a coroutine", engine.Limits{Steps: 10000}, `coroutine.wrap(function() while true do end end)()`, "limit.steps"},
		{"coroutines", engine.Limits{Coroutines: 100}, `local t = {} for i = 1, 200 do t[i] = coroutine.create(function() end) end`, "limit.coroutines"},
		{"output", engine.Limits{Output: 1000}, `for i = 1, 1000 do print "0123456789" end`, "limit.output"},
		{"memory", engine.Limits{Memory: 64 << 20}, `local t = {} while true do t[#t + 1] = {} end`, "limit.memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			s := engine.New(engine.Options{Limits: c.limits, Stdout: &out}).NewState(context.Background())
			defer s.Close()
			_, err := s.Run(context.Background(), c.name, c.script)
			if engine.KindOf(err) != c.kind {
				t.Fatalf("%v (kind %q), want %s", err, engine.KindOf(err), c.kind)
			}
			if out.Len() > 1000 {
				t.Errorf("%d bytes were written", out.Len())
			}
			if got, err := s.Run(context.Background(), "after", `return 1 + 1`); err != nil || got[0] != 2.0 {
				t.Errorf("afterwards: %v, %v", got, err)
			}
		})
	}
}

// Coroutines that a script has forgotten or that have ended do not count.
func TestForgottenCoroutinesDoNotCount(t *testing.T) {
	s := engine.New(engine.Options{Limits: engine.Limits{Coroutines: 100}}).NewState(context.Background())
	defer s.Close()
	_, err := s.Run(context.Background(), "many", `
		for i = 1, 1000 do
			local co = coroutine.create(function() end)
			coroutine.resume(co)
			assert(coroutine.status(co) == "dead")
		end
		for i = 1, 1000 do
			local co = coroutine.create(function() coroutine.yield() end)
			coroutine.resume(co)
			assert(coroutine.close(co))
		end
		for i = 1, 10000 do coroutine.wrap(function() coroutine.yield() end)() end`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestCoroutines(t *testing.T) {
	run := func(t *testing.T, script string) {
		t.Helper()
		s := engine.New(engine.Options{}).NewState(context.Background())
		defer s.Close()
		if _, err := s.Run(context.Background(), "co", script); err != nil {
			t.Error(err)
		}
	}
	for name, script := range map[string]string{
		"close": `
			local co = coroutine.create(function() coroutine.yield() end)
			assert(coroutine.close(co) == true)
			assert(coroutine.status(co) == "dead")
			local ok, err = coroutine.resume(co)
			assert(not ok and err == "cannot resume dead coroutine", err)
			co = coroutine.create(function() error({}) end)
			local _, e = coroutine.resume(co)
			local ok, err = coroutine.close(co)
			assert(ok == false and err == e)
			assert(coroutine.close(co) == true)
			local co
			co = coroutine.create(function() return pcall(coroutine.close, co) end)
			local _, ok, err = coroutine.resume(co)
			assert(ok == false and err:find("cannot close a running coroutine"), err)`,
		"start in Go": `
			assert(coroutine.wrap(math.max)(1, 3, 2) == 3)
			local co = coroutine.create(error)
			local ok, err = coroutine.resume(co, "x", 0)
			assert(ok == false and err == "x", err)`,
		"overflow inside": `
			local co = coroutine.create(function() local function f() return 1 + f() end f() end)
			local ok, err = coroutine.resume(co)
			assert(ok == false and err.kind == "limit.stack", tostring(err))
			local ok, err = pcall(coroutine.wrap(function() local function f() return 1 + f() end f() end))
			assert(ok == false and err.kind == "limit.stack", tostring(err))`,
		"tail call overflow": `
			local function f(...) return f(1, ...) end
			local many = {}
			for i = 1, 130900 do many[i] = i end
			local ok, err = pcall(function() f(unpack(many)) end)
			assert(ok == false and err.kind == "limit.stack", tostring(err))
			local ok, err = coroutine.resume(coroutine.create(function() f(unpack(many)) end))
			assert(ok == false and err.kind == "limit.stack", tostring(err))`,
	} {
		t.Run(name, func(t *testing.T) { run(t, script) })
	}
}

// A Go panic beneath Lua gives the state up; the next Run says so. A function
// given by Set is a way to make one.
func TestBrokenState(t *testing.T) {
	s := engine.New(engine.Options{}).NewState(context.Background())
	defer s.Close()
	s.Set("boom", func(p *int) int { return *p })
	_, err := s.Run(context.Background(), "broken", `pcall(boom, nil) boom(nil)`)
	if engine.KindOf(err) != "internal" || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("got %v (%s), want an internal error without a Go stack", err, engine.KindOf(err))
	}
	_, err = s.Run(context.Background(), "again", `return 1`)
	if engine.KindOf(err) != "state.closed" {
		t.Errorf("a broken state runs again: %v", err)
	}
}
