package arg

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// Raise raises a message with the place of the Lua function that called, if
// one did. gopher-lua's RaiseError begins with a space when none did, as under
// pcall(string.rep).
func Raise(L *lua.LState, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	place := L.Where(1)
	for level := 2; place == "[G]:"; level++ {
		place = L.Where(level)
	}
	if place != "" {
		message = place + " " + message
	}
	L.Error(lua.LString(message), 0)
}
