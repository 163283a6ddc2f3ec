package calendar_test

import (
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/base/calendar"
)

const berlin = "CET-1CEST,M3.5.0,M10.5.0/3"

// quiet takes no interest in how long a text gets.
func quiet(turns, size int) {}

func TestFormat(t *testing.T) {
	t.Parallel()
	// A Saturday in the week of ISO year 2004 that lies in 2005.
	saturday := time.Date(2005, 1, 1, 15, 4, 5, 0, calendar.UTC)
	for layout, want := range map[string]string{
		"": "", "%": "%", "a%%b%": "a%b%",
		"%a %A %b %B %h":       "Sat Saturday Jan January Jan",
		"%c":                   "Sat Jan  1 15:04:05 2005",
		"%x %X %D %T %F %R %r": "01/01/05 15:04:05 01/01/05 15:04:05 2005-01-01 15:04 03:04:05 PM",
		"%C %d %e %g %G %V":    "20 01  1 04 2004 53",
		"%H %I %j %m %M %p %S": "15 03 001 01 04 PM 05",
		"%u %U %w %W %y %Y":    "6 00 6 00 05 2005",
		"%z %Z%n%t":            "+0000 GMT\n\t",
		"%Ec %Ex %EX %Ey %EY":  "Sat Jan  1 15:04:05 2005 01/01/05 15:04:05 05 2005",
		"%Od %OH %OV":          "01 15 53",
	} {
		if got, err := calendar.Format(layout, saturday, quiet); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", layout, got, err, want)
		}
	}
	for layout, want := range map[string]string{
		"%Q": "%Q", "%Ez": "%Ez", "%OY": "%OY", "x%E": "%E", "%O%": "%O%", "%5d": "%5", "%é": "%\xc3",
	} {
		_, err := calendar.Format(layout, saturday, quiet)
		if err == nil || err.Error() != "invalid conversion specifier '"+want+"'" {
			t.Errorf("%q: %v", layout, err)
		}
	}
	for hour, want := range map[int]string{0: "12 AM", 1: "01 AM", 12: "12 PM", 13: "01 PM", 23: "11 PM"} {
		if got, _ := calendar.Format("%I %p", time.Date(2005, 1, 1, hour, 0, 0, 0, time.UTC), quiet); got != want {
			t.Errorf("hour %d: %q, want %q", hour, got, want)
		}
	}
}

