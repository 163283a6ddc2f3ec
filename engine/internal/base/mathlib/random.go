package mathlib

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
)

// random holds the random numbers of one state. They begin at an unforeseeable
// point until the script gives a seed; from then on they are the same on every
// machine.
type random struct{ source *rand.ChaCha8 }

func newRandom() *random {
	var seed [32]byte
	for i := 0; i < len(seed); i += 8 {
		binary.LittleEndian.PutUint64(seed[i:], rand.Uint64())
	}
	return &random{rand.NewChaCha8(seed)}
}

func (r *random) seed(L *lua.LState) int {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], math.Float64bits(arg.Number(L, 1)))
	r.source.Seed(seed)
	return 0
}

// random gives a number from 0 to below 1, or a whole number within bounds.
func (r *random) random(L *lua.LState) int {
	low, high := 1, 0
	switch L.GetTop() {
	case 0:
		L.Push(lua.LNumber(r.fraction()))
		return 1
	case 1:
		if high = arg.Int(L, 1); low > high {
			arg.Error(L, 1, "interval is empty")
		}
	case 2:
		low, high = arg.Int(L, 1), arg.Int(L, 2)
		if low > high {
			arg.Error(L, 2, "interval is empty")
		}
	default:
		arg.Raise(L, "wrong number of arguments")
	}
	n := uint64(high) - uint64(low) + 1
	if n == 0 { // every 64-bit integer
		L.Push(lua.LNumber(int64(r.source.Uint64())))
		return 1
	}
	L.Push(lua.LNumber(int64(uint64(low) + rand.New(r.source).Uint64N(n))))
	return 1
}

func (r *random) fraction() float64 { return float64(r.source.Uint64()>>11) / (1 << 53) }
