// Package sched runs functions at their times: the Lua module sched.
package sched

import "github.com/gscript-lang/gscript/engine"

var (
	errSyntax  = engine.Kind("sched.syntax", "A cron expression or a time is not understood. For a field of an expression e.field names it, e.text is the part in question and e.allowed the range of its numbers.")
	errRunning = engine.Kind("sched.running", "The scheduler is run a second time while it runs.")
)

type clockIn struct {
	Now   *engine.Func `lua:"now,opt,need" doc:"tells the time in seconds; since 1970 where dates are used" type:"fun(): number"`
	Sleep *engine.Func `lua:"sleep,opt,need" doc:"waits for a number of seconds" type:"fun(seconds: number)"`
}

type newIn struct {
	OnError any      `lua:"on_error,opt" doc:"what the failure of an event does: \"log\" notes it with the line that scheduled the event and goes on, which is the default; \"stop\" raises it out of run, with the other events kept; a function is called with the error and the event" type:"\"log\"|\"stop\"|fun(err: any, event: sched.Event)"`
	Tasks   bool     `lua:"tasks,opt" doc:"run each event as a task of its own, so that a slow one does not hold up the others"`
	Clock   *clockIn `lua:"clock,opt" doc:"a clock of your own, for tests: functions that tell the time and that wait; a sooner event does not wake its sleep" type:"{now: fun(): number, sleep: fun(seconds: number)}"`
}

type eventIn struct {
	Args     []engine.Value `lua:"args,opt" doc:"arguments for the function" type:"any[]"`
	Priority float64        `lua:"priority,opt" doc:"of events of the same time the one with the smaller number runs first"`
	Name     string         `lua:"name,opt" doc:"name for the log and for lists; made from the time when not given"`
}

type afterIn struct {
	Delay engine.Duration `lua:"delay" doc:"how long from now"`
	Fn    *engine.Func    `lua:"fn" doc:"function to run"`
	eventIn
}

type atIn struct {
	Time any          `lua:"time" doc:"seconds since 1970, or a text such as \"2026-01-01 10:00\", \"2026-01-01 10:00:05 Europe/Berlin\" or \"2026-01-01T10:00:05Z\"; a time that is past runs at once" type:"number|string"`
	Fn   *engine.Func `lua:"fn" doc:"function to run"`
	Zone string       `lua:"zone,opt" default:"local" doc:"time zone of a text that names none: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
	eventIn
}

type repeatIn struct {
	Overlap string          `lua:"overlap,opt" default:"skip" enum:"skip|queue|allow" doc:"what happens to times that come while the function still runs: skip leaves them out, queue runs them one by one afterwards, allow starts the function in a task of its own each time"`
	Missed  string          `lua:"missed,opt" default:"run_once" enum:"skip|run_once|run_all" doc:"what happens to times that passed because other events took long, the machine was suspended or nobody called run: run_once makes one run of them, skip leaves them out, run_all runs each"`
	Grace   engine.Duration `lua:"grace,opt" doc:"how late a run may be and still be made with missed=\"skip\"; a minute when not given, or the distance of two runs where that is less"`
	Jitter  engine.Duration `lua:"jitter,opt" doc:"make each run later by a random time up to this"`
	Limit   int             `lua:"limit,opt" doc:"end after this many runs"`
	StopAt  any             `lua:"stop_at,opt" doc:"make no run after this time, a number or a text as for at" type:"number|string"`
	Zone    string          `lua:"zone,opt" default:"local" doc:"time zone: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
	eventIn
}

type everyIn struct {
	Interval engine.Duration `lua:"interval" doc:"time from one run to the next"`
	Fn       *engine.Func    `lua:"fn" doc:"function to run"`
	First    any             `lua:"first,opt" doc:"\"now\", or how long until the first run; the interval when not given" type:"\"now\"|number|string"`
	repeatIn
}

type cronIn struct {
	Expression string       `lua:"expression" doc:"minute, hour, day of the month, month and day of the week; six fields begin with the second; or @hourly, @daily, @weekly, @monthly, @yearly"`
	Fn         *engine.Func `lua:"fn" doc:"function to run"`
	repeatIn
}

type cancelIn struct {
	Event *Event `lua:"event" doc:"event to cancel"`
}

type runIn struct {
	Block   bool            `lua:"block,opt" default:"true" doc:"false runs what is due now and returns"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"how long to run at most: then an error of kind timeout is raised, once the event that runs has ended; without it there is no limit"`
}

type nextIn struct {
	Expression string `lua:"expression" doc:"cron expression, as for cron"`
	Count      int    `lua:"count,opt" default:"5" doc:"how many times to tell, at most 10000"`
	From       any    `lua:"from,opt" doc:"the times after this one, a number or a text as for at; now when not given" type:"number|string"`
	Zone       string `lua:"zone,opt" default:"local" doc:"time zone: \"local\", \"UTC\" or a name such as \"Europe/Berlin\""`
}

// Module declares sched.
func Module() *engine.Module {
	return &engine.Module{
		Name: "sched",
		Doc: "Run functions after a delay, at a time, at intervals or by cron expressions. " +
			"A scheduler works while run is called, in the calling task; other tasks go on meanwhile. " +
			"Delays and intervals go by a clock that is never set; times and cron expressions go by the date, which is looked at again at least twice a minute, so that they hold when the clock is set or the machine was suspended.",
		Kinds: []*engine.ErrorKind{errSyntax, errRunning},
		Types: []*engine.Type{schedulerType(), eventType()},
		Funcs: []*engine.Function{
			engine.Fn("new", "Make a scheduler.", newScheduler).
				ReturningType("sched.Scheduler", "the scheduler, without events").
				Example(`
					local sched = require "sched"
					local s = sched.new()
					s:after(0.02, print, {args={"second"}})
					s:after(0.01, print, {args={"first"}})
					s:run()
					--> first
					--> second`).
				Example(`
					local sched = require "sched"
					local t = 0                       -- a clock of its own: a day takes no time
					local s = sched.new{clock={now=function() return t end, sleep=function(d) t = t + d end}}
					s:every("6h", function() print(t / 3600) end, {limit=4})
					s:run()
					--> 6
					--> 12
					--> 18
					--> 24`),
			engine.Fn("next", "Tell the next times of a cron expression.", preview).
				Raises(errSyntax).
				Returning("the times, in seconds since 1970").
				Example(`
					local sched, time = require "sched", require "time"
					for _, t in ipairs(sched.next("30 8 * * MON-FRI", {count=3, from="2026-01-01", zone="UTC"})) do
						print(time.format(t, "%a %d.%m. %H:%M", {zone="UTC"}))
					end
					--> Thu 01.01. 08:30
					--> Fri 02.01. 08:30
					--> Mon 05.01. 08:30`),
		},
	}
}
