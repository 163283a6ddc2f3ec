package engine

import (
	"cmp"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/trace"
)

// Categories of what is in a trace beside the tasks.
const (
	tracedCall  = "call"
	tracedJob   = "job"
	tracedBaton = "baton"
)

// leastWait is the wait for the baton from which on it is in a trace.
const leastWait = 50 * time.Microsecond

// traced is the end of perform under a trace.
func (s *State) traced(lane *trace.Lane, c *Call, L *lua.LState, a *adapter, self, in any) (out any, err error) {
	before := c.task.Enter(&c.name)
	lane.Begin(tracedCall, c.name)
	s.world.Unlock()
	defer s.retake(lane, L)
	defer c.task.Enter(before)
	defer func() { lane.End(tracedKind(err)) }()
	return s.handle(c, a, self, in)
}

// retake takes the baton back after native work.
func (s *State) retake(lane *trace.Lane, L *lua.LState) {
	if lane == nil {
		s.world.Lock(L)
		return
	}
	start := lane.Now()
	s.world.Lock(L)
	lane.Took(tracedBaton, "waits for its turn", start, leastWait)
}

// tracedKind is what a trace says of an error.
func tracedKind(err error) string {
	if err == nil {
		return ""
	}
	var raise *Raise
	if errors.As(err, &raise) {
		return fault.Lua
	}
	return vm.TracedKind(err)
}

// SetName names the worker in traces, such as "pool worker". Workers of one name
// have numbers there. It is called before the first job.
func (w *Worker) SetName(name string) { w.name = name }

// traced begins a job on the worker's row.
func (w *Worker) traced(t *vm.Task, fn *Snapshot) {
	if w.lane == nil {
		w.lane = w.state.world.Trace.Lane(cmp.Or(w.name, w.what, "worker"))
	}
	t.TracedOn(w.lane)
	name := "job"
	if at := fn.DefinedAt(); at != "" {
		name += " " + at
	}
	w.lane.Begin(tracedJob, name)
}
