package engine

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Call is one call of a native function: its only door to the world.
type Call struct {
	state *State
	task  *vm.Task
	frame bind.Frame
	name  string
	ctx   context.Context

	limit  time.Duration // of WithTimeout, for the message
	forget io.Closer     // a handle that the handler closed
}

// Context ends when the task is canceled or the script's deadline passes.
// Callbacks made under it are part of the calling task.
func (c *Call) Context() context.Context {
	if c.ctx == nil {
		c.ctx = bind.WithFrame(c.task.Context(), &c.frame)
	}
	return c.ctx
}

// WithTimeout returns the call's context with a limit; 0 sets none.
func (c *Call) WithTimeout(d Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(c.Context())
	}
	c.limit = d.Std()
	return host.WithTimeout(c.Context(), c.state.host.Clock, d.Std(), nil)
}

// Wait runs f, which blocks, from an inline function that finds that it must
// wait after all: the baton is given up meanwhile. A canceled task raises
// instead of waiting.
func (c *Call) Wait(f func(ctx context.Context) error) (err error) {
	if !c.frame.Held {
		return f(c.Context())
	}
	if e := c.task.Check(); e != nil {
		return e
	}
	ctx := c.Context()
	lane := c.task.Lane()
	lane.Begin(tracedCall, c.name)
	c.frame.Held = false
	before := c.task.Enter(&c.name)
	c.state.world.Unlock()
	defer func() {
		c.task.Enter(before)
		c.state.retake(lane, c.frame.L)
		c.frame.Held = true
	}()
	if lane != nil {
		defer func() { lane.End(tracedKind(err)) }()
	}
	return f(ctx)
}

// Canceled returns what a blocking call of the task would raise now, or nil: for
// inline functions that do not block but stand in loops.
func (c *Call) Canceled() error {
	if e := c.task.Check(); e != nil {
		return e
	}
	return nil
}

// Copy copies the argument called name out of the state, as a parameter of type
// *Snapshot does. Only inline functions may call it.
func (c *Call) Copy(name string, v Value) (*Snapshot, error) {
	s, err := c.state.binder.Snapshots.Take(v.Lua())
	return s, refused(name, err)
}

// Restore puts a copy of a value into the state.
func (c *Call) Restore(s *Snapshot) (v Value, err error) {
	restore := func() error {
		return vm.Guard(func() error {
			v = bind.ValueOf(c.state.binder.Encode(s))
			return nil
		}, nil)
	}
	if c.frame.Held {
		err = restore()
	} else {
		err = c.state.locked(restore)
	}
	return v, err
}

// Holding runs f with the baton, whether the call has it or not.
func (c *Call) Holding(f func() error) error {
	if c.frame.Held {
		return f()
	}
	return c.state.locked(f)
}

// Raised is the error by which a handler raises the value itself.
func (c *Call) Raised(v Value) error { return &vm.Raised{Value: v.Lua()} }

// warnedOf is the key of the variables that WarnAssigned has named.
type warnedOf struct{}

// WarnAssigned logs, once for each variable, that a function which goes to another
// state assigns variables that it captured. what is that state for people:
// "worker", "thread".
func (c *Call) WarnAssigned(what string, fn *Snapshot) {
	for _, a := range fn.Assigned {
		known := c.Local(warnedOf{}, func() any { return new(sync.Map) }).(*sync.Map)
		if _, again := known.LoadOrStore(a, true); !again {
			c.Host().Log.Warn("the function assigns a variable that it captured: the "+what+" has a copy, so the script's own does not change; return the value, or share a thread.counter or thread.map",
				"variable", a.Name, "at", a.At)
		}
	}
}

// Owner is the calling task as one that may hold locks.
func (c *Call) Owner() *shared.Owner { return c.task.Owner() }

// Where is the line of the script that makes the call, such as "main.lua:3", ""
// for none.
func (c *Call) Where() string {
	if at := vm.Caller(c.frame.L).String(); at != "" {
		return at
	}
	if at := vm.Frames(c.frame.L, 1); len(at) > 0 { // called by pcall, or a coroutine's start
		return fmt.Sprintf("%s:%d", at[0].Source, at[0].Line)
	}
	return ""
}

