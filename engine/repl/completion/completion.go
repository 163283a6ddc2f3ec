// Package completion lists how Lua that is being typed can go on: variables,
// fields, modules with their functions, and the options of a call.
package completion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/lex"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
	"github.com/gscript-lang/gscript/engine/repl/manual"
)

// Scope is what names mean where the text is to run.
type Scope interface {
	// Hold runs f while values may be looked at, or not at all where one would have
	// to wait for that; the other methods are called in it.
	Hold(f func())
	// Vars lists the variables.
	Vars() []string
	// Lookup reads what stands behind a dotted path; nothing of the script's runs.
	Lookup(path string) (v engine.Value, ok bool)
	// Fields lists the string keys of a table.
	Fields(v engine.Value) []string
	// TypeOf is the declaration of a handle's type, nil for other values.
	TypeOf(v engine.Value) *engine.Type
	// Subject is what a value is called that every state has, "" for any other.
	Subject(v engine.Value) string
	// Definition is where a function written in Lua begins, and the source that
	// has it.
	Definition(v engine.Value) (name string, line int, source string)
}

// Names completes names.
type Names struct {
	Scope   Scope
	Modules []*module.Module
}

// Complete lists how the name at the end of text can go on; from is where Lua
// begins, start where the name does.
func (n Names) Complete(text []rune, from int) (start int, list []lineedit.Candidate) {
	start = len(text)
	for start > from && (lex.Letter(text[start-1]) || lex.Digit(text[start-1]) || text[start-1] == '.' || text[start-1] == ':') {
		start--
	}
	word := string(text[start:])
	base, sep, part := word, "", word
	if i := strings.LastIndexAny(word, ".:"); i >= 0 {
		base, sep, part = word[:i], word[i:i+1], word[i+1:]
	}
	if sep == "" {
		if options := n.options(text, part); len(options) > 0 {
			return start, options
		}
		return start, n.words(part)
	}
	start += len([]rune(base)) + 1
	return start, n.members(base, sep, part)
}

// options lists the options of the call that the cursor is in.
func (n Names) options(text []rune, part string) []lineedit.Candidate {
	var list []lineedit.Candidate
	for _, c := range module.Complete(n.Modules, n.canonical(text)) {
		if c.Kind == "option" && strings.HasPrefix(c.Name, part) {
			list = append(list, lineedit.Candidate{Text: c.Name + "=", Name: c.Name, Note: note(c)})
		}
	}
	return list
}

func note(c module.Completion) string {
	signature := c.Signature
	if i := strings.IndexByte(signature, '('); i >= 0 && (c.Kind == "function" || c.Kind == "method") {
		signature = signature[i:]
	}
	return strings.TrimSpace(signature + "  " + c.Summary)
}

// canonical puts the declared names in the place of the script's own ones, so
// that "conn:run(cmd, {" reads "ssh.Client:run(cmd, {".
func (n Names) canonical(text []rune) string {
	var b strings.Builder
	tokens, copied := lex.Lex(text), 0
	n.Scope.Hold(func() {
		for i := 0; i+2 < len(tokens); i++ {
			t := tokens[i]
			if t.Kind != lex.Name || i > 0 && (tokens[i-1].Text(text) == "." || tokens[i-1].Text(text) == ":") {
				continue
			}
			// The longest path in front of the last name.
			end := i
			for end+3 < len(tokens) && tokens[end+1].Text(text) == "." && tokens[end+2].Kind == lex.Name &&
				(tokens[end+3].Text(text) == "." || tokens[end+3].Text(text) == ":") {
				end += 2
			}
			v, ok := n.Scope.Lookup(string(text[t.From:tokens[end].To]))
			if !ok {
				continue
			}
			name := n.Scope.Subject(v)
			if declared := n.Scope.TypeOf(v); declared != nil {
				name = declared.Name
			}
			if name != "" {
				b.WriteString(string(text[copied:t.From]) + name)
				copied = tokens[end].To
			}
			i = end
		}
	})
	b.WriteString(string(text[copied:]))
	return b.String()
}

