package chunk

// scope knows the local variables that a name may mean.
type scope struct {
	visible []string           // of all open functions, the innermost last
	places  map[string][]place // the same by name
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
	}
}

func (s *scope) release(mark int) {
	for i := len(s.visible) - 1; i >= mark; i-- {
		n := s.visible[i]
		s.places[n] = s.places[n][:len(s.places[n])-1]
	}
	s.visible = s.visible[:mark]
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
	if kind == "global" {
		w.constant(name)
	}
}
