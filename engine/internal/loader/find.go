package loader

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Find tells what a name means without running it, nil for no module.
func (l *Loader) Find(L *lua.LState, name string) (*Module, error) {
	full, _, beside, err := l.resolve(L, name)
	if err == nil {
		if r := l.records[full]; r != nil && r.loaded && l.IsLoaded(full) {
			return r.module, nil
		}
		var m *Module
		if m, err = l.search(L, full, beside); err == nil {
			return m, nil
		}
	}
	var e *fault.Error
	if errors.As(err, &e) && e.Kind == fault.ModuleNotFound && e.Fields["tried"] != nil {
		return nil, nil
	}
	return nil, err
}

// Value is what a module is in package.loaded, nil for none.
func (l *Loader) Value(name string) lua.LValue { return l.loaded.RawGetString(name) }

// IsLoaded says whether a module is there already.
func (l *Loader) IsLoaded(name string) bool { return l.loaded.RawGetString(name) != lua.LNil }

// nameOf is the name under which a value is loaded, "" for none.
func (l *Loader) nameOf(v lua.LValue) (name string) {
	for _, r := range l.order {
		if l.loaded.RawGetString(r.Name) == v {
			return r.Name
		}
	}
	l.loaded.ForEach(func(k, loaded lua.LValue) {
		if loaded == v && (name == "" || k.String() < name) {
			name = k.String()
		}
	})
	return name
}
