package sched

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// spec is a cron expression. A mask has a bit for each number that its field
// allows.
type spec struct {
	second, minute, hour, day, month, weekday uint64

	// What depends on the month: days before its end (0 for L), days to the
	// working day nearest to which (15W), and weekdays by their place in it.
	fromEnd     []int
	nearest     []int
	lastWorkday bool
	lastWeekday uint64
	nth         [6]uint64

	anyDay, anyWeekday bool // the field begins with a star
}

// everyHour says that no hour is left out. Such an event follows the clock
// through changes of the offset; others are done once on each day.
func (s *spec) everyHour() bool { return s.hour == 1<<24-1 }

// column is a field of an expression.
type column struct {
	name   string
	lo, hi int
	names  []string // of the numbers from lo on
	hint   string
}

var (
	monthNames   = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdayNames = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

const (
	colSecond = iota
	colMinute
	colHour
	colDay
	colMonth
	colWeekday
)

func columns() [6]column {
	return [6]column{
		{"second", 0, 59, nil, "write a number, a range 1-5, a list 1,5, * or a step */10"},
		{"minute", 0, 59, nil, "write a number, a range 1-5, a list 1,5, * or a step */10"},
		{"hour", 0, 23, nil, "write a number, a range 9-17, a list 8,20, * or a step */2"},
		{"day of the month", 1, 31, nil, "write a number, a range 1-7, a list 1,15, *, a step */2, L for the last day, L-2 or 15W"},
		{"month", 1, 12, monthNames, "write a number, a name such as JAN, a range, a list, * or a step */3"},
		{"day of the week", 0, 7, weekdayNames, "write 0 to 7 (0 and 7 are Sunday), a name such as MON, a range, a list, *, 5L for the last Friday or 5#2 for the second"},
	}
}

var macros = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

const maxExpression = 1000 // bytes

func badExpression(text, hint, format string, args ...any) *engine.Error {
	e := engine.Errorf(errSyntax, format, args...)
	if len(text) > 100 {
		text = text[:100] + "…"
	}
	e.Target, e.Hint = strconv.Quote(text), hint
	return e
}

// parseCron reads an expression of five fields, or six with the seconds first.
func parseCron(text string) (*spec, error) {
	if len(text) > maxExpression {
		return nil, badExpression(text, "", "the expression has more than %d bytes", maxExpression)
	}
	expression := strings.TrimSpace(text)
	if strings.HasPrefix(expression, "@") {
		full, ok := macros[strings.ToLower(expression)]
		if !ok {
			return nil, badExpression(text, macroHint(expression), "there is no %s", strings.Fields(expression)[0])
		}
		expression = full
	}
	fields := strings.Fields(expression)
	if len(fields) > 0 && strings.Contains(fields[0], "=") {
		return nil, badExpression(text, `give the time zone as an option: {zone="Europe/Berlin"}`, "the expression begins with a variable")
	}
	switch len(fields) {
	case 5:
		fields = append([]string{"0"}, fields...)
	case 6:
	default:
		return nil, badExpression(text, `write minute, hour, day of the month, month and day of the week, as in "*/5 * * * *"; six fields begin with the second`,
			"an expression has five or six fields, this one has %d", len(fields))
	}
	s := &spec{}
	for i, c := range columns() {
		r := reader{column: c, at: i, spec: s, text: text, six: len(strings.Fields(expression)) == 6}
		if err := r.field(strings.ToUpper(fields[i])); err != nil {
			return nil, err
		}
	}
	if s.weekday&(1<<7) != 0 {
		s.weekday = s.weekday&^(1<<7) | 1
	}
	if _, ok := s.from(0); !ok {
		return nil, badExpression(text, "no month that the expression names has such a day", "the expression never comes to pass")
	}
	return s, nil
}

func macroHint(text string) string {
	switch word := strings.ToLower(strings.Fields(text)[0]); word {
	case "@reboot":
		return "run it when the script starts: s:after(0, fn)"
	case "@every":
		return `use s:every("` + strings.TrimSpace(text[len(word):]) + `", fn)`
	default:
		if near := engine.Suggest(word, slices.Sorted(func(yield func(string) bool) {
			for name := range macros {
				if !yield(name) {
					return
				}
			}
		})); near != "" {
			return fmt.Sprintf("did you mean %s?", near)
		}
	}
	return "there are @yearly, @monthly, @weekly, @daily and @hourly"
}

// reader reads one field.
type reader struct {
	column
	at   int
	spec *spec
	text string // the whole expression
	six  bool
}

// bad is the error for a part of the field.
func (r *reader) bad(part, hint, format string, args ...any) error {
	place := r.at
	if r.six {
		place++
	}
	e := badExpression(r.text, hint, "field %d, the %s: %q %s", place, r.name, part, fmt.Sprintf(format, args...))
	if hint == "" {
		e.Hint = r.hint
	}
	e.Fields = map[string]any{"field": r.name, "text": part, "allowed": r.allowed()}
	return e
}

func (r *reader) allowed() string { return fmt.Sprintf("%d to %d", r.lo, r.hi) }

func (r *reader) field(text string) error {
	star := text[0] == '*' || text[0] == '?'
	switch r.at {
	case colDay:
		r.spec.anyDay = star
	case colWeekday:
		r.spec.anyWeekday = star
	}
	for part := range strings.SplitSeq(text, ",") {
		if err := r.part(part); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) mask() *uint64 {
	s := r.spec
	return [...]*uint64{&s.second, &s.minute, &s.hour, &s.day, &s.month, &s.weekday}[r.at]
}

func (r *reader) part(part string) error {
	if part == "" {
		return r.bad(part, "take out the comma that stands alone", "is no value")
	}
	if done, err := r.special(part); done || err != nil {
		return err
	}
	span, stepText, stepped := strings.Cut(part, "/")
	lo, hi, err := r.span(span, part, stepped)
	if err != nil {
		return err
	}
	step := 1
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || !digits(stepText) {
			return r.bad(part, "", "has a step that is no number")
		}
		if step < 1 || step > r.hi-r.lo {
			return r.bad(part, fmt.Sprintf("a step counts inside the field; for other intervals use s:every, as in s:every(\"%s\", fn)", r.interval(step)),
				"has a step that is not from 1 to %d", r.hi-r.lo)
		}
	}
	for n := lo; n <= hi; n += step {
		*r.mask() |= 1 << n
	}
	return nil
}

// interval is what somebody may have meant by a step that is too large.
func (r *reader) interval(step int) string {
	switch r.at {
	case colSecond, colMinute:
		return fmt.Sprintf("%d%c", max(step, 1), r.name[0])
	case colHour:
		return fmt.Sprintf("%dh", max(step, 1))
	}
	return "24h"
}

// span reads the part in front of a step.
func (r *reader) span(span, part string, stepped bool) (lo, hi int, err error) {
	if span == "*" || span == "?" && !stepped && (r.at == colDay || r.at == colWeekday) {
		hi = r.hi
		if r.at == colWeekday {
			hi = 6 // 7 is 0 again, which would spoil steps
		}
		return r.lo, hi, nil
	}
	first, last, ranged := strings.Cut(span, "-")
	if lo, err = r.number(first, part); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		if hi, err = r.number(last, part); err != nil {
			return 0, 0, err
		}
		if r.at == colWeekday && hi == 0 && lo > 0 {
			hi = 7 // FRI-SUN
		}
	case stepped:
		hi = r.hi
		if r.at == colWeekday && lo < 7 {
			hi = 6
		}
	default:
		hi = lo
	}
	if hi < lo {
		return 0, 0, r.bad(part, fmt.Sprintf("write two ranges: %d-%d,%d-%d", lo, r.hi, r.lo, hi), "ends before it begins")
	}
	return lo, hi, nil
}

