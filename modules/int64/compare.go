package int64

import (
	"cmp"
	"math"

	"github.com/gscript-lang/gscript/engine"
)

// ordered is an operand of a comparison: an integer, or a number that is none.
type ordered struct {
	n     int64
	f     float64
	float bool
}

func order(v any) (ordered, error) {
	if f, ok := v.(float64); ok {
		if f == math.Trunc(f) && f >= -1<<63 && f < 1<<63 {
			return ordered{n: int64(f)}, nil
		}
		return ordered{f: f, float: true}, nil
	}
	n, err := of(v)
	return ordered{n: n}, err
}

// compare orders two operands by their exact values. known is false when one of
// them is nan.
func compare(a, b any) (c int, known bool, err error) {
	x, err := order(a)
	if err != nil {
		return 0, false, err
	}
	y, err := order(b)
	switch {
	case err != nil:
		return 0, false, err
	case math.IsNaN(x.f) || math.IsNaN(y.f):
		return 0, false, nil
	case x.float && y.float:
		return cmp.Compare(x.f, y.f), true, nil
	case y.float:
		return withNumber(x.n, y.f), true, nil
	case x.float:
		return -withNumber(y.n, x.f), true, nil
	}
	return cmp.Compare(x.n, y.n), true, nil
}

// withNumber compares with a number that is no 64-bit integer.
func withNumber(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	case n <= int64(math.Floor(f)):
		return -1
	}
	return 1
}

// comparison makes a function of two operands.
func comparison(holds func(c int) bool) func(in pairIn) (bool, error) {
	return func(in pairIn) (bool, error) {
		c, known, err := compare(in.A, in.B)
		return known && err == nil && holds(c), err
	}
}

func comparing(in pairIn) (int, error) {
	c, known, err := compare(in.A, in.B)
	if err == nil && !known {
		return 0, engine.Invalid("nan is neither smaller nor larger than anything")
	}
	return c, err
}

func less(c int) bool        { return c < 0 }
func lessOrEqual(c int) bool { return c <= 0 }
func equal(c int) bool       { return c == 0 }
