package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

func pointCommands() []*command {
	return []*command{
		{name: "break", complete: completePlace, aliases: []string{"b"}, usage: "[[file:]line | function] [, condition]", group: points, always: true, help: "Set a breakpoint, or list all. It stands where there is code, so on a line without it moves to the next. With a condition it stops where that is true.", run: func(t *Terminal, arg string) { t.setPoint(arg, debug.Breakpoint{}) }},
		{name: "tbreak", complete: completePlace, aliases: []string{"tb"}, usage: "[file:]line | function [, condition]", group: points, always: true, help: "Set a breakpoint that goes with its first stop.", run: func(t *Terminal, arg string) { t.setPoint(arg, debug.Breakpoint{Temporary: true}) }},
		{name: "logpoint", complete: completePlace, aliases: []string{"lp"}, usage: "[file:]line | function, text {expression}", group: points, always: true, help: "Print a text instead of stopping.", run: (*Terminal).logPoint},
		{name: "clear", complete: completePlace, aliases: []string{"cl"}, usage: "[number… | [file:]line]", group: points, always: true, help: "Take breakpoints away: those with these numbers, those at a line, or all.", run: (*Terminal).clear},
		{name: "disable", complete: completePoint, usage: "number…", group: points, always: true, help: "Have breakpoints not stop.", run: func(t *Terminal, arg string) { t.change(arg, func(b *debug.Breakpoint) { b.Disabled = true }) }},
		{name: "enable", complete: completePoint, usage: "number…", group: points, always: true, help: "Have them stop again.", run: func(t *Terminal, arg string) { t.change(arg, func(b *debug.Breakpoint) { b.Disabled = false }) }},
		{name: "ignore", complete: completePoint, usage: "number [count]", group: points, always: true, help: "Let this many hits pass.", run: (*Terminal).ignore},
		{name: "condition", complete: completePoint, usage: "number [expression]", group: points, always: true, help: "Stop only where an expression is true, or always again.", run: (*Terminal).condition},
		{name: "hits", complete: completePoint, usage: "number [rule]", group: points, always: true, help: "Stop only at certain hits: 5, >= 5, > 5, < 5, <= 5 or % 5 for each fifth; without a rule at all of them.", run: (*Terminal).hits},
		{name: "commands", complete: completePoint, usage: "[number]", group: points, always: true, help: "Give commands that run when a breakpoint stops, the last one without a number; end ends them. One such as continue goes on.", run: (*Terminal).script},
		{name: "watch", usage: "[expression]", group: points, help: "Stop when the value of an expression changes, or list what is watched. A table has changed when what it shows has.", run: (*Terminal).watch},
		{name: "unwatch", usage: "[number]", group: points, help: "Watch no more.", run: (*Terminal).unwatch},
		{name: "catch", complete: oneOf("all", "uncaught", "none"), usage: "[all | uncaught | none]", group: points, always: true, help: "Stop where an error is raised: any error, or one that nothing catches.", run: (*Terminal).catch},
	}
}

// where reads "file:line", "line" or a function's name.
func (t *Terminal) where(text string, b *debug.Breakpoint) (ok bool) {
	at, err := debug.Place(text)
	if err != nil {
		t.print(err.Error())
		return false
	}
	b.File, b.Line, b.Function = at.File, at.Line, at.Function
	if b.Function == "" && b.File == "" {
		if b.File = t.file(); b.File == "" {
			t.print("nothing stands still here: write the file, too, such as main.lua:3")
			return false
		}
	}
	return true
}

// file is the source of the frame that is looked at.
func (t *Terminal) file() (name string) {
	t.at(func(f engine.StackFrame) { name = f.Source })
	return name
}

func (t *Terminal) setPoint(arg string, b debug.Breakpoint) {
	if arg == "" {
		t.listPoints()
		return
	}
	text, condition, _ := strings.Cut(arg, ",")
	b.Condition = strings.TrimSpace(condition)
	if !t.where(strings.TrimSpace(text), &b) {
		return
	}
	t.place(b)
}

func (t *Terminal) logPoint(arg string) {
	text, message, ok := strings.Cut(arg, ",")
	b := debug.Breakpoint{Log: strings.TrimSpace(message)}
	if !ok || b.Log == "" {
		t.print("logpoint takes a place and a text, such as logpoint 12, x is {x}")
		return
	}
	if t.where(strings.TrimSpace(text), &b) {
		t.place(b)
	}
}

