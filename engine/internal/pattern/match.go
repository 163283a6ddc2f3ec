package pattern

import "strings"

const (
	noMatch = -1
	failed  = -2 // err says why

	// stepsPerHook is how many steps are made between two calls of the hook.
	stepsPerHook = 4096
)

// Matcher runs a program over a subject. It may be used again after Reset, also
// when a hook has panicked through it.
type Matcher struct {
	// Hook, if given, is told of each so many steps. A panic of it ends the match.
	Hook func(steps int)

	prog  *Program
	src   string
	steps int // that the hook was not told of
	depth int
	err   Error
	spans [MaxCaptures]struct{ start, end int }
}

// Reset makes m ready to match prog in src. The steps go on being counted.
func (m *Matcher) Reset(prog *Program, src string) {
	m.prog, m.src = prog, src
}

// Charge counts n steps of work that the caller did between matches.
func (m *Matcher) Charge(n int) {
	if m.steps += n; m.steps >= stepsPerHook {
		m.spend()
	}
}

func (m *Matcher) spend() {
	n := m.steps
	m.steps = 0
	if m.Hook != nil {
		m.Hook(n)
	}
}

// Find looks for the first match that begins at s or after it; a program that is
// anchored matches at s only. start is negative when there is none.
func (m *Matcher) Find(s int) (start, end int, err error) {
	for {
		if !m.prog.anchored {
			if s = m.skip(s); s < 0 {
				return noMatch, noMatch, nil
			}
		}
		m.depth = 0
		switch e := m.match(s, 0); {
		case e >= 0:
			return s, e, nil
		case e == failed:
			return noMatch, noMatch, m.err
		}
		if m.prog.once || s >= len(m.src) {
			return noMatch, noMatch, nil
		}
		s++
	}
}

// skip goes on to where a match may begin, negative if nowhere.
func (m *Matcher) skip(s int) int {
	from, src := s, m.src
	switch lead := &m.prog.lead; lead.kind {
	case leadText:
		i := strings.Index(src[s:], lead.text)
		if i < 0 {
			m.Charge((len(src) - s) >> 5)
			return noMatch
		}
		m.Charge(i >> 5)
		return s + i
	case leadSet:
		set := lead.set
		for s < len(src) && !set[src[s]] {
			s++
		}
		m.Charge((s - from) >> 2)
		if s == len(src) {
			return noMatch
		}
	case leadEnd:
		return len(src)
	}
	return s
}

// Capture returns what capture i of the last match is; for a position, start is
// it. Without captures the whole match, from start to end, is capture 0.
func (m *Matcher) Capture(i, from, to int) (start, end int, position bool, err error) {
	if i >= len(m.prog.captures) {
		if i == 0 {
			return from, to, false, nil
		}
		return 0, 0, false, ErrCaptureIndex
	}
	span := &m.spans[i]
	switch m.prog.captures[i] {
	case captureOpen:
		return 0, 0, false, errUnfinished
	case capturePosition:
		return span.start, span.start, true, nil
	}
	return span.start, span.end, false, nil
}

// match matches the nodes from pc on at s and returns where the match ends.
func (m *Matcher) match(s, pc int) int {
	src, nodes := m.src, m.prog.nodes
	for ; ; pc++ {
		if m.steps++; m.steps >= stepsPerHook {
			m.spend()
		}
		n := &nodes[pc]
		switch n.op {
		case opEnd:
			return s
		case opChar:
			if s >= len(src) || src[s] != n.c {
				return noMatch
			}
			s++
		case opAny:
			if s >= len(src) {
				return noMatch
			}
			s++
		case opSet:
			if s >= len(src) || !n.set[src[s]] {
				return noMatch
			}
			s++
		case opLiteral:
			if !strings.HasPrefix(src[s:], n.text) {
				return noMatch
			}
			s += len(n.text)
		case opOpen, opPosition:
			m.spans[n.index].start = s
		case opClose:
			m.spans[n.index].end = s
		case opBack:
			span := &m.spans[n.index]
			text := src[span.start:span.end]
			m.Charge(len(text) >> 5)
			if !strings.HasPrefix(src[s:], text) {
				return noMatch
			}
			s += len(text)
		case opBalance:
			if s = m.balance(n, s); s < 0 {
				return noMatch
			}
		case opFrontier:
			if n.set[byteAt(src, s-1)] || !n.set[byteAt(src, s)] {
				return noMatch
			}
		case opEndOfText:
			if s != len(src) {
				return noMatch
			}
		case opNever:
			return noMatch
		case opNothing:
		case opFail:
			m.err = Error(n.text)
			return failed

		case opOptionalAll:
			if s < len(src) && n.has(src[s]) {
				s++
			}
		case opStarAll:
			s = m.span(n, s)
		case opPlusAll:
			e := m.span(n, s)
			if e == s {
				return noMatch
			}
			s = e

		case opOptional:
			if s < len(src) && n.has(src[s]) {
				if e := m.deeper(s+1, pc+1); e != noMatch {
					return e
				}
			}
		case opStar:
			return m.greedy(n, s, m.span(n, s), pc+1)
		case opPlus:
			return m.greedy(n, s+1, m.span(n, s), pc+1)
		case opLazy:
			return m.lazy(n, s, pc+1)
		}
	}
}

