package check

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// duplicates reports keys that a constructor gives twice.
func (f *file) duplicates(t *ast.TableExpr) {
	if len(t.Fields) < 2 {
		return
	}
	first := make(map[string]int, len(t.Fields))
	items := 0
	for _, field := range t.Fields {
		key, token := "", 0
		switch k := field.Key.(type) {
		case nil:
			items++
			key, token = "n"+strconv.Itoa(items), start(field.Value)
		case *ast.StringExpr:
			key, token = "s"+k.Value, at(k)
		case *ast.NumberExpr:
			n, ok := numeral.Parse(k.Value)
			if !ok {
				continue
			}
			key, token = "n"+numeral.Format(n), at(k)
		default:
			continue
		}
		if before, twice := first[key]; twice {
			f.find(token, Warning, ruleDuplicate, fmt.Sprintf("the key %s is given twice; it stands in line %d already", shorten(key[1:]), f.tree.Tokens[before].Line), "")
			continue
		}
		first[key] = token
	}
}

// bare says that an expression does not begin with a parenthesis.
func (f *file) bare(e ast.Expr) bool { return f.text(start(e)) != "(" }

// typeNames are what type(x) may be.
var typeNames = []string{"nil", "boolean", "number", "string", "table", "function", "userdata", "thread", "channel"}

// comparison reports comparisons that compare something else than it seems.
func (f *file) comparison(e *ast.RelationalOpExpr) {
	if inner, ok := e.Lhs.(*ast.RelationalOpExpr); ok && f.bare(inner) && !isBool(e.Rhs) {
		f.find(start(e), Warning, ruleComparison,
			fmt.Sprintf("a %s b %s c compares the truth of the first comparison with c", inner.Operator, e.Operator),
			"write two comparisons with 'and', or parentheses where this is meant")
	}
	if not, ok := e.Lhs.(*ast.UnaryNotOpExpr); ok && f.text(start(not)) == "not" && !isBool(e.Rhs) {
		hint := "write not (a " + e.Operator + " b)"
		switch e.Operator {
		case "==":
			hint = "write a ~= b"
		case "~=":
			hint = "write a == b"
		}
		f.find(start(not), Warning, ruleComparison, fmt.Sprintf("not a %s b is (not a) %[1]s b", e.Operator), hint)
	}
	f.typeName(e.Lhs, e.Rhs)
	f.typeName(e.Rhs, e.Lhs)
}

// isBool says that comparing with the expression compares truths.
func isBool(e ast.Expr) bool {
	switch e.(type) {
	case *ast.TrueExpr, *ast.FalseExpr, *ast.UnaryNotOpExpr, *ast.RelationalOpExpr:
		return true
	}
	return false
}

func (f *file) typeName(call, name ast.Expr) {
	s, text := name.(*ast.StringExpr)
	c, called := call.(*ast.FuncCallExpr)
	if !text || !called || len(c.Args) != 1 {
		return
	}
	fn, ok := c.Func.(*ast.IdentExpr)
	if !ok || fn.Value != "type" || f.bound[f.inside(at(fn))] != nil || f.assigned["type"] || slices.Contains(typeNames, s.Value) {
		return
	}
	f.find(at(s), Warning, ruleTypeName, fmt.Sprintf("type(x) is never %s", quote(s.Value)), hintOf(s.Value, typeNames))
}

// selfAssignment reports x = x.
func (f *file) selfAssignment(target, v ast.Expr) {
	a, ok := target.(*ast.IdentExpr)
	if !ok {
		return
	}
	b, ok := v.(*ast.IdentExpr)
	if !ok {
		return
	}
	local := f.bound[f.inside(at(a))]
	if local != nil && local == f.bound[f.inside(at(b))] {
		f.find(f.inside(at(a)), Warning, ruleSelfAssign, fmt.Sprintf("'%s' is assigned to itself", shorten(a.Value)), "")
	}
}

// balance reports assignments whose two sides do not fit.
func (f *file) balance(token, targets int, values []ast.Expr) {
	n := len(values)
	if n == 0 || n == targets {
		return
	}
	if n > targets {
		f.find(start(values[targets]), Warning, ruleUnbalanced, fmt.Sprintf("%d values are assigned to %d variables; this one is dropped", n, targets), "")
		return
	}
	if several(values[n-1]) || n == 1 && isNil(values[0]) {
		return
	}
	f.find(token, Warning, ruleUnbalanced, fmt.Sprintf("%d variables are assigned, but values given are %d; the others become nil", targets, n), "")
}

// several says that an expression may have more than one value.
func several(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}
