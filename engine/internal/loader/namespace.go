package loader

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/finder"
)

// namespace is a package without an init.lua: a table whose fields are the
// modules in its directories, required when they are first read.
func (l *Loader) namespace(name string, dirs []*finder.Found) *Module {
	m := &Module{Name: name, Kind: KindNamespace, File: dirs[0].File, Package: true, dirs: dirs, named: true}
	m.open = func(L *lua.LState) (lua.LValue, error) {
		root := l.World.Root
		mt := root.NewTable()
		mt.RawSetString("__name", lua.LString("namespace "+name))
		mt.RawSetString("__tostring", root.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LString("namespace " + name))
			return 1
		}))
		mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
			field, ok := L.Get(2).(lua.LString)
			if !ok {
				L.Push(lua.LNil)
				return 1
			}
			if finder.CheckName(string(field)) != nil {
				l.World.Throw(L, bind.Unknown("the package "+name+" has no module", string(field), nil))
			}
			v, err := l.load(L, name+"."+string(field), l.Caller(L), nil)
			if err != nil {
				l.World.Throw(L, err)
			}
			L.Get(1).(*lua.LTable).RawSetString(string(field), v)
			L.Push(v)
			return 1
		}))
		t := root.NewTable()
		t.Metatable = mt
		return t, nil
	}
	return m
}
