//go:build interop

package engine_test

import "fmt"

func (g *programs) args() *node { return g.list(2) }

// list is a list of expressions, never empty.
func (g *programs) list(d int) *node {
	b := &node{kind: 'b'}
	n := 1 + g.IntN(3)
	for i := range n {
		if i > 0 {
			b.parts = append(b.parts, ", ")
		}
		if g.IntN(3) == 0 {
			b.parts = append(b.parts, g.multi(d-1))
		} else {
			b.parts = append(b.parts, g.any(d-1))
		}
	}
	return b
}

// multi is an expression with any number of values.
func (g *programs) multi(d int) *node {
	switch g.IntN(4) {
	case 0:
		if g.vargs {
			return expr2("...")
		}
	case 1:
		if f, ok := g.of("f"); ok {
			if d <= 0 {
				return expr(f, "()")
			}
			return expr(f, "(", g.list(d-1), ")")
		}
	case 2:
		return expr("U(", g.must("q", "G3"), ")")
	}
	if d <= 0 {
		return expr("T(", g.pick("1", "nil, 2", "false", "3, nil"), ")")
	}
	return expr("T(", g.list(d-1), ")")
}

func (g *programs) constant() string {
	return g.pick("nil", "false", "true", "0", "1", "''", "'a'", "2.5", "-1")
}

func (g *programs) any(d int) *node {
	g.size--
	if d <= 0 || g.size < -200 {
		if g.IntN(2) == 0 {
			return expr(g.constant())
		}
		return expr(g.must("nsqtfa", "G1"))
	}
	switch g.IntN(16) {
	case 0:
		return g.num(d)
	case 1:
		return g.str(d)
	case 2, 3:
		return g.cond(d)
	case 4, 5, 6, 7:
		return g.logic(d)
	case 8:
		return g.multi(d)
	case 9:
		if g.vargs && g.IntN(2) == 0 {
			return expr2(g.pick("(...)", "select('#', ...)", "(select(2, ...))", "({...})[1]"))
		}
		return expr("(", g.multi(d), ")")
	case 10:
		return g.table(d)
	case 11:
		if g.size > 0 {
			if g.IntN(2) == 0 {
				return expr("(", g.lambda(3), ")(", g.list(d-1), ")")
			}
			return g.lambda(3)
		}
	case 12:
		return expr(g.place())
	case 13:
		return expr("(", g.any(d-1), ")")
	}
	return expr(g.must("nsqtfa", "G1"))
}

func (g *programs) logic(d int) *node {
	op := g.pick(" and ", " or ", " and ", " or ")
	l, r := g.any(d-1), g.any(d-1)
	if g.IntN(3) == 0 {
		l = g.cond(d - 1)
	}
	if g.IntN(3) == 0 {
		r = g.cond(d - 1)
	}
	switch g.IntN(4) {
	case 0:
		return expr("not (", l, op, r, ")")
	case 1:
		return expr("(", l, op, r, ")")
	case 2:
		return expr(l, op, r, g.pick(" and ", " or "), g.any(d-2))
	}
	return expr(l, op, r)
}

func (g *programs) cond(d int) *node {
	if d <= 0 {
		return expr(g.pick(g.constant(), g.must("nsqtfa", "G1")))
	}
	switch g.IntN(10) {
	case 0:
		return expr(g.constant())
	case 1, 2, 3:
		return expr(g.num(d-1), g.pick(" < ", " <= ", " > ", " >= ", " == ", " ~= "), g.num(d-1))
	case 4:
		return expr(g.str(d-1), g.pick(" < ", " <= ", " == ", " ~= "), g.str(d-1))
	case 5:
		// Operands with operators of their own would bind otherwise.
		return expr("(", g.any(d-1), ")", g.pick(" == ", " ~= "), "(", g.any(d-1), ")")
	case 6:
		return expr("not ", "(", g.any(d-1), ")")
	case 7:
		return g.logic(d)
	case 8:
		return expr("T(", g.any(d-1), ")")
	}
	return expr(g.must("nsqtfa", "G1"))
}

