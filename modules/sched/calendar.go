package sched

import (
	"slices"
	"time"
)

// A civil time is what a clock on the wall shows, as the seconds since 1970 that
// a clock without a time zone would count.

// calendarCycle is after how many years dates fall on the same weekdays again.
const calendarCycle = 400

// from returns the first civil time from t on that the expression names.
func (s *spec) from(t int64) (int64, bool) {
	start := time.Unix(t, 0).UTC()
	year, month, day := start.Date()
	second := start.Hour()*3600 + start.Minute()*60 + start.Second()
	for last := year + calendarCycle; year <= last; {
		if s.month&(1<<month) != 0 {
			days := s.days(year, month)
			for d := nextBit(days, day); d < 32; d = nextBit(days, d+1) {
				if d > day {
					second = 0
				}
				if at, ok := s.timeOfDay(second); ok {
					return time.Date(year, month, d, 0, 0, at, 0, time.UTC).Unix(), true
				}
				second = 0
			}
		}
		day, second = 1, 0
		if month++; month > time.December {
			year, month = year+1, time.January
		}
	}
	return 0, false
}

// timeOfDay returns the first second of a day, from second on, that the
// expression names.
func (s *spec) timeOfDay(second int) (int, bool) {
	hour, minute, second := second/3600, second/60%60, second%60
	for h := nextBit(s.hour, hour); h < 24; h = nextBit(s.hour, h+1) {
		if h > hour {
			minute, second = 0, 0
		}
		for m := nextBit(s.minute, minute); m < 60; m = nextBit(s.minute, m+1) {
			if m > minute {
				second = 0
			}
			if sec := nextBit(s.second, second); sec < 60 {
				return h*3600 + m*60 + sec, true
			}
			second = 0
		}
	}
	return 0, false
}

// days is the mask of the days of a month that the expression names.
func (s *spec) days(year int, month time.Month) uint64 {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	first := int(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Weekday())
	weekday := func(day int) int { return (first + day - 1) % 7 }

	byDay := s.day
	for _, n := range s.fromEnd {
		if n < last {
			byDay |= 1 << (last - n)
		}
	}
	for _, n := range s.nearest {
		if n <= last {
			byDay |= 1 << workday(n, last, weekday)
		}
	}
	if s.lastWorkday {
		byDay |= 1 << workday(last, last, weekday)
	}
	var mask uint64
	for day := 1; day <= last; day++ {
		bit := uint64(1) << weekday(day)
		onWeekday := s.weekday&bit != 0 || s.nth[(day-1)/7+1]&bit != 0 || day+7 > last && s.lastWeekday&bit != 0
		onDay := byDay&(1<<day) != 0
		// With a star in one of the fields the other decides; otherwise a day
		// that either of them names is taken. So it is in every cron.
		if onDay && onWeekday || (onDay || onWeekday) && !s.anyDay && !s.anyWeekday {
			mask |= 1 << day
		}
	}
	return mask
}

// workday is the day from Monday to Friday that is nearest to day in its month.
func workday(day, last int, weekday func(int) int) int {
	switch weekday(day) {
	case 6: // Saturday
		if day == 1 {
			return 3
		}
		return day - 1
	case 0:
		if day == last {
			return day - 2
		}
		return day + 1
	}
	return day
}

// next returns the first instant after t at which the expression comes to pass
// where loc's clocks hang.
//
// Clocks that are put forward skip times, those that are put back show times
// twice. An expression that names every hour follows them. Any other is done
// once: at the change for the times that were skipped, at the first of the two
// for those that come again.
func (s *spec) next(t time.Time, loc *time.Location) time.Time {
	at := time.Unix(t.Unix(), 0).In(loc)
	_, offset := at.Zone()
	begin, end := at.ZoneBounds()
	from := at.Unix() + int64(offset) + 1
	if !s.everyHour() {
		if !begin.IsZero() {
			from = max(from, begin.Unix()+int64(offsetAt(begin.Add(-1))))
		}
		civil, _ := s.from(from)
		return instant(civil, at)
	}
	for {
		civil, _ := s.from(from)
		if end.IsZero() || civil < end.Unix()+int64(offset) {
			return time.Unix(civil-int64(offset), 0).In(loc)
		}
		at = end
		offset = offsetAt(at)
		from = at.Unix() + int64(offset)
		_, end = at.ZoneBounds()
	}
}

func offsetAt(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// instant returns when the clock of at's zone first shows a civil time that it
// did not show before at's offset came into force, or the change by which it
// skips that time.
func instant(civil int64, at time.Time) time.Time {
	for {
		offset := int64(offsetAt(at))
		_, end := at.ZoneBounds()
		if end.IsZero() || civil < end.Unix()+offset {
			return time.Unix(civil-offset, 0).In(at.Location())
		}
		if civil < end.Unix()+int64(offsetAt(end)) {
			return end
		}
		at = end
	}
}

// ahead lists the first count times after t.
func (s *spec) ahead(t time.Time, loc *time.Location, count int) []time.Time {
	times := make([]time.Time, 0, count)
	for range count {
		t = s.next(t, loc)
		times = append(times, t)
	}
	return slices.Clip(times)
}
