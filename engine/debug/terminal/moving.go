package terminal

import (
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

func movingCommands() []*command {
	return []*command{
		{name: "step", aliases: []string{"s"}, group: moving, help: "Run to the next line, also of a function that is called.", run: func(t *Terminal, _ string) { t.move(debug.Step) }},
		{name: "next", aliases: []string{"n"}, group: moving, help: "Run to the next line of this function, or of its caller after its end.", run: func(t *Terminal, _ string) { t.move(debug.Next) }},
		{name: "return", aliases: []string{"r", "finish"}, group: moving, help: "Run to the return of this function, with what it returns.", run: func(t *Terminal, _ string) { t.move(debug.Return) }},
		{name: "until", aliases: []string{"unt"}, usage: "[line]", group: moving, help: "Run to a line beyond this one, as out of a loop, or to a line that is given or beyond it.", run: (*Terminal).until},
		{name: "continue", aliases: []string{"c", "cont"}, group: moving, help: "Run to the next breakpoint.", run: func(t *Terminal, _ string) { t.resume(debug.Move{}) }},
		{name: "pause", group: moving, help: "Stop all other workers at the next line that each runs.", run: func(t *Terminal, _ string) { t.d.Pause() }},
		{name: "debug", usage: "code", group: moving, help: "Step through code that is run here, such as a call, and come back.", run: (*Terminal).nested},
		{name: "jump", aliases: []string{"j"}, usage: "line", group: moving, help: "Not possible: compiled Lua keeps what a line needs from those before it. Set variables, or restart.", run: func(t *Terminal, _ string) {
			t.print("jump is not possible: a line of compiled Lua needs what the lines before it have left behind; set variables here, or restart")
		}},
	}
}

// move goes on in the function that is looked at.
func (t *Terminal) move(kind debug.Kind) {
	m := debug.Move{Kind: kind}
	if t.measure(&m) {
		t.resume(m)
	}
}

// measure fills in the task and the function that is looked at.
func (t *Terminal) measure(m *debug.Move) (ok bool) {
	t.at(func(f engine.StackFrame) {
		ok = true
		m.Task, m.Depth = t.task, f.Depth()
		if m.Line == 0 {
			m.Line = f.Line
		}
	})
	if !ok {
		t.print("nothing runs here")
	}
	return ok
}

func (t *Terminal) until(arg string) {
	m := debug.Move{Kind: debug.Until}
	if arg = strings.TrimSpace(arg); arg != "" {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 {
			t.printf("until takes a line, not %s", arg)
			return
		}
		m.Line = n - 1
	}
	if t.measure(&m) {
		t.resume(m)
	}
}

func (t *Terminal) nested(arg string) {
	if arg == "" {
		t.print("debug takes code, such as debug f(1)")
		return
	}
	if t.task != 0 {
		t.print("debug works in the task that has stopped; 'task' without a number looks at it")
		return
	}
	t.resume(debug.Move{Kind: debug.Nested, Code: arg, Frame: t.frame})
}
