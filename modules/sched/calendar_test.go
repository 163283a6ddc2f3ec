package sched

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine that tests may have no zones

	"github.com/gscript-lang/gscript/engine"
)

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

const stamp = "2006-01-02 15:04:05 MST"

// ahead writes the times after from, in from's zone.
func ahead(t testing.TB, expression, from, zone string, count int) []string {
	t.Helper()
	s, err := parseCron(expression)
	if err != nil {
		t.Fatal(err)
	}
	start, err := parseTime("from", from, zone)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, at := range s.ahead(start, location(t, zone), count) {
		list = append(list, at.Format(stamp))
	}
	return list
}

func TestNextTimes(t *testing.T) {
	t.Parallel()
	const berlin, newYork = "Europe/Berlin", "America/New_York"
	for _, tt := range []struct{ name, expression, from, zone, want string }{
		{"steps", "*/20 * * * *", "2026-01-01 10:00", "UTC", "2026-01-01 10:20:00 UTC, 2026-01-01 10:40:00 UTC, 2026-01-01 11:00:00 UTC"},
		{"a step from a number on", "5/30 * * * *", "2026-01-01 10:00", "UTC", "2026-01-01 10:05:00 UTC, 2026-01-01 10:35:00 UTC, 2026-01-01 11:05:00 UTC"},
		{"a step in a range", "10-30/10 4 * * *", "2026-01-01", "UTC", "2026-01-01 04:10:00 UTC, 2026-01-01 04:20:00 UTC, 2026-01-01 04:30:00 UTC, 2026-01-02 04:10:00 UTC"},
		{"lists and ranges", "0 8-9,20 * * *", "2026-01-01", "UTC", "2026-01-01 08:00:00 UTC, 2026-01-01 09:00:00 UTC, 2026-01-01 20:00:00 UTC, 2026-01-02 08:00:00 UTC"},
		{"seconds", "*/30 59 23 31 DEC *", "2026-01-01", "UTC", "2026-12-31 23:59:00 UTC, 2026-12-31 23:59:30 UTC, 2027-12-31 23:59:00 UTC"},
		{"names in any case", "0 0 * jan,Feb MON", "2026-01-20", "UTC", "2026-01-26 00:00:00 UTC, 2026-02-02 00:00:00 UTC"},
		{"seven is Sunday", "0 0 * * 7", "2026-01-01", "UTC", "2026-01-04 00:00:00 UTC, 2026-01-11 00:00:00 UTC"},
		{"a range up to Sunday", "0 0 * * SAT-SUN", "2026-01-01", "UTC", "2026-01-03 00:00:00 UTC, 2026-01-04 00:00:00 UTC, 2026-01-10 00:00:00 UTC"},
		{"steps of weekdays end with Saturday", "0 0 * * */3", "2026-01-04 01:00", "UTC", "2026-01-07 00:00:00 UTC, 2026-01-10 00:00:00 UTC, 2026-01-11 00:00:00 UTC"},
		{"either day is enough", "0 0 13 * FRI", "2026-01-01", "UTC", "2026-01-02 00:00:00 UTC, 2026-01-09 00:00:00 UTC, 2026-01-13 00:00:00 UTC"},
		{"a star lets the other decide", "0 0 */2 * FRI", "2026-01-01", "UTC", "2026-01-09 00:00:00 UTC, 2026-01-23 00:00:00 UTC"},
		{"a question mark is a star", "0 0 ? * FRI", "2026-01-01", "UTC", "2026-01-02 00:00:00 UTC, 2026-01-09 00:00:00 UTC"},
		{"leap day", "0 0 29 2 *", "2026-01-01", "UTC", "2028-02-29 00:00:00 UTC, 2032-02-29 00:00:00 UTC"},
		{"leap day over a century without one", "0 0 29 FEB ?", "2097-01-01", "UTC", "2104-02-29 00:00:00 UTC"},
		{"the 31st", "0 0 31 * *", "2026-01-31", "UTC", "2026-03-31 00:00:00 UTC, 2026-05-31 00:00:00 UTC"},
		{"the last day", "0 0 L * *", "2028-01-31", "UTC", "2028-02-29 00:00:00 UTC, 2028-03-31 00:00:00 UTC"},
		{"before the last day", "0 0 L-2 2,4 *", "2026-01-01", "UTC", "2026-02-26 00:00:00 UTC, 2026-04-28 00:00:00 UTC"},
		{"the first and the last", "0 0 1,L * *", "2026-01-15", "UTC", "2026-01-31 00:00:00 UTC, 2026-02-01 00:00:00 UTC, 2026-02-28 00:00:00 UTC"},
		{"nearest working day: Saturday", "0 0 15W * *", "2026-08-01", "UTC", "2026-08-14 00:00:00 UTC, 2026-09-15 00:00:00 UTC"},
		{"nearest working day: Sunday", "0 0 15W 3 *", "2026-01-01", "UTC", "2026-03-16 00:00:00 UTC"},
		{"nearest working day stays in the month", "0 0 1W 8 *", "2026-01-01", "UTC", "2026-08-03 00:00:00 UTC"},
		{"nearest working day stays in the month at its end", "0 0 31W 5 *", "2026-01-01", "UTC", "2026-05-29 00:00:00 UTC"},
		{"no nearest working day of a day that is not there", "0 0 31W 4,5 *", "2026-01-01", "UTC", "2026-05-29 00:00:00 UTC, 2027-05-31 00:00:00 UTC"},
		{"last working day", "0 0 LW 1,2 *", "2026-01-01", "UTC", "2026-01-30 00:00:00 UTC, 2026-02-27 00:00:00 UTC"},
		{"last Friday", "0 0 * * 5L", "2026-01-01", "UTC", "2026-01-30 00:00:00 UTC, 2026-02-27 00:00:00 UTC"},
		{"last Saturday, on the last day", "0 0 * * 6L", "2026-01-01", "UTC", "2026-01-31 00:00:00 UTC, 2026-02-28 00:00:00 UTC"},
		{"last Sunday by number 7", "0 0 * * 7L", "2026-01-01", "UTC", "2026-01-25 00:00:00 UTC"},
		{"second Tuesday", "0 0 * * TUE#2", "2026-01-01", "UTC", "2026-01-13 00:00:00 UTC, 2026-02-10 00:00:00 UTC"},
		{"fifth Monday", "0 0 * * 1#5", "2026-01-01", "UTC", "2026-03-30 00:00:00 UTC, 2026-06-29 00:00:00 UTC"},
		{"macros", "@Monthly", "2026-01-01", "UTC", "2026-02-01 00:00:00 UTC"},
		{"weekly", "@weekly", "2026-01-01", "UTC", "2026-01-04 00:00:00 UTC"},
		{"before 1970", "0 0 1 1 *", "1901-06-01", "UTC", "1902-01-01 00:00:00 UTC"},

		{"Berlin: a skipped time runs at the change", "30 2 * * *", "2026-03-28 12:00", berlin, "2026-03-29 03:00:00 CEST, 2026-03-30 02:30:00 CEST"},
		{"Berlin: skipped times run once", "*/10 2 * * *", "2026-03-28 12:00", berlin, "2026-03-29 03:00:00 CEST, 2026-03-30 02:00:00 CEST"},
		{"Berlin: the change itself is one run", "0 2,3 * * *", "2026-03-29 00:00", berlin, "2026-03-29 03:00:00 CEST, 2026-03-30 02:00:00 CEST"},
		{"Berlin: each hour follows the clock forward", "30 * * * *", "2026-03-29 00:30", berlin, "2026-03-29 01:30:00 CET, 2026-03-29 03:30:00 CEST"},
		{"Berlin: a time that comes twice runs once", "30 2 * * *", "2026-10-24 12:00", berlin, "2026-10-25 02:30:00 CEST, 2026-10-26 02:30:00 CET"},
		{"Berlin: asked in the hour that comes again", "30 2 * * *", "2026-10-25 02:40:00+02:00", berlin, "2026-10-26 02:30:00 CET"},
		{"Berlin: asked after the change back", "30 2 * * *", "2026-10-25 02:10:00+01:00", berlin, "2026-10-26 02:30:00 CET"},
		{"Berlin: times around the change back", "0 1-4 * * *", "2026-10-25 00:30", berlin, "2026-10-25 01:00:00 CEST, 2026-10-25 02:00:00 CEST, 2026-10-25 03:00:00 CET"},
		{"Berlin: each hour follows the clock back", "0 * * * *", "2026-10-25 01:00", berlin, "2026-10-25 02:00:00 CEST, 2026-10-25 02:00:00 CET, 2026-10-25 03:00:00 CET"},
		{"Berlin: minutes go on at the change back", "*/30 * * * *", "2026-10-25 02:15:00+02:00", berlin, "2026-10-25 02:30:00 CEST, 2026-10-25 02:00:00 CET, 2026-10-25 02:30:00 CET, 2026-10-25 03:00:00 CET"},
		{"New York: a skipped time runs at the change", "15 2 * * *", "2026-03-08 00:00", newYork, "2026-03-08 03:00:00 EDT, 2026-03-09 02:15:00 EDT"},
		{"New York: a time that comes twice runs once", "30 1 * * *", "2026-11-01 00:00", newYork, "2026-11-01 01:30:00 EDT, 2026-11-02 01:30:00 EST"},
		{"half an hour's change", "15 2 * * *", "2026-10-03 12:00", "Australia/Lord_Howe", "2026-10-04 02:30:00 +11, 2026-10-05 02:15:00 +11"},
		{"a day that was left out", "0 10 30 12 *", "2011-12-29 12:00", "Pacific/Apia", "2011-12-31 00:00:00 +14, 2012-12-30 10:00:00 +14"},
		{"midnight that is skipped", "@daily", "2018-11-03 12:00", "America/Sao_Paulo", "2018-11-04 01:00:00 -02, 2018-11-05 00:00:00 -02"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(ahead(t, tt.expression, tt.from, tt.zone, strings.Count(tt.want, ",")+1), ", ")
			if got != tt.want {
				t.Errorf("%s after %s:\n got %s\nwant %s", tt.expression, tt.from, got, tt.want)
			}
		})
	}
}

