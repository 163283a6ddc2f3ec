package share

import (
	"context"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Core does the operations of a shared value by their names, for tasks of all
// states and processes alike. Arguments and results are plain data, Items,
// snapshots and other shared values.
type Core interface {
	Do(by By, op string, args Args) ([]any, error)
}

// Object is a shared value: its core, or what stands for one in another
// process.
type Object[T Core] struct {
	core   T
	remote *shared.Remote
	near   atomic.Pointer[nearness[T]] // of a Reachable
}

// Reachable is a Core of memory that other processes can have as well.
type Reachable[T Core] interface {
	Core
	// Reach makes the core of the results of the operation "memory", no if the
	// memory cannot be had. It is called on the zero T.
	Reach(place []any) (core T, ok bool)
}

// nearness is a core of another process's memory, if that can be had.
type nearness[T Core] struct {
	core T
	ok   bool
}

// New makes the shared value of a core.
func New[T Core](core T) *Object[T] { return &Object[T]{core: core} }

// Core returns the core, ok if it is in this process or was reached.
func (o *Object[T]) Core() (core T, ok bool) {
	if o.remote == nil {
		return o.core, true
	}
	if n := o.near.Load(); n != nil {
		return n.core, n.ok
	}
	return core, false
}

// reach is Core for one that does an operation now.
func (o *Object[T]) reach(by By) (core T, ok bool) {
	r, can := any(core).(Reachable[T])
	if !can || o.near.Load() != nil {
		return o.Core()
	}
	place, err := o.ask(by, "memory", nil)
	if err != nil {
		return core, false
	}
	n := new(nearness[T])
	n.core, n.ok = r.Reach(place)
	o.near.Store(n)
	return n.core, n.ok
}

// Lend tells the core, if it wants to know, that another process gets the value.
func (o *Object[T]) Lend(p *shared.Peer) {
	if core, ok := any(o.core).(shared.Lent); ok && o.remote == nil {
		core.Lend(p)
	}
}

// Remote is the value of another process that o stands for, or nil.
func (o *Object[T]) Remote() *shared.Remote { return o.remote }

// Is says that both are the same value. Each state has handles of its own.
func (o *Object[T]) Is(other *Object[T]) bool {
	if o.remote != nil && other.remote != nil {
		return o.remote.Link() == other.remote.Link() && o.remote.ID() == other.remote.ID()
	}
	return o == other
}

// Beside says that both are in the same process.
func (o *Object[T]) Beside(other *Object[T]) bool {
	if o.remote == nil || other.remote == nil {
		return o.remote == other.remote
	}
	return o.remote.Link() == other.remote.Link()
}

// Received is a shared value that an operation has made.
func Received[T Core](v any) (*Object[T], error) {
	switch v := v.(type) {
	case *Object[T]:
		return v, nil
	case *shared.Remote:
		return Stub[T](v), nil
	}
	return nil, engine.Errorf(&engine.ErrorKind{Name: engine.KindInternal}, "the operation made a %T", v)
}

// Serve does an operation for another process.
func (o *Object[T]) Serve(ctx context.Context, r *shared.Request) ([]any, error) {
	if o.remote != nil {
		return o.remote.Serve(ctx, r)
	}
	by := By{
		Owner: r.Owner, Peer: r.From, Context: func() context.Context { return ctx }, check: func() error { return context.Cause(ctx) },
		wait: func(f func(context.Context) error) error { return f(ctx) },
	}
	out, err := o.core.Do(by, r.Op, r.Args)
	for i, v := range out {
		if it, ok := v.(Item); ok {
			out[i] = it.Data()
		}
	}
	return out, err
}

// Do does an operation for the calling task, which may wait for limit.
func (o *Object[T]) Do(c *engine.Call, limit *engine.Duration, op string, args ...any) ([]any, error) {
	return results(o.Run(Calling(c, limit), op, args))
}

// Run is Do as part of another operation.
func (o *Object[T]) Run(by By, op string, args []any) ([]any, error) {
	if o.remote == nil {
		return o.core.Do(by, op, args)
	}
	if core, ok := o.reach(by); ok {
		return core.Do(by, op, args)
	}
	return o.ask(by, op, args)
}

// DoUnder is Do under a context of the call, which may end earlier.
func (o *Object[T]) DoUnder(ctx context.Context, c *engine.Call, op string, args ...any) ([]any, error) {
	by := Calling(c, nil)
	by.wait = func(f func(context.Context) error) error {
		return c.Wait(func(context.Context) error { return f(ctx) })
	}
	by.Limited = true
	if o.remote != nil {
		return o.ask(by, op, args)
	}
	return results(o.core.Do(by, op, args))
}

// Finish does an operation that ends what the task began, also when the task is
// canceled.
func (o *Object[T]) Finish(c *engine.Call, op string, args ...any) error {
	if o.remote != nil {
		_, err := o.remote.Call(c.Background(), op, args...)
		return err
	}
	_, err := o.core.Do(Calling(c, nil), op, args)
	return err
}

func results(out []any, err error) ([]any, error) {
	for i, v := range out {
		if it, ok := v.(Item); ok {
			out[i] = it.Result()
		}
	}
	return out, err
}

// ask has the other process do the operation.
func (o *Object[T]) ask(by By, op string, args []any) (out []any, err error) {
	for i, v := range args {
		if it, ok := v.(Item); ok {
			args[i] = it.Data()
		}
	}
	err = by.wait(func(ctx context.Context) (err error) {
		out, err = o.remote.Call(ctx, op, args...)
		if err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	})
	return out, err
}

// Stub is the value that stands for one of another process.
func Stub[T Core](r *shared.Remote) *Object[T] { return &Object[T]{remote: r} }

// Type declares the type of shared values with a core; equal shows that
// handles of one value are equal.
func Type[T Core](name, doc, equal string, members ...module.Member) *engine.Type {
	t := engine.TypeOf[*Object[T]](name, doc, members...)
	t.Add(engine.Operator[*Object[T], *Object[T], bool]("__eq", "Say whether both are the same value, as the copies of a handle in several states are.",
		func(a, b *Object[T]) (bool, error) { return a.Is(b), nil }).Example(equal))
	t.Shared = true
	t.Stub = func(r *shared.Remote) any { return Stub[T](r) }
	return t
}

// By is the task that does an operation.
type By struct {
	Owner *shared.Owner
	Peer  *shared.Peer // its process, nil for this one
	// Limited says that the task waits for a limited time.
	Limited bool

	// Context lives until the task is canceled.
	Context func() context.Context

	check func() error
	wait  func(f func(ctx context.Context) error) error
}

// Calling is the task that makes a call, which waits for limit at most, if there
// is one.
func Calling(c *engine.Call, limit *engine.Duration) By {
	return By{Owner: c.Owner(), Limited: limit != nil, Context: c.Context, check: c.Canceled, wait: func(f func(context.Context) error) error {
		return c.Wait(func(context.Context) error {
			ctx, cancel, err := Limited(c, limit)
			if err != nil {
				return err
			}
			defer cancel()
			return f(ctx)
		})
	}}
}

// Limited is the context of a call that waits for limit at most; 0 is no time,
// which is an error at once.
func Limited(c *engine.Call, limit *engine.Duration) (context.Context, context.CancelFunc, error) {
	switch {
	case limit == nil:
		return c.Context(), func() {}, nil
	case *limit <= 0:
		return nil, nil, &engine.Error{Kind: engine.KindTimeout, Message: "it cannot be done at once", Retryable: true}
	}
	ctx, cancel := c.WithTimeout(*limit)
	return ctx, cancel, nil
}

// Wait does an operation of m now or as soon as it can be done.
func (by By) Wait(m *Monitor, l *Line, try func() bool) error {
	if err := by.check(); err != nil {
		return err
	}
	if m.Try(l, try) {
		return nil
	}
	return by.Block(func(ctx context.Context) error { return m.Wait(ctx, l, try) })
}

// Block runs f, which waits.
func (by By) Block(f func(ctx context.Context) error) error { return by.wait(f) }

// Within is the option of what waits.
type Within struct {
	Timeout *engine.Duration `lua:"timeout,arg" doc:"how long to wait, 0 for not at all; without it there is no limit"`
}

// One is the first result of an operation.
func One(out []any, err error) (any, error) {
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out[0], nil
}

// None is for operations without a result.
func None(_ []any, err error) (engine.None, error) { return engine.None{}, err }
