package expr

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine"
	boxed "github.com/gscript-lang/gscript/modules/int64"
)

// lua makes what a formula gives a value for the state. It counts as work of the
// formula: a list that stands in several places becomes as many tables.
func (m *meter) lua(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil, bool, float64:
		return v, nil
	case string:
		m.kept += int64(len(v))
		return v, nil
	case int:
		if small(v) {
			return float64(v), nil
		}
		return boxed.Value(v), nil
	case int64:
		return boxed.Value(v), nil
	case []byte:
		return string(v), nil
	case time.Time:
		return float64(v.UnixMicro()) / 1e6, nil
	case time.Duration:
		return v.Seconds(), nil
	}
	if depth > maxDepth-1 {
		return nil, m.fail(engine.Errorf(errRun, "the result has more than %d lists and maps inside one another", maxDepth))
	}
	switch v := v.(type) {
	case map[string]any:
		return m.luaMap(v, depth)
	case map[any][]any:
		return m.luaGroups(v, depth)
	}
	l, ok := listOf(v)
	if !ok {
		return nil, engine.Errorf(errRun, "the result holds %s, which is no value for Lua", describe(v))
	}
	if err := m.grow(itemSize * int64(l.n)); err != nil {
		return nil, err
	}
	out := make(engine.List, l.n)
	for i := range out {
		item, err := m.lua(l.at(i), depth+1)
		if err != nil {
			return nil, err
		}
		if item == nil {
			item = engine.Null // a nil would be a hole
		}
		out[i] = item
	}
	return out, nil
}

func (m *meter) luaMap(v map[string]any, depth int) (any, error) {
	if err := m.grow(4 * itemSize * int64(len(v))); err != nil {
		return nil, err
	}
	out := make(engine.Object, 0, len(v))
	for k, item := range v {
		c, err := m.lua(item, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, engine.Pair{Key: k, Value: c})
	}
	slices.SortFunc(out, func(a, b engine.Pair) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return out, nil
}

// luaGroups is for what groupBy makes.
func (m *meter) luaGroups(v map[any][]any, depth int) (any, error) {
	if err := m.grow(4 * itemSize * int64(len(v))); err != nil {
		return nil, err
	}
	if texts, ok := named(v); ok {
		return m.luaMap(texts, depth)
	}
	out := make(map[any]any, len(v))
	for k, group := range v {
		c, err := m.lua(group, depth+1)
		if err != nil {
			return nil, err
		}
		key, err := m.lua(k, depth+1)
		if f, ok := key.(float64); err != nil || key == nil || ok && math.IsNaN(f) {
			return nil, engine.Errorf(errRun, "the result has the key %s, which a table cannot have", describe(k)).
				WithHint("give such items a key of their own: groupBy(list, .kind ?? \"none\")")
		}
		if n, ok := key.(boxed.Value); ok {
			key = n.String() // as int64 says: two equal values would be two keys
		}
		out[key] = c
	}
	return out, nil
}

// named is a map of groups whose keys are all texts.
func named(v map[any][]any) (map[string]any, bool) {
	out := make(map[string]any, len(v))
	for k, group := range v {
		s, ok := k.(string)
		if !ok {
			return nil, false
		}
		out[s] = group
	}
	return out, true
}

// returned wants the result to be what the formula was said to return.
func (s *shape) returned(v any) error {
	if s == nil || s.kind == "any" || v == nil && s.optional {
		return nil
	}
	ok := false
	switch v := v.(type) {
	case int, int64:
		ok = s.kind == "number" || s.kind == "integer"
	case float64:
		ok = s.kind == "number" || s.kind == "integer" && v == math.Trunc(v) && !math.IsInf(v, 0)
	case time.Time:
		ok = s.kind == "date"
	case time.Duration:
		ok = s.kind == "duration"
	case map[any][]any:
		ok = s.kind == "map"
	case map[string]any:
		ok = s.kind == "map" || s.kind == "list" && len(v) == 0
	case nil:
	default:
		_, list := listOf(v)
		ok = s.takes(v) || list && s.kind == "list"
		if _, text := v.(string); !text && !list {
			_, boolean := v.(bool)
			ok = boolean && s.kind == "boolean"
		}
	}
	if ok {
		return nil
	}
	return engine.Errorf(errType, "the formula gives %s, not %s", describe(v), s.name())
}

// describe names a value for an error text.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case bool:
		return fmt.Sprint(v)
	case int, int64:
		return fmt.Sprintf("the number %d", v)
	case float64:
		return "the number " + engine.FormatNumber(v)
	case string:
		return fmt.Sprintf("the string %q", clip(v))
	case time.Time:
		return "a date"
	case time.Duration:
		return "a duration"
	case map[string]any, map[any][]any, engine.Object:
		return "a map"
	case engine.List:
		return "a list"
	case *engine.Func:
		return "a function"
	case *time.Location:
		return "a time zone"
	}
	if _, ok := listOf(v); ok {
		return "a list"
	}
	return "a value of another kind"
}

// clip shortens a text for an error text.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return s[:37] + "..."
}
