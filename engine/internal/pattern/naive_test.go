package pattern

import "errors"

// naive is lstrlib's matcher, translated line by line, with the end of the
// pattern as in Lua 5.2 so that the byte 0 has no meaning, and with %g.
type naive struct {
	src, p  string
	level   int
	capture [MaxCaptures]struct{ init, len int }
	work    int
}

const (
	capUnfinished = -1
	capPosition   = -2
)

var errNaiveWork = errors.New("too much work")

// at is a byte of the pattern, -1 behind its end.
func (m *naive) at(p int) int {
	if p >= len(m.p) {
		return -1
	}
	return int(m.p[p])
}

func (m *naive) classEnd(p int) int {
	c := m.at(p)
	p++
	switch c {
	case '%':
		if p >= len(m.p) {
			panic(errEndsInEscape)
		}
		return p + 1
	case '[':
		if m.at(p) == '^' {
			p++
		}
		for {
			if p >= len(m.p) {
				panic(errNoBracket)
			}
			c := m.at(p)
			p++
			if c == '%' && p < len(m.p) {
				p++
			}
			if m.at(p) == ']' {
				return p + 1
			}
		}
	}
	return p
}

func naiveClass(c, cl int) bool {
	lower := cl | 0x20
	var res bool
	digit := '0' <= c && c <= '9'
	alpha := 'a' <= c|0x20 && c|0x20 <= 'z' && c < 128
	switch lower {
	case 'a':
		res = alpha
	case 'c':
		res = c < 32 || c == 127
	case 'd':
		res = digit
	case 'g':
		res = c > 32 && c < 127
	case 'l':
		res = 'a' <= c && c <= 'z'
	case 'p':
		res = c > 32 && c < 127 && !digit && !alpha
	case 's':
		res = c == 32 || 9 <= c && c <= 13
	case 'u':
		res = 'A' <= c && c <= 'Z'
	case 'w':
		res = digit || alpha
	case 'x':
		res = digit || 'a' <= c|0x20 && c|0x20 <= 'f' && c < 128
	case 'z':
		res = c == 0
	default:
		return cl == c
	}
	if cl&0x20 == 0 {
		if 'A' <= cl && cl <= 'Z' {
			return !res
		}
		return cl == c
	}
	if 'a' <= cl && cl <= 'z' {
		return res
	}
	return cl == c
}

func (m *naive) bracketClass(c, p, ec int) bool {
	sig := true
	if m.at(p+1) == '^' {
		sig = false
		p++
	}
	for p++; p < ec; p++ {
		switch {
		case m.at(p) == '%':
			p++
			if naiveClass(c, m.at(p)) {
				return sig
			}
		case m.at(p+1) == '-' && p+2 < ec:
			p += 2
			if m.at(p-2) <= c && c <= m.at(p) {
				return sig
			}
		case m.at(p) == c:
			return sig
		}
	}
	return !sig
}

func (m *naive) single(s, p, ep int) bool {
	if s >= len(m.src) {
		return false
	}
	c := int(m.src[s])
	switch m.at(p) {
	case '.':
		return true
	case '%':
		return naiveClass(c, m.at(p+1))
	case '[':
		return m.bracketClass(c, p, ep-1)
	}
	return m.at(p) == c
}

