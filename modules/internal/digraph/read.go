package digraph

import (
	"fmt"
	"math"

	"github.com/gscript-lang/gscript/engine"
)

// Form says what a table of a graph may hold beside lists and sets.
type Form struct {
	Weights bool   // {b=3} is an edge that weighs 3
	Records string // the field of a record that holds its edges; "" for no records
	Both    bool   // every edge leads both ways
	What    string // what the edges of a node are called: "neighbours", "needs"
}

// Record is called for a node given as a record.
type Record func(id int32, record engine.Value) error

// Read reads a table of nodes and where their edges lead: a list, a set with
// true, one string or number, a table of weights, or a record with one of those
// in a field. It needs the baton.
func (b *Builder) Read(v engine.Value, form Form, record Record) error {
	if !v.IsTable() {
		return engine.Invalid("must be a table of nodes, got %s", v.Describe())
	}
	for k, item := range v.Entries() {
		edges := item
		if form.Records != "" {
			if field := item.Field(form.Records); field.IsTable() || isName(field) || named(item) {
				edges = field
				if name := item.Field("name"); !name.IsNil() {
					k = name
				}
			}
		}
		id, err := b.Named(k)
		if err != nil {
			return err
		}
		if record != nil && edges != item {
			if err := record(id, item); err != nil {
				return err
			}
		}
		if err := b.ReadEdges(id, edges, form); err != nil {
			return err
		}
	}
	return nil
}

// named says that a table is a record although it has no edges.
func named(item engine.Value) bool {
	name := item.Field("name")
	_, flag := name.Bool()
	return !name.IsNil() && !flag
}

func isName(v engine.Value) bool {
	_, text := v.Text()
	_, number := v.Number()
	return text || number
}

// ReadEdges reads where the edges of one node lead.
func (b *Builder) ReadEdges(from int32, edges engine.Value, form Form) error {
	if edges.IsNil() {
		return nil
	}
	if !edges.IsTable() {
		if !isName(edges) {
			return engine.Invalid("the %s of %s must be a list, a set or one node, got %s", form.What, b.Label(from), edges.Describe())
		}
		return b.edge(from, edges, 1, form)
	}
	n := edges.Len()
	if n == 0 {
		return b.readSet(from, edges, form)
	}
	if !edges.OnlyList() {
		return engine.Invalid("the %s of %s are a list and have other keys as well", form.What, b.Label(from))
	}
	for i := 1; i <= n; i++ {
		if err := b.edge(from, edges.Index(i), 1, form); err != nil {
			return engine.Invalid("the %s of %s: [%d]: %s", form.What, b.Label(from), i, engine.Classify(err).Message)
		}
	}
	return nil
}

// readSet reads the keys of a set in the order of Sorted, because a set has
// none.
func (b *Builder) readSet(from int32, edges engine.Value, form Form) error {
	set := NewBuilder()
	var weights []float64
	for k, mark := range edges.Entries() {
		weight := 1.0
		if in, ok := mark.Bool(); ok {
			if !in {
				continue
			}
		} else if w, ok := mark.Number(); ok && form.Weights {
			if !(w >= 0) || math.IsInf(w, 1) || w == math.MaxFloat64 {
				return engine.Invalid("the edge from %s to %s weighs %s; a weight is a number from 0 on", b.Label(from), Label(k, k.Describe), mark.Describe())
			}
			weight = w
		} else {
			want := "{b=true}"
			if form.Weights {
				want = "{b=true}, weights {b=3}"
			}
			return engine.Invalid("the %s of %s: %s is %s; a list is written {\"b\"}, a set %s", form.What, b.Label(from), Label(k, k.Describe), mark.Describe(), want)
		}
		if _, err := set.Named(k); err != nil {
			return err
		}
		weights = append(weights, weight)
	}
	if len(weights) == 0 {
		return nil
	}
	g := set.Build()
	for _, i := range g.Sorted() {
		if err := b.edge(from, g.Nodes[i], weights[i], form); err != nil {
			return err
		}
	}
	return nil
}

func (b *Builder) edge(from int32, v engine.Value, weight float64, form Form) error {
	to, err := b.Named(v)
	if err != nil {
		return err
	}
	b.Edge(from, to, weight)
	if form.Both && from != to {
		b.Edge(to, from, weight)
	}
	return nil
}

// NodeNumbers is a parameter that gives nodes numbers, such as {a=3, b=1.5}.
type NodeNumbers []NodeNumber

// NodeNumber is a node and its number.
type NodeNumber struct {
	Node   engine.Value
	Number float64
}

// ReadLua is the engine's.
func (list *NodeNumbers) ReadLua(v engine.Value) error {
	if !v.IsTable() {
		return fmt.Errorf("must be a table of numbers, got %s", v.Describe())
	}
	for k, item := range v.Entries() {
		n, ok := item.Number()
		if !ok || n != n || n < 0 {
			return fmt.Errorf("gives %s %s; it must be a number from 0 on", Label(k, k.Describe), item.Describe())
		}
		*list = append(*list, NodeNumber{k, n})
	}
	return nil
}

// LuaType names the type in documentation.
func (NodeNumbers) LuaType() string { return "table<any, number>" }
