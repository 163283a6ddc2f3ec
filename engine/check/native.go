package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/module"
)

// calling is a call of a declared function, whose arguments are checked as the
// binder decodes them (see package bind). Where it depends on a value that is
// not known how arguments are read, nothing is checked.
type calling struct {
	*file
	e     *ast.FuncCallExpr
	args  []value
	exprs []ast.Expr
	fn    value
	token int // the name of the function
	open  bool

	positional []module.Param
	list, rest *module.Param
	options    bool
}

func (f *file) native(e *ast.FuncCallExpr, fn value, args []value, token int, method bool) {
	c := &calling{file: f, e: e, args: args, exprs: e.Args[len(e.Args)-len(args):], fn: fn, token: token, open: open(e.Args) == 1}
	if fn.fn.Adapter == nil {
		if method == fn.fn.Method { // else the receiver stands among the arguments
			c.lua()
		}
		return
	}
	for i := range fn.fn.Params {
		p := &fn.fn.Params[i]
		switch p.Place {
		case module.Positional, module.Optional:
			c.positional = append(c.positional, *p)
		case module.List:
			c.list = p
		case module.Rest:
			c.rest = p
		case module.Option:
			c.options = true
		}
	}
	switch form, certain := c.tableForm(); {
	case !certain:
	case form:
		c.fromTable()
	default:
		c.fromArgs()
	}
}

// isTable says whether a value is a plain table, and whether that is certain.
func isTable(v value) (table, certain bool) {
	switch v.kind {
	case unknown:
		return false, false
	case tableValue, listValue, recordValue, libraryValue, exportsValue, moduleValue:
		return true, true
	}
	return false, true
}

// tableForm says whether the call is written f{…}, and whether that is certain.
func (c *calling) tableForm() (form, certain bool) {
	n := len(c.args)
	if n == 0 && c.open || n == 1 && c.open {
		return false, false
	}
	if n < 1 || n > 2 || n == 2 && c.list == nil || c.rest != nil && c.list == nil && !c.options {
		return false, true
	}
	takes := c.list != nil
	if !takes {
		first := len(c.positional) > 0 && bind.TakesTable(c.positional[0].Go)
		if first || len(c.positional) == 0 && !c.options {
			return false, true
		}
	}
	table, certain := isTable(c.args[0])
	return table, certain
}

func (c *calling) fromTable() {
	given := c.tableFields(0, true)
	if len(c.args) == 2 {
		if table, certain := isTable(c.args[1]); certain && !table {
			c.find(start(c.exprs[1]), Error, ruleType, "argument 2 must be a table of options, got "+c.args[1].describe(), "")
			return
		}
		more := c.tableFields(1, false)
		if given == nil || more == nil {
			return
		}
		for name := range more {
			given[name] = true
		}
	}
	c.missing(true, given)
}

// missing reports required parameters that no table gives; nil says that the
// tables are not known.
func (c *calling) missing(positional bool, given map[string]bool) {
	if given == nil {
		return
	}
	for _, p := range c.fn.fn.Params {
		if p.Required() && (p.Place != module.Positional || positional) && p.Place != module.Rest && p.Place != module.List && !given[p.Name] {
			c.lacks(p)
		}
	}
}

func (c *calling) lacks(p module.Param) {
	c.find(c.token, Error, ruleMissing, fmt.Sprintf("%s needs the argument '%s', %s", c.fn.called(), p.Name, module.LuaType(p, c.fn.mod)), "")
}

// tableFields checks the fields of a table of arguments. It tells which
// parameters are given, nil where that is not known.
func (c *calling) tableFields(i int, items bool) map[string]bool {
	v := c.args[i]
	if v.table == nil {
		return nil
	}
	given, certain := map[string]bool{}, true
	n := 0
	for j, field := range v.table.Fields {
		switch key := field.Key.(type) {
		case nil:
			n++
			if j == len(v.table.Fields)-1 && several(field.Value) {
				certain = false
			}
			switch {
			case !items && v.items[j].kind != nilValue:
				c.find(start(field.Value), Error, ruleOption, "options have names", c.optionHint())
			case c.list != nil:
				c.check(*c.list, v.items[j], field.Value, true, fmt.Sprintf("[%d]", n))
			case n <= len(c.positional):
				p := c.positional[n-1]
				given[p.Name] = true
				c.check(p, v.items[j], field.Value, false, "")
			case !several(field.Value):
				c.find(start(field.Value), Error, ruleExtra, fmt.Sprintf("%s takes at most %d arguments", c.fn.called(), len(c.positional)), "")
			}
		case *ast.StringExpr:
			p, ok := param(c.fn.fn.Params, key.Value)
			if !ok {
				c.find(at(key), Error, ruleOption, fmt.Sprintf("%s has no option '%s'", c.fn.called(), shorten(key.Value)), hintOf(key.Value, names(c.fn.fn.Params)))
				continue
			}
			given[p.Name] = v.items[j].kind != nilValue
			c.check(p, v.items[j], field.Value, false, "")
		case *ast.NumberExpr:
			certain = false
		default:
			certain = false
		}
	}
	if !certain {
		return nil
	}
	return given
}

func (c *calling) optionHint() string {
	if _, ok := param(c.fn.fn.Params, "args"); ok {
		return "arguments for the function go into args={…}"
	}
	return ""
}

func param(params []module.Param, name string) (module.Param, bool) {
	for _, p := range params {
		if p.Name == name {
			return p, true
		}
	}
	return module.Param{}, false
}

func names(params []module.Param) []string {
	list := make([]string, len(params))
	for i, p := range params {
		list[i] = p.Name
	}
	return list
}

