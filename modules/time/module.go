// Package time reads clocks, waits, and writes and reads dates: the Lua module
// time.
package time

import (
	"github.com/gscript-lang/gscript/engine"
)

var errSyntax = engine.Kind("time.syntax", "A text is not a date of the expected form.")

type sleepIn struct {
	For engine.Duration `lua:"duration" doc:"how long, in seconds or as in \"1m30s\""`
}

type formatIn struct {
	Time   *float64 `lua:"time,arg" doc:"seconds since 1970; now when left out"`
	Layout string   `lua:"layout,arg" default:"%Y-%m-%dT%H:%M:%S%:z" doc:"how to write it: %Y year, %m month, %d day, %H %M %S hour, minute and second, %f microseconds, %z offset as in +0200, %:z as in +02:00, %Z name of the zone, %b %B month's name, %a %A weekday's name, %j day of the year, %y %e %I %p %s %F %T %D %R and %% as in C"`
	Zone   string   `lua:"zone,opt" default:"local" doc:"time zone: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
}

type parseIn struct {
	Text   string `lua:"text" doc:"text to read"`
	Layout string `lua:"layout,arg" doc:"how it is written, as for time.format; left out, the forms of RFC 3339, RFC 1123 (HTTP, mail) and \"2006-01-02 15:04:05\" are understood, and a date alone"`
	Zone   string `lua:"zone,opt" default:"local" doc:"time zone of a text that names none"`
}

type dateIn struct {
	Time *float64 `lua:"time,arg" doc:"seconds since 1970; now when left out"`
	Zone string   `lua:"zone,opt" default:"local" doc:"time zone: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
}

type date struct {
	Year   int     `lua:"year" doc:"year"`
	Month  int     `lua:"month" doc:"month, 1 to 12"`
	Day    int     `lua:"day" doc:"day of the month"`
	Hour   int     `lua:"hour" doc:"hour, 0 to 23"`
	Min    int     `lua:"min" doc:"minute"`
	Sec    float64 `lua:"sec" doc:"second, with its fraction"`
	Wday   int     `lua:"wday" doc:"day of the week: Sunday is 1, as in os.date"`
	Yday   int     `lua:"yday" doc:"day of the year, from 1"`
	Week   int     `lua:"week" doc:"week of the year by ISO 8601"`
	Zone   string  `lua:"zone" doc:"short name of the time zone"`
	Offset int     `lua:"offset" doc:"seconds east of UTC"`
}

type makeIn struct {
	Year  int     `lua:"year,opt,need" doc:"year"`
	Month int     `lua:"month,opt" default:"1" doc:"month; 13 is January of the next year"`
	Day   int     `lua:"day,opt" default:"1" doc:"day of the month; 0 is the last day of the month before"`
	Hour  int     `lua:"hour,opt" doc:"hour"`
	Min   int     `lua:"min,opt" doc:"minute"`
	Sec   float64 `lua:"sec,opt" doc:"second"`
	Zone  string  `lua:"zone,opt" default:"local" doc:"time zone: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
}

type durationIn struct {
	Text engine.Duration `lua:"text" doc:"text such as \"1m30s\", \"300ms\" or \"2.5\""`
}

type formatDurationIn struct {
	Seconds float64 `lua:"seconds" doc:"a number of seconds"`
}

type sinceIn struct {
	Start float64 `lua:"start" doc:"what time.monotonic returned"`
}

// Module declares time.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "time",
		Doc:   "Clocks, waiting, dates and durations. A point in time is a number of seconds since 1970, with a fraction.",
		Kinds: []*engine.ErrorKind{errSyntax},
		Funcs: append(clockFuncs(), dateFuncs()...),
	}
}

func clockFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("now", "Tell the time.", now).
			AsInline().
			Returning("seconds since 1970").
			Example(`
				local time = require "time"
				print(math.abs(time.now() - os.time()) < 2)   --> true`),
		engine.Fn("sleep", "Wait. Other tasks go on meanwhile; a canceled task wakes up at once.", sleep).
			Example(`
				local time = require "time"
				local start = time.monotonic()
				time.sleep("10ms")
				print(time.since(start) >= 0.01)   --> true`),
		engine.Fn("monotonic", "Tell the time of a clock that is never set, for measuring. Its zero is the first call of the script.", monotonic).
			AsInline().
			Returning("seconds").
			Example(`
				local time = require "time"
				local start = time.monotonic()
				print(time.monotonic() >= start)   --> true`),
		engine.Fn("since", "Tell how long ago a time of the monotonic clock was.", since).
			AsInline().
			Returning("seconds").
			Example(`
				local time = require "time"
				local start = time.monotonic()
				print(time.since(start) < 60)   --> true`),
		engine.Fn("duration", "Read a span of time.", duration).
			AsInline().
			Returning("seconds").
			Example(`
				local time = require "time"
				print(time.duration("1m30s"), time.duration("250ms"))   --> 90	0.25`),
		engine.Fn("format_duration", "Write a span of time for people, so that time.duration can read it back. Below a second it is rounded to microseconds, below a minute to milliseconds, above to seconds.", formatDuration).
			AsInline().
			Returning("the text").
			Example(`
				local time = require "time"
				print(time.format_duration(95), time.format_duration(0.25))   --> 1m35s	250ms`),
	}
}

func dateFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("format", "Write a point in time, by RFC 3339 unless a layout is given.", format).
			AsInline().
			Returning("the text").
			Example(`
				local time = require "time"
				print(time.format(0, {zone="UTC"}))                    --> 1970-01-01T00:00:00+00:00
				print(time.format(86400, "%d.%m.%Y", {zone="UTC"}))    --> 02.01.1970`),
		engine.Fn("parse", "Read a point in time.", parse).
			AsInline().
			Raises(errSyntax).
			Returning("seconds since 1970").
			Example(`
				local time = require "time"
				print(time.parse("1970-01-02T00:00:00Z"))                     --> 86400
				print(time.parse("02.01.1970", "%d.%m.%Y", {zone="UTC"}))     --> 86400`),
		engine.Fn("date", "Take a point in time apart.", dateOf).
			AsInline().
			ReturningType("time.Date", "its parts").
			Example(`
				local time = require "time"
				local d = time.date(86400, {zone="UTC"})
				print(d.year, d.month, d.day, d.wday)   --> 1970	1	2	6`),
		engine.Fn("make", "Put a point in time together. Values out of their range carry over, so that days can be added to a date.", makeTime).
			AsInline().
			Returning("seconds since 1970").
			Example(`
				local time = require "time"
				print(time.make{year=1970, month=1, day=2, zone="UTC"})   --> 86400`),
	}
}
