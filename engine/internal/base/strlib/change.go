package strlib

import (
	"math/bits"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// block is how many bytes are changed at a time.
const block = 256

func rep(L *lua.LState) int {
	s := arg.String(L, 1)
	n := arg.Int(L, 2)
	sep := arg.OptString(L, 3, "")
	if n <= 0 || len(s)+len(sep) == 0 {
		L.Push(lua.LString(""))
		return 1
	}
	high, size := bits.Mul(uint(len(s)+len(sep)), uint(n))
	if size -= uint(len(sep)); high != 0 || int(size) < 0 {
		vm.FitString(L, -1)
		arg.Raise(L, "resulting string too large")
	}
	vm.FitString(L, int(size))
	spend(L, int(size))
	if sep == "" {
		L.Push(lua.LString(strings.Repeat(s, n)))
	} else {
		L.Push(lua.LString(strings.Repeat(s+sep, n-1) + s))
	}
	return 1
}

func reverse(L *lua.LState) int {
	s := arg.String(L, 1)
	var out strings.Builder
	out.Grow(len(s))
	var piece [block]byte
	for to := len(s); to > 0; to -= block {
		from := max(to-block, 0)
		for i := from; i < to; i++ {
			piece[to-1-i] = s[i]
		}
		out.Write(piece[:to-from])
		spend(L, to-from)
	}
	L.Push(lua.LString(out.String()))
	return 1
}

func upper(L *lua.LState) int { return changeCase(L, 'a', 'z') }
func lower(L *lua.LState) int { return changeCase(L, 'A', 'Z') }

// changeCase gives the letters from first to last, which are ASCII, their other
// case.
func changeCase(L *lua.LState, first, last byte) int {
	s := arg.String(L, 1)
	i := 0
	for i < len(s) && (s[i] < first || s[i] > last) {
		i++
	}
	if i == len(s) {
		L.Push(lua.LString(s))
		return 1
	}
	var out strings.Builder
	out.Grow(len(s))
	var piece [block]byte
	for from := 0; from < len(s); from += block {
		n := copy(piece[:], s[from:])
		for i, c := range piece[:n] {
			if first <= c && c <= last {
				piece[i] = c ^ 0x20
			}
		}
		out.Write(piece[:n])
		spend(L, n)
	}
	L.Push(lua.LString(out.String()))
	return 1
}

// spend says that n bytes were, or will be, gone through.
func spend(L *lua.LState, n int) {
	if n >= block {
		vm.Spend(L, n>>5)
	}
}
