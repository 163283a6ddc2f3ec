package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestRaisedIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"an operation":           {"local x = nil + 1", []string{"1 uncaught"}},
		"caught further out":     {"pcall(function()\n  local t = nil\n  t.x = 1\nend)", []string{"3 caught"}},
		"by xpcall":              {"xpcall(function()\n  error('x')\nend, print)", []string{"2 caught"}},
		"in a coroutine":         {"coroutine.resume(coroutine.create(function()\n  error('x')\nend))", []string{"2 caught"}},
		"out of coroutine.wrap":  {"coroutine.wrap(function()\n  error('x')\nend)()", []string{"2 uncaught", "1 uncaught"}},
		"a table":                {"error({code = 1})", []string{"1 uncaught"}},
		"nil":                    {"pcall(function()\n  error()\nend)", []string{"2 caught"}},
		"by a native function":   {"pcall(function()\n  string.rep()\nend)", []string{"2 caught"}},
		"none":                   {"return pcall(function() return 1 end)", nil},
		"thrown again, uncaught": {"local ok, e = pcall(function()\n  error('x', 0)\nend)\nerror(e, 0)", []string{"2 caught", "4 uncaught"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			l := &look{raised: func(at engine.Spot, _ engine.Value, caught bool) {
				how := "uncaught"
				if caught {
					how = "caught"
				}
				for _, f := range at.Frames(20) {
					if !f.Native {
						got = append(got, fmt.Sprintf("%d %s", f.Line, how))
						return
					}
				}
				got = append(got, "nowhere "+how)
			}}
			s := newState(t, engine.Options{Probes: []engine.Probe{l}})
			_, _ = s.Run(t.Context(), "a.lua", c.source)
			if !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

func TestProbeEndsAndRaises(t *testing.T) {
	t.Parallel()
	why := errors.New("enough of it")
	_, err := looking(t, "while true do\n  local x = 1 -- here\nend", func(at engine.Spot) {
		if at.Expired() {
			t.Error("expired before the end")
		}
		at.End(why)
		select {
		case <-at.Stopped():
		default:
			t.Error("the task is not to end")
		}
	})
	if !errors.Is(err, why) || engine.KindOf(err) != engine.KindCanceled {
		t.Errorf("ended with %v", err)
	}
	got, err := looking(t, "local ok, e = pcall(function()\n  local x = 1 -- here\nend)\nreturn ok, tostring(e)", func(at engine.Spot) { at.Raise(why) })
	if err != nil || len(got) != 2 || got[0] != false || !strings.Contains(fmt.Sprint(got[1]), "enough of it") {
		t.Errorf("raised %v, %v", got, err)
	}
}

func TestProbeOfTasks(t *testing.T) {
	t.Parallel()
	source := `local demo = require "demo"
local mark = "main"
demo.spawn(function()
  local own = "task"
  demo.wait() end)
while demo.waiting() < 1 do demo.sleep(0.001) end
local n = 1 -- here
demo.open()
return mark`
	got, err := looking(t, source, func(at engine.Spot) {
		tasks := at.Tasks()
		if len(tasks) != 2 || tasks[1].Origin != "a.lua:3" || tasks[1].Within != "demo.wait" {
			t.Fatalf("tasks %+v", tasks)
		}
		if at.Task().ID != tasks[0].ID {
			t.Errorf("task %d runs", at.Task().ID)
		}
		other, ok := at.Of(tasks[1].ID)
		if !ok {
			t.Fatal("the task has no place")
		}
		frames := other.Frames(10)
		if text := described(frames); text != "wait < task <a.lua:3>@5" {
			t.Errorf("the task stands at %s", text)
		}
		if v := variables(frames[1].Locals()); v != "own=task" {
			t.Errorf("its variables are %s", v)
		}
		values, err := frames[1].Eval("mark, own")
		if err != nil || len(values) != 2 || values[1].Lua().String() != "task" {
			t.Errorf("evaluated %v, %v", values, err)
		}
		if _, ok := at.Of(99); ok {
			t.Error("there is a task 99")
		}
	})
	if err != nil || fmt.Sprint(got) != "[main]" {
		t.Errorf("ended with %v, %v", got, err)
	}
}

func TestStateKnowsTheSource(t *testing.T) {
	t.Parallel()
	l := stopAt(1, func(at engine.Spot) {
		if text, ok := at.State().SourceText("a.lua"); !ok || text != "return 1" {
			t.Errorf("the source is %q, %v", text, ok)
		}
		if _, ok := at.State().SourceText("b.lua"); ok {
			t.Error("b.lua has a source")
		}
		p, pc := at.Instruction()
		if p == nil || p.SourceName != "a.lua" || pc != 0 {
			t.Errorf("the instruction is %d", pc)
		}
	})
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	if _, err := s.Run(t.Context(), "a.lua", "return 1"); err != nil {
		t.Fatal(err)
	}
}
