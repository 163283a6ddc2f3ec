package engine

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Task is a function that runs beside others in one state.
type Task struct{ t *vm.Task }

// Spawn starts fn as a task of the state. The script does not end before it.
func (c *Call) Spawn(fn *Func, args ...Value) *Task {
	t := c.state.world.NewTask(c.state.ctx, "task")
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = a.Lua()
	}
	t.Go(fn.Lua(), values...)
	return &Task{t}
}

// Done is closed when the task has ended.
func (t *Task) Done() <-chan struct{} { return t.t.Done() }

// Wait waits for the task and returns what it returned or raised. Whoever waits
// for a task looks after its failure.
func (t *Task) Wait(ctx context.Context) ([]Value, error) {
	t.t.Claim()
	select {
	case <-t.t.Done():
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return t.Result()
}

// Result returns what an ended task returned or raised.
func (t *Task) Result() ([]Value, error) {
	t.t.Claim()
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
