package jsonconv

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

type decoder struct {
	data    []byte
	at      int
	depth   int
	options DecodeOptions
}

func (d *decoder) fail(format string, args ...any) error {
	return failure(ErrSyntax, d.data, min(d.at, len(d.data)), "not JSON: "+fmt.Sprintf(format, args...))
}

func (d *decoder) document() (any, error) {
	d.data = bytes.TrimPrefix(d.data, []byte("\xEF\xBB\xBF"))
	d.space()
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	d.space()
	if d.at < len(d.data) {
		return nil, d.fail("%s after the value", d.here())
	}
	return v, nil
}

func (d *decoder) space() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end. A NUL in the text is no JSON either.
func (d *decoder) peek() byte {
	if d.at < len(d.data) {
		return d.data[d.at]
	}
	return 0
}

// here names what stands at the place of an error.
func (d *decoder) here() string {
	if d.at >= len(d.data) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRune(d.data[d.at:])
	return strconv.QuoteRune(r)
}

func (d *decoder) value() (any, error) {
	switch b := d.peek(); {
	case b == '{':
		return d.nested(d.object)
	case b == '[':
		return d.nested(d.array)
	case b == '"':
		return d.text()
	case b == '-' || b >= '0' && b <= '9':
		return d.number()
	}
	for _, word := range []struct {
		text  string
		value any
	}{{"true", true}, {"false", false}, {"null", engine.Null}} {
		if bytes.HasPrefix(d.data[d.at:], []byte(word.text)) {
			d.at += len(word.text)
			return word.value, nil
		}
	}
	return nil, d.fail("a value is missing: there is %s", d.here())
}

func (d *decoder) nested(read func() (any, error)) (any, error) {
	if d.depth++; d.depth > MaxDepth {
		return nil, d.fail("more than %d levels", MaxDepth)
	}
	d.at++
	d.space()
	v, err := read()
	d.depth--
	return v, err
}

func (d *decoder) array() (any, error) {
	list := engine.List{}
	if d.peek() == ']' {
		d.at++
		return list, nil
	}
	for {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		more, err := d.more(']')
		if err != nil || !more {
			return list, err
		}
	}
}

func (d *decoder) object() (any, error) {
	o := keyed{object: engine.Object{}}
	if d.peek() == '}' {
		d.at++
		return o.object, nil
	}
	for {
		if d.peek() != '"' {
			return nil, d.fail("a key in quotes is missing: there is %s", d.here())
		}
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		d.space()
		if d.peek() != ':' {
			return nil, d.fail("a colon is missing after the key: there is %s", d.here())
		}
		d.at++
		d.space()
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		o.set(key, v)
		more, err := d.more('}')
		if err != nil || !more {
			return o.object, err
		}
	}
}

// more reads the comma before another entry, or the end.
func (d *decoder) more(end byte) (bool, error) {
	d.space()
	switch d.peek() {
	case ',':
		d.at++
		d.space()
		if d.peek() == end {
			return false, d.fail("a comma stands before %q", end)
		}
		return true, nil
	case end:
		d.at++
		return false, nil
	}
	return false, d.fail("a comma or %q is missing: there is %s", end, d.here())
}

// keyed is an object that replaces equal keys. Small ones need no index.
type keyed struct {
	object engine.Object
	index  map[string]int
}

func (k *keyed) set(key string, v any) {
	const small = 12
	if k.index == nil && len(k.object) == small {
		k.index = make(map[string]int, 2*small)
		for i, p := range k.object {
			k.index[p.Key] = i
		}
	}
	at := -1
	if k.index != nil {
		if i, ok := k.index[key]; ok {
			at = i
		}
	} else {
		for i, p := range k.object {
			if p.Key == key {
				at = i
			}
		}
	}
	if at >= 0 {
		k.object[at].Value = v
		return
	}
	if k.index != nil {
		k.index[key] = len(k.object)
	}
	k.object = append(k.object, engine.Pair{Key: key, Value: v})
}

func (d *decoder) digits() bool {
	start := d.at
	for b := d.peek(); b >= '0' && b <= '9'; b = d.peek() {
		d.at++
	}
	return d.at > start
}

