// Package async runs functions side by side in one state: the Lua module async.
//
// A task is a goroutine with a Lua thread of its own. Only one of a state's
// tasks runs Lua at a time, and every blocking call of every module lets the
// others run, so there are no functions of a special kind and waiting works
// anywhere, inside pcall, sort and coroutines too.
package async

import "github.com/gscript-lang/gscript/engine"

var errDeadlock = engine.Kind("async.deadlock", "A task waits for itself, or tasks wait for each other in a circle, so that none can ever go on.")

type spawnIn struct {
	Fn   *engine.Func   `lua:"fn" doc:"function to run"`
	Args []engine.Value `lua:"args,rest" doc:"its arguments"`
}

type gatherIn struct {
	Tasks []any `lua:"tasks,rest" doc:"functions, which are started, and tasks; a list of them counts as its items" type:"function|async.Task|(function|async.Task)[]"`
}

type sleepIn struct {
	Time engine.Duration `lua:"seconds" doc:"how long"`
}

type timeoutIn struct {
	Time engine.Duration `lua:"seconds" doc:"how long fn may take"`
	Fn   *engine.Func    `lua:"fn" doc:"function to run"`
	Args []engine.Value  `lua:"args,rest" doc:"its arguments"`
}

type waitIn struct {
	Tasks   []*engine.Task  `lua:"tasks" doc:"tasks to wait for" type:"async.Task[]"`
	First   bool            `lua:"first,opt" doc:"return as soon as one has ended"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"return after this time in any case; without it there is no limit"`
}

type groupIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to run with the group" type:"fun(g: async.Group): any"`
}

type awaitIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"how long to wait; the task goes on afterwards; without it there is no limit"`
}

type cancelIn struct {
	Why string `lua:"why,arg" default:"the task was canceled" doc:"the reason, which becomes the message of the error"`
}

// Module declares async.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "async",
		Doc:   "Run functions side by side in one state. Every blocking call of every module lets the other tasks run, so any function may be a task and any function may wait.",
		Kinds: []*engine.ErrorKind{errDeadlock},
		Types: []*engine.Type{taskType(), groupType()},
		Funcs: []*engine.Function{
			engine.Fn("spawn", "Start a function as a task. The script does not end before its tasks, and the failure of a task that nobody awaits is the script's.", spawn).
				AsInline().
				ReturningType("async.Task", "the task").
				Example(`
					local async = require "async"
					local task = async.spawn(function(a, b) async.sleep(0.01) return a + b end, 1, 2)
					print(task:await())   --> 3`),
			engine.Fn("gather", "Run functions and wait for tasks, all at the same time. The first error cancels the others; it is raised when they have ended.", gather).
				Raises(errDeadlock).
				ReturningType("any", "the first result of each, in the order of the arguments").
				Example(`
					local async = require "async"
					local a, b = async.gather(
						function() async.sleep(0.02) return "slow" end,
						function() return "fast" end)
					print(a, b)   --> slow	fast`),
			engine.Fn("sleep", "Wait. The other tasks of the state run meanwhile.", sleep).
				Example(`
					local async = require "async"
					async.sleep(0.01)
					async.sleep("10ms")`),
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
			engine.Fn("group", "Run a function that starts tasks in a group. Nothing outlives the group: it ends when the function and all its tasks have ended. The first error of any of them cancels the rest and is raised.", group).
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
		},
	}
}

func taskType() *engine.Type {
	return engine.TypeOf[*engine.Task]("async.Task", "A function that runs beside others.",
		engine.Method("await", "Wait for the task's end. What the task raised is raised again, as it was.", await).
			Raises(errDeadlock).
			ReturningType("any", "what the function returned").
			Example(`
				local async = require "async"
				local task = async.spawn(function() error({code=7}) end)
				local ok, err = pcall(task.await, task)
				print(ok, err.code)   --> false	7`),
		engine.Method("cancel", "Ask the task to end: its next blocking call, and every one after it, raises an error of kind canceled. What with closes and finally runs may still block for the grace time.", cancel).
			AsInline().
			Example(`
				local async = require "async"
				local task = async.spawn(async.sleep, 5)
				task:cancel("no longer needed")
				print(select(2, try(task.await, task)).kind)   --> canceled`),
		engine.Method("done", "Say whether the task has ended.", done).
			AsInline().
			Returning("true when await would not wait").
			Example(`
				local async = require "async"
				local task = async.spawn(function() return 1 end)
				print(task:done())   --> false
				task:await()
				print(task:done())   --> true`),
		engine.Prop("origin", "The line of the script that started the task.", (*engine.Task).Origin),
	)
}

func groupType() *engine.Type {
	return engine.TypeOf[*taskGroup]("async.Group", "The tasks of one call of async.group.",
		engine.Method("spawn", "Start a function as a task of the group.", (*taskGroup).spawn).
			ReturningType("async.Task", "the task").
			Example(`
				local async = require "async"
				async.group(function(g)
					local task = g:spawn(function() return "done" end)
					print(task:await())   --> done
				end)`),
		engine.Method("cancel", "Ask the group's function and all its tasks to end. Tasks that end so do not fail the group.", (*taskGroup).cancel).
			Example(`
				local async = require "async"
				async.group(function(g)
					g:spawn(async.sleep, 60)
					g:cancel("enough")
				end)
				print "over"   --> over`),
	)
}
