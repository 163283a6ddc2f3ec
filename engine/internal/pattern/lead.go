package pattern

// resolve finds, from the end on, how the rest of the pattern begins at each
// node, and makes repeats that need not give back what they took into such that
// do not try. It returns how the whole pattern begins.
func (c *compiler) resolve() lead {
	var rest lead
	for i := len(c.nodes) - 1; i >= 0; i-- {
		n := &c.nodes[i]
		switch n.op {
		case opEnd:
			rest = lead{kind: leadAlways}
		case opOpen, opClose, opPosition:
		case opEndOfText:
			rest = lead{kind: leadEnd}
		case opChar, opLiteral:
			rest = lead{kind: leadText, text: n.text}
		case opAny, opSet:
			rest = lead{kind: leadSet, set: n.set}
		case opBalance:
			rest = lead{kind: leadText, text: string([]byte{n.c})}
		case opOptional, opStar, opPlus, opLazy:
			n.lead = rest
			rest = n.begins()
			n.settle()
		default:
			rest = lead{}
		}
	}
	return rest
}

// items is the set of bytes that the item of a repeat matches.
func (n *node) items() *set {
	if n.item == opChar {
		s := &set{}
		s[n.c] = true
		return s
	}
	return n.set
}

// begins says how a part begins whose first node is the repeat n.
func (n *node) begins() lead {
	switch {
	case n.op == opPlus && n.item == opChar:
		return lead{kind: leadText, text: string([]byte{n.c})}
	case n.op == opPlus:
		return lead{kind: leadSet, set: n.set}
	case n.lead.kind == leadAlways:
		return n.lead
	case n.lead.kind == leadText:
		s := *n.items()
		s[n.lead.text[0]] = true
		return lead{kind: leadSet, set: &s}
	case n.lead.kind == leadSet:
		s := *n.items()
		s.add(n.lead.set)
		return lead{kind: leadSet, set: &s}
	}
	return lead{}
}

// settle replaces a repeat whose end is certain: nothing before the last item
// can be the beginning of the rest, or the rest matches everywhere.
func (n *node) settle() {
	certain := false
	switch n.lead.kind {
	case leadAlways:
		if n.op == opLazy {
			n.op = opNothing
			return
		}
		certain = true
	case leadEnd:
		certain = true
	case leadText:
		certain = n.item != opAny && !(n.item == opChar && n.c == n.lead.text[0]) && !(n.item == opSet && n.set[n.lead.text[0]])
	case leadSet:
		certain = n.item == opChar && !n.lead.set[n.c] || n.item == opSet && !n.set.meets(n.lead.set)
	}
	if !certain {
		return
	}
	switch n.op {
	case opOptional:
		n.op = opOptionalAll
	case opStar, opLazy:
		n.op = opStarAll
	case opPlus:
		n.op = opPlusAll
	}
}

// floats says that the pattern begins with a repeat of any byte, so that a match
// that begins later could begin here as well. What a back reference repeats
// depends on where the match begins.
func (c *compiler) floats() bool {
	for i := range c.nodes {
		switch n := &c.nodes[i]; n.op {
		case opOpen, opPosition, opClose:
			continue
		case opStar, opPlus, opLazy, opStarAll, opPlusAll:
			return n.item == opAny && !c.refers()
		}
		return false
	}
	return false
}

func (c *compiler) refers() bool {
	for i := range c.nodes {
		if c.nodes[i].op == opBack {
			return true
		}
	}
	return false
}
