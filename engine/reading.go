package engine

// Callable returns a function given as a raw value, nil for any other value.
func (c *Call) Callable(v Value) *Func {
	if v.Type() != "function" {
		return nil
	}
	return c.state.binder.NewFunc(v.Lua())
}

// Snapshot copies what a handler would return, or a raw value, out of the
// state. An error names the part that cannot be copied, beginning with what.
func (c *Call) Snapshot(what string, v any) (s *Snapshot, err error) {
	take := func() { s, err = c.state.binder.Snapshots.Take(c.state.binder.Encode(v)) }
	if c.frame.Held {
		take()
	} else {
		c.locked(take)
	}
	return s, refused(what, err)
}
