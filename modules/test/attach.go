package test

import "github.com/gscript-lang/gscript/engine"

// CleanupCall is Cleanup for clean-ups that need a call.
func (t *T) CleanupCall(title string, f func(c *engine.Call) error) { t.cleanup(title, f) }
