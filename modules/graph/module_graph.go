package graph

import "github.com/gscript-lang/gscript/engine"

const example = `
	local graph = require "graph"
	local g = graph.new{A={"B", "C"}, B={"D"}, C={"D"}, D={}}`

func graphType() *engine.Type {
	t := engine.TypeOf[*Graph]("graph.Graph", "A graph that does not change.")
	for _, f := range walks() {
		t.Add(f)
	}
	for _, f := range shapes() {
		t.Add(f)
	}
	t.Add(
		engine.Prop("size", "How many nodes there are.", func(g *Graph) int { return g.g.Len() }),
		engine.Prop("edge_count", "How many edges there are; one that leads both ways counts once in an undirected graph.", (*Graph).edgeCount),
		engine.Prop("directed", "Whether edges lead one way.", func(g *Graph) bool { return !g.undirected }),
		engine.Prop("weighted", "Whether any edge weighs something else than 1.", func(g *Graph) bool { return g.g.Weighted() }),
	)
	t.Stays = "a graph.Graph stays in the state that made it; make the graph of its table in the worker"
	return t
}

func walks() []*engine.Function {
	return []*engine.Function{
		engine.Method("dfs", "List what can be reached from a node, depth first: a node, then all behind its first edge, then all behind its second.", (*Graph).dfs).
			Raises(errMissing).
			Returning("the nodes in the order in which they are reached").
			Example(example, `
				print(table.concat(g:dfs("A"), " "))                  --> A B D C
				print(table.concat(g:dfs("A", {max_depth=1}), " "))   --> A B C`),
		engine.Method("bfs", "List what can be reached from a node, breadth first: nearer nodes before farther ones.", (*Graph).bfs).
			Raises(errMissing).
			Returning("the nodes in the order in which they are reached").
			Example(example, `
				print(table.concat(g:bfs("A"), " "))   --> A B C D`),
		engine.Method("paths", "Walk all paths between two nodes that meet no node twice. Each is found when it is asked for, and the loop may be left at any time.", (*Graph).paths).
			Raises(errMissing).
			ReturningType("fun(): any[]", "an iterator over the paths, each a list of nodes of its own").
			Example(example, `
				for p in g:paths("A", "D") do print(table.concat(p, " ")) end
				--> A B D
				--> A C D
				for p in g:paths("A", "D", {order="bfs", limit=1}) do print(#p) end   --> 3`),
		engine.Method("shortest", "Find the path with the fewest edges, or with the least sum of weights in a graph that has them. Among equal ones it is the first as listed.", (*Graph).shortest).
			Raises(errMissing).
			ReturningType("any[]?", "the nodes of the path, only the one when both are the same; nil when there is no path").
			Example(example, `
				print(table.concat(g:shortest("A", "D"), " "))   --> A B D
				print(g:shortest("D", "A"))                      --> nil
				local _, e = try(g.shortest, g, "A", "d")
				print(e.kind, e.hint)   --> graph.missing	did you mean "D"?`),
		engine.Method("reachable", "Say whether a node can be reached from another, or list all that can. A node reaches itself.", (*Graph).reachable).
			Raises(errMissing).
			ReturningType("boolean|any[]", "true or false for two nodes, a sorted list for one").
			Example(example, `
				print(g:reachable("A", "D"), g:reachable("D", "A"))   --> true	false
				print(table.concat(g:reachable("B"), " "))            --> B D`),
		engine.Method("distances", "Tell how far all nodes are that can be reached from one: in edges, or in the least sum of weights in a graph that has them.", (*Graph).distances).
			Raises(errMissing).
			ReturningType("table<any, number>", "each node with its distance; pairs gives them from near to far").
			Example(example, `
				local far = g:distances("A")
				print(far.A, far.C, far.D)   --> 0	1	2`),
		engine.Method("walk", "Walk from a node and call functions on the way. A callback that returns false ends the walk.", (*Graph).walk).
			Raises(errMissing).
			Returning("false when a callback ended the walk").
			Example(example, `
				g:walk("A", {
					pre = function(node, depth) print(("  "):rep(depth) .. node) end,
					edge = function(from, to, kind) return kind ~= "other" end,
				})
				--> A
				-->   B
				-->     D
				-->   C`),
		engine.Method("component", "List all nodes that hang together with one, whichever way the edges lead.", (*Graph).component).
			Raises(errMissing).
			Returning("the nodes, sorted").
			Example(example, `
				print(table.concat(g:component("D"), " "))   --> A B C D`),
		engine.Method("neighbours", "List where the edges of a node lead.", (*Graph).neighbours).
			AsInline().
			Raises(errMissing).
			Returning("the nodes, in the order in which they were given").
			Example(example, `
				print(table.concat(g:neighbours("A"), " "))   --> B C`),
		engine.Method("has", "Say whether there is a node, or an edge between two.", (*Graph).has).
			AsInline().
			Returning("whether there is").
			Example(example, `
				print(g:has("A"), g:has("A", "B"), g:has("B", "A"))   --> true	true	false`),
		engine.Method("nodes", "List all nodes.", (*Graph).nodes).
			Returning("the nodes, sorted").
			Example(example, `
				print(table.concat(g:nodes(), " "), g.size)   --> A B C D	4`),
		engine.Method("edges", "List all edges.", (*Graph).edgeList).
			Returning("the edges, by the node at which they begin").
			Example(example, `
				local e = g:edges()[1]
				print(e.from, e.to, e.weight, g.edge_count)   --> A	B	1	4`),
	}
}

