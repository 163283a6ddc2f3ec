package debug_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

const calls = `local function inner(x)
  local y = x + 1
  return y, "two"
end
local function outer(x)
  local r = inner(x)
  return r
end
local a = outer(1)
local b = outer(2)
return a + b`

func TestSteps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		source string
		moves  string // a letter each: s n r o u c
		lines  string
	}{
		{"step", calls, "ssssssssss", "1 5 9 6 2 3 7 10 6 2 3"},
		{"next", calls, "nnnn", "1 5 9 10 11"},
		{"next at the end goes to the caller", calls, "ssssnnn", "1 5 9 6 2 3 7 10"},
		{"return", calls, "ssssrn", "1 5 9 6 2 3 7"},
		{"out", calls, "sssson", "1 5 9 6 2 7 10"},
		{"until leaves a loop", "for i = 1, 3 do\n  local x = i\nend\nreturn 1", "suc", "1 2 4"},
		{"step through a loop on one line", "local n = 0\nfor i = 1, 2 do n = n + i end\nreturn n", "sss", "1 2 2 2"},
		{"a call of several lines is one", "local function f(a, b)\n  return a\nend\nlocal r = f(\n  1,\n  2)\nreturn r", "nnnnn", "1 4 5 6 7"},
		{"next over an error that is caught", `local function bad()
  local x = 1
  error("no")
end
local ok = pcall(function()
  bad()
  print("never")
end)
return ok`, "nsssnc", "1 5 6 2 3 9"},
		{"return of what an error unwinds", `local function bad()
  error("no")
end
local ok = pcall(bad)
return ok`, "nssr", "1 4 2 5"},
		{"step into a coroutine and back", `local co = coroutine.wrap(function()
  coroutine.yield(1)
  return 2
end)
local a = co()
local b = co()
return a + b`, "ssssss", "1 5 2 6 3 7"},
		{"next over a coroutine", `local co = coroutine.wrap(function()
  coroutine.yield(1)
end)
local a = co()
local b = co()
return a`, "nnnn", "1 4 5 6"},
		{"step into a metamethod", `local t = setmetatable({}, {__index = function()
  return 3
end})
local x = t.x
return x`, "sss", "1 4 2 5"},
		{"step into what sort calls", `local t = {2, 1}
table.sort(t, function(a, b)
  return a < b
end)
return t`, "ss", "1 2 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t, tt.source, debug.Options{StopOnEntry: true}, nil)
			var lines []string
			moves := tt.moves
			for st := range x.stops {
				lines = append(lines, fmt.Sprint(st.Line))
				if moves == "" {
					st.Resume(debug.Move{})
					continue
				}
				kind := map[byte]debug.Kind{'s': debug.Step, 'n': debug.Next, 'r': debug.Return, 'o': debug.Out, 'u': debug.Until, 'c': debug.Continue}[moves[0]]
				moves = moves[1:]
				x.move(st, kind)
			}
			if err := <-x.done; err != nil {
				t.Error(err)
			}
			if got := strings.Join(lines, " "); got != tt.lines {
				t.Errorf("stopped at %s, want %s", got, tt.lines)
			}
		})
	}
}

