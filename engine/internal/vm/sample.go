package vm

import (
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// sampler is how a profiler asks where the tasks are.
type sampler struct {
	holder atomic.Pointer[Task] // of the baton, as far as is known
	ask    atomic.Pointer[func(L *lua.LState, t *Task)]
}

// Sample has see told the thread and the task that run, nil when none does. See
// is called once, with the baton: at once when nobody has it, and else by its
// holder at the next instruction. Until then another Sample is not asked for,
// and says no. It needs no baton.
func (w *World) Sample(see func(L *lua.LState, t *Task)) bool {
	if !w.sampler.ask.CompareAndSwap(nil, &see) {
		return false
	}
	select {
	case w.baton <- struct{}{}:
		w.sampler.ask.Store(nil)
		see(nil, nil)
		<-w.baton
	default:
		if t := w.sampler.holder.Load(); t != nil {
			t.gate.Store(1)
		}
	}
	return true
}

// Busy is the task that computes and has all others wait, nil when none does. It
// needs no baton.
func (w *World) Busy() *Task {
	t := w.sampler.holder.Load()
	if t == nil || len(w.baton) == 0 || t.Within() != "" {
		return nil
	}
	return t
}

// sampled tells who has asked, if somebody has, where the holder of the baton is:
// before an instruction, or about to give it up.
func (w *World) sampled(L *lua.LState) {
	if ask := w.sampler.ask.Load(); ask != nil && w.sampler.ask.CompareAndSwap(ask, nil) {
		t := TaskOf(L)
		(*ask)(L, t)
		if t != nil {
			t.lowerGate()
		}
	}
}

// lowerGate undoes the raise of a gate that was for one look only.
func (t *Task) lowerGate() {
	w := t.World
	if w.everyInstruction() {
		return
	}
	t.gate.Store(0)
	if t.stop.Load() != nil || t.manner.Load() != patient || w.sampler.ask.Load() != nil || w.watch != nil && w.watch.late.Load() == t {
		t.gate.Store(1)
	}
}
