package debug_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// front passes stops to the test and notes the rest.
type front struct {
	stops chan *debug.Stop
	notes chan string
}

func (f *front) Tell(e debug.Event) {
	switch e := e.(type) {
	case debug.Stopped:
		f.stops <- e.Stop
	case debug.Bound:
		f.notes <- fmt.Sprintf("bound %d %s:%d %s", e.Breakpoint.ID, e.Breakpoint.Source, e.Breakpoint.At, e.Breakpoint.Message)
	case debug.Logged:
		f.notes <- "logged " + e.Text
	}
}

// debuggee is a script that runs under a debugger.
type debuggee struct {
	*front
	t    *testing.T
	d    *debug.Debugger
	done chan error
	out  strings.Builder

	printed chan struct{} // closed at the first output
	first   sync.Once
}

// Write is the output of the script, under the baton.
func (x *debuggee) Write(p []byte) (int, error) {
	x.first.Do(func() { close(x.printed) })
	return x.out.Write(p)
}

// start runs a script called main.lua once prepare has set the debugger up.
func start(t *testing.T, source string, o debug.Options, prepare func(d *debug.Debugger)) *debuggee {
	t.Helper()
	x := &debuggee{front: &front{make(chan *debug.Stop, 100), make(chan string, 100)}, t: t, done: make(chan error, 1), printed: make(chan struct{})}
	x.d = debug.New(x.front, o)
	if prepare != nil {
		prepare(x.d)
	}
	e := engine.New(engine.Options{Probes: []engine.Probe{x.d}, Stdout: x, Stderr: io.Discard, Trusted: true})
	s := e.NewState(t.Context())
	go func() {
		_, err := s.Run(context.Background(), "main.lua", source)
		s.Close()
		close(x.stops)
		x.done <- err
	}()
	return x
}

// stop waits for the next stop, which is at a line.
func (x *debuggee) stop(line int, reason debug.Reason) *debug.Stop {
	x.t.Helper()
	st, ok := <-x.stops
	if !ok {
		x.t.Fatalf("the script has ended (%v), want a stop at line %d", <-x.done, line)
	}
	if st.Line != line || st.Reason != reason {
		x.t.Errorf("stopped at line %d (%s), want %d (%s)", st.Line, st.Reason, line, reason)
	}
	return st
}

// end waits for the end of the script.
func (x *debuggee) end() error {
	x.t.Helper()
	for st := range x.stops {
		x.t.Errorf("stopped at line %d (%s), want the end", st.Line, st.Reason)
		st.Resume(debug.Move{})
	}
	return <-x.done
}

// go on from a stop in its innermost function.
func (x *debuggee) move(st *debug.Stop, kind debug.Kind) {
	m := debug.Move{Kind: kind, Line: st.Line}
	_ = st.Do(func(at engine.Spot) { m.Depth = at.Depth() })
	st.Resume(m)
}

// eval evaluates in the innermost function.
func (x *debuggee) eval(st *debug.Stop, code string) string {
	x.t.Helper()
	text := ""
	err := st.Do(func(at engine.Spot) {
		frames, first := debug.Frames(at, 0, 100)
		values, err := st.Session.Eval(frames[first], code)
		if err != nil {
			text = "error: " + err.Error()
			return
		}
		for i, v := range values {
			if i > 0 {
				text += " "
			}
			text += v.Lua().String()
		}
	})
	if err != nil {
		x.t.Error(err)
	}
	return text
}

func line(n int) debug.Breakpoint { return debug.Breakpoint{File: "main.lua", Line: n} }

// set sets breakpoints or fails the test.
func set(t *testing.T, list ...debug.Breakpoint) func(d *debug.Debugger) {
	return func(d *debug.Debugger) {
		for _, b := range list {
			if _, err := d.Break(b); err != nil {
				t.Error(err)
			}
		}
	}
}

const loop = `local total = 0
for i = 1, 5 do
  total = total + i
end
return total`