// place sets a breakpoint and says where it is.
func (t *Terminal) place(b debug.Breakpoint) {
	if b.Condition != "" {
		if err := engine.CheckExpression(b.Condition); err != nil {
			t.print("the condition does not compile: " + debug.EvalText(err))
			return
		}
	}
	made, err := t.set(b)
	if err != nil {
		t.print(err.Error())
		return
	}
	kind := "breakpoint"
	if b.Temporary {
		kind = "temporary breakpoint"
	}
	t.printf("%s %d at %s", kind, made.ID, placed(made))
}

// set sets a breakpoint, that of a function at the one that the name means here.
func (t *Terminal) set(b debug.Breakpoint) (debug.Breakpoint, error) {
	if b.Function != "" && t.stop != nil {
		var fn *lua.LFunction
		t.at(func(f engine.StackFrame) {
			if values, err := t.stop.Session.Eval(f, b.Function); err == nil && len(values) > 0 {
				fn, _ = values[0].Lua().(*lua.LFunction)
			}
		})
		if fn != nil {
			return t.d.BreakFunction(b, fn.Proto)
		}
	}
	return t.d.Break(b)
}

// placed says where a breakpoint is.
func placed(b debug.Breakpoint) string {
	text := b.String()
	if b.Source != "" {
		text = fmt.Sprintf("%s:%d", b.Source, b.At)
		if b.Function != "" {
			text += " in " + b.Function
		}
	}
	if b.Message != "" {
		text += " (" + b.Message + ")"
	}
	return text
}

func (t *Terminal) listPoints() {
	list := t.d.Breakpoints()
	if len(list) == 0 {
		t.print("there are no breakpoints")
	}
	for _, b := range list {
		text := fmt.Sprintf("%-3d %s", b.ID, placed(b))
		for _, more := range []struct {
			is   bool
			text string
		}{
			{b.Disabled, "disabled"},
			{b.Temporary, "temporary"},
			{b.Condition != "", "if " + b.Condition},
			{b.Hit != "", "at hits " + b.Hit},
			{b.Ignore > 0, "ignored " + times(b.Ignore, "more ")},
			{b.Log != "", "logs " + b.Log},
			{b.Hits > 0, "hit " + times(b.Hits, "")},
		} {
			if more.is {
				text += ", " + more.text
			}
		}
		t.print(text)
		for _, c := range t.scripted[b.ID] {
			t.print("      " + c)
		}
	}
}

// times is how often something is.
func times(n int, more string) string {
	if n == 1 {
		return "1 " + more + "time"
	}
	return fmt.Sprintf("%d %stimes", n, more)
}

func (t *Terminal) clear(arg string) {
	var gone []debug.Breakpoint
	switch {
	case arg == "":
		gone = t.d.Clear(func(debug.Breakpoint) bool { return true })
	case strings.Contains(arg, ":"):
		var b debug.Breakpoint
		if !t.where(strings.TrimSpace(arg), &b) {
			return
		}
		gone = t.d.Clear(func(o debug.Breakpoint) bool {
			return o.Line == b.Line && o.File == b.File || o.At == b.Line && o.Source == t.d.Find(b.File)
		})
	default:
		ids, ok := t.numbers(arg)
		if !ok {
			return
		}
		gone = t.d.Clear(func(b debug.Breakpoint) bool { return slices.Contains(ids, b.ID) })
	}
	if len(gone) == 0 {
		t.print("there is no such breakpoint")
	}
	for _, b := range gone {
		delete(t.scripted, b.ID)
		t.printf("breakpoint %d at %s is gone", b.ID, placed(b))
	}
}

// numbers reads the numbers of breakpoints, and says what is none.
func (t *Terminal) numbers(arg string) (ids []int, ok bool) {
	for _, text := range strings.Fields(arg) {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.printf("%s is no number of a breakpoint", text)
			return nil, false
		}
		ids = append(ids, n)
	}
	if len(ids) == 0 {
		t.print("which breakpoint? 'break' lists them with their numbers")
	}
	return ids, len(ids) > 0
}

func (t *Terminal) change(arg string, change func(b *debug.Breakpoint)) {
	ids, ok := t.numbers(arg)
	if !ok {
		return
	}
	for _, id := range ids {
		b, err := t.d.Change(id, change)
		switch {
		case err != nil:
			t.print(err.Error())
		case b.Disabled:
			t.printf("breakpoint %d does not stop", id)
		default:
			t.printf("breakpoint %d stops", id)
		}
	}
}

// one reads the number of a breakpoint and what follows it.
func (t *Terminal) one(arg string) (id int, rest string, ok bool) {
	text, rest, _ := strings.Cut(arg, " ")
	ids, ok := t.numbers(text)
	if !ok {
		return 0, "", false
	}
	return ids[0], strings.TrimSpace(rest), true
}

