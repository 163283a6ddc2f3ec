// Package shared is for values that states share instead of copying: queues,
// locks, counters, buffers. Inside a process they cross by reference. A process
// worker gets a stub of such a value, and what it does with the stub is done by
// the process that has the value.
//
// A type takes part in three steps. Its declaration sets Shared, so that it
// crosses between states; its Go value implements [Served], which does an
// operation for another process; and Type.Stub makes the value that other
// processes hold, of the same Go type, around a [Remote]. A type without a Stub
// is shared inside its process only.
package shared

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Served does operations for other processes.
type Served interface {
	// Serve does r.Op and returns its results, of the kinds that Request.Args
	// lists. It runs on a goroutine of its own and may block.
	Serve(ctx context.Context, r *Request) ([]any, error)
}

// Request is one operation that another process asks for. The context that
// Serve gets ends when the task that asks is canceled, or its process ends.
type Request struct {
	From  *Peer
	Owner *Owner // the task that asks
	Op    string
	// Args are nil, booleans, float64, strings, copies of Lua values as
	// *engine.Snapshot, Served values and Remotes.
	Args []any
}

// Remote is a value of another process.
type Remote struct {
	link Caller
	id   uint64
}

// Caller is the way to the other process.
type Caller interface {
	Call(ctx context.Context, id uint64, op string, args []any) ([]any, error)
}

// NewRemote makes the Remote of the value that the process behind link knows by
// id.
func NewRemote(link Caller, id uint64) *Remote { return &Remote{link, id} }

// Call asks the other process for an operation. When ctx ends, so does the
// operation.
func (r *Remote) Call(ctx context.Context, op string, args ...any) ([]any, error) {
	return r.link.Call(ctx, r.id, op, args)
}

// Link and ID tell which value of which process it is.
func (r *Remote) Link() Caller { return r.link }

// ID is the number by which the other process knows the value.
func (r *Remote) ID() uint64 { return r.id }

// Serve hands the operation on: a stub may cross to a third process.
func (r *Remote) Serve(ctx context.Context, req *Request) ([]any, error) {
	return r.Call(ctx, req.Op, req.Args...)
}

// ErrUnknownOp is what Serve returns for an operation that it does not know.
var ErrUnknownOp = errors.New("unknown operation")

// Peer is another process that uses values of this one.
type Peer struct {
	Name string

	mu     sync.Mutex
	ended  bool
	onEnd  map[int]func()
	nextID int
	owners map[uint64]*Owner
}

// String names the process as the holder of something.
func (p *Peer) String() string { return "a task of " + p.Name }

// NewPeer makes the peer called name.
func NewPeer(name string) *Peer {
	return &Peer{Name: name, onEnd: map[int]func(){}, owners: map[uint64]*Owner{}}
}

// OnEnd calls f when the process has ended, at once if it has already. forget
// takes that back.
func (p *Peer) OnEnd(f func()) (forget func()) {
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		f()
		return func() {}
	}
	p.nextID++
	id := p.nextID
	p.onEnd[id] = f
	p.mu.Unlock()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.onEnd, id)
	}
}

// Owner is the peer's task of that number.
func (p *Peer) Owner(id uint64) *Owner {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.owners[id]
	if o == nil {
		o = &Owner{Who: p, Peer: p}
		p.owners[id] = o
	}
	return o
}

// End says that the process has ended.
func (p *Peer) End() {
	p.mu.Lock()
	p.ended = true
	hooks := p.onEnd
	p.onEnd = nil
	p.mu.Unlock()
	for _, f := range hooks {
		f()
	}
}

// Owner is who may hold a lock: a task of some state, or of another process.
type Owner struct {
	// Who names the task for people.
	Who fmt.Stringer
	// Peer is the process of the task, nil for this one.
	Peer *Peer

	waits atomic.Pointer[Held]
}

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
