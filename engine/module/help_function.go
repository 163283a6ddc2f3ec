package module

import (
	"reflect"
	"slices"
	"strings"
)

// function is the whole page of a function or method.
func (p *page) function(c callee) {
	p.signature(0, bold, c.signature(full)+c.arrow())
	if c.tableForm() {
		p.signature(0, plain, c.name()+c.table(full, true))
	}
	p.about(c.fn.Doc)
	p.params("Parameters", c, c.positionals())
	p.params("Options", c, c.options())
	p.result(c)
	if len(c.fn.Caps) > 0 {
		p.heading("Permissions")
		var rows [][]string
		for _, need := range c.fn.Caps {
			rows = append(rows, []string{string(need), flag(need)})
		}
		p.columns(2, rows)
	}
	p.kinds("Errors", c.fn.Kinds)
	for i, code := range c.fn.Examples {
		switch {
		case len(c.fn.Examples) == 1:
			p.heading("Example")
		case i == 0:
			p.heading("Examples")
		default:
			p.line(0, plain, "")
		}
		p.code(2, code)
	}
}

// positionals are the parameters that are given by position, the rest last.
func (c callee) positionals() []Param {
	list := c.leading()
	for _, p := range c.fn.Params {
		if p.Place == Rest {
			list = append(list, p)
		}
	}
	return list
}

func (p *page) params(title string, c callee, params []Param) {
	said := func(p Param) bool { return p.Doc != "" || p.Lua != "any" }
	if slices.ContainsFunc(params, said) {
		p.heading(title)
		p.columns(2, p.paramRows(c.m, params, "", false, nil))
	}
}

// paramRows are name, type, default and doc; the fields of a table follow it,
// indented. above holds the tables around, which are not entered again.
func (p *page) paramRows(m *Module, params []Param, indent string, out bool, above []reflect.Type) [][]string {
	var rows [][]string
	for _, param := range params {
		typ := LuaType(param, m)
		if out {
			typ = fieldType(param, m)
		}
		nested := structOf(param.Go)
		if nested != nil && (declares(m, nested) || slices.Contains(above, nested)) {
			nested = nil
		}
		if nested != nil {
			typ = strings.ReplaceAll(typ, tableName(nested, m, out), "table")
		}
		rows = append(rows, []string{indent + label(param), typ, given(param, out), note(param)})
		if nested != nil {
			rows = append(rows, p.paramRows(m, Params(nested), indent+"  ", out, append(slices.Clip(above), nested))...)
		}
	}
	return rows
}

// tableName is how types write a struct: by name, or in full.
func tableName(t reflect.Type, m *Module, out bool) string {
	if name := recordName(t, m); name != "" {
		return name
	}
	return inlineRecord(t, m, out)
}

// label is the name of a parameter as a signature writes it.
func label(p Param) string {
	switch p.Place {
	case Rest:
		return "..."
	case List:
		return p.Name + "..."
	}
	return p.Name
}

// given is the default of a parameter, or that there must be a value.
func given(p Param, out bool) string {
	switch {
	case out:
		return ""
	case p.Required():
		return "required"
	}
	return defaultText(p)
}

func (p *page) result(c callee) {
	r := c.fn.Result
	typ := ResultType(r, c.m)
	if typ == "" && r.Doc == "" {
		return
	}
	p.heading("Returns")
	p.columns(2, [][]string{{typ, strings.Join(strings.Fields(r.Doc), " ")}})
	if s := structOf(r.Go); s != nil && !declares(c.m, s) {
		p.columns(4, p.paramRows(c.m, Params(s), "", true, []reflect.Type{s}))
	}
}

// valueType names the type of a constant.
func valueType(v Value, m *Module) string {
	if v.Lua != "" {
		return v.Lua
	}
	return goType(reflect.TypeOf(v.Value), m, true)
}
