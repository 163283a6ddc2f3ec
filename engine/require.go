package engine

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/loader"
)

// newLoader gives the state require and package, and names what it has.
func (s *State) newLoader() {
	e := s.engine
	s.names = newNames()
	s.loader = loader.New(loader.Config{
		World: s.world, Files: s.host.Files, Clock: s.host.Clock, Log: s.host.Log,
		Limits: e.chunks.limits, Path: e.opts.Path, Library: e.opts.Library,
		Compile: e.chunks.compile,
		Native: func(name string) lua.LValue {
			m := e.Module(name)
			if m == nil {
				return lua.LNil
			}
			return s.bindModule(m)
		},
		Natives: e.nativeNames,
		Loaded: func(name string, module *lua.LTable) {
			if s.names.of[module] == "" {
				s.names.add("require:"+name, module)
			}
		},
	})
	g := s.world.Root.G.Global
	s.names.addStandard(g, func(name string, library *lua.LTable) { s.loader.SetLoaded(name, library) })
	s.loader.SetLoaded("_G", g)
}

func (e *Engine) nativeNames() []string {
	names := make([]string, len(e.opts.Modules))
	for i, entry := range e.opts.Modules {
		names[i] = entry.Name
	}
	return names
}

// ModuleNames lists what require finds without files.
func (e *Engine) ModuleNames() []string {
	return append(e.nativeNames(), e.libraryNames()...)
}

func (e *Engine) libraryNames() []string { return loader.LibraryNames(e.opts.Library) }

// SetModuleDir sets the directory in which require looks first. RunFile takes
// that of the script; without one there is none: the working directory is not
// searched by itself.
func (s *State) SetModuleDir(dir string) {
	script := s.loader.Script()
	script.Dir = dir
	s.loader.SetScript(script)
}

// Require loads a module into a global of its name, for one-liners.
func (s *State) Require(name string) error {
	_, err := s.Run(s.ctx, "=require", fmt.Sprintf("%s = require %q", name, name))
	return err
}

// UseModules makes every module a global that is loaded when it is first read,
// as one-liners and the prompt have it.
func (s *State) UseModules() {
	s.world.Lock(nil)
	defer s.world.Unlock()
	s.global = true
	names := map[string]bool{}
	for _, n := range s.engine.ModuleNames() {
		names[n] = true
	}
	root := s.world.Root
	mt := root.NewTable()
	mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		name, ok := L.Get(2).(lua.LString)
		if !ok || !names[string(name)] {
			L.Push(lua.LNil)
			return 1
		}
		v, err := s.loader.Load(L, string(name))
		if err != nil {
			s.world.Throw(L, err)
		}
		root.G.Global.RawSetString(string(name), v)
		L.Push(v)
		return 1
	}))
	root.G.Global.Metatable = mt
}
