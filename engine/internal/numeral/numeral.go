// Package numeral turns Lua numbers into text and back, as C Lua does.
package numeral

import (
	"math"
	"strconv"
	"strings"
)

// maxExact is the largest integer up to which every integer is a float64.
const maxExact = 1 << 53

// Format writes f as tostring does: integers up to 2^53 with all their digits,
// everything else as C's "%.14g". Not-a-number is "nan" whatever its sign bit,
// which differs between processors.
func Format(f float64) string {
	var buf [32]byte
	return string(Append(buf[:0], f))
}

// Append appends what Format returns to b.
func Append(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) <= maxExact {
		if f == 0 && math.Signbit(f) {
			return append(b, "-0"...)
		}
		return strconv.AppendInt(b, int64(f), 10)
	}
	return AppendG(b, f, 14)
}

// AppendG appends f as C's "%.<precision>g" writes it.
func AppendG(b []byte, f float64, precision int) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, f, 'g', precision, 64)
}

// Space lists the bytes that C's isspace accepts.
const Space = " \t\n\v\f\r"

// Parse reads a number as C's strtod does, with white space around it allowed:
// decimal and hexadecimal with fraction and exponent, inf and nan. A number
// too large is an infinity.
func Parse(s string) (f float64, ok bool) {
	s = strings.Trim(s, Space)
	// A digit first is the usual case and saves the checks below.
	body := s
	if body != "" && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	if body == "" || strings.IndexByte(body, '_') >= 0 {
		return 0, false
	}
	switch c := body[0] | 0x20; {
	case c == 'n':
		return math.NaN(), strings.EqualFold(body, "nan")
	case c == 'i':
	case body[0] == '0' && len(body) > 1 && body[1]|0x20 == 'x':
		if !strings.ContainsAny(body, "pP") {
			s += "p0"
		}
	case body[0] != '.' && (body[0] < '0' || body[0] > '9'):
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}
