package debug

import (
	"fmt"
	"slices"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

// watch is an expression at whose change a state stops.
type watch struct {
	id    int
	expr  string
	text  string // its value when it was looked at last
	task  int
	depth int // of the function whose variables it sees
	proto proto
}

// Watch stops the state when the value of an expression changes, as its frame
// sees it. It ends with the function of the frame. A table has changed when what
// it shows has. Only what Stop.Do calls may call it.
func (s *Session) Watch(at engine.Spot, f engine.StackFrame, expr string) (id int, value string, err error) {
	values, err := s.Eval(f, expr)
	if err != nil {
		return 0, "", err
	}
	_, p := f.Function()
	s.nextID++
	w := &watch{s.nextID, expr, shown(values), at.Task().ID, f.Depth(), p}
	s.watches = append(s.watches, w)
	return w.id, w.text, nil
}

// Watches tells the numbers of the watched expressions, and each expression with
// its value. Only what Stop.Do calls may call it.
func (s *Session) Watches() (ids []int, texts []string) {
	for _, w := range s.watches {
		ids, texts = append(ids, w.id), append(texts, w.expr+" = "+w.text)
	}
	return ids, texts
}

// Unwatch ends a watch, 0 all; ok says that there was one. Only what Stop.Do calls
// may call it.
func (s *Session) Unwatch(id int) (ok bool) {
	before := len(s.watches)
	s.watches = slices.DeleteFunc(s.watches, func(w *watch) bool { return id == 0 || w.id == id })
	return len(s.watches) < before
}

func shown(values []engine.Value) string {
	if len(values) == 0 {
		return "nil"
	}
	return inspect.Sprint(values[0], inspect.Options{Depth: 4, Items: 100, Width: -1})
}

// watched says which expression has changed since the last line.
func (s *Session) watched(at engine.Spot) (text string, changed bool) {
	s.watches = slices.DeleteFunc(s.watches, func(w *watch) bool {
		f, ok := w.frame(at)
		if !ok {
			if !changed {
				text, changed = fmt.Sprintf("%s is watched no more: its function has ended with %s", w.expr, w.text), true
			}
			return true
		}
		values, err := s.Eval(f, w.expr)
		now := shown(values)
		if err != nil {
			now = "<" + EvalText(err) + ">"
		}
		if now != w.text && !changed {
			text, changed = fmt.Sprintf("%s: %s → %s", w.expr, w.text, now), true
			w.text = now
		}
		return false
	})
	return text, changed
}

// frame finds the frame of the watch.
func (w *watch) frame(at engine.Spot) (f engine.StackFrame, ok bool) {
	frames, _ := Frames(at, w.task, mostFrames)
	for _, f := range frames {
		if _, p := f.Function(); p == w.proto && f.Depth() == w.depth {
			return f, true
		}
	}
	return f, false
}
