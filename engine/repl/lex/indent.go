package lex

// opening is a word or bracket that is not closed yet, and its line.
type opening struct {
	token string
	line  int
}

// indents counts the openings of a text line by line: those that begin in one
// line make one step together.
type indents struct {
	open []opening
	line int
}

func (in *indents) steps() int {
	n := 0
	for i, o := range in.open {
		if i == 0 || o.line != in.open[i-1].line {
			n++
		}
	}
	return n
}

// take counts a token. closes says that it closes what an earlier line has
// opened, or, as else does, begins the next part of it.
func (in *indents) take(word string) (closes bool) {
	switch word {
	case "function", "do", "if", "repeat", "(", "{", "[":
		in.open = append(in.open, opening{word, in.line})
	case "end", "until", ")", "}", "]":
		if n := len(in.open); n > 0 {
			closes = in.open[n-1].line < in.line
			in.open = in.open[:n-1]
		}
	case "else", "elseif":
		n := len(in.open)
		closes = n > 0 && in.open[n-1].line < in.line
	}
	return closes
}

// Indent says how many steps the last line of a text stands in, if it begins with
// what closes a block, and the line that would follow it; -1 is for a line that
// is to stay as it is.
func Indent(text []rune) (last, next int) {
	in := &indents{}
	last = -1
	leading := true // all of the line so far closes something
	at := 0
	for _, t := range Lex(text) {
		for ; at < t.From; at++ {
			if text[at] == '\n' {
				in.line++
				leading, last = true, -1
			}
		}
		if t.Open {
			return -1, -1 // within a string or a comment
		}
		word := ""
		if t.Kind == Keyword || t.Kind == Sign {
			word = t.Text(text)
		}
		closes := in.take(word)
		if leading = leading && closes; leading {
			last = in.steps()
			if word == "else" || word == "elseif" {
				last--
			}
		}
	}
	for ; at < len(text); at++ {
		if text[at] == '\n' {
			in.line++
			last = -1
		}
	}
	return last, in.steps()
}
