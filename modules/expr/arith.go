package expr

import (
	"math"
	"time"

	"github.com/expr-lang/expr/vm/runtime"

	"github.com/gscript-lang/gscript/engine"
)

// exact is the bound up to which every whole number is a Lua number.
const exact = 1 << 53

func small(n int) bool { return -exact <= n && n <= exact }

// Whole numbers are of two Go types. An int comes from a Lua number or from the
// formula, and behaves as Lua's numbers do once it passes 2^53: it becomes a
// float, unless an operand is beyond 2^53 itself, which only a number written out
// in the formula can be. An int64 comes from a value of the module int64, and
// stays exact or raises.

// whole returns a whole number and whether it must stay exact.
func whole(v any) (n int, boxed, ok bool) {
	switch v := v.(type) {
	case int:
		return v, false, true
	case int64:
		return int(v), true, true
	}
	return 0, false, false
}

// settle chooses the result of a computation with whole numbers: n, unless it
// wrapped around.
func settle(a, b any, n int, wrapped bool, float float64) (any, error) {
	x, xBoxed, _ := whole(a)
	y, yBoxed, _ := whole(b)
	switch {
	case (xBoxed || yBoxed) && !wrapped:
		return int64(n), nil
	case !xBoxed && !yBoxed && !wrapped && (small(n) || !small(x) || !small(y)):
		return n, nil
	case !xBoxed && !yBoxed && small(x) && small(y):
		return float, nil
	}
	return nil, engine.Errorf(errRun, "the result does not fit in 64 bits").
		WithHint("float(…) around an operand computes with rounding")
}

func (m *meter) add(a, b any) (any, error) {
	if x, ok := a.(float64); ok {
		if y, ok := b.(float64); ok {
			return x + y, nil
		}
	}
	if x, _, ok := whole(a); ok {
		if y, _, ok := whole(b); ok {
			n := x + y
			return settle(a, b, n, (n > x) != (y > 0) && y != 0, float64(x)+float64(y))
		}
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			if err := m.grow(int64(len(x)) + int64(len(y))); err != nil {
				return nil, err
			}
			return x + y, nil
		}
	}
	return runtime.Add(a, b), nil
}

func (m *meter) subtract(a, b any) (any, error) {
	if x, _, ok := whole(a); ok {
		if y, _, ok := whole(b); ok {
			n := x - y
			return settle(a, b, n, (n < x) != (y > 0) && y != 0, float64(x)-float64(y))
		}
	}
	return runtime.Subtract(a, b), nil
}

func (m *meter) multiply(a, b any) (any, error) {
	if x, _, ok := whole(a); ok {
		if y, _, ok := whole(b); ok {
			n := x * y
			wrapped := x != 0 && (n/x != y || x == -1 && y == math.MinInt)
			return settle(a, b, n, wrapped, float64(x)*float64(y))
		}
	}
	return runtime.Multiply(a, b), nil
}

func (m *meter) negate(a any) (any, error) {
	if _, _, ok := whole(a); ok {
		return m.subtract(0, a)
	}
	return runtime.Negate(a), nil
}

func absolute(m *meter, args []any) (any, error) {
	if n, _, ok := whole(args[0]); ok && n < 0 {
		return m.negate(args[0])
	} else if ok {
		return args[0], nil
	}
	if f, ok := args[0].(float64); ok {
		return math.Abs(f), nil
	}
	return nil, engine.Errorf(errRun, "abs wants a number, got %s", describe(args[0]))
}

// integral takes a whole number in any form.
func integral(what string, v any) (int, error) {
	if n, _, ok := whole(v); ok {
		return n, nil
	}
	if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return int(f), nil
	}
	return 0, engine.Errorf(errRun, "%s wants a whole number, got %s", what, describe(v)).
		WithHint("int(…) drops what is behind the point")
}

// span makes a..b.
func span(m *meter, args []any) (any, error) {
	a, err := integral("a range", args[0])
	if err != nil {
		return nil, err
	}
	b, err := integral("a range", args[1])
	if err != nil {
		return nil, err
	}
	if b < a {
		return []int{}, nil
	}
	n := b - a // may wrap around
	if n < 0 || int64(n) >= m.bytes/8 {
		return nil, m.fail(m.tooLarge())
	}
	if err := m.grow(8 * int64(n+1)); err != nil {
		return nil, err
	}
	return runtime.MakeRange(a, b), nil
}

// within says whether a number is one of a..b, which is never made.
func within(_ *meter, args []any) (any, error) {
	a, err := integral("a range", args[1])
	if err != nil {
		return nil, err
	}
	b, err := integral("a range", args[2])
	if err != nil {
		return nil, err
	}
	switch v := args[0].(type) {
	case float64:
		return v == math.Trunc(v) && v >= float64(a) && v <= float64(b), nil
	case int:
		return a <= v && v <= b, nil
	case int64:
		return a <= int(v) && int(v) <= b, nil
	}
	return false, nil
}

func (m *meter) equal(a, b any) (any, error) { return m.same(a, b, 0) }

// same compares lists and maps by what is in them.
func (m *meter) same(a, b any, depth int) (bool, error) {
	switch a.(type) {
	case nil, bool, string, int, int64, float64, []byte, time.Time, time.Duration:
		if s, ok := a.(string); ok && len(s) > 64 {
			if err := m.spend(int64(len(s)) / 64); err != nil {
				return false, err
			}
		}
		return runtime.Equal(a, b), nil
	}
	if depth > maxDepth {
		return false, m.fail(engine.Errorf(errRun, "more than %d lists and maps inside one another", maxDepth))
	}
	if err := m.spend(1); err != nil {
		return false, err
	}
	if x, ok := listOf(a); ok {
		y, ok := listOf(b)
		if !ok || x.n != y.n {
			return false, nil
		}
		for i := range x.n {
			if err := m.spend(1); err != nil {
				return false, err
			}
			if eq, err := m.same(x.at(i), y.at(i), depth+1); !eq || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	x, ok := a.(map[string]any)
	y, also := b.(map[string]any)
	if !ok || !also || len(x) != len(y) {
		return false, nil
	}
	for k, v := range x {
		if err := m.spend(1); err != nil {
			return false, err
		}
		w, there := y[k]
		if !there {
			return false, nil
		}
		if eq, err := m.same(v, w, depth+1); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *meter) in(needle, hay any) (any, error) {
	if l, ok := listOf(hay); ok {
		for i := range l.n {
			if err := m.spend(1); err != nil {
				return nil, err
			}
			if eq, err := m.same(l.at(i), needle, 0); eq || err != nil {
				return eq, err
			}
		}
		return false, nil
	}
	switch hay := hay.(type) {
	case nil:
		return false, nil
	case map[string]any:
		key, ok := needle.(string)
		if !ok {
			return false, nil
		}
		_, there := hay[key]
		return there, nil
	case map[any][]any:
		if !plain(needle) {
			return false, nil
		}
		_, there := hay[needle]
		return there, nil
	case string:
		return nil, engine.Errorf(errRun, "in looks into lists and maps, not into a string").WithHint("write text contains part")
	}
	return nil, engine.Errorf(errRun, "in looks into lists and maps, not into %s", describe(hay))
}

// plain says whether a value may be a key.
func plain(v any) bool {
	switch v.(type) {
	case nil, bool, string, int, int64, float64, time.Duration:
		return true
	}
	return false
}
