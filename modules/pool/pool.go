package pool

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Pool is workers and a queue of jobs. A worker is started when a job finds
// none idle.
type Pool struct {
	call  *engine.Call // by which workers are made
	size  int
	name  string
	limit time.Duration // of a job, 0 for none

	ctx  context.Context // of the jobs; ends when the pool is closed hard
	stop context.CancelCauseFunc

	mu       sync.Mutex
	wake     *sync.Cond // a job came, or the pool closed
	queue    []*job     // also jobs that were dropped
	workers  int
	starting int // workers that have not asked for their first job
	idle     int
	all      sync.WaitGroup // the workers
	closed   bool
	failed   []*job // whose failure nobody has seen
	warned   map[string]bool
}

func newPool(c *engine.Call, in newIn) (*Pool, error) {
	if in.Workers < 0 {
		return nil, engine.Invalid("argument 'workers' must be at least 1, got %d", in.Workers)
	}
	if in.Workers == 0 {
		in.Workers = runtime.GOMAXPROCS(0)
	}
	p := &Pool{call: c, size: in.Workers, name: in.Name, limit: in.JobTimeout.Std(), warned: map[string]bool{}}
	p.wake = sync.NewCond(&p.mu)
	p.ctx, p.stop = context.WithCancelCause(c.Background())
	return p, nil
}

// enqueue hands jobs to the workers.
func (p *Pool) enqueue(jobs ...*job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return engine.Errorf(errClosed, "the pool is closed")
	}
	p.queue = append(p.queue, jobs...)
	p.staff()
	if len(jobs) == 1 {
		p.wake.Signal()
	} else {
		p.wake.Broadcast()
	}
	return nil
}

// staff starts workers for the jobs that no idle one will take.
func (p *Pool) staff() {
	for p.workers < p.size && len(p.queue) > p.idle+p.starting {
		p.workers++
		p.starting++
		p.all.Add(1)
		p.call.Go(p.work)
	}
}

// next waits for a job; nil ends the worker.
func (p *Pool) next(first bool) *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if first {
		p.starting--
	}
	for {
		for len(p.queue) == 0 {
			if p.closed {
				return nil
			}
			p.idle++
			p.wake.Wait()
			p.idle--
		}
		j := p.queue[0]
		p.queue[0] = nil
		p.queue = p.queue[1:]
		if j.phase == waiting {
			j.begin()
			return j
		}
	}
}

// work is the life of a worker. The state is made with its first job, and anew
// when one has spoilt it.
func (p *Pool) work() {
	var w *engine.Worker
	defer func() {
		if w != nil {
			w.Close()
		}
		p.mu.Lock()
		p.workers--
		p.staff()
		p.mu.Unlock()
		p.all.Done()
	}()
	for first := true; ; first = false {
		j := p.next(first)
		if j == nil {
			return
		}
		if w == nil {
			var err error
			if w, err = p.call.NewWorker(); err != nil {
				p.mu.Lock()
				j.finish(nil, err)
				p.mu.Unlock()
				continue
			}
		}
		j.run(w)
		if !w.Usable() {
			w.Close()
			w = nil
		}
	}
}

// Close ends the pool without waiting for its jobs: those that wait are dropped
// and those that run stopped.
func (p *Pool) Close() error {
	p.shut()
	why := &engine.Error{Kind: engine.KindCanceled, Message: "the pool was closed"}
	p.stop(why)
	p.mu.Lock()
	for _, j := range p.queue {
		j.drop(why)
	}
	p.queue = nil
	p.mu.Unlock()
	p.all.Wait()
	for _, j := range p.unseen() {
		p.call.Host().Log.Warn("a job failed and nobody asked for its result", "pool", p.name, "error", j.err)
	}
	return nil
}

// shut lets nobody submit any more. Workers end when the queue is empty.
func (p *Pool) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wake.Broadcast()
}

// unseen takes the jobs whose failure nobody has seen.
func (p *Pool) unseen() []*job {
	p.mu.Lock()
	defer p.mu.Unlock()
	failed := p.failed
	p.failed = nil
	return failed
}

func (p *Pool) close(c *engine.Call, in closeIn) (engine.None, error) {
	p.shut()
	if in.Cancel {
		p.Close()
	}
	ended := make(chan struct{})
	c.Go(func() {
		p.all.Wait()
		close(ended)
	})
	select {
	case <-ended:
	case <-c.Context().Done():
		p.Close()
		return engine.None{}, context.Cause(c.Context())
	}
	failed := p.unseen()
	c.Forget(p)
	if err := p.Close(); err != nil || len(failed) == 0 {
		return engine.None{}, err
	}
	return engine.None{}, failed[0].raised()
}

func (p *Pool) submit(c *engine.Call, in submitIn) (*job, error) {
	if err := p.check(c, in.Fn); err != nil {
		return nil, err
	}
	j := &job{pool: p, fn: in.Fn, args: in.Args, limit: p.limit, done: make(chan struct{})}
	return j, p.enqueue(j)
}

// check refuses what cannot be called and warns of what will surprise.
func (p *Pool) check(c *engine.Call, fn *engine.Snapshot) error {
	if fn.Type != "function" {
		return engine.Invalid("argument 'fn' must be a function, got a %s", fn.Type)
	}
	for _, name := range fn.Assigned {
		p.mu.Lock()
		known := p.warned[name]
		p.warned[name] = true
		p.mu.Unlock()
		if !known {
			c.Host().Log.Warn("the function assigns a variable that it captured: the worker has a copy, so the script's own does not change", "pool", p.name, "variable", name)
		}
	}
	return nil
}

// forget takes a job off the list of failures that nobody has seen. The lock is
// held.
func (p *Pool) forget(j *job) {
	p.failed = slices.DeleteFunc(p.failed, func(f *job) bool { return f == j })
}
