//go:build !unix

package repl

// resized tells nothing: the size is asked for whenever something is drawn.
func resized() <-chan struct{} { return nil }
