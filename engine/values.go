package engine

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Globals is the table of the global variables. Only inline functions, and
// Holding, may look into it.
func (c *Call) Globals() Value { return bind.ValueOf(c.state.world.Root.G.Global) }

// Value makes a value of the state. Only inline functions, and Holding, may do so.
func (c *Call) Value(v any) Value { return bind.ValueOf(c.state.binder.Encode(v)) }

// Function makes a function of a value that can be called; nil for another.
func (c *Call) Function(v Value) *Func {
	if v.Type() != "function" {
		return nil
	}
	return c.state.binder.NewFunc(v.Lua())
}

// NewFunction makes a function of scripts of f, which keeps the baton, but may
// wait by Call.Wait. Only inline functions, and Holding, may make one.
func (c *Call) NewFunction(name string, f func(c *Call, args []Value) (any, error)) Value {
	s := c.state
	return bind.ValueOf(s.world.Root.NewFunction(func(L *lua.LState) int {
		call := &Call{state: s, task: vm.TaskOf(L), name: name}
		call.frame = bind.Frame{Task: call.task, L: L, Held: true}
		args := make([]Value, L.GetTop())
		for i := range args {
			args[i] = bind.ValueOf(L.Get(i + 1))
		}
		out, err := s.applied(call, f, args)
		if err != nil {
			s.raise(call, L, err)
		}
		n, err := s.push(name, L, out)
		if err != nil {
			s.raise(call, L, err)
		}
		return n
	}))
}

func (s *State) applied(c *Call, f func(c *Call, args []Value) (any, error), args []Value) (out any, err error) {
	if e := c.task.Check(); e != nil {
		return nil, e
	}
	s.world.Native.Add(1)
	defer s.left(c.name, &err)
	return f(c, args)
}

// Caught is what pcall would return for an error that a function ended with. Only
// inline functions, and Holding, may ask for it.
func (c *Call) Caught(err error) Value {
	var raised *vm.Raised
	if errors.As(err, &raised) {
		return bind.ValueOf(raised.Value)
	}
	return bind.ValueOf(c.state.world.ErrorValue(fault.Classify(err)))
}
