package vm

import (
	"errors"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Interruption is the cause of a cancel that somebody waits for, such as Ctrl-C:
// a task that goes on to compute raises it where it is. One that soon comes to a
// blocking call raises it there, where scripts are ready for it.
type Interruption struct{ Why error }

func (i *Interruption) Error() string { return i.Why.Error() }
func (i *Interruption) Unwrap() error { return i.Why }

// Interrupted is the cancel that an interruption means.
func Interrupted(why error) *fault.Error {
	return &fault.Error{Kind: fault.Canceled, Message: why.Error(), Cause: &Interruption{why}}
}

// IsInterruption says whether an interruption is the cause of err.
func IsInterruption(err error) bool {
	var i *Interruption
	return errors.As(err, &i)
}

// What a canceled task is to do at its instructions outside of a shield.
const (
	patient = iota // nothing: it raises at its next blocking call
	pending        // nothing for now: it was interrupted and has not raised yet
	once           // raise, which a protected call may catch
	always         // raise at each, so that no protected call holds it up
)

// Breath is how long an interrupted task may take to its next blocking call.
const Breath = 50 * time.Millisecond

// Eager is how long an interrupted task that has caught the interruption may go
// on to compute.
const Eager = 250 * time.Millisecond

// prompt has the task raise why it was canceled where it computes.
func (t *Task) prompt() {
	if t.manner.CompareAndSwap(patient, pending) {
		t.World.Clock.AfterFunc(Breath, func() {
			if t.manner.CompareAndSwap(pending, once) {
				t.gate.Store(1)
			}
		})
		t.World.Clock.AfterFunc(Eager, t.insist)
	}
}

func (t *Task) insist() {
	select {
	case <-t.done:
		return
	default:
	}
	switch {
	case t.stop.Load() != nil:
	case t.Within() != "": // it waits, perhaps for what cleans up
		t.World.Clock.AfterFunc(Eager, t.insist)
	default:
		t.manner.Store(always)
		t.gate.Store(1)
	}
}

// prompted returns what the task raises here because it was interrupted, or nil.
// The caller has the baton and raises it.
func (t *Task) prompted() *fault.Error {
	if m := t.manner.Load(); m == patient || m == pending || t.shields > 0 {
		return nil
	}
	t.heard()
	return t.canceled.Load()
}

// heard notes that the task raises why it was canceled. It needs no baton.
func (t *Task) heard() {
	if !t.manner.CompareAndSwap(pending, patient) {
		t.manner.CompareAndSwap(once, patient)
	}
}
