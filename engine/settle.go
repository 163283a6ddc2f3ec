package engine

import (
	"context"
	"time"
)

// LetRun lets the other tasks of the state run until they all wait, after
// somebody woke some of them, as a fake clock does. idle says whether they do; it
// gets how many other calls of native functions have begun and not ended, and how
// often others have run Lua meanwhile. It is asked again for some milliseconds
// and then no longer. Inline functions must not call LetRun.
func (c *Call) LetRun(idle func(native int, turns int64) bool) {
	real := c.state.stage.Base().Clock
	c.state.world.LetRun(func(native int, turns int64) bool { return idle(native-1, turns) },
		func() { real.Sleep(context.Background(), 50*time.Microsecond) })
}

// Native tells how many other calls of native functions have begun in the state
// and not ended.
func (c *Call) Native() int { return int(c.state.world.Native.Load()) - 1 }
