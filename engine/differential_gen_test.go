//go:build interop

package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// node is a piece of a random program: text and nodes. A statement can be left
// out and an expression replaced without making the program invalid.
type node struct {
	kind  byte  // 's' statement, 'e' expression, 'b' block
	parts []any // string or *node
	as    string
	gone  bool
}

func (n *node) write(b *strings.Builder) {
	if n.gone {
		return
	}
	if n.as != "" {
		b.WriteString(n.as)
		return
	}
	for _, p := range n.parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case *node:
			p.write(b)
		}
	}
	if n.kind == 's' {
		b.WriteString("\n")
	}
}

func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

// programs makes random Lua programs that end.
//
// Left out, because Lua leaves it open: the order of assignments to one place
// in one statement, the length of tables with holes, the order of pairs, the
// signs of nan and of zero (C Lua keeps one constant for 0 and -0), the second
// argument of __unm, which is the operand once more in C Lua and nil here,
// and, as gscript moves it, whether the 50th item of a table or a field with a
// key behind it is computed first.
type programs struct {
	*rand.Rand
	gotos bool // and nothing in which Lua 5.4 differs from 5.1
	vars  []variable
	count int
	loops int // around, in this function
	funcs int
	yield bool
	vargs bool
	size  int
	label []string // to which a goto may lead from here
}

type variable struct {
	name string
	kind byte // 'n'umber, 's'tring, 'q' sequence of numbers, 't'able, 'f'unction, 'a'ny
}

func (g *programs) program() *node {
	g.vars, g.count, g.loops, g.funcs, g.yield, g.vargs, g.label = nil, 0, 0, 0, false, true, nil
	g.size = 10 + g.IntN(60)
	for _, v := range []variable{{"G1", 'n'}, {"G2", 'a'}, {"G3", 't'}} {
		g.vars = append(g.vars, v)
	}
	b := &node{kind: 'b', parts: []any{"G1, G2, G3 = 5, nil, {1, 2, a=3}\n"}}
	b.parts = append(b.parts, g.stmts(2+g.IntN(6), 0))
	b.parts = append(b.parts, g.trace())
	return b
}

func (g *programs) name() string {
	g.count++
	if len(g.vars) > 3 && g.IntN(8) == 0 { // shadow
		return g.vars[3+g.IntN(len(g.vars)-3)].name
	}
	return fmt.Sprintf("v%d", g.count)
}

func (g *programs) of(kinds string) (string, bool) {
	var found []string
	hidden := map[string]bool{}
	for i := len(g.vars) - 1; i >= 0; i-- {
		v := g.vars[i]
		if !hidden[v.name] && strings.IndexByte(kinds, v.kind) >= 0 {
			found = append(found, v.name)
		}
		hidden[v.name] = true
	}
	if len(found) == 0 {
		return "", false
	}
	return found[g.IntN(len(found))], true
}

func (g *programs) must(kinds, otherwise string) string {
	if n, ok := g.of(kinds); ok {
		return n
	}
	return otherwise
}

func (g *programs) pick(from ...string) string { return from[g.IntN(len(from))] }

func expr(parts ...any) *node { return &node{kind: 'e', parts: parts} }
func stmt(parts ...any) *node { return &node{kind: 's', parts: parts} }

func (g *programs) trace() *node {
	g.count++
	parts := []any{fmt.Sprintf("P(%d", g.count)}
	for range g.IntN(4) {
		parts = append(parts, ", ", g.must("nsqtfa", "G1"))
	}
	return stmt(append(parts, ")")...)
}

// block makes statements with a scope of their own, without labels around that
// are those of another function.
func (g *programs) block(n, depth int) *node {
	vars := len(g.vars)
	b := g.stmts(n, depth)
	g.vars = g.vars[:vars]
	return b
}

func (g *programs) stmts(n, depth int) *node {
	b := &node{kind: 'b'}
	labels := len(g.label)
	last := ""
	if g.gotos && depth > 0 && g.IntN(3) == 0 {
		g.count++
		last = fmt.Sprintf("L%d", g.count) // at the end, as for continue
		g.label = append(g.label, last)
	}
	for i := range n {
		s := g.stmt(depth, i == n-1 && last == "")
		b.parts = append(b.parts, s)
		if g.IntN(4) == 0 && !strings.HasPrefix(fmt.Sprint(s.parts[0]), "return") && !strings.HasPrefix(fmt.Sprint(s.parts[0]), "break") {
			b.parts = append(b.parts, g.trace())
		} else if s.parts[0] == "break" || s.parts[0] == "return " {
			break
		}
	}
	g.label = g.label[:labels]
	if last != "" {
		b.parts = append(b.parts, "::"+last+"::\n")
	}
	return b
}