func TestNextIsAfterFractions(t *testing.T) {
	t.Parallel()
	s, err := parseCron("* * * * * *")
	if err != nil {
		t.Fatal(err)
	}
	for _, unix := range []int64{1_700_000_000, -1_700_000_000} {
		for _, nanos := range []int64{0, 1, 999_999_999} {
			if got := s.next(time.Unix(unix, nanos), time.UTC); !got.Equal(time.Unix(unix+1, 0)) {
				t.Errorf("after %d.%09d comes %v", unix, nanos, got)
			}
		}
	}
}

func TestBadExpressions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expression, message, hint, field, allowed string }{
		{"", "five or six fields, this one has 0", "*/5 * * * *", "", ""},
		{"* * * *", "this one has 4", "six fields begin with the second", "", ""},
		{"0 0 0 1 1 * 2026", "this one has 7", "", "", ""},
		{"60 * * * *", `field 1, the minute: "60" is not from 0 to 59`, "write a number", "minute", "0 to 59"},
		{"0 24 * * *", `field 2, the hour: "24" is not from 0 to 23`, "9-17", "hour", "0 to 23"},
		{"0 0 24 * * *", `field 3, the hour: "24" is not from 0 to 23`, "", "hour", "0 to 23"},
		{"0 0 0 * *", `field 3, the day of the month: "0" is not from 1 to 31`, "15W", "day of the month", "1 to 31"},
		{"0 0 * 13 *", `field 4, the month: "13" is not from 1 to 12`, "JAN", "month", "1 to 12"},
		{"0 0 * * 8", `field 5, the day of the week: "8" is not from 0 to 7`, "0 and 7 are Sunday", "day of the week", "0 to 7"},
		{"0 0 * JANUARY *", `"JANUARY" is not understood`, "JAN", "month", ""},
		{"-5 * * * *", `"-5" is not understood`, "", "minute", ""},
		{"+5 * * * *", `"+5" is not understood`, "", "minute", ""},
		{"99999999999999999999 * * * *", `is not from 0 to 59`, "", "minute", ""},
		{"5,,7 * * * *", "is no value", "comma", "minute", ""},
		{"0 22-2 * * *", "ends before it begins", "22-23,0-2", "hour", ""},
		{"*/0 * * * *", "not from 1 to 59", "", "minute", ""},
		{"*/90 * * * *", "not from 1 to 59", `s:every("90m", fn)`, "minute", ""},
		{"0 */36 * * *", "not from 1 to 23", `s:every("36h", fn)`, "hour", ""},
		{"*/x * * * *", "a step that is no number", "", "minute", ""},
		{"1-2-3 * * * *", "is not understood", "", "minute", ""},
		{"1/2/3 * * * *", "a step that is no number", "", "minute", ""},
		{"? * * * *", "is not understood", "", "minute", ""},
		{"0 0 L-31 * *", "counts back", "", "day of the month", ""},
		{"0 0 32W * *", "is not from 1 to 31", "", "day of the month", ""},
		{"0 0 * * L", "names no day", "5L", "day of the week", ""},
		{"0 0 * * 5#6", "a place that is not from 1 to 5", "5#2", "day of the week", ""},
		{"0 L * * *", "is not understood", "", "hour", ""},
		{"0 0 30 2 *", "never comes to pass", "no month", "", ""},
		{"0 0 31 2,4,6 *", "never comes to pass", "", "", ""},
		{"@reboot", "there is no @reboot", "s:after(0, fn)", "", ""},
		{"@every 1h", "there is no @every", `s:every("1h", fn)`, "", ""},
		{"@hourl", "there is no @hourl", "did you mean @hourly?", "", ""},
		{"CRON_TZ=UTC 0 0 * * *", "begins with a variable", "zone=", "", ""},
		{strings.Repeat("1,", 600) + "1 * * * *", "more than 1000 bytes", "", "", ""},
	} {
		_, err := parseCron(tt.expression)
		e, ok := err.(*engine.Error)
		if !ok || e.Kind != errSyntax.Name {
			t.Errorf("%q: %v", tt.expression, err)
			continue
		}
		if !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%q: message %q, hint %q", tt.expression, e.Message, e.Hint)
		}
		if tt.field != "" && e.Fields["field"] != tt.field || tt.allowed != "" && e.Fields["allowed"] != tt.allowed {
			t.Errorf("%q: fields %v", tt.expression, e.Fields)
		}
	}
}

