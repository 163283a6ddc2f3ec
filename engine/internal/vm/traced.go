package vm

import (
	"errors"
	"fmt"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/trace"
)

// lane is where a task is seen in a trace. A job is seen on its worker's.
type lane struct {
	*trace.Lane
	own bool
}

// Traced gives the task a row of its own in the world's trace, if there is one,
// named by a line of the script, "" for none. What makes a task calls it.
func (t *Task) Traced(place string) {
	if r := t.World.Trace; r != nil {
		name := t.Name
		if place != "" {
			name += " " + tracedPlace(place)
		}
		l := r.Lane(name)
		l.Begin("task", name)
		t.lane.Store(&lane{l, true})
	}
}

// TracedOn shows the task on a row that is another's.
func (t *Task) TracedOn(l *trace.Lane) { t.lane.Store(&lane{l, false}) }

// Lane is the task's row in the trace, nil for none. It needs no baton.
func (t *Task) Lane() *trace.Lane {
	if l := t.lane.Load(); l != nil {
		return l.Lane
	}
	return nil
}

// endTrace ends what Traced began.
func (t *Task) endTrace(err error) {
	l := t.lane.Load()
	if l == nil || !l.own {
		return
	}
	if kind := TracedKind(err); kind == fault.Canceled { // the cancel is marked already
		l.End(kind)
	} else {
		l.Finish("task", kind)
	}
	l.Close()
}

// TracedKind is what a trace says of an error: its kind, and never its message.
func TracedKind(err error) string {
	if err == nil || errors.Is(err, io.EOF) {
		return ""
	}
	if _, exit := Exit(err); exit {
		return "exit"
	}
	var raised *Raised
	if errors.As(err, &raised) && AsError(raised.Value) == nil {
		return fault.Lua
	}
	return fault.Classify(err).Kind
}

// TracedName is how the running function of the base library was called.
func TracedName(L *lua.LState) string {
	if l, ok := LevelAt(L, 0); ok {
		if name, _ := l.Name(); name != "" {
			return name
		}
	}
	return "native call"
}

// DefinedAt is the place where a function of Lua is written, "" for others.
func DefinedAt(v lua.LValue) string {
	if fn, ok := v.(*lua.LFunction); ok && fn.Proto != nil {
		return PlaceOf(fn.Proto)
	}
	return ""
}

// PlaceOf is where the function of a prototype is written.
func PlaceOf(p *lua.FunctionProto) string {
	return tracedPlace(fmt.Sprintf("%s:%d", p.SourceName, p.LineDefined))
}

// tracedPlace leaves out the source of a chunk that has no other name.
func tracedPlace(place string) string {
	if strings.HasPrefix(place, `[string "`) {
		return "[string]" + place[strings.LastIndexByte(place, ':'):]
	}
	return place
}