// edit changes the breakpoint whose number arg begins with.
func (t *Terminal) edit(arg string, change func(b *debug.Breakpoint, rest string), said func(b debug.Breakpoint) string) {
	id, rest, ok := t.one(arg)
	if !ok {
		return
	}
	b, err := t.d.Change(id, func(b *debug.Breakpoint) { change(b, rest) })
	if err != nil {
		t.print(err.Error())
		return
	}
	t.printf("breakpoint %d %s", id, said(b))
}

func (t *Terminal) ignore(arg string) {
	count := 0
	if _, rest, _ := strings.Cut(arg, " "); strings.TrimSpace(rest) != "" {
		n, err := strconv.Atoi(strings.TrimSpace(rest))
		if err != nil || n < 0 {
			t.printf("ignore takes a number of hits, not %s", rest)
			return
		}
		count = n
	}
	t.edit(arg, func(b *debug.Breakpoint, _ string) { b.Ignore = count }, func(b debug.Breakpoint) string {
		if count == 0 {
			return "stops at its next hit"
		}
		return fmt.Sprintf("lets %d hits pass", count)
	})
}

func (t *Terminal) condition(arg string) {
	if _, expr, _ := strings.Cut(arg, " "); strings.TrimSpace(expr) != "" {
		if err := engine.CheckExpression(expr); err != nil {
			t.print("the condition does not compile: " + debug.EvalText(err))
			return
		}
	}
	t.edit(arg, func(b *debug.Breakpoint, rest string) { b.Condition = rest }, func(b debug.Breakpoint) string {
		if b.Condition == "" {
			return "has no condition"
		}
		return "stops if " + b.Condition
	})
}

func (t *Terminal) hits(arg string) {
	t.edit(arg, func(b *debug.Breakpoint, rest string) { b.Hit = rest }, func(b debug.Breakpoint) string {
		if b.Hit == "" {
			return "stops at each hit"
		}
		return "stops at hits " + b.Hit
	})
}

// script begins to take the commands of a breakpoint.
func (t *Terminal) script(arg string) {
	list := t.d.Breakpoints()
	id := 0
	if arg != "" {
		var ok bool
		if id, _, ok = t.one(arg); !ok {
			return
		}
	} else if len(list) > 0 {
		id = list[len(list)-1].ID
	}
	if !slices.ContainsFunc(list, func(b debug.Breakpoint) bool { return b.ID == id }) {
		t.print("there is no such breakpoint")
		return
	}
	t.defining, t.drafted = id, nil
}

// define takes a line of the commands of a breakpoint.
func (t *Terminal) define(line string) {
	switch line {
	case "end":
		t.scripted[t.defining] = t.drafted
		t.defining, t.drafted = 0, nil
	case "":
	default:
		t.drafted = append(t.drafted, line)
	}
}

func (t *Terminal) watch(arg string) {
	st := t.stop
	if arg == "" {
		var ids []int
		var texts []string
		t.failed(st.Do(func(engine.Spot) { ids, texts = st.Session.Watches() }))
		if len(ids) == 0 {
			t.print("nothing is watched")
		}
		for i, id := range ids {
			t.printf("%-3d %s", id, texts[i])
		}
		return
	}
	if t.task != 0 {
		t.print("watch works in the task that has stopped; 'task' without a number looks at it")
		return
	}
	t.failed(st.Do(func(at engine.Spot) {
		frames, _ := debug.Frames(at, 0, mostFrames)
		if t.frame >= len(frames) {
			return
		}
		id, value, err := st.Session.Watch(at, frames[t.frame], arg)
		if err != nil {
			t.print("error: " + debug.EvalText(err))
			return
		}
		t.printf("watch %d: %s = %s", id, arg, value)
	}))
}

func (t *Terminal) unwatch(arg string) {
	id := 0
	if arg != "" {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 {
			t.printf("%s is no number of a watch", arg)
			return
		}
		id = n
	}
	st := t.stop
	t.failed(st.Do(func(engine.Spot) {
		if !st.Session.Unwatch(id) {
			t.print("there is no such watch")
		}
	}))
}

func (t *Terminal) catch(arg string) {
	switch f := debug.Filter(arg); f {
	case "":
		t.printf("errors that stop the script: %s", t.d.Catching())
	case debug.All, debug.Uncaught, debug.None:
		t.d.Catch(f)
		t.printf("errors that stop the script: %s", f)
	default:
		t.printf("catch takes all, uncaught or none, not %s", arg)
	}
}
