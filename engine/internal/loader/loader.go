// Package loader is require and the table package of a state: what a script
// requires is looked for by the functions in package.loaders, run once and kept
// in package.loaded.
package loader

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Config is what the loader of a state stands on.
type Config struct {
	World   *vm.World
	Files   host.Files
	Clock   host.Clock
	Log     *slog.Logger
	Limits  chunk.Limits
	Path    []string // entries of the search path
	Library fs.FS    // modules inside the binary; nil for none

	Compile func(name, source string) (*chunk.Chunk, error)
	// Native makes the table of a native module, nil when there is none.
	Native func(name string) lua.LValue
	// Natives lists the native modules.
	Natives func() []string
	// Loaded is told of each module that was loaded and is a table.
	Loaded func(name string, module *lua.LTable)
}

// Script is what a state runs.
type Script struct {
	Name   string // of its chunk
	File   string // "" for a script that is in no file
	Dir    string // where modules are looked for first, "" for nowhere
	Worker bool   // the state works for the script
	// Finders says that the script of a worker finds modules by functions, which are
	// not in the worker.
	Finders bool

	Module  string // the module that the file is, "" for none
	Package bool
}

// Loader is require of one state. It is used with the baton held.
type Loader struct {
	Config
	script Script

	pkg     *lua.LTable
	loaded  *lua.LTable
	preload *lua.LTable
	own     map[*lua.LFunction]searcher // in package.loaders
	files   *lua.LFunction              // that which looks for files

	disk    *finder.Disk
	library *finder.Embedded // nil for none

	loading map[string]*loading
	// innermost is the module that each task is loading, if it is.
	innermost map[*vm.Task]*loading

	chunks  map[string]*Module // modules from files, by the names of their chunks
	records map[string]*Record
	order   []*Record
	warned  map[string]bool
}

// archiveSources is how many times as large as a source a zip archive may be.
const archiveSources = 4

// New makes the loader of a state with its globals require and package.
func New(c Config) *Loader {
	root := c.World.Root
	l := &Loader{
		Config: c,
		pkg:    root.CreateTable(0, 8), loaded: root.CreateTable(0, 16), preload: root.CreateTable(0, 0),
		own:     map[*lua.LFunction]searcher{},
		disk:    finder.NewDisk(c.Files, archiveSources*c.Limits.Size),
		loading: map[string]*loading{}, innermost: map[*vm.Task]*loading{},
		chunks: map[string]*Module{}, records: map[string]*Record{}, warned: map[string]bool{},
	}
	if c.Library != nil {
		l.library = &finder.Embedded{FS: c.Library, Name: "stdlib"}
	}
	var path []string
	for _, entry := range c.Path {
		path = append(path, finder.Patterns(entry)...)
	}
	loaders := root.CreateTable(4, 0)
	for _, s := range []searcher{l.searchPreload, l.searchBuiltin, l.searchFiles} {
		fn := root.NewFunction(l.callable(s))
		l.own[fn] = s
		loaders.Append(fn)
		l.files = fn // the last
	}
	for name, v := range map[string]lua.LValue{
		"loaded": l.loaded, "preload": l.preload,
		"path": lua.LString(strings.Join(path, ";")), "cpath": lua.LString(""),
		"config":  lua.LString("/\n;\n?\n!\n-\n"),
		"loaders": loaders, "searchers": loaders,
		"searchpath": root.NewFunction(l.searchpath),
	} {
		l.pkg.RawSetString(name, v)
	}
	g := root.G.Global
	g.RawSetString("package", l.pkg)
	g.RawSetString("require", root.NewFunction(l.require))
	return l
}

// SetLoaded makes a value that exists already a module.
func (l *Loader) SetLoaded(name string, v lua.LValue) { l.loaded.RawSetString(name, v) }

// Script is what the state runs.
func (l *Loader) Script() Script { return l.script }

// SetScript says what the state runs.
func (l *Loader) SetScript(s Script) {
	l.script = s
	if s.Module != "" {
		l.chunks[s.Name] = l.module(&finder.Found{Name: s.Module, File: s.Name, Package: s.Package, Tree: l.disk, Path: s.File})
	} else {
		delete(l.chunks, s.Name)
	}
}

// Path is the search path as the script has set it.
func (l *Loader) Path() string {
	path, _ := l.pkg.RawGetString("path").(lua.LString)
	return string(path)
}

// SetPath sets the search path.
func (l *Loader) SetPath(path string) { l.pkg.RawSetString("path", lua.LString(path)) }

// ownModules is the directory beside the script for modules of others.
const ownModules = "lua_modules"

// chain is where files are looked for: beside the script, by package.path, in
// the script's lua_modules.
func (l *Loader) chain() []finder.Place {
	chain := finder.SplitPath(l.disk, l.Path())
	if dir := l.script.Dir; dir != "" {
		chain = slices.Concat(finder.Below(l.disk, dir), chain, finder.Below(l.disk, filepath.Join(dir, ownModules)))
	}
	return chain
}

func (l *Loader) libraryChain() []finder.Place {
	if l.library == nil {
		return nil
	}
	return finder.Below(l.library, "")
}

// Places lists where files are looked for, in order, as patterns.
func (l *Loader) Places() []string {
	var list []string
	for _, p := range l.chain() {
		list = append(list, p.String())
	}
	return list
}

// Builtin lists the modules that are found without files of the disk.
func (l *Loader) Builtin() []string {
	names := append(l.Natives(), LibraryNames(l.Library)...)
	slices.Sort(names)
	return slices.Compact(names)
}

// LibraryNames lists the modules of a library that are not inside a package.
func LibraryNames(library fs.FS) []string {
	if library == nil {
		return nil
	}
	files, _ := fs.Glob(library, "*.lua")
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".lua")
	}
	packages, _ := fs.Glob(library, "*/init.lua")
	for _, p := range packages {
		files = append(files, strings.TrimSuffix(p, "/init.lua"))
	}
	return files
}
