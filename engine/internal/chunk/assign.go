package chunk

import (
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua computes the values of a multiple assignment straight into the
// local variables on its left, so that a, b = b, a gives b twice and
// i, t[i] = i+1, 0 sets t[i+1]. And where a field of a table is assigned a local
// variable, that is read last, and the values of the targets before it are taken
// from the wrong registers. v = f() and 1 leaves v as it was when the call gives
// nil, and v = (...) clears the variables behind v. Such statements go by hidden
// variables:
//
//	do local (1), (2) = b, a; b = (2); a = (1) end

// maxTargets is how many targets have hidden variables; a function has 200
// registers.
const maxTargets = 40

// separate gives an assignment hidden variables if it needs them.
func (w *walker) separate(s *ast.AssignStmt) ast.Stmt {
	if len(s.Lhs) > maxTargets || !w.strays(s) && (len(s.Lhs) < 2 || !w.collides(s)) {
		return s
	}
	block := &ast.DoBlockStmt{}
	at := func(n ast.PositionHolder) {
		n.SetLine(s.Line())
		n.SetLastLine(s.LastLine())
	}
	hidden := 0
	hide := func(exprs []ast.Expr, n int) []ast.Expr {
		local := &ast.LocalAssignStmt{Exprs: exprs}
		at(local)
		names := make([]ast.Expr, n)
		for i := range names {
			hidden++
			name := "(" + strconv.Itoa(hidden) + ")" // none that a script can write
			local.Names = append(local.Names, name)
			names[i] = &ast.IdentExpr{Value: name}
			at(names[i])
		}
		block.Stmts = append(block.Stmts, local)
		return names
	}
	for _, target := range s.Lhs {
		if field, ok := target.(*ast.AttrGetExpr); ok {
			field.Object = hide([]ast.Expr{field.Object}, 1)[0]
			switch field.Key.(type) {
			case *ast.StringExpr, *ast.NumberExpr:
			default:
				field.Key = hide([]ast.Expr{field.Key}, 1)[0]
			}
		}
	}
	values := hide(s.Rhs, len(s.Lhs))
	for i := len(s.Lhs) - 1; i >= 0; i-- {
		assign := &ast.AssignStmt{Lhs: s.Lhs[i : i+1], Rhs: values[i : i+1]}
		at(assign)
		block.Stmts = append(block.Stmts, assign)
	}
	at(block)
	return block
}

// strays says whether a value goes to the wrong place on its way to a local
// variable.
func (w *walker) strays(s *ast.AssignStmt) bool {
	for i := range min(len(s.Lhs), len(s.Rhs)) {
		name, ok := s.Lhs[i].(*ast.IdentExpr)
		if !ok {
			continue
		}
		if _, local := w.local(name.Value); !local {
			continue
		}
		switch e := s.Rhs[i].(type) {
		case *ast.LogicalOpExpr:
			if w.misses(e, true, true, false) {
				return true
			}
		case *ast.Comma3Expr:
			if e.AdjustRet || i < len(s.Rhs)-1 {
				return true
			}
		}
	}
	return false
}

// misses follows the compiler through an operator's operands. then and other
// say whether a true or false one is the value of the whole, next whether the
// operand is the first of an 'or'.
func (w *walker) misses(e ast.Expr, then, other, next bool) bool {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		if e.Operator == "and" {
			return w.misses(e.Lhs, false, other, false) || w.misses(e.Rhs, then, other, next)
		}
		return w.misses(e.Lhs, then, false, true) || w.misses(e.Rhs, then, other, next)
	case *ast.RelationalOpExpr:
		return false
	case *ast.IdentExpr:
		if _, local := w.local(e.Value); local && (other && !then || then && next) {
			return false
		}
	}
	switch {
	case constant(e) && !next:
		return false
	case next: // written when true, whether it is the value or not
		return !then
	default: // not written when false
		return other && !then
	}
}

// collides says whether the statement reads a variable after gopher-lua has
// written it, or has the values in other registers than it believes.
func (w *walker) collides(s *ast.AssignStmt) bool {
	for i, target := range s.Lhs {
		switch target := target.(type) {
		case *ast.AttrGetExpr:
			if i >= len(s.Rhs) {
				continue
			}
			if name, ok := s.Rhs[i].(*ast.IdentExpr); ok {
				if captured, local := w.local(name.Value); local && (captured || i > 0 || assigns(s, name.Value)) {
					return true
				}
			}
		case *ast.IdentExpr:
			captured, local := w.local(target.Value)
			if !local {
				continue
			}
			// Later values, and what the fields on the left are of.
			r := &readers{name: target.Value, captured: captured}
			for j := i + 1; j < len(s.Rhs); j++ {
				r.expr(s.Rhs[j])
			}
			for _, other := range s.Lhs {
				if field, ok := other.(*ast.AttrGetExpr); ok {
					r.expr(field.Object)
					r.expr(field.Key)
				}
			}
			if r.found {
				return true
			}
		}
	}
	return false
}

// assigns says whether a local variable is among the targets.
func assigns(s *ast.AssignStmt, name string) bool {
	return slices.ContainsFunc(s.Lhs, func(target ast.Expr) bool {
		e, ok := target.(*ast.IdentExpr)
		return ok && e.Value == name
	})
}

// readers looks for what may read a local variable.
type readers struct {
	name     string
	captured bool // by a function, which any operation may call
	found    bool
}

func (r *readers) expr(e ast.Expr) {
	if r.found || e == nil {
		return
	}
	switch e := e.(type) {
	case *ast.IdentExpr:
		r.found = e.Value == r.name
	case *ast.FunctionExpr:
		r.found = true
	case *ast.AttrGetExpr:
		r.operation(e.Object, e.Key)
	case *ast.FuncCallExpr:
		r.operation(e.Func, e.Receiver)
		r.operation(e.Args...)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			r.expr(f.Key)
			r.expr(f.Value)
		}
	case *ast.LogicalOpExpr:
		r.expr(e.Lhs)
		r.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		r.operation(e.Lhs, e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.operation(e.Lhs, e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.operation(e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		r.operation(e.Expr)
	}
}

func (r *readers) operation(operands ...ast.Expr) {
	r.found = r.found || r.captured
	for _, e := range operands {
		r.expr(e)
	}
}