// number reads one value of the field.
func (r *reader) number(word, part string) (int, error) {
	if i := slices.Index(r.names, word); i >= 0 {
		return r.lo + i, nil
	}
	if !digits(word) {
		return 0, r.bad(part, "", "is not understood")
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < r.lo || n > r.hi {
		return 0, r.bad(part, "", "is not from %s", r.allowed())
	}
	return n, nil
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' })
}

// special reads what depends on the month: L, L-3, LW and 15W of days, 5L and
// 5#2 of weekdays.
func (r *reader) special(part string) (done bool, err error) {
	switch r.at {
	case colDay:
		return r.specialDay(part)
	case colWeekday:
		return r.specialWeekday(part)
	}
	return false, nil
}

func (r *reader) specialDay(part string) (bool, error) {
	s := r.spec
	switch {
	case part == "L":
		s.fromEnd = append(s.fromEnd, 0)
		return true, nil
	case part == "LW":
		s.lastWorkday = true
		return true, nil
	}
	if back, ok := strings.CutPrefix(part, "L-"); ok {
		n, err := strconv.Atoi(back)
		if err != nil || !digits(back) || n > 30 {
			return false, r.bad(part, "", "counts back further than 30 days")
		}
		s.fromEnd = append(s.fromEnd, n)
		return true, nil
	}
	if day, ok := strings.CutSuffix(part, "W"); ok {
		n, err := r.number(day, part)
		if err != nil {
			return false, err
		}
		s.nearest = append(s.nearest, n)
		return true, nil
	}
	return false, nil
}

func (r *reader) specialWeekday(part string) (bool, error) {
	s := r.spec
	if part == "L" {
		return false, r.bad(part, "write 5L or FRIL for the last Friday of the month, 6 for each Saturday", "names no day")
	}
	if day, ok := strings.CutSuffix(part, "L"); ok {
		n, err := r.number(day, part)
		if err != nil {
			return false, err
		}
		s.lastWeekday |= 1 << (n % 7)
		return true, nil
	}
	if day, place, ok := strings.Cut(part, "#"); ok {
		n, err := r.number(day, part)
		if err != nil {
			return false, err
		}
		if len(place) != 1 || place[0] < '1' || place[0] > '5' {
			return false, r.bad(part, "5#2 is the second Friday of the month", "has a place that is not from 1 to 5")
		}
		s.nth[place[0]-'0'] |= 1 << (n % 7)
		return true, nil
	}
	return false, nil
}

// nextBit returns the first number of mask from n on, 64 or more for none.
func nextBit(mask uint64, n int) int { return n + bits.TrailingZeros64(mask>>n) }
