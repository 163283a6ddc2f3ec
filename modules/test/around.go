package test

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// enterGroups runs what comes before all tests of the groups around a test. What
// failed is named by title.
func (s *Suite) enterGroups(c *engine.Call, group *Group) (title string, err error) {
	for _, g := range group.groups() {
		if !g.begun {
			g.begun, g.failed = true, nil
			for _, fn := range g.beforeAll {
				if err := s.call(c, setup, fn, g.classArgs()...); err != nil {
					g.failed = err
					break
				}
			}
		}
		if g.failed != nil {
			return g.hookNamed("before_all", "setup_class"), g.failed
		}
	}
	return "", nil
}

// hookNamed is what a script calls a hook of the group, or of the case.
func (g *Group) hookNamed(inGroup, inCase string) string {
	if g.IsCase {
		return inCase
	}
	return inGroup
}

func (g *Group) classArgs() []any {
	if g.IsCase {
		return []any{g.Class}
	}
	return nil
}

// Leave runs what comes after all tests of the groups that keep says no to, and
// ends their fixtures; keep nil ends everything.
func (s *Suite) Leave(c *engine.Call, live *Live, begun []*Group, keep func(g *Group) bool) []report.Failure {
	var failures []report.Failure
	failed := func(title string, err error) {
		if err != nil {
			f := describe(c, err)
			f.Title = title
			failures = append(failures, f)
		}
	}
	for n := len(live.list) - 1; n >= 0; n-- {
		i := live.list[n]
		if keep != nil && (i.group == nil || keep(i.group)) {
			continue
		}
		failed("teardown of the fixture '"+i.fixture.Name+"'", i.close(c))
		live.list = append(live.list[:n], live.list[n+1:]...)
	}
	for n := len(begun) - 1; n >= 0; n-- {
		g := begun[n]
		if !g.begun || keep != nil && keep(g) {
			continue
		}
		g.begun = false
		if g.failed == nil { // as in unittest, what was not set up is not torn down
			for _, fn := range g.afterAll {
				err := s.call(c, "teardown", fn, g.classArgs()...)
				failed(g.hookNamed("after_all", "teardown_class"), err)
			}
		}
		for k := len(g.classCleanups) - 1; k >= 0; k-- {
			failed("cleanup_class", g.classCleanups[k].run(c))
		}
		g.classCleanups = nil
	}
	return failures
}

// Around lists the groups around a test, the outermost first.
func (g *Group) Around() []*Group { return g.groups() }
