// Package strlib is the string library of Lua.
package strlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Functions returns the string library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	return map[string]lua.LGFunction{}
}
