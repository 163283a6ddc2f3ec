package bind

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Func is a Lua function that native code may call, from any goroutine.
type Func struct {
	b  *Binder
	fn lua.LValue
}

// NewFunc wraps a callable Lua value.
func (b *Binder) NewFunc(fn lua.LValue) *Func { return &Func{b, fn} }

// Frame is the place in a task from which native code runs. A context that
// carries one makes callbacks part of that task.
type Frame struct {
	Task *vm.Task
	L    *lua.LState
	Held bool // the baton is held: an inline function
}

type frameKey struct{}

// TaskOf returns the task that ctx, the context of a native call, belongs to,
// or nil.
func TaskOf(ctx context.Context) *vm.Task {
	if f, ok := ctx.Value(frameKey{}).(*Frame); ok {
		return f.Task
	}
	return nil
}

// WithFrame returns a context that carries f.
func WithFrame(ctx context.Context, f *Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// Call calls the function with args and returns its results. Under the context
// of a native call it runs as part of the calling task; elsewhere as a task of
// its own, which ctx stops. It waits for the baton.
func (f *Func) Call(ctx context.Context, args ...any) (results []any, err error) {
	err = f.with(ctx, args, func(values []lua.LValue) error {
		for _, v := range values {
			d, err := f.b.Detach(v)
			if err != nil {
				return err
			}
			results = append(results, d)
		}
		return nil
	})
	return results, err
}

// CallRaw is Call for results that stay in the state.
func (f *Func) CallRaw(ctx context.Context, args ...any) (results []Value, err error) {
	err = f.with(ctx, args, func(values []lua.LValue) error {
		for _, v := range values {
			results = append(results, Value{v})
		}
		return nil
	})
	return results, err
}

func (f *Func) with(ctx context.Context, args []any, take func([]lua.LValue) error) (err error) {
	w := f.b.World
	frame, _ := ctx.Value(frameKey{}).(*Frame)
	var (
		t    *vm.Task
		from *lua.LState
	)
	if frame != nil {
		t, from = frame.Task, frame.L
	} else {
		t = w.NewTask(ctx, "callback")
		t.Claim()
		if w.Trace != nil {
			t.Traced(vm.DefinedAt(f.fn))
		}
		undo := t.StopWith(ctx, vm.StopCause)
		defer func() {
			undo()
			t.End(nil, err)
		}()
	}
	if frame == nil || !frame.Held {
		w.LockFor(t, from)
		defer w.Unlock()
	}
	return vm.Guard(func() error {
		values := make([]lua.LValue, len(args))
		for i, a := range args {
			values[i] = f.b.Encode(a)
		}
		results, err := w.CallOn(t, from, f.fn, values...)
		if frame == nil {
			err = t.CleanUp(err)
		}
		if err != nil {
			return err
		}
		return take(results)
	}, nil)
}

// Value returns the function as a value.
func (f *Func) Value() Value { return Value{f.fn} }

// Lua returns the function as a value of its state.
func (f *Func) Lua() lua.LValue { return f.fn }

// LuaType names the type in documentation.
func (*Func) LuaType() string { return "function" }
