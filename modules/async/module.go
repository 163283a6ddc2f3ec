// Package async runs functions side by side in one state: the Lua module async.
//
// A task is a goroutine with a Lua thread of its own. Only one of a state's
// tasks runs Lua at a time, and every blocking call of every module lets the
// others run, so there are no functions of a special kind and waiting works
// anywhere, inside pcall, sort and coroutines too.
package async

import (
	"slices"

	"github.com/gscript-lang/gscript/engine"
)

var errDeadlock = engine.Kind("async.deadlock", "A task waits for itself, or tasks wait for each other in a circle, so that none can ever go on.")

// Module declares async.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "async",
		Doc:   "Run functions side by side in one state. Every blocking call of every module lets the other tasks run, so any function may be a task and any function may wait.",
		Kinds: []*engine.ErrorKind{errDeadlock, errAllFailed},
		Types: []*engine.Type{taskType(), groupType(), varType()},
		Funcs: slices.Concat(startFuncs(), waitFuncs(), scopeFuncs()),
	}
}

// startFuncs declares what starts tasks, and what a task does for itself.
func startFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("spawn", "Start a function as a task. The script does not end before its tasks, and the failure of a task that nobody awaits is the script's. In the form with one table the task may have a name.", spawn).
			AsInline().
			ReturningType("async.Task", "the task").
			Example(`
				local async = require "async"
				local task = async.spawn(function(a, b) async.sleep(0.01) return a + b end, 1, 2)
				print(task:await())   --> 3
				print(async.spawn{fn=print, name="greeter", args={"hello"}}.name)
				--> greeter
				--> hello`),
		engine.Fn("after", "Start a function as a task after a time. The script does not end before; cancel the task to take it back.", after).
			AsInline().
			ReturningType("async.Task", "the task").
			Example(`
				local async = require "async"
				async.after(0.02, print, "later")
				async.after(60, print, "never"):cancel()
				print "now"
				--> now
				--> later`),
		engine.Fn("soon", "Start a function as a task, which runs when the calling one waits.", soon).
			AsInline().
			ReturningType("async.Task", "the task").
			Example(`
				local async = require "async"
				async.soon(print, "second")
				print "first"
				--> first
				--> second`),
		engine.Fn("run", "Run a function as a task and wait for it. The main chunk is a task already, so this is only for a function that is to be told apart from its caller.", run).
			ReturningType("any", "what the function returns").
			Example(`
				local async = require "async"
				print(async.run(function(n) async.sleep(0.01) return n * 2 end, 21))   --> 42`),
		engine.Fn("current", "Give the task that runs.", current).
			AsInline().
			ReturningType("async.Task", "the calling task; the one of the main chunk is called main").
			Example(`
				local async = require "async"
				print(async.current().name)   --> main`),
		engine.Fn("tasks", "List the tasks that have not ended.", tasks).
			AsInline().
			ReturningType("async.Task[]", "the tasks in the order in which they were started").
			Example(`
				local async = require "async"
				local task = async.spawn(async.sleep, 60)
				async.yield()
				for _, t in ipairs(async.tasks()) do print(t.name, t.within) end
				--> main	nil
				--> task	async.sleep
				task:cancel()`),
		engine.Fn("sleep", "Wait. The other tasks of the state run meanwhile.", sleep).
			Example(`
				local async = require "async"
				async.sleep(0.01)
				async.sleep("10ms")`),
		engine.Fn("yield", "Let the other tasks run that are ready to.", yield).
			Example(`
				local async = require "async"
				async.spawn(print, "other")
				async.yield()
				print "mine"
				--> other
				--> mine`),
		engine.Fn("defer", "Run a function when the calling task ends, whatever it ends with: the last one given runs first. A cancel does not cut it short before the grace time is over.", deferred).
			AsInline().
			Example(`
				local async = require "async"
				local task = async.spawn(function()
					async.defer(function() print "closed" end)
					async.sleep(60)
				end)
				async.yield()
				task:cancel()
				pcall(task.await, task)   --> closed`),
		engine.Fn("var", "Make a variable that has a value of its own in each task. A task begins with the values that its maker has then.", newVar).
			AsInline().
			ReturningType("async.Var", "the variable").
			Example(`
				local async = require "async"
				local request = async.var("none")
				request:set("a")
				local task = async.spawn(function() request:set(request:get() .. "b") return request:get() end)
				print(task:await(), request:get())   --> ab	a`),
	}
}

