package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Of a long traceback the first and the last lines are shown, as C Lua does it.
const (
	firstLines = 12
	lastLines  = 10
)

// Frame is one Lua function on a stack.
type Frame struct {
	Source string
	Line   int
	What   string // "main chunk", "function 'f'", "coroutine <a.lua:3>"
}

func (f Frame) String() string { return fmt.Sprintf("%s:%d: in %s", f.Source, f.Line, f.What) }

// Frames walks the Lua functions from L outward, through protected calls and
// coroutines, leaving out Go functions. It stops after max frames.
func Frames(L *lua.LState, max int) (frames []Frame) {
	for ; L != nil && len(frames) < max; L = resumer(L) {
		Levels(L, func(l Level) bool {
			if f, ok := l.Describe(); ok {
				frames = append(frames, f)
			}
			return len(frames) < max
		})
	}
	return frames
}

// resumer is the thread that resumed the coroutine that L runs in.
func resumer(L *lua.LState) *lua.LState {
	for th := L; th != nil; th = protectedBy(th) {
		if h := hookOf(th); h != nil && h.role == roleCoroutine {
			return th.Parent
		}
	}
	return nil
}

// Describe says what a traceback shows of the level, if anything.
func (l Level) Describe() (f Frame, ok bool) {
	line := l.Line()
	if line < 0 {
		return Frame{}, false
	}
	p := l.frame.Fn.Proto
	f = Frame{Source: p.SourceName, Line: line}
	name, _ := l.Name()
	place := fmt.Sprintf("<%s:%d>", p.SourceName, p.LineDefined)
	h := hookOf(l.Thread)
	switch {
	case p.LineDefined == 0:
		f.What = "main chunk"
	case name != "":
		f.What = "function '" + name + "'"
	case l.Base && h != nil && h.role == roleCoroutine:
		f.What = "coroutine " + place
	case l.Base && h != nil && h.task != nil && h.caller == nil && h.task.Name != mainTask:
		f.What = h.task.Name + " " + place
	default:
		f.What = "function " + place
	}
	return f, true
}

// mainTask is the name of a script's first task.
const mainTask = "main"

// Traceback prints the Lua frames from L outward, a line each, and where the
// task was made.
func Traceback(L *lua.LState) string {
	var lines traceLines
	for th := L; th != nil; th = resumer(th) {
		lines.add(th, 0)
	}
	if t := TaskOf(L); t != nil && t.Origin != "" {
		lines.started(t)
	}
	return lines.String()
}

// TracebackOf prints the levels of one coroutine or task from a level on.
func TracebackOf(L *lua.LState, level int) string {
	var lines traceLines
	lines.add(L, level)
	if h := outermost(L); h != nil && h.role != roleCoroutine && h.task != nil && h.task.Origin != "" {
		lines.started(h.task)
	}
	return lines.String()
}

func outermost(L *lua.LState) *hook {
	for {
		th := protectedBy(L)
		if th == nil {
			return hookOf(L)
		}
		L = th
	}
}

// traceLines keeps the first and the last lines of a trace. The last are
// written at the end, because most of a deep stack is dropped.
type traceLines struct {
	first   []string
	last    []func() string
	dropped bool
}

func (t *traceLines) add(L *lua.LState, level int) {
	Levels(L, func(l Level) bool {
		if level > 0 {
			level--
		} else if l.Line() >= 0 {
			t.put(func() string { f, _ := l.Describe(); return f.String() })
		}
		return true
	})
}

func (t *traceLines) started(task *Task) {
	t.put(func() string { return fmt.Sprintf("%s: started the %s", task.Origin, task.Name) })
}

func (t *traceLines) put(line func() string) {
	if len(t.first) < firstLines {
		t.first = append(t.first, line())
		return
	}
	if len(t.last) == lastLines {
		t.last, t.dropped = append(t.last[:0], t.last[1:]...), true
	}
	t.last = append(t.last, line)
}

func (t *traceLines) String() string {
	lines := t.first
	if t.dropped {
		lines = append(lines, "...")
	}
	for _, line := range t.last {
		lines = append(lines, line())
	}
	return strings.Join(lines, "\n")
}
