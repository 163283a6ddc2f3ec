package check

import (
	"reflect"
	"strings"
	"time"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	luavalue "github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

// value is what is known of the value of an expression.
type value struct {
	kind kind
	// text is that of a literal string, and the name of a library or of its
	// function.
	text    string
	literal bool
	number  float64

	table  *ast.TableExpr // of a constructor, with what its fields are
	items  []value
	params int // of a Lua function; -1 where it takes any number

	mod    *module.Module
	typ    *module.Type
	fn     *module.Func
	fields []module.Param
	name   string // of a record, for messages
	elem   *value // of a list or an iterator
	file   *exports
}

type kind int

const (
	unknown kind = iota
	nilValue
	boolValue
	numberValue
	textValue
	tableValue   // a plain table
	closureValue // a function of a source
	nativeValue  // a declared function or method
	moduleValue
	exportsValue // what a Lua file returns
	libraryValue
	standardValue // a function of the base library
	handleValue
	recordValue // a table with declared fields
	listValue
	iteratorValue
)

// describe names a value as messages about arguments do.
func (v value) describe() string {
	switch v.kind {
	case nilValue:
		return "nil"
	case boolValue:
		if v.literal {
			return v.text
		}
		return "a boolean"
	case numberValue:
		if v.literal {
			return v.text
		}
		return "a number"
	case textValue:
		if v.literal {
			return quote(v.text)
		}
		return "a string"
	case tableValue, listValue, recordValue, libraryValue:
		return "a table"
	case closureValue, nativeValue, standardValue, iteratorValue:
		return "a function"
	case moduleValue:
		return "the module " + v.mod.Name
	case handleValue:
		return "a " + v.typ.Name
	}
	return "a value"
}

// scalar is the value of a Go type that is a plain value in Lua.
func scalar(t reflect.Type) (value, bool) {
	switch t {
	case reflect.TypeFor[time.Duration](), reflect.TypeFor[luavalue.Duration](), reflect.TypeFor[luavalue.Size]():
		return value{kind: numberValue}, true
	case reflect.TypeFor[time.Time]():
		return value{}, true // nil for none
	case reflect.TypeFor[[]byte]():
		return value{kind: textValue}, true
	}
	switch t.Kind() {
	case reflect.String:
		return value{kind: textValue}, true
	case reflect.Bool:
		return value{kind: boolValue}, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return value{kind: numberValue}, true
	}
	return value{}, false
}

// ofGo is the value that a Go type of the module becomes.
func ofGo(t reflect.Type, m *module.Module) value {
	if t == nil {
		return value{}
	}
	if d := m.TypeOf(t); d != nil {
		return value{kind: handleValue, mod: m, typ: d}
	}
	if _, named := reflect.Zero(t).Interface().(interface{ LuaType() string }); named {
		return value{}
	}
	if t.Implements(reflect.TypeFor[error]()) {
		return value{}
	}
	if v, ok := scalar(t); ok {
		return v
	}
	switch t.Kind() {
	case reflect.Slice:
		if t.Name() != "" && t.Elem().Kind() == reflect.Interface {
			return value{} // several results
		}
		elem := ofGo(t.Elem(), m)
		return value{kind: listValue, elem: &elem}
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Struct {
			return ofGo(t.Elem(), m)
		}
	case reflect.Struct:
		if fields := module.Params(t); len(fields) > 0 && !readsItself(t) {
			return value{kind: recordValue, mod: m, fields: fields}
		}
	}
	return value{}
}

func readsItself(t reflect.Type) bool {
	return bind.ReadsItself(t) || t.Kind() == reflect.Pointer && bind.ReadsItself(t.Elem())
}

// ofName is the value of a type in the notation of LuaLS, as far as it is one
// type.
func (c *Checker) ofName(name string, m *module.Module) value {
	name = strings.TrimSpace(name)
	if result, ok := strings.CutPrefix(name, "fun(): "); ok {
		first, _, _ := strings.Cut(result, ",")
		elem := c.ofName(strings.TrimSuffix(strings.TrimSpace(first), "?"), m)
		return value{kind: iteratorValue, elem: &elem}
	}
	name, _, several := strings.Cut(name, ", ")
	if several && strings.ContainsAny(name, "<({") {
		return value{}
	}
	switch name {
	case "string":
		return value{kind: textValue}
	case "number", "integer":
		return value{kind: numberValue}
	case "boolean":
		return value{kind: boolValue}
	case "table":
		return value{kind: tableValue}
	}
	if item, ok := strings.CutSuffix(name, "[]"); ok {
		elem := c.ofName(item, m)
		return value{kind: listValue, elem: &elem}
	}
	if fields := c.record(m, name); fields != nil {
		return value{kind: recordValue, mod: m, fields: fields, name: "a " + name}
	}
	for _, types := range [][]*module.Type{m.Types, m.Uses} {
		for _, t := range types {
			if t.Name == name && t.Go != nil {
				return value{kind: handleValue, mod: m, typ: t}
			}
		}
	}
	return value{}
}

// record is the fields of a table that the module has a name for.
func (c *Checker) record(m *module.Module, name string) []module.Param {
	known, ok := c.records[m]
	if !ok {
		known = module.Records(m)
		c.records[m] = known
	}
	return known[name]
}

// result is what a declared function returns first.
func (c *Checker) result(fn value) value {
	v := value{}
	if lua := fn.fn.Result.Lua; lua != "" {
		v = c.ofName(strings.TrimSuffix(lua, "?"), fn.mod)
	} else {
		v = ofGo(fn.fn.Result.Go, fn.mod)
	}
	if v.kind == recordValue && v.name == "" {
		v.name = "the result of " + fn.called()
	}
	return v
}

// called is a declared function as messages name it.
func (v value) called() string {
	if v.typ != nil {
		return v.typ.Name + ":" + v.fn.Name
	}
	return v.mod.Name + "." + v.fn.Name
}
