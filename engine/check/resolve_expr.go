package check

import "github.com/yuin/gopher-lua/ast"

// see notes the use of a variable.
func (r *resolver) see(v *variable, token int) {
	r.bound[token] = v
	v.seen = max(v.seen, token)
	r.now = max(r.now, token)
}

func (r *resolver) exprs(list []ast.Expr) {
	for _, e := range list {
		r.expr(e)
	}
}

// ident is a read of a variable; plain is one that does not hand the value on.
func (r *resolver) ident(e *ast.IdentExpr, plain bool) {
	token := r.inside(at(e))
	if v := r.lookup(e.Value); v != nil {
		v.reads++
		v.escapes = v.escapes || !plain
		r.see(v, token)
		return
	}
	r.globals = append(r.globals, use{token: token, name: e.Value})
}

func (r *resolver) expr(e ast.Expr) {
	switch e := e.(type) {
	case nil:
	case *ast.IdentExpr:
		r.ident(e, false)
	case *ast.AttrGetExpr:
		name, named := e.Object.(*ast.IdentExpr)
		if named && name.Value == "package" && r.lookup(name.Value) == nil {
			r.searches = true
		}
		if _, fixed := e.Key.(*ast.StringExpr); named && fixed {
			r.ident(name, true)
			return
		}
		r.expr(e.Object)
		r.expr(e.Key)
	case *ast.FuncCallExpr:
		r.call(e)
	case *ast.TableExpr:
		for _, field := range e.Fields {
			r.expr(field.Key)
			r.expr(field.Value)
		}
	case *ast.FunctionExpr:
		r.body(e, false, false)
	case *ast.LogicalOpExpr:
		r.test(e.Lhs)
		r.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		if isNil(e.Lhs) || isNil(e.Rhs) {
			r.test(e.Lhs)
			r.test(e.Rhs)
			return
		}
		r.expr(e.Lhs)
		r.expr(e.Rhs)
	case *ast.StringConcatOpExpr:
		r.expr(e.Lhs)
		r.expr(e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.expr(e.Lhs)
		r.expr(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.expr(e.Expr)
	case *ast.UnaryNotOpExpr:
		r.test(e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(e.Expr)
	}
}

// test reads an expression of which only the truth counts: a global variable in
// it may be missing.
func (r *resolver) test(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if r.lookup(e.Value) == nil {
			r.tested[e.Value] = true
		}
	case *ast.LogicalOpExpr:
		r.test(e.Lhs)
		r.test(e.Rhs)
		return
	}
	r.expr(e)
}

func isNil(e ast.Expr) bool {
	_, ok := e.(*ast.NilExpr)
	return ok
}

func (r *resolver) call(e *ast.FuncCallExpr) {
	if e.Receiver != nil {
		r.expr(e.Receiver) // which gets it as self
		r.exprs(e.Args)
		return
	}
	name := ""
	if id, ok := e.Func.(*ast.IdentExpr); ok && r.lookup(id.Value) == nil {
		name = id.Value
	}
	r.expr(e.Func)
	switch name {
	case "setfenv", "module":
		r.dynamic = true
	case "dofile", "loadfile", "load", "loadstring":
		r.dynamic = r.dynamic || name == "dofile" || name == "loadfile"
	case "require":
		if len(e.Args) == 1 {
			if s, ok := e.Args[0].(*ast.StringExpr); ok {
				r.required = append(r.required, s.Value)
			}
		}
	case "type", "pairs", "ipairs", "next", "tostring", "rawget", "rawlen", "assert":
		for _, arg := range e.Args {
			if id, ok := arg.(*ast.IdentExpr); ok {
				if name == "type" && r.lookup(id.Value) == nil {
					r.tested[id.Value] = true
				}
				r.ident(id, name != "assert")
				continue
			}
			r.expr(arg)
		}
		return
	case "setmetatable":
		if r.metatable(e) {
			return
		}
	}
	r.exprs(e.Args)
}

// metatable reads a call of setmetatable that lets no table escape, or tells
// that the globals come from anywhere.
func (r *resolver) metatable(e *ast.FuncCallExpr) bool {
	if len(e.Args) != 2 {
		return false
	}
	owner, named := e.Args[0].(*ast.IdentExpr)
	if named && owner.Value == "_G" && r.lookup("_G") == nil {
		r.dynamic = true
	}
	if meta, ok := e.Args[1].(*ast.IdentExpr); ok { // an object of the class meta
		r.expr(e.Args[0])
		r.ident(meta, true)
		return true
	}
	if table, ok := e.Args[1].(*ast.TableExpr); ok && named && plainMeta(table) {
		r.ident(owner, true)
		r.expr(table)
		return true
	}
	return false
}

// plainMeta says that a metatable adds no fields.
func plainMeta(t *ast.TableExpr) bool {
	for _, f := range t.Fields {
		key, ok := f.Key.(*ast.StringExpr)
		if !ok || key.Value == "__index" || key.Value == "__newindex" {
			return false
		}
	}
	return true
}
