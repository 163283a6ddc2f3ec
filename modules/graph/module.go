// Package graph walks and searches directed and undirected graphs: the Lua
// module graph.
package graph

import (
	"github.com/gscript-lang/gscript/engine"
)

var (
	errMissing = engine.Kind("graph.missing", "The graph has no such node. The hint names one that is written alike.")
	errCycle   = engine.Kind("graph.cycle", "The graph has a cycle, so it has no order. e.cycle lists it, with its first node again at the end.")
	errLimit   = engine.Kind("graph.limit", "A search has looked at as many nodes as limit allows and has not found its goal.")
)

type newIn struct {
	Edges edges `lua:"edges" doc:"each node with where its edges lead: a list, a set such as {b=true}, weights such as {b=3}, or one string or number"`
}

type undirectedIn struct {
	Edges ways `lua:"edges" doc:"each node with its neighbours, as for new; each edge needs to be given at one of its ends only"`
}

type nodeIn struct {
	Node engine.Value `lua:"node" doc:"the node"`
}

type hasIn struct {
	Node engine.Value `lua:"node" doc:"the node"`
	To   engine.Value `lua:"to,arg" doc:"ask for the edge that leads here"`
}

type fromIn struct {
	Start    engine.Value `lua:"start" doc:"the node to begin at"`
	MaxDepth *int         `lua:"max_depth,opt" doc:"how many edges to go from the start at most"`
}

type reachableIn struct {
	Node engine.Value `lua:"node" doc:"the node to begin at"`
	To   engine.Value `lua:"to,arg" doc:"the node to ask for; without it, all are listed"`
}

type waysIn struct {
	From engine.Value `lua:"from" doc:"the node to begin at"`
	To   engine.Value `lua:"to" doc:"the node to come to"`
}

type pathsIn struct {
	From     engine.Value `lua:"from" doc:"the node to begin at"`
	To       engine.Value `lua:"to" doc:"the node to come to"`
	Order    string       `lua:"order,opt" default:"dfs" enum:"dfs|bfs" doc:"bfs gives the shorter paths first, and remembers every path that it has begun; dfs follows the edges as listed, and remembers one path"`
	MaxDepth *int         `lua:"max_depth,opt" doc:"how many edges a path has at most"`
	Limit    *int         `lua:"limit,opt" doc:"how many paths to give at most"`
}

type walkIn struct {
	Start    engine.Value `lua:"start" doc:"the node to begin at"`
	Order    string       `lua:"order,opt" default:"dfs" enum:"dfs|bfs" doc:"depth first or breadth first"`
	Pre      *engine.Func `lua:"pre,opt" doc:"called when a node is reached" type:"fun(node: any, depth: integer): boolean?"`
	Post     *engine.Func `lua:"post,opt" doc:"called when all that lies behind a node is done, with bfs when its edges are" type:"fun(node: any, depth: integer): boolean?"`
	Edge     *engine.Func `lua:"edge,opt" doc:"called for each edge; kind is tree for one to a new node, back for one to a node on the way to here, other for the rest" type:"fun(from: any, to: any, kind: string): boolean?"`
	MaxDepth *int         `lua:"max_depth,opt" doc:"how many edges to go from the start at most"`
}

type searchIn struct {
	Start     startNode    `lua:"start,opt,need" doc:"the node to begin at"`
	Next      *engine.Func `lua:"next,opt,need" doc:"returns the neighbours of a node: a list, a set, weights such as {b=3}, or nil for none" type:"fun(node: any): any"`
	Goal      engine.Value `lua:"goal,opt,need" doc:"the node to find, or a function that says whether a node is it" type:"any|fun(node: any): boolean"`
	Key       *engine.Func `lua:"key,opt" doc:"returns a string or number that is equal for equal nodes; needed when nodes are tables that next makes anew" type:"fun(node: any): any"`
	Cost      *engine.Func `lua:"cost,opt" doc:"returns the cost of going from one node to the next; without it an edge costs its weight, or 1" type:"fun(from: any, to: any): number"`
	Heuristic *engine.Func `lua:"heuristic,opt" doc:"returns a guess of the cost from a node to the goal that is never too high, which makes the search A*" type:"fun(node: any): number"`
	MaxDepth  *int         `lua:"max_depth,opt" doc:"how many edges a path has at most; with costs only the cheapest way to a node counts"`
	Limit     *int         `lua:"limit,opt" doc:"how many nodes to look at before the search fails"`
}

type edge struct {
	From   engine.Value `lua:"from" doc:"where the edge begins"`
	To     engine.Value `lua:"to" doc:"where it leads"`
	Weight float64      `lua:"weight" doc:"what it weighs, 1 where nothing was said"`
}

// Module declares graph.
func Module() *engine.Module {
	return &engine.Module{
		Name: "graph",
		Doc: "Walk and search graphs. A node is any value that can be a key: a string, a number, a boolean, or a table, which is the same node only as the same table. " +
			"Neighbours given as a list keep their order; those of a set are sorted, numbers before strings. Nothing is recursive, so a graph may be as deep as memory allows.",
		Kinds: []*engine.ErrorKind{errMissing, errCycle, errLimit},
		Types: []*engine.Type{graphType()},
		Funcs: []*engine.Function{
			engine.Fn("new", "Make a directed graph of a table.", newDirected).
				ReturningType("graph.Graph", "the graph; later changes of the table do not change it").
				Example(`
					local graph = require "graph"
					local g = graph.new{A={"B", "C"}, B={"D"}}
					print(table.concat(g:bfs("A"), " "), table.concat(g:dfs("A"), " "))   --> A B C D	A B D C
					local roads = graph.new{A={B=7, C=2}, C={B=3}}
					print(table.concat(roads:shortest("A", "B"), " "))   --> A C B`),
			engine.Fn("undirected", "Make a graph whose edges lead both ways. An edge given at both ends is one edge; the first weight counts.", newUndirected).
				ReturningType("graph.Graph", "the graph").
				Example(`
					local graph = require "graph"
					local g = graph.undirected{A={"B"}, C={"B"}}
					print(table.concat(g:shortest("A", "C"), " "))   --> A B C`),
			engine.Fn("search", "Find a way in a graph that a function describes: breadth first, by least cost when edges have costs, and as A* with a heuristic.", search).
				Raises(errLimit).
				ReturningType("any[]?", "the nodes from the start to the goal, nil when there is no way").
				Example(`
					local graph = require "graph"
					-- From 1 to 10 by doubling or adding one.
					local path = graph.search{start=1, goal=10, next=function(n)
						if n < 100 then return {n * 2, n + 1} end
					end}
					print(table.concat(path, " "))   --> 1 2 4 5 10
					-- Squares of a board are tables, so key= tells which are equal.
					local steps = graph.search{
						start = {x=0, y=0},
						goal = function(p) return p.x == 2 and p.y == 1 end,
						key = function(p) return p.x .. "," .. p.y end,
						heuristic = function(p) return math.abs(2 - p.x) + math.abs(1 - p.y) end,
						next = function(p)
							return {{x=p.x+1, y=p.y}, {x=p.x, y=p.y+1}, {x=p.x-1, y=p.y}, {x=p.x, y=p.y-1}}
						end,
					}
					print(#steps)   --> 4`),
		},
	}
}
