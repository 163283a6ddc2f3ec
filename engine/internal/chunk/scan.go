package chunk

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// scanner reads source text as tokens before the parser does. It refuses what
// would take the parser or the compiler too much time or memory, and rewrites
// what gopher-lua's lexer reads otherwise than C Lua: numerals, escapes, white
// space and comments.
type scanner struct {
	name, src string
	pos       int
	line      int
	lineStart int

	out    []byte // nil while nothing is rewritten
	copied int    // bytes of src that out stands for

	tokens, functions int
	operand           bool // the token before ends an operand
	last              last
	nesting
}

// last is the last token.
type last struct {
	from, to  int
	line      int // in which it ends
	lineStart int
}

// scan returns the text for the parser. The scanner tells afterwards what was
// left open.
func scan(name, src string, limits Limits) (string, *scanner, error) {
	s := &scanner{name: name, src: src, line: 1, nesting: nesting{limits: limits}}
	for s.bad == nil {
		more, err := s.token()
		if err != nil {
			return "", nil, err
		}
		if !more {
			break
		}
		s.last.to, s.last.line, s.last.lineStart = s.pos, s.line, s.lineStart
	}
	if s.out == nil {
		return src, s, nil
	}
	return string(append(s.out, src[s.copied:]...)), s, nil
}

// replace puts text in the place of the source from byte from to byte to.
func (s *scanner) replace(from, to int, text string) {
	s.out = append(append(s.out, s.src[s.copied:from]...), text...)
	s.copied = to
}

func (s *scanner) fail(kind string, pos int, format string, args ...any) error {
	e := fault.New(kind, "%s:%d: %s", s.name, s.line, fmt.Sprintf(format, args...))
	if kind == fault.Syntax {
		e.Fields = map[string]any{"column": max(pos-s.lineStart, 0) + 1}
	}
	return e
}

const nearLength = 40

// near shortens what a message quotes.
func near(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > nearLength {
		return text[:nearLength] + "..."
	}
	return text
}

func (s *scanner) at(i int) byte {
	if i < len(s.src) {
		return s.src[i]
	}
	return 0
}

// newline counts the line end at i, of one byte or a pair, and returns the
// place behind it.
func (s *scanner) newline(i int) int {
	c := s.src[i]
	i++
	if next := s.at(i); i < len(s.src) && next != c && (next == '\n' || next == '\r') {
		i++
	}
	s.line++
	s.lineStart = i
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	c |= 0x20
	return isDigit(c) || 'a' <= c && c <= 'f'
}

func isName(c byte) bool {
	return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || isDigit(c)
}

// token reads one token and what stands before it.
func (s *scanner) token() (more bool, err error) {
	if err := s.skip(); err != nil || s.pos >= len(s.src) {
		return false, err
	}
	if s.tokens++; s.tokens > s.limits.Tokens {
		return false, s.fail(fault.SourceSize, s.pos, "more than %d words and signs in one source", s.limits.Tokens)
	}
	s.last.from = s.pos
	c := s.src[s.pos]
	switch {
	case isDigit(c) || c == '.' && isDigit(s.at(s.pos+1)):
		return true, s.numeral()
	case isName(c):
		return true, s.word()
	case c == '"' || c == '\'':
		if err := s.suffix(); err != nil {
			return false, err
		}
		s.operand = true
		return true, s.string(c)
	case c == '[' && (s.at(s.pos+1) == '[' || s.at(s.pos+1) == '='):
		if err := s.suffix(); err != nil {
			return false, err
		}
		s.operand = true
		end, ok := s.long(s.pos)
		if !ok {
			return false, s.fail(fault.Syntax, s.pos, "invalid long string delimiter near '%s'", near(s.src[s.pos:]))
		}
		return true, s.skipLong(end, "string")
	}
	return true, s.sign(c)
}

