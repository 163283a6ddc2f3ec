package iolib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// maxNumeral bounds the bytes of one number in a file.
const maxNumeral = 1 << 16

// scanner takes the bytes of a number from a file, as C's fscanf("%lf") does:
// it looks one byte ahead, and what it took stays taken when it was no number.
type scanner struct {
	L    *lua.LState
	in   *input
	text []byte
	err  error
}

// next returns the byte ahead, 0 at the end.
func (s *scanner) next() byte {
	if s.err != nil || len(s.text) >= maxNumeral {
		return 0
	}
	c, ok, err := s.in.peek(s.L)
	s.err = err
	if !ok {
		return 0
	}
	return c
}

// take takes the byte ahead.
func (s *scanner) take() {
	s.text = append(s.text, s.in.data[0])
	s.in.data = s.in.data[1:]
}

// word takes the letters of a word, in either case, and as C does the byte that
// is not its next letter.
func (s *scanner) word(w string) bool {
	for i := range len(w) {
		c := s.next()
		if len(s.in.data) > 0 {
			s.take()
		}
		if c|0x20 != w[i] {
			return false
		}
	}
	return true
}

// number reads a number. ok is false when there is none.
func (in *input) number(L *lua.LState) (f float64, ok bool, err error) {
	s := &scanner{L: L, in: in}
	for spaces := 0; ; spaces++ {
		c, ok, err := in.peek(L)
		if !ok {
			return 0, false, err
		}
		if strings.IndexByte(numeral.Space, c) < 0 {
			break
		}
		in.data = in.data[1:]
		if spaces%1024 == 1023 {
			vm.Spend(L, 1024)
		}
	}
	if c := s.next(); c == '+' || c == '-' {
		s.take()
	}
	switch s.next() | 0x20 {
	case 'n':
		ok = s.word("nan")
	case 'i':
		ok = s.word("inf") && (s.next()|0x20 != 'i' || s.word("inity"))
	default:
		s.digits()
		f, ok := prefix(string(s.text))
		return f, ok && s.err == nil, s.err
	}
	if !ok || s.err != nil {
		return 0, false, s.err
	}
	f, ok = numeral.Parse(string(s.text))
	return f, ok, nil
}

// digits takes what can belong to a decimal or a hexadecimal number.
func (s *scanner) digits() {
	exponent, hex := byte('e'), false
	digit, point, inExponent := false, false, false
	if s.next() == '0' {
		s.take()
		if s.next()|0x20 == 'x' {
			s.take()
			exponent, hex = 'p', true
		} else {
			digit = true
		}
	}
	for {
		c := s.next()
		last := byte(0)
		if n := len(s.text); n > 0 {
			last = s.text[n-1] | 0x20
		}
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case hex && !inExponent && c|0x20 >= 'a' && c|0x20 <= 'f':
			digit = true
		case inExponent && last == exponent && (c == '+' || c == '-'):
		case digit && !inExponent && c|0x20 == exponent:
			inExponent, point = true, true
		case !point && c == '.':
			point = true
		default:
			return
		}
		s.take()
	}
}

// prefix is the number that the longest beginning of text spells: "1e+" is 1.
func prefix(text string) (f float64, ok bool) {
	for end := len(text); end > 0; end-- {
		if end == len(text) && (text[end-1] == 'x' || text[end-1] == 'X') {
			return 0, false // fscanf takes no number out of "0x", but 0 out of "0x."
		}
		if f, ok := numeral.Parse(text[:end]); ok {
			return f, true
		}
		if c := text[end-1]; c >= '0' && c <= '9' {
			break
		}
	}
	return 0, false
}
