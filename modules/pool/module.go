// Package pool runs functions in parallel: the Lua module pool.
//
// A pool has workers and a queue. A worker is a Lua state of its own on a
// goroutine, or one in a process of its own; they share nothing, so n workers
// use n cores, and functions and values are copied on their way: see package
// engine/internal/snapshot for what crosses, and how. A pool of tasks runs its
// jobs in the state of the script, where nothing is copied.
package pool

import "github.com/gscript-lang/gscript/engine"

var (
	errClosed   = engine.Kind("pool.closed", "The pool is closed and takes no more jobs.")
	errBroken   = engine.Kind("pool.broken", "The pool serves nobody any more, because its initializer has failed or its workers die again and again. e.cause is what happened.")
	errDied     = engine.Kind("pool.worker_died", "The worker process died while it ran the job. e.code is its exit code or the name of the signal, e.pid its number and e.reason the kind of what ended it, such as limit.memory.")
	errDeadlock = engine.Kind("pool.deadlock", "A job of a pool of tasks waits for another job that can never start, because every worker is held by a job that waits so.")
	errSettled  = engine.Kind("pool.settled", "A promise has its outcome already, or the future is no promise.")
	errTimeout  = engine.Kind("pool.timeout", "A job took longer than its job_timeout and was stopped. When only the wait for it took too long, the kind is timeout.")
	errCopy     = engine.Kind("copy.refused", "A value cannot be copied into another state. e.target says which part of which argument, such as args[1].conn.")
	errExit     = engine.Kind("worker.exit", "A job called os.exit.")
)

type newIn struct {
	Workers     *int               `lua:"workers,opt" doc:"how many jobs run at the same time, at most 1024 or 100,000 tasks; the number of processors when not given"`
	Kind        string             `lua:"kind,opt" default:"thread" enum:"thread|process|task" doc:"what a worker is: a Lua state of its own, such a state in a process of its own, or a task of the script, which copies nothing and uses one processor"`
	Name        string             `lua:"name,opt" default:"pool" doc:"name for progress, logs and errors"`
	Initializer *engine.Snapshot   `lua:"initializer,opt" doc:"function that each worker calls before its first job; the globals that it sets and what it opens stay for the jobs" type:"function"`
	InitArgs    []*engine.Snapshot `lua:"initargs,opt" doc:"its arguments"`
	MaxTasks    int                `lua:"max_tasks,opt" doc:"how many jobs a worker runs before a fresh one takes its place; without it there is no limit"`
	JobTimeout  engine.Duration    `lua:"job_timeout,opt" doc:"how long each job may take, and the initializer; without it there is no limit"`
	Retries     int                `lua:"retries,opt" doc:"how often a job is run again when its worker has died; a job that fails is not run again"`
	MaxMemory   engine.Size        `lua:"max_memory,opt" doc:"most memory of each worker process"`
	MaxQueue    int                `lua:"max_queue,opt" doc:"how many jobs may wait; submit then waits until there is room; without it there is no limit"`
	Debug       bool               `lua:"debug,opt" doc:"one worker, and submit waits for the end of its job, so that jobs run one after another in the order of the script"`
}

type withIn struct {
	Options newIn        `lua:"options" doc:"what new takes"`
	Fn      *engine.Func `lua:"fn" doc:"function to call with the pool" type:"fun(p: pool.Pool): any"`
}

type completedIn struct {
	Futures []engine.Awaitable `lua:"futures" doc:"futures, tasks and threads" type:"pool.Future[]"`
	Timeout engine.Duration    `lua:"timeout,opt" doc:"how long to wait in all; without it there is no limit"`
}

type waitIn struct {
	Futures []engine.Awaitable `lua:"futures" doc:"futures, tasks and threads" type:"pool.Future[]"`
	First   any                `lua:"first,opt" doc:"true returns as soon as one has ended, \"error\" as soon as one has failed" type:"boolean|string"`
	Timeout engine.Duration    `lua:"timeout,opt" doc:"return after this time in any case; without it there is no limit"`
}

