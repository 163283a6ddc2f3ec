package test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

func group(c *engine.Call, in groupIn) (engine.None, error) {
	s := suiteOf(c)
	g := &Group{Name: in.Name, Parent: s.current}
	return engine.None{}, s.inGroup(c, g, func() error {
		_, err := c.Invoke(in.Fn)
		return err
	})
}

func each(c *engine.Call, in eachIn) (engine.None, error) {
	return engine.None{}, c.Holding(func() error {
		s := suiteOf(c)
		if !in.Rows.IsTable() {
			return engine.Invalid("rows is %s, not a list of rows", in.Rows.Describe())
		}
		if in.Rows.Len() == 0 {
			return engine.Invalid("test.each '%s' has no rows", in.Name)
		}
		var rows []*Row
		var ids []string
		var notes []Notes
		for i := 1; i <= in.Rows.Len(); i++ {
			row, id, n := readRow(in.Rows.Index(i), i)
			rows, ids, notes = append(rows, row), append(ids, id), append(notes, n)
		}
		unique(ids)
		for i, row := range rows {
			t := s.add(s.current, in.Name, in.Fn, row, ids[i])
			t.Notes = notes[i].with(t.Notes)
		}
		return nil
	})
}

// readRow reads a row of test.each. It needs the baton.
func readRow(v engine.Value, index int) (row *Row, id string, n Notes) {
	row = &Row{}
	if !v.IsTable() {
		row.List = []engine.Value{v}
		return row, rowID(row, index), n
	}
	most := v.Len()
	if count, ok := v.Field("n").Number(); ok && int(count) > most && !v.OnlyList() {
		most = int(count)
	}
	for i := 1; i <= most; i++ {
		row.List = append(row.List, v.Index(i))
	}
	for k, item := range v.Entries() {
		name, ok := k.Text()
		if !ok || k.Type() != "string" {
			continue
		}
		text, _ := item.Text()
		switch name {
		case "mark":
			n.Marks = append(n.Marks, text)
		case "skip":
			n.Skip = text
		case "id":
			id = text
		default:
			if name == "n" && most > 0 {
				continue
			}
			if row.Named == nil {
				row.Named = map[string]engine.Value{}
			}
			row.Named[name] = item
		}
	}
	if id == "" {
		id = rowID(row, index)
	}
	return row, id, n
}

// note changes the notes of a function, or without one of what is being defined,
// and returns the function.
func note(c *engine.Call, fn *engine.Func, change func(n *Notes)) (*engine.Func, error) {
	s := suiteOf(c)
	if fn == nil {
		change(&s.current.Notes)
		return nil, nil
	}
	n := s.notesOf(fn)
	change(n)
	for _, t := range s.Root.Tests { // defined before
		if t.Fn.Value().Same(fn.Value()) {
			t.Notes = n.with(Notes{})
		}
	}
	return fn, nil
}

func mark(c *engine.Call, in markIn) (*engine.Func, error) {
	s := suiteOf(c)
	if _, known := s.Known[in.Name]; len(s.Known) > 0 && !known {
		e := engine.Errorf(errUsage, "the mark '%s' is not one of those that test.marks declares: %s", in.Name, strings.Join(slices.Sorted(maps.Keys(s.Known)), ", "))
		if near := engine.Suggest(in.Name, slices.Collect(maps.Keys(s.Known))); near != "" {
			e.Hint = fmt.Sprintf("did you mean '%s'?", near)
		}
		return nil, e
	}
	return note(c, in.Fn, func(n *Notes) {
		if !slices.Contains(n.Marks, in.Name) {
			n.Marks = append(n.Marks, in.Name)
		}
	})
}

func marks(c *engine.Call, in marksIn) (engine.None, error) {
	maps.Copy(suiteOf(c).Known, in.Marks)
	return engine.None{}, nil
}

func uses(c *engine.Call, in usesIn) (*engine.Func, error) {
	return note(c, in.Fn, func(n *Notes) { n.Uses = append(n.Uses, in.Name) })
}

