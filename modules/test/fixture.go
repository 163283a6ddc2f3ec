package test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Fixture is something that tests ask for by the name of a parameter.
type Fixture struct {
	Name   string
	Scope  string // function, group, module or session
	Values []engine.Value
	IDs    []string
	Auto   bool
	Needs  []string // names of its parameters
	Fn     *engine.Func
	At     string // "tests/conftest.lua:3"
}

// wide orders scopes, the longest first.
var wide = map[string]int{"session": 0, "module": 0, "group": 1, "function": 2}

func fixture(c *engine.Call, in fixtureIn) (engine.None, error) {
	return engine.None{}, c.Holding(func() error {
		s := suiteOf(c)
		f := &Fixture{Name: in.Name, Scope: in.Scope, Values: in.Params, Auto: in.Auto, Fn: in.Fn, Needs: in.Fn.Value().Params(), At: c.Where()}
		for i, v := range in.Params {
			id := fmt.Sprint(i + 1)
			if i < len(in.IDs) {
				id = in.IDs[i]
			} else if text := shortValue(v); text != "" {
				id = text
			}
			f.IDs = append(f.IDs, id)
		}
		unique(f.IDs)
		s.Fixtures[in.Name] = append(s.Fixtures[in.Name], f)
		return nil
	})
}

// own are the names that are no fixtures of scripts.
var own = []string{"t", "tmp", "request"}

// isOwn says that a parameter needs no fixture of a script.
func isOwn(name string) bool { return slices.Contains(own, name) || moreFixtures()[name] != nil }

// find is the fixture that a name means to a test, or to a fixture: one that asks
// for its own name gets the one that it stands in for.
func (s *Suite) find(name string, from *Fixture) *Fixture {
	list := s.Fixtures[name]
	if from != nil && from.Name == name {
		if i := slices.Index(list, from); i >= 0 {
			list = list[:i]
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// Item is a test with the values of its fixtures' parameters: what is run.
type Item struct {
	Test     *Test
	Name     string // with parameters
	ID       string
	Fixtures []*Fixture // in the order in which they are made
	Choice   map[*Fixture]int
	Err      error // why it cannot be run
}

// Items are the tests of the file, once for each choice of parameters. file is
// what ids begin with.
func (s *Suite) Items(file string) []*Item {
	var items []*Item
	taken := map[string]int{}
	for _, t := range s.Tests() {
		fixtures, err := s.plan(t)
		for _, choice := range choices(fixtures) {
			item := &Item{Test: t, Fixtures: fixtures, Choice: choice, Err: err}
			var ids []string
			if t.ID != "" {
				ids = append(ids, t.ID)
			}
			for _, f := range fixtures {
				if i, ok := choice[f]; ok {
					ids = append(ids, f.IDs[i])
				}
			}
			item.Name = t.Name
			if len(ids) > 0 {
				item.Name += "[" + strings.Join(ids, "-") + "]"
			}
			item.ID = strings.Join(append(append([]string{file}, t.Group.Path()...), item.Name), "::")
			if n := taken[item.ID]; n > 0 {
				taken[item.ID]++
				item.Name += fmt.Sprintf("#%d", n+1)
				item.ID += fmt.Sprintf("#%d", n+1)
			}
			taken[item.ID]++
			items = append(items, item)
		}
	}
	return items
}

// choices are all ways to choose one value of each fixture that has several.
func choices(fixtures []*Fixture) []map[*Fixture]int {
	list := []map[*Fixture]int{nil}
	for _, f := range fixtures {
		if len(f.Values) == 0 {
			continue
		}
		var next []map[*Fixture]int
		for _, base := range list {
			for i := range f.Values {
				m := maps.Clone(base)
				if m == nil {
					m = map[*Fixture]int{}
				}
				m[f] = i
				next = append(next, m)
			}
		}
		list = next
	}
	return list
}

// plan finds the fixtures of a test and puts them in the order in which they are
// made: those that live longest first, and each behind those that it needs.
func (s *Suite) plan(t *Test) ([]*Fixture, error) {
	p := planner{suite: s, state: map[*Fixture]int{}}
	for _, name := range slices.Sorted(maps.Keys(s.Fixtures)) {
		if f := s.find(name, nil); f.Auto {
			p.add(f)
		}
	}
	notes := t.All()
	for _, name := range notes.Uses {
		p.need(name, nil, "test.uses")
	}
	positional := 0
	if t.Row != nil {
		positional = len(t.Row.List)
	}
	for _, name := range t.Params {
		switch {
		case isOwn(name):
		case t.Row != nil && has(t.Row.Named, name):
		case s.find(name, nil) != nil:
			p.add(s.find(name, nil))
		case positional > 0:
			positional--
		default:
			p.need(name, nil, t.Name)
		}
	}
	slices.SortStableFunc(p.order, func(a, b *Fixture) int { return wide[a.Scope] - wide[b.Scope] })
	return p.order, p.err
}

func has(m map[string]engine.Value, name string) bool { _, ok := m[name]; return ok }

// planner goes through what needs what.
type planner struct {
	suite *Suite
	order []*Fixture
	state map[*Fixture]int // 1 while it is looked at, 2 behind
	path  []*Fixture
	err   error
}

func (p *planner) need(name string, from *Fixture, who string) {
	if f := p.suite.find(name, from); f != nil {
		p.add(f)
		return
	}
	if p.err != nil {
		return
	}
	names := append(slices.Collect(maps.Keys(p.suite.Fixtures)), own...)
	names = append(names, slices.Collect(maps.Keys(moreFixtures()))...)
	slices.Sort(names)
	e := engine.Errorf(errFixture, "%s asks for the fixture '%s', which is not defined", who, name)
	e.Hint = "these are: " + strings.Join(names, ", ")
	if near := engine.Suggest(name, names); near != "" {
		e.Hint = fmt.Sprintf("did you mean '%s'? ", near) + e.Hint
	}
	p.err = e
}

func (p *planner) add(f *Fixture) {
	switch p.state[f] {
	case 2:
		return
	case 1:
		if p.err == nil {
			p.err = p.cycle(f)
		}
		return
	}
	p.state[f] = 1
	p.path = append(p.path, f)
	for _, name := range f.Needs {
		if name == "use" || isOwn(name) {
			if f.Scope != "function" && (name == "t" || name == "tmp") && p.err == nil {
				p.err = engine.Errorf(errFixture, "the fixture '%s' lives for the %s, so it cannot have '%s', which is one test's (%s)", f.Name, f.Scope, name, f.At)
			}
			continue
		}
		if other := p.suite.find(name, f); other != nil && wide[other.Scope] > wide[f.Scope] && p.err == nil {
			p.err = engine.Errorf(errFixture, "the fixture '%s' lives for the %s, longer than '%s', which it needs (%s)", f.Name, f.Scope, name, f.At)
		}
		p.need(name, f, fmt.Sprintf("the fixture '%s' (%s)", f.Name, f.At))
	}
	p.path = p.path[:len(p.path)-1]
	p.state[f] = 2
	p.order = append(p.order, f)
}

// cycle names the fixtures that need each other.
func (p *planner) cycle(f *Fixture) error {
	var names []string
	for _, each := range p.path[slices.Index(p.path, f):] {
		names = append(names, each.Name)
	}
	e := engine.Errorf(errFixture, "fixtures need each other: %s", strings.Join(append(names, f.Name), " → "))
	e.Hint = "take what both need into a fixture of its own (" + f.At + ")"
	return e
}
