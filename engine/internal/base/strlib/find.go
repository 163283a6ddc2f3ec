package strlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/pattern"
)

func (l *library) find(L *lua.LState) int {
	src, p := arg.String(L, 1), arg.String(L, 2)
	init := start(L, src)
	if lua.LVAsBool(L.Get(4)) || pattern.Plain(p) {
		i := strings.Index(src[init:], p)
		if i < 0 {
			spend(L, len(src)-init)
			L.Push(lua.LNil)
			return 1
		}
		spend(L, i)
		L.Push(intValue(init + i + 1))
		L.Push(intValue(init + i + len(p)))
		return 2
	}
	s := l.begin(L, l.compile(L, p), src)
	from, to := s.next(init)
	if from < 0 {
		s.end()
		L.Push(lua.LNil)
		return 1
	}
	L.Push(intValue(from + 1))
	L.Push(intValue(to))
	n := 2
	if s.prog.Captures() > 0 {
		n += s.push(from, to)
	}
	s.end()
	return n
}

func (l *library) match(L *lua.LState) int {
	src, p := arg.String(L, 1), arg.String(L, 2)
	init := start(L, src)
	s := l.begin(L, l.compile(L, p), src)
	from, to := s.next(init)
	if from < 0 {
		s.end()
		L.Push(lua.LNil)
		return 1
	}
	n := s.push(from, to)
	s.end()
	return n
}

// start reads the third argument of find and match: where to begin.
func start(L *lua.LState, src string) int {
	return min(max(position(arg.OptInt(L, 3, 1), len(src))-1, 0), len(src))
}

// gmatch returns an iterator that finds one match a call.
func (l *library) gmatch(L *lua.LState) int {
	src, p := arg.String(L, 1), arg.String(L, 2)
	var prog *pattern.Program
	if strings.HasPrefix(p, "^") {
		var err error
		if prog, err = pattern.Compile(p, false); err != nil {
			l.raise(L, err)
		}
	} else {
		prog = l.compile(L, p)
	}
	at := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if at > len(src) {
			return 0
		}
		s := l.begin(L, prog, src)
		from, to := s.next(at)
		if from < 0 {
			at = len(src) + 1
			s.end()
			return 0
		}
		if at = to; from == to {
			at++
		}
		n := s.push(from, to)
		s.end()
		return n
	}))
	return 1
}
