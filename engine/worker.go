package engine

import (
	"context"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
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
		Share:    s.share,
		TypeName: s.binder.TypeName,
		Refusal:  s.binder.Refusal,
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
	state   *State
	globals []variable // as they are before a job
	broken  bool
	leave   func()
}

// Raise is a value raised in another state that is no error object: a string or
// a table. A handler that returns it raises a copy of the value.
type Raise struct {
	Value *Snapshot
	Text  string // the value for people
	Trace string // where it was raised
}

func (r *Raise) Error() string { return r.Text }

// Origin is the script that a worker works for.
type Origin struct {
	Script  string   // its name
	Args    []string // what it was started with
	Dir     string   // where require looks first
	Globals bool     // modules are globals
}

// Origin tells whose worker one would be that the calling state makes.
func (c *Call) Origin() Origin {
	s := c.state
	return Origin{Script: s.script, Args: s.args, Dir: s.loader.dir, Globals: s.global}
}

// NewWorker makes a worker with the modules and the host of the calling state.
// It lives until Close.
func (c *Call) NewWorker() (*Worker, error) {
	crew, err := c.state.crew.join()
	if err != nil {
		return nil, err
	}
	w := c.state.engine.newWorker(c.state.ctx, c.state.host, c.Origin(), c.state.crew)
	w.leave = crew
	return w, nil
}

// NewWorker makes a worker that acts for a script. It lives until Close, or
// until ctx ends.
func (e *Engine) NewWorker(ctx context.Context, h *host.Host, o Origin) *Worker {
	return e.newWorker(ctx, h, o, newCrew(e.opts.Limits.Workers))
}

func (e *Engine) newWorker(ctx context.Context, h *host.Host, o Origin, crew *crew) *Worker {
	s := e.newState(ctx, h)
	s.crew = crew
	s.script, s.args, s.loader.dir = o.Script, o.Args, o.Dir
	s.binder.Snapshots.Overwrite = true
	if o.Globals {
		s.UseModules()
	}
	w := &Worker{state: s, leave: func() {}}
	global := s.world.Root.G.Global
	for k, v := global.Next(lua.LNil); k != lua.LNil; k, v = global.Next(k) {
		w.globals = append(w.globals, variable{k, v})
	}
	return w
}

var _ Runner = (*Worker)(nil)

// Close ends the worker.
func (w *Worker) Close() error {
	defer w.leave()
	return w.state.Close()
}

// Usable says that the worker may run another job: none was stopped hard or
// failed inside the engine.
func (w *Worker) Usable() bool { return !w.broken }

// Run calls a copied function with copied arguments and copies its first result
// back. The end of ctx stops it. What the job left open is then closed and what
// it did to the globals undone, so that the next job finds what this one found;
// only modules stay loaded.
func (w *Worker) Run(ctx context.Context, fn *Snapshot, args ...*Snapshot) (*Snapshot, error) {
	return w.RunCancelable(ctx, context.Background(), fn, args...)
}

// RunCancelable is Run with a second context, whose end cancels the job as
// Task.Cancel does.
func (w *Worker) RunCancelable(ctx, soft context.Context, fn *Snapshot, args ...*Snapshot) (out *Snapshot, err error) {
	s := w.state
	if err := s.world.Reset(); err != nil {
		return nil, err
	}
	defer s.stopWith(ctx)()
	t := s.world.NewTask(ctx, "job")
	t.Claim()
	defer atEnd(soft, func(cause error) {
		e := fault.Classify(cause)
		s.world.Cancel(&fault.Error{Kind: fault.Canceled, Message: e.Message, Cause: cause})
	})()
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
			return refused("result", terr)
		})
	}
	if err != nil {
		s.world.Cancel(fault.New(fault.Canceled, "the job has failed"))
	}
	if orphan := s.world.Settle(context.Background(), t); orphan != nil {
		if err == nil {
			err = orphan
		}
		s.world.Cancel(fault.New(fault.Canceled, "a task of the job has failed"))
		s.world.Drain(t)
	}
	cerr := s.world.CloseHandles()
	if err != nil {
		err = w.portable(err)
	} else if cerr != nil {
		err = fault.Classify(cerr)
	}
	t.End(nil, nil)
	if stopped := s.world.Stopped(); stopped != nil {
		w.broken = true
		if err != nil {
			err = stopped
		}
	}
	w.broken = w.broken || fault.KindOf(err) == fault.Internal
	w.tidy()
	return out, err
}

// variable is a global and its value.
type variable struct{ name, value lua.LValue }

// tidy undoes what a job left in the state.
func (w *Worker) tidy() {
	s := w.state
	s.locals.clear()
	_ = s.locked(func() error {
		s.binder.ForgetAll()
		if !w.pristine() {
			w.restoreGlobals()
		}
		return nil
	})
}

// pristine says whether the globals are as before any job, in the same order.
// Most jobs leave them so.
func (w *Worker) pristine() bool {
	global := w.state.world.Root.G.Global
	i := 0
	for k, v := global.Next(lua.LNil); k != lua.LNil; k, v = global.Next(k) {
		if i >= len(w.globals) || w.globals[i].name != k || w.globals[i].value != v {
			return false
		}
		i++
	}
	return i == len(w.globals)
}

func (w *Worker) restoreGlobals() {
	global := w.state.world.Root.G.Global
	var names []lua.LValue
	for k, _ := global.Next(lua.LNil); k != lua.LNil; k, _ = global.Next(k) {
		names = append(names, k)
	}
	for _, k := range names {
		global.RawSet(k, lua.LNil)
	}
	for _, g := range w.globals {
		global.RawSet(g.name, g.value)
	}
}

// refused says which part of what cannot cross.
func refused(what string, err error) error {
	var r *snapshot.Refused
	if errors.As(err, &r) {
		e := fault.New(fault.CopyRefused, "%s", r.Why)
		e.Target = what + r.Path
		return e
	}
	return err
}

// portable makes of what a job raised an error that belongs to no state.
func (w *Worker) portable(err error) error {
	var raised *vm.Raised
	if errors.As(err, &raised) {
		if e := vm.AsError(raised.Value); e != nil {
			return e.Portable()
		}
		r := &Raise{Text: raised.Error(), Trace: raised.Trace}
		if terr := w.state.locked(func() (terr error) {
			r.Value, terr = w.state.binder.Snapshots.Take(raised.Value)
			return terr
		}); terr != nil {
			e := fault.New(fault.Lua, "%s", r.Text).WithHint("the value raised stays in the worker: %v", terr)
			e.Traceback = r.Trace
			return e
		}
		return r
	}
	var exit *vm.ErrUnwound
	if errors.As(err, &exit) {
		return fault.New("worker.exit", "the job called os.exit(%d)", exit.Code).
			WithHint("a job returns its result or raises; only the script itself may exit")
	}
	return err
}