func shapes() []*engine.Function {
	return []*engine.Function{
		engine.Method("components", "Group the nodes that hang together, whichever way the edges lead.", (*Graph).components).
			ReturningType("any[][]", "the groups, each a sorted list").
			Example(`
				local graph = require "graph"
				for _, c in ipairs(graph.new({a="b", x="y"}):components()) do print(table.concat(c, " ")) end
				--> a b
				--> x y`),
		engine.Method("strong", "Group the nodes that can reach each other: the strongly connected components.", (*Graph).strong).
			ReturningType("any[][]", "the groups, each a sorted list; a node that is on no cycle is alone").
			Example(`
				local graph = require "graph"
				for _, c in ipairs(graph.new({a="b", b="a", c="a"}):strong()) do print(table.concat(c, " ")) end
				--> a b
				--> c`),
		engine.Method("sort", "Put the nodes in an order in which every edge leads forward.", (*Graph).sort).
			Raises(errCycle).
			Returning("the nodes in order").
			Example(example, `
				print(table.concat(g:sort(), " "))   --> A B C D`),
		engine.Method("cycle", "Find a cycle.", (*Graph).cycle).
			ReturningType("any[]?", "its nodes with the first again at the end; nil when there is none").
			Example(`
				local graph = require "graph"
				print(table.concat(graph.new({a="b", b="c", c="b"}):cycle(), " "))   --> b c b
				print(graph.new({a="b"}):cycle())   --> nil`),
		engine.Method("cycles", "Find for each group of nodes that can reach each other a shortest cycle through its first node, and every edge from a node to itself.", (*Graph).cycles).
			ReturningType("any[][]", "the cycles, each with its first node again at the end").
			Example(`
				local graph = require "graph"
				for _, c in ipairs(graph.new({a="b", b="a", x="x"}):cycles()) do print(table.concat(c, " ")) end
				--> a b a
				--> x x`),
		engine.Method("bipartite", "Part the nodes in two so that no edge joins two of one part.", (*Graph).bipartite).
			ReturningType("any[]?, any[]?", "the parts, each sorted; nil when that cannot be").
			Example(`
				local graph = require "graph"
				local left, right = graph.new({ann={"go", "lua"}, bob="lua"}):bipartite()
				print(table.concat(left, " "), table.concat(right, " "))   --> ann bob	go lua
				print(graph.new({a="b", b="c", c="a"}):bipartite())   --> nil`),
		engine.Method("bridges", "List the edges without which the graph would fall into more parts. Directions do not count.", (*Graph).bridges).
			ReturningType("any[][]", "the edges, each a list of its two ends").
			Example(`
				local graph = require "graph"
				local g = graph.undirected{a={"b", "c"}, b={"c"}, c={"d"}}
				for _, e in ipairs(g:bridges()) do print(e[1], e[2]) end   --> c	d`),
		engine.Method("mst", "Pick edges of the least weight that keep together what hangs together: a minimum spanning tree, of each component. Directions do not count.", (*Graph).mst).
			ReturningType("graph.Edge[], number", "the edges, the lightest first, and the sum of their weights").
			Example(`
				local graph = require "graph"
				local tree, sum = graph.undirected({a={b=1, c=5}, b={c=2}}):mst()
				print(#tree, sum)   --> 2	3`),
		engine.Method("reverse", "Turn all edges round.", (*Graph).reversed).
			ReturningType("graph.Graph", "a graph of its own").
			Example(example, `
				print(table.concat(g:reverse():bfs("D"), " "))   --> D B C A`),
		engine.Method("mermaid", "Draw the graph as a flowchart of Mermaid.", (*Graph).mermaid).
			Returning("the text, which Markdown pages show as a picture").
			Example(`
				local graph = require "graph"
				print(graph.new({a="b"}):mermaid())
				--> graph TD
				-->   n1["a"]
				-->   n2["b"]
				-->   n1 --> n2`),
		engine.Method("dot", "Draw the graph for Graphviz.", (*Graph).dot).
			Returning("the text, which the program dot turns into a picture").
			Example(`
				local graph = require "graph"
				print(graph.undirected({a="b"}):dot())
				--> graph {
				-->   "a";
				-->   "b";
				-->   "a" -- "b";
				--> }`),
	}
}
