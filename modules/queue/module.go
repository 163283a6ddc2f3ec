// Package queue hands values from task to task, thread to thread and process to
// process: the Lua module queue.
package queue

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

var (
	errClosed  = engine.Kind("queue.closed", "The queue is closed: it takes no more items, and when it is empty it gives none.")
	errTooDone = engine.Kind("queue.done", "More items were said to be done than were put.")
)

// Kinds are the kinds of error of a Queue, for modules that hand one out.
func Kinds() []*engine.ErrorKind { return []*engine.ErrorKind{errClosed, errTooDone} }

type newIn struct {
	Max int `lua:"max,arg" default:"-1" doc:"how many items there may be before put waits; 0, -1 or nothing is any number"`
}

type putIn struct {
	Value    engine.Value     `lua:"value,arg" doc:"the item: anything but nil, which could not be told from the end of each" type:"any"`
	Priority engine.Value     `lua:"priority,opt" doc:"of a priority queue: a number or a string, the smallest comes first; without it the item is its own" type:"number|string"`
	Timeout  *engine.Duration `lua:"timeout,opt" doc:"how long to wait for room, 0 for not at all; without it there is no limit"`
}

type tryPutIn struct {
	Value    engine.Value `lua:"value,arg" doc:"the item: anything but nil" type:"any"`
	Priority engine.Value `lua:"priority,opt" doc:"as for put" type:"number|string"`
}

type manyIn struct {
	Max     int              `lua:"max,arg" default:"100" doc:"how many at most"`
	Timeout *engine.Duration `lua:"timeout,opt" doc:"how long to wait for the first; without it there is no limit"`
}

type doneIn struct {
	Count int `lua:"count,arg" default:"1" doc:"how many items"`
}

type closeIn struct {
	Drop bool `lua:"drop,opt" doc:"forget the items that are still there"`
}

type selectIn struct {
	Queues  []*Queue         `lua:"queues,list" doc:"the queues" type:"queue.Queue[]"`
	Timeout *engine.Duration `lua:"timeout,opt" doc:"how long to wait; without it there is no limit"`
}

// Module declares queue.
func Module() *engine.Module {
	return &engine.Module{
		Name: "queue",
		Doc: "Queues between tasks, threads, workers of pools and processes. All of them that have a handle have the same queue. " +
			"Items are copied when they are put, so that nobody shares a table.",
		Kinds: Kinds(),
		Types: []*engine.Type{Type()},
		Funcs: []*engine.Function{
			engine.Fn("new", "Make a queue that gives the oldest item first.", func(_ *engine.Call, in newIn) (*Queue, error) { return New(in.Max), nil }).
				AsInline().
				ReturningType("queue.Queue", "the queue").
				Example(`
					local queue, thread = require "queue", require "thread"
					local q = queue.new{max=100}
					local h = thread.spawn(function()
						for i = 1, 3 do q:put(i) end
						q:close()
					end)
					for v in q:each() do print(v) end
					h:join()
					--> 1
					--> 2
					--> 3`),
			engine.Fn("lifo", "Make a queue that gives the newest item first.", func(_ *engine.Call, in newIn) (*Queue, error) { return NewLIFO(in.Max), nil }).
				AsInline().
				ReturningType("queue.Queue", "the queue").
				Example(`
					local queue = require "queue"
					local q = queue.lifo{}
					q:put("a")
					q:put("b")
					print(q:get(), q:get())   --> b	a`),
			engine.Fn("priority", "Make a queue that gives the item with the smallest priority first, the oldest of equals. Items that are numbers or strings order themselves when they have none.",
				func(_ *engine.Call, in newIn) (*Queue, error) { return NewPriority(in.Max), nil }).
				AsInline().
				ReturningType("queue.Queue", "the queue").
				Example(`
					local queue = require "queue"
					local q = queue.priority{}
					q:put({name="later"}, {priority=2})
					q:put({name="now"}, {priority=1})
					print(q:get().name, q:get().name)   --> now	later`),
			engine.Fn("select", "Take an item of the first queue that has one. Where several have, each has the same chance. Queues that are closed and empty are left out; when all are, queue.closed is raised. They all belong to one process.", selectFrom).
				AsInline().
				Raises(errClosed).
				ReturningType("integer, any", "which queue it was, and the item").
				Example(`
					local queue = require "queue"
					local a, b = queue.new(), queue.new()
					b:put("hello")
					print(queue.select{a, b, timeout=1})   --> 2	hello`),
		},
	}
}

