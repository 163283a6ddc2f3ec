package chunk

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// Explained is the global that calls of the global check become where
// Limits.Explain is set.
const Explained = "@check"

// explain turns check(a == b, …) into @check("description", …): a call that
// knows its expression and the values of both sides, each evaluated once. The
// description is the text of the expression and its parts, with zero bytes
// between; behind it come what was given after the expression, as a table or
// nil, the expression's value, and the values of the first parts:
//
//	@check("a == b\0a\0b", {…}, (function(l, r) return l == r, l, r end)(a, b))
//
// An expression without such parts has an empty one; the values behind its own
// are the further results of a call:
//
//	@check("f(x)\0\0x", nil, f(x))
func (w *walker) explain(call *ast.FuncCallExpr) {
	name, ok := call.Func.(*ast.IdentExpr)
	if !ok || name.Value != "check" || len(call.Args) == 0 {
		return
	}
	if kind, _ := w.kind("check"); kind != "global" {
		return
	}
	e := call.Args[0]
	at := maker{e.Line()}
	if at.line == 0 {
		at.line = call.Line()
	}
	text := exprText(e)
	parts := []string{text}
	var value ast.Expr
	switch e := e.(type) {
	case *ast.RelationalOpExpr:
		parts = append(parts, exprText(e.Lhs), exprText(e.Rhs))
		l, r := at.ident("l"), at.ident("r")
		both := &ast.RelationalOpExpr{Operator: e.Operator, Lhs: l, Rhs: r}
		at.mark(both)
		value = at.calling([]string{"l", "r"}, both, e.Lhs, e.Rhs)
	case *ast.UnaryNotOpExpr:
		parts = append(parts, exprText(e.Expr))
		not := &ast.UnaryNotOpExpr{Expr: at.ident("l")}
		at.mark(not)
		value = at.calling([]string{"l"}, not, e.Expr)
	case *ast.LogicalOpExpr: // its parts tell more than the one that is its value
		value = e
	default:
		parts = append(parts, "")
		value = e
	}
	var rest ast.Expr = &ast.NilExpr{}
	if len(call.Args) > 1 {
		table := &ast.TableExpr{}
		for _, a := range call.Args[1:] {
			table.Fields = append(table.Fields, &ast.Field{Value: a})
		}
		rest = table
	}
	at.mark(rest)
	paths := map[string]bool{}
	collectPaths(e, paths, func(p string) { parts = append(parts, p) })
	described := &ast.StringExpr{Value: strings.Join(parts, "\x00")}
	at.mark(described)
	call.Func = at.ident(Explained)
	call.Args = []ast.Expr{described, rest, value}
}

// maker makes nodes of one line.
type maker struct{ line int }

func (m maker) mark(n ast.PositionHolder) {
	n.SetLine(m.line)
	n.SetLastLine(m.line)
}

func (m maker) ident(name string) *ast.IdentExpr {
	e := &ast.IdentExpr{Value: name}
	m.mark(e)
	return e
}

// calling is a call of a function that returns an expression of its parameters,
// and these.
func (m maker) calling(params []string, e ast.Expr, args ...ast.Expr) ast.Expr {
	out := []ast.Expr{e}
	for _, p := range params {
		out = append(out, m.ident(p))
	}
	ret := &ast.ReturnStmt{Exprs: out}
	m.mark(ret)
	fn := &ast.FunctionExpr{ParList: &ast.ParList{Names: params}, Stmts: []ast.Stmt{ret}}
	m.mark(fn)
	last := len(args) - 1
	if c, ok := args[last].(*ast.FuncCallExpr); ok {
		c.AdjustRet = true
	}
	call := &ast.FuncCallExpr{Func: fn, Args: args}
	m.mark(call)
	return call
}

// collectPaths finds the variables of an expression, with their fields: a.b.c.
func collectPaths(e ast.Expr, seen map[string]bool, found func(path string)) {
	walk := func(list ...ast.Expr) {
		for _, e := range list {
			if e != nil {
				collectPaths(e, seen, found)
			}
		}
	}
	if path, ok := pathText(e); ok {
		if !seen[path] {
			seen[path] = true
			found(path)
		}
		return
	}
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		walk(e.Object, e.Key)
	case *ast.FuncCallExpr:
		if e.Receiver != nil {
			walk(e.Receiver)
		}
		walk(e.Args...)
	case *ast.LogicalOpExpr:
		walk(e.Lhs, e.Rhs)
	case *ast.RelationalOpExpr:
		walk(e.Lhs, e.Rhs)
	case *ast.StringConcatOpExpr:
		walk(e.Lhs, e.Rhs)
	case *ast.ArithmeticOpExpr:
		walk(e.Lhs, e.Rhs)
	case *ast.UnaryMinusOpExpr:
		walk(e.Expr)
	case *ast.UnaryNotOpExpr:
		walk(e.Expr)
	case *ast.UnaryLenOpExpr:
		walk(e.Expr)
	}
}

func pathText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return e.Value, true
	case *ast.AttrGetExpr:
		object, ok := pathText(e.Object)
		key, named := e.Key.(*ast.StringExpr)
		if ok && named && isNameText(key.Value) {
			return object + "." + key.Value, true
		}
	}
	return "", false
}
