package time

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// short are the directives that stand for others.
var short = map[byte]string{
	'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'D': "%m/%d/%y", 'R': "%H:%M",
	'c': "%a %b %e %H:%M:%S %Y", 'x': "%m/%d/%y", 'X': "%H:%M:%S", 'r': "%I:%M:%S %p",
}

// expand replaces the directives of short, so that others need not know them.
func expand(layout string) string {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] == '%' && i+1 < len(layout) {
			i++
			if long, ok := short[layout[i]]; ok {
				b.WriteString(long)
				continue
			}
			b.WriteByte('%')
		}
		b.WriteByte(layout[i])
	}
	return b.String()
}

// walk calls plain for the text of a layout and directive for each %x; %:z
// comes as ':'.
func walk(layout string, plain func(byte) error, directive func(byte) error) error {
	for i := 0; i < len(layout); i++ {
		var err error
		switch {
		case layout[i] != '%':
			err = plain(layout[i])
		case i+1 == len(layout):
			err = engine.Invalid("argument 'layout' ends with a %%; write %%%% for the sign itself")
		case layout[i+1] == '%':
			i++
			err = plain('%')
		case strings.HasPrefix(layout[i:], "%:z"):
			i += 2
			err = directive(':')
		default:
			i++
			err = directive(layout[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unknownDirective(d byte) error {
	return engine.Invalid("argument 'layout' has an unknown directive %q", "%"+string(rune(d))).
		WithHint("there are: %%Y %%y %%m %%d %%e %%H %%I %%M %%S %%f %%p %%z %%:z %%Z %%a %%A %%b %%B %%j %%s %%F %%T %%D %%R %%c %%x %%X %%r %%n %%t %%%%")
}

func strftime(t time.Time, layout string) (string, error) {
	var b strings.Builder
	err := walk(expand(layout), b.WriteByte, func(d byte) error {
		text, ok := field(t, d)
		if !ok {
			return unknownDirective(d)
		}
		b.WriteString(text)
		return nil
	})
	return b.String(), err
}

// field writes one directive.
func field(t time.Time, d byte) (string, bool) {
	two := func(n int) string { return fmt.Sprintf("%02d", n) }
	switch d {
	case 'Y':
		return fmt.Sprintf("%04d", t.Year()), true
	case 'y':
		return two((t.Year()%100 + 100) % 100), true
	case 'm':
		return two(int(t.Month())), true
	case 'd':
		return two(t.Day()), true
	case 'e':
		return fmt.Sprintf("%2d", t.Day()), true
	case 'H':
		return two(t.Hour()), true
	case 'I':
		return two((t.Hour()+11)%12 + 1), true
	case 'M':
		return two(t.Minute()), true
	case 'S':
		return two(t.Second()), true
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000), true
	case 'p':
		return t.Format("PM"), true
	case 'z':
		return t.Format("-0700"), true
	case ':':
		return t.Format("-07:00"), true
	case 'Z':
		return t.Format("MST"), true
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Format("Monday"), true
	case 'b', 'h':
		return t.Format("Jan"), true
	case 'B':
		return t.Format("January"), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	}
	return "", false
}
