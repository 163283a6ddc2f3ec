package test

import (
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// globalNames are the names of the globals.
func globalNames(c *engine.Call) map[string]bool {
	names := map[string]bool{}
	_ = c.Holding(func() error {
		for k := range c.Globals().Entries() {
			if name, ok := k.Text(); ok && k.Type() == "string" {
				names[name] = true
			}
		}
		return nil
	})
	return names
}

// newNames are those that were not there before, sorted, but for names that say
// by an underscore or test_ that they are meant.
func newNames(before, after map[string]bool) (list []string) {
	for name := range after {
		if !before[name] && !strings.HasPrefix(name, "test_") && !strings.HasPrefix(name, "_") {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
