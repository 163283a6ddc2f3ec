package chunk

import (
	"math/bits"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua notes the end of a local variable's scope with another variable as
// soon as a block has used registers again, so debug.getlocal and the names in
// messages are wrong behind the first block of a function. Where a block ends in
// the code is found by compiling with lines that carry, above the line itself,
// the number of the block.

//
// It also closes all captured variables of a function at a goto that leaves no
// block with captured ones. The marks show which instruction that is.

const (
	marked    = bits.UintSize >= 64 // an int has room for marks
	markShift = 32 * (bits.UintSize / 64)
	lineMask  = 1<<markShift - 1
)

// scopes are the blocks of one chunk.
type scopes struct {
	parent []int         // of each block; 0 is none
	locals map[int][]int // by the mark of a function: the block of each of its variables, in the order of the code
	closes map[int]int   // by the mark of a goto: the first register to close
}

// block is a place in the tree that is being marked.
type block struct {
	id int
	f  *marking
	// What there was in the function when the block began.
	active, labels, gotos int
}

// marking is what is known of the function that is being marked.
type marking struct {
	locals []int // the block of each variable
	active int   // variables in scope
	labels []label
	gotos  []label // whose labels have not been found
}

// label is a label or a goto.
type label struct {
	name string
	n    int // the variables in scope; the mark of a goto
}

// markScopes marks every node of a chunk with its block. It returns nil where an
// int has no room for marks.
func markScopes(stmts []ast.Stmt) *scopes {
	if !marked {
		return nil
	}
	s := &scopes{parent: []int{0}, locals: map[int][]int{}, closes: map[int]int{}}
	main := block{id: s.open(0), f: &marking{}}
	s.stmts(main, stmts)
	s.leave(main)
	s.locals[0] = main.f.locals // the main chunk's function has no mark
	return s
}

func (s *scopes) open(parent int) int {
	s.parent = append(s.parent, parent)
	return len(s.parent) - 1
}

// inside begins a block in b; leave ends it.
func (s *scopes) inside(b block) block {
	return block{s.open(b.id), b.f, b.f.active, len(b.f.labels), len(b.f.gotos)}
}

func (s *scopes) leave(b block) {
	f := b.f
	labels := f.labels[b.labels:]
	if len(labels) > 0 && len(f.gotos) > b.gotos {
		active := map[string]int{}
		for _, l := range labels {
			active[l.name] = l.n
		}
		left := f.gotos[:b.gotos]
		for _, g := range f.gotos[b.gotos:] {
			if n, ok := active[g.name]; ok {
				s.closes[g.n] = n
			} else {
				left = append(left, g)
			}
		}
		f.gotos = left
	}
	f.labels = f.labels[:b.labels]
	f.active = b.active
}

func (s *scopes) block(b block, stmts []ast.Stmt) {
	in := s.inside(b)
	s.stmts(in, stmts)
	s.leave(in)
}

func (b block) declare(n int) {
	b.f.active += n
	for range n {
		b.f.locals = append(b.f.locals, b.id)
	}
}

// unmarked is the line without the mark.
func unmarked(line int) int {
	if !marked || line < 0 {
		return line
	}
	return line & lineMask
}

func mark(n ast.PositionHolder, id int) {
	if line := n.Line(); line >= 0 {
		n.SetLine(line&lineMask | id<<markShift)
	}
	if line := n.LastLine(); line > 0 {
		n.SetLastLine(line&lineMask | id<<markShift)
	}
}

func (s *scopes) stmts(b block, stmts []ast.Stmt) {
	for _, stmt := range stmts {
		s.stmt(b, stmt)
	}
}

func (s *scopes) stmt(b block, stmt ast.Stmt) {
	mark(stmt, b.id)
	switch st := stmt.(type) {
	case *ast.AssignStmt:
		s.exprs(b, st.Lhs...)
		s.exprs(b, st.Rhs...)
	case *ast.LocalAssignStmt:
		s.exprs(b, st.Exprs...)
		b.declare(len(st.Names))
	case *ast.FuncCallStmt:
		s.exprs(b, st.Expr)
	case *ast.DoBlockStmt:
		s.block(b, st.Stmts)
	case *ast.WhileStmt:
		s.exprs(b, st.Condition)
		s.block(b, st.Stmts)
	case *ast.RepeatStmt:
		in := s.inside(b)
		s.stmts(in, st.Stmts)
		s.exprs(in, st.Condition)
		s.leave(in)
	case *ast.IfStmt:
		s.exprs(b, st.Condition)
		s.block(b, st.Then)
		s.block(b, st.Else)
	case *ast.NumberForStmt:
		in := s.inside(b)
		s.exprs(in, st.Init, st.Limit, st.Step)
		in.declare(4)
		s.stmts(in, st.Stmts)
		s.leave(in)
	case *ast.GenericForStmt:
		in := s.inside(b)
		s.exprs(in, st.Exprs...)
		in.declare(3 + len(st.Names))
		s.stmts(in, st.Stmts)
		s.leave(in)
	case *ast.FuncDefStmt:
		self := 0
		if st.Name.Func != nil {
			s.exprs(b, st.Name.Func)
		} else {
			s.exprs(b, st.Name.Receiver)
			self = 1
		}
		s.function(b, st.Func, self)
	case *ast.ReturnStmt:
		s.exprs(b, st.Exprs...)
	case *ast.LabelStmt:
		b.f.labels = append(b.f.labels, label{st.Name, b.f.active})
	case *ast.GotoStmt:
		id := s.open(b.id)
		mark(st, id)
		b.f.gotos = append(b.f.gotos, label{st.Label, id})
	}
}

// function marks the function with a block of its own, by which its prototype
// is known.
func (s *scopes) function(b block, fn *ast.FunctionExpr, self int) {
	id := s.open(b.id)
	mark(fn, id)
	in := block{id: s.open(0), f: &marking{}}
	in.declare(self + len(fn.ParList.Names))
	if fn.ParList.HasVargs && lua.CompatVarArg {
		in.declare(1) // arg
	}
	s.stmts(in, fn.Stmts)
	s.leave(in)
	s.locals[id] = in.f.locals
}

func (s *scopes) exprs(b block, exprs ...ast.Expr) {
	for _, e := range exprs {
		s.expr(b, e)
	}
}

func (s *scopes) expr(b block, e ast.Expr) {
	if e == nil {
		return
	}
	if fn, ok := e.(*ast.FunctionExpr); ok {
		s.function(b, fn, 0)
		return
	}
	mark(e, b.id)
	switch ex := e.(type) {
	case *ast.AttrGetExpr:
		s.expr(b, ex.Object)
		s.expr(b, ex.Key)
	case *ast.TableExpr:
		for _, f := range ex.Fields {
			s.expr(b, f.Key)
			s.expr(b, f.Value)
		}
	case *ast.FuncCallExpr:
		s.expr(b, ex.Func)
		s.expr(b, ex.Receiver)
		s.exprs(b, ex.Args...)
	case *ast.LogicalOpExpr:
		s.expr(b, ex.Lhs)
		s.expr(b, ex.Rhs)
	case *ast.RelationalOpExpr:
		s.expr(b, ex.Lhs)
		s.expr(b, ex.Rhs)
	case *ast.StringConcatOpExpr:
		s.expr(b, ex.Lhs)
		s.expr(b, ex.Rhs)
	case *ast.ArithmeticOpExpr:
		s.expr(b, ex.Lhs)
		s.expr(b, ex.Rhs)
	case *ast.UnaryMinusOpExpr:
		s.expr(b, ex.Expr)
	case *ast.UnaryNotOpExpr:
		s.expr(b, ex.Expr)
	case *ast.UnaryLenOpExpr:
		s.expr(b, ex.Expr)
	}
}

// repair takes the marks out of the code's lines and writes the ends of scopes.
func (s *scopes) repair(p *lua.FunctionProto) {
	if s == nil {
		return
	}
	last := map[int]int{} // of each block of the function: its last instruction
	for pc, line := range p.DbgSourcePositions {
		for b := line >> markShift; b > 0; b = s.parent[b] {
			last[b] = pc
		}
		if from, ok := s.closes[line>>markShift]; ok && int(p.Code[pc]>>opcodeShift) == lua.OP_CLOSE {
			p.Code[pc] = uint32(lua.OP_CLOSE<<opcodeShift | from<<18)
		}
		p.DbgSourcePositions[pc] = line & lineMask
	}
	id := p.LineDefined >> markShift
	p.LineDefined &= lineMask
	p.LastLineDefined &= lineMask
	if blocks := s.locals[id]; len(blocks) == len(p.DbgLocals) {
		for i, v := range p.DbgLocals {
			if end, ok := last[blocks[i]]; ok {
				v.EndPc = end
			} else {
				v.EndPc = v.StartPc - 1
			}
		}
	}
	for _, inner := range p.FunctionPrototypes {
		s.repair(inner)
	}
}
