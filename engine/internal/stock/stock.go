// Package stock gives access to the functions of gopher-lua's libraries that
// gscript builds upon, without opening the libraries in a script's state.
package stock

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Coroutine is that of gopher-lua. Callers must not change the map.
var Coroutine = sync.OnceValue(func() map[string]lua.LGFunction { return functions(lua.OpenCoroutine) })

func functions(open lua.LGFunction) map[string]lua.LGFunction {
	L := lua.NewState(lua.Options{SkipOpenLibs: true, RegistrySize: 256, CallStackSize: 8})
	defer L.Close()
	L.Push(L.NewFunction(open))
	L.Call(0, 1)
	funcs := map[string]lua.LGFunction{}
	L.Get(-1).(*lua.LTable).ForEach(func(k, v lua.LValue) {
		if fn, ok := v.(*lua.LFunction); ok {
			funcs[k.String()] = fn.GFunction
		}
	})
	return funcs
}
