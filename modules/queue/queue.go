package queue

import (
	"context"
	"errors"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Queue is a queue, or what stands for one of another process.
type Queue = share.Object[*core]

type core struct{ pipe *share.Pipe }

// New makes a queue that gives the oldest item first. A max below 1 is no limit.
func New(max int) *Queue { return made(&share.FIFO{}, max) }

// NewLIFO makes one that gives the newest first.
func NewLIFO(max int) *Queue { return made(&share.LIFO{}, max) }

// NewPriority makes one that gives the item with the smallest priority first.
func NewPriority(max int) *Queue { return made(&share.Priority{}, max) }

func made(store share.Store, max int) *Queue {
	if max < 1 {
		max = share.Unbounded
	}
	return share.New(&core{share.NewPipe(store, max)})
}

// Do does an operation.
func (q *core) Do(by share.By, op string, args share.Args) ([]any, error) {
	p := q.pipe
	switch op {
	case "put":
		return nil, named(p.Put(by, args.Item(0), args.Item(1).Data()))
	case "try_put":
		ok, err := p.TryPut(args.Item(0), args.Item(1).Data())
		return []any{ok}, named(err)
	case "get":
		it, err := p.Get(by)
		return []any{it}, named(err)
	case "try_get":
		it, ok, err := p.TryGet()
		return []any{ok, it}, named(err)
	case "get_many":
		items, err := p.GetMany(by, args.Int(0))
		out := make([]any, len(items))
		for i, it := range items {
			out[i] = it
		}
		return out, named(err)
	case "task_done":
		return nil, named(p.Done(args.Int(0)))
	case "join":
		return nil, p.Join(by)
	case "close":
		p.Close(args.Bool(0))
		return nil, nil
	case "len":
		return []any{float64(p.Len())}, nil
	case "empty":
		return []any{p.Len() == 0}, nil
	case "full":
		return []any{p.Full()}, nil
	case "closed":
		return []any{p.Closed()}, nil
	case "select":
		others, err := pipes(q, args)
		if err != nil {
			return nil, err
		}
		i, it, err := share.Select(by, others)
		return []any{float64(i), it}, named(err)
	}
	return nil, shared.ErrUnknownOp
}

// named makes what a pipe says an error with a kind.
func named(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, share.ErrClosed):
		e := engine.Errorf(errClosed, "the queue is closed")
		e.Hint = "for v in q:each() ends by itself when the queue is closed and empty"
		return e
	case errors.Is(err, share.ErrTooOften):
		return engine.Errorf(errTooDone, "%v", err)
	case errors.Is(err, share.ErrOrder):
		return engine.Invalid("%v", err)
	}
	return err
}

// carry takes an item and its priority out of the calling state.
func carry(c *engine.Call, v, priority engine.Value) (it, key share.Item, err error) {
	if v.IsNil() {
		e := engine.Invalid("argument 'value' is nil, which cannot be told from the end of each")
		e.Hint = "put false, or a table around it such as {value=nil}"
		return it, key, e
	}
	if it, err = share.Carry(c, "value", v); err != nil {
		return it, key, err
	}
	key, err = share.Carry(c, "priority", priority)
	return it, key, err
}

func put(q *Queue, c *engine.Call, in putIn) (engine.None, error) {
	it, key, err := carry(c, in.Value, in.Priority)
	if err != nil {
		return engine.None{}, err
	}
	if core, ok := q.Core(); ok {
		return engine.None{}, named(core.pipe.Put(share.Calling(c, in.Timeout), it, key.Data()))
	}
	return share.None(q.Do(c, in.Timeout, "put", it, key))
}

func tryPut(q *Queue, c *engine.Call, in tryPutIn) (any, error) {
	it, key, err := carry(c, in.Value, in.Priority)
	if err != nil {
		return nil, err
	}
	return share.One(q.Do(c, nil, "try_put", it, key))
}

func get(q *Queue, c *engine.Call, in share.Within) (any, error) {
	if core, ok := q.Core(); ok {
		it, err := core.pipe.Get(share.Calling(c, in.Timeout))
		return it.Result(), named(err)
	}
	return share.One(q.Do(c, in.Timeout, "get"))
}

func tryGet(q *Queue, c *engine.Call, _ engine.None) (engine.Multi, error) {
	out, err := q.Do(c, nil, "try_get")
	if err != nil || out[0] == false {
		return engine.Multi{false}, err
	}
	return engine.Multi(out), nil
}

func getMany(q *Queue, c *engine.Call, in manyIn) (engine.List, error) {
	if in.Max < 1 {
		return nil, engine.Invalid("argument 'max' must be at least 1, got %d", in.Max)
	}
	out, err := q.Do(c, in.Timeout, "get_many", float64(in.Max))
	return engine.List(out), err
}

// each needs no baton: what waits here waits between two turns of the loop.
func each(q *Queue, c *engine.Call, _ engine.None) (*engine.Iterator, error) {
	return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
		out, err := q.DoUnder(ctx, c, "get")
		if engine.KindOf(err) == errClosed.Name {
			return nil, nil
		}
		return share.One(out, err)
	}}, nil
}

func taskDone(q *Queue, c *engine.Call, in doneIn) (engine.None, error) {
	if in.Count < 0 {
		return engine.None{}, engine.Invalid("argument 'count' must not be negative, got %d", in.Count)
	}
	return share.None(q.Do(c, nil, "task_done", float64(in.Count)))
}

func closeQueue(q *Queue, c *engine.Call, in closeIn) (engine.None, error) {
	return share.None(q.Do(c, nil, "close", in.Drop))
}

func selectFrom(c *engine.Call, in selectIn) (engine.Multi, error) {
	if len(in.Queues) == 0 {
		return nil, engine.Invalid("there must be a queue to select from")
	}
	others := make([]any, len(in.Queues)-1)
	for i, q := range in.Queues[1:] {
		others[i] = q
		if !in.Queues[0].Beside(q) {
			return nil, engine.Invalid("the queues belong to different processes; make them all in one")
		}
	}
	out, err := in.Queues[0].Do(c, in.Timeout, "select", others...)
	if err != nil {
		return nil, err
	}
	return engine.Multi{out[0].(float64) + 1, out[1]}, nil
}

// pipes are those of a queue and of others of this process.
func pipes(q *core, others share.Args) ([]*share.Pipe, error) {
	list := []*share.Pipe{q.pipe}
	for _, v := range others {
		other, ok := v.(*Queue)
		if !ok {
			return nil, engine.Invalid("a queue is expected")
		}
		core, ok := other.Core()
		if !ok {
			return nil, engine.Invalid("the queues belong to different processes; make them all in one")
		}
		list = append(list, core.pipe)
	}
	return list, nil
}
