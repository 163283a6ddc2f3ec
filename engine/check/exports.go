package check

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
)

// exports is what is known of a Lua file that others require.
type exports struct {
	path    string
	globals map[string]bool // that the file sets
	fields  map[string]bool // names that it assigns to as fields of anything
	dynamic bool            // it may define globals that nothing tells of
	// members are the fields of the table that it returns, and members holds all
	// of them; nil where that is not known.
	members map[string]value
	closed  bool
	whole   value // what it returns, where that is no table of its own
}

// member tells whether there may be such a field, and what it is.
func (e *exports) member(name string) (value, bool) {
	v, ok := e.members[name]
	return v, ok || !e.closed || e.fields[name]
}

func (e *exports) names() []string { return slices.Sorted(maps.Keys(e.members)) }

// load reads a file that is required. It is nil where there is none.
func (c *Checker) load(path string, source func() (string, error)) *exports {
	if known, ok := c.exports[path]; ok {
		return known
	}
	text, err := source()
	if err != nil {
		c.exports[path] = nil
		return nil
	}
	e := &exports{path: path, dynamic: true}
	c.exports[path] = e // also for a file that requires itself
	f, err := c.open(path, text)
	if err != nil {
		return e
	}
	e.globals, e.fields, e.dynamic = f.assigned, f.fields, f.dynamic
	f.returns(e)
	for _, name := range f.required {
		if other, found := f.locate(name); found && other != nil {
			e.dynamic = e.dynamic || other.dynamic
			for g := range other.globals {
				e.globals[g] = true
			}
			for n := range other.fields {
				e.fields[n] = true
			}
		} else if !found {
			e.dynamic = true
		}
	}
	return e
}

// returns finds what the file returns.
func (f *file) returns(e *exports) {
	if f.searches { // it may put something else into package.loaded
		return
	}
	ret := f.returned
	if call, ok := ret.(*ast.FuncCallExpr); ok { // setmetatable(M, {…})
		if name, ok := call.Func.(*ast.IdentExpr); ok && name.Value == "setmetatable" && len(call.Args) == 2 {
			if meta, ok := call.Args[1].(*ast.TableExpr); ok && plainMeta(meta) {
				ret = call.Args[0]
			}
		}
	}
	switch ret := ret.(type) {
	case *ast.TableExpr:
		e.table(ret)
	case *ast.FunctionExpr:
		e.whole = closure(ret)
	case *ast.IdentExpr:
		v := f.bound[f.inside(at(ret))]
		if v == nil || v.writes > 0 {
			return
		}
		switch init := v.init.(type) {
		case *ast.FunctionExpr:
			e.whole = closure(init)
		case *ast.TableExpr:
			if v.escapes {
				return
			}
			e.table(init)
			for name, member := range v.members {
				e.members[name] = closureOf(member)
			}
		}
	}
}

func closureOf(e ast.Expr) value {
	if fn, ok := e.(*ast.FunctionExpr); ok {
		return closure(fn)
	}
	return value{}
}

func (e *exports) table(t *ast.TableExpr) {
	e.members, e.closed = map[string]value{}, true
	for _, field := range t.Fields {
		switch key := field.Key.(type) {
		case *ast.StringExpr:
			e.members[key.Value] = closureOf(field.Value)
		case nil, *ast.NumberExpr:
		default:
			e.closed = false
		}
	}
}

// moduleValue is what require gives for a native module or one of the library.
func (f *file) moduleValue(name string) value {
	m := f.c.modules[name]
	if m == nil {
		return value{}
	}
	v := value{kind: moduleValue, mod: m}
	if f.c.opts.Library != nil {
		path := strings.ReplaceAll(name, ".", "/") + ".lua"
		if fs.ValidPath(path) {
			v.file = f.c.load("library:"+path, func() (string, error) {
				data, err := fs.ReadFile(f.c.opts.Library, path)
				return string(data), err
			})
		}
	}
	if v.file != nil && !v.file.closed {
		return value{}
	}
	return v
}

