package sched

import (
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Event is a function that a scheduler will run.
type Event struct {
	engine.Identity
	owner    *Scheduler
	fn       *engine.Func
	args     []any
	kind     string
	name     string
	origin   string
	priority float64
	axis     axis
	again    recurrence // nil for once
	policy   policy

	// Guarded by the scheduler's lock.
	slot, due time.Duration // without and with jitter
	date      time.Time     // of due
	order     uint64
	index     int           // in the heap, -1 for outside
	active    int           // runs that have not ended
	started   time.Duration // when the last run began
	owed      time.Duration // times until then run one by one
	runs      int
	failures  int
	over      bool
}

// look runs f with the event's lock.
func look[V any](e *Event, f func() V) V {
	e.owner.mu.Lock()
	defer e.owner.mu.Unlock()
	return f()
}

func (e *Event) when() time.Time { return look(e, func() time.Time { return e.date }) }
func (e *Event) runCount() int   { return look(e, func() int { return e.runs }) }
func (e *Event) failCount() int  { return look(e, func() int { return e.failures }) }

func (e *Event) next() time.Time {
	return look(e, func() time.Time {
		if !e.owner.agenda.pending(e) {
			return time.Time{}
		}
		return e.date
	})
}

func (e *Event) cancel(*engine.Call, engine.None) (bool, error) { return e.owner.drop(e), nil }
