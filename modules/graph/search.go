package graph

import (
	"context"
	"math"
	"slices"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

// startNode is the parameter that begins a search.
type startNode struct {
	value engine.Value
}

// ReadLua is the engine's.
func (s *startNode) ReadLua(v engine.Value) error {
	if n, ok := v.Number(); ok && n != n {
		return engine.Invalid("cannot be nan, which does not equal itself")
	}
	s.value = v
	return nil
}

// LuaType names the type in documentation.
func (startNode) LuaType() string { return "any" }

// place is a node that a search has met.
type place struct {
	parent int32
	cost   float64 // from the start
	depth  int32
	looked bool // its neighbours were asked for, at this cost
}

// finding is a search in a graph that shows itself only by callbacks. Its nodes
// are numbered by their keys.
type finding struct {
	c      *engine.Call
	in     searchIn
	goal   *engine.Func
	keys   *digraph.Builder
	nodes  []engine.Value
	places []place
	queue  digraph.Queue
}

func search(c *engine.Call, in searchIn) (any, error) {
	depth, err := depthOf(in.MaxDepth)
	if err != nil {
		return nil, err
	}
	if in.Limit != nil && *in.Limit < 1 {
		return nil, engine.Invalid("limit must be at least 1, got %d", *in.Limit)
	}
	f := &finding{c: c, in: in, goal: c.Callable(in.Goal), keys: digraph.NewBuilder()}
	wanted := int32(-1)
	if f.goal == nil {
		// A goal that never comes up is a node like any other.
		if wanted, _, err = f.number(in.Goal); err != nil {
			return nil, err
		}
		f.places[wanted].parent = unmet
	}
	start, _, err := f.number(in.Start.value)
	if err != nil {
		return nil, err
	}
	f.places[start] = place{parent: -1}
	if err := f.put(start); err != nil {
		return nil, err
	}
	looked := 0
	for f.queue.Len() > 0 {
		if err := f.stopped(); err != nil {
			return nil, err
		}
		id, _ := f.queue.Take()
		p := &f.places[id]
		if p.looked {
			continue
		}
		p.looked = true
		found := id == wanted
		if f.goal != nil {
			if found, err = f.ask(f.goal, f.nodes[id]); err != nil {
				return nil, err
			}
		}
		if found {
			return f.path(id), nil
		}
		if depth >= 0 && f.places[id].depth >= depth {
			continue
		}
		if looked++; in.Limit != nil && looked > *in.Limit {
			e := engine.Errorf(errLimit, "the search has looked at %d nodes and not found its goal", *in.Limit)
			e.Hint = "give a higher limit=, or key= if equal nodes are made anew each time"
			return nil, e
		}
		if err := f.expand(id); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// unmet marks the goal while the search has not come to it.
const unmet = -2

func (f *finding) stopped() error {
	if ctx := f.c.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// number numbers a node by its key.
func (f *finding) number(v engine.Value) (id int32, isNew bool, err error) {
	key := v
	if f.in.Key != nil {
		err = f.in.Key.Read(f.c.Context(), func(results []engine.Value) error {
			key = engine.Value{}
			if len(results) > 0 {
				key = results[0]
			}
			id, isNew, err = f.numberOf(key, v)
			if err != nil {
				return engine.Invalid("key returned %s: %s", key.Describe(), engine.Classify(err).Message)
			}
			return nil
		}, v)
		return id, isNew, err
	}
	return f.numberOf(key, v)
}

func (f *finding) numberOf(key, v engine.Value) (int32, bool, error) {
	id, err := f.keys.Node(key)
	if err != nil {
		return 0, false, err
	}
	if int(id) < len(f.nodes) {
		return id, false, nil
	}
	f.nodes = append(f.nodes, v)
	f.places = append(f.places, place{parent: unmet})
	return id, true, nil
}

func (f *finding) put(id int32) error {
	at := f.places[id].cost
	if f.in.Heuristic != nil {
		h, err := f.numeric(f.in.Heuristic, "heuristic", f.nodes[id])
		if err != nil {
			return err
		}
		at += h
	}
	f.queue.Put(id, at)
	return nil
}

// numeric calls a function that must return a number from 0 on.
func (f *finding) numeric(fn *engine.Func, name string, args ...any) (n float64, err error) {
	err = fn.Read(f.c.Context(), func(results []engine.Value) error {
		var v engine.Value
		if len(results) > 0 {
			v = results[0]
		}
		var ok bool
		if n, ok = v.Number(); !ok || !(n >= 0) || math.IsInf(n, 1) {
			return engine.Invalid("%s must return a number from 0 on, not %s", name, v.Describe())
		}
		return nil
	}, args...)
	return n, err
}

func (f *finding) ask(fn *engine.Func, v engine.Value) (yes bool, err error) {
	err = fn.Read(f.c.Context(), func(results []engine.Value) error {
		yes = len(results) > 0 && results[0].Truthy()
		return nil
	}, v)
	return yes, err
}

// expand asks for the neighbours of a node.
func (f *finding) expand(id int32) error {
	var near *digraph.Graph
	err := f.in.Next.Read(f.c.Context(), func(results []engine.Value) error {
		if len(results) == 0 {
			return nil
		}
		b := digraph.NewBuilder()
		from := b.Anonymous(f.nodes[id])
		if err := b.ReadEdges(from, results[0], digraph.Form{Weights: true, What: "neighbours"}); err != nil {
			return err
		}
		near = b.Build()
		return nil
	}, f.nodes[id])
	if near == nil || err != nil {
		return err
	}
	ctx := f.c.Context()
	for i, n := range near.To(0) {
		if i%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		step := near.Weight(0, i)
		if f.in.Cost != nil {
			if step, err = f.numeric(f.in.Cost, "cost", f.nodes[id], near.Nodes[n]); err != nil {
				return err
			}
		}
		to, _, err := f.number(near.Nodes[n])
		if err != nil {
			return err
		}
		here, there := f.places[id], &f.places[to]
		if cost := here.cost + step; there.parent == unmet || cost < there.cost {
			*there = place{parent: id, cost: cost, depth: here.depth + 1}
			if err := f.put(to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *finding) path(id int32) engine.Values {
	var path engine.Values
	for ; id >= 0; id = f.places[id].parent {
		path = append(path, f.nodes[id])
	}
	slices.Reverse(path)
	return path
}
