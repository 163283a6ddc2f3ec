package check

import "github.com/yuin/gopher-lua/ast"

// use is a use of a global variable.
type use struct {
	token int
	name  string
	set   bool
	meant bool // a function definition at the margin of the file
}

type label struct {
	token int
	name  string
	used  bool
}

// function is a function whose body is being read.
type function struct {
	outer  *function
	labels []int           // in file.labels
	gotos  map[string]bool // names
}

// opened is a block that is being read.
type opened struct {
	id     int
	active int // variables that are active where it begins
}

// resolver binds names to variables.
type resolver struct {
	*file
	scope    map[string][]*variable // of each name, the innermost last
	active   []*variable
	function *function
	blocks   []opened
	made     int // blocks so far
	now      int // the last token that was read
}

func (f *file) resolve() {
	r := &resolver{file: f, scope: map[string][]*variable{}, function: &function{gotos: map[string]bool{}}}
	if n := len(f.tree.Stmts); n > 0 {
		if ret, ok := f.tree.Stmts[n-1].(*ast.ReturnStmt); ok && len(ret.Exprs) == 1 {
			f.returned = ret.Exprs[0]
		}
	}
	r.block(f.tree.Stmts, nil)
	r.endFunction()
}

func (r *resolver) declareLocal(v *variable) *variable {
	v.function, v.block = r.function, r.blocks[len(r.blocks)-1].id
	r.now = max(r.now, v.token)
	if list := r.scope[v.name]; len(list) > 0 {
		v.hides = list[len(list)-1]
		if v.hides.block == v.block {
			v.hides = nil // declared again in one block
		}
	}
	r.scope[v.name] = append(r.scope[v.name], v)
	r.active = append(r.active, v)
	r.locals = append(r.locals, v)
	if r.named[v.name] == nil {
		r.named[v.name] = v
	}
	if v.name != "self" || r.declares[v.token] == nil {
		r.declares[v.token] = v
	}
	return v
}

// block reads statements; before declares what is visible in them, and behind
// is a condition that sees their variables.
func (r *resolver) block(stmts []ast.Stmt, before func(), behind ...ast.Expr) {
	r.made++
	r.blocks = append(r.blocks, opened{r.made, len(r.active)})
	if before != nil {
		before()
	}
	for _, s := range stmts {
		r.stmt(s)
	}
	for _, e := range behind {
		r.test(e)
	}
	from := r.blocks[len(r.blocks)-1].active
	r.blocks = r.blocks[:len(r.blocks)-1]
	for _, v := range r.active[from:] {
		v.until = r.now
		list := r.scope[v.name]
		r.scope[v.name] = list[:len(list)-1]
	}
	r.active = r.active[:from]
}

func (r *resolver) lookup(name string) *variable {
	if list := r.scope[name]; len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

func (r *resolver) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		r.values(s)
		for i, target := range s.Lhs {
			var value ast.Expr
			if i < len(s.Rhs) {
				value = s.Rhs[i]
			}
			r.target(target, value)
		}
	case *ast.LocalAssignStmt:
		r.local(s)
	case *ast.FuncCallStmt:
		r.expr(s.Expr)
	case *ast.DoBlockStmt:
		r.block(s.Stmts, nil)
	case *ast.WhileStmt:
		r.test(s.Condition)
		r.block(s.Stmts, nil)
	case *ast.RepeatStmt:
		r.block(s.Stmts, nil, s.Condition)
	case *ast.IfStmt:
		r.branches(s)
	case *ast.NumberForStmt:
		r.exprs([]ast.Expr{s.Init, s.Limit, s.Step})
		r.block(s.Stmts, func() {
			r.declareLocal(&variable{name: s.Name, token: at(s) + 1, kind: kindLoop, reads: 1})
		})
	case *ast.GenericForStmt:
		r.exprs(s.Exprs)
		r.block(s.Stmts, func() {
			var group []*variable
			for i, name := range s.Names {
				group = append(group, r.declareLocal(&variable{name: name, token: at(s) + 1 + 2*i, kind: kindLoop}))
			}
			for _, v := range group {
				v.group = group
			}
		})
	case *ast.FuncDefStmt:
		r.definition(s)
	case *ast.ReturnStmt:
		if len(s.Exprs) == 1 && s.Exprs[0] == r.returned {
			if name, ok := r.returned.(*ast.IdentExpr); ok {
				r.ident(name, true)
				return
			}
		}
		r.exprs(s.Exprs)
	case *ast.LabelStmt:
		r.function.labels = append(r.function.labels, len(r.labels))
		r.labels = append(r.labels, label{token: at(s) + 1, name: s.Name})
	case *ast.GotoStmt:
		r.function.gotos[s.Label] = true
	}
}

