package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/completion"
	"github.com/gscript-lang/gscript/engine/repl/lex"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// editWith has lines edited. What the editor asks for comes from its goroutine while
// this one waits for the line.
func (t *Terminal) editWith(e *Editing) {
	t.input, t.Out = e, e.editor
	t.Fresh = func() bool { e.editor.EndLine(); return true }
	e.style, e.ready, e.complete = t.style, t.ready, t.complete
}

// style colours what is being typed.
func (t *Terminal) style(text []rune) []string {
	line := string(text)
	if t.inLua || t.commandOf(line) == nil {
		return lex.Style(text)
	}
	name, _ := cutWord(line)
	list := make([]string, len(text))
	for i := range []rune(name) {
		list[i] = "34"
	}
	copy(list[len(name):], lex.Style(text[len(name):]))
	return list
}

// ready says that a text need not go on: a command, or Lua that is whole.
func (t *Terminal) ready(text string) bool {
	code := text
	if !t.inLua {
		code = t.lastCommand(text)
	}
	code = strings.TrimSpace(code)
	switch {
	case t.defining > 0 || code == "":
		return true
	case t.inLua:
	case strings.HasPrefix(code, "#") || t.aliased(code) || t.commandOf(code) != nil:
		return true
	}
	return !engine.Incomplete(engine.CheckEval(strings.TrimPrefix(code, "!")))
}

// lastCommand is what stands behind the last ";;" of a line.
func (t *Terminal) lastCommand(line string) string {
	for !t.takesText(line) {
		_, rest, several := cutCommand(line)
		if !several {
			break
		}
		line = strings.TrimLeft(rest, " ")
	}
	return line
}

func (t *Terminal) aliased(line string) bool {
	name, _ := cutWord(line)
	return t.aliases[name] != ""
}

// complete lists how the text before the cursor can go on.
func (t *Terminal) complete(text []rune, at int) (start int, list []lineedit.Candidate) {
	text = text[:at]
	if t.inLua || len(text) > 0 && text[0] == '!' || slices.Contains(text, '\n') {
		return t.completeLua(text, 0)
	}
	line := strings.TrimLeft(t.lastCommand(string(text)), " ")
	begin := len(text) - len([]rune(line))
	name, _, hasArg := strings.Cut(line, " ")
	if !hasArg {
		if slices.IndexFunc([]rune(name), func(r rune) bool { return !lex.Letter(r) && !lex.Digit(r) }) >= 0 {
			return t.completeLua(text, begin)
		}
		_, list = t.completeLua(text, begin)
		return begin, completion.Sorted(append(t.commandNames(name), list...))
	}
	from := begin + len([]rune(name)) + 1
	c := t.commandOf(line)
	if c == nil || c.complete == nil {
		return t.completeLua(text, from)
	}
	return c.complete(t, text, from)
}

// completeLua completes names as the function that is looked at sees them.
func (t *Terminal) completeLua(text []rune, from int) (start int, list []lineedit.Candidate) {
	var modules []*module.Module
	if t.Modules != nil {
		modules = t.Modules()
	}
	start = len(text)
	t.at(func(f engine.StackFrame) {
		start, list = completion.Names{Scope: f.Scope(), Modules: modules}.Complete(text, from)
	})
	return start, list
}

// commandNames lists the commands and aliases that begin so.
func (t *Terminal) commandNames(begin string) (list []lineedit.Candidate) {
	for name, c := range t.commands {
		if name == c.name && strings.HasPrefix(name, begin) {
			summary, _, _ := strings.Cut(c.help, ".")
			list = append(list, lineedit.Candidate{Text: name, Name: strings.TrimSpace(name + " " + c.usage), Note: summary})
		}
	}
	for name, text := range t.aliases {
		if strings.HasPrefix(name, begin) {
			list = append(list, lineedit.Candidate{Text: name, Name: name, Note: text})
		}
	}
	return completion.Sorted(list)
}

