package test

import (
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// newGlobals are the names of the globals that have come since it was asked for
// last, sorted, but for names that say by an underscore or test_ that they are
// meant. It does not walk all globals, of which a file with thousands of tests has
// thousands; a global that was there once and comes again is not new.
func (s *Suite) newGlobals(c *engine.Call) (list []string) {
	_ = c.Holding(func() error {
		for k := range c.Globals().EntriesAfter(s.lastGlobal) {
			s.lastGlobal = k
			if name, ok := k.Text(); ok && k.Type() == "string" && !strings.HasPrefix(name, "test_") && !strings.HasPrefix(name, "_") {
				list = append(list, name)
			}
		}
		return nil
	})
	slices.Sort(list)
	return list
}
