package loader

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
)

// AddPlace adds an entry to package.path.
func (l *Loader) AddPlace(place string, first bool) {
	path := strings.Split(l.Path(), ";")
	patterns := finder.Patterns(place)
	if first {
		path = slices.Concat(patterns, path)
	} else {
		path = slices.Concat(path, patterns)
	}
	path = slices.DeleteFunc(path, func(p string) bool { return p == "" })
	l.SetPath(strings.Join(path, ";"))
}

// HasFinders says that functions of the script find modules: in package.loaders or
// in package.preload.
func (l *Loader) HasFinders() bool {
	if key, _ := l.preload.Next(lua.LNil); key != lua.LNil {
		return true
	}
	loaders, ok := l.pkg.RawGetString("loaders").(*lua.LTable)
	if !ok {
		return false
	}
	for i := 1; loaders.RawGetInt(i) != lua.LNil; i++ {
		if fn, ok := loaders.RawGetInt(i).(*lua.LFunction); !ok || l.own[fn] == nil {
			return true
		}
	}
	return false
}

// AddLoader adds a function to package.loaders, in front of that which looks for
// files, or as the first.
func (l *Loader) AddLoader(fn lua.LValue, first bool) error {
	loaders, ok := l.pkg.RawGetString("loaders").(*lua.LTable)
	if !ok {
		return fault.New(fault.ArgsInvalid, "package.loaders must be a table")
	}
	at := 1
	if !first {
		for at = 1; loaders.RawGetInt(at) != lua.LNil; at++ {
			if f, ok := loaders.RawGetInt(at).(*lua.LFunction); ok && f == l.files {
				break
			}
		}
	}
	loaders.Insert(at, fn)
	return nil
}
