package toposort

import (
	"errors"
	"slices"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestLevels(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		deps map[string][]string
		want [][]string
	}{
		{"nothing", nil, [][]string{}},
		{"one", map[string][]string{"a": nil}, [][]string{{"a"}}},
		{"chain", map[string][]string{"c": {"b"}, "b": {"a"}}, [][]string{{"a"}, {"b"}, {"c"}}},
		{"diamond", map[string][]string{"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}, [][]string{{"a"}, {"b", "c"}, {"d"}}},
		{"a need named twice", map[string][]string{"b": {"a", "a"}}, [][]string{{"a"}, {"b"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := levels(tt.deps)
			if err != nil || !slices.EqualFunc(got, tt.want, slices.Equal) {
				t.Errorf("levels = %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestCycle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		deps map[string][]string
		want []string
	}{
		{"two", map[string][]string{"a": {"b"}, "b": {"a"}}, []string{"a", "b", "a"}},
		{"self", map[string][]string{"a": {"a"}}, []string{"a", "a"}},
		{"behind a tail", map[string][]string{"a": {"x"}, "x": {"y"}, "y": {"z"}, "z": {"x"}}, []string{"x", "y", "z", "x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := levels(tt.deps)
			var e *engine.Error
			if !errors.As(err, &e) || e.Kind != "toposort.cycle" {
				t.Fatalf("error %v, want kind toposort.cycle", err)
			}
			if got := e.Fields["cycle"].([]string); !slices.Equal(got, tt.want) {
				t.Errorf("cycle %v, want %v", got, tt.want)
			}
		})
	}
}