// values reads what is assigned. M.__index = M hands no table on.
func (r *resolver) values(s *ast.AssignStmt) {
	for i, e := range s.Rhs {
		name, ok := e.(*ast.IdentExpr)
		if ok && i < len(s.Lhs) {
			if field, isField := s.Lhs[i].(*ast.AttrGetExpr); isField {
				owner, named := field.Object.(*ast.IdentExpr)
				if named && owner.Value == name.Value {
					r.ident(name, true)
					continue
				}
			}
		}
		r.expr(e)
	}
}

func (r *resolver) branches(s *ast.IfStmt) {
	for {
		r.test(s.Condition)
		r.block(s.Then, nil)
		next, ok := r.elseif(s)
		if !ok {
			break
		}
		s = next
	}
	r.block(s.Else, nil)
}

// elseif is the next branch of an if. Inside a block of its own it would be one
// more level for each.
func (f *file) elseif(s *ast.IfStmt) (*ast.IfStmt, bool) {
	if len(s.Else) != 1 {
		return nil, false
	}
	next, ok := s.Else[0].(*ast.IfStmt)
	return next, ok && f.text(at(next)) == "elseif"
}

func (r *resolver) local(s *ast.LocalAssignStmt) {
	first := at(s) + 1
	if r.text(first) == "function" {
		v := r.declareLocal(&variable{name: s.Names[0], token: first + 1, kind: kindFunction, init: s.Exprs[0]})
		r.body(s.Exprs[0].(*ast.FunctionExpr), true, false)
		v.group = []*variable{v}
		return
	}
	r.exprs(s.Exprs)
	var group []*variable
	for i, name := range s.Names {
		v := &variable{name: name, token: first + 2*i, kind: kindLocal}
		if i < len(s.Exprs) {
			v.init = s.Exprs[i]
		}
		group = append(group, r.declareLocal(v))
	}
	for _, v := range group {
		v.group = group
	}
}

// target is what a value is assigned to.
func (r *resolver) target(e ast.Expr, v ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		token := r.inside(at(e))
		if local := r.lookup(e.Value); local != nil {
			local.writes++
			r.see(local, token)
			return
		}
		r.setGlobal(use{token: token, name: e.Value, set: true})
	case *ast.AttrGetExpr:
		key, fixed := e.Key.(*ast.StringExpr)
		if fixed {
			r.fields[key.Value] = true
		}
		owner, named := e.Object.(*ast.IdentExpr)
		if !named || !fixed {
			r.expr(e.Object)
			r.expr(e.Key)
			return
		}
		r.ident(owner, true)
		switch local := r.lookup(owner.Value); {
		case local != nil:
			local.unread()
			local.assign(key.Value, v)
		case owner.Value == "package":
			r.searches = true
		case owner.Value == "_G":
			r.declared[key.Value] = true
			r.assigned[key.Value] = true
		}
	}
}

func (r *resolver) setGlobal(u use) {
	r.globals = append(r.globals, u)
	r.assigned[u.name] = true
}

// definition is function a.b:c() end.
func (r *resolver) definition(s *ast.FuncDefStmt) {
	name, plain := s.Name.Func.(*ast.IdentExpr)
	switch {
	case s.Name.Receiver != nil:
		r.fields[s.Name.Method] = true
		owner, ok := s.Name.Receiver.(*ast.IdentExpr)
		if !ok {
			r.expr(s.Name.Receiver)
			break
		}
		r.ident(owner, true)
		if v := r.lookup(owner.Value); v != nil {
			v.unread()
			v.assign(s.Name.Method, nil) // whose parameters begin with self
		}
	case plain && r.lookup(name.Value) == nil:
		r.setGlobal(use{token: at(name), name: name.Value, set: true, meant: r.function.outer == nil})
	default:
		r.target(s.Name.Func, s.Func)
	}
	r.body(s.Func, true, s.Name.Receiver != nil)
}

// body reads a function. direct says that the node begins at the parenthesis of
// the parameters.
func (r *resolver) body(e *ast.FunctionExpr, direct, method bool) {
	open := r.parameters(e, direct)
	r.function = &function{outer: r.function, gotos: map[string]bool{}}
	r.block(e.Stmts, func() {
		if method {
			r.declareLocal(&variable{name: "self", token: open - 1, kind: kindParameter, reads: 1})
		}
		for i, name := range e.ParList.Names {
			r.declareLocal(&variable{name: name, token: open + 1 + 2*i, kind: kindParameter})
		}
	})
	r.endFunction()
}

// parameters is the token that opens the parameters of a function.
func (f *file) parameters(e *ast.FunctionExpr, direct bool) int {
	i := at(e)
	if direct {
		return i
	}
	for f.text(i) == "(" {
		i++
	}
	return i + 1
}

func (r *resolver) endFunction() {
	for _, i := range r.function.labels {
		r.labels[i].used = r.function.gotos[r.labels[i].name]
	}
	r.function = r.function.outer
}
