package process

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

type cancelIn struct {
	Why string `lua:"why,arg" default:"the process was canceled" doc:"the reason, which becomes the message of the error"`
}

type sendIn struct {
	Value   engine.Value     `lua:"value,arg" doc:"what to send; nil as well" type:"any"`
	Timeout *engine.Duration `lua:"timeout,opt" doc:"how long to wait for room, 0 for not at all; without it there is no limit"`
}

type pollIn struct {
	Timeout engine.Duration `lua:"timeout,arg" default:"0" doc:"how long to wait for it"`
}

type numberIn struct {
	N float64 `lua:"n,arg" default:"1" doc:"the number"`
}

type exchangeIn struct {
	Old float64 `lua:"old" doc:"what the number must be"`
	New float64 `lua:"new" doc:"what it becomes"`
}

func processType() *engine.Type {
	t := engine.TypeOf[*Process]("process.Process", "A function that runs in a process. The waits of async work on it as on tasks.",
		engine.Method("wait", "Wait for the end of the function and of its process. What the function raised is raised again, as it was. A process that calls os.exit(0) gives nil.", (*Process).wait).
			Raises(errDied, errTimeout, errExit, errCopy, errWorkers).
			ReturningType("any", "a copy of the first value that the function returned").
			Example(`
				local process = require "process"
				local w = process.spawn(function() error({code=7}) end)
				local ok, err = pcall(w.wait, w)
				print(ok, err.code, w.exit_code)   --> false	7	1`),
		engine.Method("terminate", "Ask the process to end, as the signal TERM does: blocking calls of its function raise, so that it can clean up, and then it ends. One that does not is killed after the grace time.", (*Process).terminate).
			Returning("false when the function had ended already").
			Example(`
				local process, async = require "process", require "async"
				local w = process.spawn(async.sleep, 60)
				w:terminate()
				local _, err = try(w.wait, w)
				print(err.kind, err.code, w.exit_code)   --> process.died	SIGTERM	-15`),
		engine.Method("kill", "End the process at once, and the programs that it has started.", (*Process).kill).
			Returning("false when the function had ended already").
			Example(`
				local process = require "process"
				local w = process.spawn(function() while true do end end)
				w:kill()
				local _, err = try(w.wait, w)
				print(err.kind, err.code, w.exit_code)   --> process.died	SIGKILL	-9`),
		engine.Method("cancel", "Ask the function to end: its next blocking call, and every one after it, raises an error of kind canceled. After the grace time it is stopped.", (*Process).cancel).
			Returning("false when it had ended already").
			Example(`
				local process, async = require "process", require "async"
				local w = process.spawn(async.sleep, 60)
				w:cancel("no longer needed")
				local _, err = try(w.wait, w)
				print(err.kind, err.message)   --> canceled	no longer needed`),
		engine.Method("alive", "Say whether the process runs.", func(p *Process, _ *engine.Call, _ engine.None) (bool, error) { return p.alive(), nil }).
			AsInline().
			Returning("false when it has ended").
			Example(`
				local process = require "process"
				local w = process.spawn(function() end)
				w:wait()
				print(w:alive())   --> false`),
		engine.Prop("pid", "The number of the process.", func(p *Process) int { return p.worker.PID() }),
		engine.Prop("name", "The name of the process.", func(p *Process) string { return p.name }),
		engine.Prop("exit_code", "How the process ended: 0 for a function that returned, 1 for one that raised, the code given to os.exit, or the number of the signal that ended it as a negative number, such as -9; nil while it runs.", (*Process).exitCode),
		engine.Prop("daemon", "Whether the script ends without waiting for it.", func(p *Process) bool { return p.daemon }),
		engine.Prop("origin", "The line of the script that started it.", func(p *Process) string { return p.origin }),
	)
	t.Stays = "a process.Process stays in the state that started it; wait for it there and pass what it returns"
	return t
}

