package strlib

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/pattern"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// search is a matcher at work for a thread. It is reused; one that an error
// passed through is left to the collector.
type search struct {
	pattern.Matcher
	lib  *library
	L    *lua.LState
	prog *pattern.Program
	src  string
}

// What is kept for reuse.
const (
	maxPrograms     = 64
	maxProgramBytes = 128
	maxIdle         = 8
)

// compile returns the program of a pattern, in which a ^ anchors.
func (l *library) compile(L *lua.LState, p string) *pattern.Program {
	if prog := l.programs[p]; prog != nil {
		return prog
	}
	prog, err := pattern.Compile(p, true)
	if err != nil {
		l.raise(L, err)
	}
	if len(p) <= maxProgramBytes {
		if len(l.programs) >= maxPrograms {
			clear(l.programs)
		}
		l.programs[p] = prog
	}
	return prog
}

// begin makes ready to search src. The caller calls end, unless an error is
// raised.
func (l *library) begin(L *lua.LState, prog *pattern.Program, src string) *search {
	var s *search
	if n := len(l.idle); n > 0 {
		s = l.idle[n-1]
		l.idle = l.idle[:n-1]
	} else {
		s = &search{lib: l}
		s.Hook = func(n int) { vm.Spend(s.L, n) }
	}
	s.L, s.prog, s.src = L, prog, src
	s.Reset(prog, src)
	return s
}

func (s *search) end() {
	s.L, s.prog, s.src = nil, nil, ""
	s.Reset(nil, "")
	if l := s.lib; len(l.idle) < maxIdle {
		l.idle = append(l.idle, s)
	}
}

// next is Find whose errors are raised.
func (s *search) next(at int) (start, end int) {
	start, end, err := s.Find(at)
	if err != nil {
		s.lib.raise(s.L, err)
	}
	return start, end
}

// captured returns what capture i of a match is. isText says that it is a part
// of the subject; otherwise it is the position from.
func (s *search) captured(i, start, end int) (from, to int, isText bool) {
	from, to, position, err := s.Capture(i, start, end)
	if err != nil {
		s.lib.raise(s.L, err)
	}
	return from + 1, to, !position
}

// capture is capture i of a match as a Lua value.
func (s *search) capture(i, start, end int) lua.LValue {
	from, to, isText := s.captured(i, start, end)
	if isText {
		return part(s.src, from-1, to)
	}
	return intValue(from)
}

// captureText is capture i of a match as text.
func (s *search) captureText(i, start, end int) string {
	from, to, isText := s.captured(i, start, end)
	if isText {
		return s.src[from-1 : to]
	}
	return numeral.Format(float64(from))
}

// push pushes the captures of a match, or the match when the pattern has none.
func (s *search) push(start, end int) int {
	n := max(s.prog.Captures(), 1)
	for i := range n {
		s.L.Push(s.capture(i, start, end))
	}
	return n
}

// raise raises what is wrong with a pattern.
func (l *library) raise(L *lua.LState, err error) {
	switch {
	case errors.Is(err, pattern.ErrTooLong):
		l.world.Throw(L, fault.New(fault.PatternTooHard, "pattern too long: the limit is %d bytes", pattern.MaxLength).
			WithHint("string.find with true as the fourth argument takes a text of any length"))
	case errors.Is(err, pattern.ErrTooComplex):
		l.world.Throw(L, fault.New(fault.PatternTooHard, "pattern too complex").
			WithHint("use fewer repeats in one pattern, or match in several steps"))
	}
	arg.Raise(L, "%s", err.Error())
}
