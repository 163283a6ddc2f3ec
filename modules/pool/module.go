// Package pool runs functions in parallel: the Lua module pool.
//
// Each worker is a Lua state of its own on a goroutine. States share nothing, so
// n workers use n cores. Functions and values are copied on their way: see
// package engine/internal/snapshot for what crosses, and how.
package pool

import (
	"github.com/gscript-lang/gscript/engine"
)

var (
	errClosed  = engine.Kind("pool.closed", "The pool is closed and takes no more jobs.")
	errTimeout = engine.Kind("pool.timeout", "A job took longer than the pool's job_timeout and was stopped. When only the wait for it took too long, the kind is timeout.")
	errCopy    = engine.Kind("copy.refused", "A value cannot be copied into another state. e.target says which part of which argument, such as args[1].conn.")
	errExit    = engine.Kind("worker.exit", "A job called os.exit.")
)

type newIn struct {
	Workers    int             `lua:"workers,opt" doc:"how many jobs run at the same time; the number of processors when not given"`
	Name       string          `lua:"name,opt" default:"pool" doc:"name for progress and logs"`
	JobTimeout engine.Duration `lua:"job_timeout,opt" doc:"how long each job may take; without it there is no limit"`
}

type mapIn struct {
	Fn         *engine.Snapshot   `lua:"fn" doc:"function to call with each item" type:"fun(item: any): any"`
	List       []*engine.Snapshot `lua:"list" doc:"the items"`
	Progress   any                `lua:"progress,opt" doc:"true shows a bar on a terminal; a function is called with (done, total, name)" type:"boolean|fun(done: integer, total: integer, name: string)"`
	Timeout    engine.Duration    `lua:"timeout,opt" doc:"how long the whole map may take; without it there is no limit"`
	JobTimeout engine.Duration    `lua:"job_timeout,opt" doc:"how long each call may take, in place of the pool's"`
}

type submitIn struct {
	Fn   *engine.Snapshot   `lua:"fn" doc:"function to call" type:"function"`
	Args []*engine.Snapshot `lua:"args,rest" doc:"its arguments"`
}

type closeIn struct {
	Cancel bool `lua:"cancel,opt" doc:"cancel the jobs instead of letting them finish"`
}

type resultIn struct {
	Timeout engine.Duration `lua:"timeout,arg" doc:"how long to wait; the job goes on afterwards; without it there is no limit"`
}

type cancelIn struct {
	Why string `lua:"why,arg" default:"the job was canceled" doc:"the reason, which becomes the message of the error"`
}

// Module declares pool.
func Module() *engine.Module {
	return &engine.Module{
		Name: "pool",
		Doc: "Run functions in parallel, one processor core a worker. A worker is a Lua state of its own: functions, the variables they use and their arguments are copied into it, " +
			"results and errors are copied back. What a job opens is closed when it ends, and what it does to globals is undone; modules stay loaded.",
		Kinds: []*engine.ErrorKind{errClosed, errTimeout, errCopy, errExit},
		Types: []*engine.Type{poolType(), futureType()},
		Funcs: []*engine.Function{
			engine.Fn("new", "Make a pool. Its workers start when there is work for them.", newPool).
				ReturningType("pool.Pool", "the pool; with or the end of the script closes it").
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=4}
					local squares = p:map(function(n) return n * n end, {1, 2, 3})
					print(table.concat(squares, " "))   --> 1 4 9
					p:close()`),
		},
	}
}

func poolType() *engine.Type {
	t := engine.TypeOf[*Pool]("pool.Pool", "Workers and the jobs that wait for them.",
		engine.Method("map", "Call a function with each item of a list, in parallel. The first error stops the calls that run, drops those that wait and is raised as an error object; e.index is the position of its item, and e.value the value raised when that was no error object.", (*Pool).mapList).
			Raises(errClosed, errTimeout, errCopy, errExit).
			ReturningType("any[]", "the first result of each call, in the order of the list; a call that returns nothing leaves a hole").
			Example(`
				local pool = require "pool"
				with(pool.new{workers=2}, function(p)
					local lengths = p:map(function(s) return #s end, {"a", "bb", "ccc"}, {progress=true})
					print(table.concat(lengths, " "))   --> 1 2 3
					local _, err = try(p.map, p, function(n) assert(n ~= 2, "two") return n end, {1, 2, 3})
					print(err.index, err.value)   --> 2	two
				end)`),
		engine.Method("submit", "Queue one call of a function with arguments.", (*Pool).submit).
			Raises(errClosed, errCopy).
			ReturningType("pool.Future", "what the call will give").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=2}
				local f = p:submit(function(a, b) return a + b end, 1, 2)
				print(f:result())   --> 3
				p:close()`),
		engine.Method("close", "Take no more jobs, wait for those there are and end the workers. When jobs have failed and nobody asked for their results, the first failure is raised.", (*Pool).close).
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				local f = p:submit(function() return "done" end)
				p:close()
				print(f:result())   --> done`),
		engine.Prop("workers", "How many jobs run at the same time.", func(p *Pool) int { return p.size }),
		engine.Prop("name", "The name for progress and logs.", func(p *Pool) string { return p.name }),
	)
	t.Stays = "a pool.Pool stays in the state that made it, so a job cannot submit to the pool it runs in; return what is left to do and submit that outside"
	return t
}

func futureType() *engine.Type {
	t := engine.TypeOf[*job]("pool.Future", "A call that was submitted to a pool.",
		engine.Method("result", "Wait for the call's end. What it raised is raised again: an error object with all its fields, or a copy of the value.", (*job).result).
			Raises(errTimeout, errCopy, errExit).
			ReturningType("any", "a copy of the first value that the call returned").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:submit(string.rep, "ab", 2):result(5))   --> abab
				p:close()`),
		engine.Method("error", "Wait for the call's end and return what it raised.", (*job).failure).
			ReturningType("any", "the error, or nil when the call returned").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:submit(error, "no luck"):error())   --> no luck
				p:close()`),
		engine.Method("done", "Say whether the call has ended.", (*job).isDone).
			AsInline().
			Returning("true when result would not wait").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				local f = p:submit(math.max, 1, 2)
				f:result()
				print(f:done())   --> true
				p:close()`),
		engine.Method("cancel", "Drop the call if it waits; if it runs, ask it to end: its next blocking call raises an error of kind canceled.", (*job).cancel).
			AsInline().
			Returning("false when the call had ended already").
			Example(`
				local pool, async = require "pool", require "async"
				local p = pool.new{workers=1}
				local f = p:submit(async.sleep, 60)
				print(f:cancel("no longer needed"))   --> true
				print(f:error().kind)   --> canceled
				p:close()`),
	)
	t.Stays = "a pool.Future stays in the state that made it; wait for its result and pass that"
	return t
}
