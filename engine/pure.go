package engine

import (
	"reflect"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
)

// pure is what the engine keeps behind a function that only computes.
type pure struct {
	// bound makes the function of one state. Its parameter struct serves all
	// calls: they are made with the baton, and none begins inside another.
	bound func() computation
	// check only decodes the arguments of L.
	check func(b *bind.Binder, L *lua.LState) error
}

// computation decodes the arguments of L after base and computes.
type computation func(b *bind.Binder, L *lua.LState, base int, self any) (any, error)

func newPure[In any](params int, call func(self any, in In) (any, error)) *pure {
	t := reflect.TypeFor[In]()
	plan := sync.OnceValue(func() *bind.Plan { return bind.NewPlan(t) })
	check := func(b *bind.Binder, L *lua.LState) error {
		if params == 0 && L.GetTop() == 0 {
			return nil
		}
		return plan().Decode(b, L, 0, reflect.ValueOf(new(In)).Elem())
	}
	return &pure{check: check, bound: func() computation {
		in := new(In)
		slot := reflect.ValueOf(in).Elem()
		return func(b *bind.Binder, L *lua.LState, base int, self any) (any, error) {
			if params > 0 || L.GetTop() > base {
				var none In
				*in = none
				if err := plan().Decode(b, L, base, slot); err != nil {
					return nil, err
				}
			}
			return call(self, *in)
		}
	}}
}

func declarePure[In any](name, doc string, out reflect.Type, call func(self any, in In) (any, error)) *module.Func {
	f := &module.Func{Name: name, Doc: doc, Params: module.Params(reflect.TypeFor[In]()), Inline: true}
	f.Adapter = newPure(len(f.Params), call)
	if out != reflect.TypeFor[None]() {
		f.Result.Go = out
	}
	return f
}

// Pure declares a function that makes its result of its arguments alone, within
// microseconds: it gets no Call and keeps the baton. It is the cheapest way from
// Lua to Go.
func Pure[In, Out any](name, doc string, handler func(in In) (Out, error)) *module.Func {
	return declarePure(name, doc, reflect.TypeFor[Out](), func(_ any, in In) (any, error) {
		return result(handler(in))
	})
}

// PureMethod declares such a method of a type.
func PureMethod[T, In, Out any](name, doc string, handler func(self T, in In) (Out, error)) *module.Func {
	return declarePure(name, doc, reflect.TypeFor[Out](), func(self any, in In) (any, error) {
		return result(handler(self.(T), in))
	})
}

// Operator declares what the operator of a metamethod ("__add", "__eq", …) does
// with the values of a type. A and B are the operands: the type itself; any,
// which takes a plain value as well (the operands may stand either way round);
// None for the second where there is one. It keeps the baton as Pure does.
//
// Lua asks for __eq, __lt and __le only between two values that both have them,
// so their operands are always of the type.
func Operator[A, B, Out any](event, doc string, handler func(a A, b B) (Out, error)) *module.Operator {
	return &module.Operator{Event: event, Doc: doc, Out: reflect.TypeFor[Out](), Adapter: operation(
		func(b *bind.Binder, L *lua.LState) (any, error) {
			left, err := operand[A](b, L.Get(1))
			if err != nil {
				return nil, err
			}
			right, err := operand[B](b, L.Get(2))
			if err != nil {
				return nil, err
			}
			return result(handler(left, right))
		})}
}

// Access declares "__len", "__index" or "__newindex" of a type: what #v gives,
// and v[i] and v[i] = x for keys that are no strings. The parameters are those of
// a method: none, the key, the key and the value. It keeps the baton, but may
// wait by Call.Wait.
func Access[T, In, Out any](event, doc string, handler func(self T, c *Call, in In) (Out, error)) *module.Operator {
	f := Method(event, doc, handler).AsInline()
	return &module.Operator{Event: event, Doc: doc, Out: f.Result.Go, Adapter: f}
}

type operation func(b *bind.Binder, L *lua.LState) (any, error)

func operand[T any](b *bind.Binder, v lua.LValue) (t T, err error) {
	switch any(&t).(type) {
	case *None:
		return t, nil
	case *any:
		d, err := b.Detach(v)
		t, _ = d.(T)
		return t, err
	}
	if ud, ok := v.(*lua.LUserData); ok {
		if t, ok := ud.Value.(T); ok {
			return t, nil
		}
	}
	return t, fault.New(fault.ArgsInvalid, "the other operand is %s", bind.Describe(v))
}

// compute makes the Lua function for a declared function that is pure.
func (s *State) compute(name string, p *pure, f *module.Func, of *module.Type) lua.LGFunction {
	call := p.bound()
	if of == nil {
		return s.pushed(name, func(L *lua.LState) (any, error) { return call(s.binder, L, 0, nil) })
	}
	return s.pushed(name, func(L *lua.LState) (any, error) {
		self, err := selfOf(L, of, f)
		if err != nil {
			return nil, err
		}
		return call(s.binder, L, 1, self)
	})
}

// operator makes the Lua function for a declared operator.
func (s *State) operator(t *module.Type, o *module.Operator) *lua.LFunction {
	if f, ok := o.Adapter.(*module.Func); ok {
		return s.world.Root.NewFunction(s.invoke(strings.Replace(o.Notation(), "a", t.Name, 1), f, t))
	}
	op := o.Adapter.(operation)
	return s.world.Root.NewFunction(s.pushed(t.Name+" "+o.Event, func(L *lua.LState) (any, error) { return op(s.binder, L) }))
}

// pushed makes a Lua function of one that computes with the baton held.
func (s *State) pushed(name string, compute func(L *lua.LState) (any, error)) lua.LGFunction {
	guarded := func(L *lua.LState) (out any, err error) {
		s.world.Native.Add(1)
		defer s.left(name, &err)
		return compute(L)
	}
	return func(L *lua.LState) int {
		out, err := guarded(L)
		if err == nil {
			var n int
			if n, err = s.push(name, L, out); err == nil {
				return n
			}
		}
		s.raise(&Call{state: s, task: vm.TaskOf(L), name: name}, L, err)
		return 0
	}
}

// declareType gives the state a type that a module declares or uses, with its
// methods and operators.
func (s *State) declareType(t *module.Type) {
	if s.binder.Knows(t.Go) {
		return
	}
	root := s.world.Root
	methods, operators := map[string]*lua.LFunction{}, map[string]*lua.LFunction{}
	for _, f := range t.Methods {
		methods[f.Name] = root.NewFunction(s.invoke(t.Name+":"+f.Name, f, t))
	}
	for _, o := range t.Operators {
		operators[o.Event] = s.operator(t, o)
	}
	s.binder.Declare(t, methods, operators)
}

// share makes a value of a shared type that came from another state, which may
// have loaded a module that this one has not.
func (s *State) share(v any) lua.LValue {
	if t := reflect.TypeOf(v); !s.binder.Knows(t) {
		if decl := s.engine.declaredType(t); decl != nil {
			s.declareType(decl)
		}
	}
	return s.binder.Encode(v)
}

// declaredType finds the declaration of a Go type among the modules that were
// required so far.
func (e *Engine) declaredType(t reflect.Type) *module.Type {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range e.declared {
		if decl := m.TypeOf(t); decl != nil {
			return decl
		}
	}
	return nil
}
