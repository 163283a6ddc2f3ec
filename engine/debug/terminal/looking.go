package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/inspect"
)

func lookingCommands() []*command {
	return []*command{
		{name: "where", aliases: []string{"w", "bt", "backtrace"}, group: looking, help: "List the functions that run, the innermost first; > marks the one that is looked at.", run: (*Terminal).stack},
		{name: "up", aliases: []string{"u"}, usage: "[count]", group: looking, help: "Look at the caller.", run: func(t *Terminal, arg string) { t.climb(arg, 1) }},
		{name: "down", aliases: []string{"d"}, usage: "[count]", group: looking, help: "Look at what it called.", run: func(t *Terminal, arg string) { t.climb(arg, -1) }},
		{name: "frame", aliases: []string{"f"}, usage: "number", group: looking, help: "Look at a function by its number in where.", run: (*Terminal).toFrame},
		{name: "list", aliases: []string{"l"}, usage: "[first[, last] | .]", group: looking, help: "Show the lines around the current one, then those after, or from first to last; . goes back to the current one.", run: (*Terminal).list},
		{name: "longlist", aliases: []string{"ll"}, group: looking, help: "Show the whole function.", run: (*Terminal).longList},
		{name: "source", usage: "expression", group: looking, help: "Show the text of a function.", run: (*Terminal).source},
		{name: "args", aliases: []string{"a"}, group: looking, help: "Show the parameters of the function.", run: func(t *Terminal, _ string) { t.variables(parameters) }},
		{name: "locals", group: looking, help: "Show its local variables.", run: func(t *Terminal, _ string) {
			t.variables(func(f engine.StackFrame) []engine.Variable { return append(f.Locals(), f.Varargs()...) })
		}},
		{name: "upvalues", group: looking, help: "Show the variables of enclosing functions that it uses.", run: func(t *Terminal, _ string) { t.variables(engine.StackFrame.Upvalues) }},
		{name: "retval", aliases: []string{"rv"}, group: looking, help: "Show what the function is about to return, or what returned last.", run: func(t *Terminal, _ string) {
			if t.returned == "" {
				t.print("nothing has returned yet")
				return
			}
			t.print(t.returned)
		}},
		{name: "exceptions", aliases: []string{"exc"}, group: looking, help: "Show the error at which the script has stopped.", run: (*Terminal).exception},
		{name: "tasks", group: looking, help: "List the tasks of the state that stands still, and where each waits.", run: (*Terminal).listTasks},
		{name: "task", complete: completeTask, usage: "[number]", group: looking, help: "Look at another task, or again at the one that has stopped.", run: (*Terminal).toTask},
		{name: "threads", group: looking, help: "List the script and its workers, and where those stand that have stopped.", run: (*Terminal).listThreads},
		{name: "thread", complete: completeThread, usage: "number", group: looking, help: "Look at another worker that has stopped.", run: (*Terminal).toThread},
	}
}

// mostFrames bounds the frames that are looked at, mostListed those shown.
const (
	mostFrames = 10_000
	mostListed = 100
)

// at calls f with the frame that is looked at.
func (t *Terminal) at(f func(f engine.StackFrame)) {
	st := t.stop
	if st == nil {
		return
	}
	t.failed(st.Do(func(at engine.Spot) {
		if frames, _ := debug.Frames(at, t.task, mostFrames); t.frame < len(frames) {
			f(frames[t.frame])
		}
	}))
}

// failed says that something did not work out; err may be nil.
func (t *Terminal) failed(err error) {
	if err != nil {
		t.print(err.Error())
	}
}

// toFirst looks at the innermost function of a script.
func (t *Terminal) toFirst() {
	t.frame = 0
	t.failed(t.stop.Do(func(at engine.Spot) { _, t.frame = debug.Frames(at, t.task, mostFrames) }))
}

