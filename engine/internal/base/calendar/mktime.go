package calendar

import (
	"math"
	"time"
)

// Fields are a date as people write it. Each field may have any value: month 14
// is February of the next year, day 0 the last of the month before.
type Fields struct {
	Year, Month, Day, Hour, Min, Sec int
	// DST says that the clock shows summer time, or that it does not; nil lets
	// the location decide.
	DST *bool
}

// maxSeconds is the end of the last year that C's struct tm holds.
const maxSeconds = 67768036191676799

// InRange says that C can tell the date of the second.
func InRange(unix int64) bool { return unix >= -maxSeconds-1 && unix <= maxSeconds }

// Unix gives the second that the fields name at a location, as C's mktime does.
// A time that the clock shows twice is its first; one that is skipped is as much
// later as the clock goes forward.
func Unix(f Fields, loc *time.Location) (unix int64, ok bool) {
	for _, n := range []int{f.Year, f.Month, f.Day, f.Hour, f.Min, f.Sec} {
		if n > math.MaxInt32 || n < math.MinInt32 {
			return 0, false
		}
	}
	// The clock's reading, counted as if there were no zones.
	months := int64(f.Year)*12 + int64(f.Month) - 1
	year := floor(int(months), 12)
	clock := days(int64(year), modulo(int(months), 12))*86400 + int64(f.Day-1)*86400 +
		int64(f.Hour)*3600 + int64(f.Min)*60 + int64(f.Sec)
	if !InRange(clock) {
		return 0, false
	}
	unix = locate(clock, loc)
	if f.DST == nil {
		return unix, true
	}
	t := time.Unix(unix, 0).In(loc)
	if t.IsDST() == *f.DST {
		return unix, true
	}
	return clock - int64(otherOffset(t, *f.DST)), true
}

// locate finds when the clock of a location shows a reading.
func locate(clock int64, loc *time.Location) int64 {
	before := offsetAt(clock-86400, loc)
	if at := clock - before; offsetAt(at, loc) == before {
		return at
	}
	after := offsetAt(clock+86400, loc)
	if at := clock - after; offsetAt(at, loc) == after {
		return at
	}
	return clock - before
}

func offsetAt(unix int64, loc *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(loc).Zone()
	return int64(offset)
}

// otherOffset finds the offset of the nearest time that is, or is not, summer
// time. Where there is none, summer time is an hour, as the C library of GNU has
// it.
func otherOffset(t time.Time, dst bool) int {
	back, forth := t, t
	for range 4 {
		start, _ := back.ZoneBounds()
		_, end := forth.ZoneBounds()
		if !start.IsZero() {
			back = start.Add(-time.Second)
		}
		if !end.IsZero() {
			forth = end
		}
		fits := func(u time.Time) bool { return u.IsDST() == dst }
		if fits(back) && (!fits(forth) || t.Sub(back) < forth.Sub(t)) {
			_, offset := back.Zone()
			return offset
		}
		if fits(forth) {
			_, offset := forth.Zone()
			return offset
		}
	}
	_, offset := t.Zone()
	if dst {
		return offset + 3600
	}
	return offset - 3600
}

// days counts from 1970-01-01 to the first of a month, which is 0 to 11.
func days(year int64, month int) int64 {
	// Years begin in March here, so that a leap day is their last.
	y, m := year, int64(month)-2
	if m < 0 {
		y, m = y-1, m+12
	}
	era := int64(floor(int(y), 400))
	ofEra := y - era*400
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + (m*153+2)/5 - 719468
}
