// Package tablib is the table library of Lua 5.1, with pack and move of later
// versions. All its functions but move work on the items themselves, without
// metamethods, as in 5.1.
package tablib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Functions returns the table library of a world.
func Functions(*vm.World) map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"concat":   concat,
		"foreach":  foreach,
		"foreachi": foreachi,
		"getn":     getn,
		"insert":   insert,
		"maxn":     maxn,
		"move":     move,
		"pack":     pack,
		"remove":   remove,
		"setn":     setn,
		"sort":     sort,
		"unpack":   Unpack,
	}
}
