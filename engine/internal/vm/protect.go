package vm

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// A protected call runs on a Lua thread of its own. In stock gopher-lua a
// caught error closes the upvalues of every frame of the thread, also of those
// that go on running, so closures lose sight of live locals.

// Raised is a Lua value that was raised, as a Go error.
type Raised struct {
	Value lua.LValue
	Trace string
	Text  string // what __tostring made of the value, if it was asked
}

func (r *Raised) Error() string {
	if e := AsError(r.Value); e != nil {
		return e.Error()
	}
	switch v := r.Value.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numeral.Format(float64(v))
	}
	if r.Text != "" {
		return r.Text
	}
	return fmt.Sprintf("error object is a %s value", r.Value.Type())
}

// Unwrap gives the error object, so that errors.As finds a *fault.Error.
func (r *Raised) Unwrap() error {
	if e := AsError(r.Value); e != nil {
		return e
	}
	return nil
}

// exitValue travels as a raised value through frames that may not catch it.
type exitValue struct {
	code int
	at   string
}

// Call is a protected call in preparation: push the function and its arguments
// on Thread, then Run.
type Call struct {
	Thread *lua.LState
	hook   *hook
	reuse  bool
}

// Protect makes ready a protected call for task t, made by thread from (nil for
// a callback). catches says that the caller keeps errors to itself; with and
// finally pass them on. handler, if given, runs where the error is raised.
func (w *World) Protect(t *Task, from *lua.LState, catches bool, handler *lua.LFunction) (*Call, error) {
	var h *hook
	if n := len(w.idle); n > 0 {
		h = w.idle[n-1]
		w.idle = w.idle[:n-1]
	} else {
		h = w.newThread(roleProtected)
	}
	if !h.descend(from) {
		w.idle = append(w.idle, h)
		return nil, fault.New(fault.StackOverflow, "stack overflow: too many protected calls and coroutines inside one another")
	}
	h.gate, h.task, h.caller, h.handler, h.catches = raised, t, from, handler, catches
	return &Call{Thread: h.thread, hook: h}, nil
}

// Run makes the call; its results are then on Thread from index 1 on. Its frame
// is kept small, as are those of all functions between a task and a native
// function that waits: a waiting task then lives on a stack of 4 KiB.
func (c *Call) Run(nargs int) (err error) {
	defer c.leave(c.enter(), &err)
	if fn := c.Thread.Get(-nargs - 1); !callable(c.Thread, fn) {
		return c.refuse(fn)
	}
	if perr := c.Thread.PCall(nargs, lua.MultRet, nil); perr != nil {
		return c.failed(perr)
	}
	c.reuse = true
	return nil
}

// enter makes the thread of the call the one that runs, and returns the one
// that did.
func (c *Call) enter() (before *lua.LState) {
	t := c.hook.task
	g := t.World.Root.G
	before, g.CurrentThread = g.CurrentThread, c.Thread
	if c.hook.catches {
		t.catches++
	}
	return before
}

func (c *Call) leave(before *lua.LState, err *error) {
	t := c.hook.task
	t.World.Root.G.CurrentThread = before
	if r := recover(); r != nil { // PCall itself failed: the thread is lost
		c.reuse = false
		*err = c.failure(&lua.ApiError{Type: lua.ApiErrorPanic, Object: lua.LString(fmt.Sprint(r))})
	}
	if c.hook.catches {
		t.catches--
	}
}

func (c *Call) refuse(fn lua.LValue) error {
	c.reuse = true
	return c.failure(&lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString("attempt to call " + aValue(fn.Type().String()))})
}

func (c *Call) failed(err error) error {
	var api *lua.ApiError
	errors.As(err, &api)
	c.reuse = api.Type != lua.ApiErrorPanic
	return c.failure(api)
}

// Release gives the thread back. The results must have been taken.
func (c *Call) Release() {
	w := c.hook.task.World
	if !c.reuse || len(w.idle) >= 64 {
		return
	}
	c.Thread.SetTop(0)
	c.hook.caller, c.hook.handler = nil, nil
	w.idle = append(w.idle, c.hook)
}