func (g *programs) some() int { return g.IntN(4) }

func (g *programs) stmt(depth int, last bool) *node {
	g.size--
	if g.size < 0 || depth > 5 {
		if last && g.loops > 0 && g.IntN(3) == 0 {
			return stmt("break")
		}
		return g.simple()
	}
	if g.loops > 0 {
		switch g.IntN(9) {
		case 0:
			if last {
				return stmt("break")
			}
			return stmt("do break end")
		case 1:
			return stmt("if ", g.cond(2), " then break end")
		}
	}
	if len(g.label) > 0 && g.IntN(5) == 0 {
		l := g.label[g.IntN(len(g.label))]
		if g.IntN(3) == 0 {
			return stmt("do goto ", l, " end")
		}
		return stmt("if ", g.cond(2), " then goto ", l, " end")
	}
	switch g.IntN(27) {
	case 0, 1, 2:
		return g.local(depth)
	case 3, 4, 23:
		return g.assign()
	case 5, 6:
		return g.ifs(depth)
	case 7, 8, 9, 10, 11:
		return g.loop(depth)
	case 12:
		return stmt("do\n", g.block(g.some(), depth+1), "end")
	case 13, 14:
		return g.localFunction(depth)
	case 15:
		return g.protected(depth)
	case 16:
		return g.object(depth)
	case 17:
		return g.assignFunction(depth)
	case 18:
		return g.methods(depth)
	case 19:
		if last && g.funcs > 0 {
			return g.ret()
		}
		return stmt("if ", g.cond(2), " then ", g.ret(), "end")
	case 20:
		if g.yield {
			return stmt("P('y', coroutine.yield(", g.args(), "))")
		}
		return g.coroutine(depth)
	case 21:
		if g.gotos {
			g.count++
			l := fmt.Sprintf("B%d", g.count)
			turn := fmt.Sprintf("t%d", g.count)
			g.label = append(g.label, l)
			body := g.block(1+g.some(), depth+1)
			g.label = g.label[:len(g.label)-1]
			// Backward, with the turns counted; forward ones to the same label are none.
			return stmt("do local ", turn, " = Turns(3)\n::", l, "::\n", g.pick("", "do end ", "if false then P(1) end "), "if ", turn, "() then\ndo\n", body, "end\ngoto ", l, " end end")
		}
		return g.swap()
	case 22:
		return g.swap()
	default:
		return g.simple()
	}
}

func (g *programs) simple() *node {
	switch g.IntN(6) {
	case 0:
		if f, ok := g.of("f"); ok {
			return stmt(f, "(", g.args(), ")")
		}
	case 1:
		return g.assign()
	case 2:
		return stmt("P(", fmt.Sprint(g.count), ", ", g.any(2), ", ", g.any(2), ")")
	case 3:
		return stmt("P(", fmt.Sprint(g.count), ", ", g.list(2), ")")
	}
	return g.trace()
}

func (g *programs) swap() *node {
	if q, ok := g.of("q"); ok && g.IntN(2) == 0 {
		switch g.IntN(4) {
		case 0:
			return stmt(q, "[1], ", q, "[2] = ", q, "[2], ", q, "[1]")
		case 1:
			n := g.must("n", "G1")
			return stmt(q, "[1], ", n, " = ", n, ", ", q, "[1] or 4")
		case 2:
			n := g.must("n", "G1")
			return stmt(n, ", ", q, "[#", q, "] = ", "#", q, ", ", g.num(2))
		default:
			n := g.must("n", "G1")
			return stmt("do local i = 1; i, ", q, "[i] = i + 1, ", n, " P('i', i, ", q, "[1]) end")
		}
	}
	a, b := g.must("n", "G1"), g.must("n", "G1")
	if a == b {
		return g.trace()
	}
	switch g.IntN(3) {
	case 0:
		return stmt(a, ", ", b, " = ", b, ", ", a)
	case 1:
		return stmt(a, ", ", b, " = ", b, " + 1, ", a, " + ", b)
	default:
		return stmt("G3.a, ", a, ", ", b, " = ", a, ", ", b, ", N(G3.a)")
	}
}

func (g *programs) kinded(kind byte, d int) *node {
	switch kind {
	case 'n':
		return g.num(d)
	case 's':
		return g.str(d)
	case 'q':
		return g.seq(d)
	case 't':
		return g.table(d)
	}
	return g.any(d)
}

