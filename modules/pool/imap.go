package pool

import (
	"context"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// stream is one call of imap: no more than buffer calls are under way, whoever
// stops asking for results.
type stream struct {
	c       *engine.Call
	pool    *Pool
	src     *source
	place   fmt.Stringer
	limit   engine.Duration
	timeout engine.Duration
	buffer  int
	open    []*future    // in the order of the items
	ends    chan *future // nil when the results keep that order
	count   int
	failed  error // of the source, raised behind what was under way
}

func (p *Pool) imap(c *engine.Call, in imapIn) (*engine.Iterator, error) {
	return p.stream(c, in, true)
}

func (p *Pool) imapUnordered(c *engine.Call, in imapIn) (*engine.Iterator, error) {
	return p.stream(c, in, false)
}

func (p *Pool) stream(c *engine.Call, in imapIn, ordered bool) (*engine.Iterator, error) {
	if in.Buffer == 0 {
		in.Buffer = 2 * p.size
	}
	if in.Buffer < 1 || in.Buffer > mostTasks {
		return nil, engine.Invalid("argument 'buffer' must be from 1 to %d, got %d", mostTasks, in.Buffer)
	}
	src, err := p.source(c, in.Fn, in.Items, false)
	if err != nil {
		return nil, err
	}
	s := &stream{c: c, pool: p, src: src, place: c.Place(), limit: p.limitOf(in.JobTimeout), timeout: in.Timeout, buffer: in.Buffer}
	if !ordered {
		s.ends = make(chan *future, in.Buffer)
	}
	return &engine.Iterator{Walk: s.walk}, nil
}

// walk gives the next result. A job that fails is raised at its place, and the
// next call goes on behind it.
func (s *stream) walk(ctx context.Context) (any, error) {
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	if len(s.open) == 0 {
		err := s.failed
		s.failed = nil
		return nil, err
	}
	f, err := s.wait(ctx)
	if err != nil {
		return nil, err
	}
	if f.err != nil {
		return nil, atIndex(f, f.index+1)
	}
	if isNil(f.out) {
		return engine.Null, nil // nil would end the loop
	}
	return f.out, nil
}

// fill queues calls until the buffer is full.
func (s *stream) fill(ctx context.Context) error {
	for !s.src.ended && len(s.open) < s.buffer {
		w, ok, err := s.src.take(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			s.failed = err
			return nil
		}
		if !ok {
			return nil
		}
		f := &future{call: s.c, pool: s.pool, place: s.place, limit: s.limit.Std(), work: w, ends: s.ends, index: s.count}
		f.Claim()
		s.count++
		if err := s.pool.admit(s.c, f); err != nil {
			s.src.ended = true
			s.failed = err
			return nil
		}
		s.open = append(s.open, f)
	}
	return nil
}

// wait waits for the oldest call, or for any.
func (s *stream) wait(ctx context.Context) (*future, error) {
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = host.WithTimeout(ctx, s.c.Host().Clock, s.timeout.Std(), nil)
		defer cancel()
	}
	if s.ends == nil {
		f := s.open[0]
		if !f.over.Load() {
			done, err := waitFor(s.c, s.timeout > 0, f)
			if err != nil {
				return nil, err
			}
			defer done()
			select {
			case <-f.Done():
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		s.open[0] = nil
		s.open = s.open[1:]
		return f, nil
	}
	done, err := waitFor(s.c, s.timeout > 0, s.open...)
	if err != nil {
		return nil, err
	}
	defer done()
	select {
	case f := <-s.ends:
		for i, other := range s.open {
			if other == f {
				s.open = append(s.open[:i], s.open[i+1:]...)
				break
			}
		}
		return f, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func isNil(out any) bool {
	switch v := out.(type) {
	case nil:
		return true
	case *engine.Snapshot:
		return v.Type == "nil"
	case engine.Value:
		return v.IsNil()
	}
	return false
}