// Module declares pool.
func Module() *engine.Module {
	return &engine.Module{
		Name: "pool",
		Doc: "Run functions in parallel, one processor core a worker. A worker is a Lua state of its own: functions, the variables they use and their arguments are copied into it, " +
			"results and errors are copied back. What a job opens is closed when it ends, and what it does to globals is undone; modules stay loaded.",
		Kinds: []*engine.ErrorKind{errClosed, errBroken, errDied, errDeadlock, errSettled, errTimeout, errCopy, errExit},
		Types: []*engine.Type{poolType(), futureType()},
		Funcs: []*engine.Function{
			engine.Fn("new", "Make a pool. Its workers start when there is work for them.", newPool).
				ReturningType("pool.Pool", "the pool; with or the end of the script closes it").
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=4}
					local squares = p:map(function(n) return n * n end, {1, 2, 3})
					print(table.concat(squares, " "))   --> 1 4 9
					p:close()`).
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=2, initializer=function(step) counter = {step=step} end, initargs={10}}
					print(p:apply(function(n) return n + counter.step end, 1))   --> 11
					p:close()`),
			engine.Fn("with", "Make a pool, call a function with it and close it when its jobs have ended. An error of the function cancels the jobs.", withPool).
				ReturningType("any", "what the function returns").
				Example(`
					local pool = require "pool"
					local sum = pool.with({workers=2}, function(p)
						local a, b = p:submit(math.max, 1, 2), p:submit(math.max, 3, 4)
						return a:result() + b:result()
					end)
					print(sum)   --> 6`),
			engine.Fn("as_completed", "Walk futures in the order in which they end. Their failures are the caller's to look at.", asCompleted).
				Raises(errDeadlock).
				ReturningType("fun(): pool.Future", "an iterator for the generic for").
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=1}
					local futures = {}
					for i = 1, 3 do futures[i] = p:submit(function(n) return n * n end, i) end
					for f in pool.as_completed(futures) do print(f:result()) end
					p:close()
					--> 1
					--> 4
					--> 9`),
			engine.Fn("wait", "Wait until futures have ended, whatever they ended with; ask them with result. Looking after their failures is the caller's part from now on.", waitFutures).
				Raises(errDeadlock).
				ReturningType("pool.Future[], pool.Future[]", "the futures that have ended, and those that have not").
				Example(`
					local pool, async = require "pool", require "async"
					local p = pool.new{workers=2}
					local slow, fast = p:submit(async.sleep, 60), p:submit(math.max, 1, 2)
					local done, pending = pool.wait({slow, fast}, {first=true})
					print(#done, done[1]:result(), #pending)   --> 1	2	1
					p:close{cancel=true}`),
			engine.Fn("all", "Wait for futures and collect their results. The first failure is raised at once; the others go on.", all).
				Raises(errDeadlock).
				ReturningType("any[]", "the results, in the order of the list").
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=2}
					local results = pool.all{p:submit(math.max, 1, 2), p:submit(math.max, 3, 4)}
					print(results[1], results[2])   --> 2	4
					p:close()`),
			engine.Fn("any", "Wait for the first future that does not fail. When all fail, the last failure is raised.", anyOf).
				Raises(errDeadlock).
				ReturningType("any", "its result").
				Example(`
					local pool = require "pool"
					local p = pool.new{workers=2}
					print(pool.any{p:submit(error, "no"), p:submit(math.max, 3, 4)})   --> 4
					p:close()`),
			engine.Fn("promise", "Make a future that the script settles with set_result or set_error.", promise).
				AsInline().
				ReturningType("pool.Future", "the future").
				Example(`
					local pool, async = require "pool", require "async"
					local answer = pool.promise()
					async.spawn(function() answer:set_result(42) end)
					print(answer:result())   --> 42`),
		},
	}
}
