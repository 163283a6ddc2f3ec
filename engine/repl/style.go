package repl

// colour is the sequence for a kind of token.
func colour(kind tokenKind) string {
	switch kind {
	case keywordToken:
		return "35"
	case numberToken:
		return "33"
	case stringToken:
		return "32"
	case commentToken:
		return "90"
	}
	return ""
}

// style colours what is being typed.
func style(text []rune) []string {
	list := make([]string, len(text))
	if command(string(text)) {
		for i, r := range text {
			if blank(r) && i > 0 {
				break
			}
			list[i] = "34"
		}
		return list
	}
	for _, t := range lex(text) {
		for i := t.from; i < t.to; i++ {
			list[i] = colour(t.kind)
		}
	}
	return list
}
