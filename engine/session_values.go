package engine

import (
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Hold runs f with the baton, so that it may look at values while tasks go on.
func (x *Session) Hold(f func()) {
	x.state.world.Lock(nil)
	defer x.state.world.Unlock()
	f()
}

// glance is how long Glance waits for a task to come between two instructions.
const glance = 100 * time.Millisecond

// Glance is Hold for one who cannot wait: while a task computes, f runs between
// two of its instructions. Where a task is in a native function and does not come
// out of it in a moment, f does not run, and Glance says no. Nothing of the
// script's may run in f.
func (x *Session) Glance(f func()) (ran bool) {
	var decided atomic.Bool
	done, late := make(chan struct{}), make(chan struct{})
	asked := x.state.world.Sample(func(*lua.LState, *vm.Task) {
		if decided.CompareAndSwap(false, true) {
			defer close(done)
			f()
		}
	})
	if !asked {
		return false
	}
	timer := x.state.world.Clock.AfterFunc(glance, func() {
		if decided.CompareAndSwap(false, true) {
			close(late)
		}
	})
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-late:
		return false
	}
}

// Vars lists the names of the session's variables and of the globals, without
// those of modules that are not loaded. It is called in Hold.
func (x *Session) Vars() []string {
	var names []string
	for _, t := range []*lua.LTable{x.vars, x.state.world.Root.G.Global} {
		for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
			if name, ok := k.(lua.LString); ok && v != lua.LNil {
				names = append(names, string(name))
			}
		}
	}
	return names
}

// Lookup reads what stands behind a dotted path such as "app.servers", as far as
// nothing of the script's has to run for it. It is called in Hold.
func (x *Session) Lookup(path string) (v Value, ok bool) {
	var at lua.LValue = x.vars
	for _, name := range strings.Split(path, ".") {
		if at, ok = x.state.peek(at, name); !ok {
			return Value{}, false
		}
	}
	return bind.ValueOf(at), true
}
