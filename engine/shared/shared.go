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
	"runtime"
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
	// After, which Serve may set, is called when the answer is on its way.
	After func()
}

// Remote is a value of another process.
type Remote struct {
	link Caller
	id   uint64
	stub any
}

// Caller is the way to the other process.
type Caller interface {
	Call(ctx context.Context, id uint64, op string, args []any) ([]any, error)
}

// NewRemote makes the Remote of the value that the process behind link knows by
// id.
func NewRemote(link Caller, id uint64) *Remote { return &Remote{link: link, id: id} }

// Call asks the other process for an operation. When ctx ends, so does the
// operation.
func (r *Remote) Call(ctx context.Context, op string, args ...any) ([]any, error) {
	defer runtime.KeepAlive(r) // the other process forgets the value when r is collected
	return r.link.Call(ctx, r.id, op, args)
}

// SetStub notes the value that scripts have for r, before anybody else has r.
func (r *Remote) SetStub(v any) { r.stub = v }

// Stub is the value that scripts have for r.
func (r *Remote) Stub() any { return r.stub }

// Link and ID tell which value of which process it is.
func (r *Remote) Link() Caller { return r.link }

// ID is the number by which the other process knows the value.
func (r *Remote) ID() uint64 { return r.id }

// Borrowed is a value that may be a stub.
type Borrowed interface {
	// Remote is the value of another process that this one stands for, nil if
	// it is one of this process.
	Remote() *Remote
}

// Lent is a value that wants to know which processes have it.
type Lent interface {
	// Lend says that p gets the value.
	Lend(p *Peer)
}

// Serve hands the operation on: a stub may cross to a third process.
func (r *Remote) Serve(ctx context.Context, req *Request) ([]any, error) {
	return r.Call(ctx, req.Op, req.Args...)
}

// ErrUnknownOp is what Serve returns for an operation that it does not know.
var ErrUnknownOp = errors.New("unknown operation")
