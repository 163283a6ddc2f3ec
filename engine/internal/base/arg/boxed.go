package arg

import lua "github.com/yuin/gopher-lua"

// Boxed returns the integer in v when v is a userdata that holds a 64-bit
// integer, as those of the module int64 do.
func Boxed(v lua.LValue) (n int64, ok bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return 0, false
	}
	box, ok := ud.Value.(interface{ Int64() int64 })
	if !ok {
		return 0, false
	}
	return box.Int64(), true
}
