package chunk

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// walker goes over the tree once, before lua.Compile. It repairs what
// gopher-lua compiles wrong, turns '..' into calls, takes literals out of
// functions that have many, and adds up what compiling will cost, because some
// steps of lua.Compile take time that grows with the square of the source.
type walker struct {
	name   string
	limits Limits
	line   int // of the statement or expression being walked
	depth  int
	cost   int64
	scope
	pool   literals
	folds  map[*ast.ArithmeticOpExpr]int // operators below that the compiler folds together
	opened []int                         // the first variable of each open block
	// How often variables whose values are functions, being walked, were named.
	defining map[string]int
	*function
}

// function is what the walk knows of one function of the source.
type function struct {
	parent    *function
	inner     []*function // in the order of the source
	last      string      // the last parameter
	calls     []string    // names of the calls that stand for '..', in the order of the code
	constants map[any]int // places that the compiler will give them
	pooled    bool
	blocks    int // open, with those of the functions around it
	labels    int // numbers that the compiler needs for jumps
	nodes     int
	gotos     int
	turns     []*loop // open, the innermost last
	exits     int
}

// refused is what the walk gives up with.
type refused struct{ err *fault.Error }

const (
	maxDepth  = 50_000 // of the tree; the scan has bounded it already
	maxLabels = 1<<17 - 2
	maxBody   = 30_000 // nodes in a loop, whose code must stay within 2^17 instructions

	// The budget is about a second: one unit of cost is about a nanosecond.
	maxCost      = 1_000_000_000
	costConstant = 4    // comparing one constant of a function
	costName     = 2    // comparing one local variable
	costGoto     = 20   // looking at one goto
	costLiteral  = 1800 // code that reads a literal from outside
)

// walk prepares the tree of a chunk. It returns what it learned of the main
// function.
func walk(name string, stmts []ast.Stmt, limits Limits) (main *function, w *walker, out []ast.Stmt, err error) {
	w = &walker{name: name, limits: limits}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(refused)
			if !ok {
				panic(r)
			}
			err = e.err
		}
	}()
	main = w.enter("")
	out = w.leave(w.block(stmts))
	return main, w, out, nil
}

func (w *walker) refuse(kind, format string, args ...any) {
	panic(refused{fault.New(kind, "%s:%d: %s", w.name, max(w.line, 1), fmt.Sprintf(format, args...))})
}

func (w *walker) spend(n int) {
	if w.cost += int64(n); w.cost > maxCost {
		w.refuse(fault.SourceSize, "the source would take too long to compile: a function has too many names, labels or branches, or hundreds of thousands of different strings and numbers; read such data from a file")
	}
}

func (w *walker) down(n ast.PositionHolder) {
	if line := n.Line(); line > 0 {
		w.line = line
	}
	w.nodes++
	if w.depth++; w.depth > maxDepth {
		w.refuse(fault.SourceDepth, "more than %d expressions or blocks inside one another", maxDepth)
	}
}

// enter begins a function; leave ends it.
func (w *walker) enter(last string) *function {
	f := &function{parent: w.function, last: last, constants: map[any]int{}}
	if f.parent != nil {
		f.parent.inner = append(f.parent.inner, f)
		f.blocks = f.parent.blocks
	}
	w.function = f
	return f
}

func (w *walker) leave(stmts []ast.Stmt) []ast.Stmt {
	if w.pooled {
		stmts = append(w.internPool(), stmts...)
	}
	w.function = w.parent
	return stmts
}

// block walks statements in a scope of their own.
func (w *walker) block(stmts []ast.Stmt) []ast.Stmt {
	from := w.open()
	stmts = w.stmts(stmts)
	w.close(from)
	return stmts
}

func (w *walker) open() (from int) {
	from = w.mark()
	w.opened = append(w.opened, from)
	return from
}

func (w *walker) close(from int) {
	w.opened = w.opened[:len(w.opened)-1]
	w.release(from)
}

