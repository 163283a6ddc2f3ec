// Package thread runs functions in states of their own, each on a processor core
// if there is one, and has what threads need to agree: the Lua module thread.
package thread

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

var (
	errTimeout  = engine.Kind("thread.timeout", "A thread took longer than its timeout and was stopped. When only the wait for it took too long, the kind is timeout.")
	errDeadlock = engine.Kind("thread.deadlock", "A task would wait in a circle with others, so that none could ever go on. e.circle lists who holds what.")
	errNotHeld  = engine.Kind("thread.not_held", "What is to be released or waited with is not held by the task.")
	errBroken   = engine.Kind("thread.barrier_broken", "A task that was to come to the barrier does not come.")
	errClosed   = engine.Kind("thread.closed", "The channel is closed and takes no more values.")
	errCopy     = engine.Kind("copy.refused", "A value cannot be copied into another state. e.target says which part of which argument, such as args[1].conn.")
	errExit     = engine.Kind("worker.exit", "A thread called os.exit.")
)

// Kinds are the kinds of error of the shared values, for modules that hand them
// out.
func Kinds() []*engine.ErrorKind {
	return []*engine.ErrorKind{errDeadlock, errNotHeld, errBroken, errClosed}
}

// common is what a thread is started with.
type common struct {
	Fn      *engine.Func    `lua:"fn" doc:"function to run; it gets copies of the variables it uses" type:"function"`
	Args    []engine.Value  `lua:"args,rest" doc:"its arguments, which are copied"`
	Name    string          `lua:"name,opt" doc:"name for errors and reports"`
	Daemon  bool            `lua:"daemon,opt" doc:"whether the script ends without waiting for it, and stops it then"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"how long it may run before it is stopped; without it there is no limit"`
}

type spawnIn struct{ common }

type timerIn struct {
	Time engine.Duration `lua:"seconds" doc:"how long to wait before fn is called"`
	common
}

type cancelIn struct {
	Why string `lua:"why,arg" default:"the thread was canceled" doc:"the reason, which becomes the message of the error"`
}

type fnIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to run"`
}

// Module declares thread.
func Module() *engine.Module {
	return &engine.Module{
		Name: "thread",
		Doc: "Run functions in threads, and let threads agree. A thread is a Lua state of its own, so threads use several cores, and share nothing but what this module and queue make: " +
			"a function, the variables it uses and its arguments are copied into the thread, and its result is copied back.",
		Kinds: append(Kinds(), errTimeout, errCopy, errExit),
		Types: []*engine.Type{threadType(), timerType(), LockType(), ConditionType(), SemaphoreType(), EventType(), BarrierType(), ChannelType(), CounterType(), MapType(), ListType(), BufferType()},
		Funcs: append(threads(), values()...),
	}
}

func threads() []*engine.Function {
	return []*engine.Function{
		engine.Fn("spawn", "Start a function in a thread. The script does not end before its threads, and the failure of a thread that nobody joins is the script's. With a table of options the arguments are a list, args.", spawn).
			AsInline().Raises(errCopy).
			ReturningType("thread.Thread", "the thread").
			Example(`
				local thread = require "thread"
				local h = thread.spawn(function(n) return n * 2 end, 21)
				print(h:join())   --> 42
				local named = thread.spawn{fn=math.max, args={3, 9}, name="largest", timeout=5}
				print(named.name, named:join())   --> largest	9`),
		engine.Fn("timer", "Start a function in a thread after some time. The script waits for it unless daemon is set.", newTimer).
			AsInline().Raises(errCopy).
			ReturningType("thread.Timer", "the timer").
			Example(`
				local thread = require "thread"
				print(thread.timer(5, print, "never"):cancel())   --> true
				print(thread.timer(0.01, function() return "now" end):join())   --> now`),
		engine.Fn("self", "Tell about the thread that calls.", self).
			AsInline().
			Returning("its number and its name").
			Example(`
				local thread = require "thread"
				print(thread.self().name)   --> main
				print(thread.spawn{fn=function() return thread.self().name end, name="w1"}:join())   --> w1`),
		engine.Fn("all", "List the script and its running threads.", all).
			AsInline().
			Returning("each as self tells it, the script first").
			Example(`
				local thread = require "thread"
				local stop = thread.event()
				local h = thread.spawn(function() stop:wait() end)
				print(#thread.all())   --> 2
				stop:set()
				h:join()`),
		engine.Fn("cpus", "Count the processor cores that threads can use. A quota of a container counts.", cpus).
			AsInline().
			Returning("how many run at the same time").
			Example(`
				local thread = require "thread"
				print(thread.cpus() >= 1)   --> true`),
	}
}

