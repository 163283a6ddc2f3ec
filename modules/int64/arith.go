package int64

import (
	"math"

	"github.com/gscript-lang/gscript/engine"
)

// binary makes an operation on two operands.
func binary(compute func(x, y int64) (int64, error)) func(a, b any) (Value, error) {
	return func(a, b any) (Value, error) {
		x, y, err := both(a, b)
		if err != nil {
			return 0, err
		}
		n, err := compute(x, y)
		return Value(n), err
	}
}

func overflow(x int64, sign string, y int64) error {
	return engine.Errorf(errOverflow, "%d %s %d does not fit in 64 bits", x, sign, y)
}

func add(x, y int64) (int64, error) {
	n := x + y
	if (n > x) != (y > 0) {
		return 0, overflow(x, "+", y)
	}
	return n, nil
}

func sub(x, y int64) (int64, error) {
	n := x - y
	if (n < x) != (y > 0) {
		return 0, overflow(x, "-", y)
	}
	return n, nil
}

func mul(x, y int64) (int64, error) {
	n := x * y
	if y == -1 && x == math.MinInt64 || y != 0 && y != -1 && n/y != x {
		return 0, overflow(x, "*", y)
	}
	return n, nil
}

func zero(x int64, sign string) error {
	return engine.Errorf(errZero, "%d %s 0: division by zero", x, sign)
}

// div truncates toward zero.
func div(x, y int64) (int64, error) {
	switch {
	case y == 0:
		return 0, zero(x, "/")
	case y == -1 && x == math.MinInt64:
		return 0, overflow(x, "/", y)
	}
	return x / y, nil
}

// rem has the sign of x, as fits div.
func rem(x, y int64) (int64, error) {
	if y == 0 {
		return 0, zero(x, "%")
	}
	return x % y, nil
}

// floorDiv rounds down.
func floorDiv(x, y int64) (int64, error) {
	n, err := div(x, y)
	if err == nil && x%y != 0 && (x < 0) != (y < 0) {
		n--
	}
	return n, err
}

// floorMod has the sign of y, as fits floorDiv.
func floorMod(x, y int64) (int64, error) {
	n, err := rem(x, y)
	if n != 0 && (n < 0) != (y < 0) {
		n += y
	}
	return n, err
}

func pow(x, y int64) (int64, error) {
	if y < 0 {
		return 0, engine.Errorf(errInexact, "%d ^ %d is no whole number", x, y)
	}
	n, square := int64(1), x
	for e := y; ; {
		var err error
		if e&1 != 0 {
			if n, err = mul(n, square); err != nil {
				return 0, overflow(x, "^", y)
			}
		}
		if e >>= 1; e == 0 {
			return n, nil
		}
		if square, err = mul(square, square); err != nil {
			return 0, overflow(x, "^", y)
		}
	}
}

func neg(v Value, _ engine.None) (Value, error) {
	if v == math.MinInt64 {
		return 0, engine.Errorf(errOverflow, "-(%d) does not fit in 64 bits", int64(v))
	}
	return -v, nil
}

func wrapAdd(x, y int64) (int64, error) { return x + y, nil }
func wrapSub(x, y int64) (int64, error) { return x - y, nil }
func wrapMul(x, y int64) (int64, error) { return x * y, nil }

func and(x, y int64) int64 { return x & y }
func or(x, y int64) int64  { return x | y }
func xor(x, y int64) int64 { return x ^ y }

// folding makes a method that joins a value with any number of others.
func folding(fold func(x, y int64) int64) func(v Value, in othersIn) (Value, error) {
	return func(v Value, in othersIn) (Value, error) {
		x := int64(v)
		for _, other := range in.Others {
			y, err := of(other)
			if err != nil {
				return 0, err
			}
			x = fold(x, y)
		}
		return Value(x), nil
	}
}

func (v Value) bnot(engine.None) (Value, error) { return ^v, nil }

func left(x int64, n int) int64       { return x << n }
func right(x int64, n int) int64      { return int64(uint64(x) >> n) }
func arithmetic(x int64, n int) int64 { return x >> n }

// shifting makes a method that shifts by 0 to 63.
func shifting(shift func(x int64, n int) int64) func(v Value, in shiftIn) (Value, error) {
	return func(v Value, in shiftIn) (Value, error) {
		return Value(shift(int64(v), in.N&63)), nil
	}
}