func (w *walker) stmts(stmts []ast.Stmt) []ast.Stmt {
	w.blocks++
	w.spend(8 + w.blocks) // leaving the block looks at those around it
	gotos := w.gotos
	labels := 0 // one behind the other; the compiler counts them anew for each
	for i, s := range stmts {
		if _, ok := s.(*ast.LabelStmt); ok {
			labels++
		} else {
			labels = 0
		}
		w.spend(labels)
		w.down(s)
		stmts[i] = w.stmt(s, gotos)
		w.depth--
	}
	w.spend((w.gotos - gotos) * costGoto)
	w.blocks--
	return guardLabels(stmts)
}

func (w *walker) exprs(list []ast.Expr) {
	for i, e := range list {
		list[i] = w.expr(e)
	}
}

// jumps counts labels of the compiler.
func (w *walker) jumps(n int) {
	if w.labels += n; w.labels > maxLabels {
		w.refuse(fault.SourceSize, "a function has too many branches")
	}
}

// The hidden variables of loops, as the compiler names them.
var (
	numericFor = []string{"(for index)", "(for limit)", "(for step)"}
	genericFor = []string{"(for generator)", "(for state)", "(for control)"}
)

// loop walks the statements of a loop that began when the function had so many
// nodes, and what is walked behind them in the same scope.
func (w *walker) loop(nodes int, hidden, names []string, stmts []ast.Stmt, behind func()) (*loop, []ast.Stmt) {
	from := w.open()
	l := &loop{block: len(w.opened)}
	w.turns = append(w.turns, l)
	w.declare(hidden...)
	w.declare(names...)
	stmts = w.stmts(stmts)
	if behind != nil {
		behind()
	}
	w.turns = w.turns[:len(w.turns)-1]
	w.close(from)
	if w.nodes-nodes > maxBody {
		w.refuse(fault.SourceSize, "a loop is too long: more than %d expressions and statements", maxBody)
	}
	return l, stmts
}

func (w *walker) stmt(s ast.Stmt, gotos int) ast.Stmt {
	nodes := w.nodes
	var l *loop
	switch s := s.(type) {
	case *ast.AssignStmt:
		w.exprs(s.Lhs)
		w.exprs(s.Rhs)
		if separate := w.separate(s); separate != s {
			return separate
		}
		w.repairAssign(s)
	case *ast.LocalAssignStmt:
		if f, ok := onlyFunction(s); !ok {
			w.exprs(s.Exprs)
			w.declare(s.Names...)
		} else if s.LastLine() > 0 {
			w.declare(s.Names...)
			w.exprs(s.Exprs)
		} else if w.define(s.Names[0], f) {
			s.Exprs = append(s.Exprs, beside(f))
		}
	case *ast.FuncCallStmt:
		s.Expr = w.expr(s.Expr)
	case *ast.DoBlockStmt:
		s.Stmts = w.block(s.Stmts)
	case *ast.WhileStmt:
		w.jumps(3)
		s.Condition = guardCondition(w.expr(s.Condition))
		l, s.Stmts = w.loop(nodes, nil, nil, s.Stmts, nil)
		if constant(s.Condition) {
			s.Stmts = guarded(s.Stmts, s, nil)
		}
		return l.withExit(s)
	case *ast.RepeatStmt:
		w.jumps(4)
		l, s.Stmts = w.loop(nodes, nil, nil, s.Stmts, func() { s.Condition = w.expr(s.Condition) })
		s.Stmts = guarded(s.Stmts, s, s.Condition)
		return l.withExit(s)
	case *ast.IfStmt:
		w.jumps(3)
		s.Condition = w.expr(s.Condition)
		s.Then = w.block(s.Then)
		s.Else = w.block(s.Else)
	case *ast.NumberForStmt:
		w.jumps(1)
		s.Init = w.expr(s.Init)
		s.Limit = w.expr(s.Limit)
		if s.Step != nil {
			s.Step = w.expr(s.Step)
		}
		l, s.Stmts = w.loop(nodes, numericFor, []string{s.Name}, s.Stmts, nil)
		return l.withExit(s)
	case *ast.GenericForStmt:
		w.jumps(3)
		w.exprs(s.Exprs)
		l, s.Stmts = w.loop(nodes, genericFor, s.Names, s.Stmts, nil)
		s.Stmts = guarded(s.Stmts, s, nil)
		return l.withExit(repairFor(s))
	case *ast.FuncDefStmt:
		if s.Name.Func != nil {
			s.Name.Func = w.expr(s.Name.Func)
		} else {
			s.Name.Receiver = w.expr(s.Name.Receiver)
			w.constant(s.Name.Method)
		}
		w.functionBody(s.Func, s.Name.Func == nil)
	case *ast.ReturnStmt:
		w.exprs(s.Exprs)
	case *ast.BreakStmt:
		return w.leaveLoop(s)
	case *ast.LabelStmt:
		w.jumps(1)
		w.spend((w.gotos-gotos)*costGoto + w.blocks)
		w.loose()
	case *ast.GotoStmt:
		w.gotos++
		w.spend(w.blocks * costName)
		w.loose()
	}
	return s
}

