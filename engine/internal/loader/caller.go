package loader

import (
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// callerChunk names the chunk of the innermost Lua function on L, "" for none.
func callerChunk(L *lua.LState) (name string) {
	vm.Levels(L, func(level vm.Level) bool {
		fn := level.Func()
		if fn == nil || fn.IsG {
			return true
		}
		name = fn.Proto.SourceName
		return false
	})
	return name
}

// IsScript says that the Lua function that runs on L stands in the file that was
// started, in a state that runs it itself.
func (l *Loader) IsScript(L *lua.LState) bool {
	return !l.script.Worker && l.script.Name != "" && callerChunk(L) == l.script.Name
}

// Caller is the module in which the Lua function on L stands, nil for one in the
// script or in no module. A function that came to this state as a copy is in the
// module that its file is here.
func (l *Loader) Caller(L *lua.LState) *Module {
	chunk := callerChunk(L)
	if m := l.chunks[chunk]; m != nil || chunk == "" || chunk == l.script.Name || !strings.HasSuffix(chunk, ".lua") {
		return m
	}
	found := &finder.Found{File: chunk, Tree: l.disk, Path: chunk}
	chain := l.chain()
	if inside, ok := strings.CutPrefix(chunk, "stdlib/"); ok && l.library != nil {
		found.Tree, found.Path, chain = l.library, inside, l.libraryChain()
	}
	if found.Name, found.Package = finder.NameOf(chain, found.Tree, found.Path); found.Name == "" {
		return nil
	}
	m := l.module(found)
	l.chunks[chunk] = m
	return m
}

// resolve makes a full name of one that the Lua function on L uses, and finds
// the file where the name is a path.
func (l *Loader) resolve(L *lua.LState, name string) (full string, by *Module, beside *finder.Found, err error) {
	if err := finder.CheckSize(name, ""); err != nil {
		return "", nil, nil, err
	}
	by = l.Caller(L)
	switch {
	case finder.IsPath(name):
		tree, dir := finder.Tree(l.disk), l.script.Dir
		if by != nil && by.found != nil {
			tree, dir = by.found.Tree, by.found.Dir()
		} else if dir == "" {
			return "", nil, nil, fault.New(fault.ModuleNotFound, "'%s' is a path from the file that requires it, and this code is in no file", name).
				WithHint("import.file(%q) takes a path from the working directory", name)
		}
		full, beside, err = l.file(L, tree, dir, name)
		return full, by, beside, err
	case finder.IsRelative(name):
		if by == nil || by.found == nil || !by.named {
			rest := strings.TrimLeft(name, ".")
			return "", nil, nil, fault.New(fault.ModuleNotFound, "'%s' is a name in a package, and this code is in none", name).
				WithHint("write '%s', or './%s.lua' for the file beside this one; 'gscript -m package' runs a package's main.lua as part of it", rest, strings.ReplaceAll(rest, ".", "/"))
		}
		full, err = finder.Relative(name, by.Name, by.Package)
		return full, by, nil, err
	}
	return name, by, nil, nil
}

// file finds the file of a path and the name of its module: that by which
// require finds the file, or else the path.
func (l *Loader) file(L *lua.LState, tree finder.Tree, dir, path string) (string, *finder.Found, error) {
	chain := l.chain()
	if tree != finder.Tree(l.disk) {
		chain = l.libraryChain()
	}
	found, err := look(L, func() (*finder.Found, error) { return finder.Beside(tree, dir, path) })
	if err != nil {
		return "", nil, l.missing(L, err, chain, path)
	}
	name, pkg := finder.NameOf(chain, tree, found.Path)
	if name == "" || tree == finder.Tree(l.disk) && l.isBuiltin(name) || l.preload.RawGetString(name) != lua.LNil {
		return found.Name, found, nil
	}
	same, err := look(L, func() (*finder.Found, error) { return finder.Find(vm.TaskOf(L).HardContext(), chain, name) })
	if err == nil && tree.Abs(same.Path) == tree.Abs(found.Path) {
		found.Name, found.Package = name, pkg
	}
	return found.Name, found, nil
}

// File loads the module in the file at path, once a file.
func (l *Loader) File(L *lua.LState, path string) (lua.LValue, error) {
	if err := finder.CheckSize(path, ""); err != nil {
		return nil, err
	}
	name, found, err := l.file(L, l.disk, "", filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	return l.load(L, name, l.Caller(L), found)
}
