package test

import (
	"fmt"
	"slices"
	"strings"
)

// shown is a line of --setup-show and --setup-plan: what is done with a fixture.
func (f *Fixture) shown(what string, choice int) string {
	depth := map[string]int{"group": 1, "function": 2}[f.Scope]
	name := f.Name
	if choice >= 0 {
		name += "[" + f.IDs[choice] + "]"
	}
	return fmt.Sprintf("%s%-8s %s (%s)", strings.Repeat("  ", depth), what, name, f.Scope)
}

// shown is the line of a test.
func (i *Item) shown() string {
	var names []string
	for _, f := range i.Fixtures {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	line := "      " + i.ID
	if len(names) > 0 {
		line += " (fixtures: " + strings.Join(names, ", ") + ")"
	}
	return line
}

// show tells a line of --setup-show.
func (s *Suite) show(line string) {
	if s.config.SetUps != nil {
		s.config.SetUps(line)
	}
}

// Plan tells what would be made and taken down around the tests of a file.
func Plan(items []*Item) (lines []string) {
	type made struct {
		*Fixture
		choice int
		group  *Group
	}
	var live []made
	leave := func(keep func(m made) bool) {
		for n := len(live) - 1; n >= 0; n-- {
			if m := live[n]; !keep(m) {
				lines = append(lines, m.shown("TEARDOWN", m.choice))
				live = slices.Delete(live, n, n+1)
			}
		}
	}
	for n, item := range items {
		if item.Err != nil {
			lines = append(lines, fmt.Sprintf("      %s: %v", item.ID, item.Err))
			continue
		}
		for _, f := range item.Fixtures {
			m := made{Fixture: f, choice: item.choiceOf(f)}
			if f.Scope == "group" {
				m.group = item.Test.Group
			}
			if f.Scope == "function" || !slices.Contains(live, m) {
				live = append(live, m)
				lines = append(lines, f.shown("SETUP", m.choice))
			}
		}
		lines = append(lines, item.shown())
		var next []*Group
		if n+1 < len(items) {
			next = items[n+1].Test.Group.Around()
		}
		leave(func(m made) bool {
			return m.Scope != "function" && (m.group == nil || m.group.Parent == nil || slices.Contains(next, m.group))
		})
	}
	leave(func(made) bool { return false })
	return lines
}

// choiceOf is which of a fixture's values the test gets, -1 if it has but one.
func (i *Item) choiceOf(f *Fixture) int {
	if n, ok := i.Choice[f]; ok {
		return n
	}
	return -1
}

// OwnFixture is a fixture that needs no definition.
type OwnFixture struct{ Name, Doc string }

// OwnFixtures lists the fixtures that need no definition.
func OwnFixtures() []OwnFixture {
	return []OwnFixture{
		{"t", "The test that runs, with the asserts."},
		{"tmp", "The test's own empty directory, which goes when the test has ended."},
		{"request", "A table about the test: name, id, file, group, marks."},
	}
}
