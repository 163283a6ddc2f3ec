package pool

import "github.com/gscript-lang/gscript/engine"

type submitIn struct {
	Fn   engine.Value   `lua:"fn" doc:"function to call" type:"function"`
	Args []engine.Value `lua:"args,rest" doc:"its arguments"`
}

type mapIn struct {
	Fn         engine.Value    `lua:"fn" doc:"function to call with each item" type:"function"`
	Items      items           `lua:"list" doc:"the items, or a function that returns one after another and then nil; its calls keep some hundred items ahead"`
	Progress   any             `lua:"progress,opt" doc:"true shows a bar on a terminal; a function is called with (done, total, name)" type:"boolean|fun(done: integer, total: integer, name: string)"`
	Timeout    engine.Duration `lua:"timeout,opt" doc:"how long the whole map may take; without it there is no limit"`
	JobTimeout engine.Duration `lua:"job_timeout,opt" doc:"how long each call may take, in place of the pool's"`
}

type imapIn struct {
	Fn         engine.Value    `lua:"fn" doc:"function to call with each item" type:"fun(item: any): any"`
	Items      items           `lua:"list" doc:"the items, or a function that returns one after another and then nil"`
	Buffer     int             `lua:"buffer,opt" doc:"how many items are taken ahead of the results; twice the workers when not given"`
	Timeout    engine.Duration `lua:"timeout,opt" doc:"how long to wait for each result; without it there is no limit"`
	JobTimeout engine.Duration `lua:"job_timeout,opt" doc:"how long each call may take, in place of the pool's"`
}

type closeIn struct {
	Cancel bool `lua:"cancel,opt" doc:"cancel the jobs instead of letting them finish"`
}

type resizeIn struct {
	Workers int `lua:"workers" doc:"how many jobs may run at the same time from now on"`
}

type statsOut struct {
	Workers int   `lua:"workers" doc:"workers that have been started and live"`
	Idle    int   `lua:"idle" doc:"workers without a job"`
	Running int   `lua:"running" doc:"jobs that run"`
	Queued  int   `lua:"queued" doc:"jobs that wait for a worker"`
	Done    int   `lua:"done" doc:"jobs that have ended, with a result or an error"`
	Deaths  int   `lua:"deaths" doc:"worker processes that have died"`
	PIDs    []int `lua:"pids" doc:"numbers of the worker processes"`
}

const oneValue = "the first result of each call, in the order of the list; a call that returns nothing leaves a hole"

func poolType() *engine.Type {
	t := engine.TypeOf[*Pool]("pool.Pool", "Workers and the jobs that wait for them.",
		engine.Method("map", "Call a function with each item of a list or of an iterator function, in parallel. The first error stops the calls that run, drops those that wait and is raised as an error object; e.index is the position of its item, and e.value the value raised when that was no error object.", (*Pool).mapItems).
			Raises(errClosed, errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("any[]", oneValue).
			Example(`
				local pool = require "pool"
				with(pool.new{workers=2}, function(p)
					local lengths = p:map(function(s) return #s end, {"a", "bb", "ccc"}, {progress=true})
					print(table.concat(lengths, " "))   --> 1 2 3
					local _, err = try(p.map, p, function(n) assert(n ~= 2, "two") return n end, {1, 2, 3})
					print(err.index, err.value)   --> 2	two
				end)`),
		engine.Method("starmap", "Call a function with each list of arguments, in parallel. It is map for functions of several parameters.", (*Pool).starmap).
			Raises(errClosed, errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("any[]", oneValue).
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				local sums = p:starmap(function(a, b) return a + b end, {{1, 2}, {3, 4}})
				print(sums[1], sums[2])   --> 3	7
				p:close()`),
		engine.Method("imap", "Call a function with each item, in parallel, and walk the results in the order of the items. Items are taken as the walk goes on, never more than buffer ahead. An error is raised at its place; the iterator then goes on behind it. Where a call returns nil the walk gives json.null, as nil would end it.", (*Pool).imap).
			Raises(errClosed, errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("fun(): any", "an iterator for the generic for").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				local n = 0
				local function numbers() n = n + 1 if n <= 3 then return n end end
				for square in p:imap(function(x) return x * x end, numbers) do print(square) end
				p:close()
				--> 1
				--> 4
				--> 9`),
		engine.Method("imap_unordered", "Walk as imap does, but the results come as soon as they are there.", (*Pool).imapUnordered).
			Raises(errClosed, errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("fun(): any", "an iterator for the generic for").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				local sum = 0
				for square in p:imap_unordered(function(x) return x * x end, {1, 2, 3}, {buffer=2}) do sum = sum + square end
				print(sum)   --> 14
				p:close()`),
		engine.Method("apply", "Call a function on a worker and wait for its result.", (*Pool).apply).
			AsInline().
			Raises(errClosed, errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("any", "the first value that the call returned").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:apply(string.rep, "ab", 2))   --> abab
				p:close()`),
		engine.Method("submit", "Queue one call of a function with arguments.", (*Pool).submit).
			AsInline().
			Raises(errClosed, errBroken, errDeadlock, errCopy).
			ReturningType("pool.Future", "what the call will give").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				local f = p:submit(function(a, b) return a + b end, 1, 2)
				print(f:result())   --> 3
				p:close()`),
		engine.Method("resize", "Change how many jobs may run at the same time. Workers that are too many end when their job has ended.", (*Pool).resize).
			AsInline().
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				p:resize(2)
				print(p.workers)   --> 2
				p:close()`),
		engine.Method("stats", "Tell what the pool does now.", (*Pool).stats).
			AsInline().
			Returning("counts of workers and jobs, and the numbers of the worker processes").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				p:apply(math.max, 1, 2)
				local s = p:stats()
				print(s.workers, s.done, s.queued, #s.pids)   --> 1	1	0	0
				p:close()`),
		engine.Method("close", "Take no more jobs, wait for those there are and end the workers. When jobs have failed and nobody asked for their results, the first failure is raised.", (*Pool).close).
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				local f = p:submit(function() return "done" end)
				p:close()
				print(f:result())   --> done`),
		engine.Prop("workers", "How many jobs may run at the same time.", (*Pool).workers),
		engine.Prop("kind", "What a worker is: thread, process or task.", func(p *Pool) string { return p.opts.Kind }),
		engine.Prop("name", "The name for progress, logs and errors.", func(p *Pool) string { return p.name }),
	)
	t.Stays = "a pool.Pool stays in the state that made it, so a job cannot submit to the pool it runs in; return what is left to do and submit that outside"
	return t
}
