package test

import (
	"errors"
	"fmt"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Attempt is how a test is to be run.
type Attempt struct {
	Timeout time.Duration // 0 for none
	Number  int           // from 1
}

// ErrStuck is what Execute returns with a result when the state cannot be used
// for another test.
var ErrStuck = fmt.Errorf("the state is not to be used again")

// run is a test being executed.
type run struct {
	*T
	c      *engine.Call
	item   *Item
	result *report.Result
	values map[*Fixture]engine.Value
	stuck  bool

	newGlobals []string // that the body has set
}

// Execute runs one test and says what became of it. The handler that c belongs to
// is not inline.
func (s *Suite) Execute(c *engine.Call, live *Live, item *Item, a Attempt) (*report.Result, error) {
	clock := c.Stage().Base().Clock
	t := s.Begin(item.Test, item.ID, item.Name)
	notes := item.Test.All()
	r := &run{T: t, c: c, item: item, values: map[*Fixture]engine.Value{}, result: &report.Result{
		ID: item.ID, Groups: item.Test.Group.Path(), Name: item.Name, Line: item.Test.Line,
		Marks: notes.Marks, Attempt: a.Number, Started: clock.Now(),
	}}
	s.now.Store(t)
	defer s.now.Store(nil)
	limit := a.Timeout
	if notes.Timeout > 0 {
		limit = notes.Timeout.Std()
	}
	t.limit = limit
	env, processes := Isolate(c.Stage().Base())
	t.processes = processes
	restore := c.Stage().Replace(host.Host{Environment: env, Processes: processes})
	var outcome report.Outcome
	if err := s.Fire(c.Context(), "start", r.about()); err != nil {
		t.FailedWith(c, "test.on 'start'", err)
		outcome = report.Errored
	} else if notes.Skip != "" {
		t.skipped, outcome = &notes.Skip, report.Skipped
	} else {
		outcome = r.setUpAndRun(live, limit)
	}
	t.CleanUp(c)
	restore()
	if err := s.flush(c); err != nil && c.Context().Err() == nil {
		t.FailedWith(c, "output", err)
	}
	r.result.Duration = clock.Now().Sub(r.result.Started)
	r.conclude(outcome, notes)
	r.tellHooks()
	if r.stuck || s.stuck || c.Context().Err() != nil {
		return r.result, ErrStuck
	}
	return r.result, nil
}

// setUpAndRun makes the fixtures and runs the body.
func (r *run) setUpAndRun(live *Live, limit time.Duration) report.Outcome {
	if r.item.Err != nil {
		r.FailedWith(r.c, "", r.item.Err)
		return report.Errored
	}
	if title, err := r.suite.enterGroups(r.c, r.item.Test.Group); err != nil {
		r.FailedWith(r.c, title, err)
		return report.Errored
	}
	if !r.makeFixtures(live, func(f *Fixture) bool { return f.Scope != "function" }) {
		return report.Errored
	}
	r.leaks(r.c.Mark())
	if !r.makeFixtures(live, func(f *Fixture) bool { return f.Scope == "function" }) {
		return report.Errored
	}
	fn, args, err := r.arguments()
	if err != nil {
		r.FailedWith(r.c, "", err)
		return report.Errored
	}
	for _, g := range r.item.Test.Group.groups() {
		for _, before := range g.beforeEach {
			if err := r.suite.call(r.c, setup, before, r.selfArgs(g)...); err != nil {
				if r.skipped != nil {
					return report.Skipped
				}
				r.FailedWith(r.c, g.hookNamed("before_each", "setup"), err)
				return report.Errored
			}
		}
		for _, after := range g.afterEach {
			r.cleanup(g.hookNamed("after_each", "teardown"), func(c *engine.Call) error {
				return r.suite.call(c, "teardown", after, r.selfArgs(g)...)
			})
		}
	}
	r.suite.show(r.item.shown())
	r.suite.newGlobals(r.c)
	outcome := r.body(fn, args, limit)
	if !r.stuck {
		r.newGlobals = r.suite.newGlobals(r.c)
	}
	return outcome
}

// selfArgs are what setup and teardown of a group get.
func (r *run) selfArgs(g *Group) []any {
	if g.IsCase {
		return []any{r.self}
	}
	return []any{r.T}
}

// makeFixtures makes those fixtures of the test that are chosen.
func (r *run) makeFixtures(live *Live, chosen func(f *Fixture) bool) bool {
next:
	for _, f := range r.item.Fixtures {
		if !chosen(f) {
			continue
		}
		choice := r.item.choiceOf(f)
		for _, i := range live.list {
			if i.sameFor(f, choice, r.item.Test.Group) {
				if r.values[f] = i.value; i.err != nil {
					r.FailedWith(r.c, "fixture '"+f.Name+"'", i.err)
					return false
				}
				continue next
			}
		}
		i := r.suite.make(r.c, r.T, r.item, f, r.values)
		if f.Scope == "function" {
			// Among the clean-ups: what the fixture asked for while it was made, such
			// as a temporary directory, is there until its teardown has run.
			r.cleanup("teardown of the fixture '"+f.Name+"'", i.close)
		} else {
			live.list = append(live.list, i)
		}
		if i.err != nil {
			if r.skipped == nil {
				r.FailedWith(r.c, "fixture '"+f.Name+"'", i.err)
			}
			return false
		}
		r.values[f] = i.value
	}
	return true
}

// arguments are the values of the test's parameters.
func (r *run) arguments() (fn *engine.Func, args []any, err error) {
	test := r.item.Test
	if test.Method {
		if r.self, err = first(r.c, r.suite.Calls.Instance, test.Group.Class, r.T); err != nil {
			return nil, nil, err
		}
		args = append(args, r.self)
	}
	row, next := test.Row, 0
	for _, name := range test.Params {
		if row != nil && has(row.Named, name) {
			args = append(args, row.Named[name])
			continue
		}
		if row != nil && !isOwn(name) && r.suite.find(name, nil) == nil {
			var v any
			if next < len(row.List) {
				v = row.List[next]
			}
			args = append(args, v)
			next++
			continue
		}
		v, err := r.suite.valueOf(r.c, r.T, r.item, name, nil, r.values)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, v)
	}
	return test.Fn, args, nil
}

