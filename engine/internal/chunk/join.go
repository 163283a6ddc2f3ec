package chunk

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/base/concat"
)

// The operator '..' becomes a call of a hidden function: gopher-lua's own
// writes numbers the Go way and makes a string of any size. The function is
// reached as a constant. The tree calls a string, which no script can know, and
// when the code is there the function takes the place of that string among the
// constants, so no name, environment or metatable is involved.

// maxOperands is the number of operands up to which they are plain arguments;
// more go into a table, because a function has 200 registers.
const maxOperands = 50

// secret makes the markers unknown to scripts.
var secret = sync.OnceValue(rand.Text)

func valuesMarker() string { return "\x00.." + secret() }
func listMarker() string   { return "\x00..{}" + secret() }

func poolMarker(n int) string { return "\x00pool " + strconv.Itoa(n) + " " + secret() }

// concat turns a chain of '..' into a call.
func (w *walker) concat(e *ast.StringConcatOpExpr) ast.Expr {
	operands := chain(e)
	if len(operands) == 1 {
		return w.expr(operands[0])
	}
	names := make([]string, len(operands))
	for i, o := range operands {
		names[i] = w.operandName(o)
		operands[i] = w.expr(o)
	}
	one(operands[len(operands)-1])
	marker := valuesMarker()
	args := operands
	if len(operands) > maxOperands {
		marker = listMarker()
		list := &ast.TableExpr{Fields: make([]*ast.Field, len(operands))}
		for i, o := range operands {
			list.Fields[i] = &ast.Field{Value: o}
		}
		list.SetLine(e.Line())
		count := index(len(operands))
		count.SetLine(e.Line())
		args = []ast.Expr{count, list}
		w.constant(float64(len(operands)))
	}
	w.constant(marker)
	hidden := &ast.StringExpr{Value: marker}
	call := &ast.FuncCallExpr{Func: hidden, Args: args, AdjustRet: true}
	hidden.SetLine(e.Line())
	call.SetLine(e.Line())
	w.calls = append(w.calls, concat.CallName(names))
	return call
}

// chain lists the operands of a chain. Literals at its end become one.
func chain(e *ast.StringConcatOpExpr) []ast.Expr {
	var operands []ast.Expr
	var last ast.Expr = e
	for {
		c, ok := last.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		operands = append(operands, c.Lhs)
		last = c.Rhs
	}
	operands = append(operands, last)
	from := len(operands)
	for from > 0 {
		if _, ok := operands[from-1].(*ast.StringExpr); !ok {
			break
		}
		from--
	}
	if from >= len(operands)-1 {
		return operands
	}
	var b strings.Builder
	for _, o := range operands[from:] {
		b.WriteString(o.(*ast.StringExpr).Value)
	}
	whole := &ast.StringExpr{Value: b.String()}
	whole.SetLine(operands[from].Line())
	return append(operands[:from], whole)
}

// operandName is what C Lua calls an operand in a message, "" for a value
// without a name.
func (w *walker) operandName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		kind, _ := w.kind(e.Value)
		return kind + " '" + e.Value + "'"
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok && !strings.Contains(key.Value, "\x00") {
			return "field '" + key.Value + "'"
		}
	case *ast.FuncCallExpr, *ast.StringExpr, *ast.NumberExpr:
	}
	return ""
}
