package expr

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"

	"github.com/gscript-lang/gscript/engine"
)

// shape is what a value must be.
type shape struct {
	kind     string // one of kinds, "list" with elem, "map" with fields
	optional bool
	elem     *shape
	fields   map[string]*shape
	open     bool // other fields may be there
}

// kinds are the names of types, with what people may write for them.
var kinds = map[string]string{
	"any": "any", "number": "number", "integer": "integer", "string": "string", "text": "string", "boolean": "boolean", "bool": "boolean",
	"list": "list", "map": "map", "table": "map", "date": "date", "duration": "duration",
}

// shapeOf reads the declaration of a type: its name, or a table of fields.
func shapeOf(at string, v any) (*shape, error) {
	switch v := v.(type) {
	case string:
		return shapeNamed(at, v)
	case engine.Object:
		s := &shape{kind: "map", fields: map[string]*shape{}}
		for _, p := range v {
			f, err := shapeOf(at+"."+p.Key, p.Value)
			if err != nil {
				return nil, err
			}
			s.fields[p.Key] = f
		}
		return s, nil
	}
	return nil, engine.Invalid("%s must be the name of a type or a table of fields, got %s", at, describe(v))
}

func shapeNamed(at, name string) (*shape, error) {
	s := &shape{}
	base := strings.TrimSpace(name)
	if rest, ok := strings.CutSuffix(base, "?"); ok {
		s.optional, base = true, rest
	}
	if rest, ok := strings.CutSuffix(base, "[]"); ok {
		elem, err := shapeNamed(at, rest)
		s.kind, s.elem = "list", elem
		return s, err
	}
	kind, ok := kinds[base]
	if !ok {
		names := slices.Sorted(maps.Keys(kinds))
		e := engine.Invalid("%s: there is no type %q", at, name).WithHint("types are %s, with [] behind for a list and ? for what may be nil", strings.Join(names, ", "))
		if near := engine.Suggest(base, names); near != "" {
			e.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, e
	}
	s.kind = kind
	return s, nil
}

// static is the type that the checker of expr-lang knows. A number may be whole or
// not: an int goes with everything that a float goes with.
func (s *shape) static() types.Type {
	if s.optional {
		return types.Any
	}
	switch s.kind {
	case "number", "integer":
		return types.Int
	case "string":
		return types.String
	case "boolean":
		return types.Bool
	case "date":
		return types.TypeOf(time.Time{})
	case "duration":
		return types.TypeOf(time.Duration(0))
	case "list":
		if s.elem != nil {
			return types.Array(s.elem.static())
		}
		return types.Array(types.Any)
	case "map":
		if s.fields == nil {
			return types.TypeOf(map[string]any{})
		}
		fields := types.Map{}
		for name, f := range s.fields {
			fields[name] = f.static()
		}
		return fields
	}
	return types.Any
}

// into makes a value of the state one that formulas work with, and checks it. s is
// nil where anything goes.
func (s *shape) into(at string, v any) (any, error) {
	if v == nil || v == engine.Null {
		if s == nil || s.optional || s.kind == "any" {
			return nil, nil
		}
		return nil, engine.Invalid("%s is missing: it must be %s", at, s.name())
	}
	if s != nil && s.kind == "any" {
		s = nil
	}
	switch v := v.(type) {
	case bool, string:
		if s.takes(v) {
			return v, nil
		}
	case float64:
		return s.number(at, v)
	case engine.List:
		if s == nil || s.kind == "list" {
			return s.list(at, v)
		}
	case engine.Object:
		if s != nil && s.kind == "list" && len(v) == 0 {
			return []any{}, nil
		}
		if s == nil || s.kind == "map" {
			return s.object(at, v)
		}
	case interface{ Int64() int64 }:
		if s == nil || s.kind == "number" || s.kind == "integer" {
			return v.Int64(), nil
		}
	}
	if s != nil {
		return nil, engine.Invalid("%s must be %s, got %s", at, s.name(), describe(v))
	}
	e := engine.Invalid("%s: %s cannot go into a formula", at, describe(v)).WithHint("give plain values: numbers, strings, booleans and tables of them")
	if _, ok := v.(*engine.Func); ok {
		e.Hint = "functions are given with the option functions="
	}
	return nil, e
}

// takes says whether a boolean or a text fits.
func (s *shape) takes(v any) bool {
	if s == nil {
		return true
	}
	if _, ok := v.(bool); ok {
		return s.kind == "boolean"
	}
	return s.kind == "string"
}

func (s *shape) name() string {
	switch {
	case s.elem != nil:
		return "a list"
	case s.kind == "integer":
		return "a whole number"
	case s.kind == "date":
		return "a date in seconds since 1970"
	case s.kind == "duration":
		return "a number of seconds"
	}
	return "a " + s.kind
}

func (s *shape) number(at string, v float64) (any, error) {
	is := v == math.Trunc(v) && math.Abs(v) < exact
	switch {
	case s == nil || s.kind == "number":
	case s.kind == "integer":
		if !is {
			return nil, engine.Invalid("%s must be a whole number, got %s", at, engine.FormatNumber(v))
		}
	case s.kind == "date" || s.kind == "duration":
		if math.IsNaN(v) || math.Abs(v) > 9e9 {
			return nil, engine.Invalid("%s must be %s, got %s", at, s.name(), engine.FormatNumber(v))
		}
		if s.kind == "duration" {
			return time.Duration(v * float64(time.Second)), nil
		}
		return time.UnixMicro(int64(math.Round(v * 1e6))).UTC(), nil
	default:
		return nil, engine.Invalid("%s must be %s, got the number %s", at, s.name(), engine.FormatNumber(v))
	}
	if is && !(v == 0 && math.Signbit(v)) {
		return int(v), nil
	}
	return v, nil
}

func (s *shape) list(at string, v engine.List) (any, error) {
	var elem *shape
	if s != nil {
		elem = s.elem
	}
	out := make([]any, len(v))
	for i, item := range v {
		c, err := elem.into(fmt.Sprintf("%s[%d]", at, i+1), item)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

func (s *shape) object(at string, v engine.Object) (any, error) {
	out := make(map[string]any, len(v)+1)
	for _, p := range v {
		var f *shape
		if s != nil && s.fields != nil {
			if f = s.fields[p.Key]; f == nil && !s.open {
				continue // no formula can ask for it
			}
		}
		c, err := f.into(at+"."+p.Key, p.Value)
		if err != nil {
			return nil, err
		}
		out[p.Key] = c
	}
	if s != nil {
		for name, f := range s.fields {
			if _, given := out[name]; !given {
				if _, err := f.into(at+"."+name, nil); err != nil {
					return nil, err
				}
				out[name] = nil
			}
		}
	}
	return out, nil
}

// inferred is the shape of the values that a formula gets: only their own types
// are known, not what is in lists and maps.
func inferred(env map[string]any) *shape {
	s := &shape{kind: "map", fields: make(map[string]*shape, len(env))}
	for name, v := range env {
		kind := "any"
		switch v.(type) {
		case int, int64, float64:
			kind = "number"
		case string:
			kind = "string"
		case bool:
			kind = "boolean"
		}
		s.fields[name] = &shape{kind: kind}
	}
	return s
}

// signature tells shapes apart that inferred makes.
func (s *shape) signature() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		fmt.Fprintf(&b, "%s\x00%s\x00", name, s.fields[name].kind)
	}
	return b.String()
}
