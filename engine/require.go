package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
)

// loader is require and the package table of a state.
type loader struct {
	state   *State
	dir     string // of the script
	pkg     *lua.LTable
	loaded  *lua.LTable
	preload *lua.LTable
	loading map[string]*loading
	// innermost is the module that each task is loading, if it is.
	innermost map[*vm.Task]*loading

	names map[lua.LValue]string // values that every state has, for structured copies
	paths map[string]lua.LValue
}

// standardNames is about how many functions and libraries every state has.
const standardNames = 220

func newLoader(s *State) *loader {
	root := s.world.Root
	l := &loader{
		state: s, dir: ".",
		pkg: root.CreateTable(0, 8), loaded: root.CreateTable(0, 16), preload: root.CreateTable(0, 0),
		names: make(map[lua.LValue]string, standardNames), paths: make(map[string]lua.LValue, standardNames),
		loading: map[string]*loading{}, innermost: map[*vm.Task]*loading{},
	}
	l.pkg.RawSetString("loaded", l.loaded)
	l.pkg.RawSetString("preload", l.preload)
	l.pkg.RawSetString("path", lua.LString(strings.Join(s.engine.opts.Path, ";")))
	l.pkg.RawSetString("cpath", lua.LString(""))
	l.pkg.RawSetString("config", lua.LString("/\n;\n?\n!\n-\n"))
	g := root.G.Global
	l.pkg.RawSetString("searchpath", root.NewFunction(l.searchpath))
	g.RawSetString("package", l.pkg)
	g.RawSetString("require", root.NewFunction(l.require))
	l.nameStandard(g)
	return l
}

// nameStandard names the functions and libraries that every state has, as they
// are before a script can change them.
func (l *loader) nameStandard(g *lua.LTable) {
	g.ForEach(func(k, v lua.LValue) {
		name := k.String()
		switch v := v.(type) {
		case *lua.LFunction:
			l.name(name, v)
		case *lua.LTable:
			l.name(name, v)
			if name == "_G" {
				return
			}
			if name == "package" {
				return
			}
			v.ForEach(func(k, f lua.LValue) {
				if fn, ok := f.(*lua.LFunction); ok {
					l.name(name+"."+k.String(), fn)
				}
			})
			l.loaded.RawSetString(name, v)
		}
	})
	l.loaded.RawSetString("_G", g)
}

func (l *loader) name(path string, v lua.LValue) {
	l.names[v] = path
	l.paths[path] = v
}

// require is Lua's: a module is loaded once, by name.
func (l *loader) require(L *lua.LState) int {
	name := arg.String(L, 1)
	v, err := l.load(L, name)
	if err != nil {
		l.state.world.Throw(L, err)
	}
	L.Push(v)
	return 1
}

func (l *loader) load(L *lua.LState, name string) (lua.LValue, error) {
	own, v, err := l.begin(L, name)
	if own == nil {
		return v, err
	}
	defer l.end(own)
	v, err = l.find(L, name)
	if err != nil {
		return nil, err
	}
	if set := l.loaded.RawGetString(name); set != lua.LNil {
		return set, nil // the module put itself there
	}
	if v == lua.LNil {
		v = lua.LTrue
	}
	l.loaded.RawSetString(name, v)
	if t, ok := v.(*lua.LTable); ok && l.names[t] == "" {
		l.name("require:"+name, t)
	}
	return v, nil
}

func (l *loader) find(L *lua.LState, name string) (lua.LValue, error) {
	s := l.state
	if fn := l.preload.RawGetString(name); fn != lua.LNil {
		return l.run(L, fn, name)
	}
	if m := s.engine.Module(name); m != nil {
		return s.bindModule(m), nil
	}
	if source, ok := s.engine.librarySource(name); ok {
		return l.chunk(L, name, "stdlib/"+name+".lua", source)
	}
	path, _ := l.pkg.RawGetString("path").(lua.LString)
	if err := searchable(name, string(path)); err != nil {
		return nil, err
	}
	var tried []string
	for _, path := range l.candidates(name) {
		vm.Spend(L, 1)
		source, err := base.ReadSource(L, s.host.Files, path, s.engine.chunks.limits)
		if err == nil {
			return l.chunk(L, name, path, source)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			e := fault.Classify(err)
			if e.Kind == fault.Denied {
				return nil, e
			}
		}
		tried = append(tried, path)
	}
	e := fault.New(fault.ModuleNotFound, "there is no module '%s'; no file %s", name, strings.Join(tried, ", "))
	if near := fault.Suggest(name, s.engine.ModuleNames()); near != "" {
		e.Hint = fmt.Sprintf("did you mean '%s'?", near)
	}
	return nil, e
}

// Bounds of what require puts together: each '?' of package.path becomes a name.
const (
	maxModuleName  = 1000
	maxPackagePath = 16 << 10
)