func (m *naive) match(s, p int) int {
	if m.work++; m.work > 100_000 {
		panic(errNaiveWork)
	}
	if p >= len(m.p) {
		return s
	}
	switch m.at(p) {
	case '(':
		if m.at(p+1) == ')' {
			return m.start(s, p+2, capPosition)
		}
		return m.start(s, p+1, capUnfinished)
	case ')':
		return m.end(s, p+1)
	case '%':
		switch c := m.at(p + 1); {
		case c == 'b':
			if s = m.balance(s, p+2); s < 0 {
				return -1
			}
			return m.match(s, p+4)
		case c == 'f':
			p += 2
			if m.at(p) != '[' {
				panic(errNoFrontier)
			}
			ep := m.classEnd(p)
			if m.bracketClass(int(byteAt(m.src, s-1)), p, ep-1) || !m.bracketClass(int(byteAt(m.src, s)), p, ep-1) {
				return -1
			}
			return m.match(s, ep)
		case '0' <= c && c <= '9':
			if s = m.back(s, c-'1'); s < 0 {
				return -1
			}
			return m.match(s, p+2)
		}
	case '$':
		if p+1 == len(m.p) {
			if s == len(m.src) {
				return s
			}
			return -1
		}
	}
	ep := m.classEnd(p)
	ok := m.single(s, p, ep)
	switch m.at(ep) {
	case '?':
		if ok {
			if e := m.match(s+1, ep+1); e >= 0 {
				return e
			}
		}
		return m.match(s, ep+1)
	case '*':
		return m.maxExpand(s, p, ep)
	case '+':
		if !ok {
			return -1
		}
		return m.maxExpand(s+1, p, ep)
	case '-':
		for {
			if e := m.match(s, ep+1); e >= 0 {
				return e
			}
			if !m.single(s, p, ep) {
				return -1
			}
			s++
		}
	}
	if !ok {
		return -1
	}
	return m.match(s+1, ep)
}

func (m *naive) maxExpand(s, p, ep int) int {
	i := 0
	for m.single(s+i, p, ep) {
		i++
	}
	for ; i >= 0; i-- {
		if e := m.match(s+i, ep+1); e >= 0 {
			return e
		}
	}
	return -1
}

func (m *naive) start(s, p, what int) int {
	if m.level >= MaxCaptures {
		panic(errManyCaptures)
	}
	m.capture[m.level].init, m.capture[m.level].len = s, what
	m.level++
	e := m.match(s, p)
	if e < 0 {
		m.level--
	}
	return e
}

func (m *naive) end(s, p int) int {
	l := m.level - 1
	for l >= 0 && m.capture[l].len != capUnfinished {
		l--
	}
	if l < 0 {
		panic(errCloses)
	}
	m.capture[l].len = s - m.capture[l].init
	e := m.match(s, p)
	if e < 0 {
		m.capture[l].len = capUnfinished
	}
	return e
}

func (m *naive) balance(s, p int) int {
	if p+1 >= len(m.p) {
		panic(errNoBalance)
	}
	if s >= len(m.src) || int(m.src[s]) != m.at(p) {
		return -1
	}
	count := 1
	for s++; s < len(m.src); s++ {
		switch int(m.src[s]) {
		case m.at(p + 1):
			if count--; count == 0 {
				return s + 1
			}
		case m.at(p):
			count++
		}
	}
	return -1
}

func (m *naive) back(s, l int) int {
	if l < 0 || l >= m.level || m.capture[l].len == capUnfinished {
		panic(ErrCaptureIndex)
	}
	n := m.capture[l].len
	if n < 0 || len(m.src)-s < n {
		return -1
	}
	if init := m.capture[l].init; m.src[init:init+n] != m.src[s:s+n] {
		return -1
	}
	return s + n
}

// find is Matcher.Find with everything that can be seen of a match.
func (m *naive) find(s int) (r result) {
	defer func() {
		if e := recover(); e != nil {
			r = result{err: e.(error)}
		}
	}()
	p := 0
	if m.at(0) == '^' {
		p = 1
	}
	for ; s <= len(m.src); s++ {
		m.level = 0
		if e := m.match(s, p); e >= 0 {
			r.start, r.end = s, e
			for i := range max(m.level, 1) {
				c := m.capture[i]
				switch {
				case m.level == 0:
					r.captures = append(r.captures, [2]int{s, e})
				case c.len == capUnfinished:
					r.err = errUnfinished
					return r
				case c.len == capPosition:
					r.captures = append(r.captures, [2]int{c.init, -1})
				default:
					r.captures = append(r.captures, [2]int{c.init, c.init + c.len})
				}
			}
			return r
		}
		if p == 1 {
			break
		}
	}
	return result{start: noMatch, end: noMatch}
}
