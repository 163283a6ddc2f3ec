package finder

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of looking around, which people wait for only when something is wrong.
const (
	maxListed  = 1000 // entries of a directory
	maxNearby  = 5000 // names in all
	maxNesting = 3    // directories that are looked into for a namespace
)

// folder is a directory of a place's tree.
type folder struct {
	tree Tree
	dir  string
}

// folders are the directories that would be the package called name, without an
// init.lua. "" stands for the outermost directories.
func folders(chain []Place, name string) []folder {
	var list []folder
	for _, p := range chain {
		before, after, ok := strings.Cut(p.Pattern, "?")
		if !ok || after != ".lua" {
			continue
		}
		dir := p.Tree.Join(p.Dir, before+p.Tree.Native(strings.ReplaceAll(name, ".", "/")))
		if dir == "" {
			dir = "."
		}
		if !slices.Contains(list, folder{p.Tree, dir}) {
			list = append(list, folder{p.Tree, dir})
		}
	}
	return list
}

// Namespace lists the directories that make up the package called name where no
// place has an init.lua of it: those with Lua files in or below them.
func Namespace(ctx context.Context, chain []Place, name string) []*Found {
	var list []*Found
	for _, f := range folders(chain, name) {
		if ctx.Err() != nil {
			break
		}
		if f.holdsLua(maxNesting) {
			list = append(list, &Found{Name: name, File: f.tree.Label(f.dir), Package: true, Tree: f.tree, Path: f.tree.Join(f.dir, "init.lua")})
		}
	}
	return list
}

func (f folder) list() []fs.DirEntry {
	entries, err := f.tree.ReadDir(f.dir)
	if err != nil {
		return nil
	}
	return entries[:min(len(entries), maxListed)]
}

func (f folder) holdsLua(depth int) bool {
	entries := f.list()
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && strings.HasSuffix(e.Name(), ".lua") }) {
		return true
	}
	return depth > 1 && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.IsDir() && !strings.HasPrefix(e.Name(), ".") && folder{f.tree, f.tree.Join(f.dir, e.Name())}.holdsLua(depth-1)
	})
}

// Nearby lists the names of modules that stand where the named one would.
func Nearby(ctx context.Context, chain []Place, name string) []string {
	prefix := ""
	if p := parent(name); p != "" {
		prefix = p + "."
	}
	var names []string
	for _, f := range folders(chain, parent(name)) {
		for _, e := range f.list() {
			if ctx.Err() != nil || len(names) >= maxNearby {
				return names
			}
			stem, isLua := strings.CutSuffix(e.Name(), ".lua")
			switch {
			case isLua && !e.IsDir() && stem != "init":
			case e.IsDir() && !strings.Contains(e.Name(), ".") && folder{f.tree, f.tree.Join(f.dir, e.Name())}.holdsLua(1):
			default:
				continue
			}
			if full := prefix + stem; CheckName(full) == nil && !slices.Contains(names, full) {
				names = append(names, full)
			}
		}
	}
	return names
}

// Beside is the file that a path such as ./x.lua or ../x means, seen from a
// directory of a tree. Without ".lua" it may be that file or a package.
func Beside(t Tree, dir, path string) (*Found, error) {
	base := t.Join(dir, t.Native(path))
	candidates := []string{base}
	if !strings.HasSuffix(path, ".lua") {
		candidates = []string{base + ".lua", t.Join(base, "init.lua")}
	}
	missing := &Missing{Name: path}
	for _, file := range candidates {
		info, err := t.Stat(file)
		if err == nil && !info.IsDir() {
			return &Found{Name: filepath.ToSlash(t.Abs(file)), File: t.Label(file), Package: strings.HasSuffix(filepath.ToSlash(file), "/init.lua"), Tree: t, Path: file}, nil
		}
		missing.Tried = append(missing.Tried, t.Label(file))
		if err != nil && missing.Cause == nil && worthTelling(err) {
			missing.Cause = err
		}
	}
	return nil, missing
}