// Place is Where for whoever may never ask for the text.
func (c *Call) Place() fmt.Stringer { return vm.Caller(c.frame.L) }

// SameTask says whether both calls are made by one task: a callback of a call
// that uses the handle which the call holds would wait for itself.
func (c *Call) SameTask(other *Call) bool { return c.task == other.task }

// Background lives until the state is closed: for servers and for whatever a
// handle does between calls. Callbacks under it are tasks of their own.
func (c *Call) Background() context.Context { return c.state.ctx }

// Host is the world as the script may see it.
func (c *Call) Host() *host.Host { return c.state.host }

// Stage replaces parts of the host for a while: for the fakes of tests.
func (c *Call) Stage() *host.Stage { return c.state.stage }

// Name is the function as scripts write it, such as "ftp.connect".
func (c *Call) Name() string { return c.name }

// ScriptArgs are the arguments that the script was started with.
func (c *Call) ScriptArgs() []string { return c.state.args }

// ScriptName is the name that the script was started by.
func (c *Call) ScriptName() string { return c.state.script }

// Engine is the engine that the state belongs to.
func (c *Call) Engine() *Engine { return c.state.engine }

// Go runs f on a goroutine. A panic in it does not end the process; it is
// logged, and failed, if given, hears of it.
func (c *Call) Go(f func(), failed ...func(error)) {
	log := c.state.engine.opts.Log
	go func() {
		err := vm.Guard(func() error { f(); return nil }, func(stack string) { log.Error("panic", "in", c.name, "stack", stack) })
		if err != nil {
			for _, report := range failed {
				report(err)
			}
		}
	}()
}

// Invoke calls f as part of this call and returns its first result.
func (c *Call) Invoke(f *Func, args ...any) (any, error) {
	results, err := f.Call(c.Context(), args...)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	return results[0], nil
}

// Forget says that the call has closed a handle, as a method declared with
// CloseMethod does.
func (c *Call) Forget(h io.Closer) { c.forget = h }

// MarkList marks a table as a list, so that it stays one when empty. Only
// inline functions may call it.
func (c *Call) MarkList(v Value) Value {
	if t, ok := v.Lua().(*lua.LTable); ok {
		c.state.binder.MarkList(t)
	}
	return v
}

// invoke makes the Lua function for a declared function.
func (s *State) invoke(name string, f *module.Func, of *module.Type) lua.LGFunction {
	if p, ok := f.Adapter.(*pure); ok {
		return s.compute(name, p, f, of)
	}
	a := f.Adapter.(*adapter)
	return func(L *lua.LState) int {
		c, in := a.make()
		c.state, c.task, c.name = s, vm.TaskOf(L), name
		c.frame = bind.Frame{Task: c.task, L: L, Held: f.Inline}
		out, err := s.perform(c, L, a, f, of, in)
		if err != nil {
			s.raise(c, L, err)
		}
		if c.forget != nil {
			s.binder.Forget(c.forget)
		}
		n, err := s.push(name, L, out)
		if err != nil {
			s.raise(c, L, err)
		}
		return n
	}
}

// push pushes the result of the function called name.
func (s *State) push(name string, L *lua.LState, out any) (n int, err error) {
	switch out := out.(type) { // what needs no encoding
	case lua.LString, lua.LNumber, lua.LBool:
		L.Push(out.(lua.LValue)) // as it is: a conversion would allocate again
		return 1, nil
	case Multi:
		if len(out) > 16 {
			arg.Room(L, len(out), " of "+name)
		}
	case nil:
		L.Push(lua.LNil)
		return 1, nil
	}
	return s.encode(name, L, out)
}

func (s *State) encode(name string, L *lua.LState, out any) (n int, err error) {
	defer s.recovered(name, &err)
	return s.binder.PushAll(L, out), nil
}

// decode decodes the arguments.
func (s *State) decode(c *Call, L *lua.LState, a *adapter, f *module.Func, of *module.Type, in any) (self any, err error) {
	base := 0
	if of != nil {
		if self, err = selfOf(L, of, f); err == nil {
			base = 1
		} else if self, base = implied(c, L, of); self == nil {
			return nil, err
		}
		err = nil
	}
	if len(f.Params) > 0 || L.GetTop() > base {
		err = a.plan().DecodeInto(s.binder, L, base, in)
	}
	return self, err
}

