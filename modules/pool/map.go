package pool

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// ahead is how many calls of a map are under way at least: enough to keep the
// workers busy, and few enough for the memory of a large map.
const ahead = 256

func (p *Pool) mapItems(c *engine.Call, in mapIn) (engine.List, error) {
	return p.mapOver(c, in, false)
}

func (p *Pool) starmap(c *engine.Call, in mapIn) (engine.List, error) {
	return p.mapOver(c, in, true)
}

func (p *Pool) mapOver(c *engine.Call, in mapIn, star bool) (engine.List, error) {
	src, err := p.source(c, in.Fn, in.Items, star)
	if err != nil {
		return nil, err
	}
	progress, err := meter.New(c, in.Progress, meter.Items)
	if err != nil {
		return nil, err
	}
	defer progress.Close()
	bar := progress.Start(p.name, src.total())
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	window := max(ahead, 4*p.size)
	r := &mapping{c: c, ctx: ctx, pool: p, src: src, place: c.Place(), limit: p.limitOf(in.JobTimeout), window: window, ends: make(chan *future, window)}
	err = r.run(bar.Add)
	if err != nil {
		r.abandon()
	}
	if ferr := bar.Finish(err); err == nil {
		err = ferr
	}
	if err != nil {
		return nil, err
	}
	return r.results, nil
}

// mapping is one call of map.
type mapping struct {
	c       *engine.Call
	ctx     context.Context
	pool    *Pool
	src     *source
	place   fmt.Stringer
	limit   engine.Duration
	window  int
	ends    chan *future
	open    []*future // under way; each knows its place
	ready   []work    // room for fill
	results engine.List
}

func (r *mapping) run(count func(int64) error) error {
	for {
		if err := r.fill(); err != nil {
			return err
		}
		if len(r.open) == 0 {
			return nil
		}
		f, err := r.wait()
		if err != nil {
			return err
		}
		r.close(f)
		if f.err != nil {
			return atIndex(f, f.index+1)
		}
		r.results[f.index] = f.out
		if err := count(1); err != nil {
			return err
		}
	}
}

// fill queues calls as far as there is room. Of a list it copies the items
// before it queues the first, so that what cannot be copied is refused before
// anything runs; an iterator function may take long for each.
func (r *mapping) fill() error {
	ready := r.ready[:0]
	for !r.src.ended && len(r.open)+len(ready) < r.window {
		w, ok, err := r.src.take(r.ctx)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if r.src.next == nil {
			ready = append(ready, w)
		} else if err := r.start(w); err != nil {
			return err
		}
	}
	r.ready = ready
	for _, w := range ready {
		if err := r.start(w); err != nil {
			return err
		}
	}
	clear(ready)
	return nil
}

func (r *mapping) start(w work) error {
	f := &future{call: r.c, pool: r.pool, place: r.place, limit: r.limit.Std(), work: w, ends: r.ends, index: len(r.results), at: len(r.open)}
	f.Claim()
	if err := r.pool.admit(r.c, f); err != nil {
		return err
	}
	r.results = append(r.results, nil)
	r.open = append(r.open, f)
	return nil
}

// wait waits for the end of a call.
func (r *mapping) wait() (*future, error) {
	select {
	case f := <-r.ends:
		return f, nil
	default:
	}
	done, err := waitFor(r.c, false, r.open...)
	if err != nil {
		return nil, err
	}
	defer done()
	select {
	case f := <-r.ends:
		return f, nil
	case <-r.ctx.Done():
		return nil, context.Cause(r.ctx)
	}
}

// close takes a call that has ended off the list.
func (r *mapping) close(f *future) {
	last := len(r.open) - 1
	r.open[f.at] = r.open[last]
	r.open[f.at].at = f.at
	r.open[last] = nil
	r.open = r.open[:last]
}

// abandon drops the calls that wait, ends those that run and waits for them:
// softly when the caller was canceled, so that they clean up as the caller does.
func (r *mapping) abandon() {
	why := &engine.Error{Kind: engine.KindCanceled, Message: "another job of the map has failed"}
	soft := false
	if cause := context.Cause(r.c.Context()); cause != nil {
		why.Message, why.Cause = engine.Classify(cause).Message, cause
		soft = engine.KindOf(cause) == engine.KindCanceled
	}
	for _, f := range r.open {
		f.stop(why)
		if !soft {
			f.kill(why)
		}
	}
	for _, f := range r.open {
		<-f.Done()
	}
}

func (p *Pool) limitOf(own engine.Duration) engine.Duration {
	if own > 0 {
		return own
	}
	return p.opts.JobTimeout
}

// atIndex is the error of a job as an object that knows its item.
func atIndex(f *future, index int) error {
	var e *engine.Error
	var other *engine.Raise
	raised := f.raised()
	switch {
	case errors.As(raised, &other):
		e = &engine.Error{Kind: engine.KindLua, Target: fmt.Sprintf("item %d", index), Message: other.Text, Traceback: other.Trace}
		e.Fields = map[string]any{"value": other.Value}
	case engine.KindOf(raised) == "": // a value of the script, raised in a task of it
		e = &engine.Error{Kind: engine.KindLua, Target: fmt.Sprintf("item %d", index), Message: raised.Error()}
		e.Fields = map[string]any{"value": raised}
	default:
		own := *engine.Classify(raised)
		e = &own
		e.Fields = maps.Clone(own.Fields)
	}
	if e.Fields == nil {
		e.Fields = map[string]any{}
	}
	e.Fields["index"] = index
	if e.Hint == "" {
		e.Hint = fmt.Sprintf("it happened with item %d of the list", index)
	}
	return e
}
