package sched

import (
	"context"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// ending is a run in a task of its own that is over.
type ending struct {
	event *Event
	task  *engine.Task
	err   error
}

// runner is one call of run.
type runner struct {
	*Scheduler
	c       *engine.Call
	ctx     context.Context
	block   bool
	horizon *reading // without block: what is due then is run
	tasks   map[*engine.Task]struct{}
}

func (s *Scheduler) run(c *engine.Call, in runIn) (*float64, error) {
	where := c.Where()
	if where == "" {
		where = "another task"
	}
	s.mu.Lock()
	if s.running != "" {
		defer s.mu.Unlock()
		return nil, s.busy()
	}
	s.running, s.stopping = where, false
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running = ""
		s.mu.Unlock()
	}()
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	r := &runner{Scheduler: s, c: c, ctx: ctx, block: in.Block, tasks: map[*engine.Task]struct{}{}}
	if err := r.finish(r.loop()); err != nil || in.Block {
		return nil, err
	}
	return r.untilNext()
}

// loop runs events until there is nothing more to do.
func (r *runner) loop() error {
	for {
		if r.ctx.Err() != nil {
			return context.Cause(r.ctx)
		}
		if err := r.collect(); err != nil {
			return err
		}
		now, err := r.now()
		if err != nil {
			return err
		}
		e, run, wait, stop := r.step(now)
		switch {
		case stop:
			return nil
		case run:
			err = r.start(e)
		case e != nil && wait == 0: // put off
		case len(r.tasks) == 0 && (e == nil || !r.block):
			return nil
		case e == nil || !r.block:
			err = r.idle()
		default:
			err = r.clock.wait(r.c, r.ctx, wait, r.wake)
		}
		if err != nil {
			return err
		}
	}
}

func (r *runner) now() (reading, error) {
	if r.horizon != nil {
		return *r.horizon, nil
	}
	now, err := r.clock.read(r.c)
	if err == nil && !r.block {
		r.horizon = &now
	}
	return now, err
}

// step takes the next event if its time has come.
func (r *runner) step(now reading) (e *Event, run bool, wait time.Duration, stop bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		return nil, false, 0, true
	}
	e, wait = r.agenda.head(now)
	if e != nil && wait == 0 {
		run = r.agenda.take(e, now)
	}
	return e, run, wait, false
}

// start runs an event, to its end unless it gets a task of its own.
func (r *runner) start(e *Event) error {
	if !r.inTasks && e.policy.overlap != "allow" {
		_, err := e.fn.CallRaw(r.c.Context(), e.args...)
		return r.over(ending{event: e, err: err})
	}
	t := r.c.Spawn(e.fn, e.args...)
	t.Claim()
	r.tasks[t] = struct{}{}
	t.OnEnd(func() {
		_, err := t.Result()
		r.mu.Lock()
		r.ended = append(r.ended, ending{e, t, err})
		r.mu.Unlock()
		r.signal()
	})
	return nil
}

// over notes the end of a run and deals with its failure. The error returned
// ends the loop.
func (r *runner) over(o ending) error {
	delete(r.tasks, o.task)
	now, rerr := r.clock.read(r.c)
	r.mu.Lock()
	if rerr == nil {
		r.agenda.end(o.event, now)
	}
	if o.err != nil {
		o.event.failures++
	}
	r.mu.Unlock()
	if o.err != nil {
		return r.failed(o)
	}
	return rerr
}

func (r *runner) failed(o ending) error {
	if _, exit := engine.ExitCode(o.err); exit || r.c.Context().Err() != nil {
		return o.err
	}
	switch {
	case r.handler != nil:
		_, err := r.handler.CallRaw(r.c.Context(), o.err, o.event)
		return err
	case r.onError == "stop":
		return o.err
	}
	r.report(o)
	return nil
}

func (r *runner) report(o ending) {
	r.host.Log.Error("an event failed", "event", o.event.name, "scheduled", o.event.origin, "error", o.err)
}

// takeEnded returns the runs in tasks that are over.
func (r *runner) takeEnded() []ending {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.ended
	r.ended = nil
	return list
}

// collect deals with the runs in tasks that are over.
func (r *runner) collect() error {
	var err error
	for _, o := range r.takeEnded() {
		err = r.ends(o, err)
	}
	return err
}

// ends deals with a run in a task that is over when the loop has failed with
// err, or with nil has not.
func (r *runner) ends(o ending, err error) error {
	if err == nil {
		return r.over(o)
	}
	delete(r.tasks, o.task)
	r.mu.Lock()
	o.event.active--
	if o.err != nil {
		o.event.failures++
	}
	r.mu.Unlock()
	if _, exit := engine.ExitCode(o.err); exit {
		return o.err
	}
	if o.err != nil && engine.KindOf(o.err) != engine.KindCanceled {
		r.report(o)
	}
	return err
}

// idle waits for the end of a task or a new event.
func (r *runner) idle() error {
	select {
	case <-r.wake:
		return nil
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	}
}

// finish waits for the runs in tasks, which the end of the context cancels, so
// that nothing outlives the call.
func (r *runner) finish(err error) error {
	canceled := r.ctx.Done()
	for {
		for _, o := range r.takeEnded() {
			err = r.ends(o, err)
		}
		if len(r.tasks) == 0 {
			return err
		}
		select {
		case <-r.wake:
		case <-canceled:
			canceled = nil
			cause := context.Cause(r.ctx)
			for t := range r.tasks {
				t.Cancel(engine.Classify(cause).Message)
			}
			if err == nil {
				err = cause
			}
		}
	}
}

// untilNext is how long it is to the next event, nil for none.
func (r *runner) untilNext() (*float64, error) {
	now, err := r.clock.read(r.c)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e, wait := r.agenda.head(now)
	if e == nil {
		return nil, nil
	}
	seconds := wait.Seconds()
	return &seconds, nil
}
