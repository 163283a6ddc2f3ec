package async

import (
	"context"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// scope is a set of tasks that end together: the first failure cancels the
// rest, and so does the end of the call that waits for them.
type scope struct {
	mu     sync.Mutex
	tasks  []engine.Awaitable
	left   int           // tasks that run, and holds
	failed []error       // in the order of their ends; those that a cancel caused are not among them
	why    string        // not "": canceled
	done   chan struct{} // closed when no task is left
}

// newScope makes a scope that is held: it does not end before release.
func newScope() *scope { return &scope{left: 1, done: make(chan struct{})} }

// hold keeps the scope open until release; false means that it has ended.
func (s *scope) hold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return false
	}
	s.left++
	return true
}

// release takes a hold back.
func (s *scope) release() { s.leave(nil) }

// add puts a task into the scope, which must be held. A dispensable task may be
// canceled without failing the scope.
func (s *scope) add(t engine.Awaitable, dispensable bool) {
	s.mu.Lock()
	s.tasks = append(s.tasks, t)
	s.left++
	why := s.why
	s.mu.Unlock()
	t.Claim()
	if why != "" {
		t.Cancel(why)
	}
	t.OnEnd(func() {
		_, err := t.Outcome()
		if engine.KindOf(err) == engine.KindCanceled && (dispensable || s.over()) {
			err = nil
		}
		s.leave(err)
	})
}

func (s *scope) leave(err error) {
	s.mu.Lock()
	first := err != nil && len(s.failed) == 0
	if err != nil {
		s.failed = append(s.failed, err)
	}
	s.left--
	last := s.left == 0
	s.mu.Unlock()
	if first && !last {
		s.cancel("a task beside it has failed: " + err.Error())
	}
	if last {
		close(s.done)
	}
}

// cancel asks all tasks of the scope to end, also those that come later.
func (s *scope) cancel(why string) {
	s.mu.Lock()
	if s.why == "" {
		s.why = why
	}
	tasks := s.tasks
	s.mu.Unlock()
	for _, t := range tasks {
		t.Cancel(why)
	}
}

// over says that the scope was canceled.
func (s *scope) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why != ""
}

// wait returns when every task has ended, with the first failure, which gets the
// others as a field. When the call is canceled first the tasks are canceled, and
// waited for all the same: they stop, at the latest by the hard stop that
// follows a cancel.
func (s *scope) wait(c *engine.Call) error {
	ctx := c.Context()
	select {
	case <-s.done:
	case <-ctx.Done():
		s.cancel(engine.Classify(context.Cause(ctx)).Message)
		<-s.done
		return context.Cause(ctx)
	}
	if len(s.failed) == 0 {
		return nil
	}
	if rest := s.failed[1:]; len(rest) > 0 {
		c.AddField(s.failed[0], "others", errorList(rest))
	}
	return s.failed[0]
}

func errorList(errs []error) engine.List {
	list := make(engine.List, len(errs))
	for i, err := range errs {
		list[i] = err
	}
	return list
}

func gather(c *engine.Call, in itemsIn) (engine.Multi, error) {
	tasks, err := started(c, in.Items)
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	s := newScope()
	for _, t := range tasks {
		s.add(t, false)
	}
	s.release()
	if err := s.wait(c); err != nil {
		return nil, err
	}
	results := make(engine.Multi, len(tasks))
	for i, t := range tasks {
		results[i] = firstResult(t)
	}
	return results, nil
}

// taskGroup is a scope that Lua fills.
type taskGroup struct {
	engine.Identity
	*scope
}

// group runs fn as the first task of the group, so that the failure of another
// can cancel it.
func group(c *engine.Call, in groupIn) ([]engine.Value, error) {
	g := &taskGroup{scope: newScope()}
	body := c.Spawn(in.Fn, g)
	g.add(body, false)
	g.release()
	if err := g.wait(c); err != nil {
		return nil, err
	}
	return body.Result()
}

func (g *taskGroup) spawn(c *engine.Call, in spawnIn) (*engine.Task, error) {
	if !g.hold() {
		return nil, engine.Invalid("the group has ended; spawn tasks while its function or one of its tasks runs")
	}
	defer g.release()
	t := spawnNamed(c, in)
	g.add(t, true)
	return t, nil
}

// errors lists what the group's tasks have failed with, the first one first.
func (g *taskGroup) errors(_ *engine.Call, _ engine.None) (engine.List, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return errorList(g.failed), nil
}

func (g *taskGroup) cancel(_ *engine.Call, in cancelIn) (engine.None, error) {
	g.scope.cancel(in.Why)
	return engine.None{}, nil
}
