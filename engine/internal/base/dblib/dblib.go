// Package dblib is the debug library of Lua.
package dblib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Functions returns the debug library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	return map[string]lua.LGFunction{}
}
