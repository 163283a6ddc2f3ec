package vm

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Limits bound what a script may use. Zero is no limit.
type Limits struct {
	Steps      int64 // instructions, and turns of the loops inside library functions
	String     int   // bytes of one string
	Table      int   // items that one operation puts into a table
	Coroutines int   // alive at one time
	Tasks      int   // of AdmitTask, at one time
	Output     int64 // bytes written to the standard streams
}

// AdmitTask stops the world when the script has as many tasks as it may have:
// each of them is to be ended in the short time that there is after a deadline.
// It needs no baton.
func (w *World) AdmitTask() {
	limit := w.Limits.Tasks
	w.mu.Lock()
	n := len(w.tasks)
	w.mu.Unlock()
	if limit > 0 && n > limit { // the main one does not count
		w.Stop(fault.New(fault.Tasks, "more than %d tasks at the same time", limit).
			WithHint("start fewer at a time; the option --max-tasks, Limits.Tasks in Go, sets the limit"))
	}
}

// Spend says that a library function has taken n turns of a loop, which count
// as steps. It raises when the script is to stop. Loops that a script can make
// long call it about every thousand turns.
func Spend(L *lua.LState, n int) {
	h := hookOf(L)
	if h == nil {
		return
	}
	if h.task.World.Limits.Steps > 0 {
		h.task.World.countSteps(h.task, int64(n))
	}
	if e := h.task.stop.Load(); e != nil {
		h.task.World.Throw(L, e)
	}
	if e := h.task.prompted(); e != nil {
		h.task.World.Throw(L, e)
	}
}

// FitString raises when a string of n bytes would be too large.
func FitString(L *lua.LState, n int) {
	t := TaskOf(L)
	if t == nil {
		return
	}
	w := t.World
	if limit := w.Limits.String; limit > 0 && (n > limit || n < 0) {
		w.Throw(L, fault.New(fault.StringSize, "resulting string too large: the limit is %s", bytes(limit)).
			WithHint("the option --max-string, Limits.String in Go, sets the limit"))
	}
}

// FitTable raises when one operation would put n items into a table, or on the
// stack.
func FitTable(L *lua.LState, n int) {
	t := TaskOf(L)
	if t == nil {
		return
	}
	w := t.World
	if limit := w.Limits.Table; limit > 0 && (n > limit || n < 0) {
		w.Throw(L, fault.New(fault.TableSize, "too many items in one operation: the limit is %d", limit).
			WithHint("the option --max-table, Limits.Table in Go, sets the limit"))
	}
}

func bytes(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// countSteps adds to the steps that the tasks of the world have taken together
// and stops the world at the limit.
func (w *World) countSteps(t *Task, n int64) {
	w.steps += n
	if w.steps > w.Limits.Steps && t.stop.Load() == nil {
		w.Stop(fault.New(fault.Steps, "the script has taken more than %d steps", w.Limits.Steps).
			WithHint("the option --max-steps, Limits.Steps in Go, sets the limit"))
	}
}
