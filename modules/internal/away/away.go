// Package away is for functions that run in another state: what their error
// says of where they were started, and the end of one that no task waits for.
package away

import (
	"errors"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// Traced adds a line, such as where the function was started, to the traceback
// of what it raised.
func Traced(err error, line string) error {
	var e *engine.Error
	var r *engine.Raise
	switch {
	case errors.As(err, &r):
		own := *r
		own.Trace = strings.TrimLeft(own.Trace+"\n"+line, "\n")
		return &own
	case errors.As(err, &e):
		own := *e
		own.Traceback = strings.TrimLeft(own.Traceback+"\n"+line, "\n")
		return &own
	}
	return err
}

// Fresh is an error object of its own for each who raises it.
func Fresh(err error) error {
	if own, ok := err.(*engine.Error); ok {
		e := *own
		return &e
	}
	return err
}

// Ending is what a function that is no task of the script ends with.
type Ending struct {
	cancel func(why string)
	done   chan struct{}

	mu      sync.Mutex
	ended   bool
	claimed bool
	onEnd   []func()
	out     []any
	err     error
}

var _ engine.Awaitable = (*Ending)(nil)

// NewEnding makes an Ending; cancel asks the function to end.
func NewEnding(cancel func(why string)) *Ending {
	return &Ending{cancel: cancel, done: make(chan struct{})}
}

// End says what the function has ended with, and whether somebody looks after
// its failure.
func (e *Ending) End(out []any, err error) (claimed bool) {
	e.mu.Lock()
	e.ended, e.out, e.err = true, out, err
	hooks := e.onEnd
	e.onEnd = nil
	claimed = e.claimed
	e.mu.Unlock()
	close(e.done)
	for _, f := range hooks {
		f()
	}
	return claimed
}

// Done is closed at the end.
func (e *Ending) Done() <-chan struct{} { return e.done }

// OnEnd calls f at the end.
func (e *Ending) OnEnd(f func()) {
	e.mu.Lock()
	if !e.ended {
		e.onEnd = append(e.onEnd, f)
		e.mu.Unlock()
		return
	}
	e.mu.Unlock()
	<-e.done
	f()
}

// Outcome is what the function ended with.
func (e *Ending) Outcome() ([]any, error) {
	e.Claim()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.out, e.err
}

// Claim says that somebody looks after the failure.
func (e *Ending) Claim() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.claimed = true
}

// Cancel asks the function to end.
func (e *Ending) Cancel(why string) { e.cancel(why) }