func (g *programs) local(depth int) *node {
	switch g.IntN(5) {
	case 0: // several
		n := 1 + g.IntN(3)
		names := make([]string, n)
		for i := range names {
			g.count++
			names[i] = fmt.Sprintf("v%d", g.count)
		}
		parts := []any{"local " + strings.Join(names, ", ")}
		if g.IntN(5) > 0 {
			parts = append(parts, " = ", g.list(3))
		}
		for _, n := range names {
			g.vars = append(g.vars, variable{n, 'a'})
		}
		return stmt(parts...)
	default:
		kind := "nnnsqqtaaa"[g.IntN(10)]
		name := g.name()
		s := stmt("local ", name, " = ", g.kinded(kind, 3))
		g.vars = append(g.vars, variable{name, kind})
		return s
	}
}

func (g *programs) assign() *node {
	switch g.IntN(8) {
	case 0:
		a, b := g.must("a", "G2"), g.pick("G3.b", "G3.x", "G3[1]", "G3['a']", "G3[G1]")
		return stmt(a, ", ", b, " = ", g.list(3))
	case 1:
		return stmt(g.place(), " = ", g.any(3))
	case 2:
		n := g.must("n", "G1")
		return stmt(n, " = ", g.num(3))
	case 3:
		s := g.must("s", "G2")
		return stmt(s, " = ", g.str(2))
	case 4:
		return stmt(g.must("a", "G2"), " = ", g.any(3))
	case 5:
		return stmt(g.must("af", "G2"), " = ", g.logic(3))
	default:
		return stmt(g.must("a", "G2"), ", ", g.place(), " = ", g.any(2), ", ", g.any(2))
	}
}

func (g *programs) place() *node {
	t := g.must("t", "G3")
	switch g.IntN(4) {
	case 0:
		return expr2(t, ".", g.pick("a", "b", "x"))
	case 1:
		return expr2(t, "[", g.num(1), "]")
	case 2:
		return expr2(t, "[", g.str(1), "]")
	default:
		return expr2(t, "[", fmt.Sprint(1+g.IntN(4)), "]")
	}
}

// expr2 is an expression that must stay what it is.
func expr2(parts ...any) *node { return &node{kind: 'b', parts: parts} }

func (g *programs) ifs(depth int) *node {
	parts := []any{"if ", g.cond(3), " then\n", g.block(g.some(), depth+1)}
	for range g.IntN(3) {
		parts = append(parts, "elseif ", g.cond(3), " then\n", g.block(g.some(), depth+1))
	}
	if g.IntN(2) == 0 {
		parts = append(parts, "else\n", g.block(g.some(), depth+1))
	}
	return stmt(append(parts, "end")...)
}

func (g *programs) body(depth int) *node {
	g.loops++
	b := g.block(g.some(), depth+1)
	g.loops--
	return b
}

