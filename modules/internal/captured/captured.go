// Package captured warns of functions that assign what they captured: their copy
// in another state assigns its own.
package captured

import (
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

type warnedKey struct{}

// warned is what the state was warned of.
type warned struct {
	mu   sync.Mutex
	seen map[[2]string]bool
}

// Warn logs a warning for each captured variable that fn assigns, once in each
// state. Where names what runs the function, such as "thread worker".
func Warn(c *engine.Call, fn *engine.Snapshot, where string) {
	if len(fn.Assigned) == 0 {
		return
	}
	w := c.Local(warnedKey{}, func() any { return &warned{seen: map[[2]string]bool{}} }).(*warned)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range fn.Assigned {
		key := [2]string{where, name}
		if w.seen[key] {
			continue
		}
		w.seen[key] = true
		c.Host().Log.Warn("the function assigns a variable that it captured: it has a copy, so the script's own does not change", "in", where, "variable", name)
	}
}
