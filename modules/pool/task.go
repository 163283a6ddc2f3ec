package pool

import (
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// spawn runs a job as a task of the script.
func (p *Pool) spawn(s *slot, f *future) {
	p.jobs.mu.Lock() // the task must not wait before the jobs know it
	t := p.call.SpawnAt("job", f.place.String(), f.work.local, f.work.values...)
	p.jobs.byOwner[t.Owner()] = f
	p.jobs.mu.Unlock()
	t.Claim()
	f.runs(t)
	stop := func() bool { return true }
	if f.limit > 0 {
		stop = p.call.Host().Clock.AfterFunc(f.limit, func() {
			f.hard.end(errLimit)
			t.Cancel(fmt.Sprintf("the job took longer than %v", f.limit))
		}).Stop
	}
	t.OnEnd(func() {
		stop()
		p.spawned(s, f, t)
	})
}

// spawned gives the slot of a task that has ended the next job.
func (p *Pool) spawned(s *slot, f *future, t *engine.Task) {
	p.jobs.mu.Lock()
	delete(p.jobs.byOwner, t.Owner())
	p.jobs.mu.Unlock()
	out, err := taskOutcome(t)
	if f.hard.Err() == errLimit && engine.KindOf(err) == engine.KindCanceled {
		err = overdue(f)
	}
	p.completed()
	next, gone := p.advance(s)
	f.finish(out, err)
	if next != nil {
		p.spawn(s, next)
	} else if gone {
		p.leave(s)
	}
}