func (g *programs) num(d int) *node {
	if d <= 0 || g.size < -200 {
		if g.IntN(2) == 0 {
			return expr(g.pick("0", "1", "2", "3", "10", "0x10", "2.5", "1e2"))
		}
		return expr(g.must("n", "G1"))
	}
	op := g.pick(" + ", " - ", " * ", " + ")
	if g.gotos { // integers of 5.4 wrap around
		op = g.pick(" + ", " - ")
	}
	switch g.IntN(13) {
	case 0, 1, 2:
		return expr("(", g.num(d-1), op, g.num(d-1), ")")
	case 3:
		if !g.gotos {
			return expr("(", g.num(d-1), g.pick(" / 2", " / 4", " ^ 2", " % 3", " % -7", " % 2.5"), ")")
		}
		return expr("(", g.num(d-1), " % 5)")
	case 4:
		return expr2("-(N(", g.num(d-1), "))")
	case 5:
		return expr("#", g.must("q", "'abc'"))
	case 6:
		return expr("N(", g.any(d-1), ")")
	case 7:
		if !g.gotos {
			return expr("(", g.pick("'10'", "'0x1F'", "' 2 '", "'1.5'"), op, g.num(d-1), ")")
		}
	case 8:
		return expr("(", g.cond(d-1), " and ", g.num(d-1), " or ", g.num(d-1), ")")
	case 9:
		return expr("N(T(", g.num(d-1), "))")
	case 10:
		return expr("#(", g.str(d-1), ")")
	}
	return expr(g.must("n", "G1"))
}

func (g *programs) str(d int) *node {
	if d <= 0 || g.size < -200 {
		if s, ok := g.of("s"); ok && g.IntN(2) == 0 {
			return expr("S(", s, ")")
		}
		return expr(g.pick("'x'", "'yz'", "''", "'10'", "\"q\\n\"", "[=[l]=]"))
	}
	switch g.IntN(7) {
	case 0, 1:
		return expr("(", g.str(d-1), " .. ", g.str(d-1), ")")
	case 2:
		if g.gotos {
			return expr("S(", g.any(d-1), ")")
		}
		return expr("(N(", g.num(d-1), ") + 0 .. ", g.pick("''", "1", "'z'"), ")")
	case 3:
		return expr("S(", g.any(d-1), ")")
	case 4:
		return expr("(", g.str(d-1), ")", g.pick(":sub(1, 3)", ":upper()", ":rep(2)", ":sub(-2)", ":reverse()"))
	case 5:
		return expr("tostring(", g.cond(0), " == nil)")
	}
	return g.str(0)
}

func (g *programs) seq(d int) *node {
	if q, ok := g.of("q"); ok && g.IntN(3) == 0 {
		return expr2(q)
	}
	b := &node{kind: 'b', parts: []any{"{"}}
	n := g.IntN(4)
	if g.IntN(12) == 0 {
		n = 48 + g.IntN(6)
	}
	for i := range n {
		if n > 10 {
			b.parts = append(b.parts, fmt.Sprint(i, ", "))
			continue
		}
		b.parts = append(b.parts, g.num(d-1), ", ")
	}
	b.parts = append(b.parts, "}")
	return b
}

func (g *programs) table(d int) *node {
	if t, ok := g.of("t"); ok && (g.IntN(3) == 0 || d <= 0) {
		return expr2(t)
	}
	b := &node{kind: 'b', parts: []any{"{"}}
	if d <= 0 {
		return expr2("{a=1, 2}")
	}
	if g.IntN(10) == 0 {
		for range 50 + g.IntN(8) {
			b.parts = append(b.parts, "0, ")
		}
	}
	for range g.IntN(6) {
		switch g.IntN(6) {
		case 0:
			b.parts = append(b.parts, g.pick("a", "b", "x"), " = ", g.any(d-1))
		case 1:
			b.parts = append(b.parts, "[", g.pick("7", "'a'", "1.5", "true"), "] = ", g.any(d-1))
		case 2:
			b.parts = append(b.parts, g.multi(d-1))
		case 3:
			b.parts = append(b.parts, g.pick("f", "m"), " = ", g.lambda(4))
		default:
			b.parts = append(b.parts, g.any(d-1))
		}
		b.parts = append(b.parts, g.pick(", ", "; "))
	}
	if g.IntN(3) == 0 {
		b.parts = append(b.parts, g.multi(d-1))
	}
	b.parts = append(b.parts, "}")
	return b
}