func TestBreakpoints(t *testing.T) {
	t.Parallel()
	bp := func(change func(b *debug.Breakpoint)) debug.Breakpoint {
		b := line(3)
		change(&b)
		return b
	}
	tests := []struct {
		name  string
		point debug.Breakpoint
		at    string // the values of i at the stops
	}{
		{"line", line(3), "1 2 3 4 5"},
		{"condition", bp(func(b *debug.Breakpoint) { b.Condition = "i % 2 == 0" }), "2 4"},
		{"hit count", bp(func(b *debug.Breakpoint) { b.Hit = "3" }), "3"},
		{"from a hit on", bp(func(b *debug.Breakpoint) { b.Hit = ">= 4" }), "4 5"},
		{"each second hit", bp(func(b *debug.Breakpoint) { b.Hit = "% 2" }), "2 4"},
		{"ignore", bp(func(b *debug.Breakpoint) { b.Ignore = 3 }), "4 5"},
		{"temporary", bp(func(b *debug.Breakpoint) { b.Temporary = true }), "1"},
		{"disabled", bp(func(b *debug.Breakpoint) { b.Disabled = true }), ""},
		{"condition and hit count", bp(func(b *debug.Breakpoint) { b.Condition, b.Hit = "i > 1", "2" }), "3"},
		{"condition that fails", bp(func(b *debug.Breakpoint) { b.Condition, b.Temporary = "i.x.y", true }), "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t, loop, debug.Options{}, set(t, tt.point))
			var at []string
			for st := range x.stops {
				at = append(at, x.eval(st, "i"))
				st.Resume(debug.Move{})
			}
			if got := strings.Join(at, " "); got != tt.at {
				t.Errorf("stopped at i = %s, want %s", got, tt.at)
			}
			if err := <-x.done; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBreakpointPlaces(t *testing.T) {
	t.Parallel()
	source := `-- a comment

local function first(x)
  -- here
  return x + 1
end
local m = {}
function m.second(x) return first(x) end
m.third = function() return 3 end
function m:fourth() return 4 end
print(m.second(1), m.third(), m:fourth())
-- the end`
	tests := []struct {
		point debug.Breakpoint
		line  int
		note  string
	}{
		{line(3), 3, ""},
		{line(1), 3, "line 1 has no code; moved to line 3"},
		{line(4), 5, "line 4 has no code; moved to line 5"},
		{line(12), 0, "main.lua has no code from line 12 on"},
		{debug.Breakpoint{File: "other.lua", Line: 1}, 0, "not loaded yet"},
		{debug.Breakpoint{Function: "first"}, 5, ""},
		{debug.Breakpoint{Function: "m.second"}, 8, ""},
		{debug.Breakpoint{Function: "second"}, 8, ""},
		{debug.Breakpoint{Function: "main.third"}, 9, ""},
		{debug.Breakpoint{Function: "m:fourth"}, 10, ""},
		{debug.Breakpoint{Function: "missing"}, 0, "not loaded yet"},
	}
	for _, tt := range tests {
		t.Run(tt.point.String(), func(t *testing.T) {
			t.Parallel()
			x := start(t, source, debug.Options{}, set(t, tt.point))
			if tt.line > 0 {
				x.stop(tt.line, debug.Hit).Resume(debug.Move{})
			}
			for st := range x.stops { // a line with a function stops for it, too
				st.Resume(debug.Move{})
			}
			if b := x.d.Breakpoints()[0]; b.Message != tt.note || b.At != tt.line {
				t.Errorf("at line %d with %q, want %d with %q", b.At, b.Message, tt.line, tt.note)
			}
			<-x.done
		})
	}
}

func TestBreakpointsAreRefused(t *testing.T) {
	t.Parallel()
	d := debug.New(&front{}, debug.Options{})
	for _, b := range []debug.Breakpoint{line(0), line(-3), {File: "main.lua", Line: 1, Hit: "often"}, {File: "main.lua", Line: 1, Hit: ">= 0"}, {File: "main.lua", Line: 1, Hit: "=> 3"}} {
		if _, err := d.Break(b); err == nil {
			t.Errorf("%+v was set", b)
		}
	}
	if _, err := d.BreakFunction(debug.Breakpoint{Function: "print"}, nil); err == nil || !strings.Contains(err.Error(), "native") {
		t.Errorf("a breakpoint in native code gives %v", err)
	}
}

func TestFilesAreKnownByTheirEnd(t *testing.T) {
	t.Parallel()
	source := "local f = loadstring([[return\n1]], '@lib/util/text.lua') f()"
	for file, want := range map[string]bool{
		"text.lua": true, "util/text.lua": true, "lib/util/text.lua": true, "/home/me/lib/util/text.lua": true, "./lib/util/text.lua": true,
		"xt.lua": false, "other/text.lua": false, "/elsewhere/lib/util/text.lua": false, "/text.lua": false,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			x := start(t, source, debug.Options{Dir: "/home/me"}, set(t, debug.Breakpoint{File: file, Line: 1}))
			stopped := false
			for st := range x.stops {
				stopped = true
				st.Resume(debug.Move{})
			}
			if err := <-x.done; err != nil {
				t.Fatal(err)
			}
			if stopped != want {
				t.Errorf("stopped: %v, want %v", stopped, want)
			}
		})
	}
}

// A pause ends the condition of a breakpoint that does not end by itself.
func TestPauseInACondition(t *testing.T) {
	t.Parallel()
	asked := line(3)
	asked.Condition = "ask() and (function() while true do end end)()"
	x := start(t, "local total = 0\nlocal function ask() print 'asked' return true end\nreturn total, ask", debug.Options{}, set(t, asked))
	<-x.printed
	x.d.Pause()
	st := x.stop(3, debug.Hit)
	if !strings.Contains(st.Text, "fails") || !strings.Contains(st.Text, "interrupted") {
		t.Errorf("the stop says %q", st.Text)
	}
	x.d.Disconnect()
	if err := x.end(); err != nil {
		t.Error(err)
	}
}

func TestLogPoints(t *testing.T) {
	t.Parallel()
	b := line(3)
	b.Log = "i is {i}, {total == 0 and 'new' or {total}}, {nothing.x}{"
	b.Hit = "<= 2"
	x := start(t, loop, debug.Options{}, set(t, b))
	if err := x.end(); err != nil {
		t.Fatal(err)
	}
	close(x.notes)
	var notes []string
	for n := range x.notes {
		notes = append(notes, n)
	}
	// A brace ends at the first closing one.
	want := []string{
		"bound 1 main.lua:3 ",
		"logged i is 1, {eval:1: '}' expected (to close '{' at line 1) near <eof>}}, {eval:1: attempt to index global 'nothing' (a nil value)}{",
	}
	if len(notes) != 3 || notes[0] != want[0] || !strings.HasPrefix(notes[1], "logged i is 1, ") || !strings.HasSuffix(notes[1], "(a nil value)}{") {
		t.Errorf("noted %q", notes)
	}
}