// perform decodes the arguments and runs the handler.
func (s *State) perform(c *Call, L *lua.LState, a *adapter, f *module.Func, of *module.Type, in any) (out any, err error) {
	self, err := s.decode(c, L, a, f, of, in)
	if err != nil {
		return nil, err
	}
	if f.Inline {
		return s.handle(c, a, self, in)
	}
	if e := c.task.Check(); e != nil {
		return nil, e
	}
	c.Context() // made here, with the baton, because the handler's goroutines may ask for it at once
	if lane := c.task.Lane(); lane != nil {
		return s.traced(lane, c, L, a, self, in)
	}
	s.world.Native.Add(1)
	before := c.task.Enter(&c.name) // with the baton: who takes it next sees the task wait
	s.world.Unlock()
	defer s.back(c, L, before)
	defer s.left(c.name, &err)
	return a.call(c, self, in)
}

// back takes the baton after native work.
func (s *State) back(c *Call, L *lua.LState, before *string) {
	c.task.Enter(before)
	s.world.Lock(L)
}

func (s *State) handle(c *Call, a *adapter, self, in any) (out any, err error) {
	s.world.Native.Add(1)
	defer s.left(c.name, &err)
	return a.call(c, self, in)
}

// left is deferred to the end of native code, which is recovered.
func (s *State) left(name string, err *error) {
	s.world.Native.Add(-1)
	if r := recover(); r != nil {
		*err = s.panicked(name, r)
	}
}

// recovered turns a Go panic into an error of kind internal; the process and
// the state live on, because no Lua frame was left half done.
func (s *State) recovered(name string, err *error) {
	if r := recover(); r != nil {
		*err = s.panicked(name, r)
	}
}

func (s *State) panicked(name string, r any) error {
	if e, ok := r.(*fault.Error); ok {
		return e
	}
	s.engine.opts.Log.Error("panic", "in", name, "panic", r, "stack", string(debug.Stack()))
	return fault.New(fault.Internal, "internal error: %v", r).
		WithHint("this is a defect of gscript, not of the script; please report it")
}

// raise throws err in L with what the call knows of it.
func (s *State) raise(c *Call, L *lua.LState, err error) {
	if e := c.task.Check(); e != nil {
		kind := fault.Classify(err).Kind
		if kind == fault.Canceled || kind == fault.Timeout || kind == fault.NetTimeout || kind == fault.NetClosed {
			s.world.Throw(L, e)
		}
	}
	switch err := err.(type) {
	case *vm.Raised:
		c.task.KeepTrace(err.Value, err.Trace)
		s.world.Throw(L, err)
	case *Raise:
		v := s.binder.Encode(err.Value)
		c.task.KeepTrace(v, err.Trace)
		L.Error(v, 0)
	}
	if _, ok := vm.Exit(err); ok {
		s.world.Throw(L, err)
	}
	own := *fault.Classify(err) // what ends a context belongs to all who heard of it
	e := &own
	if e.Op == "" {
		e.Op = c.name
	}
	if e.Kind == fault.Timeout && e.Message == "took too long" && c.limit > 0 {
		e.Message = fmt.Sprintf("took longer than %v", c.limit)
		e.Hint = "give more time with timeout=, or check that the other side answers"
	}
	s.world.Throw(L, e)
}

func selfOf(L *lua.LState, of *module.Type, f *module.Func) (any, error) {
	ud, ok := L.Get(1).(*lua.LUserData)
	if ok && bind.IsA(ud.Value, of) {
		return ud.Value, nil
	}
	return nil, fault.New(fault.ArgsInvalid, "%s is a method: its first argument is %s, not a %s", f.Name, bind.Describe(L.Get(1)), of.Name).
		WithHint("call it with a colon: value:%s(…)", f.Name)
}

// implied asks the type for the value that a method called without one means.
func implied(c *Call, L *lua.LState, of *module.Type) (self any, base int) {
	if of.Implied == nil {
		return nil, 0
	}
	self, taken := of.Implied(c, bind.ValueOf(L.Get(1)))
	if taken {
		base = 1
	}
	return self, base
}
