package async_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
)

// logged runs a script and returns what it logged, without times.
func logged(t *testing.T, debug bool, globals map[string]any, source string) []string {
	t.Helper()
	var out bytes.Buffer
	var mu sync.Mutex
	log := slog.New(slog.NewTextHandler(writer(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return out.Write(p)
	}), &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "for" || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}))
	h := host.New(host.Permissions{}, host.Config{Log: log})
	defer h.Close()
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(async.Module())}, Host: h, DebugTasks: debug}).NewState(t.Context())
	for name, v := range globals {
		s.Set(name, v)
	}
	_, err := s.Run(t.Context(), "test.lua", source)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if out.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func expect(t *testing.T, lines []string, want ...string) {
	t.Helper()
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("logged\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestDebugNamesTasks(t *testing.T) {
	t.Parallel()
	const source = `
		local async = require "async"
		async.spawn(function() end)
		async.spawn{fn=async.sleep, name="nap", args={0.01}}
		async.spawn(async.sleep, 0):await()
		async.gather(function() end)
		for i = 1, 3 do async.yield() end`
	want := []string{
		`msg="a task is still running" task="the nap of test.lua:4" in=async.sleep`,
		`msg="a task was never awaited" task="the task of test.lua:3"`,
	}
	expect(t, logged(t, false, nil, "require('async').debug(true)"+source), want...)
	expect(t, logged(t, true, nil, source), want...)
	expect(t, logged(t, false, nil, source))
	expect(t, logged(t, true, nil, "require('async').debug(false)"+source))
}

func TestDebugReport(t *testing.T) {
	t.Parallel()
	expect(t, logged(t, false, nil, `local async = require "async"
		async.debug(true)
		local t = async.spawn(function() end)
		local nap = async.spawn(async.sleep, 60)
		async.yield()
		async.debug{report=true}
		nap:cancel()
		pcall(nap.await, nap)`),
		`msg="a task is still running" task="the task of test.lua:4" in=async.sleep`,
		`msg="a task was never awaited" task="the task of test.lua:3"`)
}

// The time is that of the test's bubble, in which compute takes about half a second, and ends at none of
// the times when the watch looks.
func TestDebugNamesSlowTasks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		want         []string
	}{
		{"named at the next instruction", `local async = require "async"
			async.debug(true)
			local t = async.spawn(function()
				compute()
				local x = 1
			end)
			t:await()`, []string{`msg="a task keeps the others waiting: it runs without a blocking call" task="the task of test.lua:3" at=test.lua:5`}},
		{"once for each time", `local async = require "async"
			async.debug{slow=0.1}
			async.run(function() for i = 1, 3 do compute() end async.sleep(0) compute() async.sleep(0) end)`, []string{
			`msg="a task keeps the others waiting: it runs without a blocking call" task="the task of test.lua:3" at=test.lua:3`,
			`msg="a task keeps the others waiting: it runs without a blocking call" task="the task of test.lua:3" at=test.lua:3`}},
		{"fast enough", `local async = require "async"
			async.debug{slow="1s"}
			async.run(function() compute() async.sleep(3) compute() end)`, nil},
		{"off again", `local async = require "async"
			async.debug(true) async.debug(false)
			async.run(function() compute() local x = 1 end)`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				compute := func() { time.Sleep(487 * time.Millisecond) }
				expect(t, logged(t, false, map[string]any{"compute": compute}, tt.source), tt.want...)
			})
		})
	}
}
