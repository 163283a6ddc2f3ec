// Package tablib is the table library of Lua.
package tablib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Functions returns the table library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	return map[string]lua.LGFunction{}
}
