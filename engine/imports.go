package engine

import (
	"time"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/loader"
)

// Imports is the state's require for the module that scripts reach it by. What
// is relative to a module or a file is so to the Lua function that makes the
// call. Only inline functions and live values may use it.
type Imports struct {
	c *Call
	l *loader.Loader
}

// Imports returns require of the calling state.
func (c *Call) Imports() Imports { return Imports{c, c.state.loader} }

// ModuleInfo tells of a module.
type ModuleInfo struct {
	Name    string
	Kind    string // builtin, library, file, namespace, preload or loader
	File    string // "" where there is none
	Package bool   // other modules may be inside it
}

// ModuleLoad tells of a module that was loaded.
type ModuleLoad struct {
	ModuleInfo
	By       string   // the module that required it first, "" for the script
	Requires []string // in the order in which it first did
	Time     time.Duration
	Own      time.Duration // without the modules that it loaded
}

func moduleInfo(m *loader.Module) *ModuleInfo {
	if m == nil {
		return nil
	}
	return &ModuleInfo{Name: m.Name, Kind: m.Kind, File: m.File, Package: m.Package}
}

// Require loads a module as the function require does.
func (i Imports) Require(name string) (Value, error) {
	v, err := i.l.Require(i.c.frame.L, name)
	return bind.ValueOf(v), err
}

// Member reads a field of a module, or a module inside a package.
func (i Imports) Member(name string, module Value, member string) (Value, error) {
	v, err := i.l.Member(i.c.frame.L, name, module.Lua(), member)
	return bind.ValueOf(v), err
}

// File loads the module in the file at path.
func (i Imports) File(path string) (Value, error) {
	v, err := i.l.File(i.c.frame.L, path)
	return bind.ValueOf(v), err
}

// Lazy makes a table that loads a module when it is first used.
func (i Imports) Lazy(name string) (Value, error) {
	v, err := i.l.Lazy(i.c.frame.L, name)
	return bind.ValueOf(v), err
}

// Reload runs a module, given by name or value, once more.
func (i Imports) Reload(module Value) (Value, error) {
	v, err := i.l.Reload(i.c.frame.L, module.Lua())
	return bind.ValueOf(v), err
}

// Find tells what a name means without running it, nil for no module.
func (i Imports) Find(name string) (*ModuleInfo, error) {
	m, err := i.l.Find(i.c.frame.L, name)
	return moduleInfo(m), err
}

// Resource reads a file beside the files of a package; "" is the caller's.
func (i Imports) Resource(pkg, file string) ([]byte, error) {
	return i.l.Resource(i.c.frame.L, pkg, file)
}

// Current is the module in which the calling function stands, nil for none.
func (i Imports) Current() *ModuleInfo { return moduleInfo(i.l.Caller(i.c.frame.L)) }

// Export makes a table the module that the task is loading. It is false when
// none is being loaded.
func (i Imports) Export(module Value) bool { return i.l.Export(i.c.frame.L, module.Lua()) }

// Graph lists the modules in the order in which they were loaded.
func (i Imports) Graph() []ModuleLoad {
	var list []ModuleLoad
	for _, r := range i.l.Graph() {
		list = append(list, ModuleLoad{
			ModuleInfo: ModuleInfo{Name: r.Name, Kind: r.Kind, File: r.File},
			By:         r.By, Requires: r.Requires, Time: r.Time, Own: r.Own,
		})
	}
	return list
}

// Builtin lists the modules that the program has itself.
func (i Imports) Builtin() []string { return i.l.Builtin() }

// Places lists where files are looked for, as patterns.
func (i Imports) Places() []string { return i.l.Places() }

// AddPlace adds a pattern, a directory or an archive to the search path.
func (i Imports) AddPlace(place string, first bool) { i.l.AddPlace(place, first) }

// AddLoader adds a function to package.loaders, before that which looks for
// files, or as the first.
func (i Imports) AddLoader(fn *Func, first bool) error { return i.l.AddLoader(fn.Lua(), first) }

// IsScript says that the calling function stands in the file that was started,
// in the state that runs it.
func (i Imports) IsScript() bool { return i.l.IsScript(i.c.frame.L) }

// Script tells the file and the directory of the script, "" for a script that is
// in none.
func (i Imports) Script() (file, dir string) {
	s := i.l.Script()
	return s.File, s.Dir
}
