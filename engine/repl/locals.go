package repl

import "strings"

// expose turns the local variables of a chunk's outermost level into variables
// of the session: "local x = 1" becomes "x = 1". Lines and columns stay.
func expose(text string) (source string, vars []string) {
	runes := []rune(text)
	tokens := lex(runes)
	var b strings.Builder
	depth, copied := 0, 0
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.kind != keywordToken {
			continue
		}
		switch t.text(runes) {
		case "function", "do", "if", "repeat":
			depth++
		case "end", "until":
			depth--
		case "local":
			names, last, bare := declared(runes, tokens[i+1:])
			if depth != 0 || len(names) == 0 {
				continue
			}
			b.WriteString(string(runes[copied:t.from]) + strings.Repeat(" ", t.to-t.from))
			copied = t.to
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
func declared(runes []rune, tokens []token) (names []string, last int, bare bool) {
	if len(tokens) > 1 && tokens[0].kind == keywordToken && tokens[0].text(runes) == "function" && tokens[1].kind == nameToken {
		return []string{tokens[1].text(runes)}, 0, false
	}
	for i := 0; i < len(tokens) && tokens[i].kind == nameToken; i += 2 {
		names, last = append(names, tokens[i].text(runes)), tokens[i].to
		if i+1 >= len(tokens) || tokens[i+1].text(runes) != "," {
			return names, last, i+1 >= len(tokens) || tokens[i+1].text(runes) != "="
		}
	}
	return nil, 0, false // a comma without a name: not for us to repair
}
