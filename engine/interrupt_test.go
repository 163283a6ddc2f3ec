package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// An interruption ends what computes at once, and clean-ups run. The state serves
// the next script.
func TestInterruptWhatComputes(t *testing.T) {
	t.Parallel()
	ctrlC := errors.New("Ctrl-C")
	for _, c := range []struct{ name, source, said string }{
		{"a loop", `interrupt() while true do end`, ""},
		{"a caught one", `print(select(2, pcall(function() interrupt() while true do end end)).kind)
			for i = 1, 1000 do end print("bye") require "demo".sleep(9)`, "canceled bye"},
		{"protected calls without end", `pcall(function() interrupt() while true do end end) while true do pcall(function() while true do end end) end`, ""},
		{"xpcall", `xpcall(function() interrupt() while true do end end, function(e) print(e.kind) end) require "demo".sleep(9)`, "canceled"},
		{"a coroutine", `print(coroutine.resume(coroutine.create(function() interrupt() while true do end end))) require "demo".sleep(9)`, "false Ctrl-C"},
		{"a comparison", `interrupt() local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end`, ""},
		{"a pattern", `interrupt() string.find(("a"):rep(30000), ".-.-.-.-b")`, ""},
		{"with", `with({close=function() for i = 1, 1e5 do end require "demo".sleep(0.001) print("closed") end}, function() interrupt() while true do end end)`, "closed"},
		{"finally", `finally(function() interrupt() while true do end end, function() print("cleaned up") end)`, "cleaned up"},
		{"inside a clean-up", `finally(function() end, function() interrupt() for i = 1, 1e5 do end print("cleaned up") end) while true do end`, "cleaned up"},
		{"tasks", `local demo = require "demo"
			for i = 1, 2 do demo.spawn(function() finally(function() while true do demo.sleep(0.001) for i = 1, 1e4 do end end end, function() print("task") end) end) end
			demo.sleep(0.01) interrupt() while true do end`, "task task"},
		{"a call that waits", `print(pcall(function() later() require "demo".sleep(9) end)) for i = 1, 1000 do end print("bye") require "demo".sleep(9)`, "false Ctrl-C bye"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newState(t, engine.Options{})
			var said []string
			s.Set("say", func(text string) { said = append(said, text) })
			s.Set("interrupt", func() { s.Interrupt(ctrlC) })
			s.Set("later", func() { go s.Interrupt(ctrlC) })
			_, err := s.Run(t.Context(), "test.lua", `function print(...) for i = 1, select("#", ...) do say(tostring((select(i, ...)))) end end `+c.source)
			if engine.KindOf(err) != engine.KindCanceled || !errors.Is(err, ctrlC) {
				t.Errorf("ended with %v, want the interruption", err)
			}
			if got := strings.Join(said, " "); got != c.said {
				t.Errorf("said %q, want %q", got, c.said)
			}
			if got, err := s.Run(t.Context(), "next.lua", `return 1 + 1`); err != nil || got[0] != 2.0 {
				t.Errorf("then another script returned %v, %v", got, err)
			}
		})
	}
}
