package chunk

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// Twice is a name by which a block defines two functions: the first is lost.
type Twice struct {
	Name          string // "test_a", "Case:test_a"
	First, Second int    // lines
}

// DefinedTwice finds the functions of a source whose last name begins so and that
// the same block defines again. A function that is passed to another, as to
// test.group, has a block of its own.
func DefinedTwice(name, source, prefix string, limits Limits) (list []Twice, err error) {
	t, err := ParseTree(name, source, limits)
	if err != nil {
		return nil, err
	}
	line := func(n ast.PositionHolder) int {
		if i := n.Line() - 1; i >= 0 && i < len(t.Tokens) {
			return int(t.Tokens[i].Line)
		}
		return 0
	}
	var block func(stmts []ast.Stmt)
	inside := func(exprs ...ast.Expr) {
		for _, e := range exprs {
			if call, ok := e.(*ast.FuncCallExpr); ok {
				for _, arg := range call.Args {
					if fn, ok := arg.(*ast.FunctionExpr); ok {
						block(fn.Stmts)
					}
				}
			}
		}
	}
	block = func(stmts []ast.Stmt) {
		seen := map[string]int{}
		for _, each := range stmts {
			switch s := each.(type) {
			case *ast.FuncDefStmt:
				path, last := definedName(s.Name)
				if !strings.HasPrefix(last, prefix) {
					continue
				}
				if first, twice := seen[path]; twice {
					list = append(list, Twice{path, first, line(s)})
				}
				seen[path] = line(s)
			case *ast.FuncCallStmt:
				inside(s.Expr)
			case *ast.DoBlockStmt:
				block(s.Stmts)
			}
		}
	}
	block(t.Stmts)
	return list, nil
}

// definedName is the name of a function statement, and its last part.
func definedName(n *ast.FuncName) (path, last string) {
	if n.Func != nil {
		path, _ = pathText(n.Func)
		return path, path[strings.LastIndexByte(path, '.')+1:]
	}
	path, _ = pathText(n.Receiver)
	return path + ":" + n.Method, n.Method
}
