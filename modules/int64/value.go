package int64

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Value is a 64-bit integer as scripts hold it: a userdata that never changes.
type Value int64

// Int64 returns the integer. What takes integers in other places, such as %d of
// string.format and JSON, knows a Value by this method.
func (v Value) Int64() int64 { return int64(v) }

func (v Value) String() string { return strconv.FormatInt(int64(v), 10) }

// exact is the bound below which every whole number is a Lua number, so that
// one cannot have been rounded.
const exact = 1 << 53

// of takes an operand: a Value, a number that is surely exact, or text.
func of(v any) (int64, error) {
	switch v := v.(type) {
	case Value:
		return int64(v), nil
	case float64:
		return ofNumber(v)
	case string:
		return parse(v, 0)
	}
	return 0, engine.Invalid("%s is no 64-bit integer: give a number, a text or an int64.Value", describe(v))
}

// both takes two operands.
func both(a, b any) (x, y int64, err error) {
	if x, err = of(a); err == nil {
		y, err = of(b)
	}
	return x, y, err
}

func ofNumber(f float64) (int64, error) {
	switch {
	case f != math.Trunc(f) || math.IsInf(f, 0):
		return 0, engine.Errorf(errInexact, "%s is no whole number", engine.FormatNumber(f))
	case math.Abs(f) >= exact:
		e := engine.Errorf(errInexact, "%s is beyond 2^53, where a Lua number may have been rounded already", engine.FormatNumber(f))
		e.Hint = `write it as text: int64.new("9007199254740993")`
		return 0, e
	}
	return int64(f), nil
}

// parse reads a whole number. Base 0 is 10, or 16 after "0x". In base 16 the
// text may give all 64 bits, the sign among them.
func parse(text string, base int) (int64, error) {
	digits := strings.Trim(text, " \t\n\v\f\r")
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if base == 0 || base == 16 {
		if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
			digits, base = digits[2:], 16
		}
	}
	if base == 0 {
		base = 10
	}
	n, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err == nil:
	case strings.Contains(err.Error(), strconv.ErrRange.Error()):
		return 0, outOfRange(text)
	default:
		return 0, engine.Invalid("%s is no whole number in base %d", describe(text), base)
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), nil // of 2^63 too, which is its own negative
	case !negative && (base == 16 || n <= math.MaxInt64):
		return int64(n), nil
	}
	return 0, outOfRange(text)
}

func outOfRange(text string) error {
	return engine.Errorf(errOverflow, "%s does not fit in 64 bits: the range is -2^63 to 2^63-1", describe(text))
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		if len(v) > 40 {
			v = v[:37] + "..."
		}
		return strconv.Quote(v)
	case bool:
		return fmt.Sprint(v)
	case float64:
		return engine.FormatNumber(v)
	case engine.List, engine.Object:
		return "a table"
	case *engine.Func:
		return "a function"
	}
	return "the value"
}

func create(in newIn) (Value, error) {
	base := 0
	if in.Base != nil {
		base = *in.Base
		if base < 2 || base > 36 {
			return 0, engine.Invalid("argument 'base' must be 2 to 36, got %d", base)
		}
		if _, ok := in.Value.(string); !ok {
			return 0, engine.Invalid("argument 'base' goes with a text, and %s is none", describe(in.Value))
		}
	}
	if text, ok := in.Value.(string); ok {
		n, err := parse(text, base)
		return Value(n), err
	}
	n, err := of(in.Value)
	return Value(n), err
}

func fromUnsigned(in textIn) (Value, error) {
	n, err := strconv.ParseUint(in.Text, 10, 64)
	switch {
	case err == nil:
		return Value(n), nil
	case strings.Contains(err.Error(), strconv.ErrRange.Error()):
		return 0, engine.Errorf(errOverflow, "%s does not fit in 64 bits: the range is 0 to 2^64-1", describe(in.Text))
	}
	return 0, engine.Invalid("%s is no unsigned whole number in base 10", describe(in.Text))
}

func is(in isIn) (bool, error) {
	_, ok := in.Value.Handle().(Value)
	return ok, nil
}

func (v Value) number(engine.None) (float64, error) {
	f := float64(v)
	if f >= 1<<63 || int64(f) != int64(v) {
		e := engine.Errorf(errInexact, "no Lua number is exactly %d", int64(v))
		e.Hint = "approximate gives the nearest one, tostring all digits"
		return 0, e
	}
	return f, nil
}

func (v Value) approximate(engine.None) (float64, error) { return float64(v), nil }

func (v Value) key(engine.None) (string, error) { return v.String(), nil }

func (v Value) unsigned(engine.None) (string, error) {
	return strconv.FormatUint(uint64(v), 10), nil
}

func (v Value) hex(in hexIn) (string, error) {
	if in.Digits < 0 || in.Digits > 16 {
		return "", engine.Invalid("argument 'digits' must be 0 to 16, got %d", in.Digits)
	}
	text := strconv.FormatUint(uint64(v), 16)
	return strings.Repeat("0", max(in.Digits-len(text), 0)) + text, nil
}

// concat joins a value with text or a number.
func concat(a, b any) (string, error) {
	left, err := text(a)
	if err != nil {
		return "", err
	}
	right, err := text(b)
	return left + right, err
}

func text(v any) (string, error) {
	switch v := v.(type) {
	case Value:
		return v.String(), nil
	case string:
		return v, nil
	case float64:
		return engine.FormatNumber(v), nil
	}
	return "", engine.Invalid("attempt to concatenate %s with an int64.Value", describe(v))
}
