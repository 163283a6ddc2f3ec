package pool

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Kinds of pools.
const (
	threads   = "thread"
	processes = "process"
	tasks     = "task"
)

// mostWorkers bounds workers=. A worker is a state or a process; a task is
// cheap.
const (
	mostWorkers = 1024
	mostTasks   = 100_000
)

// Deaths of workers that a pool bears within deathSpan, unless a job is done in
// between: deathsEach for each worker, and no fewer than fewestDeaths.
const (
	deathSpan    = 10 * time.Second
	fewestDeaths = 10
	deathsEach   = 4
)

// Pool is workers and a queue of jobs. A worker is started when a job finds
// none idle.
type Pool struct {
	call *engine.Call // by which workers are made
	opts newIn
	name string
	init work // what prepares a worker; without a function nothing does
	jobs *jobs

	ctx  context.Context // of what the workers do between jobs
	stop context.CancelCauseFunc

	mu      sync.Mutex
	size    int
	queue   []*future // also such as were canceled
	slots   []*slot
	idle    []*slot // the last to have worked is the last
	leaving int     // slots that were taken off and have not left
	ids     int
	room    chan struct{} // closed when the queue gets shorter; nil if nobody waits
	closed  bool
	broken  *engine.Error // nobody is served any more
	empty   chan struct{} // closed when the pool is closed and has no worker
	failed  []*future     // whose failure nobody may have seen
	deaths  int
	recent  []time.Time // deaths since a job was done
	started int         // jobs
	done    int
}

// slot is the place of one worker.
type slot struct {
	pool    *Pool
	id      int
	current *future    // guarded by the pool's mu
	next    chan order // to an idle worker, or one whose job runs without its goroutine
	pid     int        // likewise
	parted  bool       // likewise: it is to leave

	// These belong to the goroutine of the worker, or to whom an idle one is
	// given to.
	runner  engine.Runner
	process engine.Process // the runner, if it is one
	thread  *engine.Worker // likewise
	ran     int            // jobs
	ready   bool
}

func newPool(c *engine.Call, in newIn) (*Pool, error) {
	most := mostWorkers
	if in.Kind == tasks {
		most = mostTasks
	}
	switch {
	case in.Workers == nil:
		n := runtime.GOMAXPROCS(0)
		in.Workers = &n
	case *in.Workers < 1:
		return nil, engine.Invalid("argument 'workers' must be at least 1, got %d", *in.Workers)
	case *in.Workers > most:
		e := engine.Invalid("argument 'workers' must be at most %d, got %d", most, *in.Workers)
		e.Hint = "more workers than processors seldom help; a kind=\"task\" pool may have many"
		return nil, e
	}
	if in.Retries < 0 || in.MaxTasks < 0 || in.MaxQueue < 0 {
		return nil, engine.Invalid("retries, max_tasks and max_queue must not be negative")
	}
	if in.MaxMemory > 0 && in.Kind != processes {
		return nil, engine.Invalid("max_memory needs kind=\"process\": only a process has memory of its own")
	}
	if in.Kind == tasks && (in.Initializer != nil || in.MaxTasks > 0) {
		return nil, engine.Invalid("a pool of tasks has no workers of its own, so initializer and max_tasks mean nothing to it")
	}
	if in.Initializer == nil && len(in.InitArgs) > 0 {
		return nil, engine.Invalid("argument 'initargs' needs an initializer")
	}
	if in.Initializer != nil && in.Initializer.Type != "function" {
		return nil, engine.Invalid("argument 'initializer' must be a function, got a %s", in.Initializer.Type)
	}
	p := &Pool{
		call: c, opts: in, name: in.Name, size: *in.Workers, init: work{fn: in.Initializer, args: in.InitArgs},
		jobs: jobsOf(c), empty: make(chan struct{}),
	}
	if in.Debug {
		p.size = 1
	}
	p.ctx, p.stop = context.WithCancelCause(c.Background())
	return p, nil
}

// local says that the jobs run in the state of the pool.
func (p *Pool) local() bool { return p.opts.Kind == tasks }