func skip(c *engine.Call, in skipIn) (*engine.Func, error) {
	return note(c, in.Fn, func(n *Notes) { n.Skip = in.Reason })
}

func skipIf(c *engine.Call, in skipIfIn) (*engine.Func, error) {
	if b, is := in.Condition.Bool(); in.Condition.Type() == "nil" || is && !b {
		return in.Fn, nil
	}
	return skip(c, skipIn{in.Reason, in.Fn})
}

func xfail(c *engine.Call, in xfailIn) (*engine.Func, error) {
	return note(c, in.Fn, func(n *Notes) { n.XFail = &XFail{in.Reason, !in.Strict} })
}

func timeout(c *engine.Call, in timeoutIn) (*engine.Func, error) {
	return note(c, in.Fn, func(n *Notes) { n.Timeout = in.Limit })
}

func flaky(c *engine.Call, in flakyIn) (*engine.Func, error) {
	return note(c, in.Fn, func(n *Notes) { n.Flaky = in.Attempts })
}

func newCase(c *engine.Call, in caseIn) (engine.Value, error) {
	s := suiteOf(c)
	table := c.Value(engine.Object{})
	g := &Group{Name: in.Name, Parent: s.current, IsCase: true, Class: table}
	s.cases = append(s.cases, g)
	table.SetField("cleanup_class", c.NewFunction("cleanup_class", func(c *engine.Call, args []engine.Value) (any, error) {
		if len(args) > 0 && args[0].Same(table) { // called with a colon
			args = args[1:]
		}
		clean, err := closingOf(c, "cleanup_class", args)
		if err == nil {
			g.classCleanups = append(g.classCleanups, clean)
		}
		return nil, err
	}))
	return table, nil
}

// hook declares a function that is called around the tests of the group that is
// being defined.
func hook(list func(g *Group) *[]*engine.Func) func(c *engine.Call, in hookIn) (engine.None, error) {
	return func(c *engine.Call, in hookIn) (engine.None, error) {
		l := list(suiteOf(c).current)
		*l = append(*l, in.Fn)
		return engine.None{}, nil
	}
}

func comparers(c *engine.Call, in comparerIn) (engine.None, error) {
	s := suiteOf(c)
	s.comparers = append(s.comparers, comparer{in.Is, in.Equal})
	return engine.None{}, nil
}

func generate(c *engine.Call, in generateIn) (engine.None, error) {
	s := suiteOf(c)
	var add engine.Value
	_ = c.Holding(func() error {
		add = c.NewFunction("add", func(c *engine.Call, args []engine.Value) (any, error) {
			var fn *engine.Func
			if len(args) > 1 {
				fn = c.Function(args[1])
			}
			if fn == nil {
				return nil, engine.Invalid("add takes a name and a function, and then what the function gets")
			}
			name, _ := args[0].Text()
			s.add(s.current, name, fn, &Row{List: args[2:]}, "")
			return nil, nil
		})
		return nil
	})
	_, err := c.Invoke(in.Fn, add)
	return engine.None{}, err
}

// closingOf reads a function and its arguments as something to do at an end.
func closingOf(c *engine.Call, title string, args []engine.Value) (closing, error) {
	if len(args) == 0 || c.Function(args[0]) == nil {
		return closing{}, engine.Invalid("%s takes a function, and then what the function gets", title)
	}
	s, fn, rest := suiteOf(c), c.Function(args[0]), make([]any, len(args)-1)
	for i, a := range args[1:] {
		rest[i] = a
	}
	return closing{title, func(c *engine.Call) error {
		return s.call(c, "clean-up", fn, rest...)
	}}, nil
}

func on(c *engine.Call, in onIn) (engine.None, error) {
	s := suiteOf(c)
	s.hooks[in.Event] = append(s.hooks[in.Event], in.Fn)
	return engine.None{}, nil
}
