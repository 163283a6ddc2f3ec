package graph

import (
	"fmt"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

// Graph is the handle of scripts. It does not change.
type Graph struct {
	engine.Identity
	g          *digraph.Graph
	undirected bool

	once sync.Once
	both *digraph.Graph // every edge leads both ways
}

func newGraph(g *digraph.Graph, undirected bool) *Graph {
	return &Graph{g: g, undirected: undirected}
}

func (g *Graph) String() string {
	return fmt.Sprintf("graph.Graph (%d nodes, %d edges)", g.g.Len(), g.edgeCount())
}

// ways is the graph without directions.
func (g *Graph) ways() *digraph.Graph {
	if g.undirected {
		return g.g
	}
	g.once.Do(func() { g.both = g.g.Both() })
	return g.both
}

// edgeCount counts an edge of an undirected graph once.
func (g *Graph) edgeCount() int {
	if !g.undirected {
		return g.g.Edges()
	}
	loops := 0
	for id := range int32(g.g.Len()) {
		for _, to := range g.g.To(id) {
			if to == id {
				loops++
			}
		}
	}
	return (g.g.Edges()-loops)/2 + loops
}

func (g *Graph) find(v engine.Value) (int32, error) {
	id, ok := g.g.Find(v)
	if !ok {
		message, hint := g.g.Missing(v)
		e := engine.Errorf(errMissing, "%s", message)
		e.Hint = hint
		return 0, e
	}
	return id, nil
}

// ends finds both ends of a way.
func (g *Graph) ends(from, to engine.Value) (int32, int32, error) {
	a, err := g.find(from)
	if err != nil {
		return 0, 0, err
	}
	b, err := g.find(to)
	return a, b, err
}

func (g *Graph) lists(parts [][]int32) []engine.Values {
	list := make([]engine.Values, len(parts))
	for i, ids := range parts {
		list[i] = g.g.Values(ids)
	}
	return list
}

// edges is a parameter: a table of nodes and where their edges lead.
type edges struct{ builder *digraph.Builder }

// ReadLua is the engine's.
func (e *edges) ReadLua(v engine.Value) error {
	e.builder = digraph.NewBuilder()
	return e.builder.Read(v, digraph.Form{Weights: true, What: "neighbours"}, nil)
}

// LuaType names the type in documentation.
func (edges) LuaType() string { return "table" }

// ways is edges that lead both ways.
type ways struct{ builder *digraph.Builder }

// ReadLua is the engine's.
func (w *ways) ReadLua(v engine.Value) error {
	w.builder = digraph.NewBuilder()
	return w.builder.Read(v, digraph.Form{Weights: true, Both: true, What: "neighbours"}, nil)
}

// LuaType names the type in documentation.
func (ways) LuaType() string { return "table" }

func newDirected(_ *engine.Call, in newIn) (*Graph, error) {
	return newGraph(in.Edges.builder.Build(), false), nil
}

func newUndirected(_ *engine.Call, in undirectedIn) (*Graph, error) {
	return newGraph(in.Edges.builder.Build(), true), nil
}

func (g *Graph) nodes(_ *engine.Call, _ engine.None) (engine.Values, error) {
	return g.g.Values(g.g.Sorted()), nil
}

func (g *Graph) edgeList(_ *engine.Call, _ engine.None) ([]edge, error) {
	rank := g.g.Rank()
	list := []edge{}
	for _, id := range g.g.Sorted() {
		for i, to := range g.g.To(id) {
			if !g.undirected || rank[to] >= rank[id] {
				list = append(list, edge{g.g.Nodes[id], g.g.Nodes[to], g.g.Weight(id, i)})
			}
		}
	}
	return list, nil
}

func (g *Graph) neighbours(_ *engine.Call, in nodeIn) (engine.Values, error) {
	id, err := g.find(in.Node)
	if err != nil {
		return nil, err
	}
	return g.g.Values(g.g.To(id)), nil
}

func (g *Graph) has(_ *engine.Call, in hasIn) (bool, error) {
	from, ok := g.g.Find(in.Node)
	if !ok || in.To.IsNil() {
		return ok, nil
	}
	to, ok := g.g.Find(in.To)
	if !ok {
		return false, nil
	}
	for _, id := range g.g.To(from) {
		if id == to {
			return true, nil
		}
	}
	return false, nil
}

func (g *Graph) reversed(_ *engine.Call, _ engine.None) (*Graph, error) {
	return newGraph(g.g.Reverse(), g.undirected), nil
}

func (g *Graph) mermaid(_ *engine.Call, _ engine.None) (string, error) {
	return g.g.Mermaid(digraph.Drawing{Undirect: g.undirected}), nil
}

func (g *Graph) dot(_ *engine.Call, _ engine.None) (string, error) {
	return g.g.Dot(digraph.Drawing{Undirect: g.undirected}), nil
}
