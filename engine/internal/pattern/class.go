package pattern

// set holds the bytes that an item of a pattern matches.
type set [256]bool

var anything = func() *set {
	s := &set{}
	for c := range s {
		s[c] = true
	}
	return s
}()

// classes are the %a, %d and so on of the C locale, by their letter; nil where
// the letter means itself.
var classes = func() (t [256]*set) {
	between := func(lo, hi byte) func(byte) bool { return func(c byte) bool { return lo <= c && c <= hi } }
	upper, lower, digit, graph := between('A', 'Z'), between('a', 'z'), between('0', '9'), between('!', '~')
	alpha := func(c byte) bool { return upper(c) || lower(c) }
	alnum := func(c byte) bool { return alpha(c) || digit(c) }
	for letter, in := range map[byte]func(byte) bool{
		'a': alpha,
		'c': func(c byte) bool { return c < ' ' || c == 0x7f },
		'd': digit,
		'g': graph,
		'l': lower,
		'p': func(c byte) bool { return graph(c) && !alnum(c) },
		's': func(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' },
		'u': upper,
		'w': alnum,
		'x': func(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
		'z': func(c byte) bool { return c == 0 },
	} {
		yes, no := &set{}, &set{}
		for c := range yes {
			yes[c] = in(byte(c))
			no[c] = !yes[c]
		}
		t[letter], t[letter-'a'+'A'] = yes, no
	}
	return t
}()

func (s *set) add(t *set) {
	for c, in := range t {
		if in {
			s[c] = true
		}
	}
}

func (s *set) invert() {
	for c := range s {
		s[c] = !s[c]
	}
}

func (s *set) meets(t *set) bool {
	for c, in := range s {
		if in && t[c] {
			return true
		}
	}
	return false
}

// bracket reads the inside of a [set] without its brackets.
func bracket(body string) *set {
	s := &set{}
	i, negative := 0, false
	if body != "" && body[0] == '^' {
		i, negative = 1, true
	}
	for i < len(body) {
		switch {
		case body[i] == '%':
			c := byte(']') // as in C Lua, which reads on; only [x-%%] gets here
			if i+1 < len(body) {
				c = body[i+1]
			}
			if class := classes[c]; class != nil {
				s.add(class)
			} else {
				s[c] = true
			}
			i += 2
		case i+2 < len(body) && body[i+1] == '-':
			for c := int(body[i]); c <= int(body[i+2]); c++ {
				s[c] = true
			}
			i += 3
		default:
			s[body[i]] = true
			i++
		}
	}
	if negative {
		s.invert()
	}
	return s
}
