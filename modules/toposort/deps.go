package toposort

import (
	"fmt"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

// deps is a table of needs as it is read: an edge leads from a node to what
// it needs.
type deps struct {
	builder *digraph.Builder
	cost    []digraph.NodeNumber // what records say
}

func form() digraph.Form { return digraph.Form{Records: "needs", What: "needs"} }

// ReadLua is the engine's.
func (d *deps) ReadLua(v engine.Value) error {
	d.builder = digraph.NewBuilder()
	return d.builder.Read(v, form(), func(id int32, record engine.Value) error {
		cost := record.Field("cost")
		if cost.IsNil() {
			return nil
		}
		n, ok := cost.Number()
		if !ok || !(n >= 0) {
			return engine.Invalid("the cost of %s must be a number from 0 on, got %s", d.builder.Label(id), cost.Describe())
		}
		d.cost = append(d.cost, digraph.NodeNumber{Node: d.builder.Value(id), Number: n})
		return nil
	})
}

// LuaType names the type in documentation.
func (deps) LuaType() string { return "table" }

// graph builds the graph and refuses a node that needs itself, unless that is
// to be ignored.
func (d *deps) graph(self string) (*digraph.Graph, error) {
	g := d.builder.Build()
	if self == "error" {
		if id, found := g.Loop(); found {
			e := cycleError(g, []int32{id, id})
			e.Hint = `self="ignore" passes over nodes that need themselves`
			return nil, e
		}
	}
	return g, nil
}

// find returns the number of a node that must be there.
func find(g *digraph.Graph, v engine.Value) (int32, error) {
	id, ok := g.Find(v)
	if !ok {
		message, hint := g.Missing(v)
		e := engine.Errorf(errNode, "%s", message)
		e.Hint = hint
		return 0, e
	}
	return id, nil
}

func cycleError(g *digraph.Graph, cycle []int32) *engine.Error {
	e := engine.Errorf(errCycle, "these need each other in a circle: %s", g.Labels(cycle, " → "))
	if len(cycle) == 2 {
		e.Message = fmt.Sprintf("%s needs itself", g.Label(cycle[0]))
	}
	e.Fields = map[string]any{"cycle": g.Values(cycle)}
	return e
}
