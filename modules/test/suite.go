package test

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Suite is what a file of tests, and the conftest.lua above it, define.
type Suite struct {
	Root     *Group
	Fixtures map[string][]*Fixture      // by name; a later one stands in for those before
	Known    map[string]string          // marks that test.marks declares, with what they mean
	Calls    *Calls                     // of the prelude
	Drive    func(c *engine.Call) error // runs the tests; called by the prelude's run
	Confs    []string                   // the conftest.lua above the file: a function test_… of theirs is no test

	Used *UsedSnapshots // is told of snapshots that tests ask for, nil for nobody

	current   *Group
	notes     map[any]*Notes // by the function that they are about
	comparers []comparer
	hooks     map[string][]*engine.Func
	now       atomic.Pointer[T] // the test that runs
	config    *Config
	file      string
	cases     []*Group
	stuck     bool // something that cannot be stopped goes on

	lastGlobal engine.Value // that newGlobals has seen
}

// Config is what the tests of a run share.
type Config struct {
	Root   string // directory that ids are relative to, absolute
	Seed   int64
	Update bool // snapshots may be written anew
	CI     bool // nothing is written
	Locals bool // failures tell the variables of the frame

	// Timeout is how long a test, a fixture and all that is around tests may take; 0
	// is any time.
	Timeout time.Duration

	// Abort is closed when what runs is to end, but for teardowns and clean-ups; nil
	// for never.
	Abort <-chan struct{}

	// SetUps is told of each fixture that is made or taken down, and of each test, in
	// a line; nil for none.
	SetUps func(line string)
}

// Calls are the functions of the prelude, which is in Lua.
type Calls struct {
	Flush    *engine.Func // writes out what print holds back
	Instance *engine.Func // (class, t): the self of a case's method
	Callable *engine.Func // (fn, fields): the fields as a table that can be called
	Close    *engine.Func // (resource)
	Seed     *engine.Func // (n): math.randomseed
	Check    *engine.Func // the global check, unless a script replaces it
}

// NewSuite makes an empty suite.
func NewSuite(config *Config, file string) *Suite {
	s := &Suite{
		Root: &Group{}, Fixtures: map[string][]*Fixture{}, Known: map[string]string{},
		notes: map[any]*Notes{}, hooks: map[string][]*engine.Func{}, config: config, file: file,
	}
	s.current = s.Root
	return s
}

type suiteKey struct{}

// Install gives a state its suite.
func (s *Suite) Install(state *engine.State) { state.SetLocal(suiteKey{}, s) }

// suiteOf is the suite of the calling state; scripts that are not run by
// gscript test have one of their own.
func suiteOf(c *engine.Call) *Suite {
	return c.Local(suiteKey{}, func() any { return NewSuite(&Config{}, "") }).(*Suite)
}

// Current is the test that runs in the calling state, nil for none.
func Current(c *engine.Call) *T { return suiteOf(c).now.Load() }

// Group is a group of tests, a case, or the file itself.
type Group struct {
	Name   string
	Parent *Group
	Line   int
	Notes  Notes
	Tests  []*Test // in the order of the source, with those of the groups inside
	Class  engine.Value
	IsCase bool

	beforeAll, afterAll, beforeEach, afterEach []*engine.Func
	classCleanups                              []closing
	begun                                      bool
	failed                                     error // of what comes before all
}

// Path lists the names of the groups down to this one.
func (g *Group) Path() []string {
	if g == nil || g.Parent == nil {
		return nil
	}
	return append(g.Parent.Path(), g.Name)
}

// Test is a test as it is defined: a function, and the values that it gets.
type Test struct {
	Group  *Group
	Name   string // without parameters
	ID     string // of the values, "" for none
	Line   int
	Fn     *engine.Func
	Params []string
	Row    *Row
	Notes  Notes
	Method bool // of a case: it gets self
	order  int
}

// Row is a row of values for a test.
type Row struct {
	List  []engine.Value          // in the order of the parameters that are no fixtures
	Named map[string]engine.Value // by the names of parameters
}

// Notes are what marks say of a test or a group.
type Notes struct {
	Marks   []string
	Skip    string // why, "" for not at all
	XFail   *XFail
	Timeout engine.Duration
	Flaky   int // attempts
	Uses    []string
}

// XFail says that a test is expected to fail.
type XFail struct {
	Reason string
	Loose  bool // passing is right, too
}

// with is n under what the notes of a group say.
func (n Notes) with(outer Notes) Notes {
	n.Marks = slices.Concat(outer.Marks, n.Marks)
	n.Uses = slices.Concat(outer.Uses, n.Uses)
	if n.Skip == "" {
		n.Skip = outer.Skip
	}
	if n.XFail == nil {
		n.XFail = outer.XFail
	}
	if n.Timeout == 0 {
		n.Timeout = outer.Timeout
	}
	if n.Flaky == 0 {
		n.Flaky = outer.Flaky
	}
	return n
}

// All are the notes of the test with those of its groups.
func (t *Test) All() Notes {
	n := t.Notes
	for g := t.Group; g != nil; g = g.Parent {
		n = n.with(g.Notes)
	}
	return n
}

// notesOf are the notes about a function.
func (s *Suite) notesOf(fn *engine.Func) *Notes {
	key := any(fn.Lua())
	n := s.notes[key]
	if n == nil {
		n = &Notes{}
		s.notes[key] = n
	}
	return n
}

// notesAbout are the notes about a function if one is known.
func (s *Suite) notesAbout(fn *engine.Func) Notes {
	if n := s.notes[any(fn.Lua())]; n != nil {
		return *n
	}
	return Notes{}
}

// Fire calls what test.on has set for an event. The first failure is returned.
func (s *Suite) Fire(ctx context.Context, event string, args ...any) error {
	for _, fn := range s.hooks[event] {
		if _, err := fn.Call(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// groups lists g and those around it, the outermost first.
func (g *Group) groups() []*Group {
	if g == nil {
		return nil
	}
	return append(g.Parent.groups(), g)
}
