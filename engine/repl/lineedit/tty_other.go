//go:build !unix

package lineedit

// resized tells nothing: the size is asked for whenever something is drawn.
func resized() <-chan struct{} { return nil }

// There is no job control: nobody suspends the program.

func suspend(<-chan struct{}) func() { return nil }

func resumed() <-chan struct{} { return nil }
