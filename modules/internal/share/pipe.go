package share

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
)

// Unbounded is the Max of a Pipe that takes any number of items.
const Unbounded = -1

// What operations on a Pipe end with; the modules make errors with kinds of
// them.
var (
	ErrClosed   = errors.New("closed")
	ErrTooOften = errors.New("more items were said to be done than were put")
	ErrOrder    = errors.New("the item has no place in the order")
)

// Pipe is items on their way from those who put to those who take.
type Pipe struct {
	Monitor
	getters, putters, joiners Line

	store  Store
	max    int // 0: an item is put only when somebody takes it
	closed bool
	open   int // items that nobody has said to be done with

	noPutters, noGetters bool // for the time being
}

// NewPipe makes a pipe of a store for max items.
func NewPipe(store Store, max int) *Pipe {
	p := &Pipe{store: store, max: max}
	p.Lines(&p.getters, &p.putters, &p.joiners)
	return p
}

// put is the operation; it is called with the monitor locked.
func (p *Pipe) put(it Item, key any) (done bool, err error) {
	if p.closed {
		return true, ErrClosed
	}
	if err := p.store.Check(it, key); err != nil {
		return true, err
	}
	if p.max == 0 {
		return p.hand(it), nil
	}
	if p.max > 0 && p.store.Len() >= p.max {
		if p.noGetters {
			return true, ErrClosed
		}
		return false, nil
	}
	p.store.Put(it, key)
	p.open++
	return true, nil
}

// hand gives an item to one who waits for it.
func (p *Pipe) hand(it Item) bool {
	p.store.Put(it, nil)
	p.open++
	p.getters.serve()
	if p.store.Len() == 0 {
		return true
	}
	p.store.Take()
	p.open--
	return false
}

// Put puts an item when there is room. The key is for a store that orders its
// items by one, nil for the item itself.
func (p *Pipe) Put(by By, it Item, key any) error {
	if err := by.check(); err != nil {
		return err
	}
	if done, err := p.TryPut(it, key); done || err != nil {
		return err
	}
	var err error
	try := func() (done bool) {
		done, err = p.put(it, key)
		return done
	}
	if werr := p.block(by, &p.putters, try); werr != nil {
		return werr
	}
	return err
}

// TryPut puts an item if there is room now.
func (p *Pipe) TryPut(it Item, key any) (done bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.putters.first != nil && !p.closed {
		return false, nil
	}
	done, err = p.put(it, key)
	if done && p.getters.first != nil {
		p.settle()
	}
	return done && err == nil, err
}

// block waits for an operation. A few turns are spent before standing in line,
// because a partner that is at work is there with its item within microseconds.
func (p *Pipe) block(by By, l *Line, try func() bool) error {
	return by.Block(func(ctx context.Context) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if p.max != 0 && p.Spin(l, try) {
			return nil
		}
		return p.Wait(ctx, l, try)
	})
}

// Get takes an item as soon as there is one.
func (p *Pipe) Get(by By) (Item, error) {
	if err := by.check(); err != nil {
		return Item{}, err
	}
	if it, ok, err := p.TryGet(); ok || err != nil {
		return it, err
	}
	var it Item
	var err error
	try := func() bool {
		switch {
		case p.store.Len() > 0:
			it = p.store.Take()
		case p.closed || p.noPutters:
			err = ErrClosed
		default:
			return false
		}
		return true
	}
	if werr := p.block(by, &p.getters, try); werr != nil {
		return Item{}, werr
	}
	return it, err
}

// TryGet takes an item if there is one now.
func (p *Pipe) TryGet() (it Item, ok bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.getters.first != nil {
		if p.settle(); p.getters.first != nil { // what stands there may be a select that is over
			return it, false, nil
		}
	}
	switch {
	case p.store.Len() > 0:
		it, ok = p.store.Take(), true
		if p.putters.first != nil {
			p.settle()
		}
	case p.closed || p.noPutters:
		err = ErrClosed
	case p.putters.first != nil: // of a pipe without room
		it, ok = p.meet()
	}
	return it, ok, err
}

// meet takes the item of one who waits to hand it over. The monitor is locked.
func (p *Pipe) meet() (it Item, ok bool) {
	w := &waiter{try: func() bool {
		if p.store.Len() == 0 {
			return false
		}
		it, ok = p.store.Take(), true
		return true
	}}
	p.getters.push(w)
	p.settle()
	if w.line != nil {
		w.line.remove(w)
	}
	return it, ok
}

