package repl

import "github.com/gscript-lang/gscript/engine/repl/lex"

// style colours what is being typed.
func style(text []rune) []string {
	if !command(string(text)) {
		return lex.Style(text)
	}
	list := make([]string, len(text))
	for i, r := range text {
		if lex.Blank(r) && i > 0 {
			break
		}
		list[i] = "34"
	}
	return list
}