func (m *Matcher) deeper(s, pc int) int {
	if m.depth == maxDepth {
		m.err = ErrTooComplex
		return failed
	}
	m.depth++
	e := m.match(s, pc)
	m.depth--
	return e
}

// has says that the item of a repeat matches c.
func (n *node) has(c byte) bool {
	if n.item == opChar {
		return n.c == c
	}
	return n.set[c]
}

// span returns how far the item of a repeat matches from s on.
func (m *Matcher) span(n *node, s int) int {
	from, src := s, m.src
	switch n.item {
	case opAny:
		return len(src)
	case opChar:
		for s < len(src) && src[s] == n.c {
			s++
		}
	default:
		set := n.set
		for s < len(src) && set[src[s]] {
			s++
		}
	}
	m.Charge((s - from) >> 2)
	return s
}

// greedy tries the rest of the pattern at high, then one byte before and so on
// down to low.
func (m *Matcher) greedy(n *node, low, high, pc int) int {
	src := m.src
	for s := high; ; s-- {
		from := s
		switch n.lead.kind {
		case leadText:
			if s == len(src) {
				s--
			}
			c := n.lead.text[0]
			for s >= low && src[s] != c {
				s--
			}
		case leadSet:
			if s == len(src) {
				s--
			}
			set := n.lead.set
			for s >= low && !set[src[s]] {
				s--
			}
		}
		m.Charge((from - s) >> 2)
		if s < low {
			return noMatch
		}
		if e := m.deeper(s, pc); e != noMatch {
			return e
		}
	}
}

// lazy tries the rest of the pattern at s, then after one item more and so on.
func (m *Matcher) lazy(n *node, s, pc int) int {
	src := m.src
	for {
		if s = m.ahead(n, s); s < 0 {
			return noMatch
		}
		if e := m.deeper(s, pc); e != noMatch {
			return e
		}
		if s >= len(src) || !n.has(src[s]) {
			return noMatch
		}
		s++
	}
}

// ahead goes over items of a lazy repeat to where the rest may begin, negative
// if it cannot.
func (m *Matcher) ahead(n *node, s int) int {
	from, src := s, m.src
	switch n.lead.kind {
	case leadText:
		if n.item == opAny {
			i := strings.Index(src[s:], n.lead.text)
			if i < 0 {
				m.Charge((len(src) - s) >> 5)
				return noMatch
			}
			m.Charge(i >> 5)
			return s + i
		}
		for c := n.lead.text[0]; s < len(src) && src[s] != c && n.has(src[s]); {
			s++
		}
		m.Charge((s - from) >> 2)
		if s == len(src) || src[s] != n.lead.text[0] {
			return noMatch
		}
	case leadSet:
		for set := n.lead.set; s < len(src) && !set[src[s]] && n.has(src[s]); {
			s++
		}
		m.Charge((s - from) >> 2)
		if s == len(src) || !n.lead.set[src[s]] {
			return noMatch
		}
	}
	return s
}

// balance matches %b at s and returns where it ends, or noMatch.
func (m *Matcher) balance(n *node, s int) int {
	src := m.src
	if s >= len(src) || src[s] != n.c {
		return noMatch
	}
	from, open := s, 1
	for s++; s < len(src); s++ {
		switch src[s] {
		case n.d:
			if open--; open == 0 {
				m.Charge((s - from) >> 2)
				return s + 1
			}
		case n.c:
			open++
		}
	}
	m.Charge((s - from) >> 2)
	return noMatch
}

// byteAt is the byte of src at i, and 0 outside of it.
func byteAt(src string, i int) byte {
	if i < 0 || i >= len(src) {
		return 0
	}
	return src[i]
}
