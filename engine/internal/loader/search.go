package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Kinds of modules, by what they were found as.
const (
	KindBuiltin   = "builtin"   // native
	KindLibrary   = "library"   // a Lua file inside the binary
	KindFile      = "file"      // a Lua file on disk or in an archive
	KindNamespace = "namespace" // directories without an init.lua
	KindPreload   = "preload"   // a function in package.preload
	KindLoader    = "loader"    // what a function added to package.loaders gave
)

// Module is what a name was found as.
type Module struct {
	Name    string
	Kind    string
	File    string // "" where there is none
	Package bool

	found *finder.Found   // its file
	dirs  []*finder.Found // of a namespace
	named bool            // by a name, not a path
	open  func(L *lua.LState) (lua.LValue, error)
}

// searcher finds a module. It returns nil, or a *finder.Missing, when it has
// none of that name.
type searcher func(L *lua.LState, name string) (*Module, error)

// look runs what asks the disk. It is left behind when the task is stopped.
func look[T any](L *lua.LState, f func() (T, error)) (T, error) {
	return hostcall.Held(L, f, func(T) {})
}

// search asks the functions in package.loaders, in order.
func (l *Loader) search(L *lua.LState, name string, beside *finder.Found) (*Module, error) {
	if beside != nil {
		return l.module(beside), nil
	}
	loaders, ok := l.pkg.RawGetString("loaders").(*lua.LTable)
	if !ok {
		return nil, fault.New(fault.ArgsInvalid, "package.loaders must be a table")
	}
	var missing error
	var notes []string
	for i := 1; ; i++ {
		fn := loaders.RawGetInt(i)
		if fn == lua.LNil {
			return nil, l.notFound(L, name, missing, notes)
		}
		m, note, err := l.ask(L, fn, name)
		var none *finder.Missing
		switch {
		case errors.As(err, &none):
			missing = err
		case err != nil:
			return nil, err
		case m != nil:
			return m, nil
		case note != "":
			notes = append(notes, note)
		}
	}
}

// ask asks one function for a module. Those of scripts return a function that
// makes the module, with the file for people, or a text that says why not.
func (l *Loader) ask(L *lua.LState, fn lua.LValue, name string) (m *Module, note string, err error) {
	if f, ok := fn.(*lua.LFunction); ok {
		if own := l.own[f]; own != nil {
			m, err = own(L, name)
			return m, "", err
		}
	}
	vm.Spend(L, 1)
	results, err := l.World.CallOn(vm.TaskOf(L), L, fn, lua.LString(name))
	if err != nil || len(results) == 0 {
		return nil, "", err
	}
	switch v := results[0].(type) {
	case *lua.LFunction:
		m = &Module{Name: name, Kind: KindLoader, named: true}
		args := []lua.LValue{lua.LString(name)}
		if len(results) > 1 && results[1] != lua.LNil {
			args = append(args, results[1])
			m.File = results[1].String()
		}
		m.open = func(L *lua.LState) (lua.LValue, error) { return l.call(L, v, args...) }
		return m, "", nil
	case lua.LString:
		return nil, strings.TrimSpace(string(v)), nil
	case *lua.LNilType:
		return nil, "", nil
	}
	return nil, "", fault.New(fault.ArgsInvalid, "a function in package.loaders returned %s for '%s'", bind.Describe(results[0]), name).
		WithHint("it returns a function that makes the module, a text that says why there is none, or nil")
}

// callable is a searcher as scripts call it.
func (l *Loader) callable(s searcher) lua.LGFunction {
	return func(L *lua.LState) int {
		name := arg.String(L, 1)
		m, err := s(L, name)
		var none *finder.Missing
		switch {
		case errors.As(err, &none):
			L.Push(lua.LString("\n\tno file '" + strings.Join(none.Tried, "'\n\tno file '") + "'"))
			return 1
		case err != nil:
			l.World.Throw(L, err)
		case m == nil:
			L.Push(lua.LNil)
			return 1
		}
		L.Push(l.World.Root.NewFunction(func(L *lua.LState) int {
			v, err := m.open(L)
			if err != nil {
				l.World.Throw(L, err)
			}
			L.Push(v)
			return 1
		}))
		L.Push(lua.LString(m.File))
		return 2
	}
}

