package engine

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
)

// live is a value of a module that is asked for each time it is read.
type live struct{ get func(c *Call) (any, error) }

// Live declares a value of a module that depends on who reads it, and when. lua
// names its Lua type. get must not block; it keeps the baton.
func Live(name, doc, lua string, get func(c *Call) (any, error)) module.Value {
	return module.Value{Name: name, Doc: doc, Lua: lua, Value: live{get}}
}

// bindModule makes the read-only table of a native module.
func (s *State) bindModule(m *module.Module) *lua.LTable {
	root := s.world.Root
	members := root.NewTable()
	for _, t := range slices.Concat(m.Types, m.Uses) {
		s.declareType(t)
	}
	proxy := root.NewTable()
	s.names.add("module:"+m.Name, proxy)
	for _, f := range m.Funcs {
		fn := root.NewFunction(s.invoke(m.Name+"."+f.Name, f, nil))
		members.RawSetString(f.Name, fn)
		s.native[fn] = f
		s.names.add("module:"+m.Name+"."+f.Name, fn)
	}
	alive := map[string]live{}
	for _, v := range m.Values {
		if asked, ok := v.Value.(live); ok {
			alive[v.Name] = asked
			continue
		}
		members.RawSetString(v.Name, s.binder.Encode(v.Value))
	}
	unknown := root.NewTable()
	unknown.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		if v, ok := alive[L.Get(2).String()]; ok {
			return s.readLive(L, m.Name+"."+L.Get(2).String(), v)
		}
		s.world.Throw(L, bind.Unknown("the module "+m.Name+" has no", L.Get(2).String(), m.Names()))
		return 0
	}))
	members.Metatable = unknown
	mt := root.NewTable()
	mt.RawSetString("__index", members)
	mt.RawSetString("__metatable", lua.LFalse)
	mt.RawSetString("__name", lua.LString("module "+m.Name))
	mt.RawSetString("__tostring", root.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("module " + m.Name))
		return 1
	}))
	mt.RawSetString("__newindex", root.NewFunction(func(L *lua.LState) int {
		s.world.Throw(L, fault.New(fault.ArgsInvalid, "the module %s is read-only: '%s' cannot be set", m.Name, L.Get(2).String()))
		return 0
	}))
	mt.RawSetString("__pairs", root.NewFunction(func(L *lua.LState) int {
		L.Push(L.GetGlobal("next"))
		L.Push(members)
		L.Push(lua.LNil)
		return 3
	}))
	if f := m.Func(m.Call); f != nil {
		call := s.invoke(m.Name, f, nil)
		mt.RawSetString("__call", root.NewFunction(func(L *lua.LState) int {
			L.Remove(1) // the module
			return call(L)
		}))
	}
	proxy.Metatable = mt
	return proxy
}

// readLive pushes a value that is asked for each time.
func (s *State) readLive(L *lua.LState, name string, v live) int {
	c := &Call{state: s, task: vm.TaskOf(L), name: name}
	c.frame = bind.Frame{Task: c.task, L: L, Held: true}
	out, err := s.handleLive(c, v)
	if err != nil {
		s.raise(c, L, err)
	}
	n, err := s.push(name, L, out)
	if err != nil {
		s.raise(c, L, err)
	}
	return n
}

func (s *State) handleLive(c *Call, v live) (out any, err error) {
	s.world.Native.Add(1)
	defer s.left(c.name, &err)
	return v.get(c)
}
