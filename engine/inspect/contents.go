package inspect

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// contents are the entries of a table in the order in which they are shown.
type contents struct {
	name    string // the __name of its metatable
	table   engine.Value
	list    int
	rest    []engine.Value // the keys beyond the list
	members bool           // the keys are what the value holds
}

// contentsOf reads a table. The metatable of a value that is a set says with
// __members in which field its members are, as keys.
func contentsOf(v engine.Value) contents {
	c := contents{}
	mt := v.Metatable()
	if name, ok := mt.Field("__name").Text(); ok && isTypeName(name) && name != "list" { // which lists need not be told by
		c.name = name
	}
	if c.table, c.members = members(v); c.members {
		c.rest = c.sortedKeys()
		return c
	}
	c.list = listOf(v)
	if c.list < v.Len() || !v.OnlyList() {
		c.rest = c.sortedKeys()
	}
	return c
}

// members returns the table whose keys are what the value holds; for a value
// that is no set, the value itself.
func members(v engine.Value) (engine.Value, bool) {
	if field, ok := v.Metatable().Field("__members").Text(); ok {
		if held := v.Field(field); held.IsTable() {
			return held, true
		}
	}
	return v, false
}

// listOf is how many items are shown as a list: up to two nils in a row, so
// that a table with one far index is no list of nils.
func listOf(v engine.Value) int {
	n := v.Len()
	for i := 1; i <= n; i++ {
		if v.Index(i).IsNil() && v.Index(i+1).IsNil() {
			return i - 1
		}
	}
	return n
}

// inList says that the list has the key.
func (c contents) inList(k engine.Value) bool {
	n, ok := k.Number()
	return ok && n >= 1 && n <= float64(c.list) && n == math.Trunc(n)
}

func (c contents) size() int { return c.list + len(c.rest) }

// entry returns an entry by its place from 0, with the step that leads to it.
// What is an item of the list or a member stands without its key.
func (c contents) entry(i int) (s step, v engine.Value, keyed bool) {
	if i < c.list {
		return step{index: i + 1}, c.table.Index(i + 1), false
	}
	k := c.rest[i-c.list]
	if c.members {
		return step{key: k}, k, false
	}
	return step{key: k}, c.table.Get(k), true
}

// sortedKeys lists the keys beyond a table's list: numbers, strings, booleans,
// then all others as they come.
func (c contents) sortedKeys() []engine.Value {
	var keys []engine.Value
	for k := range c.table.Entries() {
		if !c.inList(k) {
			keys = append(keys, k)
		}
	}
	slices.SortStableFunc(keys, compareKeys)
	return keys
}

func compareKeys(a, b engine.Value) int {
	if c := cmp.Compare(keyRank(a), keyRank(b)); c != 0 {
		return c
	}
	if x, ok := a.Number(); ok {
		y, _ := b.Number()
		return cmp.Compare(x, y)
	}
	if x, ok := a.Text(); ok {
		y, _ := b.Text()
		return strings.Compare(x, y)
	}
	if x, ok := a.Bool(); ok {
		switch y, _ := b.Bool(); {
		case x && !y:
			return 1
		case y && !x:
			return -1
		}
	}
	return 0
}

func keyRank(k engine.Value) int {
	switch k.Type() {
	case "number":
		return 0
	case "string":
		return 1
	case "boolean":
		return 2
	}
	return 3
}
