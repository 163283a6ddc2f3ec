package loader

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// searchpath is Lua 5.2's: the first file that a name means by the patterns of a
// path, or nil and what was tried.
func (l *Loader) searchpath(L *lua.LState) int {
	name, path := arg.String(L, 1), arg.String(L, 2)
	err := finder.CheckSize(name, path)
	if sep, into := arg.OptString(L, 3, "."), arg.OptString(L, 4, string(filepath.Separator)); err == nil && sep != "" {
		if err = finder.CheckSize(into, path); err == nil {
			name = strings.ReplaceAll(name, sep, into)
			err = finder.CheckSize(name, path)
		}
	}
	if err != nil {
		l.World.Throw(L, err)
	}
	var tried strings.Builder
	for _, pattern := range strings.Split(path, ";") {
		vm.Spend(L, 1)
		file := strings.ReplaceAll(pattern, "?", name)
		f, err := hostcall.Held(L, func() (io.ReadCloser, error) { return l.disk.Open(file) }, func(late io.ReadCloser) { late.Close() })
		if err == nil {
			f.Close()
			L.Push(lua.LString(file))
			return 1
		}
		if e := fault.Classify(err); e.Kind == fault.Denied {
			l.World.Throw(L, e)
		}
		fmt.Fprintf(&tried, "\n\tno file '%s'", file)
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(tried.String()))
	return 2
}
