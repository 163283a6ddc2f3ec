package graph_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/graph"
	"github.com/gscript-lang/gscript/modules/toposort"
)

// A graph of 1,000,000 edges between 100,000 nodes, each leading to a node
// before it.
const million = `
graph, toposort = require "graph", require "toposort"
local seed = 1
local function draw(n) seed = (seed * 16807) % 2147483647 return seed % n end
local names = {}
for i = 0, 99999 do names[i] = name(i) end
edges, last = {}, names[99999]
for i = 1, 99999 do
	local list = {names[i - 1]}
	for j = 2, 10 do list[j] = names[draw(i)] end
	edges[names[i]] = list
end
g = graph.new(edges)
`

func BenchmarkMillionEdges(b *testing.B) {
	for _, nodes := range []struct{ name, make string }{
		{"text", `function name(i) return "node" .. i end`},
		{"number", `function name(i) return i + 1 end`},
	} {
		s := engine.New(engine.Options{Trusted: true, Modules: []engine.Entry{
			{Name: "graph", Declare: graph.Module}, {Name: "toposort", Declare: toposort.Module},
		}}).NewState(b.Context())
		if _, err := s.Run(b.Context(), "prepare.lua", nodes.make+million); err != nil {
			b.Fatal(err)
		}
		for _, work := range []struct{ name, source string }{
			{"new", `graph.new(edges)`},
			{"bfs", `assert(#g:bfs(last) == 100000)`},
			{"sort", `assert(#toposort.sort(edges) == 100000)`},
		} {
			b.Run(nodes.name+"/"+work.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Run(b.Context(), "bench.lua", work.source); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		s.Close()
	}
}