// lastWord is where the word before the cursor begins.
func lastWord(text []rune, from int) (start int, word string) {
	start = len(text)
	for start > from && !lex.Blank(text[start-1]) {
		start--
	}
	return start, string(text[start:])
}

// oneOf completes words that are always the same.
func oneOf(words ...string) func(t *Terminal, text []rune, from int) (int, []lineedit.Candidate) {
	return func(_ *Terminal, text []rune, from int) (start int, list []lineedit.Candidate) {
		start, begin := lastWord(text, from)
		for _, w := range words {
			if strings.HasPrefix(w, begin) {
				list = append(list, lineedit.Candidate{Text: w, Name: w})
			}
		}
		return start, list
	}
}

func completeCommand(t *Terminal, text []rune, from int) (int, []lineedit.Candidate) {
	start, begin := lastWord(text, from)
	return start, t.commandNames(begin)
}

// completePoint completes the numbers of breakpoints, and Lua behind one.
func completePoint(t *Terminal, text []rune, from int) (start int, list []lineedit.Candidate) {
	start, begin := lastWord(text, from)
	if start > from && t.commandOf(string(text)) == t.commands["condition"] {
		return t.completeLua(text, start)
	}
	for _, b := range t.d.Breakpoints() {
		if id := strconv.Itoa(b.ID); strings.HasPrefix(id, begin) {
			list = append(list, lineedit.Candidate{Text: id, Name: id, Note: placed(b)})
		}
	}
	return start, list
}

// completePlace completes where a breakpoint stands, and Lua behind the comma.
func completePlace(t *Terminal, text []rune, from int) (start int, list []lineedit.Candidate) {
	if i := slices.Index(text[from:], ','); i >= 0 {
		return t.completeLua(text, from+i+1)
	}
	begin := string(text[from:])
	add := func(text, note string) {
		if strings.HasPrefix(text, begin) {
			list = append(list, lineedit.Candidate{Text: text, Name: text, Note: note})
		}
	}
	if file, _, ok := strings.Cut(begin, ":"); ok {
		lines := strings.Split(t.d.Text(t.d.Find(file)), "\n")
		for _, n := range t.d.Lines(file) {
			if n <= len(lines) {
				add(fmt.Sprintf("%s:%d", file, n), strings.TrimSpace(lines[n-1]))
			}
		}
		return from, list // in the order of the lines
	}
	for name, place := range t.d.Functions() {
		add(name, place)
	}
	for _, name := range t.d.Sources() {
		if !t.d.Library(name) {
			add(name+":", "")
		}
	}
	if t.ReadDir != nil {
		for _, f := range completion.Files(t.ReadDir, begin, ".lua") {
			if strings.HasSuffix(f.Text, ".lua") {
				f.Text += ":"
				f.Name += ":"
			}
			list = append(list, f)
		}
	}
	return from, completion.Sorted(list)
}

// completeTask and completeThread complete the numbers of tasks and workers.
func completeTask(t *Terminal, text []rune, from int) (start int, list []lineedit.Candidate) {
	start, begin := lastWord(text, from)
	if t.stop == nil {
		return start, nil
	}
	t.failed(t.stop.Do(func(at engine.Spot) {
		for _, info := range at.Tasks() {
			if id := strconv.Itoa(info.ID); strings.HasPrefix(id, begin) {
				list = append(list, lineedit.Candidate{Text: id, Name: id, Note: info.Name + " " + info.Origin})
			}
		}
	}))
	return start, list
}

func completeThread(t *Terminal, text []rune, from int) (start int, list []lineedit.Candidate) {
	start, begin := lastWord(text, from)
	for _, s := range t.d.Sessions() {
		if id := strconv.Itoa(s.ID); strings.HasPrefix(id, begin) {
			list = append(list, lineedit.Candidate{Text: id, Name: id, Note: s.Name()})
		}
	}
	return start, list
}
