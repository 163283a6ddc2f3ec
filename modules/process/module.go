// Package process runs functions in processes of their own, and has what
// processes need to agree: the Lua module process.
package process

import (
	"runtime"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/queue"
	"github.com/gscript-lang/gscript/modules/thread"
)

var (
	errDied    = engine.Kind("process.died", "A process ended before its function did. e.code is the name of the signal, such as SIGKILL, or the exit code; e.pid and e.exit_code tell the same as the handle; e.reason is the kind of what ended it: limit.memory for one that needed more memory than max_memory=.")
	errTimeout = engine.Kind("process.timeout", "A process took longer than its timeout and was stopped. When only the wait for it took too long, the kind is timeout.")
	errClosed  = engine.Kind("process.closed", "An end of the pipe is closed, and everything that was sent before is received.")
	errFork    = engine.Kind("process.fork", "A process cannot be forked.")
	errCopy    = engine.Kind("copy.refused", "A value cannot be copied into another process. e.target says which part of which argument, such as args[1].conn.")
	errExit    = engine.Kind("worker.exit", "The process called os.exit with a code other than 0, which is e.code.")
	errWorkers = engine.Kind("limit.workers", "There are as many workers as Limits.Workers allows, or processes start each other too deep.")
)

// How workers are made.
const (
	methodSpawn = "spawn"
	methodPool  = "pool"
)

type spawnIn struct {
	Fn        *engine.Func    `lua:"fn" doc:"function to run; it gets copies of the variables it uses" type:"function"`
	Args      []engine.Value  `lua:"args,rest" doc:"its arguments, which are copied"`
	Name      string          `lua:"name,opt" doc:"name for errors, logs and reports"`
	Timeout   engine.Duration `lua:"timeout,opt" doc:"how long it may run before it is stopped; without it there is no limit"`
	MaxMemory engine.Size     `lua:"max_memory,opt" doc:"how much memory it may have, 64 MiB or more; one that needs more is ended"`
	Daemon    bool            `lua:"daemon,opt" doc:"whether the script ends without waiting for it; it is killed then"`
}

type methodIn struct {
	Method string `lua:"method,arg" doc:"spawn or pool" type:"\"spawn\"|\"pool\""`
	Ready  int    `lua:"ready,opt" default:"2" doc:"how many idle workers pool keeps ready"`
}

type pipeIn struct {
	Duplex bool `lua:"duplex,opt" default:"true" doc:"false makes a pipe of one direction: the first end receives, the second sends"`
	Max    int  `lua:"max,opt" default:"256" doc:"how many values may be on their way in one direction before send waits"`
}

type valueIn struct {
	Kind  string  `lua:"kind" enum:"f64|f32|i64|i32|i16|i8|u64|u32|u16|u8" doc:"what it is: f a float, i a whole number, u one that is not negative, with the bits of it"`
	Value float64 `lua:"value,arg" default:"0" doc:"the value to begin with"`
}

type bufferIn struct {
	Kind string `lua:"kind" enum:"f64|f32|i64|i32|i16|i8|u64|u32|u16|u8" doc:"what each number is: f a float, i a whole number, u one that is not negative, with the bits of it"`
	N    int    `lua:"n" doc:"how many"`
}

type infoOut struct {
	PID    int    `lua:"pid" doc:"number of the process"`
	Name   string `lua:"name" doc:"its name, main for that of the script"`
	Parent int    `lua:"parent" doc:"number of the process that started it, 0 for that of the script"`
}

// Module declares process.
func Module() *engine.Module {
	shared := thread.Module()
	return &engine.Module{
		Name: "process",
		Doc: "Run functions in processes, and let processes agree. A process is this program started once more, so nothing that one does can harm another: it may run out of memory, and it can be killed. " +
			"A function, the variables it uses and its arguments are copied into the process, and its result is copied back. " +
			"Queues, locks and what else this module, queue and thread make to be shared cross by reference: they stay in the process that made them, which does what the others ask.",
		Kinds: []*engine.ErrorKind{errDied, errTimeout, errClosed, errFork, errCopy, errExit, errWorkers},
		Types: []*engine.Type{processType(), connectionType(), valueType(), managerType(shared)},
		Uses:  append(shared.Types[:len(shared.Types):len(shared.Types)], queue.Type()),
		Funcs: append(append(starts(), makers()...), agreements(shared)...),
	}
}

