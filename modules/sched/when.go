package sched

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/zone"
)

// withOffset are the forms of times that say where they hold, civilForms those
// of times on a wall.
var (
	withOffset = []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
		"2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02T15:04Z0700", "2006-01-02 15:04Z0700",
	}
	civilForms = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}
)

// maxSeconds is some time in the year 9999.
const maxSeconds = 253_370_000_000

// parseTime reads the argument called name: seconds since 1970 or a text.
func parseTime(name string, v any, zoneName string) (time.Time, error) {
	loc, err := zone.Load(zoneName)
	if err != nil {
		return time.Time{}, err
	}
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.Abs(v) > maxSeconds {
			return time.Time{}, engine.Invalid("argument '%s' must be seconds since 1970, got %v", name, v)
		}
		return fromSeconds(v).In(loc), nil
	case string:
		return parseText(name, v, loc)
	}
	return time.Time{}, engine.Invalid("argument '%s' must be seconds since 1970 or a text such as \"2026-01-01 10:00\"", name)
}

// fromSeconds keeps the microseconds, which are what a number of seconds holds.
func fromSeconds(s float64) time.Time {
	whole := math.Floor(s)
	return time.Unix(int64(whole), int64(math.Round((s-whole)*1e6))*1000)
}

func parseText(name, text string, loc *time.Location) (time.Time, error) {
	rest := strings.TrimSpace(text)
	if i := strings.LastIndexByte(rest, ' '); i > 0 && strings.ContainsAny(rest[i+1:i+2], "+-") {
		rest = strings.TrimSpace(rest[:i]) + rest[i+1:] // an offset may stand apart
	}
	for _, form := range withOffset {
		if t, err := time.Parse(form, rest); err == nil {
			return t.In(loc), nil
		}
	}
	if i := strings.LastIndexByte(rest, ' '); i > 0 && strings.Trim(rest[i+1:i+2], "0123456789") != "" {
		named, err := zone.Load(rest[i+1:])
		if err != nil {
			return time.Time{}, err
		}
		rest, loc = strings.TrimSpace(rest[:i]), named
	}
	for _, form := range civilForms {
		if t, err := time.Parse(form, rest); err == nil {
			return place(t, loc), nil
		}
	}
	e := engine.Errorf(errSyntax, "argument '%s' is not a time that is understood", name)
	e.Target = strconv.Quote(text)
	e.Hint = `write it as in "2026-01-01 10:00", "2026-01-01 10:00:05 Europe/Berlin" or "2026-01-01T10:00:05Z"`
	return time.Time{}, e
}

// place returns when the clocks of loc first show the date and time of t.
func place(t time.Time, loc *time.Location) time.Time {
	const beyondOffsets = 48 * time.Hour
	early := time.Unix(t.Unix(), 0).Add(-beyondOffsets).In(loc)
	at := instant(t.Unix(), early)
	if civil := at.Unix() + int64(offsetAt(at)); civil != t.Unix() {
		return at // skipped by the clocks: the change itself
	}
	return at.Add(time.Duration(t.Nanosecond()))
}
