package loader

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Reload runs a module, given by name or by its value, once more. Its table stays
// the same and gets the new contents, so that all who have it see them. When the
// module fails, all is as before.
func (l *Loader) Reload(L *lua.LState, module lua.LValue) (lua.LValue, error) {
	name, err := l.reloaded(L, module)
	if err != nil {
		return nil, err
	}
	own, _, err := l.begin(L, name, true)
	if own == nil {
		if err == nil {
			err = fault.New(fault.ModuleLoop, "the module '%s' is being reloaded", name)
		}
		return nil, err
	}
	defer l.end(own)
	old := l.loaded.RawGetString(name)
	if own.module, err = l.again(L, name); err != nil {
		return nil, err
	}
	v, err := own.module.open(L)
	if set := l.loaded.RawGetString(name); set != old && set != lua.LNil {
		v = set // the module put itself there
	}
	l.loaded.RawSetString(name, old)
	if err != nil {
		return nil, err
	}
	if v == lua.LNil {
		v = lua.LTrue
	}
	l.record(own, nil)
	from, ok := v.(*lua.LTable)
	if into, both := old.(*lua.LTable); ok && both {
		l.replace(into, from)
		return into, nil
	}
	l.loaded.RawSetString(name, v)
	if ok {
		l.Loaded(name, from)
	}
	return v, nil
}

func (l *Loader) reloaded(L *lua.LState, module lua.LValue) (name string, err error) {
	if text, ok := module.(lua.LString); ok {
		if name, _, _, err = l.resolve(L, string(text)); err != nil {
			return "", err
		}
	} else if name = l.nameOf(module); name == "" {
		return "", fault.New(fault.ArgsInvalid, "%s is no module that was required", bind.Describe(module)).
			WithHint("give the module's name, or the value that require returned")
	}
	if !l.IsLoaded(name) {
		return "", fault.New(fault.ModuleNotFound, "the module '%s' is not loaded, so that it cannot be reloaded", name).
			WithHint("require it first")
	}
	return name, nil
}

// again finds what a loaded module is to be loaded from now.
func (l *Loader) again(L *lua.LState, name string) (*Module, error) {
	if r := l.records[name]; r != nil && r.module != nil && r.module.found != nil && !r.module.named {
		return r.module, nil
	}
	m, err := l.search(L, name, nil)
	if err != nil {
		return nil, err
	}
	if m.Kind == KindBuiltin {
		return nil, fault.New(fault.ArgsInvalid, "the module '%s' is built in: there is nothing to reload", name)
	}
	return m, nil
}

// replace gives a table the contents and the metatable of another one, which
// becomes a door to it: functions of the new module that use their own table
// share what all others see.
func (l *Loader) replace(into, from *lua.LTable) {
	if into == from {
		return
	}
	clearTable(into)
	from.ForEach(func(k, v lua.LValue) { into.RawSet(k, v) })
	into.Metatable = from.Metatable
	clearTable(from)
	root := l.World.Root
	door := root.NewTable()
	door.RawSetString("__index", into)
	door.RawSetString("__newindex", into)
	door.RawSetString("__pairs", root.NewFunction(func(L *lua.LState) int {
		L.Push(L.GetGlobal("next"))
		L.Push(into)
		L.Push(lua.LNil)
		return 3
	}))
	from.Metatable = door
}

func clearTable(t *lua.LTable) {
	var keys []lua.LValue
	t.ForEach(func(k, _ lua.LValue) { keys = append(keys, k) })
	for _, k := range keys {
		t.RawSet(k, lua.LNil)
	}
}
