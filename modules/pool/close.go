package pool

import (
	"context"

	"github.com/gscript-lang/gscript/engine"
)

// Close is for a pool that the script leaves open: what it drops then would go
// unnoticed.
func (p *Pool) Close() error {
	if n := p.unfinished(); n > 0 {
		p.call.Host().Log.Warn("the script ended before jobs that it submitted, which were dropped: wait for them with p:close(), or use pool.with", "pool", p.name, "jobs", n)
	}
	return p.drop()
}

// unfinished counts the submitted calls that have not ended and that nobody
// waits for.
func (p *Pool) unfinished() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	count := func(f *future) {
		if f != nil && f.ends == nil && !f.seen.Load() && !f.over.Load() {
			n++
		}
	}
	for _, f := range p.queue {
		count(f)
	}
	for _, s := range p.slots {
		count(s.current)
	}
	return n
}

// drop ends the pool without waiting for its jobs: those that wait are dropped
// and those that run stopped.
func (p *Pool) drop() error {
	p.shut()
	p.end(&engine.Error{Kind: engine.KindCanceled, Message: "the pool was closed"})
	<-p.empty
	for _, f := range p.unseen() {
		p.call.Host().Log.Warn("a job failed and nobody asked for its result", "pool", p.name, "error", f.err)
	}
	return nil
}

// end drops the jobs that wait and stops those that run.
func (p *Pool) end(why *engine.Error) {
	p.stop(why)
	p.mu.Lock()
	dropped := p.drain()
	var held []*future
	for _, s := range p.slots {
		if s.current != nil {
			held = append(held, s.current)
		}
	}
	p.rest()
	p.mu.Unlock()
	for _, f := range dropped {
		f.mu.Lock()
		waits := f.phase == waiting
		f.mu.Unlock()
		if waits {
			f.finish(nil, why)
		}
	}
	for _, f := range held {
		f.kill(why)
	}
}

// shut lets nobody submit any more. Workers end when the queue is empty.
func (p *Pool) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.release()
	p.rest()
	if p.room != nil {
		close(p.room)
		p.room = nil
	}
}

func (p *Pool) close(c *engine.Call, in closeIn) (engine.None, error) {
	p.shut()
	if in.Cancel {
		p.drop()
	}
	select {
	case <-p.empty:
	case <-c.Context().Done():
		p.drop()
		return engine.None{}, context.Cause(c.Context())
	}
	failed := p.unseen()
	c.Forget(p)
	if err := p.drop(); err != nil || len(failed) == 0 {
		return engine.None{}, err
	}
	return engine.None{}, failed[0].raised()
}

// withPool is pool.with.
func withPool(c *engine.Call, in withIn) ([]engine.Value, error) {
	p, err := newPool(c, in.Options)
	if err != nil {
		return nil, err
	}
	c.Forget(p)
	out, err := in.Fn.CallRaw(c.Context(), p)
	if err != nil {
		p.drop()
		return nil, err
	}
	if _, err := p.close(c, closeIn{}); err != nil {
		return nil, err
	}
	return out, nil
}

// resize changes how many workers there may be. Those too many end with their
// jobs.
func (p *Pool) resize(_ *engine.Call, in resizeIn) (engine.None, error) {
	most := mostWorkers
	if p.local() {
		most = mostTasks
	}
	if in.Workers < 1 || in.Workers > most {
		return engine.None{}, engine.Invalid("argument 'workers' must be from 1 to %d, got %d", most, in.Workers)
	}
	p.mu.Lock()
	p.size = in.Workers
	for surplus := len(p.slots) - p.size; surplus > 0 && len(p.idle) > 0; surplus-- {
		s := p.idle[0]
		p.idle = p.idle[1:]
		p.sendAway(s)
	}
	p.mu.Unlock()
	p.staff()
	return engine.None{}, nil
}

func (p *Pool) stats(*engine.Call, engine.None) (statsOut, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := statsOut{Workers: len(p.slots), Idle: len(p.idle), Done: p.done, Deaths: p.deaths, PIDs: []int{}}
	for _, f := range p.queue {
		if !f.over.Load() {
			out.Queued++
		}
	}
	for _, s := range p.slots {
		if s.current != nil {
			out.Running++
		}
		if s.pid != 0 {
			out.PIDs = append(out.PIDs, s.pid)
		}
	}
	return out, nil
}

func (p *Pool) workers() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}
