package engine

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// loading is a module that a task is running for the first time.
type loading struct {
	name string
	task *vm.Task
	by   *loading // the module that requires it, nil for the script
	done chan struct{}
}

// begin says that the task on L loads a module; end must follow. A task that
// comes upon a module that another one loads waits for it. The value is what the
// module has become meanwhile, nil when it is still to be loaded.
func (l *loader) begin(L *lua.LState, name string) (own *loading, v lua.LValue, err error) {
	task := vm.TaskOf(L)
	for {
		if v := l.loaded.RawGetString(name); v != lua.LNil {
			return nil, v, nil
		}
		other := l.loading[name]
		if other == nil {
			own = &loading{name: name, task: task, by: l.innermost[task], done: make(chan struct{})}
			l.loading[name], l.innermost[task] = own, own
			return own, nil, nil
		}
		if other.task == task {
			return nil, nil, fault.New(fault.ModuleLoop, "modules require each other: %s", strings.Join(l.cycle(other), " → "))
		}
		if task == nil || !task.Await(other.task) {
			return nil, nil, fault.New(fault.ModuleLoop, "modules require each other: '%s' is being loaded by a task that waits for this one", name)
		}
		if e := task.Check(); e != nil {
			task.Await(nil)
			return nil, nil, e
		}
		l.state.world.Unlock()
		select {
		case <-other.done:
		case <-task.Context().Done():
		}
		l.state.world.Lock(L)
		task.Await(nil)
		if e := task.Check(); e != nil {
			return nil, nil, e
		}
	}
}

func (l *loader) end(m *loading) {
	delete(l.loading, m.name)
	if m.by != nil {
		l.innermost[m.task] = m.by
	} else {
		delete(l.innermost, m.task)
	}
	close(m.done)
}

// cycle names the modules from first on to the innermost of its task, and first
// again.
func (l *loader) cycle(first *loading) []string {
	names := []string{first.name}
	for m := l.innermost[first.task]; m != first; m = m.by {
		names = append(names, m.name)
	}
	names = append(names, first.name)
	slices.Reverse(names)
	return names
}
