package pool

import (
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// bury notes that the worker of a job has died and returns the job's error. Too
// many deaths with nothing done break the pool.
func (p *Pool) bury(s *slot, f *future, died *engine.Died) error {
	e := engine.Errorf(errDied, "%s", died.Reason.Error())
	if !strings.Contains(e.Message, s.title()) {
		e.Message = s.title() + " died: " + e.Message
	}
	e.Target, e.Cause, e.Retryable = p.name, died.Reason, true
	e.Hint = "run such jobs again with retries="
	if died.Reason.Kind == "limit.memory" {
		e.Hint = "give the workers more with max_memory="
	}
	e.Fields = map[string]any{"reason": died.Reason.Kind}
	if process := s.process; process != nil {
		e.Fields["pid"] = process.PID()
		s.dismiss()
		select {
		case <-process.Done():
			code, signal := process.Exit()
			e.Code = code
			if signal != "" {
				e.Code = signal
			}
		default:
		}
	}
	s.dismiss()
	now := p.call.Host().Clock.Now()
	p.mu.Lock()
	p.deaths++
	for len(p.recent) > 0 && now.Sub(p.recent[0]) > deathSpan {
		p.recent = p.recent[1:]
	}
	p.recent = append(p.recent, now)
	many := len(p.recent) > max(fewestDeaths, deathsEach*p.size)
	n := len(p.recent)
	p.mu.Unlock()
	if many {
		b := engine.Errorf(errBroken, "%d workers died within %v and no job was done, the last: %s", n, deathSpan, died.Reason.Error())
		b.Cause = e
		b.Hint = "look at what the jobs or the initializer do to their process"
		return p.breakDown(b)
	}
	return e
}

// alive says that the pool serves on.
func (p *Pool) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken == nil
}

// breakDown makes the pool serve nobody any more, and returns why.
func (p *Pool) breakDown(why *engine.Error) error {
	why.Target = p.name
	p.mu.Lock()
	if p.broken == nil {
		p.broken = why
	}
	why = p.broken
	dropped := p.drain()
	p.mu.Unlock()
	for _, f := range dropped {
		f.finish(nil, why)
	}
	return why
}

// requeue puts a job back to the front of the queue, as the next.
func (p *Pool) requeue(f *future) {
	f.rewind()
	p.mu.Lock()
	broken := p.broken
	if broken == nil {
		p.started--
		p.queue = slices.Insert(p.queue, 0, f)
	}
	p.mu.Unlock()
	if broken != nil {
		f.finish(nil, broken)
	}
}

// drain empties the queue and sends the idle workers away. The lock is held.
func (p *Pool) drain() []*future {
	queue := p.queue
	p.queue = nil
	p.release()
	if p.room != nil {
		close(p.room)
		p.room = nil
	}
	return queue
}

// release sends the idle workers away. The lock is held.
func (p *Pool) release() {
	for _, s := range p.idle {
		p.sendAway(s)
	}
	p.idle = nil
}

// sendAway takes an idle worker out of the pool. The lock is held.
func (p *Pool) sendAway(s *slot) {
	p.part(s)
	if p.local() {
		p.leaving--
		return
	}
	s.next <- order{} // the worker leaves by itself
}

// noteFailure keeps a future whose failure may never be seen, for close.
func (p *Pool) noteFailure(f *future) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.failed) == cap(p.failed) {
		p.failed = slices.DeleteFunc(p.failed, func(f *future) bool { return f.seen.Load() })
	}
	p.failed = append(p.failed, f)
}

// unseen takes the calls whose failure nobody has seen.
func (p *Pool) unseen() []*future {
	p.mu.Lock()
	defer p.mu.Unlock()
	failed := p.failed
	p.failed = nil
	return slices.DeleteFunc(failed, func(f *future) bool { return f.seen.Load() })
}
