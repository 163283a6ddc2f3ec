package engine

import (
	"context"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/loader"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/trace"
)

// codec is the structured copy of the state.
func (s *State) codec() *snapshot.Codec {
	return &snapshot.Codec{
		Root: s.world.Root,
		Null: s.binder.Null,
		NameOf: func(v lua.LValue) (string, bool) {
			path, ok := s.names.of[v]
			return path, ok
		},
		Lookup:   s.named,
		Shared:   s.binder.SharedValue,
		Share:    s.share,
		TypeName: s.binder.TypeName,
		Refusal:  s.binder.Refusal,
		Error:    func(e *fault.Error) lua.LValue { return s.world.ErrorValue(e) },
		ListMeta: s.binder.ListMeta(),
		Stopped:  s.stopped,
	}
}

// stopped returns what stopped the task that has the baton.
func (s *State) stopped() error {
	if t := vm.TaskOf(s.world.Root.G.CurrentThread); t != nil {
		return t.Stopped()
	}
	return nil
}

// named finds a value that every state has, requiring its module if need be.
func (s *State) named(path string) (lua.LValue, error) {
	if v := s.names.values[path]; v != nil {
		return v, nil
	}
	kind, name, ok := strings.Cut(path, ":")
	if !ok {
		return nil, fault.New(fault.CopyRefused, "'%s' does not exist in this state", path)
	}
	if kind == "module" {
		name, _, _ = strings.Cut(name, ".")
	}
	if _, err := s.loader.Load(s.world.Root.G.CurrentThread, name); err != nil {
		return nil, err
	}
	if v := s.names.values[path]; v != nil {
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
	late    bool // TidyLater
	untidy  bool // since the last job

	stopJob, cancelJob func(cause error)
	leave              func()
	lane               *trace.Lane // in the trace, once it has had a job
	name               string      // there

	what, origin string // of its tasks
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
	File    string   // its file, "" for none
	Args    []string // what it was started with
	Dir     string   // where require looks first
	Module  string   // the module that the script is, "" for none
	Package bool     // it is a package's init.lua
	Path    string   // package.path, as the script has set it
	Globals bool     // modules are globals
	Finders bool     // functions of the script find modules, which stay with it
	Process ProcessInfo
}

// Origin tells whose worker one would be that the calling state makes.
func (c *Call) Origin() Origin {
	s := c.state
	script := s.loader.Script()
	return Origin{Script: s.script, File: script.File, Args: s.args, Dir: script.Dir, Module: script.Module, Package: script.Package, Path: s.loader.Path(), Globals: s.global, Finders: s.loader.HasFinders(), Process: s.process}
}

// NewWorker makes a worker with the modules and the host of the calling state.
// It lives until Close.
func (c *Call) NewWorker() (*Worker, error) {
	leave, err := c.state.crew.Join()
	if err != nil {
		return nil, err
	}
	w := c.state.engine.NewWorker(c.state.ctx, c.state.host, c.Origin(), c.state.crew)
	w.leave = leave
	return w, nil
}

// NewWorker makes a worker that acts for a script and counts its own workers
// with crew. It lives until Close, or until ctx ends.
func (e *Engine) NewWorker(ctx context.Context, h *host.Host, o Origin, crew Crew) *Worker {
	s := e.newState(ctx, h)
	s.crew, s.process = crew, o.Process
	s.script, s.args = o.Script, o.Args
	s.loader.SetScript(loader.Script{Name: o.Script, File: o.File, Dir: o.Dir, Module: o.Module, Package: o.Package, Worker: true, Finders: o.Finders})
	if o.Path != "" {
		s.loader.SetPath(o.Path)
	}
	s.binder.Snapshots.Overwrite = true
	if o.Globals {
		s.UseModules()
	}
	w := &Worker{state: s, leave: func() {}}
	w.stopJob = func(cause error) { s.world.Stop(vm.StopCause(cause)) }
	w.cancelJob = func(cause error) {
		e := fault.Classify(cause)
		s.world.Cancel(&fault.Error{Kind: fault.Canceled, Message: e.Message, Cause: cause})
	}
	w.settle()
	return w
}

// settle notes the globals as what the jobs find.
func (w *Worker) settle() {
	w.globals = w.globals[:0]
	global := w.state.world.Root.G.Global
	for k, v := global.Next(lua.LNil); k != lua.LNil; k, v = global.Next(k) {
		w.globals = append(w.globals, variable{k, v})
	}
}

var _ Runner = (*Worker)(nil)

// Close ends the worker.
func (w *Worker) Close() error {
	defer w.leave()
	defer func() { w.lane.Close() }()
	return w.state.Close()
}

// Identify says what the worker's tasks are called where people read of them,
// such as in a report of a deadlock, and which line of the script made it.
func (w *Worker) Identify(what, origin string) { w.what, w.origin = what, origin }

// SetLocal sets what Call.Local finds under key in the next job.
func (w *Worker) SetLocal(key, v any) {
	w.state.locals.set(key, v)
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
	return w.run(ctx, soft, false, fn, args)
}

// Init is Run for a function that prepares the worker: the globals that it sets
// and what it opens stay for the jobs.
func (w *Worker) Init(ctx context.Context, fn *Snapshot, args ...*Snapshot) error {
	_, err := w.run(ctx, context.Background(), true, fn, args)
	return err
}

// run is RunCancelable; lasting says that what the function does stays if it
// does not fail.
func (w *Worker) run(ctx, soft context.Context, lasting bool, fn *Snapshot, args []*Snapshot) (out *Snapshot, err error) {
	s := w.state
	if err := s.world.Reset(); err != nil {
		return nil, err
	}
	w.Tidy()
	if a, ok := ctx.(Attachable); ok {
		a.Attach(w.stopJob)
		defer a.Detach()
	} else {
		defer s.stopWith(ctx)()
	}
	t := s.world.NewTask(s.ctx, "job") // stopWith stops it, for less than a context beneath ctx costs
	t.Claim()
	if w.what != "" {
		t.Name, t.Origin = w.what, w.origin
	}
	if s.world.Trace != nil {
		w.traced(t, fn)
		defer func() { w.lane.Finish(tracedJob, tracedKind(err)) }()
	}
	if a, ok := soft.(Attachable); ok {
		a.Attach(w.cancelJob)
		defer a.Detach()
	} else {
		defer atEnd(soft, w.cancelJob)()
	}
	job := s.world.Root.NewFunction(func(L *lua.LState) int {
		L.Push(s.binder.Encode(fn))
		for _, a := range args {
			L.Push(s.binder.Encode(a))
		}
		L.Call(len(args), 1)
		return 1
	})
	values, err := t.Run(job)
	if err == nil && len(values) > 0 && !lasting {
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
		if _, exit := vm.Exit(orphan); err == nil || exit {
			err = orphan
		}
		s.world.Cancel(fault.New(fault.Canceled, "a task of the job has failed"))
		s.world.Drain(t)
	}
	lasting = lasting && err == nil
	if lasting {
		s.world.KeepHandles()
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
			err = stoppedAt(stopped, err)
		}
	}
	w.broken = w.broken || fault.KindOf(err) == fault.Internal
	w.untidy = !(lasting && err == nil)
	if !w.untidy {
		w.settle()
	} else if !w.late {
		w.Tidy()
	}
	return out, err
}