func (g *programs) loop(depth int) *node {
	vars := len(g.vars)
	defer func() { g.vars = g.vars[:vars] }()
	switch g.IntN(10) {
	case 0, 1:
		i := g.name()
		from, to, step := g.IntN(7)-3, g.IntN(7)-3, ""
		switch g.IntN(6) {
		case 0:
			step = ", -1"
		case 1:
			step = ", 2"
		case 2:
			step = ", 0.5"
		case 3:
			step = ", -1.5"
		case 4:
			step = ", 7"
		}
		g.vars = append(g.vars, variable{i, 'n'})
		return stmt("for ", i, " = ", fmt.Sprint(from), ", ", fmt.Sprint(to), step, " do\n", g.body(depth), "end")
	case 2:
		i := g.name()
		from := g.num(2)
		g.vars = append(g.vars, variable{i, 'n'})
		return stmt("for ", i, " = ", from, ", 3 do F()\n", g.body(depth), "end")
	case 3, 4:
		q := g.seq(2)
		i, v := g.name(), g.name()
		if i == v {
			v += "_"
		}
		g.vars = append(g.vars, variable{i, 'n'}, variable{v, 'n'})
		return stmt("for ", i, ", ", v, " in ipairs(", q, ") do\n", g.body(depth), "end")
	case 5:
		t := g.pick("{7}", "{x=1}", "{}", "{[2.5]='k'}")
		k := g.name()
		g.vars = append(g.vars, variable{k, 'a'})
		if g.IntN(2) == 0 {
			return stmt("for ", k, " in next, ", t, " do\n", g.body(depth), "end")
		}
		return stmt("for ", k, " in pairs(", t, ") do\n", g.body(depth), "end")
	case 6:
		g.count++
		t := fmt.Sprintf("t%d", g.count)
		return stmt("do local ", t, " = Turns(", fmt.Sprint(g.IntN(4)), ") while ", t, "() ",
			g.pick("", "and true ", "and not nil ", "or false ", "and 1 "), "do\n", g.body(depth), "end end")
	case 7:
		g.count++
		t := fmt.Sprintf("t%d", g.count)
		head := g.pick("true", "1", "not false", "true and true", "true or nil", "'x'", "nil or 1", "not nil and true")
		g.loops++
		defer func() { g.loops-- }()
		if g.IntN(2) == 0 {
			return stmt("do local ", t, " = Turns(3) while ", head, " do\n", "if not ", t, "() then break end\n", g.block(g.some(), depth+1), "end end")
		}
		return stmt("do local ", t, " = Turns(3) while ", head, " do\ndo\n", g.block(g.some(), depth+1), "end\nif not ", t, "() then break end end end")
	case 8:
		return stmt("while ", g.pick("false", "nil", "not true", "false and G1", "true and nil", "not 1", "false or nil"), " do\n", g.body(depth), "end")
	default:
		g.count++
		t := fmt.Sprintf("t%d", g.count)
		g.loops++
		n := len(g.vars)
		body := g.stmts(g.some(), depth+1)
		// The condition sees the locals of the body.
		cond := g.pick("not "+t+"()", "not "+t+"() or false", "true", "not ("+t+"() and true)")
		if v, ok := g.of("nsqtfa"); ok && !endsBlock(body) && !g.gotos {
			cond = g.pick(cond, "not "+t+"() or P('u', "+v+")", "not "+t+"() or Keep(function() return "+v+" end)")
		}
		g.vars = g.vars[:n]
		g.loops--
		return stmt("do local ", t, " = Turns(3) repeat\n", body, "until ", cond, " end")
	}
}

func endsBlock(n *node) bool {
	if len(n.parts) == 0 {
		return false
	}
	s, ok := n.parts[len(n.parts)-1].(*node)
	return ok && len(s.parts) > 0 && (s.parts[0] == "break" || s.parts[0] == "return ")
}

// function makes the part of a function behind its name.
func (g *programs) function(depth int, self bool) *node {
	vars, loops, yield, vargs, label := len(g.vars), g.loops, g.yield, g.vargs, g.label
	g.loops, g.yield, g.label = 0, false, nil
	g.funcs++
	if self {
		g.vars = append(g.vars, variable{"self", 't'})
	}
	var names []string
	for range g.IntN(4) {
		g.count++
		n := fmt.Sprintf("p%d", g.count)
		names = append(names, n)
		g.vars = append(g.vars, variable{n, 'a'})
	}
	g.vargs = g.IntN(2) == 0
	if g.vargs {
		names = append(names, "...")
	}
	body := &node{kind: 'b', parts: []any{g.stmts(g.some(), depth+1)}}
	if !endsBlock(body.parts[0].(*node)) && g.IntN(4) > 0 {
		if g.gotos { // which may not lead past locals to the return
			body.parts = []any{"do\n", body.parts[0], "end\n"}
		}
		body.parts = append(body.parts, g.ret())
	}
	g.funcs--
	g.vars, g.loops, g.yield, g.vargs, g.label = g.vars[:vars], loops, yield, vargs, label
	return expr2("(", strings.Join(names, ", "), ") F()\n", body, "end")
}

func (g *programs) lambda(depth int) *node { return expr("function", g.function(depth, false)) }

func (g *programs) ret() *node {
	switch g.IntN(4) {
	case 0:
		return stmt("return ", g.any(3))
	case 1:
		if f, ok := g.of("f"); ok {
			if g.IntN(3) == 0 {
				return stmt("return ", "(", f, "(", g.args(), "))")
			}
			return stmt("return ", f, "(", g.args(), ")")
		}
	case 2:
		if g.IntN(3) == 0 {
			return stmt("return ", "")
		}
	}
	return stmt("return ", g.list(3))
}