func starts() []*engine.Function {
	return []*engine.Function{
		engine.Fn("spawn", "Start a function in a process. The script does not end before its processes, and the failure of a process that nobody waits for is the script's. With a table of options the arguments are a list, args.", spawn).
			Raises(errCopy, errWorkers).
			ReturningType("process.Process", "the process").
			Example(`
				local process = require "process"
				local w = process.spawn(function(x) return x + 1 end, 1)
				print(w:wait())   --> 2
				local named = process.spawn{fn=math.max, args={3, 9}, name="largest", timeout=20}
				print(named.name, named:wait())   --> largest	9`),
		engine.Fn("start_method", "Set how processes are made from now on, or ask for it. With spawn, each function has a new process. With pool, idle processes are kept ready, and one whose function has ended runs another, with fresh globals. There is no fork.", startMethod).
			Raises(errFork).
			Returning("the method that holds now").
			Example(`
				local process = require "process"
				print(process.start_method())   --> spawn
				process.start_method("pool", {ready=1})
				print(process.spawn(function() return "soon" end):wait())   --> soon
				print(select(2, try(process.start_method, "fork")).kind)   --> process.fork`),
		engine.Fn("children", "List the processes of this state that run.", func(c *engine.Call, _ engine.None) ([]*Process, error) { return fleetOf(c).children(), nil }).
			ReturningType("process.Process[]", "the oldest first").
			Example(`
				local process = require "process"
				local stop = process.event()
				local w = process.spawn(function() stop:wait() end)
				print(#process.children(), process.children()[1] == w)   --> 1	true
				stop:set()
				w:wait()
				print(#process.children())   --> 0`),
		engine.Fn("current", "Tell about the process that calls.", func(c *engine.Call, _ engine.None) (infoOut, error) { return current(c.Process()), nil }).
			AsInline().
			Returning("its number and its name").
			Example(`
				local process = require "process"
				print(process.current().name)   --> main
				local w = process.spawn{fn=function() return process.current() end, name="w1"}
				local there = w:wait()
				print(there.name, there.pid == w.pid, there.parent == process.current().pid)   --> w1	true	true`),
		engine.Fn("parent", "Tell about the process that started this one.", func(c *engine.Call, _ engine.None) (*infoOut, error) {
			p := c.Process().Parent
			if p == nil {
				return nil, nil
			}
			out := current(*p)
			return &out, nil
		}).
			AsInline().
			Returning("its number and its name, nil in the script's own process").
			Example(`
				local process = require "process"
				print(process.parent())   --> nil
				print(process.spawn(function() return process.parent().name end):wait())   --> main`),
		engine.Fn("cpus", "Count the processor cores that processes can use. A quota of a container counts.", func(*engine.Call, engine.None) (int, error) { return runtime.GOMAXPROCS(0), nil }).
			AsInline().
			Returning("how many run at the same time").
			Example(`
				local process = require "process"
				print(process.cpus() >= 1)   --> true`),
	}
}

func current(p engine.ProcessInfo) infoOut {
	out := infoOut{PID: p.PID, Name: p.Name}
	if p.Parent != nil {
		out.Parent = p.Parent.PID
	}
	return out
}

func startMethod(c *engine.Call, in methodIn) (string, error) {
	f := fleetOf(c)
	switch in.Method {
	case "":
	case methodSpawn, methodPool:
		if in.Ready < 0 {
			return "", engine.Invalid("argument 'ready' must not be negative, got %d", in.Ready)
		}
		f.change(in.Method, in.Ready)
	case "fork", "forkserver":
		e := engine.Errorf(errFork, "a process of gscript cannot be forked: the copy would have only one of its threads, and the locks of the others for ever")
		e.Hint = `use "pool", which keeps processes ready, or "spawn"`
		return "", e
	default:
		return "", engine.Invalid("argument 'method' must be \"spawn\" or \"pool\", got %q", in.Method)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.method, nil
}

func makers() []*engine.Function {
	return []*engine.Function{
		engine.Fn("pipe", "Make a pipe. What is sent into one end is received at the other, also from other processes.", pipe).
			AsInline().
			ReturningType("process.Connection, process.Connection", "the two ends").
			Example(`
				local process = require "process"
				local a, b = process.pipe()
				local w = process.spawn(function()
					local n = b:receive()
					b:send(n * 2)
				end)
				a:send(21)
				print(a:receive())   --> 42
				w:wait()`),
		engine.Fn("value", "Make a number in memory that processes share.", newValue).
			AsInline().
			ReturningType("process.Value", "the value").
			Example(`
				local process = require "process"
				local v = process.value("i64", 0)
				local function work() for _ = 1, 100 do v:add(1) end end
				local a, b = process.spawn(work), process.spawn(work)
				a:wait() b:wait()
				print(v:get())   --> 200`),
		engine.Fn("buffer", "Make an array of numbers, all 0, in memory that processes share: what one sets the others read at once, and nothing is copied. It is given back when nobody has it any more. Where the system has no such memory, the process that made the array is asked for each number.", newSharedBuffer).
			AsInline().
			ReturningType("thread.Buffer", "the buffer").
			Example(`
				local process = require "process"
				local b = process.buffer("f64", 1000)
				local function half(from, to)
					for i = from, to do b[i] = i * i end
				end
				local low, high = process.spawn(half, 1, 500), process.spawn(half, 501, 1000)
				low:wait() high:wait()
				print(#b, b[10], b[1000])   --> 1000	100	1000000`),
		engine.Fn("manager", "Make a manager, which makes tables and lists that processes share, and whatever else they share.", func(*engine.Call, engine.None) (*Manager, error) { return &Manager{}, nil }).
			AsInline().
			ReturningType("process.Manager", "the manager").
			Example(`
				local process = require "process"
				local m = process.manager()
				local d, l = m:dict(), m:list()
				process.spawn(function()
					d:set("answer", 42)
					l:append("hello")
				end):wait()
				print(d:get("answer"), l:get(1))   --> 42	hello`),
	}
}
