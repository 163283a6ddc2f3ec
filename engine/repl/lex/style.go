package lex

// Style gives each rune the parameters of a colour sequence, "" for none.
func Style(text []rune) []string {
	list := make([]string, len(text))
	for _, t := range Lex(text) {
		for i := t.From; i < t.To; i++ {
			list[i] = colour(t.Kind)
		}
	}
	return list
}

// colour is the sequence for a kind of token.
func colour(kind Kind) string {
	switch kind {
	case Keyword:
		return "35"
	case Number:
		return "33"
	case String:
		return "32"
	case Comment:
		return "90"
	}
	return ""
}
