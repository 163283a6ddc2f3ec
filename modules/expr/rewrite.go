package expr

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
)

// meterName is the variable that holds the meter of a run. No formula can write
// it.
const meterName = "\x00meter"

// native is a function that formulas call with the meter of the run.
type native func(m *meter, args []any) (any, error)

// register gives natives to the compiler, under names that no formula can write.
func register(config *conf.Config, prefix string, natives map[string]native) {
	for name, f := range natives {
		config.Functions[prefix+name] = &builtin.Function{
			Name: prefix + name,
			Func: func(args ...any) (any, error) { return f(args[0].(*meter), args[1:]) },
		}
	}
}

// hidden begins the names of what formulas call without knowing.
const hidden = "\x00"

// unmetered are the functions of expr-lang that are left as they are: their work
// and their result are small.
var unmetered = []string{"len", "type", "ceil", "floor", "round", "float", "first", "last", "get",
	"bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr", "bitnot"}

// rewriter replaces in a checked tree everything that could take long or much
// memory by functions that count it, see meter. A node may stand in two places of
// a tree, a < b < c does so with b; made tells what is done.
type rewriter struct {
	functions map[string]bool // of the script
	made      map[ast.Node]bool
	quick     map[string]bool // operators used
	err       *file.Error
}

func (r *rewriter) fail(at ast.Node, format string, args ...any) {
	if r.err == nil {
		r.err = &file.Error{Location: at.Location(), Message: fmt.Sprintf(format, args...)}
	}
}

// call makes a call of a native.
func (r *rewriter) call(at ast.Node, name string, args ...ast.Node) ast.Node {
	n := &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: hidden + name},
		Arguments: append([]ast.Node{&ast.IdentifierNode{Value: meterName}}, args...),
	}
	n.SetLocation(at.Location())
	r.made[n] = true
	return n
}

// operate makes a call of one of operators.
func (r *rewriter) operate(at ast.Node, name string, args ...ast.Node) ast.Node {
	r.quick[name] = true
	callee := &ast.IdentifierNode{Value: hidden + name}
	callee.SetType([]reflect.Type{reflect.TypeFor[func() any](), reflect.TypeFor[func(any) any](), reflect.TypeFor[func(any, any) any]()}[len(args)])
	n := &ast.CallNode{Callee: callee, Arguments: args}
	n.SetLocation(at.Location())
	r.made[n] = true
	return n
}

// Visit comes to a node after all that is below it.
func (r *rewriter) Visit(node *ast.Node) {
	if r.made[*node] {
		return
	}
	switch n := (*node).(type) {
	case *ast.UnaryNode:
		if _, number := n.Node.(*ast.IntegerNode); n.Operator == "-" && !number {
			*node = r.operate(n, "-x", n.Node)
		}
	case *ast.BinaryNode:
		r.binary(node, n)
	case *ast.CallNode:
		r.function(node, n)
	case *ast.BuiltinNode:
		r.builtin(node, n)
	}
}

func (r *rewriter) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "+", "-", "*":
		*node = r.operate(n, n.Operator, n.Left, n.Right)
	case "..":
		*node = r.call(n, "..", n.Left, n.Right)
	case "==", "!=":
		if scalar(n.Left) || scalar(n.Right) {
			return
		}
		*node = r.operate(n, "==", n.Left, n.Right)
		if n.Operator == "!=" {
			not := &ast.UnaryNode{Operator: "!", Node: *node}
			not.SetLocation(n.Location())
			r.made[not] = true
			*node = not
		}
	case "in":
		if c, ok := n.Right.(*ast.CallNode); ok && r.made[c] && len(c.Arguments) == 3 && c.Callee.(*ast.IdentifierNode).Value == hidden+".." {
			*node = r.call(n, "within", n.Left, c.Arguments[1], c.Arguments[2])
			return
		}
		*node = r.operate(n, "in", n.Left, n.Right)
	case "matches":
		right := n.Right
		if s, ok := right.(*ast.StringNode); ok {
			p, err := newPattern(s.Value)
			if err != nil {
				r.fail(s, "%v", err)
				return
			}
			right = &ast.ConstantNode{Value: p}
		}
		*node = r.call(n, "matches", n.Left, right)
	}
}

// scalar says that a node is a number, a short text or the like, so that
// comparing with it is cheap.
func scalar(n ast.Node) bool {
	switch n.(type) {
	case *ast.NilNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
		return true
	}
	return false
}