// announce says where and why the script has stopped.
func (t *Terminal) announce() {
	st := t.stop
	who := ""
	if len(t.d.Sessions()) > 1 || st.Session.ID > 1 {
		who = st.Session.Name() + ", "
	}
	if st.Task.Name != "main" || st.Session.ID > 1 {
		who += fmt.Sprintf("task %d (%s), ", st.Task.ID, st.Task.Name)
	}
	why := string(st.Reason)
	switch st.Reason {
	case debug.Hit:
		ids := make([]string, len(st.Breakpoints))
		for i, id := range st.Breakpoints {
			ids[i] = strconv.Itoa(id)
		}
		why += " " + strings.Join(ids, ", ")
	case debug.Raised:
		if why = "uncaught error"; st.Caught {
			why = "error that is caught"
		}
	case debug.Called:
		why = "debugger.stop"
	}
	t.write(fmt.Sprintf("%s %s", t.paint("1", "*"), printable(fmt.Sprintf("%s%s:%d in %s: %s", who, st.Source, st.Line, st.Function, why))))
	if st.Text != "" {
		t.write("  " + t.paint("31", printable(st.Text)))
	}
	if st.Returned != nil || st.Reason == debug.Returning {
		t.failed(st.Do(func(engine.Spot) { t.returned = t.values(st.Returned, t.brief()) }))
		t.print("  returns " + t.returned)
	}
	t.excerpt(2)
	t.show()
}

func (t *Terminal) brief() inspect.Options {
	return inspect.Options{Depth: 2, Items: 20, Width: -1, Text: 200}
}

// excerpt shows the lines around that of the frame.
func (t *Terminal) excerpt(around int) {
	t.at(func(f engine.StackFrame) {
		if f.Native {
			t.printf("%s is native code", f.Name)
			return
		}
		t.lines(f, f.Line-around, f.Line+around)
	})
	t.listed = 0 // list begins around the line
}

// lines shows lines of the source of a frame, with an arrow at its own.
func (t *Terminal) lines(f engine.StackFrame, from, to int) {
	text := t.d.Text(f.Source)
	if text == "" {
		t.printf("the text of %s is not known", f.Source)
		return
	}
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	from, to = max(from, 1), min(to, len(all))
	if from > len(all) {
		t.printf("%s has %d lines", f.Source, len(all))
		return
	}
	stops := map[int]bool{}
	for _, b := range t.d.Breakpoints() {
		if b.Source == f.Source {
			stops[b.At] = true
		}
	}
	digits := len(strconv.Itoa(to))
	for n := from; n <= to; n++ {
		mark := "  "
		switch {
		case n == f.Line:
			mark = "->"
		case stops[n]:
			mark = "B "
		}
		line := strings.TrimRight(strings.ReplaceAll(all[n-1], "\t", "    "), "\r ")
		t.write(strings.TrimRight(fmt.Sprintf("%s %s %s", t.paint("1;32", mark), t.paint("2", fmt.Sprintf("%*d |", digits, n)), printable(line)), " "))
	}
	t.listed = to + 1
}

func (t *Terminal) stack(string) {
	st := t.stop
	t.failed(st.Do(func(at engine.Spot) {
		frames, _ := debug.Frames(at, t.task, mostFrames)
		from := 0
		if t.frame >= mostListed {
			from = t.frame - mostListed/2
		}
		for i := from; i < len(frames) && i < from+mostListed; i++ {
			mark := " "
			if i == t.frame {
				mark = ">"
			}
			f := frames[i]
			if f.Native {
				t.printf("%s %-2d %s (native)", mark, i, f.Name)
				continue
			}
			tail := ""
			switch {
			case f.Tail == 1:
				tail = ", by a tail call of a function that is gone"
			case f.Tail > 1:
				tail = fmt.Sprintf(", by %d tail calls of functions that are gone", f.Tail)
			}
			t.printf("%s %-2d %s:%d in %s%s", mark, i, f.Source, f.Line, f.Name, tail)
		}
		if rest := len(frames) - from - mostListed; rest > 0 {
			t.printf("     … %d more", rest)
		}
	}))
}

func (t *Terminal) climb(arg string, by int) {
	count := 1
	if arg != "" {
		n, err := strconv.Atoi(strings.TrimSpace(arg))
		if err != nil || n < 1 {
			t.printf("a count from 1 on, not %s", arg)
			return
		}
		count = n
	}
	t.goTo(t.frame+by*count, true)
}

func (t *Terminal) toFrame(arg string) {
	n, err := strconv.Atoi(strings.TrimSpace(arg))
	if err != nil || n < 0 {
		t.print("frame takes a number of where")
		return
	}
	t.goTo(n, false)
}

