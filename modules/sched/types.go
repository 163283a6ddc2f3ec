package sched

import "github.com/gscript-lang/gscript/engine"

func schedulerType() *engine.Type {
	t := engine.TypeOf[*Scheduler]("sched.Scheduler", "Events and the order in which they run: by time, then by priority, then as they were added.")
	making(t)
	t.Add(
		engine.Method("cancel", "Take an event out. A run that has begun goes on.", (*Scheduler).cancel).
			AsInline().
			Returning("false when the event would not have run again in any case").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				local e = s:after(60, print)
				print(s:cancel(e), s:cancel(e))   --> true	false`),
		engine.Method("empty", "Say whether no event will run any more.", (*Scheduler).empty).
			AsInline().
			Returning("true when there is none").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				print(s:empty())   --> true
				s:after(60, print)
				print(s:empty())   --> false`),
		engine.Method("list", "List the events that will run, in their order.", (*Scheduler).list).
			Returning("the events; the list is the caller's").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				s:after("2m", print)
				s:after("1m", print, {name="soon"})
				for _, e in ipairs(s:list()) do print(e.kind, e.name) end
				--> after	soon
				--> after	after 2m0s`),
		engine.Method("run", "Run the events at their times. It returns when none is left or stop is called; events may be added meanwhile, by events and by other tasks. "+
			"With events that come again it goes on until they are canceled. A cancel of the calling task ends the wait at once.", (*Scheduler).run).
			Raises(errRunning).
			ReturningType("number?", "with block=false the seconds until the next event, nil when there is none").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				local e = s:every("5ms", function() print "tick" end, {first="now"})
				s:after("1s", print)
				s:after(0, function() e:cancel() s:cancel(s:list()[1]) end)
				s:run()
				--> tick`).
			Example(`
				local sched = require "sched"
				local s = sched.new()
				s:after(0, print, {args={"now"}})
				s:after(60, print, {args={"later"}})
				local wait = s:run{block=false}
				print(wait > 59)
				--> now
				--> true`),
		engine.Method("stop", "End run as soon as the event that runs has ended. The other events are kept for the next run.", (*Scheduler).stop).
			AsInline().
			Returning("false when the scheduler does not run").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				s:after(0, function() s:stop() end)
				s:after(60, print)
				s:run()
				print(s:empty())   --> false`),
	)
	t.Stays = "a sched.Scheduler stays in the state that made it; make one in the worker"
	return t
}

// making adds the methods that make events.
func making(t *engine.Type) {
	t.Add(
		engine.Method("after", "Run a function once after a delay.", (*Scheduler).after).
			ReturningType("sched.Event", "the event").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				s:after("10ms", function(a, b) print(a + b) end, {args={1, 2}})
				s:run()   --> 3`),
		engine.Method("at", "Run a function once at a time. A time that the clocks skip when they are put forward is the moment of that change; of a time that comes twice the first is meant.", (*Scheduler).at).
			Raises(errSyntax).
			ReturningType("sched.Event", "the event").
			Example(`
				local sched, time = require "sched", require "time"
				local s = sched.new()
				s:at(time.now() + 0.01, print, {args={"on time"}})
				s:at("2026-01-01 10:00 Europe/Berlin", print, {args={"long past"}})
				s:run()
				--> long past
				--> on time`),
		engine.Method("every", "Run a function again and again. The times keep their distance, however long the runs take.", (*Scheduler).every).
			Raises(errSyntax).
			ReturningType("sched.Event", "the event").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				local n = 0
				s:every("10ms", function() n = n + 1 end, {first="now", limit=3})
				s:run()
				print(n)   --> 3`),
		engine.Method("cron", "Run a function at the times of a cron expression. The fields are numbers, ranges (9-17), lists (8,20), steps (*/5, 0-30/10) and names (JAN, MON). "+
			"Days may be L (the last), L-2, 15W (the working day nearest to the 15th) and LW; days of the week 5L (the last Friday) and 5#2 (the second). "+
			"When both days are given, one of them is enough, as in every cron. "+
			"When the clocks change, an expression that names every hour follows them; any other runs once, at the change for a time that is skipped and the first time for one that comes twice.", (*Scheduler).cron).
			Raises(errSyntax).
			ReturningType("sched.Event", "the event").
			Example(`
				local sched = require "sched"
				local s = sched.new()
				local e = s:cron("*/5 * * * *", print)
				print(e.name, e.time % 300)   --> cron */5 * * * *	0
				e:cancel()
				s:run()`),
	)
}

func eventType() *engine.Type {
	t := engine.TypeOf[*Event]("sched.Event", "A function that is to run.",
		engine.Method("cancel", "Take the event out. A run that has begun goes on.", (*Event).cancel).
			AsInline().
			Returning("false when the event would not have run again in any case").
			Example(`
				local sched = require "sched"
				local e = sched.new():after(60, print)
				print(e:cancel(), e:cancel())   --> true	false`),
		engine.Prop("time", "When the event runs next, or was to run last, in seconds since 1970.", (*Event).when),
		engine.Prop("next", "When the event runs next, nil for never again.", (*Event).next).As("number?"),
		engine.Prop("name", "The name for the log and for lists.", func(e *Event) string { return e.name }),
		engine.Prop("kind", "The method that made it: after, at, every or cron.", func(e *Event) string { return e.kind }),
		engine.Prop("priority", "The smaller of two runs first at the same time.", func(e *Event) float64 { return e.priority }),
		engine.Prop("runs", "How often it has run.", (*Event).runCount),
		engine.Prop("failures", "How many of its runs have failed.", (*Event).failCount),
		engine.Prop("origin", "The line of the script that scheduled it.", func(e *Event) string { return e.origin }),
	)
	t.Stays = "a sched.Event stays in the state of its scheduler"
	return t
}