// moment is a minute of a walk through the time of a zone, looked at one after
// the other: with matches an implementation of its own, slow and plain.
type moment struct {
	at      time.Time
	shown   time.Time   // by the clock, as if in UTC
	again   bool        // the clock has shown it before
	skipped []time.Time // by the clock since the minute before
}

func walk(t *testing.T, day string, loc *time.Location) (moments []moment) {
	t.Helper()
	civil := func(at time.Time) time.Time {
		c, err := time.Parse(time.DateTime, at.In(loc).Format(time.DateTime))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	start, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Time]bool{}
	for i := range 6 * 24 * 60 {
		at := start.Add(time.Duration(i) * time.Minute)
		m := moment{at: at, shown: civil(at)}
		m.again = seen[m.shown]
		seen[m.shown] = true
		if i > 0 {
			for c := moments[i-1].shown.Add(time.Minute); c.Before(m.shown); c = c.Add(time.Minute) {
				m.skipped = append(m.skipped, c)
			}
		}
		moments = append(moments, m)
	}
	return moments
}

// runs says whether the expression runs at the moment.
func (m moment) runs(s *spec) bool {
	if s.everyHour() {
		return matches(s, m.shown)
	}
	return !m.again && matches(s, m.shown) || slices.ContainsFunc(m.skipped, func(c time.Time) bool { return matches(s, c) })
}

