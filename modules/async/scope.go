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
	tasks  []*engine.Task
	left   int // tasks that run, and holds
	failed error
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
func (s *scope) add(t *engine.Task, dispensable bool) {
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
		_, err := t.Result()
		if dispensable && engine.KindOf(err) == engine.KindCanceled {
			err = nil
		}
		s.leave(err)
	})
}

func (s *scope) leave(err error) {
	s.mu.Lock()
	first := err != nil && s.failed == nil
	if first {
		s.failed = err
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

// wait returns when every task has ended, with the first failure. When ctx ends
// first the tasks are canceled, and waited for all the same: they stop, at the
// latest by the hard stop that follows a cancel.
func (s *scope) wait(ctx context.Context) error {
	select {
	case <-s.done:
		return s.failed
	case <-ctx.Done():
		s.cancel(engine.Classify(context.Cause(ctx)).Message)
		<-s.done
		return context.Cause(ctx)
	}
}

func gather(c *engine.Call, in gatherIn) (engine.Multi, error) {
	items := in.Tasks
	if len(items) == 1 {
		if list, ok := items[0].(engine.List); ok {
			items = list
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	for i, item := range items {
		switch item.(type) {
		case *engine.Func, *engine.Task:
		default:
			return nil, engine.Invalid("argument %d must be a function or a task", i+1)
		}
	}
	s := newScope()
	tasks := make([]*engine.Task, len(items))
	for i, item := range items {
		switch item := item.(type) {
		case *engine.Func:
			tasks[i] = c.Spawn(item)
		case *engine.Task:
			tasks[i] = item
		}
		s.add(tasks[i], false)
	}
	s.release()
	if err := s.wait(c.Context()); err != nil {
		return nil, err
	}
	results := make(engine.Multi, len(tasks))
	for i, t := range tasks {
		if values, _ := t.Result(); len(values) > 0 {
			results[i] = values[0]
		}
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
	if err := g.wait(c.Context()); err != nil {
		return nil, err
	}
	return body.Result()
}

func (g *taskGroup) spawn(c *engine.Call, in spawnIn) (*engine.Task, error) {
	if !g.hold() {
		return nil, engine.Invalid("the group has ended; spawn tasks while its function or one of its tasks runs")
	}
	defer g.release()
	t := c.Spawn(in.Fn, anys(in.Args)...)
	g.add(t, true)
	return t, nil
}

func (g *taskGroup) cancel(_ *engine.Call, in cancelIn) (engine.None, error) {
	g.scope.cancel(in.Why)
	return engine.None{}, nil
}
