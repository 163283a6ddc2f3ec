package loader

import (
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// loading is a module that a task is running for the first time.
type loading struct {
	name   string
	task   *vm.Task
	by     *loading // the module whose loading this one is part of, nil for the script
	module *Module
	again  bool // it is loaded a second time
	done   chan struct{}

	began time.Time
	inner time.Duration // of the modules that it loads
}

// begin says that the task on L loads a module; end must follow. A task that
// comes upon a module that another one loads waits for it. The value is what the
// module has become meanwhile, nil when it is still to be loaded. With again a
// module that is loaded is loaded once more.
func (l *Loader) begin(L *lua.LState, name string, again bool) (own *loading, v lua.LValue, err error) {
	task := vm.TaskOf(L)
	for {
		other := l.loading[name]
		// What a module in a circle exports early is for its own task alone, and a
		// module that is loaded again is still there.
		if other == nil && !again || other != nil && (other.task == task || other.again) {
			if v := l.loaded.RawGetString(name); v != lua.LNil {
				return nil, v, nil
			}
		}
		if other == nil {
			own = &loading{name: name, task: task, by: l.innermost[task], again: again, done: make(chan struct{}), began: l.Clock.Now()}
			l.loading[name], l.innermost[task] = own, own
			return own, nil, nil
		}
		if other.task == task {
			return nil, nil, fault.New(fault.ModuleLoop, "modules require each other: %s", strings.Join(l.cycle(other), " → ")).
				WithHint("require one of them inside the function that uses it, or let it call import.export(M) before it requires the others")
		}
		if task == nil || !task.Await(other.task) {
			return nil, nil, fault.New(fault.ModuleLoop, "modules require each other: '%s' is being loaded by a task that waits for this one", name)
		}
		if e := task.Check(); e != nil {
			task.Await(nil)
			return nil, nil, e
		}
		l.World.Unlock()
		select {
		case <-other.done:
		case <-task.Context().Done():
		}
		l.World.Lock(L)
		task.Await(nil)
		if e := task.Check(); e != nil {
			return nil, nil, e
		}
	}
}

func (l *Loader) end(m *loading) {
	delete(l.loading, m.name)
	if m.by != nil {
		m.by.inner += l.Clock.Now().Sub(m.began)
		l.innermost[m.task] = m.by
	} else {
		delete(l.innermost, m.task)
	}
	close(m.done)
}

// cycle names the modules from first on to the innermost of its task, and first
// again.
func (l *Loader) cycle(first *loading) []string {
	names := []string{first.name}
	for m := l.innermost[first.task]; m != first; m = m.by {
		names = append(names, m.name)
	}
	names = append(names, first.name)
	slices.Reverse(names)
	return names
}
