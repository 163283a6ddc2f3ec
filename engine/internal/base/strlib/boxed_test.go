package strlib

import (
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

type box struct{ n int64 }

func (b *box) Int64() int64 { return b.n }

func TestBoxedIntegers(t *testing.T) {
	t.Parallel()
	L := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer L.Close()
	for _, n := range []int64{0, -1, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		var signed, whole int64
		var unsigned, wholeU uint64
		L.Push(L.NewFunction(func(L *lua.LState) int {
			signed, unsigned = signedArg(L, 1), unsignedArg(L, 1)
			whole, wholeU = wholeNumber(L, 1), wholeUnsigned(L, 1)
			return 0
		}))
		L.Push(&lua.LUserData{Value: &box{n}})
		L.Call(1, 0)
		if signed != n || whole != n || unsigned != uint64(n) || wholeU != uint64(n) {
			t.Errorf("%d reads as %d, %d, %d, %d", n, signed, whole, unsigned, wholeU)
		}
	}
}
