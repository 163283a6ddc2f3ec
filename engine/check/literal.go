package check

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	luavalue "github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

// check checks the value of a parameter, or with item one of several.
func (c *calling) check(p module.Param, v value, e ast.Expr, item bool, path string) {
	t := p.Go
	if item {
		t = t.Elem()
	} else if p.Place == module.Rest && t.Kind() != reflect.Slice {
		return
	}
	c.decode(p, t, v, e, p.Name+path)
}

// decode checks what the binder's decoder for the type would say.
func (c *calling) decode(p module.Param, t reflect.Type, v value, e ast.Expr, path string) {
	if v.kind == unknown || v.kind == nilValue || t == nil {
		return
	}
	if readsItself(t) || t == reflect.TypeFor[bind.Value]() {
		return
	}
	wrong := func(want string) {
		hint := ""
		if want == "a function" {
			hint = "pass the function itself, f, and not what it returns, f()"
		}
		c.find(start(e), Error, ruleType, fmt.Sprintf("the argument '%s' of %s must be %s, not %s", path, c.fn.called(), want, v.describe()), hint)
	}
	bad := func(message, hint string) {
		c.find(start(e), Error, ruleValue, fmt.Sprintf("the argument '%s' of %s %s", path, c.fn.called(), message), hint)
	}
	refused := func(err error) {
		c.find(start(e), Error, ruleValue, fmt.Sprintf("the argument '%s' of %s: %v", path, c.fn.called(), err), "")
	}
	isText, isNum := v.kind == textValue, v.kind == numberValue
	switch t {
	case reflect.TypeFor[luavalue.Duration]():
		if !isText && !isNum {
			wrong(`seconds or a text such as "1m30s"`)
		} else if isText && v.literal {
			if _, err := luavalue.ParseDuration(v.text); err != nil {
				refused(err)
			}
		}
		return
	case reflect.TypeFor[luavalue.Size]():
		if !isText && !isNum {
			wrong(`bytes or a text such as "10MiB"`)
		} else if isText && v.literal {
			if _, err := luavalue.ParseSize(v.text); err != nil {
				refused(err)
			}
		}
		return
	case reflect.TypeFor[*bind.Func]():
		switch v.kind {
		case textValue, numberValue, boolValue, listValue, recordValue, tableValue:
			if v.kind != tableValue || v.table != nil {
				wrong("a function")
			}
		}
		return
	case reflect.TypeFor[[]byte]():
		if !isText && !isNum {
			wrong("a string")
		}
		return
	}
	switch t.Kind() {
	case reflect.String:
		c.text(p, v, wrong, bad)
	case reflect.Bool:
		if v.kind != boolValue {
			wrong("true or false")
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		switch {
		case v.kind == handleValue:
		case !isText && !isNum, isText && v.literal && !isNumber(v.text), isNum && v.literal && v.number != math.Trunc(v.number):
			wrong("a whole number")
		}
	case reflect.Float32, reflect.Float64:
		if v.kind != handleValue && !isText && !isNum || isText && v.literal && !isNumber(v.text) {
			wrong("a number")
		}
	case reflect.Slice:
		if table, _ := isTable(v); table {
			c.items(p, t, v, path)
		} else if t.Elem().Kind() == reflect.String {
			c.text(p, v, wrong, bad)
		} else if v.kind != handleValue {
			wrong("a list")
		}
	case reflect.Map:
		if table, _ := isTable(v); !table {
			if v.kind != handleValue {
				wrong("a table")
			}
		} else if v.table != nil {
			for i, f := range v.table.Fields {
				if f.Key != nil {
					c.decode(module.Param{Name: p.Name}, t.Elem(), v.items[i], f.Value, path)
				}
			}
		}
	case reflect.Struct:
		c.record(t, v, path, wrong)
	case reflect.Pointer:
		switch {
		case c.fn.mod.TypeOf(t) != nil:
			if v.kind == textValue || v.kind == numberValue || v.kind == boolValue {
				wrong("a " + c.fn.mod.TypeOf(t).Name)
			}
		case t.Elem().Kind() == reflect.Struct && len(module.Params(t.Elem())) > 0:
			c.record(t.Elem(), v, path, wrong)
		case t.Elem().Kind() != reflect.Struct:
			c.decode(p, t.Elem(), v, e, path)
		}
	}
}

// text checks a string, which may be one of a few.
func (c *calling) text(p module.Param, v value, wrong func(want string), bad func(message, hint string)) {
	if v.kind != textValue && v.kind != numberValue {
		if v.kind != handleValue {
			wrong("a string")
		}
		return
	}
	if !v.literal {
		return
	}
	if len(p.Enum) > 0 && v.kind == textValue && !slices.Contains(p.Enum, v.text) {
		quoted := make([]string, len(p.Enum))
		for i, word := range p.Enum {
			quoted[i] = strconv.Quote(word)
		}
		hint := ""
		if len(v.text) <= longName {
			if near := fault.Suggest(v.text, p.Enum); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
		bad(fmt.Sprintf("must be one of %s, not %s", strings.Join(quoted, ", "), quote(v.text)), hint)
	}
	if p.Wire && v.kind == textValue && bind.CheckWire(v.text) != nil {
		bad("must not contain a line break or NUL", "")
	}
}

func (c *calling) items(p module.Param, t reflect.Type, v value, path string) {
	if v.table == nil {
		return
	}
	n := 0
	for i, f := range v.table.Fields {
		if f.Key == nil {
			n++
			c.decode(p, t.Elem(), v.items[i], f.Value, fmt.Sprintf("%s[%d]", path, n))
		}
	}
}

// record checks a table of options inside another, or what may be given in its
// place.
func (c *calling) record(t reflect.Type, v value, path string, wrong func(string)) {
	params := module.Params(t)
	if table, _ := isTable(v); !table {
		short := slices.ContainsFunc(params, func(p module.Param) bool { return p.Short })
		if !short && v.kind != handleValue {
			wrong("a table")
		}
		return
	}
	if v.table == nil {
		return
	}
	n := 0
	var positional []module.Param
	for _, p := range params {
		if p.Place == module.Positional || p.Place == module.Optional {
			positional = append(positional, p)
		}
	}
	for i, f := range v.table.Fields {
		switch key := f.Key.(type) {
		case nil:
			n++
			if n <= len(positional) {
				p := positional[n-1]
				c.decode(p, p.Go, v.items[i], f.Value, path+"."+p.Name)
			}
		case *ast.StringExpr:
			p, ok := param(params, key.Value)
			if !ok {
				c.find(at(key), Error, ruleOption, fmt.Sprintf("'%s' of %s has no option '%s'", path, c.fn.called(), shorten(key.Value)), hintOf(key.Value, names(params)))
				continue
			}
			c.decode(p, p.Go, v.items[i], f.Value, path+"."+p.Name)
		}
	}
}