// Type declares queue.Queue, for modules that hand out queues.
func Type() *engine.Type {
	t := share.Type[*core]("queue.Queue", "A queue that tasks, threads and processes share. It goes to a function that runs elsewhere as a variable the function uses, as an argument or in a message.", `
			local queue = require "queue"
			local q, out = queue.new(), queue.new()
			out:put(q)
			print(out:get() == q)   --> true`,
		engine.Method("put", "Put an item in, when there is room for it.", put).
			AsInline().Raises(errClosed).
			Example(`
				local queue = require "queue"
				local q = queue.new{max=1}
				q:put{1, 2, 3}
				print(select(2, try(q.put, q, "more", {timeout=0.01})).kind)   --> timeout`),
		engine.Method("try_put", "Put an item in if there is room now.", tryPut).
			AsInline().Raises(errClosed).
			Returning("false when there is no room").
			Example(`
				local queue = require "queue"
				local q = queue.new{max=1}
				print(q:try_put("a"), q:try_put("b"))   --> true	false`),
		engine.Method("get", "Take the next item, when there is one.", get).
			AsInline().Raises(errClosed).
			ReturningType("any", "the item, a copy of what was put").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("hello")
				print(q:get({timeout=1}))   --> hello
				print(select(2, try(q.get, q, 0.01)).kind)   --> timeout`),
		engine.Method("try_get", "Take the next item if there is one now.", tryGet).
			AsInline().Raises(errClosed).
			ReturningType("boolean, any", "whether there was one, and the item").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("hello")
				print(q:try_get())   --> true	hello
				print(q:try_get())   --> false`),
		engine.Method("get_many", "Take what there is, up to a number of items, when there is at least one.", getMany).
			AsInline().Raises(errClosed).
			ReturningType("any[]", "the items in order").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				for i = 1, 5 do q:put(i) end
				print(#q:get_many(3), #q:get_many{max=3, timeout=1})   --> 3	2`),
		engine.Method("each", "Take items one after the other until the queue is closed and empty.", each).
			ReturningType("fun(): any", "an iterator").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("a")
				q:put("b")
				q:close()
				for v in q:each() do print(v) end
				--> a
				--> b`),
		engine.Method("task_done", "Say that items that were taken are done with. Join counts them.", taskDone).
			AsInline().Raises(errTooDone).
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("work")
				q:get()
				q:task_done()
				print(pcall(q.task_done, q))   --> false	queue.Queue:task_done: more items were said to be done than were put`),
		engine.Method("join", "Wait until all items that were put are done with.", func(q *Queue, c *engine.Call, in share.Within) (engine.None, error) {
			return share.None(q.Do(c, in.Timeout, "join"))
		}).
			AsInline().
			Example(`
				local queue, thread = require "queue", require "thread"
				local q, total = queue.new(), thread.counter()
				local h = thread.spawn(function()
					for n in q:each() do total:add(n) q:task_done() end
				end)
				for i = 1, 10 do q:put(i) end
				q:join()
				print(total:get())   --> 55
				q:close()
				h:join()`),
		engine.Method("close", "Take no more items. What is there can still be taken; then get raises queue.closed and each ends.", closeQueue).
			AsInline().
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("last")
				q:close()
				print(q:get(), select(2, try(q.get, q)).kind)   --> last	queue.closed`),
		engine.Method("len", "Count the items. Others may change the number at once.", func(q *Queue, c *engine.Call, _ engine.None) (any, error) { return share.One(q.Do(c, nil, "len")) }).
			AsInline().
			ReturningType("integer", "how many items there are now, as #q").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:put("a")
				print(q:len(), q:empty(), q:full())   --> 1	false	false`),
		engine.Method("empty", "Say whether there is no item.", func(q *Queue, c *engine.Call, _ engine.None) (any, error) { return share.One(q.Do(c, nil, "empty")) }).
			AsInline().
			ReturningType("boolean", "true when a get would wait now").
			Example(`
				local queue = require "queue"
				print(queue.new():empty())   --> true`),
		engine.Method("full", "Say whether there is no room.", func(q *Queue, c *engine.Call, _ engine.None) (any, error) { return share.One(q.Do(c, nil, "full")) }).
			AsInline().
			ReturningType("boolean", "true when a put would wait now").
			Example(`
				local queue = require "queue"
				local q = queue.new{max=1}
				q:put("a")
				print(q:full())   --> true`),
		engine.Method("closed", "Say whether the queue is closed.", func(q *Queue, c *engine.Call, _ engine.None) (any, error) { return share.One(q.Do(c, nil, "closed")) }).
			AsInline().
			ReturningType("boolean", "true when it takes no more items").
			Example(`
				local queue = require "queue"
				local q = queue.new()
				q:close()
				print(q:closed())   --> true`),
		engine.Access("__len", "Count the items.", func(q *Queue, c *engine.Call, _ engine.None) (any, error) { return share.One(q.Do(c, nil, "len")) }).Example(`
			local queue = require "queue"
			print(#queue.new())   --> 0`),
	)
	return t
}
