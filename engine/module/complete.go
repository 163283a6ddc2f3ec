package module

import (
	"cmp"
	"slices"
	"strings"
)

// Completion is one way in which a text can go on.
type Completion struct {
	Name      string // the whole word: "http.get"
	Kind      string // module, function, value, type, method, property or option
	Signature string // of functions; of others the type
	Summary   string
}

// Complete lists how the last word of text can go on, in the order of names:
// "ht", "http.", "http.ge", "ssh.Client:r", and inside a call its options, as
// in `http.get(url, {tim`.
func Complete(modules []*Module, text string) []Completion {
	start := strings.LastIndexFunc(text, func(r rune) bool { return !isWord(r) && r != '.' && r != ':' }) + 1
	word := text[start:]
	var list []Completion
	if c, ok := enclosing(modules, text[:start]); ok && !strings.ContainsAny(word, ".:") {
		list = c.completeOptions(word)
	}
	if len(list) == 0 {
		for _, m := range modules {
			list = append(list, m.complete(word)...)
		}
	}
	slices.SortStableFunc(list, func(a, b Completion) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func (m *Module) complete(word string) []Completion {
	var list []Completion
	add := func(name, kind, signature, doc string) {
		if strings.HasPrefix(name, word) {
			list = append(list, Completion{name, kind, signature, Summary(doc)})
		}
	}
	if !strings.HasPrefix(word, m.Name+".") && !strings.HasPrefix(word, m.Name+":") {
		add(m.Name, "module", "", m.Doc)
		return list
	}
	for _, f := range m.Funcs {
		c := callee{m: m, fn: f}
		add(c.name(), "function", c.signature(full)+c.arrow(), f.Doc)
	}
	for _, v := range m.Values {
		add(m.Name+"."+v.Name, "value", valueType(v, m), v.Doc)
	}
	for _, t := range m.Types {
		if !strings.HasPrefix(word, t.Name+":") && !strings.HasPrefix(word, t.Name+".") {
			add(t.Name, "type", "", t.Doc)
			continue
		}
		for _, f := range t.Methods {
			c := callee{m, t, f}
			add(c.name(), "method", c.signature(full)+c.arrow(), f.Doc)
		}
		for _, p := range t.Props {
			add(t.Name+"."+p.Name, "property", PropType(p, m), p.Doc)
		}
	}
	return list
}

// completeOptions lists the names that a table in a call may have.
func (c callee) completeOptions(word string) []Completion {
	var list []Completion
	for _, p := range append(c.leading(), c.options()...) {
		if strings.HasPrefix(p.Name, word) && (p.Place == Option || c.tableForm()) {
			list = append(list, Completion{p.Name, "option", LuaType(p, c.m), noteWithDefault(p)})
		}
	}
	return list
}

// enclosing finds the function in whose table of options text ends.
func enclosing(modules []*Module, text string) (callee, bool) {
	open := unclosed(text)
	if open < 0 || text[open] != '{' || !startsField(text) {
		return callee{}, false
	}
	head := strings.TrimRight(text[:open], " \t\n")
	if call := unclosed(text[:open]); call >= 0 && text[call] == '(' && !strings.HasSuffix(head, "=") {
		head = strings.TrimRight(text[:call], " \t\n")
	}
	word := head[strings.LastIndexFunc(head, func(r rune) bool { return !isWord(r) && r != '.' && r != ':' })+1:]
	for _, m := range modules {
		for _, t := range m.Types {
			for _, f := range t.Methods {
				if c := (callee{m, t, f}); c.name() == word {
					return c, true
				}
			}
		}
		if name, ok := strings.CutPrefix(word, m.Name+"."); ok {
			if f := m.Func(name); f != nil {
				return callee{m: m, fn: f}, true
			}
		}
	}
	return callee{}, false
}

// startsField says that the name of a field may come next.
func startsField(text string) bool {
	text = strings.TrimRight(text, " \t\n")
	return strings.HasSuffix(text, "{") || strings.HasSuffix(text, ",") || strings.HasSuffix(text, ";")
}

// unclosed is the place of the last bracket that is still open, -1 for none.
func unclosed(text string) int {
	var open []int
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote && text[i-1] != '\\' {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '{' || c == '[':
			open = append(open, i)
		case (c == ')' || c == '}' || c == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 || quote != 0 {
		return -1
	}
	return open[len(open)-1]
}
