package module

import (
	"reflect"
	"strconv"
	"strings"
)

// callee is a function with the place where scripts find it: on, when it is
// a method.
type callee struct {
	m  *Module
	on *Type
	fn *Func
}

// Signature shows how a function of the module is called, with its result:
//
//	http.get(url, {params=, timeout=30s, tls=}) -> http.Response
func Signature(m *Module, f *Func) string {
	c := callee{m: m, fn: f}
	for _, t := range m.Types {
		for _, method := range t.Methods {
			if method == f {
				c.on = t
			}
		}
	}
	return c.signature(full) + c.arrow()
}

// name is the function as help and reference name it: http.get, ssh.Client:run.
func (c callee) name() string {
	if c.holder() == "" { // a function that is in no module
		return c.fn.Name
	}
	return c.holder() + c.mark() + c.fn.Name
}

func (c callee) holder() string {
	if c.on != nil {
		return c.on.Name
	}
	return c.m.Name
}

func (c callee) mark() string {
	if c.fn.Method {
		return ":"
	}
	return "."
}

// How many options a signature names before it says "…".
const (
	brief = 3
	full  = 1 << 10
)

func (c callee) signature(limit int) string {
	return c.name() + "(" + strings.Join(c.arguments(limit), ", ") + ")"
}

// arrow is the result as it follows a signature.
func (c callee) arrow() string {
	if r := ResultType(c.fn.Result, c.m); r != "" {
		return " -> " + r
	}
	return ""
}

func (c callee) arguments(limit int) []string {
	var args []string
	rest := false
	for _, p := range c.leading() {
		args = append(args, p.Name+optionalMark(p, false))
	}
	for _, p := range c.fn.Params {
		rest = rest || p.Place == Rest
	}
	if table := c.table(limit, false); table != "" && !rest {
		args = append(args, table)
	}
	if rest {
		args = append(args, "...")
	}
	return args
}

// leading are the parameters that stand before the options.
func (c callee) leading() []Param {
	var list []Param
	for _, p := range c.fn.Params {
		if (p.Place == Positional || p.Place == Optional) && !c.takesList() {
			list = append(list, p)
		}
	}
	return list
}

// options are the parameters that only a table can give.
func (c callee) options() []Param {
	var list []Param
	for _, p := range c.fn.Params {
		if p.Place == Option || p.Place == List || c.takesList() && p.Place != Rest {
			list = append(list, p)
		}
	}
	return list
}

// takesList says that the items of the table are a list parameter, so that the
// function is always called with a table.
func (c callee) takesList() bool {
	for _, p := range c.fn.Params {
		if p.Place == List {
			return true
		}
	}
	return false
}

// table is the table of options, or with whole the one table that stands for
// all arguments.
func (c callee) table(limit int, whole bool) string {
	var parts []string
	if whole {
		for _, p := range c.leading() {
			parts = append(parts, p.Name+"=")
		}
	}
	options := c.options()
	for i, p := range options {
		if i == limit && len(options) > limit {
			parts = append(parts, "…")
			break
		}
		switch {
		case p.Place == List:
			parts = append(parts, p.Name+"...")
		default:
			parts = append(parts, p.Name+"="+defaultText(p))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// tableForm says that one table may stand for all arguments although some of
// them can be given by position: http.get{url="…", timeout=5}.
func (c callee) tableForm() bool {
	leading := c.leading()
	return len(leading) > 0 && len(c.options()) > 0 && !takesTable(leading[0])
}

// takesTable says whether a plain table may be a value of the parameter; then
// a lone table is that value and not the arguments.
func takesTable(p Param) bool {
	if p.Go == nil {
		return true
	}
	if p.Go.Kind() == reflect.Pointer {
		return structOf(p.Go) != nil || selfNamed(p.Go) == "any"
	}
	switch p.Go.Kind() {
	case reflect.Slice:
		return scalarType(p.Go, false) != "string"
	case reflect.Map, reflect.Struct, reflect.Interface:
		return true
	}
	return false
}

// optionsClass names the class of the options table: http.GetOptions.
func (c callee) optionsClass() string {
	if c.on != nil {
		return c.on.Name + camel(c.fn.Name) + "Options"
	}
	return c.m.Name + "." + camel(c.fn.Name) + "Options"
}

// defaultText shows a default as a script would write it, but durations and
// sizes bare: 30s.
func defaultText(p Param) string {
	switch {
	case p.Default == "" || p.Secret:
		return ""
	case len(p.Enum) > 0, p.Go != nil && p.Go.Kind() == reflect.String, structOf(p.Go) != nil:
		return strconv.Quote(p.Default)
	}
	return p.Default
}

// note is the doc of a parameter with what its flags mean.
func note(p Param) string {
	doc := strings.Join(strings.Fields(p.Doc), " ")
	if p.Secret {
		doc = strings.TrimSpace(doc + " (secret: never shown)")
	}
	if p.Short {
		doc = strings.TrimSpace(doc + " (may be given in place of the table)")
	}
	return doc
}

// capabilityScope tells what may follow a permission's flag.
func capabilityScope(name string) string {
	switch name {
	case "read", "write":
		return "PATH"
	case "net", "listen":
		return "HOST:PORT"
	case "run":
		return "PROGRAM"
	case "env":
		return "NAME"
	case "ffi":
		return "LIBRARY"
	}
	return "SCOPE"
}
