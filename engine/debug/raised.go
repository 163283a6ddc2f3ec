package debug

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// raise is the value that was raised last, and where.
type raise struct {
	value lua.LValue
	task  int
	depth int
}

// Raised stops where an error is raised, as Catch says.
func (s *Session) Raised(at engine.Spot, v engine.Value, caught bool) {
	filter := s.d.Catching()
	if s.quiet > 0 || filter == None || caught && filter != All {
		return
	}
	e := ErrorOf(v)
	if e != nil && e.Kind == engine.KindCanceled && !caught {
		return // somebody ends the task, which is no failure of it
	}
	now := raise{v.Lua(), at.Task().ID, at.Depth()}
	before := s.raised
	s.raised = now
	if before.value == now.value && before.task == now.task && now.depth < before.depth {
		return // it is on its way out
	}
	s.stop(at, Stop{Reason: Raised, Value: v, Caught: caught, Text: ErrorText(v)})
}

// ErrorOf is the error object in a value that was raised, nil for any other.
func ErrorOf(v engine.Value) *engine.Error {
	if ud, ok := v.Lua().(*lua.LUserData); ok {
		if e, ok := ud.Value.(*engine.Error); ok {
			return e
		}
	}
	return nil
}

// ErrorText is a value that was raised, for people.
func ErrorText(v engine.Value) string {
	if e := ErrorOf(v); e != nil {
		return e.Error()
	}
	if text, ok := v.Text(); ok {
		return text
	}
	return shown([]engine.Value{v})
}
