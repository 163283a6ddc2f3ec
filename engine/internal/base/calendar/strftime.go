// Package calendar is the part of C's time.h that Lua has: strftime in the C
// locale and mktime, for any location.
package calendar

import (
	"fmt"
	"strconv"
	"time"
)

// UTC is what C calls UTC: the zone is written GMT.
var UTC = time.FixedZone("GMT", 0)

// Format writes t as C's strftime does in the C locale, with the conversions of
// C99. A lone % at the end stands for itself. visit is told from time to time how
// many turns were taken since it was last told, and how many bytes there are.
func Format(layout string, t time.Time, visit func(turns, size int)) (string, error) {
	b := make([]byte, 0, len(layout)+32)
	for i, turn := 0, 1; i < len(layout); i, turn = i+1, turn+1 {
		if turn%1024 == 0 {
			visit(1024, len(b))
		}
		c := layout[i]
		if c != '%' || i+1 == len(layout) {
			b = append(b, c)
			continue
		}
		start := i
		i++
		verb := layout[i]
		// E and O ask for another form, which the C locale does not have.
		if plain := modified[verb]; plain != "" {
			i++
			if i == len(layout) || !contains(plain, layout[i]) {
				return "", fmt.Errorf("invalid conversion specifier '%s'", layout[start:min(i+1, len(layout))])
			}
			verb = layout[i]
		}
		var ok bool
		if b, ok = convert(b, verb, t); !ok {
			return "", fmt.Errorf("invalid conversion specifier '%s'", layout[start:i+1])
		}
	}
	visit(0, len(b))
	return string(b), nil
}

// modified lists the conversions that E and O may stand before.
var modified = [256]string{'E': "cCxXyY", 'O': "deHImMSuUVwWy"}

func contains(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// convert appends what one conversion stands for.
func convert(b []byte, verb byte, t time.Time) (_ []byte, ok bool) {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	weekday, yearday := int(t.Weekday()), t.YearDay()-1
	switch verb {
	case 'a':
		b = append(b, t.Weekday().String()[:3]...)
	case 'A':
		b = append(b, t.Weekday().String()...)
	case 'b', 'h':
		b = append(b, month.String()[:3]...)
	case 'B':
		b = append(b, month.String()...)
	case 'c':
		return expand(b, "%a %b %e %H:%M:%S %Y", t), true
	case 'C':
		b = pad(b, floor(year, 100), 2, '0')
	case 'd':
		b = pad(b, day, 2, '0')
	case 'D', 'x':
		return expand(b, "%m/%d/%y", t), true
	case 'e':
		b = pad(b, day, 2, ' ')
	case 'F':
		return expand(b, "%Y-%m-%d", t), true
	case 'g':
		iso, _ := t.ISOWeek()
		b = pad(b, modulo(iso, 100), 2, '0')
	case 'G':
		iso, _ := t.ISOWeek()
		b = strconv.AppendInt(b, int64(iso), 10)
	case 'H':
		b = pad(b, hour, 2, '0')
	case 'I':
		b = pad(b, (hour+11)%12+1, 2, '0')
	case 'j':
		b = pad(b, yearday+1, 3, '0')
	case 'm':
		b = pad(b, int(month), 2, '0')
	case 'M':
		b = pad(b, minute, 2, '0')
	case 'n':
		b = append(b, '\n')
	case 'p':
		half := "AM"
		if hour >= 12 {
			half = "PM"
		}
		b = append(b, half...)
	case 'r':
		return expand(b, "%I:%M:%S %p", t), true
	case 'R':
		return expand(b, "%H:%M", t), true
	case 'S':
		b = pad(b, second, 2, '0')
	case 't':
		b = append(b, '\t')
	case 'T', 'X':
		return expand(b, "%H:%M:%S", t), true
	case 'u':
		b = pad(b, (weekday+6)%7+1, 1, '0')
	case 'U':
		b = pad(b, (yearday+7-weekday)/7, 2, '0')
	case 'V':
		_, week := t.ISOWeek()
		b = pad(b, week, 2, '0')
	case 'w':
		b = pad(b, weekday, 1, '0')
	case 'W':
		b = pad(b, (yearday+7-(weekday+6)%7)/7, 2, '0')
	case 'y':
		b = pad(b, modulo(year, 100), 2, '0')
	case 'Y':
		b = strconv.AppendInt(b, int64(year), 10)
	case 'z':
		_, offset := t.Zone()
		sign := byte('+')
		if offset < 0 {
			sign, offset = '-', -offset
		}
		b = append(b, sign)
		b = pad(b, offset/3600*100+offset/60%60, 4, '0')
	case 'Z':
		name, _ := t.Zone()
		b = append(b, name...)
	case '%':
		b = append(b, '%')
	default:
		return b, false
	}
	return b, true
}

// expand appends a layout of this package's own.
func expand(b []byte, layout string, t time.Time) []byte {
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			b = append(b, layout[i])
			continue
		}
		i++
		b, _ = convert(b, layout[i], t)
	}
	return b
}

func pad(b []byte, n, width int, fill byte) []byte {
	digits := strconv.Itoa(n)
	for range width - len(digits) {
		b = append(b, fill)
	}
	return append(b, digits...)
}

func floor(a, b int) int { return (a - modulo(a, b)) / b }

func modulo(a, b int) int { return (a%b + b) % b }
