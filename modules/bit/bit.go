package bit

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// word takes a number to 32 bits: a fraction is rounded to the nearest whole
// number, what lies beyond is taken modulo 2^32.
func word(x float64) (int32, error) {
	if math.Abs(x) <= 1<<53 {
		if n := int64(x); float64(n) == x {
			return int32(n), nil
		}
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, engine.Invalid("a number is %s, which has no bits", engine.FormatNumber(x))
	}
	return int32(int64(math.Mod(math.RoundToEven(x), 1<<32))), nil
}

func tobit(in oneIn) (float64, error) {
	x, err := word(in.X)
	return float64(x), err
}

func bnot(in oneIn) (float64, error) {
	x, err := word(in.X)
	return float64(^x), err
}

func bswap(in oneIn) (float64, error) {
	x, err := word(in.X)
	return float64(int32(bits.ReverseBytes32(uint32(x)))), err
}

func tohex(in hexIn) (string, error) {
	x, err := word(in.X)
	if err != nil {
		return "", err
	}
	n, err := word(in.Digits)
	if err != nil {
		return "", err
	}
	text := strconv.FormatUint(uint64(uint32(x)), 16)
	if n < 0 {
		text, n = strings.ToUpper(text), -max(n, -8)
	}
	n = min(n, 8)
	text = "00000000"[:8-len(text)] + text
	return text[8-n:], nil
}

// folding makes a function of any number of words.
func folding(fold func(a, b int32) int32) func(in manyIn) (float64, error) {
	return func(in manyIn) (float64, error) {
		x, err := word(in.X)
		if err != nil {
			return 0, err
		}
		for _, more := range in.More {
			y, err := word(more)
			if err != nil {
				return 0, err
			}
			x = fold(x, y)
		}
		return float64(x), nil
	}
}

// shifting makes a function of a word and a count from 0 to 31.
func shifting(shift func(x int32, n int) int32) func(in shiftIn) (float64, error) {
	return func(in shiftIn) (float64, error) {
		x, err := word(in.X)
		if err != nil {
			return 0, err
		}
		n, err := word(in.N)
		return float64(shift(x, int(n&31))), err
	}
}

func and(a, b int32) int32 { return a & b }
func or(a, b int32) int32  { return a | b }
func xor(a, b int32) int32 { return a ^ b }

func left(x int32, n int) int32       { return x << n }
func right(x int32, n int) int32      { return int32(uint32(x) >> n) }
func arithmetic(x int32, n int) int32 { return x >> n }
func rotate(x int32, n int) int32     { return int32(bits.RotateLeft32(uint32(x), n)) }
func rotateBack(x int32, n int) int32 { return int32(bits.RotateLeft32(uint32(x), -n)) }