// matches is the plain meaning of the fields for what a clock shows.
func matches(s *spec, civil time.Time) bool {
	has := func(mask uint64, n int) bool { return mask>>n&1 == 1 }
	if !has(s.second, civil.Second()) || !has(s.minute, civil.Minute()) || !has(s.hour, civil.Hour()) || !has(s.month, int(civil.Month())) {
		return false
	}
	last := civil.AddDate(0, 1, -civil.Day()).Day()
	workday := func(day int) bool { // whether civil is the nearest working day to day
		if day > last {
			return false
		}
		best, distance := 0, 99
		for d := 1; d <= last; d++ {
			wd := civil.AddDate(0, 0, d-civil.Day()).Weekday()
			if wd == time.Saturday || wd == time.Sunday {
				continue
			}
			if far := max(d-day, day-d); far < distance {
				best, distance = d, far
			}
		}
		return best == civil.Day()
	}
	day := has(s.day, civil.Day())
	for _, n := range s.fromEnd {
		day = day || civil.Day() == last-n
	}
	for _, n := range s.nearest {
		day = day || workday(n)
	}
	day = day || s.lastWorkday && workday(last)
	wd := int(civil.Weekday())
	weekday := has(s.weekday, wd) || has(s.nth[(civil.Day()+6)/7], wd) || civil.Day() > last-7 && has(s.lastWeekday, wd)
	if s.anyDay || s.anyWeekday {
		return day && weekday
	}
	return day || weekday
}

