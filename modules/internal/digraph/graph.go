// Package digraph is the directed graph beneath the modules toposort and graph.
// Nodes are Lua values, numbered in the order in which they appear; edges are
// arrays of those numbers. A graph that is built does not change, so it may be
// used from several goroutines.
package digraph

import (
	"context"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// Graph is a directed graph.
type Graph struct {
	Nodes []engine.Value // by number

	names  map[int32]string // what tables call themselves
	ids    index
	start  []int32 // where the edges of a node begin in to; one more than nodes
	to     []int32
	weight []float64 // beside to; nil when every edge weighs 1

	order   sync.Once
	sorted  []int32 // the nodes by type and value
	rank    []int32 // where in sorted a node stands
	reverse sync.Once
	back    *Graph
}

// Builder collects nodes and edges.
type Builder struct {
	g      *Graph
	from   []int32
	to     []int32
	weight []float64 // nil while every edge weighs 1
}

// NewBuilder makes an empty builder.
func NewBuilder() *Builder {
	return &Builder{g: &Graph{ids: index{texts: map[string]int32{}}}}
}

// Node returns the number of a node, which is added if it is new.
func (b *Builder) Node(v engine.Value) (int32, error) {
	g := b.g
	if s, ok := v.Text(); ok {
		id, known := g.ids.texts[s]
		if !known {
			id = b.add(v)
			g.ids.texts[s] = id
		}
		return id, nil
	}
	if n, ok := v.Number(); ok {
		if n != n {
			return 0, engine.Invalid("a node cannot be nan, which does not equal itself")
		}
		id, known := g.ids.number(n)
		if !known {
			id = b.add(v)
			g.ids.setNumber(n, id)
		}
		return id, nil
	}
	if v.IsNil() {
		return 0, engine.Invalid("a node cannot be nil")
	}
	id, known := g.ids.others[v]
	if !known {
		if g.ids.others == nil {
			g.ids.others = map[engine.Value]int32{}
		}
		id = b.add(v)
		g.ids.others[v] = id
	}
	return id, nil
}

// Named returns the number of a node and, if it is a table, notes what it calls
// itself. It needs the baton.
func (b *Builder) Named(v engine.Value) (int32, error) {
	n := len(b.g.Nodes)
	id, err := b.Node(v)
	if err == nil && len(b.g.Nodes) > n && v.IsTable() {
		if name, ok := v.Field("name").Text(); ok {
			if b.g.names == nil {
				b.g.names = map[int32]string{}
			}
			b.g.names[id] = name
		}
	}
	return id, err
}

// Anonymous adds a node that is not found by its value.
func (b *Builder) Anonymous(v engine.Value) int32 { return b.add(v) }

func (b *Builder) add(v engine.Value) int32 {
	b.g.Nodes = append(b.g.Nodes, v)
	return int32(len(b.g.Nodes) - 1)
}

// Edge adds an edge.
func (b *Builder) Edge(from, to int32, weight float64) {
	if weight != 1 && b.weight == nil {
		b.weight = make([]float64, len(b.from), cap(b.from))
		for i := range b.weight {
			b.weight[i] = 1
		}
	}
	b.from, b.to = append(b.from, from), append(b.to, to)
	if b.weight != nil {
		b.weight = append(b.weight, weight)
	}
}

// Find returns the number of a node that was added.
func (b *Builder) Find(v engine.Value) (int32, bool) { return b.g.Find(v) }

// Value returns a node that was added.
func (b *Builder) Value(id int32) engine.Value { return b.g.Nodes[id] }

// Label names a node that was added.
func (b *Builder) Label(id int32) string { return b.g.Label(id) }

// Build makes the graph. An edge given twice counts once, the first time.
func (b *Builder) Build() *Graph {
	g := &Graph{Nodes: b.g.Nodes, names: b.g.names, ids: b.g.ids}
	g.place(b.from, b.to, b.weight)
	return g
}

// place sorts edges by the node that they leave; those of one node keep their
// order.
func (g *Graph) place(from, to []int32, weight []float64) {
	n := len(g.Nodes)
	at := make([]int32, n+1)
	for _, f := range from {
		at[f+1]++
	}
	for i := range n {
		at[i+1] += at[i]
	}
	out := make([]int32, len(to))
	var w []float64
	if weight != nil {
		w = make([]float64, len(to))
	}
	next := make([]int32, n)
	copy(next, at)
	for i, f := range from {
		p := next[f]
		next[f]++
		out[p] = to[i]
		if w != nil {
			w[p] = weight[i]
		}
	}
	last := next // the node whose edges reached a node last
	for i := range last {
		last[i] = -1
	}
	kept := int32(0)
	for f := range int32(n) {
		begin := kept
		for p := at[f]; p < at[f+1]; p++ {
			if t := out[p]; last[t] != f {
				last[t] = f
				out[kept] = t
				if w != nil {
					w[kept] = w[p]
				}
				kept++
			}
		}
		at[f] = begin
		// at[f+1] still holds where the next node's edges were put.
	}
	at[n] = kept
	g.start, g.to = at, out[:kept]
	if w != nil {
		g.weight = w[:kept]
	}
}

// Len is how many nodes there are.
func (g *Graph) Len() int { return len(g.Nodes) }

// Edges is how many edges there are.
func (g *Graph) Edges() int { return len(g.to) }

// Weighted says whether any edge weighs something else than 1.
func (g *Graph) Weighted() bool { return g.weight != nil }

// To lists where the edges of a node lead.
func (g *Graph) To(id int32) []int32 { return g.to[g.start[id]:g.start[id+1]] }

// Weights lists what the edges of a node weigh; nil when all weigh 1.
func (g *Graph) Weights(id int32) []float64 {
	if g.weight == nil {
		return nil
	}
	return g.weight[g.start[id]:g.start[id+1]]
}

// Weight is what the i-th edge of a node weighs.
func (g *Graph) Weight(id int32, i int) float64 {
	if g.weight == nil {
		return 1
	}
	return g.weight[int(g.start[id])+i]
}

// Find returns the number of a node.
func (g *Graph) Find(v engine.Value) (int32, bool) { return g.ids.find(v) }

// Values lists nodes as Lua values.
func (g *Graph) Values(ids []int32) engine.Values {
	list := make(engine.Values, len(ids))
	for i, id := range ids {
		list[i] = g.Nodes[id]
	}
	return list
}

// Reverse is the graph with every edge turned round.
func (g *Graph) Reverse() *Graph {
	g.reverse.Do(func() {
		from := make([]int32, len(g.to))
		for f := range int32(g.Len()) {
			for p := g.start[f]; p < g.start[f+1]; p++ {
				from[p] = f
			}
		}
		g.back = &Graph{Nodes: g.Nodes, names: g.names, ids: g.ids}
		g.back.place(g.to, from, g.weight)
	})
	return g.back
}

// Both is the graph in which every edge leads both ways.
func (g *Graph) Both() *Graph {
	back := g.Reverse()
	b := &Builder{g: g}
	for f := range int32(g.Len()) {
		for i, t := range g.To(f) {
			b.Edge(f, t, g.Weight(f, i))
		}
		for i, t := range back.To(f) {
			b.Edge(f, t, back.Weight(f, i))
		}
	}
	return b.Build()
}

// Tick makes a long loop stop when ctx ends: it looks every few thousand calls.
type Tick struct {
	ctx context.Context
	n   uint32
}

// NewTick makes a Tick.
func NewTick(ctx context.Context) *Tick { return &Tick{ctx: ctx} }

// Stop returns why the loop must end, or nil.
func (t *Tick) Stop() error {
	if t.n++; t.n&4095 == 0 && t.ctx.Err() != nil {
		return context.Cause(t.ctx)
	}
	return nil
}