// loose bounds functions with gotos: the compiler does not see that one jumps
// too far back.
func (w *walker) loose() {
	if w.gotos > 0 && w.nodes > maxBody {
		w.refuse(fault.SourceSize, "a function with goto is too long: more than %d expressions and statements", maxBody)
	}
}

func onlyFunction(s *ast.LocalAssignStmt) (*ast.FunctionExpr, bool) {
	if len(s.Names) != 1 || len(s.Exprs) != 1 {
		return nil, false
	}
	f, ok := s.Exprs[0].(*ast.FunctionExpr)
	return f, ok
}

// define walks local name = function … end and says whether the function uses
// a variable of that name, which is another one. gopher-lua takes the statement
// for local function name.
func (w *walker) define(name string, f *ast.FunctionExpr) (named bool) {
	if w.defining == nil {
		w.defining = map[string]int{}
	}
	before, nested := w.defining[name]
	w.defining[name] = before
	w.expr(f)
	named = w.defining[name] > before
	if !nested {
		delete(w.defining, name)
	}
	w.declare(name)
	return named
}

// beside is a value more than there are variables.
func beside(at ast.PositionHolder) ast.Expr {
	e := &ast.NilExpr{}
	e.SetLine(at.Line())
	return e
}

func (w *walker) functionBody(e *ast.FunctionExpr, method bool) {
	names := e.ParList.Names
	last := ""
	if len(names) > 0 {
		last = names[len(names)-1]
	} else if method {
		last = "self"
	}
	from := w.mark()
	w.enter(last)
	w.nesting(1)
	if method {
		w.declare("self")
	}
	w.declare(names...)
	if e.ParList.HasVargs {
		w.declare("arg")
	}
	stmts := w.stmts(e.Stmts)
	w.nesting(-1)
	e.Stmts = w.leave(stmts)
	w.release(from)
}

func (w *walker) expr(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	w.down(e)
	e = w.one(e)
	w.depth--
	return e
}

func (w *walker) one(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.StringExpr:
		return w.literal(e, e.Value)
	case *ast.NumberExpr:
		return w.number(e)
	case *ast.IdentExpr:
		w.ident(e.Value)
	case *ast.AttrGetExpr:
		e.Object = w.expr(e.Object)
		e.Key = w.expr(e.Key)
	case *ast.TableExpr:
		repairTable(e)
		for _, f := range e.Fields {
			f.Key = w.expr(f.Key)
			f.Value = w.expr(f.Value)
		}
	case *ast.FuncCallExpr:
		if w.limits.Explain {
			w.explain(e)
		}
		e.Func = w.expr(e.Func)
		e.Receiver = w.expr(e.Receiver)
		if e.Receiver != nil {
			w.constant(e.Method)
		}
		w.exprs(e.Args)
	case *ast.LogicalOpExpr:
		w.jumps(6)
		e.Lhs = w.expr(e.Lhs)
		e.Rhs = w.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		w.jumps(1)
		e.Lhs = w.expr(e.Lhs)
		e.Rhs = w.expr(e.Rhs)
	case *ast.StringConcatOpExpr:
		return w.concat(e)
	case *ast.ArithmeticOpExpr:
		e.Lhs = w.expr(e.Lhs)
		e.Rhs = w.expr(e.Rhs)
		return w.arithmetic(e)
	case *ast.UnaryMinusOpExpr:
		e.Expr = w.expr(e.Expr)
		return w.negative(e)
	case *ast.UnaryNotOpExpr:
		e.Expr = w.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		e.Expr = w.expr(e.Expr)
	case *ast.FunctionExpr:
		w.functionBody(e, false)
	}
	return e
}
