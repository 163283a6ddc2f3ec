package loader

import (
	"errors"
	"io/fs"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// MaxResource bounds a file that Resource reads.
const MaxResource = 64 << 20

// Resource reads a file that lies beside the files of a package or a module, on
// disk, in an archive or in the binary. "" is the module of the Lua function on
// L, or the script.
func (l *Loader) Resource(L *lua.LState, pkg, file string) ([]byte, error) {
	slashed := filepath.ToSlash(file)
	if !fs.ValidPath(slashed) || slashed == "." {
		return nil, fault.New(fault.ArgsInvalid, "'%s' is no path inside a package", file).
			WithHint("give a path such as 'data/table.json', with neither '..' nor a '/' in front")
	}
	dirs, err := l.homes(L, pkg)
	if err != nil {
		return nil, err
	}
	for _, d := range dirs {
		path := d.tree.Join(d.dir, d.tree.Native(slashed))
		vm.Spend(L, 1)
		data, err := look(L, func() ([]byte, error) { return finder.Read(d.tree, path, MaxResource) })
		if err == nil && len(data) > MaxResource {
			return nil, fault.New(fault.StringSize, "%s is larger than %d MiB", d.tree.Label(path), MaxResource>>20).
				WithHint("read large files piece by piece with io.open")
		}
		if err == nil {
			return data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	e := fault.New(fault.FileNotFound, "there is no file '%s' in %s", file, dirs[0].tree.Label(dirs[0].dir))
	names, lerr := look(L, func() ([]string, error) { return dirs[0].names(slashed), nil })
	if lerr != nil {
		return nil, lerr
	}
	if near := fault.Suggest(slashed, names); near != "" {
		e.Hint = "did you mean '" + near + "'?"
	}
	return nil, e
}

// home is a directory of a package.
type home struct {
	tree finder.Tree
	dir  string
}

// names lists what is in the directory in which the path stands.
func (h home) names(path string) (names []string) {
	sub := ""
	if i := len(path) - len(filepath.Base(path)); i > 0 {
		sub = path[:i]
	}
	dir := h.tree.Join(h.dir, h.tree.Native(sub))
	if dir == "" {
		dir = "."
	}
	entries, _ := h.tree.ReadDir(dir)
	for _, e := range entries {
		names = append(names, sub+e.Name())
	}
	return names
}

func (l *Loader) homes(L *lua.LState, pkg string) ([]home, error) {
	var m *Module
	if pkg == "" {
		if m = l.Caller(L); m == nil && l.script.Dir != "" {
			return []home{{l.disk, l.script.Dir}}, nil
		}
		if m == nil {
			return nil, fault.New(fault.ArgsInvalid, "this code is in no file, so that nothing lies beside it").
				WithHint("name the package whose file you want")
		}
	} else {
		full, _, beside, err := l.resolve(L, pkg)
		if err != nil {
			return nil, err
		}
		if r := l.records[full]; r != nil && r.module != nil {
			m = r.module
		} else if m, err = l.search(L, full, beside); err != nil {
			return nil, err
		}
	}
	if m.found != nil {
		return []home{{m.found.Tree, m.found.Dir()}}, nil
	}
	var list []home
	for _, d := range m.dirs {
		list = append(list, home{d.Tree, d.Dir()})
	}
	if len(list) == 0 {
		return nil, fault.New(fault.ArgsInvalid, "the module '%s' has no files: it is made by %s", m.Name, madeBy(m.Kind))
	}
	return list, nil
}

func madeBy(kind string) string {
	switch kind {
	case KindPreload:
		return "a function in package.preload"
	case KindLoader:
		return "a function in package.loaders"
	}
	return "the program itself"
}
