package inspect

import (
	"fmt"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

// node is a value on its way to text.
type node struct {
	text    string // of a leaf
	class   class
	name    string // of a table's type
	entries []entry
	flat    bool // a list of leaves, several of which stand on a line
	table   bool
	width   int // on one line
}

type entry struct {
	key   string // with its brackets; "" for an item of the list
	value *node
}

// builder reads values within their bounds.
type builder struct {
	Options
	path map[any]*place // the tables that hold the one being read
	left int            // nodes that may still be made
}

func leaf(text string, c class) *node {
	return &node{text: text, class: c, width: utf8.RuneCountInString(text)}
}

func (b *builder) node(v engine.Value, at *place, depth int) *node {
	b.left--
	if b.Tostring != nil && !v.Metatable().Field("__tostring").IsNil() {
		if text, ok := b.Tostring(v); ok {
			return leaf(text, handles)
		}
	}
	if !v.IsTable() {
		text, c := scalar(v, b.Text)
		return leaf(text, c)
	}
	if up, again := b.path[v.Lua()]; again {
		to := up.String()
		if up == nil {
			to = "the top"
		}
		return leaf("<cycle to "+to+">", others)
	}
	b.path[v.Lua()] = at
	n := b.tableNode(v, at, depth)
	delete(b.path, v.Lua())
	return n
}

func (b *builder) tableNode(v engine.Value, at *place, depth int) *node {
	c := contentsOf(v)
	n := &node{table: true, name: c.name, width: 2}
	if c.name != "" {
		n.width += utf8.RuneCountInString(c.name) + 1
	}
	size := c.size()
	if size == 0 {
		return n
	}
	if depth >= b.Depth || b.left <= 0 {
		n.add(entry{value: leaf("…", others)})
		return n
	}
	n.flat = len(c.rest) == 0
	shown := min(size, b.Items)
	for i := range shown {
		if b.left <= 0 {
			shown = i
			break
		}
		k, item, keyed := c.entry(i)
		e := entry{value: b.node(item, &place{at, k}, depth+1)}
		if keyed {
			e.key = k.written(b.Text)
		}
		n.flat = n.flat && !e.value.table
		n.add(e)
	}
	if shown < size {
		n.add(entry{value: leaf(fmt.Sprintf("… %d more", size-shown), others)})
	}
	return n
}

func (n *node) add(e entry) {
	if len(n.entries) > 0 {
		n.width += 2
	}
	n.width += e.value.width
	if e.key != "" {
		n.width += utf8.RuneCountInString(e.key) + 3
	}
	n.entries = append(n.entries, e)
}
