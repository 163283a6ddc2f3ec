package repl

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// complete lists how the word before the cursor can go on.
func (r *REPL) complete(text []rune, at int) (start int, list []lineedit.Candidate) {
	before := string(text[:at])
	switch {
	case strings.HasPrefix(before, "?"):
		return r.names(text[:at], 1)
	case command(before):
		return r.completeCommand(text[:at])
	}
	tokens := lex(text[:at])
	if n := len(tokens); n > 0 {
		last := tokens[n-1]
		switch {
		case last.kind == commentToken && last.to == at:
			return at, nil
		case last.kind == stringToken && (last.open || !closed(last.text(text))):
			if n > 1 && (tokens[n-2].text(text) == "require" || n > 2 && tokens[n-3].text(text) == "require" && tokens[n-2].text(text) == "(") {
				return last.from + 1, r.required(string(text[last.from+1 : at]))
			}
			return last.from + 1, r.files(string(text[last.from+1:at]), "")
		}
	}
	return r.names(text[:at], 0)
}

// closed says that a string in quotes has its end.
func closed(s string) bool { return len(s) > 1 && s[len(s)-1] == s[0] }

func (r *REPL) completeCommand(text []rune) (start int, list []lineedit.Candidate) {
	word, arg, hasArg := strings.Cut(string(text), " ")
	if !hasArg {
		for _, c := range commands() {
			if name := ":" + c.name; strings.HasPrefix(name, word) {
				list = append(list, lineedit.Candidate{Text: name, Name: strings.TrimSpace(name + " " + c.arg), Note: c.doc})
			}
		}
		return 0, list
	}
	start = len(text) - len([]rune(arg))
	switch word {
	case ":load", ":l":
		return start, r.files(arg, ".lua")
	case ":reload", ":r":
		return start, r.required(arg)
	case ":doc", ":d", ":time", ":t":
		return r.names(text, start)
	}
	return start, nil
}

// files lists the files whose names begin so; directories, and those with the
// suffix.
func (r *REPL) files(begin, suffix string) []lineedit.Candidate {
	dir, name := filepath.Split(begin)
	look := dir
	if look == "" {
		look = "."
	}
	entries, err := r.Host.Files.ReadDir(look)
	if err != nil {
		return nil
	}
	var list []lineedit.Candidate
	for _, entry := range entries {
		found := entry.Name()
		switch {
		case !strings.HasPrefix(found, name), strings.HasPrefix(found, ".") && name == "":
			continue
		case entry.IsDir():
			found += "/"
		case !strings.HasSuffix(found, suffix):
			continue
		}
		list = append(list, lineedit.Candidate{Text: dir + found, Name: found})
	}
	return list
}

// required lists modules: those of gscript, and files beside the person.
func (r *REPL) required(begin string) []lineedit.Candidate {
	var list []lineedit.Candidate
	for _, m := range r.Modules {
		if strings.HasPrefix(m.Name, begin) {
			list = append(list, lineedit.Candidate{Text: m.Name, Name: m.Name, Note: module.Summary(m.Doc)})
		}
	}
	if strings.ContainsAny(begin, "/\\") {
		return list
	}
	for _, f := range r.files(strings.ReplaceAll(begin, ".", "/"), ".lua") {
		name := strings.TrimSuffix(f.Text, ".lua")
		name = strings.TrimSuffix(strings.ReplaceAll(name, "/", "."), ".init")
		list = append(list, lineedit.Candidate{Text: name, Name: name, Note: f.Text})
	}
	return sorted(list)
}

func sorted(list []lineedit.Candidate) []lineedit.Candidate {
	slices.SortStableFunc(list, func(a, b lineedit.Candidate) int { return cmp.Compare(a.Text, b.Text) })
	return slices.CompactFunc(list, func(a, b lineedit.Candidate) bool { return a.Text == b.Text })
}

// names completes the name before the cursor; from is where Lua begins.
func (r *REPL) names(text []rune, from int) (start int, list []lineedit.Candidate) {
	start = len(text)
	for start > from && (letter(text[start-1]) || digit(text[start-1]) || text[start-1] == '.' || text[start-1] == ':') {
		start--
	}
	word := string(text[start:])
	base, sep, part := word, "", word
	if i := strings.LastIndexAny(word, ".:"); i >= 0 {
		base, sep, part = word[:i], word[i:i+1], word[i+1:]
	}
	if sep == "" {
		if options := r.options(text, part); len(options) > 0 {
			return start, options
		}
		return start, r.words(part)
	}
	start += len([]rune(base)) + 1
	return start, r.members(base, sep, part)
}

