// Package mathlib is the math library of Lua.
package mathlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Functions returns the math library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	return map[string]lua.LGFunction{}
}
