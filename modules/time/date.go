package time

import (
	"math"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/zone"
)

// at is the time of a number of seconds, now for none.
func at(c *engine.Call, s *float64, zoneName string) (time.Time, error) {
	loc, err := zone.Load(zoneName)
	if err != nil {
		return time.Time{}, err
	}
	if s == nil {
		return c.Host().Clock.Now().In(loc), nil
	}
	const years = 9999 * 366 * 86400
	if math.IsNaN(*s) || math.Abs(*s) > years {
		return time.Time{}, engine.Invalid("argument 'time' must be seconds since 1970, got %v", *s)
	}
	whole, part := math.Modf(*s)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000).In(loc), nil
}

func format(c *engine.Call, in formatIn) (string, error) {
	t, err := at(c, in.Time, in.Zone)
	if err != nil {
		return "", err
	}
	return strftime(t, in.Layout)
}

// forms are what time.parse understands without a layout.
var forms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
	time.RFC1123Z, time.RFC1123, "Mon, _2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05 -0700",
	time.RFC850, time.ANSIC,
}

func parse(_ *engine.Call, in parseIn) (float64, error) {
	loc, err := zone.Load(in.Zone)
	if err != nil {
		return 0, err
	}
	if in.Layout != "" {
		t, err := strptime(in.Text, in.Layout, loc)
		if err != nil {
			return 0, err
		}
		return seconds(t), nil
	}
	text := strings.TrimSpace(in.Text)
	for _, form := range forms {
		if t, err := time.ParseInLocation(form, text, loc); err == nil {
			return seconds(t), nil
		}
	}
	return 0, engine.Errorf(errSyntax, "%q is not a date that is understood", in.Text).
		WithHint("write it as in 2006-01-02T15:04:05Z, or say how it is written: time.parse(text, \"%%d.%%m.%%Y\")")
}

func dateOf(c *engine.Call, in dateIn) (*date, error) {
	t, err := at(c, in.Time, in.Zone)
	if err != nil {
		return nil, err
	}
	name, offset := t.Zone()
	_, week := t.ISOWeek()
	return &date{
		Year: t.Year(), Month: int(t.Month()), Day: t.Day(),
		Hour: t.Hour(), Min: t.Minute(), Sec: float64(t.Second()) + float64(t.Nanosecond()/1000)/1e6,
		Wday: int(t.Weekday()) + 1, Yday: t.YearDay(), Week: week,
		Zone: name, Offset: offset,
	}, nil
}

func makeTime(_ *engine.Call, in makeIn) (float64, error) {
	loc, err := zone.Load(in.Zone)
	if err != nil {
		return 0, err
	}
	const limit = 1e9
	for _, n := range []float64{float64(in.Year), float64(in.Month), float64(in.Day), float64(in.Hour), float64(in.Min), in.Sec} {
		if !(math.Abs(n) < limit) {
			return 0, engine.Invalid("%v is out of range", n)
		}
	}
	whole, part := math.Modf(in.Sec)
	t := time.Date(in.Year, time.Month(in.Month), in.Day, in.Hour, in.Min, int(whole), 0, loc)
	return float64(t.Unix()) + part, nil
}