// randomExpression makes expressions that are often true.
func randomExpression(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	return strings.Join([]string{
		pick("0", "30", "*/7", "*/30", "5,50", "10-20", "*", "15/20"),
		pick("*", "2", "1-3", "0", "*/2", "1,2,3", "0-23", "23", "3/5"),
		pick("*", "*", "*", "*/2", "L", "25-31", "1,29", "8", "25W", "LW", "L-1", "?", "1W"),
		pick("*", "*", "*", "MAR,OCT,NOV", "3-11", "*/2", "10/1"),
		pick("*", "*", "SUN", "SUN,MON", "7", "1-5", "SUN#5", "0L", "*/3", "SAT-SUN", "SUN#1,SUN#2"),
	}, " ")
}

func TestNextAgainstAWalk(t *testing.T) {
	t.Parallel()
	zones := []struct {
		name  string
		weeks []string // in which clocks change, or not
	}{
		{"Europe/Berlin", []string{"2026-03-26", "2026-10-22", "2026-06-01"}},
		{"America/New_York", []string{"2026-03-05", "2026-10-29", "2025-12-29"}},
		{"Australia/Lord_Howe", []string{"2026-04-02", "2026-10-01"}},
		{"America/Sao_Paulo", []string{"2018-11-01", "2018-02-15"}},
		{"Pacific/Apia", []string{"2011-12-28"}},
		{"UTC", []string{"2028-02-26"}},
	}
	r := rand.New(rand.NewPCG(1, 2))
	expressions := map[string]*spec{}
	for range 200 {
		expression := randomExpression(r)
		if s, err := parseCron(expression); err == nil { // not such as the 31st of a month that has none
			expressions[expression] = s
		}
	}
	for _, z := range zones {
		loc := location(t, z.name)
		for _, day := range z.weeks {
			moments := walk(t, day, loc)
			for expression, s := range expressions {
				compareWithWalk(t, s, expression, moments, loc)
			}
		}
	}
}

// compareWithWalk goes back from the end, asks for the time after many moments
// and leaves out the first day, which is there for what clocks show again later.
func compareWithWalk(t *testing.T, s *spec, expression string, moments []moment, loc *time.Location) {
	t.Helper()
	var want time.Time // the first time after the moment
	for i := len(moments) - 1; i >= 24*60; i-- {
		m := moments[i]
		if i%23 == 0 || m.at.Equal(want.Add(-time.Minute)) {
			got := s.next(m.at, loc)
			beyond := want.IsZero() && got.After(moments[len(moments)-1].at)
			if !beyond && !got.Equal(want) {
				t.Errorf("%s in %v: after %v the walk says %v, next says %v", expression, loc, m.at.In(loc), want.In(loc), got)
				return
			}
		}
		if m.runs(s) {
			want = m.at
		}
	}
}