// Attachable is a context that calls a function at its end itself, which is far
// cheaper for a small job than what context.AfterFunc does. One function at a
// time is attached. When Detach has returned, the function has too, or is not
// called any more.
type Attachable interface {
	Attach(f func(cause error))
	Detach()
}

// TidyLater leaves it to Tidy, at the latest to the next job, to undo what a job
// left in the state, so that nobody who waits for the job waits for that.
func (w *Worker) TidyLater() { w.late = true }

// Tidy undoes what the last job left in the state.
func (w *Worker) Tidy() {
	if w.untidy {
		w.untidy = false
		w.tidy()
	}
}

// variable is a global and its value.
type variable struct{ name, value lua.LValue }

// tidy undoes what a job left in the state.
func (w *Worker) tidy() {
	s := w.state
	s.locals.clear()
	_ = s.locked(func() error {
		s.watchTasks(0, nil)
		s.binder.ForgetAll()
		if !w.pristine() {
			w.restoreGlobals()
		}
		return nil
	})
}

// pristine says whether the globals are as before any job. Most jobs leave them
// so. A table lists its keys in the order in which they came, so whatever is new
// stands before the first known key, being a number of the array, or behind the
// last; to look the others up costs half of walking them.
func (w *Worker) pristine() bool {
	global := w.state.world.Root.G.Global
	n := len(w.globals)
	if n == 0 {
		return false
	}
	if first, _ := global.Next(lua.LNil); first != w.globals[0].name {
		return false
	}
	for i := range w.globals {
		if g := &w.globals[i]; global.RawGet(g.name) != g.value {
			return false
		}
	}
	last, _ := global.Next(w.globals[n-1].name)
	return last == lua.LNil
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
	if err == nil {
		return nil
	}
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
			if t, ok := raised.Value.(*lua.LTable); ok && t.Metatable == lua.LNil {
				r.Text = vm.TableText(t)
			}
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
		e := fault.New("worker.exit", "the job called os.exit(%d)", exit.Code).
			WithHint("a job returns its result or raises; only the script itself may exit")
		e.Code = exit.Code
		return e
	}
	return err
}
