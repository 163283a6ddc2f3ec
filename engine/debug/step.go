package debug

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// Kind is a way to go on.
type Kind int

// The ways to go on from a stop.
const (
	Continue Kind = iota // to the next breakpoint
	Step                 // to the next line, also of what is called
	Next                 // to the next line of this function, or of its callers
	Return               // to the return of this function
	Out                  // to its caller
	Until                // to a line of this function beyond Move.Line
	Nested               // step through Move.Code, then stop here again
	Quit                 // end the script
)

// Move says how to go on from a stop.
type Move struct {
	Kind Kind
	// Task is the task that moves, 0 for the one that stopped. Depth is that of
	// the function that Next, Return, Out and Until are about.
	Task  int
	Depth int
	Line  int
	Code  string // of Nested, in frame Frame
	Frame int
}

// step is a move under way.
type step struct{ Move }

// reached says that the move has come to its end.
func (s *Session) reached(at engine.Spot, pc int, entry bool) (stop Stop, reached bool) {
	m := s.step
	if m.Kind == Step || m.Kind == Next {
		if !entry || s.library() {
			return stop, false
		}
	}
	if at.Task().ID != m.Task {
		return stop, false
	}
	stop.Reason = Stepped
	switch m.Kind {
	case Step:
		return stop, true
	case Next:
		return stop, at.Depth() <= m.Depth
	case Until:
		depth := at.Depth()
		line := s.code.proto.DbgSourcePositions[pc]
		return stop, entry && (depth < m.Depth || depth == m.Depth && line > m.Line)
	case Out:
		return stop, at.Depth() < m.Depth
	case Return:
		depth := at.Depth()
		if depth < m.Depth {
			return stop, true
		}
		if depth == m.Depth && int(s.code.proto.Code[pc]>>26) == lua.OP_RETURN {
			values, _ := at.Frames(1)[0].Returning()
			return Stop{Reason: Returning, Returned: values}, true
		}
	}
	return stop, false
}
