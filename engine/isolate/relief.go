package isolate

import (
	"sync/atomic"
	"time"
)

// patience is how long a goroutine may do what it has read before another one
// goes on reading.
const patience = 200 * time.Microsecond

// relief takes over what a goroutine does: once, and not if it was canceled.
type relief struct {
	taken atomic.Bool
	timer *time.Timer
	run   func()
}

func newRelief(run func()) *relief {
	r := &relief{run: run}
	r.timer = time.AfterFunc(patience, func() {
		if !r.taken.Swap(true) {
			run()
		}
	})
	return r
}

// now takes over at once.
func (r *relief) now() {
	if !r.taken.Swap(true) {
		r.timer.Stop()
		go r.run()
	}
}

// cancel says that nobody has taken over, and nobody will.
func (r *relief) cancel() bool {
	if r.taken.Swap(true) {
		return false
	}
	r.timer.Stop()
	return true
}
