package chunk

import (
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// exprText writes an expression as people write it.
func exprText(e ast.Expr) string {
	var b strings.Builder
	writeExpr(&b, e, 0)
	return b.String()
}

// How tightly operators bind.
const (
	bindsOr = iota + 1
	bindsAnd
	bindsCompare
	bindsConcat
	bindsAdd
	bindsMultiply
	bindsUnary
	bindsPower
)

func writeExpr(b *strings.Builder, e ast.Expr, above int) {
	binary := func(op string, level int, l, r ast.Expr, rightFirst bool) {
		if level < above {
			b.WriteByte('(')
			defer b.WriteByte(')')
		}
		left, right := level, level+1
		if rightFirst {
			left, right = level+1, level
		}
		writeExpr(b, l, left)
		b.WriteString(" " + op + " ")
		writeExpr(b, r, right)
	}
	switch e := e.(type) {
	case *ast.TrueExpr:
		b.WriteString("true")
	case *ast.FalseExpr:
		b.WriteString("false")
	case *ast.NilExpr:
		b.WriteString("nil")
	case *ast.NumberExpr:
		b.WriteString(e.Value)
	case *ast.StringExpr:
		b.WriteString(strconv.Quote(e.Value))
	case *ast.Comma3Expr:
		b.WriteString("...")
	case *ast.IdentExpr:
		b.WriteString(e.Value)
	case *ast.AttrGetExpr:
		writePrefix(b, e.Object)
		if key, ok := e.Key.(*ast.StringExpr); ok && isNameText(key.Value) {
			b.WriteString("." + key.Value)
			return
		}
		b.WriteByte('[')
		writeExpr(b, e.Key, 0)
		b.WriteByte(']')
	case *ast.FuncCallExpr:
		if e.Receiver != nil {
			writePrefix(b, e.Receiver)
			b.WriteString(":" + e.Method)
		} else {
			writePrefix(b, e.Func)
		}
		b.WriteByte('(')
		for i, a := range e.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			writeExpr(b, a, 0)
		}
		b.WriteByte(')')
	case *ast.LogicalOpExpr:
		level := bindsOr
		if e.Operator == "and" {
			level = bindsAnd
		}
		binary(e.Operator, level, e.Lhs, e.Rhs, false)
	case *ast.RelationalOpExpr:
		binary(e.Operator, bindsCompare, e.Lhs, e.Rhs, false)
	case *ast.StringConcatOpExpr:
		binary("..", bindsConcat, e.Lhs, e.Rhs, true)
	case *ast.ArithmeticOpExpr:
		switch e.Operator {
		case "+", "-":
			binary(e.Operator, bindsAdd, e.Lhs, e.Rhs, false)
		case "^":
			binary(e.Operator, bindsPower, e.Lhs, e.Rhs, true)
		default:
			binary(e.Operator, bindsMultiply, e.Lhs, e.Rhs, false)
		}
	case *ast.UnaryMinusOpExpr:
		b.WriteByte('-')
		writeExpr(b, e.Expr, bindsUnary)
	case *ast.UnaryNotOpExpr:
		b.WriteString("not ")
		writeExpr(b, e.Expr, bindsUnary)
	case *ast.UnaryLenOpExpr:
		b.WriteByte('#')
		writeExpr(b, e.Expr, bindsUnary)
	case *ast.FunctionExpr:
		b.WriteString("function(" + strings.Join(e.ParList.Names, ", ") + ") … end")
	case *ast.TableExpr:
		b.WriteByte('{')
		for i, f := range e.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			if key, ok := f.Key.(*ast.StringExpr); ok && isNameText(key.Value) {
				b.WriteString(key.Value + "=")
			} else if f.Key != nil {
				b.WriteByte('[')
				writeExpr(b, f.Key, 0)
				b.WriteString("]=")
			}
			writeExpr(b, f.Value, 0)
		}
		b.WriteByte('}')
	}
}

// writePrefix writes what a call or an index stands behind.
func writePrefix(b *strings.Builder, e ast.Expr) {
	switch e.(type) {
	case *ast.IdentExpr, *ast.AttrGetExpr, *ast.FuncCallExpr:
		writeExpr(b, e, 0)
	default:
		b.WriteByte('(')
		writeExpr(b, e, 0)
		b.WriteByte(')')
	}
}

func isNameText(s string) bool {
	for i, c := range []byte(s) {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