// searchable refuses names and paths that together would be gigabytes.
func searchable(name, path string) error {
	if len(name) > maxModuleName {
		return fault.New(fault.ModuleNotFound, "there is no module '%s…': a name has up to %d bytes", name[:60], maxModuleName)
	}
	if len(path) > maxPackagePath {
		return fault.New(fault.ArgsInvalid, "the path is too long: %d bytes, the limit is %d", len(path), maxPackagePath)
	}
	return nil
}

// candidates lists the files that may hold a module: beside the script, then
// by package.path.
func (l *loader) candidates(name string) []string {
	file := strings.ReplaceAll(name, ".", string(filepath.Separator))
	list := []string{
		filepath.Join(l.dir, file+".lua"),
		filepath.Join(l.dir, file, "init.lua"),
	}
	if path, ok := l.pkg.RawGetString("path").(lua.LString); ok {
		for _, pattern := range strings.Split(string(path), ";") {
			if pattern != "" {
				list = append(list, strings.ReplaceAll(pattern, "?", file))
			}
		}
	}
	return list
}

// searchpath is Lua 5.2's: the first file that a name means by the patterns of a
// path, or nil and what was tried.
func (l *loader) searchpath(L *lua.LState) int {
	name, path := arg.String(L, 1), arg.String(L, 2)
	err := searchable(name, path)
	if sep, into := arg.OptString(L, 3, "."), arg.OptString(L, 4, string(filepath.Separator)); err == nil && sep != "" {
		if err = searchable(into, path); err == nil {
			name = strings.ReplaceAll(name, sep, into)
			err = searchable(name, path)
		}
	}
	if err != nil {
		l.state.world.Throw(L, err)
	}
	var tried strings.Builder
	for _, pattern := range strings.Split(path, ";") {
		vm.Spend(L, 1)
		file := strings.ReplaceAll(pattern, "?", name)
		f, err := hostcall.Held(L, func() (host.File, error) {
			return l.state.host.Files.OpenFile(file, os.O_RDONLY, 0)
		}, func(late host.File) { late.Close() })
		if err == nil {
			f.Close()
			L.Push(lua.LString(file))
			return 1
		}
		if e := fault.Classify(err); e.Kind == fault.Denied {
			l.state.world.Throw(L, e)
		}
		fmt.Fprintf(&tried, "\n\tno file '%s'", file)
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(tried.String()))
	return 2
}

func (l *loader) chunk(L *lua.LState, name, path, source string) (lua.LValue, error) {
	c, err := base.Compiled(L, source, func() (*chunk.Chunk, error) { return l.state.engine.chunks.compile(path, source) })
	if err != nil {
		return nil, err
	}
	return l.run(L, l.function(c), name)
}

func (l *loader) function(c *chunk.Chunk) *lua.LFunction {
	return l.state.world.Root.NewFunctionFromProto(c.Proto)
}

func (l *loader) run(L *lua.LState, fn lua.LValue, name string) (lua.LValue, error) {
	res, err := l.state.world.CallOn(vm.TaskOf(L), L, fn, lua.LString(name))
	if err != nil || len(res) == 0 {
		return lua.LNil, err
	}
	return res[0], nil
}

// ModuleNames lists what require finds without files.
func (e *Engine) ModuleNames() []string {
	var names []string
	for _, entry := range e.opts.Modules {
		names = append(names, entry.Name)
	}
	return append(names, e.libraryNames()...)
}

func (e *Engine) librarySource(name string) (string, bool) {
	if e.opts.Library == nil || strings.ContainsAny(name, "/\\") {
		return "", false
	}
	data, err := fs.ReadFile(e.opts.Library, strings.ReplaceAll(name, ".", "/")+".lua")
	return string(data), err == nil
}

func (e *Engine) libraryNames() []string {
	if e.opts.Library == nil {
		return nil
	}
	files, _ := fs.Glob(e.opts.Library, "*.lua")
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".lua")
	}
	return files
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
		v, err := s.loader.load(L, string(name))
		if err != nil {
			s.world.Throw(L, err)
		}
		root.G.Global.RawSetString(string(name), v)
		L.Push(v)
		return 1
	}))
	root.G.Global.Metatable = mt
}

// bindModule makes the read-only table of a native module.
func (s *State) bindModule(m *module.Module) *lua.LTable {
	root := s.world.Root
	members := root.NewTable()
	for _, t := range slices.Concat(m.Types, m.Uses) {
		s.declareType(t)
	}
	proxy := root.NewTable()
	s.loader.name("module:"+m.Name, proxy)
	for _, f := range m.Funcs {
		fn := root.NewFunction(s.invoke(m.Name+"."+f.Name, f, nil))
		members.RawSetString(f.Name, fn)
		s.loader.name("module:"+m.Name+"."+f.Name, fn)
	}
	for _, v := range m.Values {
		members.RawSetString(v.Name, s.binder.Encode(v.Value))
	}
	unknown := root.NewTable()
	unknown.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
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
