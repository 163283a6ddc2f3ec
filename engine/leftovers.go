package engine

import (
	"fmt"
	"io"
	"reflect"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Mark is what is open and runs in a state at some time.
type Mark struct {
	handles map[io.Closer]struct{}
	last    int // the newest task
}

// Leftover is something that is open or runs since a mark.
type Leftover struct {
	Kind string // "handle" or "task"
	Name string // for people
	end  func() error
}

// End closes the handle or cancels the task.
func (l Leftover) End() error { return l.end() }

// Mark notes what is open and runs now.
func (c *Call) Mark() Mark {
	m := Mark{}
	handles, last := c.state.world.Open()
	if m.last = last; len(handles) > 0 {
		m.handles = make(map[io.Closer]struct{}, len(handles))
		for _, h := range handles {
			m.handles[h] = struct{}{}
		}
	}
	return m
}

// Since lists what is open and runs that was not when m was made, but for the
// calling task and what modules keep for the state ([Call.Local]).
func (c *Call) Since(m Mark) []Leftover {
	var list []Leftover
	w := c.state.world
	handles, last := w.Open()
	for _, h := range handles {
		if _, known := m.handles[h]; !known && !c.state.locals.keeps(h) {
			list = append(list, Leftover{"handle", c.state.nameHandle(h), func() error {
				w.Untrack(h)
				return h.Close()
			}})
		}
	}
	if last == m.last {
		return list
	}
	for _, t := range w.Tasks() {
		if t.ID > m.last && t != c.task {
			list = append(list, Leftover{"task", t.String(), func() error {
				t.Claim()
				t.Cancel(fault.New(fault.Canceled, "the test has ended"))
				return nil
			}})
		}
	}
	return list
}

// nameHandle names an open handle for people.
func (s *State) nameHandle(h io.Closer) string {
	name := fmt.Sprintf("%T", h)
	if t := s.engine.declaredType(reflect.TypeOf(h)); t != nil {
		name = t.Name
	}
	if text, ok := h.(fmt.Stringer); ok {
		return text.String()
	}
	return name
}

// Orphans are the errors of tasks that failed and that nobody awaited. The caller
// looks after them from now on.
func (c *Call) Orphans() []error {
	var list []error
	for _, t := range c.state.world.Orphans() {
		if _, err := t.Result(); t != c.task {
			t.Claim()
			list = append(list, err)
		}
	}
	return list
}
