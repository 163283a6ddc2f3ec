package check

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// infer goes through the file in order, finds out what its expressions are as
// far as that is certain, and checks what is done with them.
func (f *file) infer() { f.stmts(f.tree.Stmts) }

func (f *file) stmts(list []ast.Stmt) {
	f.flow(list)
	f.redefined(list)
	for _, s := range list {
		f.stmt(s)
	}
}

func (f *file) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		f.assignment(s)
	case *ast.LocalAssignStmt:
		f.localStmt(s)
	case *ast.FuncCallStmt:
		f.expr(s.Expr)
	case *ast.DoBlockStmt:
		f.stmts(s.Stmts)
	case *ast.WhileStmt:
		f.test(s.Condition)
		f.stmts(s.Stmts)
	case *ast.RepeatStmt:
		f.stmts(s.Stmts)
		f.test(s.Condition)
	case *ast.IfStmt:
		for {
			f.test(s.Condition)
			f.stmts(s.Then)
			next, ok := f.elseif(s)
			if !ok {
				break
			}
			s = next
		}
		f.stmts(s.Else)
	case *ast.NumberForStmt:
		f.exprs([]ast.Expr{s.Init, s.Limit, s.Step})
		f.stmts(s.Stmts)
	case *ast.GenericForStmt:
		f.loop(s)
		f.stmts(s.Stmts)
	case *ast.FuncDefStmt:
		if s.Name.Func != nil {
			f.target(s.Name.Func)
		} else {
			f.written(f.expr(s.Name.Receiver), s.Name.Method, f.parameters(s.Func, true)-1)
		}
		f.stmts(s.Func.Stmts)
	case *ast.ReturnStmt:
		f.exprs(s.Exprs)
	}
}

func (f *file) assignment(s *ast.AssignStmt) {
	f.exprs(s.Rhs)
	f.balance(at(s), len(s.Lhs), s.Rhs)
	for _, target := range s.Lhs {
		f.target(target)
	}
	if len(s.Lhs) == 1 {
		f.selfAssignment(s.Lhs[0], s.Rhs[0])
	}
}

// target checks what is assigned to.
func (f *file) target(e ast.Expr) {
	field, ok := e.(*ast.AttrGetExpr)
	if !ok {
		return
	}
	owner := f.expr(field.Object)
	key := f.expr(field.Key)
	if name, ok := field.Key.(*ast.StringExpr); ok {
		f.written(owner, name.Value, at(field.Key))
	} else if key.kind == nilValue {
		f.find(start(field.Key), Error, ruleType, "nil cannot be the key of a table", "")
	}
}

func (f *file) localStmt(s *ast.LocalAssignStmt) {
	first := at(s) + 1
	if f.text(first) == "function" {
		fn := s.Exprs[0].(*ast.FunctionExpr)
		if v := f.declaredAt(first + 1); v != nil && v.writes == 0 {
			v.value = closure(fn)
		}
		f.stmts(fn.Stmts)
		return
	}
	values := f.exprs(s.Exprs)
	f.balance(at(s), len(s.Names), s.Exprs)
	for i := range s.Names {
		if i >= len(values) {
			break
		}
		if v := f.declaredAt(first + 2*i); v != nil && v.writes == 0 {
			v.value = values[i]
			if _, table := s.Exprs[i].(*ast.TableExpr); table {
				v.value = value{kind: tableValue} // what becomes of it is not known
			}
		}
	}
}

// declaredAt is the variable that a token declares.
func (f *file) declaredAt(token int) *variable {
	return f.declares[token]
}

func closure(e *ast.FunctionExpr) value {
	v := value{kind: closureValue, params: len(e.ParList.Names)}
	if e.ParList.HasVargs {
		v.params = -1
	}
	return v
}

// loop finds what the variables of a generic for are.
func (f *file) loop(s *ast.GenericForStmt) {
	values := f.exprs(s.Exprs)
	set := func(i int, v *value) {
		if v == nil || i >= len(s.Names) {
			return
		}
		if local := f.declaredAt(at(s) + 1 + 2*i); local != nil && local.writes == 0 {
			local.value = *v
		}
	}
	if len(values) != 1 {
		return
	}
	switch v := values[0]; v.kind {
	case iteratorValue:
		if v.text == "pairs" {
			set(1, v.elem)
		} else {
			set(0, v.elem)
		}
	case listValue, recordValue:
		f.find(start(s.Exprs[0]), Error, ruleNotCallable, "a for loop needs a function that iterates, not "+v.describe(), "write pairs(…) or ipairs(…) around it")
	}
}

