package engine

import (
	"errors"
	"log/slog"
	"maps"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// slowTask is how long a task may keep the others waiting where nothing else is
// said.
const slowTask = 100 * time.Millisecond

// Task is the task that makes the call.
func (c *Call) Task() *Task { return taskOf(c.task) }

// Tasks lists the tasks of the state that have not ended, in the order of their
// making.
func (c *Call) Tasks() []*Task {
	var list []*Task
	for _, t := range c.state.world.Tasks() {
		list = append(list, taskOf(t))
	}
	return list
}

func taskOf(t *vm.Task) *Task {
	return t.Handle(func() any { return &Task{t: t} }).(*Task)
}

// Name is the name that the task was given, "task" without one.
func (t *Task) Name() string { return t.t.Name }

// Within is the native function in which the task works or waits without
// keeping others from running, such as "async.sleep"; "" while it runs Lua or
// waits for its turn.
func (t *Task) Within() string { return t.t.Within() }

// SpawnAfter is SpawnAt for a function that begins after a time. A task that is
// canceled before does not begin.
func (c *Call) SpawnAfter(d time.Duration, name, origin string, fn *Func, args ...any) *Task {
	t := c.newTask(name, origin)
	t.GoAfter(c.state.host.Clock, d, fn.Lua(), func() []lua.LValue { return c.state.encodeAll(args) })
	return taskOf(t)
}

// Yield lets every other task run that is ready to. Inline functions must not
// call it.
func (c *Call) Yield() { c.state.world.Yield() }

// Defer has fn called when the calling task ends, whatever it ends with, before
// what was deferred earlier. A soft cancel does not cut it short. Only inline
// functions may call it.
func (c *Call) Defer(fn *Func) { c.task.Defer(fn.Lua()) }

// Bind gives a variable a value in the calling task and in the tasks that it
// starts from now on. The key stands for the variable. It returns what undoes
// that.
func (c *Call) Bind(key any, v Value) (undo func()) {
	t, before := c.task, c.task.Bound(key)
	t.Bind(key, v.Lua())
	return func() { t.Bind(key, before) }
}

// Unbind takes the variable's value in the calling task away.
func (c *Call) Unbind(key any) { c.task.Bind(key, nil) }

// Bound returns the value of a variable in the calling task.
func (c *Call) Bound(key any) (v Value, ok bool) {
	lv := c.task.Bound(key)
	if lv == nil {
		return Value{}, false
	}
	return bind.ValueOf(lv), true
}

// AddField gives the error object in err, if there is one, one more field.
func (c *Call) AddField(err error, name string, value any) {
	var e *Error
	if !errors.As(err, &e) {
		return
	}
	c.locked(func() {
		e.Fields = maps.Clone(e.Fields)
		if e.Fields == nil {
			e.Fields = map[string]any{}
		}
		e.Fields[name] = value
	})
}

// WatchTasks begins to log tasks that keep others waiting for longer than slow,
// and at the end of the script those that nobody awaited; 0 ends that. Only
// inline functions may call it.
func (c *Call) WatchTasks(slow time.Duration) { c.state.watchTasks(slow, c.task) }

// ReportTasks logs the tasks that run now, and those that ended and that nobody
// has awaited so far.
func (c *Call) ReportTasks() {
	c.state.reportRunning(c.task)
	c.state.reportLoose(nil)
}

// watchTasks is called with the baton, which t has.
func (s *State) watchTasks(slow time.Duration, t *vm.Task) {
	if s.unwatch != nil {
		close(s.unwatch)
		s.unwatch = nil
	}
	if slow <= 0 {
		s.world.SetWatch(nil, nil)
		return
	}
	x := &vm.Watch{Slow: slow, Report: func(t *vm.Task, at string, held time.Duration) {
		s.host.Log.Warn("a task keeps the others waiting: it runs without a blocking call", "task", t.String(), "at", at, "for", held.Round(time.Millisecond))
	}}
	s.world.SetWatch(x, t)
	s.unwatch = make(chan struct{})
	go s.look(x, s.unwatch)
}

// look has the watch look until the state or the watch ends.
func (s *State) look(x *vm.Watch, end chan struct{}) {
	clock := s.host.Clock
	timer := clock.NewTimer(x.Slow / 2)
	defer timer.Stop()
	for {
		select {
		case <-timer.C():
			x.Look(clock.Now())
			timer.Reset(x.Slow / 2)
		case <-end:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// reportRunning logs the tasks beside t that have not ended, and returns them.
func (s *State) reportRunning(t *vm.Task) []*vm.Task {
	var running []*vm.Task
	for _, o := range s.world.Tasks() {
		if o == t || o.Origin == "" {
			continue
		}
		running = append(running, o)
		within := []any{slog.String("task", o.String())}
		if name := o.Within(); name != "" {
			within = append(within, "in", name)
		}
		s.host.Log.Warn("a task is still running", within...)
	}
	return running
}

// reportLoose logs the tasks that ended and that nobody awaited, but for those
// that were named before.
func (s *State) reportLoose(named []*vm.Task) {
	known := map[*vm.Task]bool{}
	for _, t := range named {
		known[t] = true
	}
	for _, t := range s.world.Loose() {
		if !known[t] && t.Origin != "" {
			s.host.Log.Warn("a task was never awaited", "task", t.String())
		}
	}
}