func (c *calling) fromArgs() {
	next, n := 0, len(c.args)
	for _, p := range c.positional {
		if next == n-1 && c.open {
			return // any number of values follows
		}
		if next < n && p.Place == module.Optional && c.options && next == n-1 && !bind.TakesTable(p.Go) {
			table, certain := isTable(c.args[next])
			if !certain {
				return
			}
			if table {
				break
			}
		}
		if next >= n || c.args[next].kind == nilValue {
			if p.Place == module.Positional {
				c.lacks(p)
				return
			}
			next++
			continue
		}
		c.check(p, c.args[next], c.exprs[next], false, "")
		next++
	}
	if c.rest != nil {
		for i := next; i < n-open(c.e.Args); i++ {
			if c.args[i].kind != nilValue {
				c.check(*c.rest, c.args[i], c.exprs[i], true, fmt.Sprintf("[%d]", i-next+1))
			}
		}
		return
	}
	given := map[string]bool{}
	if next < n && c.options {
		if next == n-1 && c.open {
			return
		}
		table, certain := isTable(c.args[next])
		switch {
		case !certain:
			given = nil
		case table:
			given = c.tableFields(next, false)
		case c.args[next].kind != nilValue:
			c.find(start(c.exprs[next]), Error, ruleType, fmt.Sprintf("argument %d must be a table of options, got %s", next+1, c.args[next].describe()), c.optionHint())
			return
		}
		next++
	}
	for ; next < n-open(c.e.Args); next++ {
		if c.args[next].kind != nilValue {
			most := len(c.positional)
			if c.options {
				most++
			}
			c.find(start(c.exprs[next]), Error, ruleExtra, fmt.Sprintf("%s takes at most %d %s", c.fn.called(), most, plural(most, "argument")), "")
			return
		}
	}
	if !c.open {
		c.missing(false, given)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// lua checks a call of a function written in Lua by what its comments say of it.
// Nothing but the function itself checks its arguments, so these are warnings.
func (c *calling) lua() {
	params := c.fn.fn.Params
	rest := len(params) > 0 && params[len(params)-1].Place == module.Rest
	n := len(c.args)
	for i, p := range params {
		if p.Place == module.Rest {
			break
		}
		switch {
		case i >= n-open(c.e.Args) && c.open:
			return
		case i >= n:
			if p.Place == module.Positional && !nullable(p.Lua) {
				c.find(c.token, Warning, ruleMissing, fmt.Sprintf("%s needs the argument '%s', %s", c.fn.called(), p.Name, p.Lua), "")
				return
			}
		default:
			if c.args[i].kind == nilValue || fits(p.Lua, c.args[i]) {
				c.inline(p, c.args[i])
				continue
			}
			c.find(start(c.exprs[i]), Warning, ruleType, fmt.Sprintf("the argument '%s' of %s is %s, not %s", p.Name, c.fn.called(), p.Lua, c.args[i].describe()), "")
		}
	}
	if !rest && n-open(c.e.Args) > len(params) {
		c.find(start(c.exprs[len(params)]), Warning, ruleExtra, fmt.Sprintf("%s takes at most %d %s", c.fn.called(), len(params), plural(len(params), "argument")), "")
	}
}

// inline checks the fields of a table whose type is written out:
// { header?: string[], gap?: string }.
func (c *calling) inline(p module.Param, v value) {
	typ := strings.TrimSpace(p.Lua)
	if v.table == nil || !strings.HasPrefix(typ, "{") || !strings.HasSuffix(typ, "}") {
		return
	}
	fields, depth := []string{""}, 0
	for _, r := range typ[1 : len(typ)-1] {
		switch r {
		case '{', '<', '(', '[':
			depth++
		case '}', '>', ')', ']':
			depth--
		}
		if r == ',' && depth == 0 {
			fields = append(fields, "")
			continue
		}
		fields[len(fields)-1] += string(r)
	}
	for i, field := range fields {
		name, _, named := strings.Cut(field, ":")
		fields[i] = strings.TrimSuffix(strings.TrimSpace(name), "?")
		if !named || strings.ContainsAny(fields[i], "[{<( ") {
			return
		}
	}
	for _, f := range v.table.Fields {
		if key, ok := f.Key.(*ast.StringExpr); ok && !slices.Contains(fields, key.Value) {
			c.find(at(key), Warning, ruleOption, fmt.Sprintf("'%s' of %s has no field '%s'", p.Name, c.fn.called(), shorten(key.Value)), hintOf(key.Value, fields))
		}
	}
}

func nullable(typ string) bool {
	return typ == "" || strings.Contains(typ, "any") || strings.Contains(typ, "nil") || strings.Contains(typ, "?")
}

// fits says whether a value may be of a type in the notation of LuaLS. A type
// with any word that is not one of Lua's own types fits everything.
func fits(typ string, v value) bool {
	if v.kind == unknown || strings.ContainsAny(typ, `"'<({`) {
		return true
	}
	for word := range strings.SplitSeq(typ, "|") {
		word = strings.TrimSuffix(strings.TrimSpace(word), "?")
		if strings.HasSuffix(word, "[]") || word == "table" {
			if table, _ := isTable(v); table || v.kind == handleValue {
				return true
			}
			continue
		}
		switch word {
		case "string":
			if v.kind == textValue || v.kind == numberValue {
				return true
			}
		case "number", "integer":
			if v.kind == numberValue || v.kind == textValue && (!v.literal || isNumber(v.text)) {
				return true
			}
		case "boolean":
			if v.kind == boolValue {
				return true
			}
		case "function":
			if v.kind == closureValue || v.kind == nativeValue || v.kind == standardValue || v.kind == iteratorValue {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func isNumber(s string) bool {
	_, ok := numeral.Parse(s)
	return ok
}
