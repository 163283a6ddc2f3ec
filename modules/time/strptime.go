package time

import (
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// scanner reads a text by a layout.
type scanner struct {
	text string // what is left

	year, month, day, hour, min, sec, yday int

	micro int
	pm    *bool
	unix  *int64
	loc   *time.Location
}

func strptime(text, layout string, loc *time.Location) (time.Time, error) {
	s := &scanner{text: text, year: 1970, month: 1, day: 1, loc: loc}
	wrong := func() error {
		return engine.Errorf(errSyntax, "%q is not written as %q", text, layout)
	}
	plain := func(b byte) error {
		if b == ' ' || b == '\t' || b == '\n' { // white space stands for any of it
			s.text = strings.TrimLeft(s.text, " \t\r\n")
			return nil
		}
		if s.text == "" || s.text[0] != b {
			return wrong()
		}
		s.text = s.text[1:]
		return nil
	}
	err := walk(expand(layout), plain, func(d byte) error {
		ok, known := s.read(d)
		if !known {
			return unknownDirective(d)
		}
		if !ok {
			return wrong()
		}
		return nil
	})
	if err != nil {
		return time.Time{}, err
	}
	t, ok := s.time()
	if s.text != "" || !ok {
		return time.Time{}, wrong()
	}
	return t, nil
}

func (s *scanner) time() (time.Time, bool) {
	if s.unix != nil {
		return time.Unix(*s.unix, int64(s.micro)*1000), true
	}
	if s.pm != nil {
		if s.hour < 1 || s.hour > 12 {
			return time.Time{}, false
		}
		s.hour %= 12
		if *s.pm {
			s.hour += 12
		}
	}
	if s.yday > 0 {
		s.month, s.day = 1, s.yday
	}
	t := time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, s.micro*1000, s.loc)
	if s.yday > 0 {
		return t, t.Year() == s.year
	}
	return t, t.Day() == s.day && int(t.Month()) == s.month // no 31 April
}

// read reads one directive.
func (s *scanner) read(d byte) (ok, known bool) {
	switch d {
	case 'Y':
		return s.number(&s.year, 4, 0, 9999), true
	case 'y':
		ok := s.number(&s.year, 2, 0, 99)
		if s.year += 1900; s.year < 1969 { // as POSIX has it
			s.year += 100
		}
		return ok, true
	case 'm':
		return s.number(&s.month, 2, 1, 12), true
	case 'd', 'e':
		s.text = strings.TrimPrefix(s.text, " ")
		return s.number(&s.day, 2, 1, 31), true
	case 'H':
		return s.number(&s.hour, 2, 0, 23), true
	case 'I':
		return s.number(&s.hour, 2, 1, 12), true
	case 'M':
		return s.number(&s.min, 2, 0, 59), true
	case 'S':
		return s.number(&s.sec, 2, 0, 60), true
	case 'j':
		return s.number(&s.yday, 3, 1, 366), true
	case 'f':
		return s.fraction(), true
	case 's':
		return s.epoch(), true
	case 'p':
		i := s.word("AM", "PM")
		pm := i == 1
		s.pm = &pm
		return i >= 0, true
	case 'z', ':', 'Z':
		return s.offset(), true
	case 'a', 'A':
		return s.name(7, func(i int) string { return time.Weekday(i).String() }) >= 0, true
	case 'b', 'B', 'h':
		i := s.name(12, func(i int) string { return time.Month(i + 1).String() })
		s.month = i + 1
		return i >= 0, true
	case 'n', 't':
		s.text = strings.TrimLeft(s.text, " \t\r\n")
		return true, true
	}
	return false, false
}

func (s *scanner) number(n *int, digits, low, high int) bool {
	*n = 0
	i := 0
	for ; i < digits && i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9'; i++ {
		*n = *n*10 + int(s.text[i]-'0')
	}
	s.text = s.text[i:]
	return i > 0 && *n >= low && *n <= high
}

func (s *scanner) fraction() bool {
	before := len(s.text)
	ok := s.number(&s.micro, 6, 0, 999999)
	for i := before - len(s.text); i < 6; i++ {
		s.micro *= 10
	}
	s.text = strings.TrimLeft(s.text, "0123456789") // nanoseconds are dropped
	return ok
}

func (s *scanner) epoch() bool {
	rest, negative := strings.CutPrefix(s.text, "-")
	s.text = rest
	var n int
	ok := s.number(&n, 12, 0, 999999999999)
	unix := int64(n)
	if negative {
		unix = -unix
	}
	s.unix = &unix
	return ok
}

// offset reads Z, UTC, GMT, +0200 or +02:00.
func (s *scanner) offset() bool {
	if s.word("UTC", "GMT", "Z") >= 0 {
		s.loc = time.UTC
		return true
	}
	if s.text == "" || s.text[0] != '+' && s.text[0] != '-' {
		return false
	}
	sign := 1
	if s.text[0] == '-' {
		sign = -1
	}
	s.text = s.text[1:]
	var h, m int
	if !s.number(&h, 2, 0, 23) {
		return false
	}
	s.text = strings.TrimPrefix(s.text, ":")
	if !s.number(&m, 2, 0, 59) {
		return false
	}
	s.loc = time.FixedZone("", sign*(h*3600+m*60))
	return true
}

// word takes one of the words, whatever its case.
func (s *scanner) word(words ...string) int {
	for i, w := range words {
		if len(s.text) >= len(w) && strings.EqualFold(s.text[:len(w)], w) {
			s.text = s.text[len(w):]
			return i
		}
	}
	return -1
}

// name takes one of n names, in full or its first three letters.
func (s *scanner) name(n int, of func(int) string) int {
	for i := range n {
		if full := of(i); s.word(full, full[:3]) >= 0 {
			return i
		}
	}
	return -1
}