func (r *rewriter) function(node *ast.Node, n *ast.CallNode) {
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		if !r.functions[callee.Value] {
			r.fail(n, "unknown function %s", callee.Value)
			return
		}
		*node = r.call(n, "f "+callee.Value, n.Arguments...)
	case *ast.MemberNode:
		name, ok := callee.Property.(*ast.StringNode)
		if !ok || !slices.Contains(methods, name.Value) {
			r.fail(n, "only dates have methods, such as Year and Format")
			return
		}
		*node = r.call(n, "method", append([]ast.Node{callee.Node, name, &ast.BoolNode{Value: callee.Optional}}, n.Arguments...)...)
	default:
		r.fail(n, "only a function with a name can be called")
	}
}

// loop is the place in the arguments of what a function does for each item.
const loop = 1

func (r *rewriter) builtin(node *ast.Node, n *ast.BuiltinNode) {
	switch n.Name {
	case "sum":
		if len(n.Arguments) > loop {
			*node = r.total(n)
			return
		}
		*node = r.call(n, "sum", n.Arguments[0])
	case "sortBy":
		predicate, ok := n.Arguments[loop].(*ast.PredicateNode)
		if !ok {
			r.fail(n, "sortBy wants what to sort by")
			return
		}
		pair := &ast.ArrayNode{Nodes: []ast.Node{&ast.PointerNode{}, predicate.Node}}
		args := []ast.Node{r.each(n, n.Arguments[0], &ast.PredicateNode{Node: pair})}
		*node = r.call(n, "sortBy", append(args, n.Arguments[2:]...)...)
	case "all", "none", "any", "one", "filter", "map", "count", "find", "findIndex", "findLast", "findLastIndex", "reduce":
		r.tick(n)
	case "groupBy":
		r.tick(n)
	default:
		if !slices.Contains(unmetered, n.Name) {
			*node = r.call(n, n.Name, n.Arguments...)
		}
	}
}

// total makes reduce(items, #acc + body, 0) of sum(items, body).
func (r *rewriter) total(n *ast.BuiltinNode) ast.Node {
	predicate, ok := n.Arguments[loop].(*ast.PredicateNode)
	if !ok {
		r.fail(n, "sum wants what to add for each item")
		return n
	}
	zero := &ast.IntegerNode{}
	zero.SetType(reflect.TypeFor[int]())
	added := &ast.PredicateNode{Node: r.operate(n, "+", &ast.PointerNode{Name: "acc"}, predicate.Node)}
	reduce := &ast.BuiltinNode{Name: "reduce", Arguments: []ast.Node{n.Arguments[0], added, zero}}
	reduce.SetLocation(n.Location())
	r.tick(reduce)
	r.made[reduce] = true
	return reduce
}

// each makes map(items, body).
func (r *rewriter) each(at ast.Node, items, body ast.Node) ast.Node {
	n := &ast.BuiltinNode{Name: "map", Arguments: []ast.Node{items, body}}
	n.SetLocation(at.Location())
	r.tick(n)
	r.made[n] = true
	return n
}

// tick makes each turn of a loop count.
func (r *rewriter) tick(n *ast.BuiltinNode) {
	if len(n.Arguments) <= loop {
		return
	}
	if body, ok := n.Arguments[loop].(*ast.PredicateNode); ok && !r.made[body] {
		r.made[body] = true
		if n.Name == "groupBy" {
			body.Node = r.call(body.Node, "keep", body.Node)
			return
		}
		what := "step"
		if n.Name == "map" {
			what = "item" // the list is counted as it grows, not when it is there
		}
		body.Node = &ast.SequenceNode{Nodes: []ast.Node{r.operate(body.Node, what), body.Node}}
	}
}

// size counts the nodes of a tree as often as they stand in it: a node that
// stands in two places doubles the work of whoever walks the tree, and ((a ?: b)
// ?: c) ?: d doubles it at each level.
func size(n ast.Node, known map[ast.Node]int) int {
	const most = 1 << 30
	if n == nil {
		return 0
	}
	if s, ok := known[n]; ok {
		return s
	}
	s := 1
	for _, c := range children(n) {
		s = min(s+size(c, known), most)
	}
	known[n] = s
	return s
}

// children lists what is directly below a node.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		return []ast.Node{n.Node, n.From, n.To}
	case *ast.CallNode:
		return append([]ast.Node{n.Callee}, n.Arguments...)
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.VariableDeclaratorNode:
		return []ast.Node{n.Value, n.Expr}
	case *ast.SequenceNode:
		return n.Nodes
	case *ast.ArrayNode:
		return n.Nodes
	case *ast.MapNode:
		return n.Pairs
	case *ast.PairNode:
		return []ast.Node{n.Key, n.Value}
	}
	return nil
}
