package debug

import (
	"fmt"
	"strings"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

// Session is one state that is debugged.
type Session struct {
	ID    int
	d     *Debugger
	state *engine.State

	version  atomic.Int64 // of the debugger that codes belong to; -1 to look again
	want     atomic.Int32 // a want
	breaking atomic.Bool  // the evaluation is to end
	current  atomic.Pointer[Stop]

	evaluating atomic.Int32

	// Guarded by the baton.
	codes   map[proto]*code
	proto   proto // that ran last, and its code
	code    *code
	quiet   int // evaluations under way, in which nothing stops
	busy    bool
	step    *step
	watches []*watch
	nextID  int // of a watch
	raised  raise
}

// want is what is asked of a session from outside.
type want int32

const (
	wantNothing want = iota
	wantEntry
	wantPause
)

var _ engine.StateProbe = (*Session)(nil)

// Name says which state it is.
func (s *Session) Name() string {
	if s.ID == 1 {
		return "script"
	}
	return fmt.Sprintf("worker %d", s.ID-1)
}

// Debugger is the debugger of the session.
func (s *Session) Debugger() *Debugger { return s.d }

// Stopped is where the state stands still, nil while it runs.
func (s *Session) Stopped() *Stop { return s.current.Load() }

// Pause stops the state at the next line that it runs. A state that waits in
// native code stops when that is done, one that evaluates the condition of a
// breakpoint at once: the condition fails.
func (s *Session) Pause() {
	s.want.Store(int32(wantPause))
	s.version.Store(-1)
	if s.evaluating.Load() > 0 {
		s.breaking.Store(true)
	}
}

// Break ends the evaluation that is under way with an error. It says no when that
// was asked for already, as of one that waits in native code.
func (s *Session) Break() bool {
	return s.evaluating.Load() == 0 || !s.breaking.Swap(true)
}

// Detach ends the session.
func (s *Session) Detach() { s.d.ended(s) }

// Instruction is on the way of every instruction: it allocates nothing, and looks
// only into what belongs to the function that runs, unless something is armed.
func (s *Session) Instruction(at engine.Spot) {
	p, pc := at.Instruction()
	if p == nil {
		return
	}
	if s.quiet > 0 {
		if s.breaking.Load() {
			at.Raise(errBroken)
		}
		return
	}
	if p != s.proto || s.version.Load() != s.d.version.Load() {
		s.enter(p)
	}
	if s.code.stops == nil && !s.busy || pc < 0 {
		return
	}
	if stops := s.code.stops; stops != nil && stops[pc] != nil && s.hit(at, stops[pc]) {
		return
	}
	if s.busy {
		s.closer(at, pc)
	}
}

var errBroken = fmt.Errorf("the evaluation was interrupted")

// enter makes p the function that runs.
func (s *Session) enter(p proto) {
	if v := s.d.version.Load(); s.version.Load() != v {
		s.version.Store(v) // first: what changes it now is seen at the next instruction
		clear(s.codes)
	}
	c := s.codes[p]
	if c == nil {
		c = s.d.code(p, s.state)
		s.codes[p] = c
	}
	s.proto, s.code = p, c
	s.armed()
}

// armed notes whether every line has to be looked at.
func (s *Session) armed() {
	s.busy = s.step != nil || len(s.watches) > 0 || want(s.want.Load()) != wantNothing
}

// closer looks at an instruction while something is armed.
func (s *Session) closer(at engine.Spot, pc int) {
	entry := s.code.entries[pc]
	if entry && !s.library() {
		switch want(s.want.Swap(int32(wantNothing))) {
		case wantEntry:
			s.stop(at, Stop{Reason: Entry})
			return
		case wantPause:
			s.stop(at, Stop{Reason: Paused})
			return
		}
	}
	if s.step != nil {
		if stop, reached := s.reached(at, pc, entry); reached {
			s.stop(at, stop)
			return
		}
	}
	if entry && len(s.watches) > 0 {
		if text, changed := s.watched(at); changed {
			s.stop(at, Stop{Reason: Watched, Text: text})
		}
	}
	if s.step == nil && len(s.watches) == 0 {
		s.armed()
	}
}

// evaluated is the name of the chunks of StackFrame.Eval.
const evaluated = "eval"

// library says that what runs is the library's own, or the code itself that is
// evaluated.
func (s *Session) library() bool {
	return s.code.proto.SourceName == evaluated || s.d.Library(s.code.proto.SourceName)
}

// hit says whether one of the breakpoints stops, and does so.
func (s *Session) hit(at engine.Spot, points []*point) bool {
	var ids []int
	text := ""
	for _, p := range points {
		stops, why := s.passed(at, p)
		if !stops {
			continue
		}
		ids = append(ids, p.ID)
		if why != "" {
			text = why
		}
	}
	if ids == nil {
		return false
	}
	s.stop(at, Stop{Reason: Hit, Breakpoints: ids, Text: text})
	return true
}

// passed counts a hit of a breakpoint and says whether it stops; text says why
// where its condition cannot tell.
func (s *Session) passed(at engine.Spot, p *point) (stops bool, text string) {
	s.d.mu.Lock()
	b := p.Breakpoint
	s.d.mu.Unlock()
	if b.Disabled {
		return false, ""
	}
	if b.Condition != "" {
		value, err := s.evalOne(at, b.Condition)
		if err != nil {
			text = fmt.Sprintf("the condition %s fails: %s", b.Condition, EvalText(err))
		} else if !truth(value) {
			return false, ""
		}
	}
	s.d.mu.Lock()
	p.Hits++
	passes := p.passes == nil || p.passes(p.Hits)
	if text == "" {
		if p.Ignore > 0 {
			p.Ignore--
			passes = false
		}
		if !passes {
			s.d.mu.Unlock()
			return false, ""
		}
	}
	s.d.mu.Unlock()
	if b.Log != "" && text == "" {
		source, line := at.Place()
		s.d.front.Tell(Logged{s.message(at, b.Log), source, line})
		return false, ""
	}
	if b.Temporary {
		s.d.Clear(func(other Breakpoint) bool { return other.ID == b.ID })
	}
	return true, text
}

// message fills in the {expr} of a log point.
func (s *Session) message(at engine.Spot, text string) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{")
		expr, after, closed := strings.Cut(rest, "}")
		out.WriteString(before)
		if !open {
			return out.String()
		}
		if !closed {
			out.WriteString("{" + rest)
			return out.String()
		}
		text = after
		v, err := s.evalOne(at, expr)
		switch word, isText := v.Text(); {
		case err != nil:
			out.WriteString("{" + err.Error() + "}")
		case isText:
			out.WriteString(word)
		default:
			out.WriteString(inspect.Sprint(v, inspect.Options{Depth: 2, Items: 20, Width: -1}))
		}
	}
}

// evalOne evaluates an expression where the script is; nothing stops meanwhile.
func (s *Session) evalOne(at engine.Spot, expr string) (v engine.Value, err error) {
	frames := at.Frames(1)
	if len(frames) == 0 {
		return v, errNoFrame
	}
	values, err := s.Eval(frames[0], expr)
	if err == nil && len(values) > 0 {
		v = values[0]
	}
	return v, err
}

var errNoFrame = fmt.Errorf("nothing runs here")

// Eval runs code in a frame, which sees more variables than the frame has; nothing
// of the state stops meanwhile. Only what Stop.Do calls may call it.
func (s *Session) Eval(f engine.StackFrame, code string, more ...engine.Variable) ([]engine.Value, error) {
	s.quiet++
	s.breaking.Store(false)
	s.evaluating.Add(1)
	defer func() {
		s.evaluating.Add(-1)
		s.quiet--
	}()
	return f.Eval(code, more...)
}

// EvalText is what is wrong with what was evaluated, without the place, which only
// says that it was.
func EvalText(err error) string { return strings.TrimPrefix(err.Error(), evaluated+":1: ") }

func truth(v engine.Value) bool { return lua.LVAsBool(v.Lua()) }
