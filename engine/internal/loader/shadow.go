package loader

import (
	"context"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/finder"
)

// warnShadow says that a file beside the script has the name of a built-in
// module, which is taken in any case. The source of the built-in module itself is
// none to warn of; builtin is nil for a native module.
func (l *Loader) warnShadow(L *lua.LState, name string, builtin *finder.Found) {
	dir := l.script.Dir
	if dir == "" || l.script.Worker || l.warned[name] {
		return
	}
	found, err := look(L, func() (*finder.Found, error) {
		return finder.Find(context.Background(), finder.Below(l.disk, dir), name)
	})
	if err != nil {
		return
	}
	l.warned[name] = true
	if builtin != nil && l.sameSource(L, found, builtin) {
		return
	}
	l.Log.Warn("a file has the name of a built-in module; require takes the built-in one: give the file another name, or require it by its path",
		"module", name, "file", found.File)
}

// sameSource says that two files have the same text.
func (l *Loader) sameSource(L *lua.LState, a, b *finder.Found) bool {
	one, err := look(L, func() (string, error) { return a.Read(l.Limits.Size) })
	if err != nil {
		return false
	}
	other, err := b.Read(l.Limits.Size)
	return err == nil && one == other
}

// warnTwice says that the script runs a second time, as a module.
func (l *Loader) warnTwice(m *Module) {
	if !l.warned[m.File] {
		l.warned[m.File] = true
		l.Log.Warn("the script is required as a module, so that it runs a second time: put what both need into a module of its own",
			"script", m.File, "module", m.Name)
	}
}

// secondName is another name of the same file.
func (l *Loader) secondName(file string) string {
	dir, base := filepath.Split(file)
	return dir + "." + string(filepath.Separator) + base
}
