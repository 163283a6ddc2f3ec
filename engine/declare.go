package engine

import (
	"io"
	"reflect"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/module"
)

// adapter is what the engine keeps behind a declared function.
type adapter struct {
	make func() (c *Call, in any) // in one allocation
	call func(c *Call, self, in any) (any, error)
	plan func() *bind.Plan // built at the first call
}

func newAdapter[In any](call func(c *Call, self any, in *In) (any, error)) *adapter {
	t := reflect.TypeFor[In]()
	return &adapter{
		make: func() (*Call, any) {
			both := new(struct {
				call Call
				in   In
			})
			return &both.call, &both.in
		},
		call: func(c *Call, self, in any) (any, error) { return call(c, self, in.(*In)) },
		plan: sync.OnceValue(func() *bind.Plan { return bind.NewPlan(t) }),
	}
}

func declare[In any](name, doc string, out reflect.Type, call func(c *Call, self any, in *In) (any, error)) *module.Func {
	f := &module.Func{
		Name:    name,
		Doc:     doc,
		Params:  module.Params(reflect.TypeFor[In]()),
		Adapter: newAdapter(call),
	}
	if out != reflect.TypeFor[None]() {
		f.Result.Go = out
	}
	return f
}

// result keeps an absent result from being encoded, and encodes the commonest
// kinds at once, which saves an allocation.
func result[Out any](out Out, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	switch v := any(out).(type) {
	case None:
		return nil, nil
	case string:
		return lua.LString(v), nil
	case float64:
		return lua.LNumber(v), nil
	case int:
		return lua.LNumber(v), nil
	case bool:
		return lua.LBool(v), nil
	}
	return out, nil
}

// Fn declares a function of a module. In is a struct whose tagged fields are
// the parameters (see [module.Param]); Out is None, a plain value, a tagged
// struct, a declared type, an *Iterator or a Multi. The handler runs without
// the baton, so it may block, unless the function is declared inline.
func Fn[In, Out any](name, doc string, handler func(c *Call, in In) (Out, error)) *module.Func {
	return declare(name, doc, reflect.TypeFor[Out](), func(c *Call, _ any, in *In) (any, error) {
		return result(handler(c, *in))
	})
}

// Method declares a method of a type.
func Method[T, In, Out any](name, doc string, handler func(self T, c *Call, in In) (Out, error)) *module.Func {
	return declare(name, doc, reflect.TypeFor[Out](), func(c *Call, self any, in *In) (any, error) {
		return result(handler(self.(T), c, *in))
	})
}

// CloseMethod declares the method by which scripts close a handle. with and the
// end of the script close it as well.
func CloseMethod[T io.Closer](name, doc string) *module.Func {
	return Method(name, doc, func(self T, c *Call, _ None) (None, error) {
		err := self.Close()
		c.forget = self
		return None{}, err
	})
}

// TypeOf declares a type of values that the module hands out. A type with a
// Close method is a handle: it is closed when the script ends.
func TypeOf[T any](name, doc string, members ...module.Member) *module.Type {
	t := &module.Type{Name: name, Doc: doc, Go: reflect.TypeFor[T]()}
	return t.Add(members...)
}

// Prop declares a property of a type. Get must not block.
func Prop[T, V any](name, doc string, get func(self T) V) *module.Prop {
	return &module.Prop{
		Name: name,
		Doc:  doc,
		Go:   reflect.TypeFor[V](),
		Get:  func(self any) any { return get(self.(T)) },
	}
}

// Kind declares a kind of error.
func Kind(name, doc string) *module.Kind { return &module.Kind{Name: name, Doc: doc} }
