package chunk

import "github.com/yuin/gopher-lua/ast"

// tooDeep says whether the tree nests deeper than limit, and on which line. It
// stops going down at the limit, so its own stack stays bounded. On its way it
// repairs what gopher-lua would compile wrong.
func tooDeep(stmts []ast.Stmt, limit int) (line int, deep bool) {
	d := depth{limit: limit}
	d.block(stmts, 1)
	return d.line, d.line > 0
}

type depth struct {
	limit int
	line  int // of the first node beyond the limit
}

func (d *depth) past(n ast.PositionHolder, level int) bool {
	if d.line == 0 && level > d.limit {
		d.line = max(n.Line(), 1)
	}
	return d.line > 0
}

func (d *depth) block(stmts []ast.Stmt, level int) {
	for i, s := range stmts {
		if d.past(s, level) {
			return
		}
		d.stmt(s, level)
		if loop, ok := s.(*ast.GenericForStmt); ok {
			stmts[i] = repairFor(loop)
		}
	}
}

func (d *depth) exprs(list []ast.Expr, level int) {
	for _, e := range list {
		d.expr(e, level)
	}
}

func (d *depth) stmt(s ast.Stmt, level int) {
	next := level + 1
	switch s := s.(type) {
	case *ast.AssignStmt:
		d.exprs(s.Lhs, next)
		d.exprs(s.Rhs, next)
	case *ast.LocalAssignStmt:
		d.exprs(s.Exprs, next)
	case *ast.FuncCallStmt:
		d.expr(s.Expr, next)
	case *ast.DoBlockStmt:
		d.block(s.Stmts, next)
	case *ast.WhileStmt:
		d.expr(s.Condition, next)
		d.block(s.Stmts, next)
	case *ast.RepeatStmt:
		d.expr(s.Condition, next)
		d.block(s.Stmts, next)
	case *ast.IfStmt:
		d.expr(s.Condition, next)
		d.block(s.Then, next)
		d.block(s.Else, next)
	case *ast.NumberForStmt:
		d.expr(s.Init, next)
		d.expr(s.Limit, next)
		if s.Step != nil {
			d.expr(s.Step, next)
		}
		d.block(s.Stmts, next)
	case *ast.GenericForStmt:
		d.exprs(s.Exprs, next)
		d.block(s.Stmts, next)
	case *ast.FuncDefStmt:
		d.expr(s.Func, next)
	case *ast.ReturnStmt:
		d.exprs(s.Exprs, next)
	}
}

func (d *depth) expr(e ast.Expr, level int) {
	if e == nil || d.past(e, level) {
		return
	}
	next := level + 1
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		d.expr(e.Object, next)
		d.expr(e.Key, next)
	case *ast.TableExpr:
		repairTable(e)
		for _, f := range e.Fields {
			d.expr(f.Key, next)
			d.expr(f.Value, next)
		}
	case *ast.FuncCallExpr:
		d.expr(e.Func, next)
		d.expr(e.Receiver, next)
		d.exprs(e.Args, next)
	case *ast.LogicalOpExpr:
		d.expr(e.Lhs, next)
		d.expr(e.Rhs, next)
	case *ast.RelationalOpExpr:
		d.expr(e.Lhs, next)
		d.expr(e.Rhs, next)
	case *ast.StringConcatOpExpr:
		d.expr(e.Lhs, next)
		d.expr(e.Rhs, next)
	case *ast.ArithmeticOpExpr:
		d.expr(e.Lhs, next)
		d.expr(e.Rhs, next)
	case *ast.UnaryMinusOpExpr:
		d.expr(e.Expr, next)
	case *ast.UnaryNotOpExpr:
		d.expr(e.Expr, next)
	case *ast.UnaryLenOpExpr:
		d.expr(e.Expr, next)
	case *ast.FunctionExpr:
		d.block(e.Stmts, next)
	}
}
