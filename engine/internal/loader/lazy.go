package loader

import lua "github.com/yuin/gopher-lua"

// Lazy makes a table that stands for a module and loads it when it is first
// used. That there is such a module is checked at once.
func (l *Loader) Lazy(L *lua.LState, name string) (lua.LValue, error) {
	full, by, beside, err := l.resolve(L, name)
	if err != nil {
		return nil, err
	}
	if v := l.loaded.RawGetString(full); v != lua.LNil {
		return v, nil
	}
	if _, err := l.search(L, full, beside); err != nil {
		return nil, err
	}
	root := l.World.Root
	get := func(L *lua.LState) lua.LValue {
		v, err := l.load(L, full, by, beside)
		if err != nil {
			l.World.Throw(L, err)
		}
		return v
	}
	mt := root.NewTable()
	for event, f := range map[string]lua.LGFunction{
		"__index": func(L *lua.LState) int {
			L.Push(L.GetTable(get(L), L.Get(2)))
			return 1
		},
		"__newindex": func(L *lua.LState) int {
			L.SetTable(get(L), L.Get(2), L.Get(3))
			return 0
		},
		"__call": func(L *lua.LState) int {
			L.Replace(1, get(L))
			L.Call(L.GetTop()-1, lua.MultRet)
			return L.GetTop()
		},
		"__pairs": func(L *lua.LState) int {
			v := get(L)
			L.Push(L.GetGlobal("pairs"))
			L.Push(v)
			L.Call(1, 3)
			return 3
		},
		"__tostring": func(L *lua.LState) int {
			L.Push(L.ToStringMeta(get(L)))
			return 1
		},
	} {
		mt.RawSetString(event, root.NewFunction(f))
	}
	mt.RawSetString("__name", lua.LString("lazy module "+full))
	t := root.NewTable()
	t.Metatable = mt
	l.Loaded(full, t) // what is copied to another state is the module there
	return t, nil
}
