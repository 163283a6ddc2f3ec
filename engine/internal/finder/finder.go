// Package finder finds the files of modules. A chain of places is gone through
// in order; a place is a pattern in a tree, and a tree is the disk with the zip
// archives on it, or files inside the binary. Nothing is run here.
package finder

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Place is where modules may be: in a file, named by the pattern with each '?'
// replaced by the module's name, below a directory of a tree.
type Place struct {
	Tree    Tree
	Dir     string // "" for patterns that stand by themselves
	Pattern string // "?.lua"
}

// file is the file that a module would have here. name is its name as a path.
func (p Place) file(name string) string {
	return p.Tree.Join(p.Dir, strings.ReplaceAll(p.Pattern, "?", p.Tree.Native(name)))
}

// String is the place for people.
func (p Place) String() string { return p.Tree.Label(p.Tree.Join(p.Dir, p.Pattern)) }

// Below are the two places of a directory: for modules and for packages.
func Below(t Tree, dir string) []Place {
	return []Place{{t, dir, "?.lua"}, {t, dir, t.Native("?/init.lua")}}
}

// Found is the file of a module.
type Found struct {
	Name    string
	File    string // for people, and the name of the chunk
	Package bool   // the file is the package's init.lua
	Tree    Tree
	Path    string // in the tree
}

// Dir is the directory of the file.
func (f *Found) Dir() string { return f.Tree.Dir(f.Path) }

// Read returns the source. Of a file that is too large no more is read than
// shows that.
func (f *Found) Read(limit int) (string, error) {
	data, err := Read(f.Tree, f.Path, limit)
	return string(data), err
}

// Read reads up to one byte more than limit of a file.
func Read(t Tree, path string, limit int) ([]byte, error) {
	r, err := t.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(limit)+1))
}

// Missing is the error of a module that no place has.
type Missing struct {
	Name  string
	Tried []string // files
	Cause error    // a place that could not be looked at, if there was one
}

func (m *Missing) Error() string { return "there is no module '" + m.Name + "'" }
func (m *Missing) Unwrap() error { return m.Cause }

// Find looks for a module. A place that cannot be looked at is passed over; the
// first such failure is told when no other place has the module.
func Find(ctx context.Context, chain []Place, name string) (*Found, error) {
	missing := &Missing{Name: name}
	path := strings.ReplaceAll(name, ".", "/")
	for _, p := range chain {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		file := p.file(path)
		info, err := p.Tree.Stat(file)
		if err == nil && !info.IsDir() {
			return &Found{Name: name, File: p.Tree.Label(file), Package: p.isPackage(), Tree: p.Tree, Path: file}, nil
		}
		missing.Tried = append(missing.Tried, p.Tree.Label(file))
		if err != nil && missing.Cause == nil && worthTelling(err) {
			missing.Cause = err
		}
	}
	return nil, missing
}

// worthTelling says that a place failed by more than having no such file.
func worthTelling(err error) bool {
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var bad *BadArchive
	return fault.KindOf(fault.Classify(err)) == fault.Denied || errors.Is(err, fs.ErrPermission) || errors.As(err, &bad)
}

// isPackage says that the place holds the files of packages.
func (p Place) isPackage() bool {
	return strings.HasSuffix(filepath.ToSlash(p.Pattern), "?/init.lua")
}

// NameOf is the name by which a file of a tree is found in the chain, and
// whether it is a package's. It is "" for a file that is found by no name.
func NameOf(chain []Place, t Tree, file string) (name string, pkg bool) {
	file = filepath.ToSlash(t.Abs(file))
	for _, pkg := range []bool{true, false} {
		for _, p := range chain {
			if p.Tree != t || p.isPackage() != pkg {
				continue
			}
			before, after, ok := strings.Cut(filepath.ToSlash(t.Abs(t.Join(p.Dir, p.Pattern))), "?")
			if !ok || strings.Contains(after, "?") {
				continue
			}
			rest, ok := strings.CutPrefix(file, before)
			if !ok {
				continue
			}
			rest, ok = strings.CutSuffix(rest, after)
			name := strings.ReplaceAll(rest, "/", ".")
			if ok && CheckName(name) == nil && strings.Count(rest, ".") == 0 {
				return name, pkg
			}
		}
	}
	return "", false
}
