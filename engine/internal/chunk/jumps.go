package chunk

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua lets a jump to a jump go where that one leads, and gets it wrong
// when it jumps backward: there the distance is taken for a label. So nothing
// that is jumped back to may begin with a jump. Where it would, a local variable
// that nobody can name stands in front.

// guarded puts that in front of the statements of a loop if it is needed.
// behind is the condition that follows them in the same turn, or nil.
func guarded(stmts []ast.Stmt, at ast.PositionHolder, behind ast.Expr) []ast.Stmt {
	for _, s := range stmts {
		jumps, silent := begins(s)
		if jumps {
			return append([]ast.Stmt{guard(s)}, stmts...)
		}
		if !silent {
			return stmts
		}
	}
	if behind != nil && (constant(behind) || jumpsIn(behind)) {
		return append([]ast.Stmt{guard(at)}, stmts...)
	}
	return stmts
}

// guardLabels does it for what stands behind labels.
func guardLabels(stmts []ast.Stmt) []ast.Stmt {
	for i := 0; i < len(stmts)-1; i++ {
		if _, ok := stmts[i].(*ast.LabelStmt); !ok {
			continue
		}
		if _, ok := stmts[i+1].(*ast.LabelStmt); ok {
			continue
		}
		if rest := guarded(stmts[i+1:], stmts[i], nil); len(rest) > len(stmts)-i-1 {
			stmts = append(stmts[:i+1:i+1], rest...)
		}
	}
	return stmts
}

func guard(at ast.PositionHolder) ast.Stmt {
	local := &ast.LocalAssignStmt{Names: []string{"(nothing)"}}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{local}}
	for _, n := range []ast.PositionHolder{local, block} {
		n.SetLine(at.Line())
	}
	return block
}

// guardCondition does it for the condition of a while.
func guardCondition(e ast.Expr) ast.Expr {
	if constant(e) || !jumpsIn(e) {
		return e
	}
	one, same := index(1), index(1)
	equal := &ast.RelationalOpExpr{Operator: "==", Lhs: one, Rhs: same}
	and := &ast.LogicalOpExpr{Operator: "and", Lhs: equal, Rhs: e}
	for _, n := range []ast.PositionHolder{one, same, equal, and} {
		n.SetLine(e.Line())
	}
	return and
}

// begins says whether the code of a statement may begin with a jump, and
// whether there is none at all.
func begins(s ast.Stmt) (jump, silent bool) {
	switch s := s.(type) {
	case *ast.BreakStmt:
		return true, false
	case *ast.LabelStmt:
		return false, true
	case *ast.DoBlockStmt:
		for _, inner := range s.Stmts {
			if jump, silent := begins(inner); jump || !silent {
				return jump, false
			}
		}
		return false, true
	case *ast.WhileStmt:
		return constant(s.Condition) || jumpsIn(s.Condition), false
	case *ast.RepeatStmt:
		for _, inner := range s.Stmts {
			if jump, silent := begins(inner); jump || !silent {
				return jump, false
			}
		}
		return constant(s.Condition) || jumpsIn(s.Condition), false
	case *ast.IfStmt:
		return constant(s.Condition) || jumpsIn(s.Condition), false
	case *ast.AssignStmt:
		return jumpsIn(s.Lhs...) || jumpsIn(s.Rhs...), false
	case *ast.LocalAssignStmt:
		return jumpsIn(s.Exprs...), false
	case *ast.FuncCallStmt:
		return jumpsIn(s.Expr), false
	case *ast.NumberForStmt:
		return jumpsIn(s.Init), false
	case *ast.GenericForStmt:
		return jumpsIn(s.Exprs...), false
	case *ast.ReturnStmt:
		return jumpsIn(s.Exprs...), false
	}
	return false, false
}

// jumpsIn says whether the code of one of the expressions may begin with a jump:
// only that of an operator whose first operand is a constant does, and what
// stands before it may have no code.
func jumpsIn(exprs ...ast.Expr) bool {
	for _, e := range exprs {
		switch e := e.(type) {
		case *ast.LogicalOpExpr:
			l := first(e)
			if constant(l) || jumpsIn(l) {
				return true
			}
		case *ast.UnaryNotOpExpr:
			l := first(e)
			if constant(l) || jumpsIn(l) {
				return true
			}
		case *ast.RelationalOpExpr:
			if jumpsIn(e.Lhs, e.Rhs) {
				return true
			}
		case *ast.ArithmeticOpExpr:
			if jumpsIn(e.Lhs, e.Rhs) {
				return true
			}
		case *ast.UnaryMinusOpExpr:
			if jumpsIn(e.Expr) {
				return true
			}
		case *ast.UnaryLenOpExpr:
			if jumpsIn(e.Expr) {
				return true
			}
		case *ast.AttrGetExpr:
			if jumpsIn(e.Object, e.Key) {
				return true
			}
		case *ast.FuncCallExpr:
			if jumpsIn(e.Func, e.Receiver) {
				return true
			}
		}
	}
	return false
}

// first is the operand that is looked at first.
func first(e ast.Expr) ast.Expr {
	for {
		switch inner := e.(type) {
		case *ast.LogicalOpExpr:
			e = inner.Lhs
		case *ast.UnaryNotOpExpr:
			e = inner.Expr
		default:
			return e
		}
	}
}

func constant(e ast.Expr) bool {
	switch e.(type) {
	case *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr, *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// loop is a loop of the function being walked.
type loop struct {
	block int    // number of blocks open in it, its own included
	exit  string // the label behind it that breaks go to, if any does
}

// leaveLoop is what becomes of a break. gopher-lua's closes the variables of
// the loop's own block only, and only if a function has captured one of those;
// from blocks inside it with captured variables a goto leaves instead.
func (w *walker) leaveLoop(s *ast.BreakStmt) ast.Stmt {
	if !marked || len(w.turns) == 0 {
		return s
	}
	l := w.turns[len(w.turns)-1]
	if l.block >= len(w.opened) || !w.captured(w.opened[l.block]) {
		return s
	}
	if l.exit == "" {
		w.exits++
		l.exit = fmt.Sprintf("(break %d)", w.exits)
		w.jumps(1)
	}
	w.gotos++
	leave := &ast.GotoStmt{Label: l.exit}
	leave.SetLine(s.Line())
	return leave
}

// withExit puts the label behind the loop.
func (l *loop) withExit(s ast.Stmt) ast.Stmt {
	if l.exit == "" {
		return s
	}
	label := &ast.LabelStmt{Name: l.exit}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{s, label}}
	label.SetLine(s.Line())
	block.SetLine(s.Line())
	block.SetLastLine(s.LastLine())
	return block
}