// goTo looks at frame n, or the nearest that there is.
func (t *Terminal) goTo(n int, nearest bool) {
	size := 0
	t.failed(t.stop.Do(func(at engine.Spot) {
		frames, _ := debug.Frames(at, t.task, mostFrames)
		size = len(frames)
	}))
	switch {
	case n < 0 && t.frame == 0:
		t.print("this is the innermost function")
		return
	case n >= size && (!nearest || t.frame == size-1):
		t.print("this is the outermost function")
		return
	}
	t.frame = min(max(n, 0), size-1)
	t.at(func(f engine.StackFrame) {
		if f.Native {
			t.printf("%d %s (native)", t.frame, f.Name)
			return
		}
		t.printf("%d %s:%d in %s", t.frame, f.Source, f.Line, f.Name)
	})
	t.excerpt(2)
}

func (t *Terminal) list(arg string) {
	t.at(func(f engine.StackFrame) {
		if f.Native {
			t.printf("%s is native code", f.Name)
			return
		}
		first, last := strings.TrimSpace(arg), ""
		first, last, _ = strings.Cut(first, ",")
		from, ferr := strconv.Atoi(strings.TrimSpace(first))
		to, terr := strconv.Atoi(strings.TrimSpace(last))
		switch {
		case arg == "." || arg == "" && t.listed == 0:
			t.lines(f, f.Line-5, f.Line+5)
		case arg == "":
			t.lines(f, t.listed, t.listed+10)
		case ferr != nil || from < 1 || last != "" && terr != nil:
			t.print("list takes lines, such as list 10 or list 10, 20")
		case last == "":
			t.lines(f, from-5, from+5)
		case to < from:
			t.lines(f, from, from+to) // a count, as in pdb
		default:
			t.lines(f, from, to)
		}
	})
}

func (t *Terminal) longList(string) {
	t.at(func(f engine.StackFrame) {
		_, p := f.Function()
		if p == nil {
			t.printf("%s is native code", f.Name)
			return
		}
		if p.LineDefined == 0 {
			t.lines(f, 1, 1<<30)
			return
		}
		t.lines(f, p.LineDefined, p.LastLineDefined)
	})
}

func (t *Terminal) source(arg string) {
	t.at(func(f engine.StackFrame) {
		values, err := t.stop.Session.Eval(f, arg)
		if err != nil || len(values) == 0 {
			t.print("source takes a function, such as source f")
			return
		}
		fn, ok := values[0].Lua().(*lua.LFunction)
		if !ok || fn.Proto == nil {
			t.printf("%s is %s, not a function of a script", arg, values[0].Describe())
			return
		}
		p := fn.Proto
		t.printf("%s:%d", p.SourceName, p.LineDefined)
		to := p.LastLineDefined
		if p.LineDefined == 0 {
			to = 1 << 30
		}
		here := engine.StackFrame{Source: p.SourceName}
		if f.Source == here.Source {
			here.Line = f.Line
		}
		t.lines(here, p.LineDefined, to)
	})
}

// parameters are the first locals of a function.
func parameters(f engine.StackFrame) []engine.Variable {
	_, p := f.Function()
	if p == nil {
		return nil
	}
	names := map[string]bool{}
	for i := 0; i < int(p.NumParameters) && i < len(p.DbgLocals); i++ {
		names[p.DbgLocals[i].Name] = true
	}
	list := slices.DeleteFunc(f.Locals(), func(v engine.Variable) bool { return !names[v.Name] })
	return append(list, f.Varargs()...)
}

func (t *Terminal) variables(of func(engine.StackFrame) []engine.Variable) {
	t.at(func(f engine.StackFrame) {
		list := of(f)
		if len(list) == 0 {
			t.print("none")
		}
		for _, v := range list {
			t.write(fmt.Sprintf("%s = %s", printable(v.Name), t.values([]engine.Value{v.Value}, t.brief())))
		}
	})
}

func (t *Terminal) exception(string) {
	st := t.stop
	if st.Reason != debug.Raised && st.Reason != debug.PostFact {
		t.print("the script has not stopped at an error")
		return
	}
	t.print(st.Text)
	if e := debug.ErrorOf(st.Value); e != nil {
		for _, line := range []struct{ name, text string }{{"kind", e.Kind}, {"op", e.Op}, {"target", e.Target}, {"hint", e.Hint}} {
			if line.text != "" {
				t.printf("  %s: %s", line.name, line.text)
			}
		}
	}
}