func (d *decoder) number() (any, error) {
	start := d.at
	if d.peek() == '-' {
		d.at++
	}
	zero := d.peek() == '0'
	first := d.at
	if !d.digits() {
		return nil, d.fail("a digit is missing: there is %s", d.here())
	}
	if zero && d.at > first+1 {
		d.at = first
		return nil, d.fail("a number starts with 0")
	}
	whole := true
	if d.peek() == '.' {
		whole = false
		d.at++
		if !d.digits() {
			return nil, d.fail("a digit is missing after the point: there is %s", d.here())
		}
	}
	if b := d.peek(); b == 'e' || b == 'E' {
		whole = false
		d.at++
		if b := d.peek(); b == '+' || b == '-' {
			d.at++
		}
		if !d.digits() {
			return nil, d.fail("a digit is missing in the exponent: there is %s", d.here())
		}
	}
	text := string(d.data[start:d.at])
	n, err := strconv.ParseFloat(text, 64)
	if whole && (n >= 1<<53 || n <= -1<<53) { // 2^53 is also what 2^53+1 reads as
		switch {
		case d.options.BigAsText:
			return text, nil
		case d.options.Box != nil:
			return d.boxed(text, start)
		}
	}
	if errors.Is(err, strconv.ErrRange) {
		d.at = start
		return nil, d.fail("a number is too large")
	}
	return n, nil
}

func (d *decoder) boxed(text string, start int) (any, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return d.options.Box(n), nil
	}
	if len(text) > 40 {
		text = text[:37] + "..."
	}
	return nil, failure(ErrRange, d.data, start, text+" does not fit in 64 bits,")
}

// text reads a string; d.at is at its first quote.
func (d *decoder) text() (string, error) {
	d.at++
	start := d.at
	for d.at < len(d.data) {
		switch b := d.data[d.at]; {
		case b == '"':
			s := string(d.data[start:d.at])
			d.at++
			return s, nil
		case b == '\\':
			return d.escaped(start)
		case b < 0x20:
			return "", d.fail("a control character in a string: there is %s", d.here())
		case b < utf8.RuneSelf:
			d.at++
		default:
			if err := d.rune(); err != nil {
				return "", err
			}
		}
	}
	return "", d.fail("a string does not end")
}

// rune passes over one UTF-8 sequence.
func (d *decoder) rune() error {
	r, n := utf8.DecodeRune(d.data[d.at:])
	if r == utf8.RuneError && n == 1 {
		return d.fail("a string is not UTF-8")
	}
	d.at += n
	return nil
}

// escaped goes on with a string at its first backslash.
func (d *decoder) escaped(start int) (string, error) {
	out := append([]byte(nil), d.data[start:d.at]...)
	for d.at < len(d.data) {
		switch b := d.data[d.at]; {
		case b == '"':
			d.at++
			return string(out), nil
		case b == '\\':
			r, err := d.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		case b < 0x20:
			return "", d.fail("a control character in a string: there is %s", d.here())
		default:
			from := d.at
			if err := d.rune(); err != nil {
				return "", err
			}
			out = append(out, d.data[from:d.at]...)
		}
	}
	return "", d.fail("a string does not end")
}

func (d *decoder) escape() (rune, error) {
	d.at++
	b := d.peek()
	switch b {
	case '"', '\\', '/':
		d.at++
		return rune(b), nil
	case 'b', 'f', 'n', 'r', 't':
		d.at++
		return map[byte]rune{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[b], nil
	case 'u':
		r, ok := d.hex(d.at + 1)
		if !ok {
			return 0, d.fail(`\u needs four hexadecimal digits`)
		}
		d.at += 5
		if utf16.IsSurrogate(r) {
			if d.peek() == '\\' && d.at+1 < len(d.data) && d.data[d.at+1] == 'u' {
				if low, ok := d.hex(d.at + 2); ok {
					if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
						d.at += 6
						return pair, nil
					}
				}
			}
			return utf8.RuneError, nil // half a pair is no character
		}
		return r, nil
	}
	return 0, d.fail("unknown escape: there is %s after the backslash", d.here())
}

func (d *decoder) hex(at int) (rune, bool) {
	if at+4 > len(d.data) {
		return 0, false
	}
	var r rune
	for _, b := range d.data[at : at+4] {
		switch {
		case b >= '0' && b <= '9':
			r = r<<4 | rune(b-'0')
		case b >= 'a' && b <= 'f':
			r = r<<4 | rune(b-'a'+10)
		case b >= 'A' && b <= 'F':
			r = r<<4 | rune(b-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
