package repl

import "slices"

type tokenKind int

const (
	nameToken tokenKind = iota
	keywordToken
	numberToken
	stringToken
	commentToken
	signToken
)

// token is a piece of Lua text, runes[from:to]. Whatever the text, it can be cut
// into tokens: it may be half typed.
type token struct {
	kind     tokenKind
	from, to int
	open     bool // a long string or comment, or a string to be continued, without its end
}

func (t token) text(runes []rune) string { return string(runes[t.from:t.to]) }

var keywords = []string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
	"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

func letter(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func digit(r rune) bool  { return r >= '0' && r <= '9' }
func blank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f'
}

// lexer cuts text into tokens.
type lexer struct {
	runes []rune
	pos   int
}

func lex(runes []rune) []token {
	l := &lexer{runes: runes}
	var list []token
	for {
		for blank(l.at(0)) && l.pos < len(runes) {
			l.pos++
		}
		if l.pos >= len(runes) {
			return list
		}
		from := l.pos
		kind, open := l.token()
		list = append(list, token{kind, from, l.pos, open})
	}
}

func (l *lexer) at(ahead int) rune {
	if i := l.pos + ahead; i < len(l.runes) {
		return l.runes[i]
	}
	return 0
}

func (l *lexer) token() (kind tokenKind, open bool) {
	switch c := l.at(0); {
	case letter(c):
		from := l.pos
		for letter(l.at(0)) || digit(l.at(0)) {
			l.pos++
		}
		if slices.Contains(keywords, string(l.runes[from:l.pos])) {
			return keywordToken, false
		}
		return nameToken, false
	case digit(c) || c == '.' && digit(l.at(1)):
		l.number()
		return numberToken, false
	case c == '"' || c == '\'':
		return stringToken, l.quoted(c)
	case c == '-' && l.at(1) == '-':
		l.pos += 2
		if level, ok := l.long(); ok {
			return commentToken, l.skipLong(level)
		}
		for l.pos < len(l.runes) && l.at(0) != '\n' {
			l.pos++
		}
		return commentToken, false
	case c == '[':
		if level, ok := l.long(); ok {
			return stringToken, l.skipLong(level)
		}
	case c == '.' && l.at(1) == '.':
		l.pos += 2
		if l.at(0) == '.' {
			l.pos++
		}
		return signToken, false
	case (c == '=' || c == '~' || c == '<' || c == '>') && l.at(1) == '=' || c == ':' && l.at(1) == ':':
		l.pos += 2
		return signToken, false
	}
	l.pos++
	return signToken, false
}

func (l *lexer) number() {
	for l.pos < len(l.runes) {
		c := l.at(0)
		exponent := c|0x20 == 'e' || c|0x20 == 'p'
		switch {
		case exponent && (l.at(1) == '+' || l.at(1) == '-'):
			l.pos += 2
		case letter(c) || digit(c), c == '.' && l.at(1) != '.':
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

// opens says that the text ends inside a long string, a long comment or a string
// that goes on in the next line.
func opens(text string) bool {
	tokens := lex([]rune(text))
	return len(tokens) > 0 && tokens[len(tokens)-1].open
}
