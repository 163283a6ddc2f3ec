package pool

import (
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
)

// jobs are the calls that run as tasks of one state, by task: what is needed to
// see that they wait for one another for ever.
type jobs struct {
	mu      sync.Mutex
	byOwner map[*shared.Owner]*future
}

type jobsKey struct{}

func jobsOf(c *engine.Call) *jobs {
	return c.Local(jobsKey{}, func() any { return &jobs{byOwner: map[*shared.Owner]*future{}} }).(*jobs)
}

func nothing() {}

// waitFor notes that the calling task waits for one of the futures, until done
// is called. When the task is a job and none of them can ever end, because each
// needs a worker and all workers wait so, it refuses. limited says that the wait
// ends by itself: then others that look count on it, but not the job itself,
// which keeps its worker all the while.
func waitFor(c *engine.Call, limited bool, futures ...*future) (done func(), err error) {
	if len(futures) == 0 || futures[0].pool != nil && !futures[0].pool.local() && len(futures) == 1 {
		return nothing, nil
	}
	j := jobsOf(c)
	j.mu.Lock()
	defer j.mu.Unlock()
	self := j.byOwner[c.Owner()]
	if self == nil {
		return nothing, nil
	}
	self.waits, self.timed = futures, false
	if j.stuck(self) {
		self.waits = nil
		e := engine.Errorf(errDeadlock, "the job waits for a job that needs a worker, and every worker is held by a job that waits so")
		e.Target = self.pool.name
		e.Hint = "give the pool more workers, or wait outside of its jobs"
		return nil, e
	}
	self.timed = limited
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		self.waits = nil
	}, nil
}

// stuck says that nothing that runs can help what self waits for. The lock is
// held.
func (j *jobs) stuck(self *future) bool {
	seen := map[*future]bool{self: true}
	pools := map[*Pool]bool{}
	open := append([]*future(nil), self.waits...)
	for len(open) > 0 {
		f := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[f] {
			continue
		}
		seen[f] = true
		if f.pool == nil || !f.pool.local() {
			return false
		}
		f.mu.Lock()
		now := f.phase
		f.mu.Unlock()
		switch {
		case now == ended:
			return false
		case now == waiting:
			if pools[f.pool] {
				continue
			}
			pools[f.pool] = true
			holders, free := f.pool.holders()
			if free {
				return false
			}
			open = append(open, holders...)
		case f.waits == nil || f.timed:
			return false
		default:
			open = append(open, f.waits...)
		}
	}
	return true
}
