package engine

import (
	"context"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// codec is the structured copy of the state.
func (s *State) codec() *snapshot.Codec {
	return &snapshot.Codec{
		Root: s.world.Root,
		Null: s.binder.Null,
		NameOf: func(v lua.LValue) (string, bool) {
			path, ok := s.loader.names[v]
			return path, ok
		},
		Lookup:   s.named,
		Shared:   s.binder.SharedValue,
		Share:    func(v any) lua.LValue { return s.binder.Encode(v) },
		TypeName: s.binder.TypeName,
		Error:    func(e *fault.Error) lua.LValue { return s.world.ErrorValue(e) },
		ListMeta: s.binder.ListMeta(),
	}
}

// named finds a value that every state has, requiring its module if need be.
func (s *State) named(path string) (lua.LValue, error) {
	if v := s.loader.paths[path]; v != nil {
		return v, nil
	}
	kind, name, ok := strings.Cut(path, ":")
	if !ok {
		return nil, fault.New(fault.CopyRefused, "'%s' does not exist in this state", path)
	}
	if kind == "module" {
		name, _, _ = strings.Cut(name, ".")
	}
	if _, err := s.loader.load(s.world.Root.G.CurrentThread, name); err != nil {
		return nil, err
	}
	if v := s.loader.paths[path]; v != nil {
		return v, nil
	}
	return nil, fault.New(fault.CopyRefused, "'%s' does not exist in this state", path)
}

// Worker is a state of its own that runs copied functions, for pools. It may be
// used from any goroutine, by one at a time.
type Worker struct {
	state *State
}

// NewWorker makes a worker with the modules and permissions of the calling
// state. It lives until Close.
func (c *Call) NewWorker() *Worker {
	s := c.state.engine.NewState(c.state.ctx)
	s.script, s.args, s.loader.dir = c.state.script, c.state.args, c.state.loader.dir
	s.binder.Snapshots.Overwrite = true
	return &Worker{s}
}

var _ io.Closer = (*Worker)(nil)

// Close ends the worker.
func (w *Worker) Close() error { return w.state.Close() }

// Run calls a copied function with copied arguments and copies its first result
// back. The end of ctx stops it.
func (w *Worker) Run(ctx context.Context, fn *Snapshot, args ...*Snapshot) (out *Snapshot, err error) {
	s := w.state
	s.world.Reset()
	undo := context.AfterFunc(ctx, func() { s.world.Stop(vm.StopCause(context.Cause(ctx))) })
	defer undo()
	t := s.world.NewTask(ctx, "job")
	t.Claim()
	job := s.world.Root.NewFunction(func(L *lua.LState) int {
		L.Push(s.binder.Encode(fn))
		for _, a := range args {
			L.Push(s.binder.Encode(a))
		}
		L.Call(len(args), 1)
		return 1
	})
	values, err := t.Run(job)
	if err == nil && len(values) > 0 {
		err = s.locked(func() error {
			var terr error
			out, terr = s.binder.Snapshots.Take(values[0])
			return resultRefused(terr)
		})
	}
	if err != nil {
		s.world.Cancel(fault.New(fault.Canceled, "the job has failed"))
		err = portable(err)
	}
	if orphan := s.world.Settle(ctx, t); err == nil && orphan != nil {
		err = portable(orphan)
	}
	t.End(nil, nil)
	if stopped := s.world.Stopped(); stopped != nil && err != nil {
		err = stopped
	}
	return out, err
}

func resultRefused(err error) error {
	var r *snapshot.Refused
	if errors.As(err, &r) {
		e := fault.New(fault.CopyRefused, "%s", r.Why)
		e.Target = "result" + r.Path
		return e
	}
	return err
}

// portable makes of what a job raised an error that belongs to no state.
func portable(err error) error {
	var raised *vm.Raised
	if errors.As(err, &raised) {
		if e := vm.AsError(raised.Value); e != nil {
			own := *e
			return &own
		}
		return &fault.Error{Kind: fault.Lua, Message: raised.Error(), Traceback: raised.Trace}
	}
	var exit *vm.ErrUnwound
	if errors.As(err, &exit) {
		return fault.New("worker.exit", "the job called os.exit(%d)", exit.Code)
	}
	return err
}
