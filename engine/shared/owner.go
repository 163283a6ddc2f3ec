package shared

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"weak"
)

// Peer is another process that uses values of this one.
type Peer struct {
	Name string

	ends
	owners map[uint64]weak.Pointer[Owner] // what holds or waits for nothing may go
}

// String names the process as the holder of something.
func (p *Peer) String() string { return "a task of " + p.Name }

// NewPeer makes the peer called name.
func NewPeer(name string) *Peer {
	return &Peer{Name: name, owners: map[uint64]weak.Pointer[Owner]{}}
}

// Owner is the peer's task of that number.
func (p *Peer) Owner(id uint64) *Owner {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.owners[id].Value(); o != nil {
		return o
	}
	o := &Owner{Who: p, Peer: p}
	p.owners[id] = weak.Make(o)
	runtime.AddCleanup(o, p.forget, id)
	return o
}

// forget drops an owner that is collected, unless it has come again.
func (p *Peer) forget(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owners[id].Value() == nil {
		delete(p.owners, id)
	}
}

// End says that the process has ended.
func (p *Peer) End() { p.end() }

// Owner is who may hold a lock: a task of some state, or of another process.
type Owner struct {
	// Who names the task for people.
	Who fmt.Stringer
	// Peer is the process of the task, nil for this one.
	Peer *Peer

	ends  ends
	waits atomic.Pointer[Held]
}

// OnEnd calls f when the task has ended, at once if it has already; of the task
// of another process, when the process has. forget takes that back.
func (o *Owner) OnEnd(f func()) (forget func()) {
	if o.Peer != nil {
		return o.Peer.OnEnd(f)
	}
	return o.ends.OnEnd(f)
}

// End says that the task has ended.
func (o *Owner) End() { o.ends.end() }

// Waits is what the task waits for, nil for nothing.
func (o *Owner) Waits() *Held { return o.waits.Load() }

// Held is what one owner at a time has, such as a lock, as far as a circle of
// waiting owners is concerned.
type Held struct {
	Name string
	by   atomic.Pointer[Owner]
}

// Holder is who has h, nil for nobody.
func (h *Held) Holder() *Owner { return h.by.Load() }

// SetHolder notes who has h now.
func (h *Held) SetHolder(o *Owner) { h.by.Store(o) }

// WaitFor notes that o waits for h; nil ends the wait. It returns the owners
// that wait in a circle with o if h would close one, and notes nothing then.
func (o *Owner) WaitFor(h *Held) (circle []*Owner) {
	o.waits.Store(h)
	for h != nil {
		next := h.Holder()
		if next == nil {
			return nil
		}
		circle = append(circle, next)
		if next == o {
			o.waits.Store(nil)
			return circle
		}
		if len(circle) > 1<<16 { // a circle of others
			return nil
		}
		h = next.waits.Load()
	}
	return nil
}

// ends is what is to be done at an end.
type ends struct {
	mu     sync.Mutex
	ended  bool
	onEnd  map[int]func()
	nextID int
}

// OnEnd calls f at the end, at once if it is over. forget takes that back.
func (e *ends) OnEnd(f func()) (forget func()) {
	e.mu.Lock()
	if e.ended {
		e.mu.Unlock()
		f()
		return func() {}
	}
	if e.onEnd == nil {
		e.onEnd = map[int]func(){}
	}
	e.nextID++
	id := e.nextID
	e.onEnd[id] = f
	e.mu.Unlock()
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.onEnd, id)
	}
}

func (e *ends) end() {
	e.mu.Lock()
	e.ended = true
	hooks := e.onEnd
	e.onEnd = nil
	e.mu.Unlock()
	for _, f := range hooks {
		f()
	}
}
