package pool

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

func (p *Pool) mapList(c *engine.Call, in mapIn) (engine.List, error) {
	if err := p.check(c, in.Fn); err != nil {
		return nil, err
	}
	limit := p.limit
	if in.JobTimeout > 0 {
		limit = in.JobTimeout.Std()
	}
	progress, err := meter.New(c, in.Progress, meter.Items)
	if err != nil {
		return nil, err
	}
	defer progress.Close()
	ends := make(chan int, len(in.List))
	jobs := make([]*job, len(in.List))
	for i, item := range in.List {
		jobs[i] = &job{
			pool: p, fn: in.Fn, args: []*engine.Snapshot{item}, limit: limit,
			done: make(chan struct{}), onEnd: func() { ends <- i },
		}
	}
	if err := p.enqueue(jobs...); err != nil {
		return nil, err
	}
	bar := progress.Start(p.name, int64(len(jobs)))
	ended, err := p.collect(c, in.Timeout, jobs, ends, bar.Add)
	if err != nil {
		p.abandon(c, jobs)
		for ; ended < len(jobs); ended++ {
			<-ends
		}
	}
	if ferr := bar.Finish(err); err == nil {
		err = ferr
	}
	if err != nil {
		return nil, err
	}
	results := make(engine.List, len(jobs))
	for i, j := range jobs {
		results[i] = j.out
	}
	return results, nil
}

// collect waits for the jobs until one fails, and says how many have ended.
func (p *Pool) collect(c *engine.Call, limit engine.Duration, jobs []*job, ends <-chan int, count func(int64) error) (ended int, err error) {
	ctx, cancel := c.WithTimeout(limit)
	defer cancel()
	for ended < len(jobs) {
		select {
		case i := <-ends:
			ended++
			if jobs[i].err != nil {
				return ended, atIndex(jobs[i], i+1)
			}
			if err := count(1); err != nil {
				return ended, err
			}
		case <-ctx.Done():
			return ended, context.Cause(ctx)
		}
	}
	return ended, nil
}

// abandon drops the jobs that wait and ends those that run: softly when the
// caller was canceled, so that they clean up as the caller does.
func (p *Pool) abandon(c *engine.Call, jobs []*job) {
	why := &engine.Error{Kind: engine.KindCanceled, Message: "another job of the map has failed"}
	soft := false
	if cause := context.Cause(c.Context()); cause != nil {
		why.Message = engine.Classify(cause).Message
		soft = engine.KindOf(cause) == engine.KindCanceled
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range jobs {
		j.drop(why)
		switch {
		case j.phase == running && soft:
			j.soft(why)
		case j.phase == running:
			j.hard(why)
		}
	}
}

// atIndex is the error of a job as an object that knows its item.
func atIndex(j *job, index int) error {
	var e *engine.Error
	var other *engine.Raise
	switch {
	case errors.As(j.err, &other):
		e = &engine.Error{Kind: engine.KindLua, Target: fmt.Sprintf("item %d", index), Message: other.Text, Traceback: other.Trace}
		e.Fields = map[string]any{"value": other.Value}
	default:
		own := *engine.Classify(j.err)
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
