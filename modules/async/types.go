package async

import "github.com/gscript-lang/gscript/engine"

func taskType() *engine.Type {
	t := engine.TypeOf[*engine.Task]("async.Task", "A function that runs beside others.",
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
		engine.Method("cancelled", "Say whether the task has ended by a cancel.", cancelled).
			AsInline().
			Returning("true when await raises an error of kind canceled").
			Example(`
				local async = require "async"
				local task = async.spawn(async.sleep, 5)
				task:cancel()
				pcall(task.await, task)
				print(task:cancelled())   --> true`),
		engine.Prop("origin", "The line of the script that started the task.", (*engine.Task).Origin),
		engine.Prop("name", "The name of the task.", (*engine.Task).Name),
		engine.Prop("within", "The native function that the task waits in, such as async.sleep; nil while it runs or waits for its turn.", within),
	)
	t.Stays = "an async.Task stays in the state that started it; await it there and pass what it returns"
	return t
}

func groupType() *engine.Type {
	t := engine.TypeOf[*taskGroup]("async.Group", "The tasks of one call of async.group.",
		engine.Method("spawn", "Start a function as a task of the group.", (*taskGroup).spawn).
			ReturningType("async.Task", "the task").
			Example(`
				local async = require "async"
				async.group(function(g)
					local task = g:spawn(function() return "done" end)
					print(task:await())   --> done
				end)`),
		engine.Method("errors", "List what the tasks of the group have failed with so far. A cancel is no failure.", (*taskGroup).errors).
			AsInline().
			ReturningType("any[]", "the errors, the first one first").
			Example(`
				local async = require "async"
				local group
				pcall(async.group, function(g)
					group = g
					g:spawn(error, "first", 0)
				end)
				print(group:errors()[1])   --> first`),
		engine.Method("cancel", "Ask the group's function and all its tasks to end. Tasks that end so do not fail the group.", (*taskGroup).cancel).
			Example(`
				local async = require "async"
				async.group(function(g)
					g:spawn(async.sleep, 60)
					g:cancel("enough")
				end)
				print "over"   --> over`),
	)
	t.Stays = "an async.Group stays in the state that made it; make one in the worker"
	return t
}

func varType() *engine.Type {
	t := engine.TypeOf[*variable]("async.Var", "A variable that has a value of its own in each task.",
		engine.Method("get", "Give the value in the calling task.", (*variable).get).
			AsInline().
			ReturningType("any", "the value, or the default where none was set").
			Example(`
				local async = require "async"
				print(async.var(7):get())   --> 7`),
		engine.Method("set", "Set the value in the calling task, and in those that it starts from now on.", (*variable).set).
			AsInline().
			Example(`
				local async = require "async"
				local user = async.var()
				user:set("ann")
				print(user:get())   --> ann`),
		engine.Method("with", "Run a function under a value, and bring the old one back after it.", (*variable).with).
			ReturningType("any", "what the function returns").
			Example(`
				local async = require "async"
				local user = async.var("nobody")
				print(user:with("ann", function() return user:get() end), user:get())   --> ann	nobody`),
	)
	t.Stays = "an async.Var stays in the state that made it; pass its value"
	return t
}