// locate looks for what require would find: a file, or nothing that has a file.
func (f *file) locate(name string) (e *exports, found bool) {
	if f.c.modules[name] != nil {
		return nil, true
	}
	if _, ok := f.c.opts.Standard[name]; ok {
		return nil, true // the libraries are in package.loaded
	}
	for _, path := range f.candidates(name) {
		if e := f.c.load(filepath.Clean(path), func() (string, error) { return read(path) }); e != nil {
			return e, true
		}
	}
	return nil, false
}

// Bounds of looking for a module.
const (
	longestModule = 200
	mostParents   = 6
)

// candidates are the files that may hold a module. Names are searched from the
// script's directory, which may be one above that of a module.
func (f *file) candidates(name string) []string {
	if len(name) > longestModule || strings.ContainsRune(name, 0) {
		return nil
	}
	dir := filepath.Dir(f.name)
	if finder.IsPath(name) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		return []string{path, path + ".lua", filepath.Join(path, "init.lua")}
	}
	if finder.IsRelative(name) {
		short := strings.TrimLeft(name, ".")
		dir = filepath.Join(dir, strings.Repeat("../", len(name)-len(short)-1))
		return below(dir, filepath.FromSlash(strings.ReplaceAll(short, ".", "/")))
	}
	if finder.CheckName(name) != nil {
		return nil
	}
	file := filepath.FromSlash(strings.ReplaceAll(name, ".", "/"))
	var list []string
	for range mostParents {
		list = append(list, below(dir, file)...)
		list = append(list, below(filepath.Join(dir, "lua_modules"), file)...)
		dir = filepath.Join(dir, "..")
	}
	for _, entry := range f.c.opts.Path {
		for _, pattern := range finder.Patterns(entry) {
			list = append(list, strings.ReplaceAll(pattern, "?", file))
		}
	}
	return list
}

// below are the files of a module in a directory.
func below(dir, file string) []string {
	return []string{filepath.Join(dir, file+".lua"), filepath.Join(dir, file, "init.lua")}
}

// usual says that it can be told here whether there is a module of the name.
func (f *file) usual(name string) bool {
	archives := slices.ContainsFunc(f.c.opts.Path, func(entry string) bool { return strings.Contains(strings.ToLower(entry), ".zip") })
	return name != "" && !finder.IsPath(name) && !finder.IsRelative(name) && !archives
}

// require is the value of require(name).
func (f *file) require(name string, token int) value {
	if v := f.moduleValue(name); v.kind != unknown || f.c.modules[name] != nil {
		return v
	}
	if members := f.c.opts.Standard[name]; members != nil {
		return value{kind: libraryValue, text: name}
	}
	e, found := f.locate(name)
	switch {
	case e != nil && e.closed:
		return value{kind: exportsValue, file: e}
	case e != nil:
		return e.whole
	case !found && f.usual(name) && !f.searches && !f.directory(name):
		hint := hintOf(name, f.c.names)
		if !strings.HasPrefix(hint, "did you mean") {
			hint = ""
			if err := finder.CheckName(name); err != nil {
				hint = fault.Classify(err).Hint
			}
		}
		f.find(token, Error, ruleModule, "there is no module '"+shorten(name)+"'", hint)
	}
	return value{}
}

// directory says that a directory has the name: a package without a file.
func (f *file) directory(name string) bool {
	for _, path := range f.candidates(name) {
		if info, err := os.Stat(strings.TrimSuffix(strings.TrimSuffix(path, "init.lua"), ".lua")); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// requireGlobals makes known what a required file sets.
func (f *file) requireGlobals(name string) {
	if name == "import" {
		f.searches = true // it adds loaders
	}
	e, found := f.locate(name)
	switch {
	case !found:
		f.foreign = true
		f.dynamic = f.dynamic || !f.usual(name)
	case e != nil:
		f.dynamic = f.dynamic || e.dynamic
		f.foreign = f.foreign || e.dynamic
		for g := range e.globals {
			f.declared[g] = true
		}
		for n := range e.fields {
			f.fields[n] = true
		}
	}
}

// extended says that a file may add to libraries that cannot be read.
func (f *file) extended() bool { return f.foreign || f.dynamic }