func threadType() *engine.Type {
	t := engine.TypeOf[*Thread]("thread.Thread", "A function that runs in a thread. The waits of async work on it as on tasks.",
		engine.Method("join", "Wait for the thread's end. What it raised is raised again, as it was.", (*Thread).join).
			Raises(errTimeout, errDeadlock, errCopy, errExit).
			ReturningType("any", "a copy of the first value that the function returned").
			Example(`
				local thread = require "thread"
				local h = thread.spawn(function() error({code=7}) end)
				local ok, err = pcall(h.join, h)
				print(ok, err.code)   --> false	7`),
		engine.Method("cancel", "Ask the thread to end: its next blocking call, and every one after it, raises an error of kind canceled. After the grace time it is stopped.", (*Thread).cancel).
			AsInline().
			Returning("false when it had ended already").
			Example(`
				local thread, async = require "thread", require "async"
				local h = thread.spawn(async.sleep, 60)
				h:cancel("no longer needed")
				local _, err = try(h.join, h)
				print(err.kind, err.message)   --> canceled	no longer needed`),
		engine.Method("alive", "Say whether the thread runs.", (*Thread).alive).
			AsInline().
			Returning("false when it has ended").
			Example(`
				local thread = require "thread"
				local h = thread.spawn(function() end)
				h:join()
				print(h:alive())   --> false`),
		engine.Prop("name", "The thread's name.", func(t *Thread) string { return t.who.Name }),
		engine.Prop("id", "The thread's number.", func(t *Thread) int { return t.who.ID }),
		engine.Prop("daemon", "Whether the script ends without waiting for it.", func(t *Thread) bool { return t.who.Daemon }),
		engine.Prop("origin", "The line of the script that started it.", func(t *Thread) string { return t.who.Origin }),
	)
	t.Stays = "a thread.Thread stays in the state that started it; join it there and pass what it returns"
	return t
}

func timerType() *engine.Type {
	t := engine.TypeOf[*Timer]("thread.Timer", "A function that is called later, in a thread.",
		engine.Method("cancel", "Drop the timer if its function was not called yet.", (*Timer).cancel).
			AsInline().
			Returning("false when it was too late").
			Example(`
				local thread = require "thread"
				local t = thread.timer(60, print, "never")
				print(t:cancel(), t:cancel())   --> true	false`),
		engine.Method("join", "Wait until the function has ended, or the timer was canceled.", (*Timer).join).
			Raises(errTimeout, errDeadlock, errCopy, errExit).
			ReturningType("any", "a copy of the first value that the function returned, nil after a cancel").
			Example(`
				local thread = require "thread"
				print(thread.timer(0.01, function(a, b) return a + b end, 1, 2):join())   --> 3`),
		engine.Method("alive", "Say whether the function is still to be called or runs.", func(t *Timer, c *engine.Call, in engine.None) (bool, error) { return t.Thread.alive(c, in) }).
			AsInline().
			Returning("false when it has ended or was canceled").
			Example(`
				local thread = require "thread"
				local t = thread.timer(60, print)
				print(t:alive())   --> true
				t:cancel()`),
		engine.Prop("name", "The thread's name.", func(t *Timer) string { return t.who.Name }),
	)
	t.Stays = "a thread.Timer stays in the state that made it"
	return t
}

// act declares an operation without parameters and result.
func act[T share.Core](name, doc string) *engine.Function {
	return engine.Method(name, doc, func(o *share.Object[T], c *engine.Call, _ engine.None) (engine.None, error) {
		return share.None(o.Do(c, nil, name))
	}).AsInline()
}

// ask declares an operation without parameters.
func ask[T share.Core](name, doc, typ, what string) *engine.Function {
	return engine.Method(name, doc, func(o *share.Object[T], c *engine.Call, _ engine.None) (any, error) {
		return share.One(o.Do(c, nil, name))
	}).AsInline().ReturningType(typ, what)
}

// waits declares an operation that waits.
func waits[T share.Core](name, doc string) *engine.Function {
	return engine.Method(name, doc, func(o *share.Object[T], c *engine.Call, in share.Within) (engine.None, error) {
		return share.None(o.Do(c, in.Timeout, name))
	}).AsInline()
}
