package chunk

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// lua.Compile looks for each constant among all those of the function, so a
// table of 40,000 different literals takes seconds and one of 300,000 is
// refused. Of a function with many, the literals beyond the first maxLiterals
// are kept in tables of tables outside the code: pool[a][b] with a and b from
// 1 to poolSide.
const (
	maxLiterals = 512
	poolSide    = 256
)

// literals is the pool of a chunk. Its tables are never written again, so
// states may share them.
type literals struct {
	places map[any]int
	values []lua.LValue
}

// tables lays the pool out as the code reads it.
func (p *literals) tables() (pools []*lua.LTable) {
	for i, v := range p.values {
		if i%(poolSide*poolSide) == 0 {
			pools = append(pools, &lua.LTable{Metatable: lua.LNil})
		}
		pool := pools[len(pools)-1]
		if i%poolSide == 0 {
			pool.Append(&lua.LTable{Metatable: lua.LNil})
		}
		pool.RawGetInt(i/poolSide%poolSide + 1).(*lua.LTable).Append(v)
	}
	return pools
}

// constant counts a constant that must stay in the code.
func (w *walker) constant(v any) {
	place, ok := w.constants[v]
	if !ok {
		place = len(w.constants)
		w.constants[v] = place
	}
	w.spend(costConstant * (place + 1))
}

// literal puts a string or a number into the pool when the function has many.
func (w *walker) literal(e ast.Expr, v any) ast.Expr {
	if _, ok := w.constants[v]; ok || len(w.constants) < maxLiterals {
		w.constant(v)
		return e
	}
	w.pooled = true
	place, ok := w.pool.places[v]
	if !ok {
		if w.pool.places == nil {
			w.pool.places = map[any]int{}
		}
		place = len(w.pool.values)
		w.pool.places[v] = place
		switch v := v.(type) {
		case string:
			w.pool.values = append(w.pool.values, lua.LString(v))
		case float64:
			w.pool.values = append(w.pool.values, lua.LNumber(v))
		}
	}
	w.spend(3 * costConstant * poolSide)
	line := e.Line()
	page := &ast.StringExpr{Value: poolMarker(place / (poolSide * poolSide))}
	a := index(place/poolSide%poolSide + 1)
	b := index(place%poolSide + 1)
	row := &ast.AttrGetExpr{Object: page, Key: a}
	cell := &ast.AttrGetExpr{Object: row, Key: b}
	for _, n := range []ast.PositionHolder{page, a, b, row, cell} {
		n.SetLine(line)
	}
	return cell
}

func index(i int) *ast.NumberExpr { return &ast.NumberExpr{Value: strconv.Itoa(i)} }

// internPool makes the constants that the pool is reached by the first of the
// function, where they are found soonest. Its code never runs.
func (w *walker) internPool() []ast.Stmt {
	at := func(n ast.PositionHolder) { n.SetLine(1) }
	never := &ast.FalseExpr{}
	skipped := &ast.IfStmt{Condition: never}
	at(never)
	at(skipped)
	intern := func(e ast.Expr) {
		local := &ast.LocalAssignStmt{Names: []string{"(unused)"}, Exprs: []ast.Expr{e}}
		block := &ast.DoBlockStmt{Stmts: []ast.Stmt{local}}
		at(e)
		at(local)
		at(block)
		skipped.Then = append(skipped.Then, block)
	}
	intern(&ast.StringExpr{Value: poolMarker(0)})
	for i := 1; i <= poolSide; i++ {
		intern(index(i))
	}
	return []ast.Stmt{skipped}
}

// number gives a numeral the text that the compiler reads as C Lua does, and
// may put it into the pool.
func (w *walker) number(e *ast.NumberExpr) ast.Expr {
	f, _ := numeral.Parse(e.Value)
	if math.IsInf(f, 0) {
		e.Value = "inf"
	}
	return w.literal(e, f)
}

// negative folds the sign of a numeral into it, as the compiler would.
func (w *walker) negative(e *ast.UnaryMinusOpExpr) ast.Expr {
	if inner, ok := e.Expr.(*ast.UnaryMinusOpExpr); ok {
		e.Expr = only(inner)
	}
	n, ok := e.Expr.(*ast.NumberExpr)
	if !ok {
		return e
	}
	f, _ := numeral.Parse(n.Value)
	if f == 0 {
		return e
	}
	text := strconv.FormatFloat(-f, 'g', -1, 64)
	if math.IsInf(f, 0) {
		text = "-inf"
	}
	negative := &ast.NumberExpr{Value: text}
	negative.SetLine(e.Line())
	return w.literal(negative, -f)
}

const maxFold = 32

// arithmetic breaks chains of operators. lua.Compile folds constants by going
// down the whole chain again at each operator; 'true and x' stops it there, and
// is x.
func (w *walker) arithmetic(e *ast.ArithmeticOpExpr) ast.Expr {
	e.Lhs = w.unfold(e, e.Lhs)
	e.Rhs = w.unfold(e, e.Rhs)
	_, left := e.Lhs.(*ast.NumberExpr)
	_, right := e.Rhs.(*ast.NumberExpr)
	if left && right {
		w.constant(e) // one more, whatever its value
	}
	return e
}

func (w *walker) unfold(parent *ast.ArithmeticOpExpr, e ast.Expr) ast.Expr {
	n := 0
	switch e := e.(type) {
	case *ast.ArithmeticOpExpr:
		n = w.folds[e] + 1
	case *ast.UnaryMinusOpExpr:
		if inner, ok := e.Expr.(*ast.ArithmeticOpExpr); ok {
			n = w.folds[inner] + 2
		}
	default:
		return e
	}
	if n > maxFold {
		return only(e)
	}
	if n > 0 {
		if w.folds == nil {
			w.folds = map[*ast.ArithmeticOpExpr]int{}
		}
		w.folds[parent] = max(w.folds[parent], n)
	}
	return e
}

// only wraps an expression as 'true and e', which is one value, e's.
func only(e ast.Expr) ast.Expr {
	yes := &ast.TrueExpr{}
	and := &ast.LogicalOpExpr{Operator: "and", Lhs: yes, Rhs: e}
	yes.SetLine(e.Line())
	and.SetLine(e.Line())
	return and
}
