package pattern

// Compile reads a pattern. Where anchors is false a ^ at the beginning is a byte
// as any other, as in gmatch. The only error is ErrTooLong.
func Compile(p string, anchors bool) (*Program, error) {
	if len(p) > MaxLength {
		return nil, ErrTooLong
	}
	c := compiler{p: p, prog: &Program{}}
	if anchors && p != "" && p[0] == '^' {
		c.prog.anchored, c.i = true, 1
	}
	c.nodes = make([]node, 0, min(len(p)+1, 16))
	if c.run() {
		c.emit(node{op: opEnd})
	}
	c.prog.nodes = c.nodes
	c.prog.lead = c.resolve()
	c.prog.once = c.prog.anchored || c.floats()
	return c.prog, nil
}

type compiler struct {
	p       string
	i       int
	nodes   []node
	literal []byte // bytes read that are no node yet
	prog    *Program
}

// run reads the whole pattern, or up to what is wrong with it.
func (c *compiler) run() bool {
	for c.i < len(c.p) {
		ok := true
		switch ch := c.p[c.i]; {
		case ch == '(':
			ok = c.open()
		case ch == ')':
			ok = c.close()
		case ch == '$' && c.i+1 == len(c.p):
			c.i++
			c.emit(node{op: opEndOfText})
		case ch == '%' && c.i+1 < len(c.p) && c.p[c.i+1] == 'b':
			ok = c.balance()
		case ch == '%' && c.i+1 < len(c.p) && c.p[c.i+1] == 'f':
			ok = c.frontier()
		case ch == '%' && c.i+1 < len(c.p) && '0' <= c.p[c.i+1] && c.p[c.i+1] <= '9':
			ok = c.back()
		default:
			ok = c.single()
		}
		if !ok {
			return false
		}
	}
	return true
}

func (c *compiler) emit(n node) {
	c.flush()
	c.nodes = append(c.nodes, n)
}

// flush makes a node of the bytes read so far.
func (c *compiler) flush() {
	switch len(c.literal) {
	case 0:
		return
	case 1:
		c.nodes = append(c.nodes, node{op: opChar, c: c.literal[0], text: string(c.literal)})
	default:
		c.nodes = append(c.nodes, node{op: opLiteral, text: string(c.literal)})
	}
	c.literal = c.literal[:0]
}

// fail makes matching raise err when it gets here.
func (c *compiler) fail(err Error) bool {
	c.emit(node{op: opFail, text: string(err)})
	return false
}

func (c *compiler) open() bool {
	n := len(c.prog.captures)
	if n == MaxCaptures {
		return c.fail(errManyCaptures)
	}
	if c.i+1 < len(c.p) && c.p[c.i+1] == ')' {
		c.i += 2
		c.prog.captures = append(c.prog.captures, capturePosition)
		c.emit(node{op: opPosition, index: uint8(n)})
		return true
	}
	c.i++
	c.prog.captures = append(c.prog.captures, captureOpen)
	c.emit(node{op: opOpen, index: uint8(n)})
	return true
}

func (c *compiler) close() bool {
	n := len(c.prog.captures) - 1
	for n >= 0 && c.prog.captures[n] != captureOpen {
		n--
	}
	if n < 0 {
		return c.fail(errCloses)
	}
	c.i++
	c.prog.captures[n] = captureText
	c.emit(node{op: opClose, index: uint8(n)})
	return true
}

func (c *compiler) balance() bool {
	if c.i+3 >= len(c.p) {
		return c.fail(errNoBalance)
	}
	c.emit(node{op: opBalance, c: c.p[c.i+2], d: c.p[c.i+3]})
	c.i += 4
	return true
}

func (c *compiler) frontier() bool {
	c.i += 2
	if c.i == len(c.p) || c.p[c.i] != '[' {
		return c.fail(errNoFrontier)
	}
	s, ok := c.bracket()
	if !ok {
		return false
	}
	c.emit(node{op: opFrontier, set: s})
	return true
}

func (c *compiler) back() bool {
	n := int(c.p[c.i+1]) - '1'
	if n < 0 || n >= len(c.prog.captures) || c.prog.captures[n] == captureOpen {
		return c.fail(ErrCaptureIndex)
	}
	c.i += 2
	if c.prog.captures[n] == capturePosition {
		c.emit(node{op: opNever})
		return true
	}
	c.emit(node{op: opBack, index: uint8(n)})
	return true
}

// single reads an item that matches one byte, and the repeat after it.
func (c *compiler) single() bool {
	n := node{op: opChar}
	switch ch := c.p[c.i]; ch {
	case '.':
		n.op, n.set = opAny, anything
		c.i++
	case '[':
		s, ok := c.bracket()
		if !ok {
			return false
		}
		n.op, n.set = opSet, s
	case '%':
		if c.i++; c.i == len(c.p) {
			return c.fail(errEndsInEscape)
		}
		ch = c.p[c.i]
		if s := classes[ch]; s != nil {
			n.op, n.set = opSet, s
		}
		n.c = ch
		c.i++
	default:
		n.c = ch
		c.i++
	}
	repeat := opEnd
	if c.i < len(c.p) {
		switch c.p[c.i] {
		case '?':
			repeat = opOptional
		case '*':
			repeat = opStar
		case '+':
			repeat = opPlus
		case '-':
			repeat = opLazy
		}
	}
	switch {
	case repeat != opEnd:
		c.i++
		n.item, n.op = n.op, repeat
		c.emit(n)
	case n.op == opChar:
		c.literal = append(c.literal, n.c)
	default:
		c.emit(n)
	}
	return true
}

// bracket reads a [set], which the pattern is at.
func (c *compiler) bracket() (*set, bool) {
	i := c.i + 1
	if i < len(c.p) && c.p[i] == '^' {
		i++
	}
	// The first byte is in the set whatever it is, also a "]".
	for first := true; first || i >= len(c.p) || c.p[i] != ']'; first = false {
		if i >= len(c.p) {
			return nil, c.fail(errNoBracket)
		}
		i++
		if c.p[i-1] == '%' && i < len(c.p) {
			i++
		}
	}
	s := bracket(c.p[c.i+1 : i])
	c.i = i + 1
	return s, true
}
