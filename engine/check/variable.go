package check

import "github.com/yuin/gopher-lua/ast"

// variable is a local variable.
type variable struct {
	name     string
	token    int // where it is declared
	kind     string
	group    []*variable // those declared by the same statement
	function *function
	block    int // a number of the block it belongs to
	hides    *variable
	seen     int // the last token that uses it
	until    int // the token behind which its block ends

	reads, writes int
	escapes       bool                // it is used otherwise than by fields of fixed names
	members       map[string]ast.Expr // what is assigned to its fields, nil for more than once
	init          ast.Expr            // its first value
	value         value               // found by infer
}

// Kinds of variables.
const (
	kindLocal     = "variable"
	kindFunction  = "function"
	kindParameter = "parameter"
	kindLoop      = "loop variable"
)

// unread takes back a read by which a new table is written to.
func (v *variable) unread() {
	if _, ok := v.init.(*ast.TableExpr); ok {
		v.reads--
	}
}

func (v *variable) assign(name string, e ast.Expr) {
	if v.members == nil {
		v.members = map[string]ast.Expr{}
	}
	if _, twice := v.members[name]; twice {
		e = nil
	}
	v.members[name] = e
}