// words lists keywords, variables and modules.
func (n Names) words(part string) []lineedit.Candidate {
	var list []lineedit.Candidate
	add := func(name, note string) {
		if strings.HasPrefix(name, part) && (part != "" || !strings.HasPrefix(name, "_")) {
			list = append(list, lineedit.Candidate{Text: name, Name: name, Note: note})
		}
	}
	for _, m := range n.Modules {
		add(m.Name, module.Summary(m.Doc))
	}
	n.Scope.Hold(func() {
		for i, name := range begin(n.Scope.Vars(), part) {
			if v, ok := n.Scope.Lookup(name); ok {
				add(name, n.noteAt(i, v))
			}
		}
	})
	if part != "" {
		for _, word := range lex.Keywords() {
			add(word, "")
		}
	}
	return Sorted(list)
}

// mostNoted is how many candidates have a note: more than a person looks at.
const mostNoted = 200

// noteAt is the note of a value that is the i-th in the list.
func (n Names) noteAt(i int, v engine.Value) string {
	if i >= mostNoted {
		return ""
	}
	return n.noteOf(v)
}

// begin gives the names that begin so and can be written as such, in order.
func begin(names []string, part string) []string {
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, part) || !lex.IsName(name) })
	slices.Sort(names)
	return names
}

// noteOf says in a line what a value is. It is called in Hold.
func (n Names) noteOf(v engine.Value) string {
	if e, ok := manual.All()[n.Scope.Subject(v)]; ok {
		return e.Signature + "  " + e.Doc
	}
	if t := n.Scope.TypeOf(v); t != nil {
		return t.Name + "  " + module.Summary(t.Doc)
	}
	switch v.Type() {
	case "function":
		if file, line, source := n.Scope.Definition(v); line > 0 {
			lines := strings.Split(source, "\n")
			if line <= len(lines) {
				return strings.TrimSpace(lines[line-1])
			}
			return file
		}
		return "function"
	case "table":
		return "table"
	}
	return inspect.Sprint(v, inspect.Options{Width: -1, Depth: 1, Items: 5, Text: 60})
}

// members lists what can stand behind "base." or "base:".
func (n Names) members(base, sep, part string) []lineedit.Candidate {
	var (
		list     []lineedit.Candidate
		subject  string
		declared *engine.Type
		known    bool
	)
	add := func(name, note string) {
		if strings.HasPrefix(name, part) && (part != "" || !strings.HasPrefix(name, "__")) {
			list = append(list, lineedit.Candidate{Text: name, Name: name, Note: note})
		}
	}
	n.Scope.Hold(func() {
		var v engine.Value
		if v, known = n.Scope.Lookup(base); !known {
			return
		}
		subject, declared = n.Scope.Subject(v), n.Scope.TypeOf(v)
		if declared != nil || n.IsModule(subject) {
			return
		}
		if _, text := v.Text(); text && sep == ":" {
			for _, e := range manual.Chapter("string") {
				name, _, _ := strings.Cut(strings.TrimPrefix(e.Signature, "string."), "(")
				add(name, e.Signature+"  "+e.Doc)
			}
		}
		i := 0
		for _, name := range begin(n.Scope.Fields(v), part) {
			if field, ok := n.Scope.Lookup(base + "." + name); ok && (sep == "." || field.Type() == "function") {
				add(name, n.noteAt(i, field))
				i++
			}
		}
	})
	holder := base
	switch {
	case declared != nil:
		holder = declared.Name
	case known && !n.IsModule(subject):
		return Sorted(list)
	case known:
		holder = subject
	}
	for _, c := range module.Complete(n.Modules, holder+sep+part) {
		if i := strings.LastIndexAny(c.Name, ".:"); i >= 0 && c.Name[i:i+1] == sep {
			add(c.Name[i+1:], note(c))
		}
	}
	return Sorted(list)
}

// Sorted puts candidates in order, each once.
func Sorted(list []lineedit.Candidate) []lineedit.Candidate {
	slices.SortStableFunc(list, func(a, b lineedit.Candidate) int { return cmp.Compare(a.Text, b.Text) })
	return slices.CompactFunc(list, func(a, b lineedit.Candidate) bool { return a.Text == b.Text })
}

// IsModule says that a module has this name.
func (n Names) IsModule(name string) bool {
	return slices.ContainsFunc(n.Modules, func(m *module.Module) bool { return m.Name == name })
}
