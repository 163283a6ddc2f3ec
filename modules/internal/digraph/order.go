package digraph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Sorted lists the nodes by type and value: numbers, strings bytewise, false
// and true, then the rest in the order in which they appeared.
func (g *Graph) Sorted() []int32 {
	g.order.Do(g.sort)
	return g.sorted
}

// Rank tells for each node where it stands in Sorted.
func (g *Graph) Rank() []int32 {
	g.order.Do(g.sort)
	return g.rank
}

type keyed[K any] struct {
	key K
	id  int32
}

func (g *Graph) sort() {
	var (
		numbers []keyed[float64]
		texts   = make([]keyed[string], 0, len(g.ids.texts))
		bools   []keyed[bool]
		rest    []int32
	)
	for i, v := range g.Nodes {
		id := int32(i)
		if s, ok := v.Text(); ok {
			texts = append(texts, keyed[string]{s, id})
		} else if n, ok := v.Number(); ok {
			numbers = append(numbers, keyed[float64]{n, id})
		} else if b, ok := v.Bool(); ok {
			bools = append(bools, keyed[bool]{b, id})
		} else {
			rest = append(rest, id)
		}
	}
	slices.SortFunc(numbers, func(a, b keyed[float64]) int { return cmp.Compare(a.key, b.key) })
	slices.SortFunc(texts, func(a, b keyed[string]) int { return strings.Compare(a.key, b.key) })
	slices.SortFunc(bools, func(a, b keyed[bool]) int {
		if b.key {
			return -1
		}
		return 1
	})
	sorted := make([]int32, 0, len(g.Nodes))
	for _, k := range numbers {
		sorted = append(sorted, k.id)
	}
	for _, k := range texts {
		sorted = append(sorted, k.id)
	}
	for _, k := range bools {
		sorted = append(sorted, k.id)
	}
	g.sorted = append(sorted, rest...)
	g.rank = make([]int32, len(g.Nodes))
	for i, id := range g.sorted {
		g.rank[id] = int32(i)
	}
}

// SortIDs puts nodes into the order of Sorted.
func (g *Graph) SortIDs(ids []int32) {
	rank := g.Rank()
	slices.SortFunc(ids, func(a, b int32) int { return cmp.Compare(rank[a], rank[b]) })
}

// Label names a node for people.
func (g *Graph) Label(id int32) string {
	if name, ok := g.names[id]; ok {
		return name
	}
	return Label(g.Nodes[id], func() string { return fmt.Sprintf("%s %d", g.Nodes[id].Type(), id+1) })
}

// Label names a value for people; other names one that is neither text, number
// nor boolean.
func Label(v engine.Value, other func() string) string {
	if s, ok := v.Text(); ok {
		return s
	}
	if n, ok := v.Number(); ok {
		return engine.FormatNumber(n)
	}
	if b, ok := v.Bool(); ok {
		return fmt.Sprint(b)
	}
	return other()
}

// Labels names nodes for people, with what stands between them.
func (g *Graph) Labels(ids []int32, between string) string {
	const most = 20
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(between)
		}
		if i == most-1 && len(ids) > most {
			fmt.Fprintf(&b, "… (%d more)%s", len(ids)-most, between)
			id = ids[len(ids)-1]
			b.WriteString(g.Label(id))
			break
		}
		b.WriteString(g.Label(id))
	}
	return b.String()
}

// Missing is the text and the hint for a node that is not in the graph.
func (g *Graph) Missing(v engine.Value) (message, hint string) {
	name := v.Describe()
	message = fmt.Sprintf("the graph has no node %s", name)
	const most = 10_000 // names to compare
	var near []string
	text, isText := v.Text()
	for _, n := range g.Nodes[:min(len(g.Nodes), most)] {
		if s, ok := n.Text(); ok {
			near = append(near, s)
		} else if n, ok := n.Number(); ok && isText && engine.FormatNumber(n) == text {
			return message, fmt.Sprintf("there is a node %s, which is a number; %q is a string", text, text)
		}
	}
	if n, ok := v.Number(); ok {
		if _, ok := g.ids.texts[engine.FormatNumber(n)]; ok {
			return message, fmt.Sprintf("there is a node %q, which is a string; %s is a number", engine.FormatNumber(n), name)
		}
	}
	if s := engine.Suggest(text, near); isText && s != "" && (len(text) > 2 || strings.EqualFold(s, text)) {
		return message, fmt.Sprintf("did you mean %q?", s)
	}
	if len(near) > 0 && len(near) <= 10 {
		slices.Sort(near)
		return message, "there are: " + strings.Join(near, ", ")
	}
	if v.IsTable() {
		return message, "a table is the same node only as the same table, not as one with the same content"
	}
	return message, ""
}
