package engine

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Task is a function that runs beside others in one state.
type Task struct {
	Identity
	t *vm.Task
}

// ErrDeadlock is what Wait returns when the task waited for waits, perhaps by
// way of more tasks, for the waiting one.
var ErrDeadlock = errors.New("the tasks wait for each other")

// Spawn starts fn as a task of the state. The script does not end before it,
// and fails with its failure unless somebody waits for it.
func (c *Call) Spawn(fn *Func, args ...any) *Task {
	return c.SpawnAt("task", c.Where(), fn, args...)
}

// SpawnAt is Spawn from any goroutine, also after the call has returned: pools
// start their jobs so. The task has a name, and origin is the line that asked
// for it.
func (c *Call) SpawnAt(name, origin string, fn *Func, args ...any) *Task {
	t := c.newTask(name, origin)
	t.Go(fn.Lua(), func() []lua.LValue { return c.state.encodeAll(args) })
	return taskOf(t)
}

// newTask makes a task that has not begun and inherits from the calling one.
func (c *Call) newTask(name, origin string) *vm.Task {
	c.state.world.AdmitTask()
	t := c.state.world.NewTask(c.state.ctx, name)
	t.Origin = origin
	t.Inherit(c.task)
	t.Traced(t.Origin)
	return t
}

// SpawnNative starts native work as a task of the state: a thread or a process
// that scripts wait for as for a task. run gets the task for its contexts, and
// works without the baton.
func (c *Call) SpawnNative(name string, run func(t *Task) ([]any, error)) *Task {
	s := c.state
	t := taskOf(c.newTask(name, c.Where()))
	go func() {
		var results []lua.LValue
		out, err := t.guarded(s, name, run)
		if err == nil {
			err = s.locked(func() error {
				results = s.encodeAll(out)
				return nil
			})
		}
		t.t.End(results, err)
	}()
	return t
}

func (t *Task) guarded(s *State, name string, run func(t *Task) ([]any, error)) (out []any, err error) {
	s.world.Native.Add(1)
	defer s.left(name, &err)
	return run(t)
}

// Context ends when the task is canceled.
func (t *Task) Context() context.Context { return t.t.Context() }

// HardContext ends when the task is stopped: the grace time after a cancel, or
// the script's deadline.
func (t *Task) HardContext() context.Context { return t.t.HardContext() }

// Awaitable is what scripts wait for: a task, a job of a pool. Done, OnEnd,
// Claim and Cancel are as those of Task.
type Awaitable interface {
	Done() <-chan struct{}
	OnEnd(f func())
	// Outcome is what it ended with, once Done is closed. Whoever asks looks
	// after the failure.
	Outcome() ([]any, error)
	Claim()
	Cancel(why string)
}

var _ Awaitable = (*Task)(nil)

// Outcome is Result for an Awaitable.
func (t *Task) Outcome() ([]any, error) {
	values, err := t.Result()
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out, err
}

// Owner is the task as one that may hold locks.
func (t *Task) Owner() *shared.Owner { return t.t.Owner() }

// Origin is the line of the script that started the task, such as "main.lua:3".
func (t *Task) Origin() string { return t.t.Origin }

// Done is closed when the task has ended.
func (t *Task) Done() <-chan struct{} { return t.t.Done() }

// OnEnd calls f, which must not block, when the task has ended.
func (t *Task) OnEnd(f func()) { t.t.OnEnd(f) }

// Claim says that somebody looks after the task's failure, so that it does not
// become the script's.
func (t *Task) Claim() { t.t.Claim() }

// Wait waits for the task and returns what it returned or raised. Whoever waits
// for a task looks after its failure.
func (t *Task) Wait(ctx context.Context) ([]Value, error) {
	t.Claim()
	if self := bind.TaskOf(ctx); self != nil {
		if !self.Await(t.t) {
			return nil, ErrDeadlock
		}
		defer self.Await(nil)
	}
	select {
	case <-t.t.Done():
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return t.Result()
}

// Result returns what an ended task returned or raised.
func (t *Task) Result() ([]Value, error) {
	t.Claim()
	values, err := t.t.Result()
	results := make([]Value, len(values))
	for i, v := range values {
		results[i] = bind.ValueOf(v)
	}
	return results, err
}

// Cancel asks the task to end.
func (t *Task) Cancel(why string) {
	t.t.Cancel(fault.New(fault.Canceled, "%s", why))
}

// Shield calls fn as part of this call. A cancel of the task is felt only when
// fn has returned, or when the grace time is over.
func (c *Call) Shield(fn *Func, args ...any) ([]Value, error) {
	c.locked(c.task.RaiseShield)
	defer c.locked(c.task.LowerShield)
	return fn.CallRaw(c.Context(), args...)
}

// locked runs f with the baton.
func (c *Call) locked(f func()) {
	c.state.world.Lock(c.frame.L)
	defer c.state.world.Unlock()
	f()
}