func (g *programs) localFunction(depth int) *node {
	name := g.name()
	if g.IntN(2) == 0 {
		s := stmt("local ", name, " = function", g.function(depth, false))
		g.vars = append(g.vars, variable{name, 'f'})
		return s
	}
	// It may call itself, within the fuel.
	g.vars = append(g.vars, variable{name, 'a'})
	body := g.function(depth, false)
	g.vars[len(g.vars)-1].kind = 'f'
	if g.IntN(4) == 0 {
		return stmt("local function ", name, "(n, ...) F() if N(n) <= 0 then return 'end', ... end local a = ", g.any(1),
			" ", g.pick("return "+name+"(n - 1, a, ...)", "return a, "+name+"(n - 1)", "return ("+name+"(n - 1, ...))"), " end P('r', ", name, "(3, 8))")
	}
	return stmt("local function ", name, body)
}

func (g *programs) assignFunction(depth int) *node {
	if g.IntN(2) == 0 {
		return stmt("function G", fmt.Sprint(4+g.IntN(3)), g.function(depth, false))
	}
	return stmt("function ", g.must("t", "G3"), g.pick(".f", ":m"), g.function(depth, true))
}

func (g *programs) protected(depth int) *node {
	f := expr2("function", g.function(depth, false))
	switch g.IntN(4) {
	case 0:
		return stmt("P('p', pcall(function(...) error(", g.pick("'E1'", "'E2', 0", "{1, a=2}", "G2 == nil", "G3", "'E3', 2"), ") end, ", g.args(), "))")
	case 1:
		return stmt("P('p', xpcall(", f, ", function(e) P('h', e) return e, 1 end))")
	default:
		return stmt("P('p', pcall(", f, ", ", g.args(), "))")
	}
}

func (g *programs) coroutine(depth int) *node {
	vars, loops, yield, label, vargs := len(g.vars), g.loops, g.yield, g.label, g.vargs
	g.loops, g.yield, g.label, g.vargs = 0, true, nil, true
	g.funcs++
	body := g.stmts(1+g.some(), depth+1)
	g.funcs--
	g.vars, g.loops, g.yield, g.label, g.vargs = g.vars[:vars], loops, yield, label, vargs
	g.count++
	c := fmt.Sprintf("c%d", g.count)
	switch g.IntN(3) {
	case 0:
		return stmt("P('d', pcall(function() for a, b in coroutine.wrap(function(...) F()\n", body, "end) do F() P('c', a, b) end end))")
	case 1:
		return stmt("do local ", c, " = coroutine.wrap(function(...) F()\n", body, "end) for i = 1, 3 do P('c', pcall(", c, ", i)) end end")
	default:
		return stmt("do local ", c, " = coroutine.create(function(...) F()\n", body, "end) for i = 1, 3 do P('c', coroutine.resume(", c, ", i, ", g.args(), ")) P(coroutine.status(", c, ")) end end")
	}
}

func (g *programs) object(depth int) *node {
	name := g.name()
	parts := []any{"local ", name, " = setmetatable(", g.table(2), ", {"}
	events := []string{"__index", "__newindex", "__call", "__add", "__sub", "__mul", "__eq", "__lt", "__le", "__concat", "__unm"}
	for range 1 + g.IntN(4) {
		e := events[g.IntN(len(events))]
		parts = append(parts, e, " = ")
		if e == "__index" && g.IntN(3) == 0 {
			parts = append(parts, "{a=7, b=8, [3]=9}, ")
			continue
		}
		if e == "__newindex" {
			parts = append(parts, "function(t, k, v) F() P('ni', k, v) rawset(t, k, v) end, ")
			continue
		}
		if e == "__unm" {
			parts = append(parts, "(function(f) return function(v) return f(v) end end)(", g.lambda(depth+1), "), ")
			continue
		}
		parts = append(parts, g.lambda(depth+1), ", ")
	}
	g.vars = append(g.vars, variable{name, 't'})
	return stmt(append(parts, "})")...)
}

func (g *programs) methods(depth int) *node {
	t := g.must("t", "G3")
	switch g.IntN(4) {
	case 0:
		return stmt("P('m', pcall(function(...) return ", t, ":m(", g.num(2), ") end))")
	case 1:
		return stmt("P('m', pcall(function(...) return ", t, "[", g.any(1), "].a.b end))")
	case 2:
		op := g.pick(" + ", " - ", " * ", " .. ", " < ", " <= ", " == ", " > ", " >= ", " ~= ")
		if g.gotos { // 5.4 compares tables with one another by either's metamethod
			op = g.pick(" + ", " - ")
		}
		return stmt("P('m', pcall(function(...) return ", t, op, g.pick(t, "1", "'x'", "{}", "G3"), " end))")
	default:
		return stmt("P('m', pcall(function(...) return ", g.pick(t+"(1, 2)", "-"+t, t+".zz", t+"[1]", t+".f(1)"), " end))")
	}
}
