package digraph

import (
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Drawing says how a graph becomes a picture.
type Drawing struct {
	Turned   bool // the arrows lead against the edges
	Undirect bool // lines in place of arrows, one for both ways
}

// lines calls f for every line of the picture, in the order of Sorted for nodes
// and as listed for edges.
func (g *Graph) lines(d Drawing, f func(from, to int32, weight float64)) {
	rank := g.Rank()
	for _, id := range g.Sorted() {
		for i, to := range g.To(id) {
			switch {
			case d.Undirect && rank[to] < rank[id]:
			case d.Turned:
				f(to, id, g.Weight(id, i))
			default:
				f(id, to, g.Weight(id, i))
			}
		}
	}
}

// Mermaid writes the graph as a flowchart of Mermaid.
func (g *Graph) Mermaid(d Drawing) string {
	rank := g.Rank()
	var b strings.Builder
	b.WriteString("graph TD\n")
	for i, id := range g.Sorted() {
		fmt.Fprintf(&b, "  n%d[\"%s\"]\n", i+1, mermaidText(g.Label(id)))
	}
	arrow := "-->"
	if d.Undirect {
		arrow = "---"
	}
	g.lines(d, func(from, to int32, weight float64) {
		label := ""
		if g.weight != nil {
			label = "|" + engine.FormatNumber(weight) + "|"
		}
		fmt.Fprintf(&b, "  n%d %s%s n%d\n", rank[from]+1, arrow, label, rank[to]+1)
	})
	return b.String()
}

// mermaidText writes what would end a label, or be read as markup, as
// characters by number.
func mermaidText(s string) string {
	if s == "" {
		return " " // an empty label is an error
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case strings.ContainsRune("#\"<>&`;\\", r):
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Dot writes the graph for Graphviz.
func (g *Graph) Dot(d Drawing) string {
	var b strings.Builder
	kind, arrow := "digraph", "->"
	if d.Undirect {
		kind, arrow = "graph", "--"
	}
	name := func(id int32) string { return dotText(g.Label(id)) }
	if g.ambiguous() {
		rank := g.Rank()
		name = func(id int32) string { return fmt.Sprintf("n%d", rank[id]+1) }
	}
	fmt.Fprintf(&b, "%s {\n", kind)
	for _, id := range g.Sorted() {
		label := ""
		if n := name(id); n != dotText(g.Label(id)) {
			label = fmt.Sprintf(" [label=%s]", dotText(g.Label(id)))
		}
		fmt.Fprintf(&b, "  %s%s;\n", name(id), label)
	}
	g.lines(d, func(from, to int32, weight float64) {
		label := ""
		if g.weight != nil {
			label = fmt.Sprintf(" [label=%s]", engine.FormatNumber(weight))
		}
		fmt.Fprintf(&b, "  %s %s %s%s;\n", name(from), arrow, name(to), label)
	})
	b.WriteString("}\n")
	return b.String()
}

// ambiguous says that two nodes have one name, such as 1 and "1".
func (g *Graph) ambiguous() bool {
	seen := make(map[string]bool, g.Len())
	for id := range int32(g.Len()) {
		name := g.Label(id)
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return false
}

// dotText quotes a text for Graphviz. A backslash would begin an escape.
func dotText(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", " "), "�")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", " ").Replace(s) + `"`
}