func (l *Loader) searchPreload(_ *lua.LState, name string) (*Module, error) {
	fn := l.preload.RawGetString(name)
	if fn == lua.LNil {
		return nil, nil
	}
	return &Module{Name: name, Kind: KindPreload, named: true, open: func(L *lua.LState) (lua.LValue, error) {
		return l.call(L, fn, lua.LString(name))
	}}, nil
}

// searchBuiltin finds native modules and those of the library.
func (l *Loader) searchBuiltin(L *lua.LState, name string) (*Module, error) {
	if slices.Contains(l.Natives(), name) {
		l.warnShadow(L, name, nil)
		return &Module{Name: name, Kind: KindBuiltin, named: true, open: func(*lua.LState) (lua.LValue, error) {
			return l.Native(name), nil
		}}, nil
	}
	if finder.CheckName(name) != nil {
		return nil, nil
	}
	found, err := finder.Find(context.Background(), l.libraryChain(), name)
	if err != nil {
		return nil, nil
	}
	l.warnShadow(L, name, found)
	return l.module(found), nil
}

// isBuiltin says that searchBuiltin finds a name.
func (l *Loader) isBuiltin(name string) bool {
	if slices.Contains(l.Natives(), name) {
		return true
	}
	_, err := finder.Find(context.Background(), l.libraryChain(), name)
	return err == nil
}

func (l *Loader) searchFiles(L *lua.LState, name string) (*Module, error) {
	if err := finder.CheckName(name); err != nil {
		return nil, err
	}
	if err := finder.CheckSize(name, l.Path()); err != nil {
		return nil, err
	}
	chain := l.chain()
	vm.Spend(L, len(chain))
	ctx := vm.TaskOf(L).HardContext()
	found, err := look(L, func() (*finder.Found, error) { return finder.Find(ctx, chain, name) })
	var none *finder.Missing
	if err == nil {
		return l.module(found), nil
	} else if !errors.As(err, &none) {
		return nil, err
	}
	dirs, lerr := look(L, func() ([]*finder.Found, error) { return finder.Namespace(ctx, chain, name), nil })
	if lerr != nil {
		return nil, lerr
	}
	if len(dirs) == 0 {
		return nil, err
	}
	return l.namespace(name, dirs), nil
}

// module is the module in a file.
func (l *Loader) module(found *finder.Found) *Module {
	m := &Module{Name: found.Name, Kind: KindFile, File: found.File, Package: found.Package, found: found, named: finder.CheckName(found.Name) == nil}
	if _, ok := found.Tree.(*finder.Embedded); ok {
		m.Kind = KindLibrary
	}
	m.open = func(L *lua.LState) (lua.LValue, error) { return l.run(L, m) }
	return m
}

// run runs the file of a module.
func (l *Loader) run(L *lua.LState, m *Module) (lua.LValue, error) {
	source, err := look(L, func() (string, error) { return m.found.Read(l.Limits.Size) })
	if err != nil {
		e := *fault.Classify(err)
		e.Message = fmt.Sprintf("the module '%s' cannot be read from %s: %s", m.Name, m.File, e.Message)
		e.Target = ""
		return nil, &e
	}
	name := m.File
	if name == l.script.Name { // is_main tells the two by their chunks
		name = l.secondName(name)
		l.warnTwice(m)
	}
	c, err := base.Compiled(L, source, func() (*chunk.Chunk, error) { return l.Compile(name, source) })
	if err != nil {
		return nil, err
	}
	l.chunks[name] = m
	return l.call(L, l.World.Root.NewFunctionFromProto(c.Proto), lua.LString(m.Name), lua.LString(m.File))
}
