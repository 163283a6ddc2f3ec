package process

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/queue"
)

// Manager makes what processes share. All of that stays in the process that made
// it, so a manager needs no process of its own.
type Manager struct{ engine.Identity }

// agreements are the functions that make what processes share. Those of thread
// make it, because it is the same for threads and processes.
func agreements(shared *engine.Module) []*engine.Function {
	list := []*engine.Function{borrowed(queue.Module(), "new", "queue", `
		local process = require "process"
		local q = process.queue{max=10}
		local w = process.spawn(function()
			for i = 1, 3 do q:put(i) end
			q:close()
		end)
		for v in q:each() do print(v) end
		w:wait()
		--> 1
		--> 2
		--> 3`)}
	for _, a := range []struct{ name, example string }{
		{"lock", `
			local process = require "process"
			local l, d = process.lock(), process.manager():dict()
			local function hit()
				l:with(function() d:set("n", (d:get("n") or 0) + 1) end)
			end
			local a, b = process.spawn(hit), process.spawn(hit)
			a:wait() b:wait()
			print(d:get("n"))   --> 2`},
		{"rlock", `
			local process = require "process"
			local l = process.rlock()
			l:with(function() l:with(function() print "inside" end) end)   --> inside`},
		{"semaphore", `
			local process = require "process"
			local s = process.semaphore(3)
			s:with(function() print(s:value()) end)   --> 2`},
		{"event", `
			local process = require "process"
			local go = process.event()
			local w = process.spawn(function() go:wait() return "went" end)
			go:set()
			print(w:wait())   --> went`},
		{"condition", `
			local process = require "process"
			local c, d = process.condition(), process.manager():dict()
			local w = process.spawn(function()
				c:with(function() d:set("ready", true) c:notify_all() end)
			end)
			c:with(function()
				c:wait_for(function() return d:get("ready") end)
			end)
			w:wait()`},
		{"barrier", `
			local process = require "process"
			local b = process.barrier(2)
			local w = process.spawn(function() b:wait() return "met" end)
			b:wait()
			print(w:wait())   --> met`},
	} {
		list = append(list, borrowed(shared, a.name, a.name, a.example))
	}
	return list
}

// borrowed is a function of another module under a name of ours.
func borrowed(m *engine.Module, from, name, example string) *engine.Function {
	f := *m.Func(from)
	f.Name, f.Examples = name, nil
	return f.Example(example)
}

func managerType(shared *engine.Module) *engine.Type {
	t := engine.TypeOf[*Manager]("process.Manager", "What makes values that processes share. They stay in the process that made them. A table that is put in is copied; to nest what can be changed, put a dict or a list of the manager in: it crosses by reference.",
		borrowed(shared, "map", "dict", `
			local process = require "process"
			local m = process.manager()
			local d = m:dict()
			d:set("inner", m:list())
			process.spawn(function() d:get("inner"):append("kept") end):wait()
			print(d:get("inner"):get(1))   --> kept`),
		borrowed(shared, "list", "list", `
			local process = require "process"
			local l = process.manager():list()
			process.spawn(function() l:append("hello") end):wait()
			print(l:get(1))   --> hello`),
	)
	for _, f := range append(agreements(shared), makers()[1:3]...) { // value and buffer as well
		own := *f
		own.Examples = nil
		t.Add(own.Example(managed(f)))
	}
	t.Stays = "a process.Manager stays in the state that made it; pass what it makes"
	return t
}

// managed is an example of a function as one of a method.
func managed(f *engine.Function) string {
	return strings.Replace(f.Examples[0], "process."+f.Name, "process.manager():"+f.Name, 1)
}