// options lists the options of the call that the cursor is in.
func (r *REPL) options(text []rune, part string) []lineedit.Candidate {
	var list []lineedit.Candidate
	for _, c := range module.Complete(r.Modules, r.canonical(text)) {
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
func (r *REPL) canonical(text []rune) string {
	var b strings.Builder
	tokens, copied := lex(text), 0
	r.session.Hold(func() {
		for i := 0; i+2 < len(tokens); i++ {
			t := tokens[i]
			if t.kind != nameToken || i > 0 && (tokens[i-1].text(text) == "." || tokens[i-1].text(text) == ":") {
				continue
			}
			// The longest path in front of the last name.
			end := i
			for end+3 < len(tokens) && tokens[end+1].text(text) == "." && tokens[end+2].kind == nameToken &&
				(tokens[end+3].text(text) == "." || tokens[end+3].text(text) == ":") {
				end += 2
			}
			v, ok := r.session.Lookup(string(text[t.from:tokens[end].to]))
			if !ok {
				continue
			}
			name := r.session.Subject(v)
			if declared := r.session.TypeOf(v); declared != nil {
				name = declared.Name
			}
			if name != "" {
				b.WriteString(string(text[copied:t.from]) + name)
				copied = tokens[end].to
			}
			i = end
		}
	})
	b.WriteString(string(text[copied:]))
	return b.String()
}

// words lists keywords, variables and modules.
func (r *REPL) words(part string) []lineedit.Candidate {
	var list []lineedit.Candidate
	add := func(name, note string) {
		if strings.HasPrefix(name, part) && (part != "" || !strings.HasPrefix(name, "_")) {
			list = append(list, lineedit.Candidate{Text: name, Name: name, Note: note})
		}
	}
	for _, m := range r.Modules {
		add(m.Name, module.Summary(m.Doc))
	}
	r.session.Hold(func() {
		for _, name := range r.session.Vars() {
			if v, ok := r.session.Lookup(name); ok && strings.HasPrefix(name, part) {
				add(name, r.noteOf(name, v))
			}
		}
	})
	if part != "" {
		for _, word := range keywords {
			add(word, "")
		}
	}
	return sorted(list)
}

// noteOf says in a line what a value is. It is called in Hold.
func (r *REPL) noteOf(name string, v engine.Value) string {
	if e, ok := manual()[r.session.Subject(v)]; ok {
		return e.signature + "  " + e.doc
	}
	if t := r.session.TypeOf(v); t != nil {
		return t.Name + "  " + module.Summary(t.Doc)
	}
	switch v.Type() {
	case "function":
		if file, line, source := r.session.Definition(v); line > 0 {
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
func (r *REPL) members(base, sep, part string) []lineedit.Candidate {
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
	r.session.Hold(func() {
		var v engine.Value
		if v, known = r.session.Lookup(base); !known {
			return
		}
		subject, declared = r.session.Subject(v), r.session.TypeOf(v)
		if declared != nil || r.isModule(subject) {
			return
		}
		if _, text := v.Text(); text && sep == ":" {
			for _, e := range chapter("string") {
				name, _, _ := strings.Cut(strings.TrimPrefix(e.signature, "string."), "(")
				add(name, e.signature+"  "+e.doc)
			}
		}
		for _, name := range r.session.Fields(v) {
			if field, ok := r.session.Lookup(base + "." + name); ok && (sep == "." || field.Type() == "function") {
				add(name, r.noteOf(name, field))
			}
		}
	})
	holder := base
	switch {
	case declared != nil:
		holder = declared.Name
	case known && !r.isModule(subject):
		return sorted(list)
	case known:
		holder = subject
	}
	for _, c := range module.Complete(r.Modules, holder+sep+part) {
		if i := strings.LastIndexAny(c.Name, ".:"); i >= 0 && c.Name[i:i+1] == sep {
			add(c.Name[i+1:], note(c))
		}
	}
	return sorted(list)
}
