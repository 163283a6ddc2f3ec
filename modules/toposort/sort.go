package toposort

import (
	"context"
	"slices"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

// layers orders the whole graph or raises a cycle.
func layers(ctx context.Context, g *digraph.Graph, sorted bool) (nodes, ends []int32, err error) {
	nodes, ends, stuck, err := g.Layers(ctx, sorted)
	if err == nil && stuck != nil {
		err = cycleError(g, g.CycleAmong(stuck))
	}
	return nodes, ends, err
}

func sortNodes(c *engine.Call, in sortIn) (engine.Values, error) {
	g, err := in.Deps.graph(in.Self)
	if err != nil {
		return nil, err
	}
	nodes, _, err := layers(c.Context(), g, in.Sort)
	return g.Values(nodes), err
}

func levelsOf(c *engine.Call, in sortIn) ([]engine.Values, error) {
	g, err := in.Deps.graph(in.Self)
	if err != nil {
		return nil, err
	}
	return levels(c.Context(), g, in.Sort)
}

func levels(ctx context.Context, g *digraph.Graph, sorted bool) ([]engine.Values, error) {
	nodes, ends, err := layers(ctx, g, sorted)
	if err != nil {
		return nil, err
	}
	list := make([]engine.Values, len(ends))
	begin := int32(0)
	for i, end := range ends {
		list[i] = g.Values(nodes[begin:end])
		begin = end
	}
	return list, nil
}

func mermaid(_ *engine.Call, in depsIn) (string, error) {
	return in.Deps.builder.Build().Mermaid(digraph.Drawing{Turned: true}), nil
}

func dot(_ *engine.Call, in depsIn) (string, error) {
	return in.Deps.builder.Build().Dot(digraph.Drawing{Turned: true}), nil
}

func cyclesOf(c *engine.Call, in depsIn) ([]engine.Values, error) {
	g := in.Deps.builder.Build()
	cycles, err := g.Cycles(digraph.NewTick(c.Context()), in.Self == "error")
	list := make([]engine.Values, len(cycles))
	for i, cycle := range cycles {
		list[i] = g.Values(cycle)
	}
	return list, err
}

func critical(c *engine.Call, in criticalIn) (*schedule, error) {
	g, err := in.Deps.graph(in.Self)
	if err != nil {
		return nil, err
	}
	nodes, _, err := layers(c.Context(), g, true)
	if err != nil {
		return nil, err
	}
	cost := make([]float64, g.Len())
	for i := range cost {
		cost[i] = 1
	}
	for _, list := range [][]digraph.NodeNumber{in.Deps.cost, in.Cost} {
		for _, item := range list {
			id, err := find(g, item.Node)
			if err != nil {
				return nil, err
			}
			cost[id] = item.Number
		}
	}
	start := make([]float64, g.Len())
	because := make([]int32, g.Len()) // the need that ends last
	plan, last := &schedule{}, int32(-1)
	for _, id := range nodes {
		because[id] = -1
		for _, need := range g.To(id) {
			if end := start[need] + cost[need]; need != id && (because[id] < 0 || end > start[id]) {
				start[id], because[id] = end, need
			}
		}
		if end := start[id] + cost[id]; last < 0 || end > plan.Total {
			plan.Total, last = end, id
		}
		plan.Start = append(plan.Start, engine.DictItem{Key: g.Nodes[id], Value: start[id]})
	}
	var path []int32
	for ; last >= 0; last = because[last] {
		path = append(path, last)
	}
	slices.Reverse(path)
	plan.Path = g.Values(path)
	return plan, nil
}

func needsOf(c *engine.Call, in nodeIn) (engine.Values, error) {
	return around(c.Context(), in, false)
}

func neededBy(c *engine.Call, in nodeIn) (engine.Values, error) {
	return around(c.Context(), in, true)
}

// around lists what a search from a node finds, in the order of sort.
func around(ctx context.Context, in nodeIn, turned bool) (engine.Values, error) {
	g := in.Deps.builder.Build()
	id, err := find(g, in.Node)
	if err != nil {
		return nil, err
	}
	nodes, _, err := layers(ctx, g, true)
	if err != nil {
		return nil, err
	}
	way := g
	if turned {
		way = g.Reverse()
	}
	tree, err := way.BFS(digraph.NewTick(ctx), id, -1, -1)
	if err != nil {
		return nil, err
	}
	found := engine.Values{}
	for _, n := range nodes {
		if n != id && tree.Depth[n] >= 0 {
			found = append(found, g.Nodes[n])
		}
	}
	return found, nil
}

func why(c *engine.Call, in whyIn) (any, error) {
	g := in.Deps.builder.Build()
	from, err := find(g, in.Node)
	if err != nil {
		return nil, err
	}
	to, err := find(g, in.Need)
	if err != nil {
		return nil, err
	}
	tree, err := g.BFS(digraph.NewTick(c.Context()), from, to, -1)
	if err != nil {
		return nil, err
	}
	if path := tree.Path(to); path != nil {
		return g.Values(path), nil
	}
	return nil, nil
}

// reduce keeps a need only if no other need of the node leads to it. Of a
// node's needs, those latest in the order are looked at first: what they reach
// is not needed any more.
func reduce(c *engine.Call, in depsIn) (engine.Dict, error) {
	g, err := in.Deps.graph(in.Self)
	if err != nil {
		return nil, err
	}
	nodes, _, err := layers(c.Context(), g, true)
	if err != nil {
		return nil, err
	}
	place := make([]int32, g.Len())
	for i, id := range nodes {
		place[id] = int32(i)
	}
	tick := digraph.NewTick(c.Context())
	reached := make([]int32, g.Len()) // 1 + the node for which it was reached last
	var list engine.Dict
	for _, id := range nodes {
		needs := slices.Clone(g.To(id))
		slices.SortFunc(needs, func(a, b int32) int { return int(place[b] - place[a]) })
		kept := map[int32]bool{}
		for _, need := range needs {
			if reached[need] == id+1 || need == id {
				continue
			}
			kept[need] = true
			reached[need] = id + 1
			for stack := []int32{need}; len(stack) > 0; {
				if err := tick.Stop(); err != nil {
					return nil, err
				}
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				for _, to := range g.To(top) {
					if reached[to] != id+1 {
						reached[to] = id + 1
						stack = append(stack, to)
					}
				}
			}
		}
		left := engine.Values{}
		for _, need := range g.To(id) {
			if kept[need] {
				left = append(left, g.Nodes[need])
			}
		}
		list = append(list, engine.DictItem{Key: g.Nodes[id], Value: left})
	}
	return list, nil
}
