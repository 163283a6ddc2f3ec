// Package lex cuts Lua text into tokens, for what is being typed: completion,
// colours and the question whether a text goes on.
package lex

import "slices"

// Kind says what a token is.
type Kind int

// The kinds.
const (
	Name Kind = iota
	Keyword
	Number
	String
	Comment
	Sign
)

// Token is a piece of Lua text, runes[From:To]. Whatever the text, it can be cut
// into tokens: it may be half typed.
type Token struct {
	Kind     Kind
	From, To int
	Open     bool // a long string or comment, or a string to be continued, without its end
}

// Text is the token as it was written.
func (t Token) Text(runes []rune) string { return string(runes[t.From:t.To]) }

// Keywords are the reserved words of Lua.
func Keywords() []string {
	return []string{
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
	}
}

// Letter says that a name may begin with r.
func Letter(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// IsName says that a text is a name and no reserved word.
func IsName(text string) bool {
	if text == "" || !Letter(rune(text[0])) || slices.Contains(Keywords(), text) {
		return false
	}
	for _, r := range text {
		if !Letter(r) && !Digit(r) {
			return false
		}
	}
	return true
}

// Digit says that r is a decimal digit.
func Digit(r rune) bool { return r >= '0' && r <= '9' }

// Blank says that r is white space.
func Blank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f'
}

// lexer cuts text into tokens.
type lexer struct {
	runes []rune
	pos   int
}

// Lex cuts text into tokens, whatever it is.
func Lex(runes []rune) []Token {
	l := &lexer{runes: runes}
	var list []Token
	for {
		for Blank(l.at(0)) && l.pos < len(runes) {
			l.pos++
		}
		if l.pos >= len(runes) {
			return list
		}
		from := l.pos
		kind, open := l.token()
		list = append(list, Token{kind, from, l.pos, open})
	}
}

func (l *lexer) at(ahead int) rune {
	if i := l.pos + ahead; i < len(l.runes) {
		return l.runes[i]
	}
	return 0
}

func (l *lexer) token() (kind Kind, open bool) {
	switch c := l.at(0); {
	case Letter(c):
		from := l.pos
		for Letter(l.at(0)) || Digit(l.at(0)) {
			l.pos++
		}
		if slices.Contains(Keywords(), string(l.runes[from:l.pos])) {
			return Keyword, false
		}
		return Name, false
	case Digit(c) || c == '.' && Digit(l.at(1)):
		l.number()
		return Number, false
	case c == '"' || c == '\'':
		return String, l.quoted(c)
	case c == '-' && l.at(1) == '-':
		l.pos += 2
		if level, ok := l.long(); ok {
			return Comment, l.skipLong(level)
		}
		for l.pos < len(l.runes) && l.at(0) != '\n' {
			l.pos++
		}
		return Comment, false
	case c == '[':
		if level, ok := l.long(); ok {
			return String, l.skipLong(level)
		}
	case c == '.' && l.at(1) == '.':
		l.pos += 2
		if l.at(0) == '.' {
			l.pos++
		}
		return Sign, false
	case (c == '=' || c == '~' || c == '<' || c == '>') && l.at(1) == '=' || c == ':' && l.at(1) == ':':
		l.pos += 2
		return Sign, false
	}
	l.pos++
	return Sign, false
}

func (l *lexer) number() {
	for l.pos < len(l.runes) {
		c := l.at(0)
		exponent := c|0x20 == 'e' || c|0x20 == 'p'
		switch {
		case exponent && (l.at(1) == '+' || l.at(1) == '-'):
			l.pos += 2
		case Letter(c) || Digit(c), c == '.' && l.at(1) != '.':
			l.pos++
		default:
			return
		}
	}
}

// quoted passes over a string in quotes. open says that its line ends with a
// backslash, and the text too.
func (l *lexer) quoted(quote rune) (open bool) {
	for l.pos++; l.pos < len(l.runes); l.pos++ {
		switch l.at(0) {
		case quote:
			l.pos++
			return false
		case '\n':
			return false
		case '\\':
			l.pos++
			if l.pos >= len(l.runes) {
				return true
			}
		}
	}
	return false
}

// long says whether a long bracket opens here, and of which level.
func (l *lexer) long() (level int, ok bool) {
	if l.at(0) != '[' {
		return 0, false
	}
	for l.at(1+level) == '=' {
		level++
	}
	return level, l.at(1+level) == '['
}

func (l *lexer) skipLong(level int) (open bool) {
	for l.pos += level + 2; l.pos < len(l.runes); l.pos++ {
		if l.at(0) != ']' {
			continue
		}
		n := 0
		for l.at(1+n) == '=' {
			n++
		}
		if n == level && l.at(1+n) == ']' {
			l.pos += level + 2
			return false
		}
	}
	return true
}

// Opens says that the text ends inside a long string, a long comment or a string
// that goes on in the next line.
func Opens(text string) bool {
	tokens := Lex([]rune(text))
	return len(tokens) > 0 && tokens[len(tokens)-1].Open
}
