package graph

import (
	"context"
	"slices"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

// depthOf is a limit as the searches take it: negative is none.
func depthOf(limit *int) (int32, error) {
	switch {
	case limit == nil:
		return -1, nil
	case *limit < 0:
		return 0, engine.Invalid("max_depth must not be negative, got %d", *limit)
	}
	return int32(min(*limit, 1<<30)), nil
}

func (g *Graph) dfs(c *engine.Call, in fromIn) (engine.Values, error) {
	start, err := g.find(in.Start)
	if err != nil {
		return nil, err
	}
	depth, err := depthOf(in.MaxDepth)
	if err != nil {
		return nil, err
	}
	var order []int32
	_, err = g.g.DFS(digraph.NewTick(c.Context()), start, depth, &digraph.Visitor{Pre: func(id, _ int32) (bool, error) {
		order = append(order, id)
		return true, nil
	}})
	if err != nil {
		return nil, err
	}
	return g.g.Values(order), nil
}

func (g *Graph) bfs(c *engine.Call, in fromIn) (engine.Values, error) {
	start, err := g.find(in.Start)
	if err != nil {
		return nil, err
	}
	depth, err := depthOf(in.MaxDepth)
	if err != nil {
		return nil, err
	}
	tree, err := g.g.BFS(digraph.NewTick(c.Context()), start, -1, depth)
	if err != nil {
		return nil, err
	}
	return g.g.Values(tree.Order), nil
}

func (g *Graph) component(c *engine.Call, in nodeIn) (engine.Values, error) {
	id, err := g.find(in.Node)
	if err != nil {
		return nil, err
	}
	tree, err := g.ways().BFS(digraph.NewTick(c.Context()), id, -1, -1)
	if err != nil {
		return nil, err
	}
	g.g.SortIDs(tree.Order)
	return g.g.Values(tree.Order), nil
}

func (g *Graph) reachable(c *engine.Call, in reachableIn) (any, error) {
	from, err := g.find(in.Node)
	if err != nil {
		return nil, err
	}
	to := int32(-1)
	if !in.To.IsNil() {
		if to, err = g.find(in.To); err != nil {
			return nil, err
		}
	}
	tree, err := g.g.BFS(digraph.NewTick(c.Context()), from, to, -1)
	if err != nil {
		return nil, err
	}
	if to >= 0 {
		return tree.Depth[to] >= 0, nil
	}
	g.g.SortIDs(tree.Order)
	return g.g.Values(tree.Order), nil
}

func (g *Graph) distances(c *engine.Call, in nodeIn) (engine.Dict, error) {
	start, err := g.find(in.Node)
	if err != nil {
		return nil, err
	}
	tick := digraph.NewTick(c.Context())
	list := engine.Dict{}
	if g.g.Weighted() {
		order, _, distance, err := g.g.Dijkstra(tick, start, -1)
		for _, id := range order {
			list = append(list, engine.DictItem{Key: g.g.Nodes[id], Value: distance[id]})
		}
		return list, err
	}
	tree, err := g.g.BFS(tick, start, -1, -1)
	if err != nil {
		return nil, err
	}
	for _, id := range tree.Order {
		list = append(list, engine.DictItem{Key: g.g.Nodes[id], Value: float64(tree.Depth[id])})
	}
	return list, nil
}

func (g *Graph) shortest(c *engine.Call, in waysIn) (any, error) {
	from, to, err := g.ends(in.From, in.To)
	if err != nil {
		return nil, err
	}
	tick := digraph.NewTick(c.Context())
	var path []int32
	if g.g.Weighted() {
		_, parent, distance, derr := g.g.Dijkstra(tick, from, to)
		if err = derr; err == nil && distance[to] >= 0 {
			for id := to; id >= 0; id = parent[id] {
				path = append(path, id)
			}
			slices.Reverse(path)
		}
	} else {
		tree, terr := g.g.BFS(tick, from, to, -1)
		if err = terr; err == nil {
			path = tree.Path(to)
		}
	}
	if path == nil || err != nil {
		return nil, err
	}
	return g.g.Values(path), nil
}

func (g *Graph) paths(_ *engine.Call, in pathsIn) (*engine.Iterator, error) {
	from, to, err := g.ends(in.From, in.To)
	if err != nil {
		return nil, err
	}
	depth, err := depthOf(in.MaxDepth)
	if err != nil {
		return nil, err
	}
	if in.Limit != nil && *in.Limit < 0 {
		return nil, engine.Invalid("limit must not be negative, got %d", *in.Limit)
	}
	found, walk := 0, g.g.Paths(from, to, depth, in.Order == "bfs")
	return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
		if in.Limit != nil && found >= *in.Limit {
			return nil, nil
		}
		path, err := walk.Next(digraph.NewTick(ctx))
		if path == nil || err != nil {
			return nil, err
		}
		found++
		return g.g.Values(path), nil
	}}, nil
}

// walk searches and tells the callbacks. The first false ends it.
func (g *Graph) walk(c *engine.Call, in walkIn) (bool, error) {
	start, err := g.find(in.Start)
	if err != nil {
		return false, err
	}
	depth, err := depthOf(in.MaxDepth)
	if err != nil {
		return false, err
	}
	tell := func(fn *engine.Func, args ...any) (bool, error) {
		goOn := true
		err := fn.Read(c.Context(), func(results []engine.Value) error {
			if len(results) > 0 {
				b, isBool := results[0].Bool()
				goOn = b || !isBool
			}
			return nil
		}, args...)
		return goOn, err
	}
	node := func(fn *engine.Func) func(id, depth int32) (bool, error) {
		if fn == nil {
			return nil
		}
		return func(id, depth int32) (bool, error) { return tell(fn, g.g.Nodes[id], int(depth)) }
	}
	v := &digraph.Visitor{Pre: node(in.Pre), Post: node(in.Post)}
	if in.Edge != nil {
		kinds := map[digraph.Edge]string{digraph.TreeEdge: "tree", digraph.BackEdge: "back", digraph.OtherEdge: "other"}
		v.Edge = func(from, to int32, kind digraph.Edge) (bool, error) {
			return tell(in.Edge, g.g.Nodes[from], g.g.Nodes[to], kinds[kind])
		}
	}
	search := g.g.DFS
	if in.Order == "bfs" {
		search = g.g.WalkBFS
	}
	return search(digraph.NewTick(c.Context()), start, depth, v)
}
