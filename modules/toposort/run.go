package toposort

import (
	"context"
	"errors"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// Pool is what run needs of a pool. Start queues a call of fn; ended is called
// once, from any goroutine and perhaps before Start returns, with what the call
// returned or raised, and does not block. Stop ends the call early.
type Pool interface {
	Start(c *engine.Call, fn *engine.Snapshot, args []*engine.Snapshot, ended func(out *engine.Snapshot, err error)) (stop func(why string), err error)
}

// taskPool is a pool whose work is tasks of the script itself: nothing is
// copied, and only how many there are at a time is the pool's. Tasks is 0 for
// pools of other kinds.
type taskPool interface{ Tasks() int }

func run(c *engine.Call, in runIn) (any, error) {
	g, err := in.Deps.graph(in.Self)
	if err != nil {
		return nil, err
	}
	if _, _, err := layers(c.Context(), g, false); err != nil {
		return nil, err
	}
	if in.DryRun {
		return levels(c.Context(), g, true)
	}
	if in.Jobs < 0 || in.Retries < 0 {
		return nil, engine.Invalid("jobs and retries must not be negative")
	}
	fn := c.Callable(in.Fn)
	if fn == nil {
		return nil, engine.Invalid("argument 'fn' must be a function, got %s", in.Fn.Describe())
	}
	if p, ok := in.Pool.(taskPool); ok && p.Tasks() > 0 {
		in.Pool = nil
		if in.Jobs == 0 || in.Jobs > p.Tasks() {
			in.Jobs = p.Tasks()
		}
	}
	m, err := meter.New(c, in.Progress, meter.Items)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	r := newRunner(c, g, in, m.Start("toposort", int64(g.Len())))
	if in.Pool == nil {
		r.start = r.asTask(fn)
	} else if r.start, err = r.onPool(in); err != nil {
		return nil, err
	}
	return r.bar.finish(r.run)
}

// ending is the end of the work for a node.
type ending struct {
	id  int32
	out any
	err error
}

type state uint8

const (
	pending state = iota
	begun
	succeeded
	failed
)

// runner is one call of run. Only its goroutine touches it; the work reports to
// ends, which has room for all.
type runner struct {
	c     *engine.Call
	g     *digraph.Graph
	in    runIn
	bar   bar
	start func(id int32, needs engine.Dict) (stop func(why string), err error)
	ends  chan ending

	missing []int32 // needs that are not done
	ready   []int32
	running map[int32]func(why string)
	states  []state
	tries   []int
	outs    []any
	errs    engine.Dict // in the order of the failures
	first   int32       // the first node that failed
	cause   error       // its failure
	halt    error       // no new work begins; not the failure of a node
}

// bar is the progress of run.
type bar struct{ *meter.Bar }

func (b bar) finish(work func() (any, error)) (any, error) {
	out, err := work()
	if err = b.Finish(err); err != nil {
		return nil, err
	}
	return out, nil
}

func newRunner(c *engine.Call, g *digraph.Graph, in runIn, b *meter.Bar) *runner {
	n := g.Len()
	r := &runner{
		c: c, g: g, in: in, bar: bar{b}, first: -1,
		ends: make(chan ending, n), missing: make([]int32, n), running: map[int32]func(string){},
		states: make([]state, n), tries: make([]int, n), outs: make([]any, n),
	}
	for _, id := range g.Sorted() {
		for _, need := range g.To(id) {
			if need != id {
				r.missing[id]++
			}
		}
		if r.missing[id] == 0 {
			r.ready = append(r.ready, id)
		}
	}
	return r
}

// asTask does the work in a task of the script.
func (r *runner) asTask(fn *engine.Func) func(int32, engine.Dict) (func(string), error) {
	return func(id int32, needs engine.Dict) (func(string), error) {
		t := r.c.Spawn(fn, r.g.Nodes[id], needs)
		t.Claim()
		t.OnEnd(func() {
			values, err := t.Result()
			var out any
			if len(values) > 0 {
				out = values[0]
			}
			r.ends <- ending{id, out, err}
		})
		return t.Cancel, nil
	}
}

// onPool does the work on a worker of a pool.
func (r *runner) onPool(in runIn) (func(int32, engine.Dict) (func(string), error), error) {
	p, ok := in.Pool.(Pool)
	if !ok {
		return nil, engine.Invalid("argument 'pool' must be a pool, as pool.new makes them")
	}
	fn, err := r.c.Snapshot("fn", in.Fn)
	if err != nil {
		return nil, err
	}
	return func(id int32, needs engine.Dict) (func(string), error) {
		node, err := r.c.Snapshot("node "+r.g.Label(id), r.g.Nodes[id])
		if err != nil {
			return nil, err
		}
		results, err := r.c.Snapshot("needs of "+r.g.Label(id), needs)
		if err != nil {
			return nil, err
		}
		return p.Start(r.c, fn, []*engine.Snapshot{node, results}, func(out *engine.Snapshot, err error) {
			r.ends <- ending{id, out, err}
		})
	}, nil
}

func (r *runner) run() (any, error) {
	ctx := r.c.Context()
	for {
		r.begin(ctx)
		if len(r.running) == 0 && ctx.Err() == nil {
			break
		}
		select {
		case e := <-r.ends:
			r.end(e)
		case <-ctx.Done():
			r.abandon(engine.Classify(context.Cause(ctx)).Message)
			return nil, context.Cause(ctx)
		}
	}
	if r.halt != nil {
		return nil, r.halt
	}
	if r.first >= 0 {
		return nil, r.failure()
	}
	return r.results(), nil
}

// begin starts the work for nodes that are ready, as far as there is room.
func (r *runner) begin(ctx context.Context) {
	for len(r.ready) > 0 && ctx.Err() == nil && r.halt == nil && (r.first < 0 || r.in.KeepGoing) && (r.in.Jobs == 0 || len(r.running) < r.in.Jobs) {
		id := r.ready[0]
		r.ready = r.ready[1:]
		var needs engine.Dict
		for _, need := range r.g.To(id) {
			if need != id && r.outs[need] != nil {
				needs = append(needs, engine.DictItem{Key: r.g.Nodes[need], Value: r.outs[need]})
			}
		}
		r.tries[id]++
		r.states[id] = begun
		stop, err := r.start(id, needs)
		if err != nil {
			r.fail(id, err)
			continue
		}
		r.running[id] = stop
	}
}

func (r *runner) end(e ending) {
	delete(r.running, e.id)
	switch {
	case e.err == nil:
		r.states[e.id], r.outs[e.id] = succeeded, e.out
		var released []int32
		for _, other := range r.g.Reverse().To(e.id) {
			if other != e.id {
				if r.missing[other]--; r.missing[other] == 0 {
					released = append(released, other)
				}
			}
		}
		r.g.SortIDs(released)
		r.ready = append(r.ready, released...)
		if err := r.bar.Add(1); err != nil && r.halt == nil {
			r.halt = err
		}
	case r.tries[e.id] <= r.in.Retries && r.halt == nil && (r.first < 0 || r.in.KeepGoing):
		r.states[e.id] = pending
		r.ready = append([]int32{e.id}, r.ready...)
	default:
		r.fail(e.id, e.err)
	}
}

func (r *runner) fail(id int32, err error) {
	r.states[id] = failed
	if r.first < 0 {
		r.first, r.cause = id, err
	}
	r.errs = append(r.errs, engine.DictItem{Key: r.g.Nodes[id], Value: raised(err)})
}

// raised is a failure as a value: what a job raised that is no error object is
// a value of its own.
func raised(err error) any {
	var other *engine.Raise
	if errors.As(err, &other) {
		return other.Value
	}
	return err
}

// abandon ends the work in progress and waits until it has ended.
func (r *runner) abandon(why string) {
	for _, stop := range r.running {
		stop(why)
	}
	for len(r.running) > 0 {
		delete(r.running, (<-r.ends).id)
	}
}

func (r *runner) results() engine.Dict {
	list := engine.Dict{}
	for _, id := range r.g.Sorted() {
		if r.states[id] == succeeded {
			list = append(list, engine.DictItem{Key: r.g.Nodes[id], Value: r.outs[id]})
		}
	}
	return list
}

// failure is the error for the script.
func (r *runner) failure() error {
	var left []int32
	for _, id := range r.g.Sorted() {
		if r.states[id] == pending {
			left = append(left, id)
		}
	}
	cause := engine.Classify(r.cause)
	e := engine.Errorf(errFailed, "%s", cause.Error())
	e.Target = r.g.Label(r.first)
	e.Retryable, e.Traceback = cause.Retryable, cause.Traceback
	if n := len(r.errs); n > 1 {
		e.Hint = "more nodes failed; e.errors has what each of them raised"
	}
	e.Fields = map[string]any{
		"failed": r.g.Nodes[r.first], "errors": r.errs, "not_run": r.g.Values(left), "results": r.results(),
	}
	return e
}