func (f *file) exprs(list []ast.Expr) []value {
	values := make([]value, 0, len(list))
	for _, e := range list {
		values = append(values, f.expr(e))
	}
	return values
}

func (f *file) expr(e ast.Expr) value { return f.eval(e, false) }

// test reads an expression of which only the truth counts.
func (f *file) test(e ast.Expr) value { return f.eval(e, true) }

// eval checks an expression and finds its value. tested says that a field that
// is not there is asked for.
func (f *file) eval(e ast.Expr, tested bool) value {
	switch e := e.(type) {
	case nil:
		return value{}
	case *ast.NilExpr:
		return value{kind: nilValue}
	case *ast.TrueExpr:
		return value{kind: boolValue, text: "true", literal: true}
	case *ast.FalseExpr:
		return value{kind: boolValue, text: "false", literal: true}
	case *ast.NumberExpr:
		n, ok := numeral.Parse(e.Value)
		return value{kind: numberValue, number: n, text: f.text(f.inside(at(e))), literal: ok}
	case *ast.StringExpr:
		return value{kind: textValue, text: e.Value, literal: true}
	case *ast.IdentExpr:
		return f.ident(e)
	case *ast.AttrGetExpr:
		owner := f.expr(e.Object)
		if name, ok := e.Key.(*ast.StringExpr); ok {
			return f.member(owner, name.Value, at(e.Key), tested)
		}
		f.expr(e.Key)
		if owner.kind == listValue {
			return *owner.elem
		}
		return value{}
	case *ast.FuncCallExpr:
		return f.call(e)
	case *ast.TableExpr:
		return f.table(e)
	case *ast.FunctionExpr:
		f.stmts(e.Stmts)
		return closure(e)
	case *ast.LogicalOpExpr:
		f.test(e.Lhs)
		f.eval(e.Rhs, tested)
		return value{}
	case *ast.RelationalOpExpr:
		f.comparison(e)
		asks := isNil(e.Lhs) || isNil(e.Rhs)
		f.eval(e.Lhs, asks)
		f.eval(e.Rhs, asks)
		return value{kind: boolValue}
	case *ast.StringConcatOpExpr:
		return f.concat(e)
	case *ast.ArithmeticOpExpr:
		f.expr(e.Lhs)
		f.expr(e.Rhs)
		return value{} // a number, or what a metamethod gives
	case *ast.UnaryMinusOpExpr:
		v := f.expr(e.Expr)
		if v.kind == numberValue && v.literal {
			v.number, v.text = -v.number, "-"+v.text
			return v
		}
		return value{}
	case *ast.UnaryNotOpExpr:
		f.test(e.Expr)
		return value{kind: boolValue}
	case *ast.UnaryLenOpExpr:
		f.expr(e.Expr)
		return value{}
	}
	return value{}
}

func (f *file) ident(e *ast.IdentExpr) value {
	if v := f.bound[f.inside(at(e))]; v != nil {
		if v.writes > 0 {
			return value{}
		}
		return v.value
	}
	if f.assigned[e.Value] {
		return value{}
	}
	if members, ok := f.c.opts.Standard[e.Value]; ok {
		if members != nil {
			return value{kind: libraryValue, text: e.Value}
		}
		return value{kind: standardValue, text: e.Value}
	}
	if m := f.c.modules[e.Value]; m != nil && (f.c.opts.ModuleGlobals || f.isTest()) {
		return f.moduleValue(m.Name)
	}
	return value{}
}

// concat joins a chain, which nests to the right, without recursion.
func (f *file) concat(e *ast.StringConcatOpExpr) value {
	plain := true
	for {
		v := f.expr(e.Lhs)
		plain = plain && (v.kind == textValue || v.kind == numberValue)
		next, ok := e.Rhs.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		e = next
	}
	v := f.expr(e.Rhs)
	if plain && (v.kind == textValue || v.kind == numberValue) {
		return value{kind: textValue}
	}
	return value{}
}

func (f *file) table(e *ast.TableExpr) value {
	v := value{kind: tableValue, table: e, items: make([]value, len(e.Fields))}
	f.duplicates(e)
	for i, field := range e.Fields {
		if _, named := field.Key.(*ast.StringExpr); !named {
			f.expr(field.Key)
		}
		v.items[i] = f.expr(field.Value)
	}
	return v
}
