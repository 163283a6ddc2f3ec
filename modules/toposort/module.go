// Package toposort orders things by what they need, and runs work in that
// order: the Lua module toposort.
package toposort

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

var (
	errCycle  = engine.Kind("toposort.cycle", "Things need each other in a circle. e.cycle lists it: each needs the one behind it, and the first stands again at the end.")
	errState  = engine.Kind("toposort.state", "A sorter was used out of order: add after prepare, ready or done before prepare, or done with a node that was not handed out or is done already.")
	errNode   = engine.Kind("toposort.missing", "There is no such node. The hint names one that is written alike.")
	errFailed = engine.Kind("toposort.failed", "The work for a node failed. e.failed is the first such node, e.errors what each node raised, e.not_run the nodes whose work was not begun, e.results what the others returned.")
)

type optionsIn struct {
	Self string `lua:"self,opt" default:"error" enum:"error|ignore" doc:"what a node that needs itself is: an error, or nothing to care about"`
}

type sortIn struct {
	Deps deps `lua:"deps" doc:"each node with what must come before it: a list, a set such as {a=true}, one string or number, or a record with the field needs"`
	Sort bool `lua:"sort,opt" default:"true" doc:"false gives up the order among nodes that are free to stand anywhere, for speed"`
	optionsIn
}

type depsIn struct {
	Deps deps `lua:"deps" doc:"each node with what must come before it"`
	optionsIn
}

type sorterIn struct {
	Deps *deps `lua:"deps,arg" doc:"each node with what must come before it; more can be added"`
	optionsIn
}

type nodeIn struct {
	Deps deps         `lua:"deps" doc:"each node with what must come before it"`
	Node engine.Value `lua:"node" doc:"the node to ask for"`
}

type whyIn struct {
	Deps deps         `lua:"deps" doc:"each node with what must come before it"`
	Node engine.Value `lua:"node" doc:"the node that comes later"`
	Need engine.Value `lua:"need" doc:"the node that comes before it"`
}

type criticalIn struct {
	Deps deps                `lua:"deps" doc:"each node with what must come before it; a record may say its cost itself"`
	Cost digraph.NodeNumbers `lua:"cost,opt" doc:"how long the work for each node takes; 1 where nothing is said"`
	optionsIn
}

type schedule struct {
	Total float64       `lua:"total" doc:"how long everything takes when as much as possible is done at the same time"`
	Path  engine.Values `lua:"path" doc:"the nodes that decide this, in order"`
	Start engine.Dict   `lua:"start" doc:"when the work for each node can begin" type:"table<any, number>"`
}

type runIn struct {
	Deps      deps         `lua:"deps" doc:"each node with what must come before it"`
	Fn        engine.Value `lua:"fn" doc:"function to call with each node, and with a table of what the nodes returned that it needs" type:"fun(node: any, needs: table): any"`
	Pool      any          `lua:"pool,opt" doc:"pool whose workers do the work; without it, it is done by tasks of the script" type:"pool.Pool"`
	Jobs      int          `lua:"jobs,opt" doc:"how many nodes are worked on at the same time; without it, as many as can be"`
	Retries   int          `lua:"retries,opt" doc:"how often the work for a node is done again when it fails"`
	KeepGoing bool         `lua:"keep_going,opt" doc:"after a failure, go on with the nodes that do not need the failed one"`
	DryRun    bool         `lua:"dry_run,opt" doc:"do nothing and return the levels"`
	Progress  any          `lua:"progress,opt" doc:"true shows a bar on a terminal; a function is called with (done, total, name)" type:"boolean|fun(done: integer, total: integer, name: string)"`
	optionsIn
}

// Module declares toposort.
func Module() *engine.Module {
	return &engine.Module{
		Name: "toposort",
		Doc: "Order things by what they need. A node is any value that can be a key: a string, a number, a boolean, or a table, which is the same node only as the same table. " +
			"The order is stable: where the needs leave a choice, numbers come first, then strings, each in ascending order, then tables in the order in which they appear.",
		Kinds: []*engine.ErrorKind{errCycle, errState, errNode, errFailed},
		Types: []*engine.Type{sorterType()},
		Funcs: append(orders(), questions()...),
	}
}