// enqueue hands a job to a worker, or to the queue.
func (p *Pool) enqueue(f *future) error {
	p.mu.Lock()
	if err := p.refusal(); err != nil {
		p.mu.Unlock()
		return err
	}
	s, fresh := p.vacant()
	if s == nil {
		p.queue = append(p.queue, f)
		p.mu.Unlock()
		return nil
	}
	s.current = f
	p.started++
	f.begin()
	p.mu.Unlock()
	p.hand(s, f, fresh)
	return nil
}

// refusal says why the pool takes no jobs. The lock is held.
func (p *Pool) refusal() error {
	switch {
	case p.broken != nil:
		e := *p.broken
		return &e
	case p.closed:
		return engine.Errorf(errClosed, "the pool is closed")
	}
	return nil
}

// vacant finds an idle worker or a place for a fresh one. The lock is held.
func (p *Pool) vacant() (s *slot, fresh bool) {
	if n := len(p.idle); n > 0 {
		s = p.idle[n-1]
		p.idle = p.idle[:n-1]
		return s, false
	}
	if len(p.slots) >= p.size {
		return nil, false
	}
	p.ids++
	s = &slot{pool: p, id: p.ids, next: make(chan order, 1)}
	p.slots = append(p.slots, s)
	return s, true
}

// hand gives a slot its job. It is called without the lock.
func (p *Pool) hand(s *slot, f *future, fresh bool) {
	switch {
	case p.local():
		p.spawn(s, f)
	case fresh:
		p.call.Go(func() { p.work(s, f) })
	case !s.start(f):
		s.next <- order{job: f}
	}
}

// pull takes the first job of the queue that was not canceled; nil if there is
// none. The lock is held.
func (p *Pool) pull() *future {
	for len(p.queue) > 0 {
		f := p.queue[0]
		p.queue[0] = nil
		p.queue = p.queue[1:]
		if p.room != nil {
			close(p.room)
			p.room = nil
		}
		if f.begin() {
			p.started++
			return f
		}
	}
	p.queue = nil
	return nil
}

// advance gives a slot that is done with its job the next one. Without one the
// slot is idle, or gone if it is not needed any more.
func (p *Pool) advance(s *slot) (next *future, gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.current = nil
	if len(p.slots) > p.size || p.broken != nil {
		p.part(s)
		return nil, true
	}
	if next = p.pull(); next != nil {
		s.current = next
		return next, false
	}
	if p.closed {
		p.part(s)
		return nil, true
	}
	p.idle = append(p.idle, s)
	return nil, false
}

// leave takes a slot out of the pool and lets another do what is left.
func (p *Pool) leave(s *slot) {
	p.mu.Lock()
	p.part(s)
	p.mu.Unlock()
	p.staff()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leaving--
	p.rest()
}

// part takes a slot off the list of those that work; it must leave. The lock is
// held.
func (p *Pool) part(s *slot) {
	if s.parted {
		return
	}
	s.parted = true
	p.leaving++
	p.slots = slices.DeleteFunc(p.slots, func(o *slot) bool { return o == s })
}

// rest notes that the pool is closed and its workers are gone. The lock is held.
func (p *Pool) rest() {
	if !p.closed || len(p.slots) > 0 || p.leaving > 0 {
		return
	}
	select {
	case <-p.empty:
	default:
		close(p.empty)
	}
}

// staff starts workers for the jobs of the queue, as far as there is room.
func (p *Pool) staff() {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 || p.broken != nil {
			p.mu.Unlock()
			return
		}
		s, fresh := p.vacant()
		if s == nil {
			p.mu.Unlock()
			return
		}
		f := p.pull()
		if f == nil {
			if fresh {
				p.slots = p.slots[:len(p.slots)-1]
			} else {
				p.idle = append(p.idle, s)
			}
			p.mu.Unlock()
			return
		}
		s.current = f
		p.mu.Unlock()
		p.hand(s, f, fresh)
	}
}

// holders are the jobs that hold the workers; free says that there is a worker
// to be had.
func (p *Pool) holders() (held []*future, free bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) > 0 || len(p.slots) < p.size {
		return nil, true
	}
	for _, s := range p.slots {
		if s.current == nil { // about to take a job
			return nil, true
		}
		held = append(held, s.current)
	}
	return held, false
}

// completed counts a job that its worker has survived.
func (p *Pool) completed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.recent = p.recent[:0]
}