// body runs the test itself as a task of its own.
func (r *run) body(fn *engine.Func, args []any, limit time.Duration) report.Outcome {
	at := ""
	if file, line, ok := fn.Value().Defined(); ok {
		at = fmt.Sprintf("%s:%d", file, line)
	}
	task := r.c.SpawnAt("test", at, fn, args...)
	task.Claim()
	late := false
	var expired <-chan time.Time
	if limit > 0 {
		timer := r.c.Stage().Base().Clock.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C()
	}
	ended, abort, stopped := r.c.Context().Done(), r.Config().Abort, false
	for waiting := true; waiting; {
		select {
		case <-task.Done():
			waiting = false
		case <-expired:
			late, expired = true, nil
			task.Cancel(fmt.Sprintf("the test took longer than %v", limit))
			timer := r.c.Stage().Base().Clock.NewTimer(stuckAfter)
			defer timer.Stop()
			expired = timer.C()
			ended = nil
			select {
			case <-task.Done():
				waiting = false
			case <-expired:
				r.stuck = true
				r.fail(report.Failure{Kind: engine.KindTimeout, Message: fmt.Sprintf("the test took longer than %v and cannot be stopped where it waits", limit)})
				return report.Failed
			}
		case <-ended:
			task.Cancel(interrupted)
			ended, stopped = nil, true
		case <-abort:
			task.Cancel(interrupted)
			abort, stopped = nil, true
		}
	}
	_, err := task.Result()
	if r.skipped != nil {
		return report.Skipped
	}
	r.orphans()
	if err == nil && !late {
		return report.Passed
	}
	if _, exit := engine.ExitCode(err); exit {
		r.stuck = true
		r.fail(Describe(r.c.Engine(), exited("the test", err)))
		return report.Failed
	}
	f := describe(r.c, err)
	if late {
		f.Kind, f.Message, f.Hint = engine.KindTimeout, fmt.Sprintf("the test took longer than %v", limit), "--timeout and test.timeout set the limit"
	}
	if stopped && !late {
		f.Message, f.Hint = interrupted, ""
	}
	r.fail(f)
	return report.Failed
}

// interrupted is the message of a test that somebody has stopped.
const interrupted = "the test was interrupted"

var errInterrupted = errors.New(interrupted)

// orphans has the failures of tasks that nobody awaited be the test's.
func (r *run) orphans() {
	for _, err := range r.c.Orphans() {
		r.FailedWith(r.c, "a task that nobody awaited", err)
	}
}

// stuckAfter is how long a test that was told to end may go on: the grace time
// of the engine, and a while.
const stuckAfter = Grace + 2*time.Second

// Grace is the grace time of the engine that runs tests.
const Grace = time.Second

// leaks has what the test left open told and ended, once its clean-ups have run:
// it is itself the last of them.
func (r *run) leaks(mark engine.Mark) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Leaks = nil
	check := func(c *engine.Call) error {
		for _, l := range c.Since(mark) {
			r.result.Leaks = append(r.result.Leaks, l.Kind+": "+l.Name)
			if err := l.End(); err != nil {
				r.result.Leaks[len(r.result.Leaks)-1] += " (" + err.Error() + ")"
			}
		}
		_ = c.Holding(func() error {
			for _, name := range r.newGlobals {
				if !c.Globals().Field(name).IsNil() {
					r.result.Leaks = append(r.result.Leaks, "global: "+name)
				}
			}
			return nil
		})
		r.orphans()
		return nil
	}
	r.cleanups = append([]closing{{"", check}}, r.cleanups...)
}

// conclude settles the outcome.
func (r *run) conclude(outcome report.Outcome, notes Notes) {
	res := r.result
	if outcome == report.Passed && r.Failed() {
		outcome = report.Failed
	}
	r.Finish(res)
	if why, ok := r.Skipped(); ok && len(res.Failures) == 0 {
		outcome, res.Message = report.Skipped, why
	}
	if x := notes.XFail; x != nil {
		switch {
		case outcome == report.Failed:
			outcome, res.Message, res.Failures = report.XFailed, x.Reason, nil
		case outcome == report.Passed && !x.Loose:
			outcome, res.Message = report.XPassed, "the test passes, but is expected to fail"
			if x.Reason != "" {
				res.Message += ": " + x.Reason
			}
		}
	}
	res.Outcome = outcome
}
