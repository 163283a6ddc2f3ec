package utf8

import (
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

// largest is the highest code point of Unicode, and largestLax what six bytes
// can hold.
const (
	largest    = 0x10FFFF
	largestLax = 0x7FFFFFFF
)

// mostResults bounds the code points that one call returns.
const mostResults = 1 << 20

func continues(s string, at int) bool { return at < len(s) && s[at]&0xC0 == 0x80 }

// decode reads the character at the beginning of s; size is 0 where there is
// none.
func decode(s string, lax bool) (code rune, size int) {
	code, size = utf8.DecodeRuneInString(s)
	switch {
	case code != utf8.RuneError || size > 1:
		return code, size
	case lax:
		return decodeLax(s)
	}
	return 0, 0
}

// decodeLax reads what DecodeRune refuses: surrogates and code points beyond
// Unicode, in up to six bytes. An overlong form is refused all the same.
func decodeLax(s string) (code rune, size int) {
	if s == "" || s[0] < 0xC0 || s[0] > 0xFD {
		return 0, 0
	}
	more := 1
	for s[0]<<(more+1)&0x80 != 0 {
		more++
	}
	code = rune(s[0] & (0x3F >> more))
	for i := 1; i <= more; i++ {
		if !continues(s, i) {
			return 0, 0
		}
		code = code<<6 | rune(s[i]&0x3F)
	}
	if smallest := [...]rune{0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000}; code < smallest[more] {
		return 0, 0
	}
	return code, more + 1
}

// fromEnd takes a position that may count from the end of n bytes to one from
// the beginning.
func fromEnd(i, n int) int {
	switch {
	case i >= 0:
		return i
	case i < -n:
		return 0
	}
	return n + i + 1
}

func char(in charIn) (string, error) {
	text := make([]byte, 0, len(in.Codes))
	for i, code := range in.Codes {
		if code != float64(int32(code)) || code < 0 || code > largest {
			return "", engine.Invalid("argument 'codes[%d]': value out of range: %s", i+1, engine.FormatNumber(code))
		}
		text = appendRune(text, rune(code))
	}
	return string(text), nil
}

// appendRune writes a surrogate too, as Lua does; package unicode/utf8 puts
// U+FFFD in its place.
func appendRune(b []byte, r rune) []byte {
	if r >= 0xD800 && r <= 0xDFFF {
		return append(b, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(b, r)
}

func codes(in codesIn) (*engine.Iterator, error) {
	at, s := 0, in.Text
	return &engine.Iterator{Inline: true, Next: func() (any, error) {
		if at >= len(s) {
			return nil, nil
		}
		code, size := decode(s[at:], in.Lax)
		if size == 0 || continues(s, at+size) {
			return nil, invalid(at)
		}
		at += size
		return engine.Multi{at - size + 1, float64(code)}, nil
	}}, nil
}

func invalid(at int) error {
	return engine.Invalid("invalid UTF-8 code at byte %d", at+1)
}

func codepoint(in codepointIn) (engine.Multi, error) {
	s := in.Text
	from := fromEnd(in.From, len(s))
	to := from
	if in.To != nil {
		to = fromEnd(*in.To, len(s))
	}
	switch {
	case from < 1:
		return nil, engine.Invalid("argument 'i': out of bounds")
	case to > len(s):
		return nil, engine.Invalid("argument 'j': out of bounds")
	case to-from >= mostResults:
		return nil, engine.Invalid("string slice too long: at most %d bytes at a time", mostResults)
	}
	points := make(engine.Multi, 0, max(to-from+1, 0))
	for at := from - 1; at < to; {
		code, size := decode(s[at:], in.Lax)
		if size == 0 {
			return nil, invalid(at)
		}
		points = append(points, float64(code))
		at += size
	}
	return points, nil
}

func length(in lenIn) (any, error) {
	s := in.Text
	at, last := fromEnd(in.From, len(s))-1, fromEnd(in.To, len(s))-1
	switch {
	case at < 0 || at > len(s):
		return nil, engine.Invalid("argument 'i': initial position out of bounds")
	case last >= len(s):
		return nil, engine.Invalid("argument 'j': final position out of bounds")
	}
	if at == 0 && last == len(s)-1 && utf8.ValidString(s) {
		return utf8.RuneCountInString(s), nil
	}
	n := 0
	for ; at <= last; n++ {
		_, size := decode(s[at:], in.Lax)
		if size == 0 {
			return engine.Multi{nil, at + 1}, nil
		}
		at += size
	}
	return n, nil
}

func offset(in offsetIn) (any, error) {
	s, n := in.Text, in.N
	at := 0
	switch {
	case in.From != nil:
		at = fromEnd(*in.From, len(s)) - 1
	case n < 0:
		at = len(s)
	}
	if at < 0 || at > len(s) {
		return nil, engine.Invalid("argument 'i': position out of bounds")
	}
	if n == 0 {
		for at > 0 && continues(s, at) {
			at--
		}
		return at + 1, nil
	}
	if continues(s, at) {
		return nil, engine.Invalid("initial position is a continuation byte")
	}
	if n < 0 {
		at, n = backward(s, at, n)
	} else {
		at, n = forward(s, at, n-1)
	}
	if n != 0 {
		return nil, nil
	}
	return at + 1, nil
}

// backward goes -n characters back, and says how many there were not.
func backward(s string, at, n int) (int, int) {
	for ; n < 0 && at > 0; n++ {
		at--
		for at > 0 && continues(s, at) {
			at--
		}
	}
	return at, n
}

func forward(s string, at, n int) (int, int) {
	for ; n > 0 && at < len(s); n-- {
		at++
		for continues(s, at) {
			at++
		}
	}
	return at, n
}
