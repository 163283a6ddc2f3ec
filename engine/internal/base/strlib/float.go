package strlib

import (
	"bytes"
	"math"
	"strconv"
)

// longestFloat is the largest double with 99 digits behind the point.
const longestFloat = 309 + 1 + 99

// float writes f as C's printf does. Not-a-number is "nan" whatever its sign
// bit, which differs between processors.
func (v verb) float(b []byte, f float64) []byte {
	prefix := v.sign(math.Signbit(f) && !math.IsNaN(f))
	if math.IsInf(f, 0) || math.IsNaN(f) {
		v.zero = false
		return v.number(b, prefix, 0, v.notFinite(f))
	}
	precision := v.precision
	if precision < 0 {
		precision = 6
	}
	var buf [longestFloat + 1]byte
	f = math.Abs(f)
	digits := buf[:0]
	switch general := v.letter == 'g' || v.letter == 'G'; {
	case general && v.sharp:
		digits = v.fullGeneral(digits, f, max(precision, 1))
	default:
		digits = strconv.AppendFloat(digits, f, v.letter, precision, 64)
	}
	if v.sharp {
		digits = withPoint(digits)
	}
	return v.number(b, prefix, 0, digits)
}

func (v verb) notFinite(f float64) []byte {
	upper := v.letter == 'E' || v.letter == 'G'
	switch {
	case math.IsNaN(f) && upper:
		return []byte("NAN")
	case math.IsNaN(f):
		return []byte("nan")
	case upper:
		return []byte("INF")
	}
	return []byte("inf")
}

// fullGeneral is %#g: %g with the zeros at the end kept.
func (v verb) fullGeneral(b []byte, f float64, precision int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, f, v.letter-'g'+'e', precision-1, 64)
	e := bytes.LastIndexByte(b, v.letter-'g'+'e')
	exponent, err := strconv.Atoi(string(b[e+1:]))
	if err != nil || exponent < -4 || exponent >= precision {
		return b
	}
	return strconv.AppendFloat(b[:start], f, 'f', precision-1-exponent, 64)
}

// withPoint adds the decimal point that the flag # asks for.
func withPoint(digits []byte) []byte {
	if bytes.IndexByte(digits, '.') >= 0 {
		return digits
	}
	e := bytes.IndexAny(digits, "eE")
	if e < 0 {
		return append(digits, '.')
	}
	digits = append(digits, 0)
	copy(digits[e+1:], digits[e:])
	digits[e] = '.'
	return digits
}
