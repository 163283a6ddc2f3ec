package pool

import (
	"context"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// target makes ready the function of a job.
func (p *Pool) target(c *engine.Call, fn engine.Value) (work, error) {
	if fn.Type() != "function" {
		return work{}, engine.Invalid("argument 'fn' must be a function, got a %s", fn.Type())
	}
	if p.local() {
		return work{local: c.Callable(fn)}, nil
	}
	s, err := c.Snapshot("fn", fn)
	if err != nil {
		return work{}, err
	}
	c.WarnAssigned("worker", s)
	return work{fn: s}, nil
}

// pack puts arguments into the work; named names them for a refusal.
func (p *Pool) pack(c *engine.Call, w work, args []engine.Value, named func(i int) string) (work, error) {
	if p.local() {
		w.values = make([]any, len(args))
		for i, v := range args {
			w.values[i] = v
		}
		return w, nil
	}
	w.args = make([]*engine.Snapshot, len(args))
	for i, v := range args {
		s, err := c.Snapshot("", v)
		if err != nil {
			if s, err = c.Snapshot(named(i), v); err != nil {
				return w, err
			}
		}
		w.args[i] = s
	}
	return w, nil
}

func (p *Pool) submit(c *engine.Call, in submitIn) (*future, error) {
	w, err := p.target(c, in.Fn)
	if err != nil {
		return nil, err
	}
	w, err = p.pack(c, w, in.Args, func(i int) string { return fmt.Sprintf("args[%d]", i+1) })
	if err != nil {
		return nil, err
	}
	f := &future{call: c, pool: p, place: c.Place(), limit: p.opts.JobTimeout.Std(), work: w}
	return f, p.admit(c, f)
}

// admit queues a job: when there is room, and in a debugged pool when it is
// done.
func (p *Pool) admit(c *engine.Call, f *future) error {
	if p.opts.MaxQueue > 0 {
		if err := p.awaitRoom(c); err != nil {
			return err
		}
	}
	if err := p.enqueue(f); err != nil || !p.opts.Debug {
		return err
	}
	if err := f.block(c, 0); err != nil {
		f.Cancel(engine.Classify(err).Message)
		return err
	}
	return nil
}

// awaitRoom waits until a job can be queued.
func (p *Pool) awaitRoom(c *engine.Call) error {
	for {
		p.mu.Lock()
		if p.closed || p.broken != nil || len(p.queue) < p.opts.MaxQueue {
			p.mu.Unlock()
			return nil
		}
		if p.room == nil {
			p.room = make(chan struct{})
		}
		room := p.room
		ahead := append([]*future(nil), p.queue...)
		p.mu.Unlock()
		done, err := waitFor(c, false, ahead...)
		if err != nil {
			return err
		}
		err = c.Wait(func(ctx context.Context) error {
			select {
			case <-room:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		done()
		if err != nil {
			return err
		}
	}
}

func (p *Pool) apply(c *engine.Call, in submitIn) (any, error) {
	f, err := p.submit(c, in)
	if err != nil {
		return nil, err
	}
	out, err := f.result(c, resultIn{})
	if !f.over.Load() {
		f.Cancel(engine.Classify(err).Message)
	}
	return out, err
}

// Start queues a call of a copied function for a module that has work done by a
// pool. ended hears of the end from any goroutine, perhaps before Start returns;
// it must not block. stop cancels the call.
func (p *Pool) Start(c *engine.Call, fn *engine.Snapshot, args []*engine.Snapshot, ended func(out *engine.Snapshot, err error)) (stop func(why string), err error) {
	f := &future{call: c, pool: p, place: c.Place(), limit: p.opts.JobTimeout.Std(), work: work{fn: fn, args: args}}
	f.Claim()
	report := func() {
		out, _ := f.out.(*engine.Snapshot)
		ended(out, f.raised())
	}
	if p.local() {
		if f.work, err = restored(c, fn, args); err != nil {
			return nil, err
		}
		report = func() { // the copy takes the baton, for which a hook must not wait
			c.Go(func() {
				if f.err != nil {
					ended(nil, f.raised())
					return
				}
				ended(c.Snapshot("result", f.out))
			}, func(err error) { ended(nil, err) })
		}
	}
	f.OnEnd(report)
	if err := p.admit(c, f); err != nil {
		return nil, err
	}
	return f.Cancel, nil
}

// restored makes of copies what a task of the script can be called with.
func restored(c *engine.Call, fn *engine.Snapshot, args []*engine.Snapshot) (work, error) {
	v, err := c.Restore(fn)
	if err != nil {
		return work{}, err
	}
	w := work{local: c.Callable(v), values: make([]any, len(args))}
	for i, a := range args {
		w.values[i] = a
	}
	return w, nil
}
