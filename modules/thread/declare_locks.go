package thread

import (
	"context"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// with declares the method that runs a function between two operations.
func with[T share.Core](doc, end string) *engine.Function {
	return engine.Method("with", doc, func(o *share.Object[T], c *engine.Call, in fnIn) ([]engine.Value, error) {
		return holding(o, c, in.Fn, "acquire", end)
	}).ReturningType("any", "what the function returns")
}

// LockType declares thread.Lock.
func LockType() *engine.Type {
	return share.Type[*lock]("thread.Lock", `A lock: one task at a time has it, of whatever thread or process.

		When the task that has it ends, or its process dies, the next in line gets it. A task that would wait for ever, in a circle with others, gets an error of kind thread.deadlock that says who has what; an acquire with a timeout only waits.`, `
			local thread = require "thread"
			local l, m = thread.lock(), thread.map()
			m:set("l", l)
			print(m:get("l") == l)   --> true`,
		with[*lock]("Run a function while the task has the lock. It is released whatever the function ends with.", "leave").
			Raises(errDeadlock).
			Example(`
				local thread = require "thread"
				local l = thread.lock()
				print(l:with(function() return l:locked() end), l:locked())   --> true	false`),
		waits[*lock]("acquire", "Wait until the task has the lock.").
			Raises(errDeadlock).
			Example(`
				local thread = require "thread"
				local l = thread.lock()
				l:acquire({timeout=1})
				local _, err = try(l.acquire, l)
				print(err.kind)   --> thread.deadlock
				l:release()`),
		ask[*lock]("try_acquire", "Take the lock if nobody has it.", "boolean", "whether the task has it now").
			Example(`
				local thread = require "thread"
				local l = thread.lock()
				print(l:try_acquire(), l:try_acquire())   --> true	false`),
		act[*lock]("release", "Let the lock go. Another task may do so for a lock, but not for one that its holder may acquire again.").
			Raises(errNotHeld).
			Example(`
				local thread = require "thread"
				local l = thread.lock()
				l:acquire()
				l:release()
				print(select(2, try(l.release, l)).kind)   --> thread.not_held`),
		ask[*lock]("locked", "Say whether some task has the lock.", "boolean", "true when an acquire would wait now").
			Example(`
				local thread = require "thread"
				print(thread.lock():locked())   --> false`),
	)
}

// ConditionType declares thread.Condition.
func ConditionType() *engine.Type {
	return share.Type[*condition]("thread.Condition", "A lock with which tasks wait for what others do under it.", `
			local thread = require "thread"
			local c, m = thread.condition(), thread.map()
			m:set("c", c)
			print(m:get("c") == c)   --> true`,
		with[*condition]("Run a function while the task has the lock.", "leave").
			Raises(errDeadlock).
			Example(`
				local thread = require "thread"
				local c, ready = thread.condition(), thread.counter()
				local h = thread.spawn(function()
					c:with(function() ready:set(1) c:notify_all() end)
				end)
				c:with(function() c:wait_for(function() return ready:get() == 1 end) end)
				print "ready"   --> ready
				h:join()`),
		waits[*condition]("acquire", "Wait until the task has the lock.").
			Raises(errDeadlock).
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				c:acquire()
				c:release()`),
		act[*condition]("release", "Let the lock go.").
			Raises(errNotHeld).
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				print(select(2, try(c.release, c)).kind)   --> thread.not_held`),
		waits[*condition]("wait", "Let the lock go, wait until another task notifies, and take the lock again, also when the wait took too long.").
			Raises(errNotHeld).
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				c:with(function()
					print(select(2, try(c.wait, c, {timeout=0.01})).kind)   --> timeout
				end)`),
		engine.Method("wait_for", "Wait until a function, which is called with the lock, returns neither nil nor false. It is called again after each notify.", waitFor).
			Raises(errNotHeld).
			ReturningType("any", "what the function returned").
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				print(c:with(function() return c:wait_for(function() return "there" end) end))   --> there`),
		engine.Method("notify", "Wake tasks that wait, those that have waited longest first.", func(o *Condition, c *engine.Call, in notifyIn) (any, error) {
			return share.One(o.Do(c, nil, "notify", float64(in.Count)))
		}).
			AsInline().Raises(errNotHeld).
			ReturningType("integer", "how many there were").
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				print(c:with(function() return c:notify(2) end))   --> 0`),
		engine.Method("notify_all", "Wake all tasks that wait.", func(o *Condition, c *engine.Call, _ engine.None) (any, error) {
			return share.One(o.Do(c, nil, "notify", -1.0))
		}).
			AsInline().Raises(errNotHeld).
			ReturningType("integer", "how many there were").
			Example(`
				local thread = require "thread"
				local c = thread.condition()
				print(c:with(function() return c:notify_all() end))   --> 0`),
	)
}

type notifyIn struct {
	Count int `lua:"n,arg" default:"1" doc:"how many"`
}

type waitForIn struct {
	Fn      *engine.Func     `lua:"fn" doc:"function that says whether to go on"`
	Timeout *engine.Duration `lua:"timeout,opt" doc:"how long to wait; without it there is no limit"`
}

func waitFor(o *Condition, c *engine.Call, in waitForIn) (engine.Value, error) {
	var none engine.Value
	ctx, cancel, err := share.Limited(c, in.Timeout)
	if err != nil {
		ctx, cancel = c.Context(), func() {}
	}
	defer cancel()
	if _, err := o.Do(c, nil, "check"); err != nil {
		return none, err
	}
	for {
		values, ferr := in.Fn.CallRaw(c.Context())
		if ferr != nil {
			return none, ferr
		}
		if len(values) > 0 && values[0].Truthy() {
			return values[0], nil
		}
		if err != nil { // no time was given
			return none, err
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		if _, err := o.DoUnder(ctx, c, "wait"); err != nil {
			return none, err
		}
	}
}

// SemaphoreType declares thread.Semaphore.
func SemaphoreType() *engine.Type {
	return share.Type[*semaphore]("thread.Semaphore", "A semaphore: a number of tasks may have it at the same time. What a process has is given back when it dies.", `
			local thread = require "thread"
			local s, m = thread.semaphore(2), thread.map()
			m:set("s", s)
			print(m:get("s") == s)   --> true`,
		with[*semaphore]("Run a function as one of those who have the semaphore.", "release").
			Example(`
				local thread = require "thread"
				local s = thread.semaphore(2)
				print(s:with(function() return s:value() end), s:value())   --> 1	2`),
		waits[*semaphore]("acquire", "Wait until the task may be one of those who have it.").
			Example(`
				local thread = require "thread"
				local s = thread.semaphore(1)
				s:acquire()
				print(select(2, try(s.acquire, s, {timeout=0.01})).kind)   --> timeout`),
		ask[*semaphore]("try_acquire", "Become one of those who have it, if that needs no wait.", "boolean", "whether the task is").
			Example(`
				local thread = require "thread"
				local s = thread.semaphore(1)
				print(s:try_acquire(), s:try_acquire())   --> true	false`),
		engine.Method("release", "Let others in. More than were let in before is refused, unless the semaphore was made with bounded=false.", func(o *Semaphore, c *engine.Call, in notifyIn) (engine.None, error) {
			if in.Count < 1 {
				return engine.None{}, engine.Invalid("argument 'n' must be at least 1, got %d", in.Count)
			}
			return share.None(o.Do(c, nil, "release", float64(in.Count)))
		}).
			AsInline().Raises(errNotHeld).
			Example(`
				local thread = require "thread"
				local s = thread.semaphore(1)
				print(select(2, try(s.release, s)).kind)   --> thread.not_held`),
		ask[*semaphore]("value", "Count how many more may acquire it.", "integer", "0 when an acquire would wait now").
			Example(`
				local thread = require "thread"
				print(thread.semaphore(3):value())   --> 3`),
	)
}

// EventType declares thread.Event.
func EventType() *engine.Type {
	return share.Type[*event]("thread.Event", "A flag that tasks wait for.", `
			local thread = require "thread"
			local e, m = thread.event(), thread.map()
			m:set("e", e)
			print(m:get("e") == e)   --> true`,
		act[*event]("set", "Set the flag. All who wait go on.").
			Example(`
				local thread = require "thread"
				local e = thread.event()
				local h = thread.spawn(function() e:wait() return "go" end)
				e:set()
				print(h:join())   --> go`),
		act[*event]("clear", "Take the flag back.").
			Example(`
				local thread = require "thread"
				local e = thread.event()
				e:set()
				e:clear()
				print(e:is_set())   --> false`),
		waits[*event]("wait", "Wait until the flag is set.").
			Example(`
				local thread = require "thread"
				local e = thread.event()
				print(select(2, try(e.wait, e, {timeout=0.01})).kind)   --> timeout`),
		ask[*event]("is_set", "Say whether the flag is set.", "boolean", "true when a wait would not wait").
			Example(`
				local thread = require "thread"
				print(thread.event():is_set())   --> false`),
	)
}

// BarrierType declares thread.Barrier.
func BarrierType() *engine.Type {
	return share.Type[*barrier]("thread.Barrier", "A place where tasks wait until a number of them have come. Then it begins anew.", `
			local thread = require "thread"
			local b, m = thread.barrier(2), thread.map()
			m:set("b", b)
			print(m:get("b") == b)   --> true`,
		engine.Method("wait", "Wait until all have come. When one of them is canceled or waits too long, the barrier is broken for all.", func(o *Barrier, c *engine.Call, in share.Within) (any, error) {
			return share.One(o.Do(c, in.Timeout, "wait"))
		}).
			AsInline().Raises(errBroken).
			ReturningType("integer", "1 for the first who came, up to their number for the last").
			Example(`
				local thread = require "thread"
				local b = thread.barrier(2)
				local h = thread.spawn(function() return b:wait() end)
				print(b:wait() + h:join())   --> 3`),
		act[*barrier]("abort", "Break the barrier: those who wait, and those who come, get an error of kind thread.barrier_broken.").
			Example(`
				local thread = require "thread"
				local b = thread.barrier(2)
				b:abort()
				print(select(2, try(b.wait, b)).kind)   --> thread.barrier_broken`),
		act[*barrier]("reset", "Make the barrier as new. Those who wait get an error.").
			Example(`
				local thread = require "thread"
				local b = thread.barrier(1)
				b:abort()
				b:reset()
				print(b:wait())   --> 1`),
		ask[*barrier]("waiting", "Count those who wait.", "integer", "how many have come").
			Example(`
				local thread = require "thread"
				print(thread.barrier(2):waiting())   --> 0`),
		ask[*barrier]("broken", "Say whether the barrier is broken.", "boolean", "true until it is reset").
			Example(`
				local thread = require "thread"
				print(thread.barrier(2):broken())   --> false`),
	)
}