func (c *Call) failure(api *lua.ApiError) error {
	t := c.hook.task
	if err := t.Stopped(); err != nil {
		return err
	}
	v := api.Object
	if ud, ok := v.(*lua.LUserData); ok {
		if x, ok := ud.Value.(exitValue); ok {
			return &ErrUnwound{Code: x.code, At: x.at}
		}
	}
	if api.Type == lua.ApiErrorPanic {
		e := t.World.panicked(api.Object.String())
		if e.Kind == fault.StackOverflow {
			e.Traceback = innermost(api.StackTrace)
		}
		v = t.World.ErrorValue(e)
	}
	// What raise did not see: a Go panic, or an error before the first
	// instruction. The frames are gone, but for those of the caller.
	unseen := api.Type == lua.ApiErrorPanic || c.hook.gate == raised
	if unseen && c.hook.catches { // others raise it again
		c.hook.probeRaised(c.hook.caller, v)
	}
	if h := c.hook.handler; h != nil && unseen {
		res, err := t.World.CallOn(t, c.hook.caller, h, v)
		if t.Uncatchable(err) {
			return err
		}
		if err == nil && len(res) > 0 {
			v = res[0]
		}
	}
	r := &Raised{Value: v}
	if e := AsError(v); e != nil {
		r.Trace = e.Traceback
	} else if t.trace.value == v {
		r.Trace = t.trace.lines
	}
	return r
}

// innermost is the function that gopher-lua's traceback begins with: the rest of
// a stack that overflowed says the same again.
func innermost(trace string) string {
	for line := range strings.Lines(trace) {
		line = strings.TrimSpace(line)
		if line != "" && line != "stack traceback:" && !strings.HasPrefix(line, "[G]") {
			return line
		}
	}
	return ""
}

// isOverflow knows the texts of the Go panics that gopher-lua's stack overflows
// are.
func isOverflow(text string) bool {
	return strings.Contains(text, "callstack overflow") || strings.Contains(text, "index out of range [-1]")
}

func internalPanic(r any) *fault.Error {
	return fault.New(fault.Internal, "internal error: %v", r).
		WithHint("this is a defect of gscript, not of the script; please report it")
}

// Guard runs f and turns a Go panic into an error of kind internal. The stack
// goes to log, which may be nil, never to the user.
func Guard(f func() error, log func(stack string)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if log != nil {
				log(fmt.Sprintf("%v\n%s", r, debug.Stack()))
			}
			err = internalPanic(r)
		}
	}()
	return f()
}

// CallOn calls fn on a thread of its own for task t and collects its results.
func (w *World) CallOn(t *Task, from *lua.LState, fn lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	c, err := w.Protect(t, from, false, nil)
	if err != nil {
		return nil, err
	}
	c.Thread.Push(fn)
	for _, a := range args {
		c.Thread.Push(a)
	}
	if err := c.Run(len(args)); err != nil {
		c.Release()
		return nil, err
	}
	n := c.Thread.GetTop()
	results := make([]lua.LValue, n)
	for i := range n {
		results[i] = c.Thread.Get(i + 1)
	}
	c.Release()
	return results, nil
}

// Throw raises err in L. It does not return.
func (w *World) Throw(L *lua.LState, err error) {
	L.Error(w.ValueOf(err), 0)
}

// ValueOf gives the Lua value that stands for err: the value that was raised,
// or an error object.
func (w *World) ValueOf(err error) lua.LValue {
	var raised *Raised
	if errors.As(err, &raised) {
		return raised.Value
	}
	var exit *ErrUnwound
	if errors.As(err, &exit) {
		return &lua.LUserData{Value: exitValue{exit.Code, exit.At}, Metatable: lua.LNil, Env: w.Root.Env}
	}
	return w.ErrorValue(fault.Classify(err))
}

// Uncatchable says that err passes through pcall: the task was stopped, or the
// script called os.exit.
func (t *Task) Uncatchable(err error) bool {
	var exit *ErrUnwound
	return t.stop.Load() != nil || errors.As(err, &exit)
}
