package repl

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/completion"
	"github.com/gscript-lang/gscript/engine/repl/lex"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// glancing looks at values without waiting for a task that computes.
type glancing struct{ *engine.Session }

func (g glancing) Hold(f func()) { g.Glance(f) }

func (r *REPL) names() completion.Names {
	return completion.Names{Scope: glancing{r.session}, Modules: r.Modules}
}

// complete lists how the word before the cursor can go on.
func (r *REPL) complete(text []rune, at int) (start int, list []lineedit.Candidate) {
	before := string(text[:at])
	switch {
	case strings.HasPrefix(before, "?"):
		return r.names().Complete(text[:at], 1)
	case command(before):
		return r.completeCommand(text[:at])
	}
	tokens := lex.Lex(text[:at])
	if n := len(tokens); n > 0 {
		last := tokens[n-1]
		switch {
		case last.Kind == lex.Comment && last.To == at:
			return at, nil
		case last.Kind == lex.String && (last.Open || !closed(last.Text(text))):
			if n > 1 && (tokens[n-2].Text(text) == "require" || n > 2 && tokens[n-3].Text(text) == "require" && tokens[n-2].Text(text) == "(") {
				return last.From + 1, r.required(string(text[last.From+1 : at]))
			}
			return last.From + 1, r.files(string(text[last.From+1:at]), "")
		}
	}
	return r.names().Complete(text[:at], 0)
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
		return r.names().Complete(text, start)
	}
	return start, nil
}

// files lists the files whose names begin so; directories, and those with the
// suffix.
func (r *REPL) files(begin, suffix string) []lineedit.Candidate {
	return completion.Files(r.Host.Files.ReadDir, begin, suffix)
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
	return completion.Sorted(list)
}
