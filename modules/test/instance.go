package test

import (
	"context"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// instance is a fixture that has been made.
type instance struct {
	suite   *Suite
	fixture *Fixture
	choice  int
	group   *Group // of the tests that share it, nil for a wider scope
	value   engine.Value
	err     error // why it could not be made

	task    *engine.Task
	ready   chan struct{} // use was called
	release chan struct{}
	given   bool
	after   []closing
}

// sameFor says that an instance serves a test.
func (i *instance) sameFor(f *Fixture, choice int, g *Group) bool {
	return i.fixture == f && i.choice == choice && (f.Scope != "group" || i.group == g)
}

// Live are the fixtures of a file that outlive a test.
type Live struct{ list []*instance }

// make makes a fixture for a test. values are those that were made before.
func (s *Suite) make(c *engine.Call, t *T, item *Item, f *Fixture, values map[*Fixture]engine.Value) *instance {
	i := &instance{suite: s, fixture: f, choice: item.choiceOf(f), ready: make(chan struct{}), release: make(chan struct{})}
	if f.Scope == "group" {
		i.group = item.Test.Group
	}
	args := make([]any, len(f.Needs))
	for n, name := range f.Needs {
		if name == "use" {
			args[n], i.err = s.use(c, t, i, values)
		} else {
			args[n], i.err = s.valueOf(c, t, item, name, f, values)
		}
		if i.err != nil {
			return i
		}
	}
	s.show(f.shown("SETUP", i.choice))
	i.task = c.SpawnAt("fixture "+f.Name, f.At, f.Fn, args...)
	i.task.Claim()
	var expired <-chan time.Time
	limit := s.limit()
	if limit > 0 {
		timer := c.Stage().Base().Clock.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C()
	}
	select {
	case <-i.ready:
	case <-i.task.Done():
		results, err := i.task.Result()
		switch i.err = err; {
		case err != nil || i.given:
		case len(results) > 0:
			i.value = results[0]
		case slices.Contains(f.Needs, "use"):
			i.err = engine.Errorf(errUsage, "the fixture '%s' has ended without calling use (%s)", f.Name, f.At).
				WithHint("use(value) hands the value out; a fixture without a value calls use()")
		}
	case <-c.Context().Done():
		i.task.Cancel("the run has ended")
		i.err = context.Cause(c.Context())
	case <-s.config.Abort:
		i.task.Cancel(interrupted)
		i.err = errInterrupted
	case <-expired:
		i.err = s.stop(c, i.task, limit)
	}
	return i
}

// valueOf is what a parameter gets.
func (s *Suite) valueOf(c *engine.Call, t *T, item *Item, name string, from *Fixture, values map[*Fixture]engine.Value) (any, error) {
	switch name {
	case "t":
		return t, nil
	case "tmp":
		return t.TempDir(c)
	case "request":
		return engine.Object{
			{Key: "name", Value: item.Name}, {Key: "id", Value: item.ID}, {Key: "file", Value: t.File()},
			{Key: "group", Value: engine.List(anyTexts(item.Test.Group.Path()))}, {Key: "marks", Value: engine.List(anyTexts(item.Test.All().Marks))},
		}, nil
	}
	if f := s.find(name, from); f != nil {
		return values[f], nil
	}
	if make := moreFixtures()[name]; make != nil {
		return make(t, c)
	}
	return nil, nil
}

func anyTexts(list []string) []any {
	out := make([]any, len(list))
	for i, text := range list {
		out[i] = text
	}
	return out
}

// use is what a fixture hands its value out with.
func (s *Suite) use(c *engine.Call, t *T, i *instance, values map[*Fixture]engine.Value) (any, error) {
	give := func(c *engine.Call, args []engine.Value) (any, error) {
		if i.given {
			return nil, engine.Errorf(errUsage, "the fixture '%s' calls use a second time", i.fixture.Name)
		}
		i.given = true
		if len(args) > 0 {
			i.value = args[0]
		}
		close(i.ready)
		return nil, c.Wait(func(ctx context.Context) error {
			select {
			case <-i.release:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}
	after := func(c *engine.Call, args []engine.Value) (any, error) {
		clean, err := closingOf(c, "use.after", args)
		i.after = append(i.after, clean)
		return nil, err
	}
	get := func(c *engine.Call, args []engine.Value) (any, error) {
		name := ""
		if len(args) > 0 {
			name, _ = args[0].Text()
		}
		f := s.find(name, i.fixture)
		v, made := values[f]
		if f == nil || !made {
			return nil, engine.Errorf(errFixture, "use.get('%s'): the test has no such fixture, or it is made later; make it a parameter", name)
		}
		return v, nil
	}
	var call engine.Value
	var fields engine.Object
	_ = c.Holding(func() error {
		call = c.NewFunction("use", give)
		fields = engine.Object{{Key: "after", Value: c.NewFunction("use.after", after)}, {Key: "get", Value: c.NewFunction("use.get", get)}}
		return nil
	})
	if i.choice >= 0 {
		fields = append(fields, engine.Pair{Key: "param", Value: i.fixture.Values[i.choice]})
	}
	if t != nil {
		fields = append(fields, engine.Pair{Key: "request", Value: engine.Object{{Key: "name", Value: t.name}, {Key: "id", Value: t.id}}})
	}
	if s.Calls == nil {
		return call, nil
	}
	return first(c, s.Calls.Callable, call, fields)
}

// first calls a function and gives its first result as it is.
func first(c *engine.Call, fn *engine.Func, args ...any) (v engine.Value, err error) {
	out, err := fn.CallRaw(c.Context(), args...)
	if err == nil && len(out) > 0 {
		v = out[0]
	}
	return v, err
}

// close runs the teardown of a fixture.
func (i *instance) close(c *engine.Call) error {
	if i.task == nil {
		return nil
	}
	close(i.release)
	if i.err == nil {
		i.suite.show(i.fixture.shown("TEARDOWN", i.choice))
	}
	err := i.suite.await(c, i.task, i.suite.limit(), nil)
	if i.err != nil {
		err = nil // told already
	}
	for n := len(i.after) - 1; n >= 0; n-- {
		if aerr := i.after[n].run(c); err == nil {
			err = aerr
		}
	}
	return err
}
