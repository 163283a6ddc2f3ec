package pool

import "github.com/gscript-lang/gscript/engine"

type resultIn struct {
	Timeout engine.Duration `lua:"timeout,arg" doc:"how long to wait; the job goes on afterwards; without it there is no limit"`
}

type cancelIn struct {
	Why string `lua:"why,arg" default:"the job was canceled" doc:"the reason, which becomes the message of the error"`
}

type callbackIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to call" type:"function"`
}

type setIn struct {
	Value engine.Value `lua:"value,arg" doc:"the result"`
}

type setErrorIn struct {
	Value engine.Value `lua:"err" doc:"what result raises: a string, a table or an error object" type:"any"`
}

func futureType() *engine.Type {
	t := engine.TypeOf[*future]("pool.Future", "A call that was submitted to a pool, or a promise. Functions that wait for tasks, such as async.gather, take it too.",
		engine.Method("result", "Wait for the call's end. What it raised is raised again: an error object with all its fields, or a copy of the value.", (*future).result).
			AsInline().
			Raises(errBroken, errDied, errDeadlock, errTimeout, errCopy, errExit).
			ReturningType("any", "the first value that the call returned: a copy, but for a task").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:submit(string.rep, "ab", 2):result(5))   --> abab
				p:close()`),
		engine.Method("error", "Wait for the call's end and return what it raised.", (*future).errorOf).
			AsInline().
			Raises(errDeadlock).
			ReturningType("any", "the error, or nil when the call returned").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:submit(error, "no luck"):error())   --> no luck
				p:close()`),
		engine.Method("done", "Say whether the call has ended.", (*future).isDone).
			AsInline().
			Returning("true when result would not wait").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				local f = p:submit(math.max, 1, 2)
				f:result()
				print(f:done())   --> true
				p:close()`),
		engine.Method("running", "Say whether the call runs now.", (*future).isRunning).
			AsInline().
			Returning("false while it waits for a worker, and when it has ended").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				local f = p:submit(math.max, 1, 2)
				f:result()
				print(f:running())   --> false
				p:close()`),
		engine.Method("cancelled", "Say whether the call has ended because it was canceled.", (*future).isCanceled).
			AsInline().
			Returning("true when result raises an error of kind canceled").
			Example(`
				local pool = require "pool"
				local f = pool.promise()
				f:cancel()
				print(f:cancelled())   --> true`),
		engine.Method("cancel", "Drop the call if it waits; if it runs, ask it to end: its next blocking call raises an error of kind canceled.", (*future).cancel).
			AsInline().
			Returning("false when the call had ended already").
			Example(`
				local pool, async = require "pool", require "async"
				local p = pool.new{workers=1}
				local f = p:submit(async.sleep, 60)
				print(f:cancel("no longer needed"))   --> true
				print(f:error().kind)   --> canceled
				p:close()`),
		engine.Method("on_done", "Call a function with the future, as a task of the script, when the call has ended; at once when it has ended already. What the function raises is logged.", (*future).onDone).
			AsInline().
			Example(`
				local pool, async = require "pool", require "async"
				local p = pool.new{workers=1}
				local seen = pool.promise()
				p:submit(math.max, 1, 2):on_done(function(f) seen:set_result(f:result()) end)
				print(seen:result())   --> 2
				p:close()`),
		engine.Method("and_then", "Make a future of what a function returns for the result. The function runs as a task of the script. A failure goes on to the new future.", (*future).andThen).
			AsInline().
			ReturningType("pool.Future", "what the function will give").
			Example(`
				local pool = require "pool"
				local p = pool.new{workers=1}
				print(p:submit(math.max, 1, 2):and_then(function(n) return n * 10 end):result())   --> 20
				p:close()`),
		engine.Method("set_result", "Settle a promise with its result.", (*future).setResult).
			AsInline().
			Raises(errSettled).
			Example(`
				local pool = require "pool"
				local f = pool.promise()
				f:set_result("here")
				print(f:result())   --> here`),
		engine.Method("set_error", "Settle a promise with the value that result raises.", (*future).setError).
			AsInline().
			Raises(errSettled).
			Example(`
				local pool = require "pool"
				local f = pool.promise()
				f:set_error("no luck")
				print(f:error())   --> no luck`),
	)
	t.Stays = "a pool.Future stays in the state that made it; wait for its result and pass that"
	return t
}
