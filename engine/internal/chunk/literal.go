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
// are kept in tables of tables of tables outside the code: pool[a][b][c] with
// a, b and c from 1 to poolSide. The deeper the tables, the fewer constants the
// compiler goes through for each literal.
const (
	maxLiterals = 512
	poolSide    = 64
	poolSize    = poolSide * poolSide * poolSide // of one pool
)

// literals is the pool of a chunk. Its tables are never written again, so
// states may share them.
type literals struct {
	strings map[string]int
	numbers map[float64]int
	values  []lua.LValue
	markers []string                      // of its tables
	last    *ast.StringExpr               // marker in the code
	indices [poolSide + 1]*ast.NumberExpr // from 1
}

// tables lays the pool out as the code reads it.
func (p *literals) tables() (pools []*lua.LTable) {
	for from := 0; from < len(p.values); from += poolSize {
		pools = append(pools, nest(p.values[from:min(from+poolSize, len(p.values))], poolSize/poolSide))
	}
	return pools
}

// nest makes a table of values, or of tables of as many as size.
func nest(values []lua.LValue, size int) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	for from := 0; from < len(values); from += size {
		if size == 1 {
			t.Append(values[from])
			continue
		}
		t.Append(nest(values[from:min(from+size, len(values))], size/poolSide))
	}
	return t
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
	place := w.pool.place(v)
	pools := (len(w.pool.values)-1)/poolSize + 1
	at := maker{e.Line()}
	if len(w.pool.markers) < pools {
		w.pool.markers = append(w.pool.markers, poolMarker(pools-1))
	}
	w.spend(costLiteral + costConstant*pools)
	var cell ast.Expr = w.pool.page(at, place/poolSize)
	for size := poolSize / poolSide; size > 0; size /= poolSide {
		i := place/size%poolSide + 1
		w.spend(costConstant * (pools + i))
		cell = &ast.AttrGetExpr{Object: cell, Key: w.pool.index(i)}
		at.mark(cell)
	}
	return cell
}

func index(i int) *ast.NumberExpr { return &ast.NumberExpr{Value: strconv.Itoa(i)} }

// index is the numeral i, one node for all: no instruction has its line.
func (p *literals) index(i int) *ast.NumberExpr {
	if p.indices[i] == nil {
		p.indices[i] = index(i)
		p.indices[i].SetLine(1)
	}
	return p.indices[i]
}

// place is where a string or a number is kept.
func (p *literals) place(v any) int {
	if p.values == nil {
		p.strings, p.numbers = map[string]int{}, map[float64]int{}
	}
	next := len(p.values)
	switch v := v.(type) {
	case string:
		if at, ok := p.strings[v]; ok {
			return at
		}
		p.strings[v] = next
		p.values = append(p.values, lua.LString(v))
	case float64:
		if at, ok := p.numbers[v]; ok {
			return at
		}
		p.numbers[v] = next
		p.values = append(p.values, lua.LNumber(v))
	}
	return next
}

// page is the marker i in the code. What follows on a line has one node.
func (p *literals) page(at maker, i int) *ast.StringExpr {
	if p.last == nil || p.last.Line() != at.line || p.last.Value != p.markers[i] {
		p.last = &ast.StringExpr{Value: p.markers[i]}
		at.mark(p.last)
	}
	return p.last
}

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
	for _, marker := range w.pool.markers {
		intern(&ast.StringExpr{Value: marker})
	}
	for i := 1; i <= poolSide; i++ {
		intern(w.pool.index(i))
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