// Ready waits until there is an item, or there never will be.
func (p *Pipe) Ready(by By) error {
	return by.Wait(&p.Monitor, &p.getters, func() bool { return p.store.Len() > 0 || p.closed || p.noPutters })
}

// Putters says whether there is anybody at present who could put. While there is
// not, an empty pipe is as good as closed.
func (p *Pipe) Putters(there bool) { p.Update(func() { p.noPutters = !there }) }

// Getters says whether there is anybody at present who could take. While there
// is not, a full pipe is as good as closed.
func (p *Pipe) Getters(there bool) { p.Update(func() { p.noGetters = !there }) }

// Over says that nothing more comes, at least for the time being.
func (p *Pipe) Over() (over bool) {
	p.Look(func() { over = p.closed || p.noPutters })
	return over
}

// GetMany takes up to max items as soon as there is one.
func (p *Pipe) GetMany(by By, max int) (items []Item, err error) {
	werr := by.Wait(&p.Monitor, &p.getters, func() bool {
		for p.store.Len() > 0 && len(items) < max {
			items = append(items, p.store.Take())
		}
		if len(items) == 0 && p.closed {
			err = ErrClosed
		}
		return len(items) > 0 || p.closed
	})
	if werr != nil {
		return nil, werr
	}
	return items, err
}

// Done says that n items that were taken are done with.
func (p *Pipe) Done(n int) (err error) {
	p.Update(func() {
		if n > p.open {
			err = ErrTooOften
			return
		}
		p.open -= n
	})
	return err
}

// Join waits until all items are done with.
func (p *Pipe) Join(by By) error {
	return by.Wait(&p.Monitor, &p.joiners, func() bool { return p.open == 0 })
}

// Close takes no more items. Those that are there can still be taken, unless
// drop forgets them.
func (p *Pipe) Close(drop bool) {
	p.Update(func() {
		p.closed = true
		for drop && p.store.Len() > 0 {
			p.store.Take()
			p.open--
		}
	})
}

// Len is how many items there are now.
func (p *Pipe) Len() (n int) {
	p.Look(func() { n = p.store.Len() })
	return n
}

// Full says whether a put would wait now.
func (p *Pipe) Full() (full bool) {
	p.Look(func() { full = p.max >= 0 && p.store.Len() >= p.max })
	return full
}

// Closed says whether the pipe is closed.
func (p *Pipe) Closed() (closed bool) {
	p.Look(func() { closed = p.closed })
	return closed
}

// Max is how many items there may be.
func (p *Pipe) Max() int { return p.max }

// Select takes an item of the first pipe that has one, and says which it was. It
// starts anywhere, so that no pipe comes first always. Pipes that are closed and
// empty are left out; ErrClosed says that all are.
func Select(by By, pipes []*Pipe) (index int, it Item, err error) {
	if err := by.check(); err != nil {
		return 0, it, err
	}
	var (
		claimed atomic.Bool
		left    atomic.Int64
		done    = make(chan struct{})
	)
	left.Store(int64(len(pipes)))
	try := func(i int) func() bool {
		p := pipes[i]
		return func() bool {
			switch {
			case p.store.Len() > 0:
				if claimed.CompareAndSwap(false, true) {
					index, it = i, p.store.Take()
					close(done)
				}
			case p.closed:
				if left.Add(-1) == 0 && claimed.CompareAndSwap(false, true) {
					err = ErrClosed
					close(done)
				}
			default:
				return claimed.Load()
			}
			return true
		}
	}
	waiters := make([]*waiter, len(pipes))
	leave := func() {
		for i, w := range waiters {
			if w != nil {
				pipes[i].leave(w)
			}
		}
	}
	start := rand.IntN(max(len(pipes), 1))
	for k := range pipes {
		i := (start + k) % len(pipes)
		waiters[i] = pipes[i].enter(&pipes[i].getters, try(i), nil)
		if claimed.Load() {
			break
		}
	}
	if !claimed.Load() {
		gaveUp := false
		werr := by.Block(func(ctx context.Context) error {
			select {
			case <-done:
				return nil
			case <-ctx.Done():
				gaveUp = claimed.CompareAndSwap(false, true)
				return context.Cause(ctx)
			}
		})
		if gaveUp || werr != nil && claimed.CompareAndSwap(false, true) {
			leave()
			return 0, it, werr
		}
	}
	<-done
	leave()
	return index, it, err
}
