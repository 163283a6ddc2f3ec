package check

import (
	"fmt"
	"slices"

	"github.com/yuin/gopher-lua/ast"
)

// call checks a call and finds its first result.
func (f *file) call(e *ast.FuncCallExpr) value {
	var fn value
	token := 0 // what is pointed at
	if e.Receiver != nil {
		owner := f.expr(e.Receiver)
		token = f.end(e.Receiver) + 2
		fn = f.member(owner, e.Method, token, false)
		f.receiver(owner, fn, e, token)
		args := f.failing(e, e.Method)
		return f.result(e, fn, args, token, true)
	}
	fn = f.expr(e.Func)
	token = f.end(e.Func)
	if f.text(token) == ")" {
		token = at(e.Func)
	}
	var given *value
	if fn.kind == standardValue && fn.text == "with" {
		given = &fn
	}
	var args []value
	if field, ok := e.Func.(*ast.AttrGetExpr); ok && given == nil {
		key, _ := field.Key.(*ast.StringExpr)
		args = f.failing(e, name(key))
	} else {
		args = f.arguments(e.Args, given)
	}
	if fn.kind == nativeValue && fn.typ != nil {
		f.withDot(fn, e, token)
		if len(args) > 0 {
			args = args[1:]
		}
		return f.result(e, fn, args, token, true)
	}
	return f.result(e, fn, args, token, false)
}

func name(key *ast.StringExpr) string {
	if key == nil {
		return ""
	}
	return key.Value
}

// failing finds the values of arguments. What a test gives to raises is meant to
// fail.
func (f *file) failing(e *ast.FuncCallExpr, method string) []value {
	if method == "raises" && !f.quiet {
		f.quiet = true
		defer func() { f.quiet = false }()
	}
	return f.arguments(e.Args, nil)
}

// receiver checks that a call with a colon is one of a method.
func (f *file) receiver(owner, fn value, e *ast.FuncCallExpr, token int) {
	if owner.kind == moduleValue && fn.kind == nativeValue && owner.file == nil {
		f.find(token, Error, ruleMethodCall, fmt.Sprintf("%s.%s is no method", owner.mod.Name, fn.fn.Name),
			fmt.Sprintf("write %s.%s(…) with a dot", owner.mod.Name, fn.fn.Name))
	}
	if owner.kind == libraryValue && fn.kind == standardValue {
		f.find(token, Error, ruleMethodCall, fmt.Sprintf("%s is no method", fn.text), fmt.Sprintf("write %s(…) with a dot", fn.text))
	}
}

// withDot checks a call of a method with a dot, whose first argument has to be
// the value.
func (f *file) withDot(fn value, e *ast.FuncCallExpr, token int) {
	if len(e.Args) > 0 {
		switch e.Args[0].(type) {
		case *ast.IdentExpr, *ast.AttrGetExpr, *ast.FuncCallExpr, *ast.Comma3Expr:
			return
		}
	}
	f.find(token, Error, ruleMethodCall, fmt.Sprintf("%s:%s is a method", fn.typ.Name, fn.fn.Name),
		fmt.Sprintf("write value:%s(…) with a colon", fn.fn.Name))
}

// arguments finds the values of arguments. with hands its resources to the
// function behind them.
func (f *file) arguments(list []ast.Expr, with *value) []value {
	values := make([]value, 0, len(list))
	for i, e := range list {
		if fn, ok := e.(*ast.FunctionExpr); ok && with != nil && i > 0 {
			open := f.parameters(fn, false)
			for n := range min(i, len(fn.ParList.Names)) {
				if v := f.declares[open+1+2*n]; v != nil && v.writes == 0 {
					v.value = values[n]
				}
			}
		}
		values = append(values, f.expr(e))
	}
	return values
}

// result checks the arguments and finds the first result.
func (f *file) result(e *ast.FuncCallExpr, fn value, args []value, token int, method bool) value {
	switch fn.kind {
	case moduleValue:
		called := fn.mod.Func(fn.mod.Call)
		if called == nil {
			if fn.file == nil {
				f.find(token, Error, ruleNotCallable, "the module "+fn.mod.Name+" is no function", "")
			}
			return value{}
		}
		fn = value{kind: nativeValue, mod: fn.mod, fn: called}
		f.native(e, fn, args, token, method)
		return f.c.result(fn)
	case nativeValue:
		f.native(e, fn, args, token, method)
		return f.c.result(fn)
	case closureValue:
		// Behind a colon the first parameter is the receiver.
		if given := len(args) - open(e.Args); fn.params >= 0 && given > fn.params && !method {
			f.find(start(e.Args[fn.params]), Warning, ruleExtra, fmt.Sprintf("%d arguments are given, and the function takes %d; this one is dropped", given, fn.params), "")
		}
	case standardValue:
		return f.standardCall(e, fn.text, args, method)
	case textValue, numberValue, boolValue, nilValue:
		if !method && fn.kind != textValue || fn.literal {
			f.find(token, Error, ruleNotCallable, fn.describe()+" is no function", "")
		}
	}
	return value{}
}

// open is 1 where the last expression may have any number of values.
func open(list []ast.Expr) int {
	if n := len(list); n > 0 && several(list[n-1]) {
		return 1
	}
	return 0
}

// standardCall is a call of a function of the base library.
func (f *file) standardCall(e *ast.FuncCallExpr, name string, args []value, method bool) value {
	if slices.ContainsFunc([]string{"string.", "table."}, func(l string) bool { return len(name) > len(l) && f.assigned[l[:len(l)-1]] }) {
		return value{}
	}
	switch name {
	case "require":
		if len(e.Args) == 1 && args[0].kind == textValue && args[0].literal && !method {
			return f.require(args[0].text, start(e.Args[0]))
		}
	case "string.format":
		f.format(e, args, method)
		return value{kind: textValue}
	case "tostring", "type", "string.rep", "string.lower", "string.upper", "string.sub", "string.reverse", "string.char", "string.gsub", "table.concat", "os.date":
		if name != "os.date" {
			return value{kind: textValue}
		}
	case "assert", "with":
		if name == "assert" && len(args) > 0 {
			return args[0]
		}
	case "pairs", "ipairs":
		if len(args) == 1 && args[0].kind == listValue {
			return value{kind: iteratorValue, text: "pairs", elem: args[0].elem}
		}
	}
	return value{}
}
