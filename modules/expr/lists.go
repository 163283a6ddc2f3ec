package expr

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/expr-lang/expr/vm/runtime"

	"github.com/gscript-lang/gscript/engine"
)

func keep(m *meter, args []any) (any, error) {
	if !plain(args[0]) {
		return nil, engine.Errorf(errRun, "groupBy wants a string, a number or a boolean for each item, got %s", describe(args[0]))
	}
	return args[0], m.grow(4 * itemSize)
}

func sum(m *meter, args []any) (any, error) {
	l, err := itemsOf("sum", args[0])
	if err != nil {
		return nil, err
	}
	var total any = 0
	for i := range l.n {
		if err := m.spend(1); err != nil {
			return nil, err
		}
		if total, err = m.add(total, l.at(i)); err != nil {
			return nil, err
		}
	}
	return total, nil
}

// ordering compares for sorting. It fails by a panic, which the machine turns
// into the error of the run, as it does with those of runtime.Less.
func (m *meter) ordering(order []any) (less func(a, b any) bool, err error) {
	desc := false
	if len(order) > 0 {
		if order[0] != "asc" && order[0] != "desc" {
			return nil, engine.Errorf(errRun, `the order is "asc" or "desc", got %s`, describe(order[0]))
		}
		desc = order[0] == "desc"
	}
	return func(a, b any) bool {
		n := int64(1)
		if s, ok := a.(string); ok {
			n += int64(len(s)) / 64
		}
		if err := m.spend(n); err != nil {
			panic(err)
		}
		if desc {
			a, b = b, a
		}
		return runtime.Less(a, b)
	}, nil
}

func sorted(m *meter, args []any) (any, error) {
	l, err := itemsOf("sort", args[0])
	if err != nil {
		return nil, err
	}
	less, err := m.ordering(args[1:])
	if err != nil {
		return nil, err
	}
	if err := m.grow(itemSize * int64(l.n)); err != nil {
		return nil, err
	}
	out := make([]any, l.n)
	for i := range out {
		out[i] = l.at(i)
	}
	sort.SliceStable(out, func(i, k int) bool { return less(out[i], out[k]) })
	return out, nil
}

// sortedBy gets pairs of an item and what it is sorted by.
func sortedBy(m *meter, args []any) (any, error) {
	l := args[0].([]any)
	less, err := m.ordering(args[1:])
	if err != nil {
		return nil, err
	}
	sort.SliceStable(l, func(i, k int) bool { return less(l[i].([]any)[1], l[k].([]any)[1]) })
	for i, pair := range l {
		l[i] = pair.([]any)[0]
	}
	return l, nil
}

func unique(m *meter, args []any) (any, error) {
	l, err := itemsOf("uniq", args[0])
	if err != nil {
		return nil, err
	}
	if err := m.grow(2 * itemSize * int64(l.n)); err != nil {
		return nil, err
	}
	out := []any{}
	seen, others := map[any]bool{}, []any{}
next:
	for i := range l.n {
		v := l.at(i)
		if n, _, ok := whole(v); ok {
			v = n
		}
		if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) <= exact {
			v = int(f)
		}
		if plain(v) {
			if !seen[v] {
				seen[v] = true
				out = append(out, l.at(i))
			}
			continue
		}
		for _, o := range others {
			eq, err := m.same(o, v, 0)
			if err != nil {
				return nil, err
			}
			if eq {
				continue next
			}
		}
		others = append(others, v)
		out = append(out, v)
	}
	return out, nil
}

// entries lists a map in the order of its keys, so that a formula always gives
// the same result.
func entries(m *meter, name string, v any) (keys []any, at func(k any) any, err error) {
	var n int
	switch v := v.(type) {
	case map[string]any:
		n = len(v)
		for k := range v {
			keys = append(keys, k)
		}
		at = func(k any) any { return v[k.(string)] }
	case map[any][]any:
		n = len(v)
		for k := range v {
			keys = append(keys, k)
		}
		at = func(k any) any { return v[k] }
	default:
		return nil, nil, engine.Errorf(errRun, "%s wants a map, got %s", name, describe(v))
	}
	if err := m.grow(4 * itemSize * int64(n)); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(keys, func(a, b any) int { return strings.Compare(sortKey(a), sortKey(b)) })
	return keys, at, nil
}

// sortKey orders keys: numbers by their size, before texts.
func sortKey(k any) string {
	switch k := k.(type) {
	case int:
		return numberKey(float64(k))
	case int64:
		return numberKey(float64(k))
	case float64:
		return numberKey(k)
	case string:
		return "s" + k
	}
	return "b" + fmt.Sprint(k)
}

func numberKey(f float64) string {
	bits := math.Float64bits(f)
	if f < 0 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	return fmt.Sprintf("n%016x", bits)
}

func keys(m *meter, args []any) (any, error) {
	ks, _, err := entries(m, "keys", args[0])
	if ks == nil {
		ks = []any{}
	}
	return ks, err
}

func values(m *meter, args []any) (any, error) {
	ks, at, err := entries(m, "values", args[0])
	out := make([]any, len(ks))
	for i, k := range ks {
		out[i] = at(k)
	}
	return out, err
}

func pairs(m *meter, args []any) (any, error) {
	ks, at, err := entries(m, "toPairs", args[0])
	out := make([][2]any, len(ks))
	for i, k := range ks {
		out[i] = [2]any{k, at(k)}
	}
	return out, err
}