func FuzzParseCron(f *testing.F) {
	for _, seed := range []string{"*/5 * * * *", "0 0 L-3,15W,LW * 5L,1#2", "@daily", "1-5/2 ? * JAN-MAR SAT-SUN", "0 0 30 2 *", "* * * * * *", "7/9 5/3 */2 1/5 */6"} {
		f.Add(seed, int64(1_774_700_000))
	}
	berlin := location(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, expression string, unix int64) {
		s, err := parseCron(expression)
		if err != nil {
			if engine.KindOf(err) != errSyntax.Name {
				t.Fatalf("%q: %v", expression, err)
			}
			return
		}
		from := time.Unix(unix%maxSeconds, 0)
		next := s.next(from, berlin)
		if !next.After(from) {
			t.Fatalf("%q: after %v comes %v", expression, from, next)
		}
		// Between two times there is none: whoever asks from there gets the second.
		if between := from.Add(next.Sub(from) / 2); between.After(from) {
			if again := s.next(between, berlin); !again.Equal(next) {
				t.Fatalf("%q: after %v comes %v, after %v comes %v", expression, from, next, between, again)
			}
		}
		civil, err := time.Parse(time.DateTime, next.In(berlin).Format(time.DateTime))
		if err == nil && !matches(s, civil) {
			if begin, _ := next.ZoneBounds(); !begin.Equal(next) {
				t.Fatalf("%q: %v is not one of its times", expression, next)
			}
		}
	})
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   any
		zone string
		want string
	}{
		{0.0, "UTC", "1970-01-01T00:00:00Z"},
		{1.5, "UTC", "1970-01-01T00:00:01.5Z"},
		{-0.25, "UTC", "1969-12-31T23:59:59.75Z"},
		{1767261600.123456, "UTC", "2026-01-01T10:00:00.123456Z"},
		{"2026-01-01", "UTC", "2026-01-01T00:00:00Z"},
		{"2026-01-01 10:00", "UTC", "2026-01-01T10:00:00Z"},
		{" 2026-01-01T10:00:05 ", "UTC", "2026-01-01T10:00:05Z"},
		{"2026-01-01 10:00:05.25", "UTC", "2026-01-01T10:00:05.25Z"},
		{"2026-01-01 10:00", "Europe/Berlin", "2026-01-01T09:00:00Z"},
		{"2026-07-01 10:00", "Europe/Berlin", "2026-07-01T08:00:00Z"},
		{"2026-01-01 10:00 America/New_York", "Europe/Berlin", "2026-01-01T15:00:00Z"},
		{"2026-01-01 10:00 UTC", "Europe/Berlin", "2026-01-01T10:00:00Z"},
		{"2026-01-01 10:00 +05:30", "UTC", "2026-01-01T04:30:00Z"},
		{"2026-01-01 10:00 -0800", "UTC", "2026-01-01T18:00:00Z"},
		{"2026-01-01T10:00:05Z", "Europe/Berlin", "2026-01-01T10:00:05Z"},
		{"2026-01-01T10:00:05.5+02:00", "UTC", "2026-01-01T08:00:05.5Z"},
		{"2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00:00Z"},      // skipped
		{"2026-03-29 02:30:10.5", "Europe/Berlin", "2026-03-29T01:00:00Z"}, // likewise
		{"2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"},      // the first of two
		{"2011-12-30 10:00", "Pacific/Apia", "2011-12-30T10:00:00Z"},       // a day left out
	} {
		got, err := parseTime("time", tt.in, tt.zone)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%v in %s is %v, %v; want %s", tt.in, tt.zone, got.UTC().Format(time.RFC3339Nano), err, tt.want)
		}
	}
	for in, kind := range map[any]string{
		"": errSyntax.Name, "tomorrow": errSyntax.Name, "10:00": errSyntax.Name, "2026-13-01": errSyntax.Name, "2026-02-30 10:00": errSyntax.Name,
		"2026-01-01 25:00": errSyntax.Name, "2026-01-01 10:00 Mars/Base": engine.KindInvalid, 1e300: engine.KindInvalid, true: engine.KindInvalid,
	} {
		if _, err := parseTime("time", in, "UTC"); engine.KindOf(err) != kind {
			t.Errorf("%v: %v", in, err)
		}
	}
}
