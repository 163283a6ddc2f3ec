package thread

import (
	"context"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// daemon is a thread that the script does not wait for.
type daemon struct {
	soft   context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}

	mu      sync.Mutex
	ended   bool
	claimed bool
	onEnd   []func()
	out     *engine.Snapshot
	err     error
}

var _ engine.Awaitable = (*daemon)(nil)

// daemons are those of a state: its end cancels and waits for them.
type daemons struct {
	call *engine.Call
	stop context.CancelCauseFunc
	hard context.Context

	mu  sync.Mutex
	all map[*daemon]string // by name
	on  sync.WaitGroup
}

type daemonsKey struct{}

func startDaemon(c *engine.Call, j *job) *daemon {
	ds := c.Local(daemonsKey{}, func() any {
		ds := &daemons{call: c, all: map[*daemon]string{}}
		ds.hard, ds.stop = context.WithCancelCause(c.Background())
		return ds
	}).(*daemons)
	d := &daemon{done: make(chan struct{})}
	d.soft, d.cancel = context.WithCancelCause(ds.hard)
	ds.mu.Lock()
	ds.all[d] = j.who.Name
	ds.mu.Unlock()
	ds.on.Add(1)
	c.Go(func() {
		defer ds.on.Done()
		defer d.cancel(nil)
		out, err := j.run(ds.hard, d.soft)
		ds.mu.Lock()
		delete(ds.all, d)
		ds.mu.Unlock()
		d.end(out, err)
		if err != nil && !d.seen() && engine.KindOf(err) != engine.KindCanceled {
			c.Host().Log.Warn("a daemon thread has failed", "thread", j.who.Name, "error", err)
		}
	})
	return d
}

// Close cancels the daemons, stops them after the time that a canceled task has
// for cleaning up, and waits for them.
func (ds *daemons) Close() error {
	why := &engine.Error{Kind: engine.KindCanceled, Message: "the script has ended"}
	ds.mu.Lock()
	for d := range ds.all {
		d.cancel(why)
	}
	ds.mu.Unlock()
	timer := ds.call.Host().Clock.AfterFunc(cleaning, func() { ds.stop(why) })
	defer timer.Stop()
	ds.on.Wait()
	ds.stop(why)
	return nil
}

func (d *daemon) end(out *engine.Snapshot, err error) {
	d.mu.Lock()
	d.ended, d.out, d.err = true, out, err
	hooks := d.onEnd
	d.onEnd = nil
	d.mu.Unlock()
	close(d.done)
	for _, f := range hooks {
		f()
	}
}

func (d *daemon) Done() <-chan struct{} { return d.done }

func (d *daemon) OnEnd(f func()) {
	d.mu.Lock()
	if !d.ended {
		d.onEnd = append(d.onEnd, f)
		d.mu.Unlock()
		return
	}
	d.mu.Unlock()
	<-d.done
	f()
}

func (d *daemon) Outcome() ([]any, error) {
	d.Claim()
	d.mu.Lock()
	defer d.mu.Unlock()
	return []any{d.out}, d.err
}

func (d *daemon) Claim() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.claimed = true
}

func (d *daemon) seen() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.claimed
}

func (d *daemon) Cancel(why string) {
	d.cancel(&engine.Error{Kind: engine.KindCanceled, Message: why})
}
