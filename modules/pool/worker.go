package pool

import (
	"context"
	"errors"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// errLimit is the cause of a job's end by its time limit.
var errLimit = errors.New("job_timeout")

// order is what a slot is to do: run a job, or end one that was run already; a
// slot without one leaves.
type order struct {
	job  *future
	over bool // it was run
	got  *engine.Snapshot
	err  error
}

// work is the life of a worker, from its first job on. The state or process is
// made with its first job, and anew when one has spoilt it.
func (p *Pool) work(s *slot, f *future) {
	o := order{job: f}
	defer func() {
		s.dismiss()
		if o.job != nil { // a panic
			o.job.finish(nil, &engine.Error{Kind: engine.KindInternal, Message: "the worker has failed"})
		}
		p.leave(s)
	}()
	for {
		out, err, again := s.serve(o)
		if again {
			p.requeue(o.job)
		}
		next, gone := p.advance(s)
		if !again {
			o.job.finish(out, err)
		}
		if s.thread != nil {
			s.thread.Tidy()
		}
		o = order{job: next}
		if next == nil {
			if gone {
				return
			}
			if o = <-s.next; o.job == nil {
				return
			}
		}
	}
}

// start runs a job on an idle process without waking the goroutine of the slot,
// which costs more than the job's way there; no says that it must be woken. What
// a job without an error ends with is handed on by the goroutine that reads it.
func (s *slot) start(f *future) bool {
	p := s.pool
	if s.process == nil || !s.ready || !s.fit() {
		return false
	}
	s.ran++
	stop := s.watch(f)
	s.process.Begin(&f.hard, &f.soft, func(got *engine.Snapshot, err error) {
		stop()
		if err != nil {
			s.next <- order{job: f, over: true, err: err}
			return
		}
		p.completed()
		next, gone := p.advance(s)
		f.finish(outcome(got), nil)
		if next != nil || gone {
			s.next <- order{job: next}
		}
	}, f.work.fn, f.work.args...)
	return true
}

// outcome is a result as a future holds it.
func outcome(got *engine.Snapshot) any {
	if got == nil {
		return nil
	}
	return got
}

// serve runs a job. again says that the worker died and that the job is to be
// run anew.
func (s *slot) serve(o order) (out any, err error, again bool) {
	p, f := s.pool, o.job
	if !o.over {
		dropped := f.droppable()
		err := s.prepare()
		if gone := dropped(); err != nil || gone {
			var died *engine.Died
			if errors.As(err, &died) { // before the job began
				err = p.bury(s, f, died)
				again = !gone && p.alive()
			}
			return nil, err, again
		}
		s.ran++
		stop := s.watch(f)
		o.got, o.err = s.runner.RunCancelable(&f.hard, &f.soft, f.work.fn, f.work.args...)
		stop()
	}
	if o.err != nil {
		var died *engine.Died
		hard := f.hard.Err()
		dead := errors.As(o.err, &died)
		switch {
		case hard == errLimit:
			return nil, overdue(f), false
		case dead && hard != nil:
			return nil, hard, false
		case dead && f.soft.Err() != nil:
			return nil, f.soft.Err(), false
		case dead:
			err = p.bury(s, f, died)
			if killedEarly(died) {
				return nil, err, p.alive()
			}
			again = f.tries < p.opts.Retries && p.alive()
			f.tries++
			return nil, err, again
		}
	}
	p.completed()
	return outcome(o.got), o.err, false
}

// killedEarly says that a signal ended the process before it took a job.
func killedEarly(died *engine.Died) bool {
	_, signal := died.Reason.Code.(string)
	return signal && died.Reason.Kind == "isolate.start"
}

// watch stops the job when it has taken its time.
func (s *slot) watch(f *future) (stop func() bool) {
	if f.limit <= 0 {
		return func() bool { return true }
	}
	return s.pool.call.Host().Clock.AfterFunc(f.limit, func() { f.hard.end(errLimit) }).Stop
}

func overdue(f *future) error {
	e := engine.Errorf(errTimeout, "the job took longer than %v and was stopped", f.limit)
	e.Hint = "give it more time with job_timeout="
	return e
}

// fit says that the worker can run another job.
func (s *slot) fit() bool {
	most := s.pool.opts.MaxTasks
	return s.runner.Usable() && !s.ended() && (most == 0 || s.ran < most)
}

// prepare makes the worker ready for a job.
func (s *slot) prepare() error {
	p := s.pool
	if s.runner != nil && !s.fit() {
		s.dismiss()
	}
	if s.runner == nil {
		if err := s.hire(); err != nil {
			return err
		}
	}
	if s.ready {
		return nil
	}
	if p.init.fn == nil {
		s.ready = true
		return nil
	}
	ctx, cancel := p.ctx, context.CancelFunc(func() {})
	if limit := p.opts.JobTimeout.Std(); limit > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errLimit)
	}
	defer cancel()
	if err := s.runner.Init(ctx, p.init.fn, p.init.args...); err != nil {
		var died *engine.Died
		if errors.As(err, &died) || p.ctx.Err() != nil {
			return err
		}
		cause := engine.Classify(err)
		if context.Cause(ctx) == errLimit {
			cause = engine.Errorf(errTimeout, "it took longer than %v", p.opts.JobTimeout.Std())
		}
		e := engine.Errorf(errBroken, "the initializer has failed: %s", cause.Error())
		e.Cause, e.Traceback = errors.New(cause.Error()), cause.Traceback
		e.Hint = "mend the initializer and make a new pool"
		return p.breakDown(e)
	}
	s.ready = true
	return nil
}

// hire makes the state or the process.
func (s *slot) hire() error {
	p := s.pool
	s.ran, s.ready = 0, false
	if p.opts.Kind == threads {
		w, err := p.call.NewWorker()
		if err != nil {
			return err
		}
		w.SetName(s.title())
		w.TidyLater()
		s.runner, s.thread = w, w
		return nil
	}
	w, err := p.call.StartProcess(p.ctx, s.title(), p.opts.MaxMemory)
	if err != nil {
		return err
	}
	s.runner, s.process = w, w
	p.mu.Lock()
	s.pid = w.PID()
	p.mu.Unlock()
	return nil
}

func (s *slot) title() string { return fmt.Sprintf("worker %d of %s", s.id, s.pool.name) }

// ended says that the process has ended by itself.
func (s *slot) ended() bool {
	if s.process == nil {
		return false
	}
	select {
	case <-s.process.Done():
		return true
	default:
		return false
	}
}

// dismiss ends the state or the process.
func (s *slot) dismiss() {
	if s.runner == nil {
		return
	}
	s.runner.Close()
	s.runner, s.process, s.thread = nil, nil, nil
	s.pool.mu.Lock()
	s.pid = 0
	s.pool.mu.Unlock()
}
