package arg

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Room prepares the stack for n results; it raises "too many results" followed
// by the purpose when they do not fit. They may take half of the stack, because
// a call with them as variable arguments copies them.
func Room(L *lua.LState, n int, purpose string) {
	top := L.GetTop()
	if limit := L.Options.RegistryMaxSize; n < 0 || limit > 0 && n > limit/2-top {
		Raise(L, "too many results%s", purpose)
	}
	vm.FitTable(L, n)
	if n > 256 {
		// Once to the full size: pushing would grow the stack step by step.
		L.SetTop(top + n)
		L.SetTop(top)
	}
}
