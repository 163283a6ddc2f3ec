package expr

import (
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/builtin"
)

// natives are the operators and functions that count what they do.
func natives() map[string]native {
	all := map[string]native{
		"..": span, "within": within, "matches": matches, "keep": keep, "method": method,
		"abs": absolute, "int": toInt, "sum": sum, "sort": sorted, "sortBy": sortedBy, "uniq": unique,
		"keys": keys, "values": values, "toPairs": pairs,
		"split": split(strings.Split, strings.SplitN), "splitAfter": split(strings.SplitAfter, strings.SplitAfterN),
		"replace": replace, "repeat": repeat, "join": join, "string": text, "fromJSON": fromJSON,
		"now": now, "date": date, "timezone": timezone,
	}
	for _, name := range []string{"flatten", "min", "max", "mean", "median", "toJSON"} {
		all[name] = walked(original(name))
	}
	for _, f := range builtin.Builtins {
		if all[f.Name] == nil && !f.Predicate && !slices.Contains(unmetered, f.Name) {
			all[f.Name] = linear(original(f.Name))
		}
	}
	return all
}

// original is expr-lang's own function.
func original(name string) func(args []any) (any, error) {
	f := builtin.Builtins[builtin.Index[name]]
	switch {
	case f.Fast != nil:
		return func(args []any) (any, error) { return f.Fast(args[0]), nil }
	case f.Safe != nil:
		return func(args []any) (any, error) {
			v, _, err := f.Safe(args...)
			return v, err
		}
	}
	return func(args []any) (any, error) { return f.Func(args...) }
}

// linear is for functions whose work and result are about as large as what they
// get.
func linear(f func(args []any) (any, error)) native {
	return func(m *meter, args []any) (any, error) {
		var n int64 = itemSize
		for _, a := range args {
			if s, ok := a.(string); ok {
				n += 2 * int64(len(s))
			} else if v := reflect.ValueOf(a); v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
				n += 2 * itemSize * int64(v.Len())
			}
		}
		if err := m.grow(n); err != nil {
			return nil, err
		}
		return f(args)
	}
}

// walked is for functions that go into lists in lists.
func walked(f func(args []any) (any, error)) native {
	return func(m *meter, args []any) (any, error) {
		for _, a := range args {
			n, err := m.measure(a, 0)
			if err != nil {
				return nil, err
			}
			if err := m.grow(n); err != nil {
				return nil, err
			}
		}
		return f(args)
	}
}
