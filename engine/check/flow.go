package check

import "github.com/yuin/gopher-lua/ast"

// flow reports the first statement of a block that is never reached. A label
// may be reached from elsewhere.
func (f *file) flow(list []ast.Stmt) {
	for i, s := range list {
		why := f.terminates(s)
		if why == "" {
			f.never(s)
			continue
		}
		if i+1 == len(list) {
			return
		}
		next := list[i+1]
		if _, label := next.(*ast.LabelStmt); label {
			continue
		}
		if _, ret := next.(*ast.ReturnStmt); ret && why == "a call that does not return" {
			return // says so to readers
		}
		f.find(at(next), Warning, ruleUnreachable, "this is never reached: it stands behind "+why, "")
		return
	}
}

// never reports the body of a loop or a branch whose condition is never true.
func (f *file) never(s ast.Stmt) {
	var condition ast.Expr
	var body []ast.Stmt
	what := "while"
	switch s := s.(type) {
	case *ast.WhileStmt:
		condition, body = s.Condition, s.Stmts
	case *ast.IfStmt:
		condition, body, what = s.Condition, s.Then, "if"
	default:
		return
	}
	word := ""
	switch condition.(type) {
	case *ast.FalseExpr:
		word = "false"
	case *ast.NilExpr:
		word = "nil"
	}
	if word == "" || len(body) == 0 {
		return
	}
	f.find(at(body[0]), Warning, ruleUnreachable, "this is never reached: it stands behind '"+what+" "+word+"'", "")
}

// terminates tells why what stands behind a statement is not reached, "" where it may
// be.
func (f *file) terminates(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return "'return'"
	case *ast.BreakStmt:
		return "'break'"
	case *ast.GotoStmt:
		return "'goto'"
	case *ast.DoBlockStmt:
		return f.last(s.Stmts)
	case *ast.IfStmt:
		why := f.last(s.Then)
		for why != "" {
			next, ok := f.elseif(s)
			if !ok {
				break
			}
			s = next
			why = f.last(s.Then)
		}
		if why == "" || f.last(s.Else) == "" {
			return ""
		}
		return "an 'if' of which no branch goes on"
	case *ast.WhileStmt:
		if _, forever := s.Condition.(*ast.TrueExpr); forever && !leaves(s.Stmts) {
			return "a loop without end"
		}
	case *ast.FuncCallStmt:
		call, ok := s.Expr.(*ast.FuncCallExpr)
		if ok && f.calls(call, "error") || ok && f.callsMember(call, "os", "exit") {
			return "a call that does not return"
		}
	}
	return ""
}

func (f *file) last(list []ast.Stmt) string {
	if len(list) == 0 {
		return ""
	}
	return f.terminates(list[len(list)-1])
}

// leaves says that a loop's body may leave the loop: by break, or by a goto that
// leads anywhere. A break of an inner loop counts too, which only makes for fewer
// findings.
func leaves(list []ast.Stmt) bool {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.BreakStmt, *ast.GotoStmt:
			return true
		case *ast.DoBlockStmt:
			if leaves(s.Stmts) {
				return true
			}
		case *ast.IfStmt:
			if leaves(s.Then) || leaves(s.Else) {
				return true
			}
		case *ast.WhileStmt:
			if leaves(s.Stmts) {
				return true
			}
		case *ast.RepeatStmt:
			if leaves(s.Stmts) {
				return true
			}
		case *ast.NumberForStmt:
			if leaves(s.Stmts) {
				return true
			}
		case *ast.GenericForStmt:
			if leaves(s.Stmts) {
				return true
			}
		}
	}
	return false
}

// calls says that the call is one of a standard function.
func (f *file) calls(call *ast.FuncCallExpr, name string) bool {
	fn, ok := call.Func.(*ast.IdentExpr)
	return ok && fn.Value == name && f.bound[f.inside(at(fn))] == nil && !f.assigned[name]
}

func (f *file) callsMember(call *ast.FuncCallExpr, library, name string) bool {
	field, ok := call.Func.(*ast.AttrGetExpr)
	if !ok {
		return false
	}
	owner, ok := field.Object.(*ast.IdentExpr)
	key, fixed := field.Key.(*ast.StringExpr)
	return ok && fixed && owner.Value == library && key.Value == name && f.bound[f.inside(at(owner))] == nil && !f.assigned[library] && !f.fields[name]
}
