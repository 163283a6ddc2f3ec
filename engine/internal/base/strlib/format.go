package strlib

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// verb is one conversion of a format: "%-08.3f".
type verb struct {
	letter                          byte
	minus, plus, space, sharp, zero bool
	width                           int
	precision                       int // -1 when not given
}

// format is string.format with the verbs of Lua 5.1.
func format(L *lua.LState) int {
	text := arg.String(L, 1)
	var scratch [128]byte
	b := scratch[:0]
	top, n := L.GetTop(), 1
	for turn := 1; ; turn++ {
		if turn%128 == 0 {
			vm.Spend(L, 128)
		}
		at := strings.IndexByte(text, '%')
		if at < 0 {
			break
		}
		b = append(b, text[:at]...)
		text = text[at+1:]
		if text != "" && text[0] == '%' {
			b = append(b, '%')
			text = text[1:]
			continue
		}
		n++
		if n > top {
			arg.Error(L, n, "no value")
		}
		v, size, problem := parseVerb(text)
		if problem != "" {
			arg.Raise(L, "%s", problem)
		}
		text = text[size:]
		b = appendArgument(L, b, v, n)
		vm.FitString(L, len(b))
	}
	b = append(b, text...)
	vm.FitString(L, len(b))
	L.Push(lua.LString(b))
	return 1
}

func appendArgument(L *lua.LState, b []byte, v verb, n int) []byte {
	switch v.letter {
	case 'd', 'i':
		return v.signed(b, signedArg(L, n))
	case 'u', 'o', 'x', 'X':
		return v.unsigned(b, unsignedArg(L, n))
	case 'e', 'E', 'f', 'g', 'G':
		return v.float(b, arg.Number(L, n))
	case 'c':
		return v.text(b, string([]byte{byte(toInt64(arg.Number(L, n)))}))
	case 'q':
		return quote(L, b, arg.String(L, n))
	}
	s := arg.ToString(L, L.Get(n))
	if v.precision >= 0 && v.precision < len(s) {
		s = s[:v.precision]
	}
	vm.FitString(L, len(b)+len(s))
	return v.text(b, s)
}

// parseVerb reads what follows a '%'.
func parseVerb(s string) (v verb, size int, problem string) {
	v.precision = -1
	i := 0
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			v.minus = true
		case '+':
			v.plus = true
		case ' ':
			v.space = true
		case '#':
			v.sharp = true
		case '0':
			v.zero = true
		default:
			break flags
		}
	}
	if i > len("-+ #0") {
		return v, 0, "invalid format (repeated flags)"
	}
	v.width, i = twoDigits(s, i)
	if i < len(s) && s[i] == '.' {
		v.precision, i = twoDigits(s, i+1)
	}
	if i < len(s) && isDigit(s[i]) {
		return v, 0, "invalid format (width or precision too long)"
	}
	if i == len(s) {
		return v, 0, "invalid option '%' to 'format'"
	}
	v.letter = s[i]
	if strings.IndexByte("cdiouxXeEfgGqs", v.letter) < 0 {
		return v, 0, "invalid option '%" + s[i:i+1] + "' to 'format'"
	}
	return v, i + 1, ""
}

func twoDigits(s string, i int) (n, end int) {
	for end = i; end < len(s) && end < i+2 && isDigit(s[end]); end++ {
		n = n*10 + int(s[end]-'0')
	}
	return n, end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// signedArg returns argument n for %d: a number cut off as C's cast to long long
// does it, or a boxed integer.
func signedArg(L *lua.LState, n int) int64 {
	if i, ok := arg.Boxed(L.Get(n)); ok {
		return i
	}
	return toInt64(arg.Number(L, n))
}

// unsignedArg is signedArg for %x: negative numbers wrap, and the numbers from 2^63
// to 2^64 are themselves.
func unsignedArg(L *lua.LState, n int) uint64 {
	if i, ok := arg.Boxed(L.Get(n)); ok {
		return uint64(i)
	}
	f := arg.Number(L, n)
	if f >= 1<<63 {
		return uint64(toInt64(f-1<<63)) ^ 1<<63
	}
	return uint64(toInt64(f))
}

// toInt64 is C's cast on x86-64: what no int64 holds becomes the smallest.
func toInt64(f float64) int64 {
	if f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return math.MinInt64
}

func (v verb) signed(b []byte, i int64) []byte {
	prefix, magnitude := v.sign(i < 0), uint64(i)
	if i < 0 {
		magnitude = -magnitude
	}
	var digits [20]byte
	return v.integer(b, prefix, v.digits(digits[:0], magnitude, 10))
}

func (v verb) unsigned(b []byte, u uint64) []byte {
	var buf [23]byte
	prefix := ""
	digits := buf[:0]
	switch v.letter {
	case 'u':
		digits = v.digits(digits, u, 10)
	case 'o':
		digits = v.digits(digits, u, 8)
		if v.sharp && (len(digits) == 0 || digits[0] != '0') && v.precision <= len(digits) {
			prefix = "0"
		}
	default:
		digits = v.digits(digits, u, 16)
		if v.sharp && u != 0 {
			prefix = "0" + string(rune(v.letter))
		}
		if v.letter == 'X' {
			for i, c := range digits {
				if c >= 'a' {
					digits[i] = c - 'a' + 'A'
				}
			}
		}
	}
	return v.integer(b, prefix, digits)
}

func (v verb) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case v.plus:
		return "+"
	case v.space:
		return " "
	}
	return ""
}

// digits writes nothing for zero with the precision zero, as C does.
func (v verb) digits(b []byte, u uint64, base int) []byte {
	if u == 0 && v.precision == 0 {
		return b
	}
	return strconv.AppendUint(b, u, base)
}

func (v verb) integer(b []byte, prefix string, digits []byte) []byte {
	zeros := 0
	if v.precision >= 0 {
		v.zero = false
		zeros = v.precision - len(digits)
		if v.letter == 'o' {
			zeros -= len(prefix)
		}
	}
	return v.number(b, prefix, zeros, digits)
}

// number lays out a number within the width: spaces, prefix, zeros and digits.
func (v verb) number(b []byte, prefix string, zeros int, digits []byte) []byte {
	zeros = max(zeros, 0)
	fill := v.width - len(prefix) - zeros - len(digits)
	if v.zero && !v.minus && fill > 0 {
		zeros, fill = zeros+fill, 0
	}
	if !v.minus {
		b = repeated(b, ' ', fill)
	}
	b = append(b, prefix...)
	b = repeated(b, '0', zeros)
	b = append(b, digits...)
	if v.minus {
		b = repeated(b, ' ', fill)
	}
	return b
}

func (v verb) text(b []byte, s string) []byte {
	fill := v.width - len(s)
	if !v.minus {
		b = repeated(b, ' ', fill)
	}
	b = append(b, s...)
	if v.minus {
		b = repeated(b, ' ', fill)
	}
	return b
}

func repeated(b []byte, c byte, n int) []byte {
	for range n {
		b = append(b, c)
	}
	return b
}
