package chunk

import (
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// string reads the string in quotes at the position. Escapes that the lexer
// does not know become decimal ones.
func (s *scanner) string(quote byte) error {
	from := s.pos
	skipped := 0 // lines inside a \z, which come back behind the string
	for i := from + 1; i < len(s.src); {
		switch c := s.src[i]; c {
		case quote:
			s.pos = i + 1
			if skipped > 0 {
				s.replace(s.pos, s.pos, strings.Repeat("\n", skipped))
			}
			return nil
		case '\n', '\r':
			return s.unfinished(from)
		case '\\':
			var err error
			before := s.line
			if s.at(i+1) == 'z' {
				if i, err = s.skipSpace(i); err == nil {
					skipped += s.line - before
				}
			} else {
				i, err = s.escape(i)
			}
			if err != nil {
				return err
			}
		default:
			i++
		}
	}
	return s.unfinished(from)
}

func (s *scanner) unfinished(from int) error {
	return s.fail(fault.Syntax, from, "unfinished string near '%s'", near(s.src[from:]))
}

// skipSpace leaves out a \z at i and the white space behind it.
func (s *scanner) skipSpace(i int) (int, error) {
	end := i + 2
	for end < len(s.src) {
		switch s.src[end] {
		case ' ', '\t', '\v', '\f':
			end++
			continue
		case '\n', '\r':
			end = s.newline(end)
			continue
		}
		break
	}
	s.replace(i, end, "")
	return end, nil
}

// escape reads the escape sequence at i and returns the place behind it.
func (s *scanner) escape(i int) (int, error) {
	switch c := s.at(i + 1); c {
	case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\', '"', '\'':
		return i + 2, nil
	case '\n', '\r':
		return s.newline(i + 1), nil
	case 'x':
		if !isHex(s.at(i+2)) || !isHex(s.at(i+3)) {
			return 0, s.badEscape(i, 4, "hexadecimal digit expected")
		}
		s.replace(i, i+4, fmt.Sprintf(`\%03d`, hex(s.src[i+2:i+4])))
		return i + 4, nil
	case 'u':
		return s.unicode(i)
	default:
		if !isDigit(c) {
			return 0, s.badEscape(i, 2, "invalid escape sequence")
		}
		end, value := i+1, 0
		for ; end < i+4 && isDigit(s.at(end)); end++ {
			value = value*10 + int(s.src[end]-'0')
		}
		if value > 0xff {
			return 0, s.badEscape(i, end-i, "escape sequence too large")
		}
		return end, nil
	}
}

func (s *scanner) unicode(i int) (int, error) {
	if s.at(i+2) != '{' {
		return 0, s.badEscape(i, 3, "missing '{' in escape sequence")
	}
	end, value := i+3, uint64(0)
	for ; isHex(s.at(end)); end++ {
		if value = value<<4 | hex(s.src[end:end+1]); value >= 1<<31 {
			return 0, s.badEscape(i, end+1-i, "UTF-8 value too large")
		}
	}
	switch {
	case end == i+3:
		return 0, s.badEscape(i, end+1-i, "hexadecimal digit expected")
	case s.at(end) != '}':
		return 0, s.badEscape(i, end+1-i, "missing '}' in escape sequence")
	}
	var b strings.Builder
	for _, c := range encode(uint32(value)) {
		fmt.Fprintf(&b, `\%03d`, c)
	}
	s.replace(i, end+1, b.String())
	return end + 1, nil
}

// badEscape names the n bytes of the escape sequence at i.
func (s *scanner) badEscape(i, n int, what string) error {
	text := s.src[i:min(i+n, len(s.src))]
	text, _, _ = strings.Cut(text, "\n")
	return s.fail(fault.Syntax, i, "%s '%s'", what, near(text))
}

func hex(digits string) (n uint64) {
	for _, c := range []byte(digits) {
		if isDigit(c) {
			n = n<<4 | uint64(c-'0')
		} else {
			n = n<<4 | uint64(c|0x20-'a'+10)
		}
	}
	return n
}

// encode writes up to 31 bits as UTF-8 did before it ended at U+10FFFF.
// Surrogates are written as they are.
func encode(r uint32) []byte {
	if r < 0x80 {
		return []byte{byte(r)}
	}
	var b [6]byte
	i, room := len(b), uint32(0x3f) // what the first byte still holds
	for {
		i--
		b[i] = byte(0x80 | r&0x3f)
		r >>= 6
		room >>= 1
		if r <= room {
			break
		}
	}
	i--
	b[i] = byte(^room<<1) | byte(r)
	return b[i:]
}
