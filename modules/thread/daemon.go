package thread

import (
	"context"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/away"
)

// daemons are those of a state: its end cancels and waits for them.
type daemons struct {
	call *engine.Call
	stop context.CancelCauseFunc
	hard context.Context

	mu  sync.Mutex
	all map[*away.Ending]struct{}
	on  sync.WaitGroup
}

type daemonsKey struct{}

// startDaemon starts a thread that the script does not wait for.
func startDaemon(c *engine.Call, j *job) *away.Ending {
	ds := c.Local(daemonsKey{}, func() any {
		ds := &daemons{call: c, all: map[*away.Ending]struct{}{}}
		ds.hard, ds.stop = context.WithCancelCause(c.Background())
		return ds
	}).(*daemons)
	soft, cancel := context.WithCancelCause(ds.hard)
	d := away.NewEnding(func(why string) { cancel(&engine.Error{Kind: engine.KindCanceled, Message: why}) })
	ds.mu.Lock()
	ds.all[d] = struct{}{}
	ds.mu.Unlock()
	ds.on.Add(1)
	c.Go(func() {
		defer ds.on.Done()
		defer cancel(nil)
		out, err := j.run(ds.hard, soft)
		ds.mu.Lock()
		delete(ds.all, d)
		ds.mu.Unlock()
		claimed := d.End([]any{out}, err)
		if err != nil && !claimed && engine.KindOf(err) != engine.KindCanceled {
			c.Host().Log.Warn("a daemon thread has failed", "thread", j.who.Name, "error", err)
		}
	})
	return d
}

// Close cancels the daemons, stops them after the time that a canceled task has
// for cleaning up, and waits for them.
func (ds *daemons) Close() error {
	const ended = "the script has ended"
	why := &engine.Error{Kind: engine.KindCanceled, Message: ended}
	ds.mu.Lock()
	for d := range ds.all {
		d.Cancel(ended)
	}
	ds.mu.Unlock()
	timer := ds.call.Host().Clock.AfterFunc(cleaning, func() { ds.stop(why) })
	defer timer.Stop()
	ds.on.Wait()
	ds.stop(why)
	return nil
}
