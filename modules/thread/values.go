package thread

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

type lockIn struct {
	Name string `lua:"name,arg" doc:"name for reports; the line that makes it when left out"`
}

type conditionIn struct {
	Lock *Lock `lua:"lock,arg" doc:"the lock to use; a new rlock when left out" type:"thread.Lock"`
}

type semaphoreIn struct {
	N       int  `lua:"n,arg" default:"1" doc:"how many tasks may have it at the same time"`
	Bounded bool `lua:"bounded,opt" default:"true" doc:"refuse to be released more often than it was acquired"`
}

type barrierIn struct {
	N int `lua:"n" doc:"how many tasks meet"`
}

type channelIn struct {
	N int `lua:"n,arg" default:"0" doc:"how many values may be sent before one is received"`
}

type counterIn struct {
	N float64 `lua:"n,arg" default:"0" doc:"the value to begin with"`
}

type selectIn struct {
	Channels []*Channel       `lua:"channels,list" doc:"the channels" type:"thread.Channel[]"`
	Timeout  *engine.Duration `lua:"timeout,opt" doc:"how long to wait; without it there is no limit"`
}

// values are the functions that make what threads share.
func values() []*engine.Function {
	return []*engine.Function{
		engine.Fn("lock", "Make a lock.", func(c *engine.Call, in lockIn) (*Lock, error) { return NewLock(lockName(c, in), false), nil }).
			AsInline().ReturningType("thread.Lock", "the lock").
			Example(`
				local thread = require "thread"
				local l, hits = thread.lock(), thread.map()
				local function hit()
					l:with(function() hits:set("n", (hits:get("n") or 0) + 1) end)
				end
				local a, b = thread.spawn(hit), thread.spawn(hit)
				a:join() b:join()
				print(hits:get("n"))   --> 2`),
		engine.Fn("rlock", "Make a lock that its holder may acquire again. It is free when it was released as often.", func(c *engine.Call, in lockIn) (*Lock, error) { return NewLock(lockName(c, in), true), nil }).
			AsInline().ReturningType("thread.Lock", "the lock").
			Example(`
				local thread = require "thread"
				local l = thread.rlock()
				l:with(function() l:with(function() print "inside" end) end)   --> inside`),
		engine.Fn("condition", "Make a condition.", newConditionOf).
			AsInline().ReturningType("thread.Condition", "the condition").
			Example(`
				local thread = require "thread"
				local l = thread.lock()
				local full, empty = thread.condition(l), thread.condition(l)
				full:with(function() print(l:locked()) end)   --> true`),
		engine.Fn("semaphore", "Make a semaphore.", func(_ *engine.Call, in semaphoreIn) (*Semaphore, error) {
			if in.N < 0 {
				return nil, engine.Invalid("argument 'n' must not be negative, got %d", in.N)
			}
			return NewSemaphore(in.N, in.Bounded), nil
		}).
			AsInline().ReturningType("thread.Semaphore", "the semaphore").
			Example(`
				local thread = require "thread"
				local s = thread.semaphore(3)
				s:with(function() print(s:value()) end)   --> 2`),
		engine.Fn("event", "Make an event that is not set.", func(*engine.Call, engine.None) (*Event, error) { return NewEvent(), nil }).
			AsInline().ReturningType("thread.Event", "the event").
			Example(`
				local thread = require "thread"
				local e = thread.event()
				e:set()
				e:wait()
				print(e:is_set())   --> true`),
		engine.Fn("barrier", "Make a barrier.", func(_ *engine.Call, in barrierIn) (*Barrier, error) {
			if in.N < 1 {
				return nil, engine.Invalid("argument 'n' must be at least 1, got %d", in.N)
			}
			return NewBarrier(in.N), nil
		}).
			AsInline().ReturningType("thread.Barrier", "the barrier").
			Example(`
				local thread = require "thread"
				print(thread.barrier(1):wait())   --> 1`),
		engine.Fn("channel", "Make a channel.", func(_ *engine.Call, in channelIn) (*Channel, error) {
			if in.N < 0 {
				return nil, engine.Invalid("argument 'n' must not be negative, got %d", in.N)
			}
			return NewChannel(in.N), nil
		}).
			AsInline().ReturningType("thread.Channel", "the channel").
			Example(`
				local thread = require "thread"
				local ch = thread.channel(1)
				ch:send("hello")
				print(ch:receive())   --> hello	true`),
		engine.Fn("select", "Receive from the first channel that has a value. Where several have, each has the same chance. Closed channels are left out. They all belong to one process.", selectFrom).
			AsInline().
			ReturningType("integer?, any", "which channel it was, and the value; nil when all are closed and empty").
			Example(`
				local thread = require "thread"
				local a, b = thread.channel(1), thread.channel(1)
				b:send("hello")
				print(thread.select{a, b, timeout=1})   --> 2	hello`),
		engine.Fn("counter", "Make a counter.", func(_ *engine.Call, in counterIn) (*Counter, error) { return NewCounter(in.N), nil }).
			AsInline().ReturningType("thread.Counter", "the counter").
			Example(`
				local thread = require "thread"
				local n = thread.counter(0)
				print(n:add(2), n:add(-1))   --> 2	1`),
		engine.Fn("map", "Make a map that is empty.", func(*engine.Call, engine.None) (*Map, error) { return NewMap(), nil }).
			AsInline().ReturningType("thread.Map", "the map").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				thread.spawn(function() m:set("answer", 42) end):join()
				print(m:get("answer"))   --> 42`),
		engine.Fn("list", "Make a list that is empty.", func(*engine.Call, engine.None) (*List, error) { return NewList(), nil }).
			AsInline().ReturningType("thread.List", "the list").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				thread.spawn(function() l:append("hello") end):join()
				print(l:get(1))   --> hello`),
		engine.Fn("buffer", "Make an array of numbers, all 0.", newBuffer).
			AsInline().ReturningType("thread.Buffer", "the buffer").
			Example(`
				local thread = require "thread"
				local b = thread.buffer("f64", 1000)
				local function half(from, to)
					for i = from, to do b[i] = i * i end
				end
				local low, high = thread.spawn(half, 1, 500), thread.spawn(half, 501, 1000)
				low:join() high:join()
				print(#b, b[10], b[1000])   --> 1000	100	1000000`),
	}
}

func lockName(c *engine.Call, in lockIn) string {
	if in.Name != "" {
		return "the lock '" + in.Name + "'"
	}
	return "the lock of " + c.Where()
}

// newConditionOf makes the condition in the process that has the lock.
func newConditionOf(c *engine.Call, in conditionIn) (*Condition, error) {
	if in.Lock == nil {
		in.Lock = NewLock("the condition of "+c.Where(), true)
	}
	made, err := share.One(in.Lock.Do(c, nil, "condition"))
	if err != nil {
		return nil, err
	}
	return share.Received[*condition](made)
}

func selectFrom(c *engine.Call, in selectIn) (engine.Multi, error) {
	if len(in.Channels) == 0 {
		return nil, engine.Invalid("there must be a channel to select from")
	}
	others := make([]any, len(in.Channels)-1)
	for i, ch := range in.Channels[1:] {
		others[i] = ch
		if !in.Channels[0].Beside(ch) {
			return nil, errApart()
		}
	}
	out, err := in.Channels[0].Do(c, in.Timeout, "select", others...)
	if err != nil {
		return nil, err
	}
	if out[0] == nil {
		return engine.Multi{nil}, nil
	}
	return engine.Multi{out[0].(float64) + 1, out[1]}, nil
}