func TestReturnShowsTheValues(t *testing.T) {
	t.Parallel()
	x := start(t, calls, debug.Options{}, set(t, line(2)))
	st := x.stop(2, debug.Hit)
	x.d.Clear(func(debug.Breakpoint) bool { return true })
	x.move(st, debug.Return)
	st = x.stop(3, debug.Returning)
	if len(st.Returned) != 2 || st.Returned[0].Lua().String() != "2" || st.Returned[1].Lua().String() != "two" {
		t.Errorf("returns %v", st.Returned)
	}
	x.move(st, debug.Next)
	x.stop(7, debug.Stepped).Resume(debug.Move{})
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestErrorsStop(t *testing.T) {
	t.Parallel()
	source := `pcall(function()
  error("caught")
end)
local function f(x)
  local here = x
  error("lost", 0)
end
f(7)`
	for _, tt := range []struct {
		catch debug.Filter
		stops string
	}{
		{debug.None, ""},
		{debug.Uncaught, "6:lost"},
		{debug.All, "2:main.lua:2: caught 6:lost"},
	} {
		t.Run(string(tt.catch), func(t *testing.T) {
			t.Parallel()
			x := start(t, source, debug.Options{Catch: tt.catch}, nil)
			var stops []string
			for st := range x.stops {
				stops = append(stops, fmt.Sprintf("%d:%s", st.Line, st.Text))
				if st.Line == 6 {
					if got := x.eval(st, "here"); got != "7" {
						t.Errorf("here is %s", got)
					}
				}
				st.Resume(debug.Move{})
			}
			if got := strings.Join(stops, " "); got != tt.stops {
				t.Errorf("stops %s, want %s", got, tt.stops)
			}
			if err := <-x.done; err == nil || err.Error() != "lost" {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestExitIsNoError(t *testing.T) {
	t.Parallel()
	x := start(t, "os.exit(3)", debug.Options{Catch: debug.All}, nil)
	err := x.end()
	if code, ok := engine.ExitCode(err); !ok || code != 3 {
		t.Errorf("ended with %v", err)
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	x := start(t, `local function f()
  local t = {n = 0}
  t.n = 1
  local other = 2
  t.n = 1
  t.n = 5
  return t
end
f()
return 1`, debug.Options{}, set(t, line(3)))
	st := x.stop(3, debug.Hit)
	err := st.Do(func(at engine.Spot) {
		if _, value, err := st.Session.Watch(at, at.Frames(1)[0], "t.n"); err != nil || value != "0" {
			t.Errorf("watches %s, %v", value, err)
		}
		if _, _, err := st.Session.Watch(at, at.Frames(1)[0], "t.("); err == nil {
			t.Error("watches what does not compile")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	st.Resume(debug.Move{})
	for _, want := range []struct {
		line int
		text string
	}{{4, "t.n: 0 → 1"}, {7, "t.n: 1 → 5"}, {10, "t.n is watched no more: its function has ended with 5"}} {
		st := x.stop(want.line, debug.Watched)
		if st.Text != want.text {
			t.Errorf("line %d: %s, want %s", want.line, st.Text, want.text)
		}
		st.Resume(debug.Move{})
	}
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestEvaluationDoesNotStop(t *testing.T) {
	t.Parallel()
	x := start(t, calls, debug.Options{Catch: debug.All}, set(t, line(2), line(9)))
	st := x.stop(9, debug.Hit)
	for code, want := range map[string]string{
		"outer(5)":                 "6",
		"pcall(error, 'x')":        "false x",
		"error('bad', 0)":          "error: bad",
		"x = 1":                    "",
		"(function() return 4)()":  "error: eval:1: 'end' expected (to close 'function' at line 1) near ')'",
		"setmetatable({}, {}) and": "error: eval:1: unexpected symbol near <eof>",
	} {
		if got := x.eval(st, code); got != want && !strings.HasPrefix(want, "error: eval") {
			t.Errorf("%s gives %s, want %s", code, got, want)
		}
	}
	x.d.Disconnect()
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestEndlessEvaluationIsBroken(t *testing.T) {
	t.Parallel()
	x := start(t, calls, debug.Options{StopOnEntry: true}, nil)
	st := x.stop(1, debug.Entry)
	began := make(chan struct{})
	result := make(chan string)
	x.d.Pause() // has no effect while it stands still
	go func() {
		_ = st.Do(func(at engine.Spot) {
			close(began)
			_, err := st.Session.Eval(at.Frames(1)[0], "while true do pcall(function() while true do end end) end")
			result <- fmt.Sprint(err)
		})
	}()
	<-began
	for {
		st.Session.Break()
		select {
		case got := <-result:
			if !strings.Contains(got, "interrupted") {
				t.Errorf("ended with %s", got)
			}
			st.Resume(debug.Move{Kind: debug.Quit})
			if err := x.end(); !errors.Is(err, debug.ErrQuit) {
				t.Errorf("the script ended with %v", err)
			}
			return
		default:
		}
	}
}

func TestNested(t *testing.T) {
	t.Parallel()
	x := start(t, calls, debug.Options{}, set(t, line(9)))
	st := x.stop(9, debug.Hit)
	st.Resume(debug.Move{Kind: debug.Nested, Code: "inner(41)"})
	st = x.stop(2, debug.Stepped)
	x.move(st, debug.Step)
	st = x.stop(3, debug.Stepped)
	st.Resume(debug.Move{})
	st = x.stop(9, debug.Stepped)
	if len(st.Returned) != 2 || st.Returned[0].Lua().String() != "42" || st.Text != "inner(41) has ended" {
		t.Errorf("%s with %v", st.Text, st.Returned)
	}
	st.Resume(debug.Move{})
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestPauseAndQuit(t *testing.T) {
	t.Parallel()
	began := line(1)
	x := start(t, "local n = 0\nwhile true do\n  n = n + 1\nend", debug.Options{}, set(t, began))
	st := x.stop(1, debug.Hit)
	st.Resume(debug.Move{})
	x.d.Pause()
	st = <-x.stops
	if st.Reason != debug.Paused {
		t.Errorf("stopped by %s", st.Reason)
	}
	if st.Session.Stopped() != st {
		t.Error("the session does not know its stop")
	}
	st.Resume(debug.Move{Kind: debug.Quit})
	if err := st.Do(func(engine.Spot) { t.Error("runs in what goes on") }); !errors.Is(err, debug.ErrRunning) {
		t.Errorf("a stop that is over gives %v", err)
	}
	if st.Resume(debug.Move{}) {
		t.Error("resumes twice")
	}
	if err := x.end(); !errors.Is(err, debug.ErrQuit) {
		t.Errorf("ended with %v", err)
	}
}

func TestStateThatEndsLeavesTheStop(t *testing.T) {
	t.Parallel()
	x := &debuggee{front: &front{make(chan *debug.Stop, 10), make(chan string, 10)}, t: t, done: make(chan error, 1)}
	x.d = debug.New(x.front, debug.Options{StopOnEntry: true})
	s := engine.New(engine.Options{Probes: []engine.Probe{x.d}}).NewState(t.Context())
	defer s.Close()
	go func() {
		_, err := s.Run(t.Context(), "main.lua", "return 1")
		close(x.stops)
		x.done <- err
	}()
	st := x.stop(1, debug.Entry)
	_ = st.Do(func(at engine.Spot) { at.End(errors.New("enough")) })
	<-st.Gone()
	if err := x.end(); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("ended with %v", err)
	}
}

func TestStepsPassTheLibrary(t *testing.T) {
	t.Parallel()
	source := `local f = loadstring("local g = ...\nreturn g()", "@stdlib/list.lua")
local r = f(function()
  return 1
end)
return r`
	x := start(t, source, debug.Options{StopOnEntry: true}, nil)
	for _, line := range []int{1, 2, 3, 5} {
		st := <-x.stops
		if st.Source != "main.lua" || st.Line != line {
			t.Errorf("at %s:%d, want line %d", st.Source, st.Line, line)
		}
		x.move(st, debug.Step)
	}
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	x := start(t, loop, debug.Options{}, set(t, line(3)))
	x.stop(3, debug.Hit).Resume(debug.Move{Kind: debug.Quit})
	<-x.done
	x.d.Restart()
	b := x.d.Breakpoints()[0]
	if b.Hits != 0 || b.Source != "" {
		t.Errorf("after a restart: %+v", b)
	}
	s := engine.New(engine.Options{Probes: []engine.Probe{x.d}}).NewState(t.Context())
	defer s.Close()
	x.stops = make(chan *debug.Stop, 10)
	go func() {
		_, err := s.Run(t.Context(), "main.lua", "\n\n\n\nreturn 5")
		close(x.stops)
		x.done <- err
	}()
	x.stop(5, debug.Hit).Resume(debug.Move{})
	if err := x.end(); err != nil {
		t.Error(err)
	}
}
