package vm

import "errors"

// OnRest has f called, without the baton, when a run has ended and its tasks
// too: for what libraries hold back. It is for the making of a world.
func (w *World) OnRest(f func() error) { w.rest = append(w.rest, f) }

// Rest calls what was given to OnRest.
func (w *World) Rest() error {
	var errs []error
	for _, f := range w.rest {
		errs = append(errs, Guard(f, nil)) // what it writes to may be the embedder's
	}
	return errors.Join(errs...)
}
