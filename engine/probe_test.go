package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// look is a probe of one function for all states.
type look struct {
	at     func(at engine.Spot)
	raised func(at engine.Spot, v engine.Value, caught bool)
	states []*engine.State
}

func (l *look) Attach(s *engine.State) engine.StateProbe { l.states = append(l.states, s); return l }
func (l *look) Detach()                                  {}
func (l *look) Instruction(at engine.Spot) {
	if l.at != nil {
		l.at(at)
	}
}
func (l *look) Raised(at engine.Spot, v engine.Value, caught bool) {
	if l.raised != nil {
		l.raised(at, v, caught)
	}
}

func TestProbeSeesLines(t *testing.T) {
	t.Parallel()
	var lines []string
	l := &look{at: func(at engine.Spot) {
		source, line := at.Place()
		place := fmt.Sprintf("%s:%d", source, line)
		if len(lines) == 0 || lines[len(lines)-1] != place {
			lines = append(lines, place)
		}
	}}
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	_, err := s.Run(t.Context(), "a.lua", `local n = 0
for i = 1, 2 do
  n = n + i
end
pcall(function()
  coroutine.wrap(function()
    n = n .. ""
  end)()
end)
return n`)
	if err != nil {
		t.Fatal(err)
	}
	want := "a.lua:1 a.lua:2 a.lua:3 a.lua:2 a.lua:3 a.lua:2 a.lua:5 a.lua:6 a.lua:7 a.lua:8 a.lua:9 a.lua:10"
	if got := strings.Join(lines, " "); got != want {
		t.Errorf("lines %s\nwant  %s", got, want)
	}
	if !slices.Equal(l.states, []*engine.State{s}) {
		t.Errorf("attached to %d states", len(l.states))
	}
}

// stopAt calls f once, the first time that a line runs.
func stopAt(line int, f func(at engine.Spot)) *look {
	done := false
	return &look{at: func(at engine.Spot) {
		if _, n := at.Place(); n == line && !done {
			done = true
			f(at)
		}
	}}
}

func TestProbeReadsAndSetsVariables(t *testing.T) {
	t.Parallel()
	var names, locals, upvalues, extra []string
	text := func(vars []engine.Variable) (all []string) {
		for _, v := range vars {
			all = append(all, fmt.Sprintf("%s=%v", v.Name, v.Value.Lua()))
		}
		return all
	}
	eval := func(f engine.StackFrame, code string) string {
		values, err := f.Eval(code)
		if err != nil {
			return "error: " + err.Error()
		}
		var all []string
		for _, v := range values {
			all = append(all, v.Lua().String())
		}
		return strings.Join(all, ",")
	}
	l := stopAt(5, func(at engine.Spot) {
		frames := at.Frames(10)
		for _, f := range frames {
			names = append(names, f.Name)
		}
		f := frames[0]
		locals, upvalues, extra = text(f.Locals()), text(f.Upvalues()), text(f.Varargs())
		for _, c := range [][2]string{
			{`a .. b .. up`, "1hidden9"},
			{`...`, "7,8"},
			{`a = 10`, ""},
			{`type(print), missing`, "function,nil"},
			{`up = up + 1`, ""},
			{`global = "set"`, ""},
			{`nothing.x`, "error: eval:1: attempt to index global 'nothing' (a nil value)"},
			{`for i = 1, 2 do a = i end`, ""},
			{`f(`, "error: eval:1: ')' expected (to close '(' at line 1) near <eof>"},
		} {
			if got := eval(f, c[0]); got != c[1] {
				t.Errorf("%s gives %q, want %q", c[0], got, c[1])
			}
		}
		if got := eval(frames[len(frames)-1], "global, up"); got != "set,10" {
			t.Errorf("in the main chunk: %s", got)
		}
		if err := f.Set("nothing", f.Locals()[0].Value); err == nil {
			t.Error("a variable was set that does not exist")
		}
	})
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	got, err := s.Run(t.Context(), "a.lua", `local up = 9
local function f(a, ...)
  local b = "shown"
  local b = "hidden"
  return a, b, up
end
local ok, a, b, c = pcall(f, 1, 7, 8)
return ok, a, b, c`)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "[true 2 hidden 10]" {
		t.Errorf("the script returned %v", got)
	}
	for _, c := range []struct{ got, want []string }{
		{names, []string{"function <a.lua:2>", "pcall", "main chunk"}},
		{locals, []string{"a=1", "b=hidden"}},
		{upvalues, []string{"up=9"}},
		{extra, []string{"...[1]=7", "...[2]=8"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestProbeHearsOfErrors(t *testing.T) {
	t.Parallel()
	var heard []string
	l := &look{raised: func(at engine.Spot, v engine.Value, caught bool) {
		_, line := at.Frames(5)[0].Source, 0
		for _, f := range at.Frames(5) {
			if !f.Native {
				line = f.Line
				break
			}
		}
		heard = append(heard, fmt.Sprintf("%d %v %v", line, v.Lua(), caught))
	}}
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	_, err := s.Run(t.Context(), "a.lua", `pcall(function() error("one", 0) end)
local function f()
  error("two", 0)
end
pcall(f)
pcall(error, "three")
finally(function() pcall(error, "four") end, function() end)
f()`)
	if err == nil {
		t.Fatal("no error")
	}
	if want := []string{"1 one true", "3 two true", "6 three true", "7 four true", "3 two false"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

// A frame evaluates with more variables than it has, which hide its own.
func TestFrameEvaluatesWithMore(t *testing.T) {
	t.Parallel()
	got := ""
	l := &look{raised: func(at engine.Spot, v engine.Value, _ bool) {
		for _, f := range at.Frames(5) {
			if f.Native {
				continue
			}
			values, err := f.Eval("err .. here, x", engine.Variable{Name: "err", Value: v}, engine.Variable{Name: "x", Value: v})
			got = fmt.Sprint(values[0].Lua(), values[1].Lua(), err)
			return
		}
	}}
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	if _, err := s.Run(t.Context(), "a.lua", "local here, x = ' here', 5\npcall(error, 'no')\nreturn here, x"); err != nil {
		t.Fatal(err)
	}
	if got != "no hereno<nil>" {
		t.Errorf("evaluates to %s", got)
	}
}

func TestProbeHearsOfTheEndOfTasks(t *testing.T) {
	t.Parallel()
	ended := make(chan int, 10)
	l := stopAt(2, func(at engine.Spot) {
		for _, info := range at.Tasks() {
			info.OnEnd(func() { ended <- info.ID })
		}
	})
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	if _, err := s.Run(t.Context(), "a.lua", "local n = 1\nreturn n + 1"); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got != 1 {
		t.Errorf("task %d has ended", got)
	}
}

func TestProbeSeesOtherTasks(t *testing.T) {
	t.Parallel()
	var seen []string
	l := stopAt(5, func(at engine.Spot) {
		for _, info := range at.Tasks() {
			other, ok := at.Of(info.ID)
			if !ok {
				t.Errorf("task %d has no place", info.ID)
				continue
			}
			for _, f := range other.Frames(5) {
				if !f.Native {
					seen = append(seen, fmt.Sprintf("%s %s %s:%d", info.Name, info.Within, f.Source, f.Line))
					break
				}
			}
		}
	})
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	_, err := s.Run(t.Context(), "a.lua", `local demo = require "demo"
demo.spawn(function()
  demo.wait() end)
while demo.waiting() < 1 do demo.sleep(0.001) end
local n = 1
demo.open()`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"main  a.lua:5", "task demo.wait a.lua:3"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}