func orders() []*engine.Function {
	return []*engine.Function{
		engine.Fn("sort", "Put the nodes in an order in which each comes after all that it needs. Nodes that are only needed are part of it. It is the levels, one behind the other.", sortNodes).
			Raises(errCycle).
			Returning("the nodes in order").
			Example(`
				local toposort = require "toposort"
				local order = toposort.sort{b={"a"}, c={"a", "b"}}
				print(table.concat(order, " "))   --> a b c
				-- Needs may be a set or a single name; a node may be a record.
				local steps = {test="build", ship={test=true, docs=true}, docs={needs={"build"}, owner="ann"}}
				print(table.concat(toposort.sort(steps), " "))   --> build docs test ship
				local _, e = try(toposort.sort, {a="b", b="a"})
				print(e.kind, table.concat(e.cycle, " "))   --> toposort.cycle	a b a`),
		engine.Fn("levels", "Group the nodes into levels. Each level needs only earlier levels, so that its nodes can be worked on at the same time.", levelsOf).
			Raises(errCycle).
			ReturningType("any[][]", "the levels, each a list of nodes").
			Example(`
				local toposort = require "toposort"
				for i, level in ipairs(toposort.levels{app={"db", "cache"}, db={"disk"}}) do
					print(i, table.concat(level, " "))
				end
				--> 1	cache disk
				--> 2	db
				--> 3	app`),
		engine.Fn("sorter", "Make a sorter, which hands out nodes as soon as what they need is done.", newSorter).
			ReturningType("toposort.Sorter", "the sorter").
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter{d={"b", "c"}, b="a", c="a"}
				s:prepare()
				while s:active() do
					local ready = s:ready()
					print(table.concat(ready, " "))
					s:done(unpack(ready))
				end
				--> a
				--> b c
				--> d`),
		engine.Fn("run", "Call a function for every node as soon as what the node needs is done, for many nodes at the same time. When one fails, no more work is begun, the work in progress goes on to its end, and an error tells what was done.", run).
			Raises(errCycle, errFailed).
			ReturningType("table<any, any>", "what the function returned for each node; with dry_run the levels").
			Example(`
				local toposort = require "toposort"
				local sizes = toposort.run({app={"lib", "data"}}, function(node, needs)
					local size = #node
					for _, n in pairs(needs) do size = size + n end
					return size
				end)
				print(sizes.lib, sizes.app)   --> 3	10
				local _, e = try(toposort.run, {b="a", c="b"}, function(node)
					if node == "b" then error("no disk", 0) end
				end)
				print(e.failed, e.errors.b, table.concat(e.not_run, " "))   --> b	no disk	c`),
		engine.Fn("mermaid", "Draw the graph as a flowchart of Mermaid. Arrows lead from what is needed to what needs it.", mermaid).
			Returning("the text, which Markdown pages show as a picture").
			Example(`
				local toposort = require "toposort"
				print(toposort.mermaid{app={"db"}})
				--> graph TD
				-->   n1["app"]
				-->   n2["db"]
				-->   n2 --> n1`),
		engine.Fn("dot", "Draw the graph for Graphviz. Arrows lead from what is needed to what needs it.", dot).
			Returning("the text, which the program dot turns into a picture").
			Example(`
				local toposort = require "toposort"
				print(toposort.dot{app={"db"}})
				--> digraph {
				-->   "app";
				-->   "db";
				-->   "db" -> "app";
				--> }`),
	}
}

func questions() []*engine.Function {
	return []*engine.Function{
		engine.Fn("cycles", "Find what makes an order impossible: for each group of nodes that all need each other, a shortest circle through its first node.", cyclesOf).
			ReturningType("any[][]", "the circles, each with its first node again at the end; none when there is an order").
			Example(`
				local toposort = require "toposort"
				for _, c in ipairs(toposort.cycles{a="b", b="a", x="y", y="x", z="a"}) do
					print(table.concat(c, " "))
				end
				--> a b a
				--> x y x`),
		engine.Fn("critical", "Find how long everything takes and what decides that: the chain of needs with the greatest sum of costs.", critical).
			Raises(errCycle).
			Returning("the plan").
			Example(`
				local toposort = require "toposort"
				local deps = {build={"fetch"}, docs={"fetch"}, ship={"build", "docs"}}
				local plan = toposort.critical(deps, {cost={fetch=2, build=10, docs=3}})
				print(plan.total, table.concat(plan.path, " "), plan.start.ship)   --> 13	fetch build ship	12`),
		engine.Fn("needs", "List all that a node needs, directly or by way of others.", needsOf).
			Raises(errCycle, errNode).
			ReturningType("any[]", "the nodes, each after all that it needs itself").
			Example(`
				local toposort = require "toposort"
				local deps = {d={"b", "c"}, b="a", c="a", e="d"}
				print(table.concat(toposort.needs(deps, "d"), " "))   --> a b c`),
		engine.Fn("needed_by", "List all that needs a node, directly or by way of others.", neededBy).
			Raises(errCycle, errNode).
			ReturningType("any[]", "the nodes, each after all that it needs itself").
			Example(`
				local toposort = require "toposort"
				local deps = {d={"b", "c"}, b="a", c="a", e="d"}
				print(table.concat(toposort.needed_by(deps, "b"), " "))   --> d e`),
		engine.Fn("why", "Tell why a node comes after another: the shortest chain of needs between them.", why).
			Raises(errNode).
			ReturningType("any[]?", "the chain from the node to what it needs, nil when it does not need it").
			Example(`
				local toposort = require "toposort"
				local deps = {ship="test", test="build", build="fetch"}
				print(table.concat(toposort.why(deps, "ship", "build"), " needs "))   --> ship needs test needs build
				print(toposort.why(deps, "fetch", "ship"))   --> nil`),
		engine.Fn("reduce", "Leave out the needs that follow from others. The order stays the same.", reduce).
			Raises(errCycle).
			ReturningType("table<any, any[]>", "each node with the list of what it still needs").
			Example(`
				local toposort = require "toposort"
				local deps = toposort.reduce{c={"a", "b"}, b={"a"}}
				print(table.concat(deps.c, " "), #deps.a)   --> b	0`),
	}
}

func sorterType() *engine.Type {
	t := engine.TypeOf[*sorter]("toposort.Sorter", "Hands out nodes as soon as what they need is done. Several tasks may use one sorter.",
		engine.Method("add", "Add a node and what it needs. Adding a node again adds to its needs.", (*sorter).addNode).
			AsInline().
			Raises(errState).
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter()
				s:add("d", "b", "c")
				s:add("d", "a")
				print(table.concat(s:order(), " "))   --> a b c d`),
		engine.Method("prepare", "Look for circles and begin to hand out nodes. When a circle is found it is raised, and the nodes that do not stand behind it can still be handed out.", (*sorter).prepare).
			Raises(errCycle, errState).
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter{a="b", b="a", d="c"}
				local _, e = try(s.prepare, s)
				print(table.concat(e.cycle, " "))         --> a b a
				print(table.concat(s:ready(), " "))       --> c`),
		engine.Method("ready", "Take the nodes whose needs are done and that were not handed out yet.", (*sorter).ready).
			AsInline().
			Raises(errState).
			ReturningType("any[]", "the nodes; an empty list while all that can be worked on is handed out").
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter{b="a"}
				s:prepare()
				print(#s:ready(), #s:ready())   --> 1	0`),
		engine.Method("done", "Say that nodes which were handed out are done.", (*sorter).done).
			AsInline().
			Raises(errState, errNode).
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter{b="a"}
				s:prepare()
				s:done(unpack(s:ready()))
				print(s:ready()[1])   --> b`),
		engine.Method("active", "Say whether the sorter can make progress: nodes are ready, or are handed out and not done.", (*sorter).active).
			AsInline().
			Raises(errState).
			Returning("false at the end, and when only a circle is left").
			Example(`
				local toposort = require "toposort"
				local s = toposort.sorter{b="a"}
				s:prepare()
				print(s:active())   --> true`),
		engine.Method("order", "Hand out all nodes at once. It stands for prepare, ready and done.", (*sorter).order).
			Raises(errCycle, errState).
			ReturningType("any[]", "the nodes in order").
			Example(`
				local toposort = require "toposort"
				print(table.concat(toposort.sorter({b="a"}):order(), " "))   --> a b`),
	)
	t.Stays = "a toposort.Sorter stays in the state that made it; hand its nodes to workers instead"
	return t
}
