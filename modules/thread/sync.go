package thread

import (
	"context"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Semaphore lets a number of tasks through at the same time.
type Semaphore = share.Object[*semaphore]

type semaphore struct {
	share.Monitor
	line    share.Line
	value   int
	start   int
	bounded bool
	loans   map[*shared.Peer]*loan // what other processes have
}

type loan struct {
	n      int
	forget func()
}

// NewSemaphore makes a semaphore. A bounded one refuses to be released more
// often than it was acquired.
func NewSemaphore(n int, bounded bool) *Semaphore {
	s := &semaphore{value: n, start: n, bounded: bounded, loans: map[*shared.Peer]*loan{}}
	s.Lines(&s.line)
	return share.New(s)
}

// Do does an operation.
func (s *semaphore) Do(by share.By, op string, args share.Args) ([]any, error) {
	take := func() bool {
		if s.value == 0 {
			return false
		}
		s.value--
		return true
	}
	switch op {
	case "acquire":
		err := by.Wait(&s.Monitor, &s.line, take)
		if err == nil {
			s.lend(by.Peer)
		}
		return nil, err
	case "try_acquire":
		ok := s.Try(&s.line, take)
		if ok {
			s.lend(by.Peer)
		}
		return []any{ok}, nil
	case "release":
		return nil, s.release(by.Peer, max(args.Int(0), 1))
	case "value":
		var n int
		s.Look(func() { n = s.value })
		return []any{float64(n)}, nil
	}
	return nil, shared.ErrUnknownOp
}

// lend notes what a process has, which it gives back when it ends.
func (s *semaphore) lend(p *shared.Peer) {
	if p == nil {
		return
	}
	first := false
	s.Look(func() {
		l := s.loans[p]
		if first = l == nil; first {
			l = &loan{forget: func() {}}
			s.loans[p] = l
		}
		l.n++
	})
	if !first {
		return
	}
	p.OnEnd(func() {
		s.Update(func() {
			if l := s.loans[p]; l != nil {
				s.value += l.n
				delete(s.loans, p)
			}
		})
	})
}

func (s *semaphore) release(p *shared.Peer, n int) (err error) {
	s.Update(func() {
		if s.bounded && s.value+n > s.start {
			err = engine.Errorf(errNotHeld, "the semaphore is released more often than it was acquired")
			return
		}
		s.value += n
		if l := s.loans[p]; l != nil {
			l.n = max(l.n-n, 0)
		}
	})
	return err
}

// Event is a flag that tasks wait for.
type Event = share.Object[*event]

type event struct {
	share.Monitor
	line share.Line
	set  bool
}

// NewEvent makes an event that is not set.
func NewEvent() *Event {
	e := &event{}
	e.Lines(&e.line)
	return share.New(e)
}

// Do does an operation.
func (e *event) Do(by share.By, op string, _ share.Args) ([]any, error) {
	switch op {
	case "set":
		e.Update(func() { e.set = true })
	case "clear":
		e.Update(func() { e.set = false })
	case "is_set":
		var set bool
		e.Look(func() { set = e.set })
		return []any{set}, nil
	case "wait":
		return nil, by.Wait(&e.Monitor, &e.line, func() bool { return e.set })
	default:
		return nil, shared.ErrUnknownOp
	}
	return nil, nil
}

// Barrier lets tasks go on when a number of them have come.
type Barrier = share.Object[*barrier]

type barrier struct {
	share.Monitor
	line  share.Line
	size  int
	round *round
}

// round is one use of a barrier.
type round struct {
	here         int
	full, broken bool
}

// NewBarrier makes a barrier for size tasks.
func NewBarrier(size int) *Barrier {
	b := &barrier{size: size, round: &round{}}
	b.Lines(&b.line)
	return share.New(b)
}

// Do does an operation.
func (b *barrier) Do(by share.By, op string, _ share.Args) ([]any, error) {
	switch op {
	case "wait":
		place, err := b.wait(by)
		return []any{float64(place)}, err
	case "abort":
		b.Update(func() { b.round.broken = true })
	case "reset":
		b.Update(func() {
			b.round.broken = true
			b.round = &round{}
		})
	case "waiting":
		var n int
		b.Look(func() {
			if !b.round.broken {
				n = b.round.here
			}
		})
		return []any{float64(n)}, nil
	case "broken":
		var broken bool
		b.Look(func() { broken = b.round.broken })
		return []any{broken}, nil
	default:
		return nil, shared.ErrUnknownOp
	}
	return nil, nil
}

func (b *barrier) wait(by share.By) (place int, err error) {
	var r *round
	b.Update(func() {
		r = b.round
		if r.broken {
			return
		}
		r.here++
		place = r.here
		if r.here == b.size {
			r.full = true
			b.round = &round{}
		}
	})
	if !r.broken || r.full {
		err = by.Wait(&b.Monitor, &b.line, func() bool { return r.full || r.broken })
	}
	if err != nil { // this one does not come any more
		b.Update(func() { r.broken = r.broken || !r.full })
		return 0, err
	}
	var full bool
	b.Look(func() { full = r.full })
	if !full {
		e := engine.Errorf(errBroken, "the barrier is broken: a task that was to come was canceled, or waited too long, or the barrier was aborted")
		e.Hint = "reset makes it as new"
		return 0, e
	}
	return place, nil
}

// Channel hands values from task to task.
type Channel = share.Object[*channel]

type channel struct{ pipe *share.Pipe }

// NewChannel makes a channel for n values that nobody has received yet.
func NewChannel(n int) *Channel { return share.New(&channel{share.NewPipe(&share.FIFO{}, n)}) }

// Do does an operation.
func (ch *channel) Do(by share.By, op string, args share.Args) ([]any, error) {
	p := ch.pipe
	switch op {
	case "send":
		return nil, sent(p.Put(by, args.Item(0), nil))
	case "try_send":
		ok, err := p.TryPut(args.Item(0), nil)
		return []any{ok}, sent(err)
	case "receive":
		it, err := p.Get(by)
		if err == share.ErrClosed {
			return []any{nil, false}, nil
		}
		return []any{it, true}, err
	case "try_receive":
		it, ok, err := p.TryGet()
		if err == share.ErrClosed {
			err = nil
		}
		return []any{it, ok}, err
	case "close":
		p.Close(false)
		return nil, nil
	case "len":
		return []any{float64(p.Len())}, nil
	case "select":
		list := []*share.Pipe{p}
		for _, v := range args {
			other, ok := v.(*Channel)
			if !ok {
				return nil, errApart()
			}
			core, ok := other.Core()
			if !ok {
				return nil, errApart()
			}
			list = append(list, core.pipe)
		}
		i, it, err := share.Select(by, list)
		if err == share.ErrClosed {
			return []any{nil, nil}, nil
		}
		return []any{float64(i), it}, err
	}
	return nil, shared.ErrUnknownOp
}

func sent(err error) error {
	if err == share.ErrClosed {
		return engine.Errorf(errClosed, "the channel is closed")
	}
	return err
}

func errApart() error {
	return engine.Invalid("the channels belong to different processes; make them all in one")
}

// received walks what a channel gives until it is closed.
func received(ch *Channel, c *engine.Call, _ engine.None) (*engine.Iterator, error) {
	return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
		return share.One(ch.DoUnder(ctx, c, "receive"))
	}}, nil
}