// waitFuncs declares what waits for tasks.
func waitFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("gather", "Run functions and wait for tasks, all at the same time. The first error cancels the others; it is raised when they have ended. If it is an error object, its field others lists what else was raised.", gather).
			ReturningType("any", "the first result of each, in the order of the arguments").
			Example(`
				local async = require "async"
				local a, b = async.gather(
					function() async.sleep(0.02) return "slow" end,
					function() return "fast" end)
				print(a, b)   --> slow	fast`),
		engine.Fn("settle", "Run functions and wait for tasks until all have ended. An error cancels nothing.", settle).
			Returning("how each ended, in the order of the arguments").
			Example(`
				local async = require "async"
				local list = async.settle(function() return 7 end, function() error("bad", 0) end)
				print(list[1].ok, list[1].value)   --> true	7
				print(list[2].ok, list[2].error)   --> false	bad`),
		engine.Fn("any", "Run functions and wait for tasks until one returns. The others are canceled.", anyOf).
			Raises(errAllFailed).
			ReturningType("any", "what that one returned").
			Example(`
				local async = require "async"
				print(async.any(
					function() error "broken" end,
					function() async.sleep(0.02) return "mirror" end,
					function() async.sleep(60) end))   --> mirror
				local _, err = try(async.any, function() error("a", 0) end, function() error("b", 0) end)
				print(err.kind, err.errors[2])   --> async.all_failed	b`),
		engine.Fn("race", "Run functions and wait for tasks until one ends, by a result or an error. The others are canceled.", race).
			ReturningType("any", "what that one returned").
			Example(`
				local async = require "async"
				print(async.race(
					function() async.sleep(60) end,
					function() return "first" end))   --> first`),
		engine.Fn("as_completed", "Walk over functions, which are started, and tasks in the order in which they end. Ask each for its result with await. Tasks go on when the loop is left early.", asCompleted).
			ReturningType("fun(): async.Task", "an iterator; it raises an error of kind timeout when the time is over").
			Example(`
				local async = require "async"
				local function nap(n) async.sleep(n / 50) return n end
				local tasks = {async.spawn(nap, 3), async.spawn(nap, 1), async.spawn(nap, 2)}
				for task in async.as_completed(tasks, {timeout=10}) do print(task:await()) end
				--> 1
				--> 2
				--> 3`),
		engine.Fn("wait", "Wait until tasks have ended, whatever they ended with; ask them with await. Looking after their failures is the caller's part from now on.", wait).
			ReturningType("async.Task[], async.Task[]", "the tasks that have ended, and those that have not").
			Example(`
				local async = require "async"
				local tasks = {
					async.spawn(function() async.sleep(5) end),
					async.spawn(function() return "first" end),
				}
				local done, pending = async.wait(tasks, {first=true})
				print(#done, done[1]:await(), #pending)   --> 1	first	1
				pending[1]:cancel()`),
	}
}

// scopeFuncs declares what bounds and watches tasks.
func scopeFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("group", "Run a function that starts tasks in a group. Nothing outlives the group: it ends when the function and all its tasks have ended. The first error of any of them cancels the rest and is raised. If it is an error object, its field others lists what else was raised.", group).
			ReturningType("any", "what the function returns").
			Example(`
				local async = require "async"
				local sum = 0
				async.group(function(g)
					for i = 1, 3 do
						g:spawn(function(n) async.sleep(0.01) sum = sum + n end, i)
					end
				end)
				print(sum)   --> 6`),
		engine.Fn("timeout", "Run a function with a time limit. When the time is over the function is canceled, and an error of kind timeout is raised once it has ended; what the function had open is closed by then.", timeout).
			ReturningType("any", "what the function returns").
			Example(`
				local async = require "async"
				local _, err = try(async.timeout, 0.01, function() async.sleep(5) end)
				print(err.kind)   --> timeout`),
		engine.Fn("shield", "Run a function that a cancel of the calling task does not cut short. The cancel is felt by the next blocking call after it; a function that takes longer than the grace time is stopped all the same.", shield).
			ReturningType("any", "what the function returns").
			Example(`
				local async = require "async"
				local task
				task = async.spawn(function()
					async.shield(function()
						task:cancel("enough")
						async.sleep(0.01)
						print "saved"
					end)
					async.sleep(5)
				end)
				print(select(2, try(task.await, task)).message)
				--> saved
				--> enough`),
		engine.Fn("debug", "Watch the tasks of the script. A task that runs for long without a blocking call, and so keeps the others waiting, is logged with the line that started it and the line where it is. When the main chunk has ended, the tasks that still run and those that nobody awaited are logged by the line that started them. gscript run --async-debug watches from the start.", debug).
			AsInline().
			Example(`
				local async = require "async"
				async.debug(true)
				async.debug{slow="50ms"}
				async.debug(false)`),
	}
}
