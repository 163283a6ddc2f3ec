package repl

import (
	"strings"

	"github.com/gscript-lang/gscript/engine/repl/lex"
)

// expose turns the local variables of a chunk's outermost level into variables
// of the session: "local x = 1" becomes "x = 1". Lines and columns stay.
func expose(text string) (source string, vars []string) {
	runes := []rune(text)
	tokens := lex.Lex(runes)
	var b strings.Builder
	depth, copied := 0, 0
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Kind != lex.Keyword {
			continue
		}
		switch t.Text(runes) {
		case "function", "do", "if", "repeat":
			depth++
		case "end", "until":
			depth--
		case "local":
			names, last, bare := declared(runes, tokens[i+1:])
			if depth != 0 || len(names) == 0 {
				continue
			}
			b.WriteString(string(runes[copied:t.From]) + strings.Repeat(" ", t.To-t.From))
			copied = t.To
			if bare {
				b.WriteString(string(runes[copied:last]) + " = nil")
				copied = last
			}
			vars = append(vars, names...)
		}
	}
	b.WriteString(string(runes[copied:]))
	return b.String(), vars
}

// declared reads what follows the word local: the names, where the last of them
// ends, and whether they have no values.
func declared(runes []rune, tokens []lex.Token) (names []string, last int, bare bool) {
	if len(tokens) > 1 && tokens[0].Kind == lex.Keyword && tokens[0].Text(runes) == "function" && tokens[1].Kind == lex.Name {
		return []string{tokens[1].Text(runes)}, 0, false
	}
	for i := 0; i < len(tokens) && tokens[i].Kind == lex.Name; i += 2 {
		names, last = append(names, tokens[i].Text(runes)), tokens[i].To
		if i+1 >= len(tokens) || tokens[i+1].Text(runes) != "," {
			return names, last, i+1 >= len(tokens) || tokens[i+1].Text(runes) != "="
		}
	}
	return nil, 0, false // a comma without a name: not for us to repair
}