func connectionType() *engine.Type {
	return share.Type[*end]("process.Connection", "One end of a pipe. It goes to other processes and threads as a variable that a function uses, as an argument or in a message. "+
		"When the processes that an end went to have all ended, and this process has not used the end since, the other end finds it closed, until it is used again or goes to another process.", `
			local process = require "process"
			local a, b = process.pipe()
			a:send(a)
			print(b:receive() == a)   --> true`,
		engine.Method("send", "Send a copy of a value, when there is room for it.", send).
			AsInline().Raises(errClosed).
			Example(`
				local process = require "process"
				local a, b = process.pipe{max=1}
				a:send{1, 2, 3}
				print(#b:receive())   --> 3`),
		engine.Method("receive", "Receive the next value, when there is one. When the other end is closed and nothing is left, process.closed is raised.", receive).
			AsInline().Raises(errClosed).
			ReturningType("any", "what was sent").
			Example(`
				local process = require "process"
				local a, b = process.pipe()
				a:send("last")
				a:close()
				print(b:receive(), select(2, try(b.receive, b)).kind)   --> last	process.closed
				local c = process.pipe()
				print(select(2, try(c.receive, c, {timeout=0.01})).kind)   --> timeout`),
		engine.Method("poll", "Say whether receive would not wait, because there is a value or never will be one.", poll).
			AsInline().
			ReturningType("boolean", "false when the time is over").
			Example(`
				local process = require "process"
				local a, b = process.pipe()
				print(b:poll(), b:poll(0.01))   --> false	false
				a:send("hello")
				print(b:poll())   --> true`),
		engine.Method("close", "Send and receive no more at this end. What was sent can still be received at the other.", func(e *Connection, c *engine.Call, _ engine.None) (engine.None, error) {
			return share.None(e.Do(c, nil, "close"))
		}).
			AsInline().
			Example(`
				local process = require "process"
				local a, b = process.pipe()
				b:close()
				print(select(2, try(a.send, a, 1)).kind)   --> process.closed`),
	)
}

func valueType() *engine.Type {
	return share.Type[*cell]("process.Value", "A number in memory that processes share. Each operation is atomic. Whole numbers beyond 2^53 are rounded, as everywhere in Lua.", `
			local process = require "process"
			local v, q = process.value("u8"), process.queue()
			q:put(v)
			print(q:get() == v)   --> true`,
		engine.Method("get", "Read the number.", func(v *Value, c *engine.Call, _ engine.None) (any, error) { return share.One(v.Do(c, nil, "get")) }).
			AsInline().
			ReturningType("number", "the value").
			Example(`
				local process = require "process"
				print(process.value("f64", 2.5):get())   --> 2.5`),
		engine.Method("set", "Set the number. A kind of whole numbers takes whole numbers that it can hold.", func(v *Value, c *engine.Call, in numberIn) (engine.None, error) {
			return share.None(v.Do(c, nil, "set", in.N))
		}).
			AsInline().
			Example(`
				local process = require "process"
				local v = process.value("u8")
				v:set(255)
				print(v:get(), pcall(v.set, v, 256) == false)   --> 255	true`),
		engine.Method("add", "Add a number.", func(v *Value, c *engine.Call, in numberIn) (any, error) {
			return share.One(v.Do(c, nil, "add", in.N))
		}).
			AsInline().
			ReturningType("number", "the sum").
			Example(`
				local process = require "process"
				local v = process.value("i64", 5)
				print(v:add(1), v:add(-3))   --> 6	3`),
		engine.Method("compare_and_set", "Set the number if it is still what it was.", func(v *Value, c *engine.Call, in exchangeIn) (any, error) {
			return share.One(v.Do(c, nil, "compare_and_set", in.Old, in.New))
		}).
			AsInline().
			ReturningType("boolean", "whether it was set").
			Example(`
				local process = require "process"
				local v = process.value("i64", 1)
				print(v:compare_and_set(1, 2), v:compare_and_set(1, 3))   --> true	false`),
		engine.Method("kind", "Tell what the number is.", func(v *Value, c *engine.Call, _ engine.None) (any, error) { return share.One(v.Do(c, nil, "kind")) }).
			AsInline().
			ReturningType("string", "such as f64").
			Example(`
				local process = require "process"
				print(process.value("u8"):kind())   --> u8`),
	)
}
