package expr

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/gscript-lang/gscript/engine"
)

// maxSource bounds the text of a formula: the parser of expr-lang follows brackets
// by recursion, and does not count them.
const maxSource = 64 << 10

// maxNodes bounds the parts of a formula.
const maxNodes = 10_000

// formula is a compiled formula. It never changes.
type formula struct {
	source    string
	program   *vm.Program
	env       *shape // nil takes anything
	returns   *shape
	limits    limits
	functions map[string]*engine.Func
	quick     []string // operators that it uses
}

// wanted is what a formula is compiled for.
type wanted struct {
	env       *shape
	strict    bool
	returns   *shape
	functions map[string]*engine.Func
	limits    limits
}

// compile checks a formula with the types of its environment, and then compiles it
// without them: what comes from Lua as a number is whole or not from one run to
// the next, and the machine trusts the types that it was compiled with.
func compile(source string, w wanted) (f *formula, err error) {
	if len(source) > maxSource {
		return nil, engine.Errorf(errSyntax, "a formula has %s at most, this one has %s", engine.FormatSize(maxSource), engine.FormatSize(int64(len(source)))).
			WithHint("make the formula shorter, or part it")
	}
	names := w.names()
	defer func() {
		if r := recover(); r != nil { // the checker has no guard of its own
			f, err = nil, problem(errSyntax, source, fmt.Errorf("the formula cannot be compiled: %v", r), names)
		}
	}()
	static := w.config(w.static())
	tree, err := parse(source, static)
	if err != nil {
		return nil, problem(errSyntax, source, err, names)
	}
	if err := w.misnamed(tree.Node, false); err != nil {
		return nil, problem(errType, source, err, names)
	}
	gives, err := checker.Check(tree, static)
	if err != nil {
		return nil, problem(errType, source, err, names)
	}
	if err := w.returns.may(gives); err != nil {
		return nil, err
	}
	dynamic := w.config(w.untyped())
	if tree, err = parse(source, dynamic); err == nil {
		_, err = checker.Check(tree, dynamic)
	}
	if err != nil {
		return nil, problem(errType, source, err, names)
	}
	r := &rewriter{functions: map[string]bool{}, made: map[ast.Node]bool{}, quick: map[string]bool{}}
	for name := range w.functions {
		r.functions[name] = true
	}
	if ast.Walk(&tree.Node, r); r.err != nil {
		return nil, problem(errType, source, r.err, names)
	}
	register(dynamic, hidden, natives())
	register(dynamic, hidden+"f ", calls(w.functions))
	program, err := compiler.Compile(tree, dynamic)
	if err != nil {
		return nil, problem(errSyntax, source, err, names)
	}
	return &formula{source: source, program: program, env: w.env, returns: w.returns, limits: w.limits, functions: w.functions, quick: slices.Collect(maps.Keys(r.quick))}, nil
}

// parse reads a formula and refuses what would take its readers too long.
func parse(source string, config *conf.Config) (*parser.Tree, error) {
	tree, err := parser.ParseWithConfig(source, config)
	if err != nil {
		return nil, err
	}
	if size(tree.Node, map[ast.Node]int{}) > 2*maxNodes {
		return nil, &file.Error{Message: "too large a formula"}
	}
	return tree, nil
}

// misnamed finds names that mean nothing: $env, which would show the meter, and
// functions that are not called, which expr-lang takes for nil.
func (w wanted) misnamed(n ast.Node, called bool) error {
	if id, ok := n.(*ast.IdentifierNode); ok {
		_, isFunction := builtin.Index[id.Value]
		isFunction = isFunction || w.functions[id.Value] != nil
		switch {
		case id.Value == "$env":
			return &file.Error{Location: id.Location(), Message: "unknown name $env"}
		case isFunction && !called && (w.env == nil || w.env.fields[id.Value] == nil):
			return &file.Error{Location: id.Location(), Message: fmt.Sprintf("%[1]s is a function: write %[1]s(…)", id.Value)}
		}
	}
	call, isCall := n.(*ast.CallNode)
	for _, c := range children(n) {
		if c == nil {
			continue
		}
		if err := w.misnamed(c, isCall && c == call.Callee); err != nil {
			return err
		}
	}
	return nil
}

// static is the environment for the checker.
func (w wanted) static() types.Map {
	env := types.Map{}
	if w.env != nil {
		for name, f := range w.env.fields {
			env[name] = f.static()
		}
	}
	if !w.strict || w.env == nil {
		env[types.Extra] = types.Any
	}
	return env
}

// untyped is the environment for the compiler: names without types, so that they
// win over functions of the same name.
func (w wanted) untyped() types.Map {
	env := types.Map{types.Extra: types.Any}
	if w.env != nil {
		for name := range w.env.fields {
			env[name] = types.Any
		}
	}
	return env
}

func (w wanted) config(env types.Map) *conf.Config {
	c := conf.CreateNew()
	c.WithEnv(env)
	c.MaxNodes = maxNodes
	for name := range w.functions {
		c.Functions[name] = &builtin.Function{Name: name, Func: func(...any) (any, error) { return nil, nil }, Types: []reflect.Type{reflect.TypeFor[func(...any) any]()}}
	}
	return c
}

// names lists what a formula may say.
func (w wanted) names() []string {
	names := append(slices.Collect(maps.Keys(w.functions)), builtin.Names...)
	var add func(s *shape)
	add = func(s *shape) {
		if s == nil {
			return
		}
		for name, f := range s.fields {
			names = append(names, name)
			add(f)
		}
		add(s.elem)
	}
	add(w.env)
	slices.Sort(names)
	return names
}

// may says why a formula that gives t cannot return what it should.
func (s *shape) may(t reflect.Type) error {
	if s == nil || s.kind == "any" || t == nil || t.Kind() == reflect.Interface {
		return nil
	}
	var gives string
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		gives = "number"
		if t.Name() == "Duration" {
			gives = "duration"
		}
	case reflect.String:
		gives = "string"
	case reflect.Bool:
		gives = "boolean"
	case reflect.Slice, reflect.Array:
		gives = "list"
	case reflect.Map:
		gives = "map"
	case reflect.Struct:
		gives = "date"
	default:
		return nil
	}
	if gives == s.kind || gives == "number" && s.kind == "integer" {
		return nil
	}
	return engine.Errorf(errType, "the formula gives a %s, not %s", gives, s.name())
}

// anything takes every value that a formula can work with.
var anything *shape

// calls makes natives of the script's functions.
func calls(functions map[string]*engine.Func) map[string]native {
	all := make(map[string]native, len(functions))
	for name, f := range functions {
		all[name] = func(m *meter, args []any) (any, error) {
			if err := m.spend(100); err != nil {
				return nil, err
			}
			given := make([]any, len(args))
			for i, a := range args {
				v, err := m.lua(a, 0)
				if err != nil {
					return nil, err
				}
				given[i] = v
			}
			results, err := f.Call(m.ctx, given...)
			if err != nil {
				return nil, m.fail(err) // as the function raised it
			}
			if len(results) == 0 {
				return nil, nil
			}
			v, err := anything.into("the result of "+name, results[0])
			if err != nil {
				return nil, engine.Errorf(errRun, "%s", err.(*engine.Error).Message)
			}
			return v, nil
		}
	}
	return all
}
