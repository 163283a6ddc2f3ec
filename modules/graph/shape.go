package graph

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

func (g *Graph) components(c *engine.Call, _ engine.None) ([]engine.Values, error) {
	parts, err := g.ways().Components(digraph.NewTick(c.Context()))
	return g.lists(parts), err
}

func (g *Graph) strong(c *engine.Call, _ engine.None) ([]engine.Values, error) {
	parts, err := g.g.Strong(digraph.NewTick(c.Context()))
	return g.lists(parts), err
}

// sort is toposort for edges that lead from what comes first to what follows.
func (g *Graph) sort(c *engine.Call, _ engine.None) (engine.Values, error) {
	if g.undirected {
		return nil, engine.Invalid("an undirected graph has no order")
	}
	loop, found := g.g.Loop()
	cycle := []int32{loop, loop}
	if !found {
		nodes, _, stuck, err := g.g.Reverse().Layers(c.Context(), true)
		if err != nil {
			return nil, err
		}
		if stuck == nil {
			return g.g.Values(nodes), nil
		}
		cycle = g.g.Reverse().CycleAmong(stuck)
		for i, j := 0, len(cycle)-1; i < j; i, j = i+1, j-1 {
			cycle[i], cycle[j] = cycle[j], cycle[i]
		}
	}
	e := engine.Errorf(errCycle, "the graph has a cycle: %s", g.g.Labels(cycle, " → "))
	e.Fields = map[string]any{"cycle": g.g.Values(cycle)}
	return nil, e
}

func (g *Graph) cycle(c *engine.Call, _ engine.None) (any, error) {
	tick := digraph.NewTick(c.Context())
	var (
		cycle []int32
		err   error
	)
	if g.undirected {
		cycle, err = g.g.UndirectedCycle(tick)
	} else {
		var cycles [][]int32
		if cycles, err = g.g.Cycles(tick, true); len(cycles) > 0 {
			cycle = cycles[0]
		}
	}
	if cycle == nil || err != nil {
		return nil, err
	}
	return g.g.Values(cycle), nil
}

func (g *Graph) cycles(c *engine.Call, _ engine.None) ([]engine.Values, error) {
	if g.undirected {
		return nil, engine.Invalid("cycles is for directed graphs; cycle finds one in any graph")
	}
	cycles, err := g.g.Cycles(digraph.NewTick(c.Context()), true)
	return g.lists(cycles), err
}

func (g *Graph) bipartite(c *engine.Call, _ engine.None) (engine.Multi, error) {
	side, err := g.ways().TwoColours(digraph.NewTick(c.Context()))
	if side == nil || err != nil {
		return engine.Multi{nil}, err
	}
	left, right := engine.Values{}, engine.Values{}
	for _, id := range g.g.Sorted() {
		if side[id] == 1 {
			left = append(left, g.g.Nodes[id])
		} else {
			right = append(right, g.g.Nodes[id])
		}
	}
	return engine.Multi{left, right}, nil
}

func (g *Graph) bridges(c *engine.Call, _ engine.None) ([]engine.Values, error) {
	pairs, err := g.ways().Bridges(digraph.NewTick(c.Context()))
	list := make([]engine.Values, len(pairs))
	for i, pair := range pairs {
		list[i] = g.g.Values(pair[:])
	}
	return list, err
}

func (g *Graph) mst(c *engine.Call, _ engine.None) (engine.Multi, error) {
	picked, err := g.ways().Forest(digraph.NewTick(c.Context()))
	if err != nil {
		return nil, err
	}
	list, total := []edge{}, 0.0
	for _, e := range picked {
		list = append(list, edge{g.g.Nodes[e.From], g.g.Nodes[e.To], e.Weight})
		total += e.Weight
	}
	return engine.Multi{list, total}, nil
}
