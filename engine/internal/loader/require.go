package loader

import (
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// require is Lua's: a module is loaded once, by name.
func (l *Loader) require(L *lua.LState) int {
	v, err := l.Require(L, arg.String(L, 1))
	if err != nil {
		l.World.Throw(L, err)
	}
	L.Push(v)
	return 1
}

// Require loads what the Lua function that runs on L calls name, which may be
// relative to its module or its file.
func (l *Loader) Require(L *lua.LState, name string) (lua.LValue, error) {
	name, by, beside, err := l.resolve(L, name)
	if err != nil {
		return nil, err
	}
	return l.load(L, name, by, beside)
}

// Load loads a module by its full name, which is a path for a file that has no
// other.
func (l *Loader) Load(L *lua.LState, name string) (lua.LValue, error) {
	if l.loaded.RawGetString(name) == lua.LNil && filepath.IsAbs(name) {
		return l.File(L, name)
	}
	return l.load(L, name, nil, nil)
}

// load loads a module once. by is the module that requires it, nil for none;
// beside is the file, where it is known.
func (l *Loader) load(L *lua.LState, name string, by *Module, beside *finder.Found) (lua.LValue, error) {
	l.required(by, name)
	own, v, err := l.begin(L, name, false)
	if own == nil {
		return v, err
	}
	defer l.end(own)
	m, err := l.search(L, name, beside)
	if err != nil {
		return nil, err
	}
	own.module = m
	v, err = m.open(L)
	if err != nil {
		l.loaded.RawSetString(name, lua.LNil) // where it had put itself
		return nil, err
	}
	if set := l.loaded.RawGetString(name); set != lua.LNil {
		v = set // the module put itself there
	} else if v == lua.LNil {
		v = lua.LTrue
	}
	l.loaded.RawSetString(name, v)
	l.record(own, by)
	if t, ok := v.(*lua.LTable); ok {
		l.Loaded(name, t)
	}
	return v, nil
}

// call runs a function of the module.
func (l *Loader) call(L *lua.LState, fn lua.LValue, args ...lua.LValue) (lua.LValue, error) {
	res, err := l.World.CallOn(vm.TaskOf(L), L, fn, args...)
	if err != nil || len(res) == 0 {
		return lua.LNil, err
	}
	return res[0], nil
}

// Export makes a table the module that the running task is loading, before its
// file has come to its end, so that modules in a circle find it.
func (l *Loader) Export(L *lua.LState, v lua.LValue) (ok bool) {
	m := l.innermost[vm.TaskOf(L)]
	if m == nil {
		return false
	}
	l.loaded.RawSetString(m.name, v)
	return true
}
