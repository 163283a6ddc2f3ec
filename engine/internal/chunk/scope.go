package chunk

import "slices"

// scope knows the local variables that a name may mean.
type scope struct {
	visible []string           // of all open functions, the innermost last
	places  map[string][]place // the same by name
	closed  []bool             // which of them a function inside uses
	level   int                // functions around
}

type place struct {
	index, level int
}

func (s *scope) mark() int { return len(s.visible) }

func (s *scope) nesting(d int) { s.level += d }

func (s *scope) declare(names ...string) {
	if s.places == nil {
		s.places = map[string][]place{}
	}
	for _, n := range names {
		s.places[n] = append(s.places[n], place{len(s.visible), s.level})
		s.visible = append(s.visible, n)
		s.closed = append(s.closed, false)
	}
}

func (s *scope) release(mark int) {
	for i := len(s.visible) - 1; i >= mark; i-- {
		n := s.visible[i]
		s.places[n] = s.places[n][:len(s.places[n])-1]
	}
	s.visible = s.visible[:mark]
	s.closed = s.closed[:mark]
}

// captured says whether a function uses one of the variables from mark on.
func (s *scope) captured(mark int) bool { return slices.Contains(s.closed[mark:], true) }

// local looks for a name among the variables of the function itself.
func (s *scope) local(name string) (captured, ok bool) {
	places := s.places[name]
	if len(places) == 0 || places[len(places)-1].level != s.level {
		return false, false
	}
	return s.closed[places[len(places)-1].index], true
}

// kind says what C Lua calls the variable in messages, and how many names the
// compiler compares to find it.
func (s *scope) kind(name string) (kind string, compared int) {
	places := s.places[name]
	if len(places) == 0 {
		return "global", len(s.visible)
	}
	p := places[len(places)-1]
	if p.level == s.level {
		return "local", len(s.visible) - p.index
	}
	return "upvalue", len(s.visible) - p.index
}

// ident adds up what the compiler takes to find a variable.
func (w *walker) ident(name string) {
	kind, compared := w.kind(name)
	w.spend(2 * (costName*compared + w.blocks))
	switch kind {
	case "global":
		w.constant(name)
	case "upvalue":
		places := w.places[name]
		w.closed[places[len(places)-1].index] = true
	}
	if n, ok := w.defining[name]; ok {
		w.defining[name] = n + 1
	}
}
