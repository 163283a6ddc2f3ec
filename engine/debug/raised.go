package debug

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// raise is the value that was raised last, and where.
type raise struct {
	value  lua.LValue
	caught bool
	task   int
	depth  int
}

// Raised stops where an error is raised, as Catch says.
func (s *Session) Raised(at engine.Spot, v engine.Value, caught bool) {
	conditions := *s.d.catch.Load()
	if s.quiet > 0 || len(conditions) == 0 {
		return
	}
	e := ErrorOf(v)
	if e != nil && e.Kind == engine.KindCanceled && !caught {
		return // somebody ends the task, which is no failure of it
	}
	now := raise{v.Lua(), caught, at.Task().ID, at.Depth()}
	before := s.raised
	s.raised = now
	if before.value == now.value && before.caught == caught && before.task == now.task && now.depth < before.depth {
		return // it is on its way out
	}
	if text, stops := s.picked(at, v, caught, conditions); stops {
		s.stop(at, Stop{Reason: Raised, Value: v, Caught: caught, Text: text})
	}
}

// picked says whether one of the filters stops at v. text is that of the error,
// and of a condition that cannot tell.
func (s *Session) picked(at engine.Spot, v engine.Value, caught bool, conditions map[Filter]string) (text string, stops bool) {
	for _, f := range []Filter{All, Uncaught} {
		condition, set := conditions[f]
		if !set || f == Uncaught && caught {
			continue
		}
		if condition == "" {
			return ErrorText(v), true
		}
		frames, first := Frames(at, 0, mostFrames)
		if len(frames) == 0 {
			continue
		}
		values, err := s.Eval(frames[first], condition, engine.Variable{Name: "err", Value: v})
		if err != nil {
			return fmt.Sprintf("%s (the condition %s fails: %s)", ErrorText(v), condition, EvalText(err)), true
		}
		if len(values) > 0 && truth(values[0]) {
			return ErrorText(v), true
		}
	}
	return "", false
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
