package base

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// protected calls the value at index fn of L with the arguments above it on a
// thread of its own. On success the results are pushed on L.
func (l *Library) protected(L *lua.LState, fn int, catches bool, handler *lua.LFunction) (n int, err error) {
	c, err := l.World.Protect(vm.TaskOf(L), L, catches, handler)
	if err != nil {
		return 0, err
	}
	top := L.GetTop()
	for i := fn; i <= top; i++ {
		c.Thread.Push(L.Get(i))
	}
	if err := c.Run(top - fn); err != nil {
		c.Release()
		return 0, err
	}
	n = c.Thread.GetTop()
	for i := 1; i <= n; i++ {
		L.Push(c.Thread.Get(i))
	}
	c.Release()
	return n, nil
}

// caught returns the value that err hands to a script, or raises it again when
// no script may catch it.
func (l *Library) caught(L *lua.LState, err error) lua.LValue {
	if vm.TaskOf(L).Uncatchable(err) {
		l.World.Throw(L, err)
	}
	return l.World.ValueOf(err)
}

func (l *Library) pcall(L *lua.LState) int {
	arg.Any(L, 1)
	return l.report(L, 1, nil)
}

func (l *Library) xpcall(L *lua.LState) int {
	handler := arg.Function(L, 2)
	L.Remove(2)
	return l.report(L, 1, handler)
}

func (l *Library) report(L *lua.LState, fn int, handler *lua.LFunction) int {
	top := L.GetTop()
	n, err := l.protected(L, fn, true, handler)
	if err != nil {
		v := l.caught(L, err)
		L.Push(lua.LFalse)
		L.Push(v)
		return 2
	}
	L.Insert(lua.LTrue, top+1)
	return n + 1
}

// try returns value, nil or nil, error.
func (l *Library) try(L *lua.LState) int {
	arg.Any(L, 1)
	top := L.GetTop()
	if _, err := l.protected(L, 1, true, nil); err != nil {
		v := l.caught(L, err)
		L.Push(lua.LNil)
		L.Push(v)
		return 2
	}
	value := L.Get(top + 1)
	L.Push(value)
	L.Push(lua.LNil)
	return 2
}

// with calls its last argument with the resources before it and closes them
// afterwards, last first, whatever happened.
func (l *Library) with(L *lua.LState) int {
	top := L.GetTop()
	if top < 2 {
		l.World.Throw(L, fault.New(fault.ArgsInvalid, "with takes a resource and a function: with(resource, function(r) … end)"))
	}
	arg.Function(L, top)
	resources := make([]lua.LValue, top-1)
	for i := range resources {
		r := L.Get(i + 1)
		if l.closeOf(L, r) == nil {
			l.World.Throw(L, fault.New(fault.ArgsInvalid, "with: argument %d has no close method", i+1))
		}
		resources[i] = r
	}
	L.Insert(L.Get(top), 1) // the function first, then its arguments
	L.SetTop(top)
	n, err := l.protected(L, 1, false, nil)
	for i := len(resources) - 1; i >= 0; i-- {
		err = first(err, l.shielded(L, l.closeOf(L, resources[i]), resources[i]))
	}
	if err != nil {
		l.World.Throw(L, err)
	}
	return n
}

// finally calls a function and then, whatever happened, the cleanup.
func (l *Library) finally(L *lua.LState) int {
	arg.Function(L, 1)
	cleanup := arg.Function(L, 2)
	L.Remove(2)
	n, err := l.protected(L, 1, false, nil)
	err = first(err, l.shielded(L, cleanup))
	if err != nil {
		l.World.Throw(L, err)
	}
	return n
}

// first is the error of a body, or else of its clean-up; os.exit comes before
// either.
func first(body, cleanup error) error {
	if _, exit := vm.Exit(cleanup); body == nil || exit {
		return cleanup
	}
	return body
}

// shielded runs a clean-up that a soft cancel does not cut short.
func (l *Library) shielded(L *lua.LState, fn lua.LValue, args ...lua.LValue) (err error) {
	t := vm.TaskOf(L)
	t.Shield(func() { _, err = l.World.CallOn(t, L, fn, args...) })
	return err
}

// closeOf finds the close method of a resource, nil when it has none.
func (l *Library) closeOf(L *lua.LState, r lua.LValue) lua.LValue {
	switch r.(type) {
	case *lua.LTable, *lua.LUserData:
	default:
		return nil
	}
	res, err := l.World.CallOn(vm.TaskOf(L), L, l.World.Root.NewFunction(func(L *lua.LState) int {
		L.Push(L.GetField(L.Get(1), "close"))
		return 1
	}), r)
	if err != nil || len(res) == 0 || res[0].Type() != lua.LTFunction {
		return nil
	}
	return res[0]
}
