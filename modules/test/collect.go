package test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

// found is a function that a file or a group has defined.
type found struct {
	name string
	file string
	line int
	fn   *engine.Func
}

// functionsOf are the functions of a table whose names begin so, in the order of
// the source. It needs the baton.
func functionsOf(c *engine.Call, table engine.Value, prefix string) []found {
	var list []found
	for k, v := range table.Entries() {
		name, ok := k.Text()
		if !ok || k.Type() != "string" || !strings.HasPrefix(name, prefix) {
			continue
		}
		if fn := c.Function(v); fn != nil {
			file, line, _ := v.Defined()
			list = append(list, found{name, file, line, fn})
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.name, b.name))
	})
	return list
}

// inGroup runs define, and makes the global functions test_… that it defines
// tests of the group; the globals are then as they were.
func (s *Suite) inGroup(c *engine.Call, g *Group, define func() error) error {
	var before map[string]engine.Value
	hold := func(f func()) { _ = c.Holding(func() error { f(); return nil }) }
	hold(func() {
		before = map[string]engine.Value{}
		for _, f := range functionsOf(c, c.Globals(), "test_") {
			before[f.name] = f.fn.Value()
		}
	})
	outer := s.current
	s.current = g
	err := define()
	s.current = outer
	hold(func() {
		globals := c.Globals()
		for _, f := range functionsOf(c, globals, "test_") {
			if old, same := before[f.name]; !same || !old.Same(f.fn.Value()) {
				s.add(g, f.name, f.fn, nil, "")
				globals.SetField(f.name, before[f.name])
			}
		}
	})
	return err
}

// Collect makes the global functions test_… tests of the file, and the methods of
// its cases. It needs the baton.
func (s *Suite) Collect(c *engine.Call) {
	for _, f := range functionsOf(c, c.Globals(), "test_") {
		if slices.Contains(s.Confs, f.file) {
			continue
		}
		s.add(s.Root, f.name, f.fn, nil, "")
	}
	for _, g := range s.cases {
		for _, f := range functionsOf(c, g.Class, "test_") {
			s.add(g, f.name, f.fn, nil, "")
		}
		each := func(list *[]*engine.Func, name string) {
			if fn := c.Function(g.Class.Field(name)); fn != nil {
				*list = append(*list, fn)
			}
		}
		each(&g.beforeAll, "setup_class")
		each(&g.afterAll, "teardown_class")
		each(&g.beforeEach, "setup")
		each(&g.afterEach, "teardown")
	}
}

// Tests lists all tests in the order of the source.
func (s *Suite) Tests() []*Test {
	list := slices.Clone(s.Root.Tests)
	slices.SortStableFunc(list, func(a, b *Test) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.order, b.order)) })
	return list
}

func (s *Suite) add(g *Group, name string, fn *engine.Func, row *Row, id string) *Test {
	_, line, _ := fn.Value().Defined()
	t := &Test{
		Group: g, Name: name, ID: id, Line: line, Fn: fn, Params: fn.Value().Params(), Row: row,
		Notes: s.notesAbout(fn), Method: g.IsCase, order: len(s.Root.Tests),
	}
	if t.Method && len(t.Params) > 0 {
		t.Params = t.Params[1:]
	}
	s.Root.Tests = append(s.Root.Tests, t)
	return t
}

// rowID names a row of values for people and in ids.
func rowID(row *Row, index int) string {
	var parts []string
	add := func(v engine.Value) bool {
		text := shortValue(v)
		parts = append(parts, text)
		return text != ""
	}
	for _, v := range row.List {
		if !add(v) {
			return fmt.Sprint(index)
		}
	}
	names := make([]string, 0, len(row.Named))
	for name := range row.Named {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !add(row.Named[name]) {
			return fmt.Sprint(index)
		}
		parts[len(parts)-1] = name + "=" + parts[len(parts)-1]
	}
	id := strings.Join(parts, "-")
	if id == "" || len(id) > 60 {
		return fmt.Sprint(index)
	}
	return id
}

// shortValue writes a plain value for an id, "" for another.
func shortValue(v engine.Value) string {
	switch v.Type() {
	case "string":
		text, _ := v.Text()
		clean := strings.Map(func(r rune) rune {
			switch {
			case r == '[' || r == ']' || r == ':' || r < ' ' || r == 0x7f:
				return '_'
			}
			return r
		}, text)
		if clean == "" {
			return `""`
		}
		return clean
	case "number", "boolean", "nil":
		return inspect.Sprint(v, inspect.Options{Width: -1})
	}
	return ""
}

// unique makes the ids of rows differ.
func unique(ids []string) {
	seen := map[string]int{}
	for _, id := range ids {
		seen[id]++
	}
	count := map[string]int{}
	for i, id := range ids {
		if seen[id] > 1 {
			count[id]++
			ids[i] = fmt.Sprintf("%s-%d", id, count[id])
		}
	}
}

// Named is a global function of a file.
type Named struct {
	Name string
	Fn   *engine.Func
}

// Functions are the global functions whose names begin so, in the order of the
// source.
func Functions(c *engine.Call, prefix string) (list []Named) {
	_ = c.Holding(func() error {
		for _, f := range functionsOf(c, c.Globals(), prefix) {
			list = append(list, Named{f.name, f.fn})
		}
		return nil
	})
	return list
}