// skip passes over white space and comments.
func (s *scanner) skip() error {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == ' ' || c == '\t':
			s.pos++
		case c == '\n' || c == '\r':
			s.pos = s.newline(s.pos)
		case c == '\v' || c == '\f':
			s.replace(s.pos, s.pos+1, " ")
			s.pos++
		case c == '-' && s.at(s.pos+1) == '-':
			if err := s.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (s *scanner) comment() error {
	s.pos += 2
	if s.at(s.pos) == '[' {
		if end, ok := s.long(s.pos); ok {
			return s.skipLong(end, "comment")
		}
		if s.at(s.pos+1) == '=' {
			s.replace(s.pos, s.pos+1, " ") // the lexer takes --[= for a long comment
		}
	}
	if n := strings.IndexAny(s.src[s.pos:], "\r\n"); n >= 0 {
		s.pos += n
	} else {
		s.pos = len(s.src)
	}
	return nil
}

// long reads the opening of a long bracket at i and returns its closing.
func (s *scanner) long(i int) (end string, ok bool) {
	from := i + 1
	for i++; s.at(i) == '='; i++ {
	}
	if s.at(i) != '[' {
		return "", false
	}
	return "]" + s.src[from:i] + "]", true
}

// skipLong passes over the long bracket at the position.
func (s *scanner) skipLong(end, what string) error {
	body := s.pos + len(end)
	n := strings.Index(s.src[body:], end)
	if n < 0 {
		return s.fail(fault.Syntax, s.pos, "unfinished long %s near '%s'", what, near(s.src[s.pos:]))
	}
	s.pos = body + n + len(end)
	for i := body; ; {
		n := strings.IndexAny(s.src[i:s.pos], "\r\n")
		if n < 0 {
			return nil
		}
		i = s.newline(i + n)
	}
}

// numeral reads a numeral as C Lua does, with the hexadecimal fractions and
// exponents of later versions.
func (s *scanner) numeral() error {
	if s.operand {
		s.reset()
	}
	s.operand = true
	from, i := s.pos, s.pos
	exponent := byte('e')
	if s.src[i] == '0' && s.at(i+1)|0x20 == 'x' {
		exponent = 'p'
		for i += 2; isHex(s.at(i)) || s.at(i) == '.' && s.at(i+1) != '.'; i++ {
		}
	} else {
		for isDigit(s.at(i)) || s.at(i) == '.' {
			i++
		}
	}
	if s.at(i)|0x20 == exponent {
		if i++; s.at(i) == '+' || s.at(i) == '-' {
			i++
		}
	}
	for i < len(s.src) && isName(s.src[i]) {
		i++
	}
	s.pos = i
	text := s.src[from:i]
	f, ok := numeral.Parse(text)
	if !ok {
		return s.fail(fault.Syntax, from, "malformed number near '%s'", near(text))
	}
	switch {
	case exponent == 'e' && (text[0] != '0' || len(text) == 1 || !isDigit(text[1])):
		return nil // as the lexer reads it
	case exponent == 'p' && len(text) <= len("0x7fffffffffffffff")-1 && !strings.ContainsAny(text, ".pP"):
		return nil
	}
	plain := "1e999"
	if !math.IsInf(f, 1) {
		plain = strconv.FormatFloat(f, 'g', -1, 64)
	}
	if s.at(i) == '.' {
		plain += " " // or it would be read as part of the numeral
	}
	s.replace(from, i, plain)
	return nil
}

// word reads a name or a keyword.
func (s *scanner) word() error {
	from := s.pos
	for s.pos < len(s.src) && isName(s.src[s.pos]) {
		s.pos++
	}
	word := s.src[from:s.pos]
	operand := s.operand
	s.operand = false
	switch word {
	case "not":
		return s.prefix()
	case "and", "or":
		return s.link(precedenceLow)
	case "function":
		if operand {
			s.reset()
		}
		if s.functions++; s.functions > s.limits.Functions {
			return s.fail(fault.SourceSize, from, "more than %d functions in one source", s.limits.Functions)
		}
		return s.push(word)
	case "if", "repeat", "while", "for":
		s.reset()
		return s.push(word)
	case "do":
		s.reset()
		if top := s.top(); top != nil && !top.done && (top.token == "while" || top.token == "for") {
			top.done = true
			return nil
		}
		return s.push(word)
	case "elseif":
		s.reset()
		return s.branch()
	case "end", "until":
		s.pop(word)
		s.operand = word == "end"
		return nil
	case "then", "else", "local", "return", "break", "in":
		s.reset()
		return nil
	}
	if operand {
		s.reset() // a new statement
	}
	s.operand = true // a name, nil, true or false
	return nil
}

// sign reads an operator or another sign.
func (s *scanner) sign(c byte) error {
	operand := s.operand
	next := s.at(s.pos + 1)
	s.pos++
	s.operand = false
	switch c {
	case '(', '{', '[':
		if operand {
			if err := s.link(precedenceHigh); err != nil {
				return err
			}
		}
		return s.push(string(c))
	case ')', '}', ']':
		s.pop(string(c))
		s.operand = true
	case '#':
		return s.prefix()
	case '-':
		if !operand {
			return s.prefix()
		}
		return s.link(precedenceHigh)
	case '+', '*', '/', '%':
		return s.link(precedenceHigh)
	case '^':
		return s.prefix() // nests to the right as the prefixes do
	case '<', '>', '=', '~':
		if next == '=' {
			s.pos++
		} else if c == '=' {
			s.reset()
			return nil
		}
		return s.link(precedenceLow)
	case '.':
		if next != '.' {
			return s.link(precedenceHigh)
		}
		s.pos++
		if s.at(s.pos) == '.' {
			s.pos++
			if operand {
				s.reset()
			}
			s.operand = true
			return nil
		}
		return s.concat()
	case ':':
		if next != ':' {
			return s.link(precedenceHigh)
		}
		s.pos++
		s.reset()
	case ',', ';':
		s.reset()
	}
	return nil
}
