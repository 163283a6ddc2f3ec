// Package strlib is the string library of Lua.
package strlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/pattern"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// library is the string library of one world.
type library struct {
	world    *vm.World
	programs map[string]*pattern.Program // compiled lately
	idle     []*search                   // ready for use
}

// Functions returns the string library of a world.
func Functions(w *vm.World) map[string]lua.LGFunction {
	l := &library{world: w, programs: map[string]*pattern.Program{}}
	return map[string]lua.LGFunction{
		"byte":     toBytes,
		"char":     char,
		"dump":     dump,
		"find":     l.find,
		"format":   format,
		"gfind":    l.gmatch,
		"gmatch":   l.gmatch,
		"gsub":     l.gsub,
		"len":      length,
		"lower":    lower,
		"match":    l.match,
		"pack":     pack,
		"packsize": packsize,
		"rep":      rep,
		"reverse":  reverse,
		"sub":      sub,
		"unpack":   unpack,
		"upper":    upper,
	}
}

func length(L *lua.LState) int {
	L.Push(intValue(len(arg.String(L, 1))))
	return 1
}

func sub(L *lua.LState) int {
	s := arg.String(L, 1)
	from := max(position(arg.Int(L, 2), len(s)), 1)
	to := min(position(arg.OptInt(L, 3, -1), len(s)), len(s))
	if from > to {
		L.Push(lua.LString(""))
	} else {
		L.Push(part(s, from-1, to))
	}
	return 1
}

func toBytes(L *lua.LState) int {
	s := arg.String(L, 1)
	from := position(arg.OptInt(L, 2, 1), len(s))
	to := position(arg.OptInt(L, 3, from), len(s))
	from, to = max(from, 1), min(to, len(s))
	n := to - from + 1
	if n <= 0 {
		return 0
	}
	arg.Room(L, n, " (string slice too long)")
	for _, c := range []byte(s[from-1 : to]) {
		L.Push(intValue(int(c)))
	}
	return n
}

func char(L *lua.LState) int {
	b := make([]byte, L.GetTop())
	for i := range b {
		c := arg.Int(L, i+1)
		if c < 0 || c > 255 {
			arg.Error(L, i+1, "invalid value")
		}
		b[i] = byte(c)
	}
	L.Push(lua.LString(b))
	return 1
}

func dump(L *lua.LState) int {
	arg.Function(L, 1)
	arg.Raise(L, "unable to dump given function")
	return 0
}

// position turns a position that may count from the end into one that counts
// from the beginning, where 1 is the first byte.
func position(i, length int) int {
	if i < 0 {
		i += length + 1
	}
	return max(i, 0)
}