func TestUnix(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	utc, cet := time.UTC, calendar.Zone(berlin)
	for _, tt := range []struct {
		name string
		f    calendar.Fields
		loc  *time.Location
		want int64
	}{
		{"epoch", calendar.Fields{Year: 1970, Month: 1, Day: 1}, utc, 0},
		{"before it", calendar.Fields{Year: 1969, Month: 12, Day: 31, Hour: 23, Min: 59, Sec: 59}, utc, -1},
		{"a leap day", calendar.Fields{Year: 2024, Month: 2, Day: 29, Hour: 12}, utc, 1709208000},
		{"a century without one", calendar.Fields{Year: 1900, Month: 2, Day: 29}, utc, -2203891200},
		{"month 14", calendar.Fields{Year: 2024, Month: 14, Day: 1}, utc, 1738368000},
		{"month 0 and less", calendar.Fields{Year: 2024, Month: -11, Day: 1}, utc, 1672531200},
		{"day 0", calendar.Fields{Year: 2024, Month: 3, Day: 0}, utc, 1709164800},
		{"negative all over", calendar.Fields{Year: 2024, Month: 1, Day: -1, Hour: -1, Min: -1, Sec: -1}, utc, 1703890739},
		{"far on", calendar.Fields{Year: 3000, Month: 1, Day: 1}, utc, 32503680000},
		{"winter", calendar.Fields{Year: 2024, Month: 1, Day: 1}, cet, 1704063600},
		{"summer", calendar.Fields{Year: 2024, Month: 7, Day: 1}, cet, 1719784800},
		{"winter said to be summer", calendar.Fields{Year: 2024, Month: 1, Day: 1, DST: &yes}, cet, 1704060000},
		{"winter said to be winter", calendar.Fields{Year: 2024, Month: 1, Day: 1, DST: &no}, cet, 1704063600},
		{"summer said to be winter", calendar.Fields{Year: 2024, Month: 7, Day: 1, DST: &no}, cet, 1719788400},
		{"summer where there is none", calendar.Fields{Year: 2024, Month: 7, Day: 1, DST: &yes}, utc, 1719788400},
		{"a reading that is skipped", calendar.Fields{Year: 2024, Month: 3, Day: 31, Hour: 2, Min: 30}, cet, 1711848600},
		{"a reading that comes twice, the first", calendar.Fields{Year: 2024, Month: 10, Day: 27, Hour: 2, Min: 30}, cet, 1729989000},
		{"the same, said to be the second", calendar.Fields{Year: 2024, Month: 10, Day: 27, Hour: 2, Min: 30, DST: &no}, cet, 1729992600},
	} {
		if got, ok := calendar.Unix(tt.f, tt.loc); got != tt.want || !ok {
			t.Errorf("%s: %d, %v, want %d", tt.name, got, ok, tt.want)
		}
	}
	for _, f := range []calendar.Fields{{Year: 1 << 40}, {Year: 1 << 31, Month: 1, Day: 1}, {Year: -1 << 31, Month: -1 << 31}} {
		if got, ok := calendar.Unix(f, utc); ok {
			t.Errorf("%+v: %d", f, got)
		}
	}
}

// Every reading of the clock of two years leads back to itself.
func TestUnixAgreesWithPackageTime(t *testing.T) {
	t.Parallel()
	for _, loc := range []*time.Location{time.UTC, calendar.Zone(berlin), calendar.Zone("NZST-12NZDT,M9.5.0,M4.1.0/3"), calendar.Zone("<-0330>3:30")} {
		start := time.Date(2023, 1, 1, 0, 17, 3, 0, loc)
		for at := start; at.Year() < 2025; at = at.Add(1987 * time.Second) {
			dst := at.IsDST()
			f := calendar.Fields{Year: at.Year(), Month: int(at.Month()), Day: at.Day(), Hour: at.Hour(), Min: at.Minute(), Sec: at.Second(), DST: &dst}
			if got, ok := calendar.Unix(f, loc); !ok || got != at.Unix() {
				t.Fatalf("%v: %d, %v, want %d", at, got, ok, at.Unix())
			}
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	winter, summer := time.Unix(1704063600, 0), time.Unix(1719784800, 0)
	for tz, want := range map[string]string{
		"": "UTC +0000 UTC +0000", "UTC": "UTC +0000 UTC +0000", "UTC0": "UTC +0000 UTC +0000",
		berlin: "CET +0100 CEST +0200", ":" + berlin: "CET +0100 CEST +0200",
		"EST5EDT,M3.2.0,M11.1.0": "EST -0500 EDT -0400", "<+0545>-5:45": "+0545 +0545 +0545 +0545",
		"no such zone": "UTC +0000 UTC +0000", "../../etc/passwd": "UTC +0000 UTC +0000",
	} {
		loc := calendar.Zone(tz)
		a, _ := calendar.Format("%Z %z", winter.In(loc), quiet)
		b, _ := calendar.Format("%Z %z", summer.In(loc), quiet)
		if got := a + " " + b; got != want {
			t.Errorf("TZ=%s: %s, want %s", tz, got, want)
		}
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("%c %Ez %Od%", int64(0))
	f.Add("%G %V %U", int64(1104591845))
	f.Fuzz(func(t *testing.T, layout string, unix int64) {
		if calendar.InRange(unix) {
			calendar.Format(layout, time.Unix(unix, 0).In(calendar.UTC), quiet)
		}
	})
}
