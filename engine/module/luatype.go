package module

import (
	"fmt"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/value"
)

// luaTyped is a Go type that says itself what it is in Lua.
type luaTyped interface{ LuaType() string }

// LuaType names the Lua type of a parameter, in the notation of LuaLS. m names
// declared types and may be nil.
func LuaType(p Param, m *Module) string {
	if p.Lua != "" {
		return p.Lua
	}
	t := p.Go
	if t == nil {
		return "any"
	}
	if p.Place == Rest && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if len(p.Enum) > 0 {
		return enumType(p.Enum, t, m)
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String && p.Place != List && p.Place != Rest {
		return "string|string[]" // one string may stand for a list of one
	}
	return goType(t, m, false)
}

func enumType(words []string, t reflect.Type, m *Module) string {
	quoted := make([]string, len(words))
	for i, e := range words {
		quoted[i] = fmt.Sprintf("%q", e)
	}
	union := strings.Join(quoted, "|")
	switch s := structOf(t); {
	case t.Kind() == reflect.Slice:
		return "(" + union + ")[]"
	case s != nil:
		return union + "|" + recordType(s, m, false)
	}
	return union
}

// fieldType names the Lua type of a field of a table that a function returns.
func fieldType(p Param, m *Module) string {
	if p.Lua != "" || len(p.Enum) > 0 || p.Go == nil {
		return LuaType(p, m)
	}
	return goType(p.Go, m, true)
}

// ResultType names the Lua type of a result: "" for none, "..." for any number
// of values.
func ResultType(r Result, m *Module) string {
	switch {
	case r.Lua != "":
		return r.Lua
	case r.Go == nil:
		return ""
	case r.Go.Kind() == reflect.Slice && r.Go.Elem().Kind() == reflect.Struct && selfNamed(r.Go) == "" && selfNamed(r.Go.Elem()) == "any":
		return "..." // a list of raw values is several results
	}
	return goType(r.Go, m, true)
}

// PropType names the Lua type of a property.
func PropType(p *Prop, m *Module) string {
	if p.Lua != "" {
		return p.Lua
	}
	return goType(p.Go, m, true)
}

// selfNamed returns what t says of itself, "" when it says nothing.
func selfNamed(t reflect.Type) string {
	if t.Kind() == reflect.Interface || !t.Implements(reflect.TypeFor[luaTyped]()) {
		return ""
	}
	if t.Kind() == reflect.Pointer {
		return reflect.New(t.Elem()).Interface().(luaTyped).LuaType()
	}
	return reflect.Zero(t).Interface().(luaTyped).LuaType()
}

// goType names the Lua type of a Go type. A duration goes in as a number or
// text and comes out as a number, so out tells the direction.
func goType(t reflect.Type, m *Module, out bool) string {
	if t == nil {
		return "any"
	}
	if m != nil {
		if d := m.TypeOf(t); d != nil {
			return d.Name
		}
	}
	if name := selfNamed(t); name != "" {
		return name
	}
	if t.Implements(reflect.TypeFor[error]()) {
		return "error"
	}
	if name := scalarType(t, out); name != "" {
		return name
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		if t.Name() != "" && t.Elem().Kind() == reflect.Interface {
			return "..." // the engine's Multi
		}
		item := goType(t.Elem(), m, out)
		if strings.ContainsAny(item, "|:") { // a union or a function type
			item = "(" + item + ")"
		}
		return item + "[]"
	case reflect.Map:
		return fmt.Sprintf("table<%s, %s>", goType(t.Key(), m, out), goType(t.Elem(), m, out))
	case reflect.Pointer:
		return goType(t.Elem(), m, out)
	case reflect.Struct:
		if len(Params(t)) > 0 {
			return recordType(t, m, out)
		}
	}
	return "any"
}

func scalarType(t reflect.Type, out bool) string {
	switch t {
	case reflect.TypeFor[value.Duration](), reflect.TypeFor[time.Duration]():
		if out {
			return "number"
		}
		return "duration"
	case reflect.TypeFor[value.Size]():
		if out {
			return "integer"
		}
		return "size"
	case reflect.TypeFor[time.Time]():
		return "number"
	case reflect.TypeFor[[]byte]():
		return "string"
	case reflect.TypeFor[value.Object]():
		return "table"
	case reflect.TypeFor[value.List]():
		return "any[]"
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	}
	return ""
}

// recordType names a tagged struct, with what may be given instead of the table
// when a field is marked short.
func recordType(t reflect.Type, m *Module, out bool) string {
	name := recordName(t, m)
	if name == "" {
		name = inlineRecord(t, m, out)
	}
	if out {
		return name
	}
	if p, ok := shortField(t); ok {
		return LuaType(p, m) + "|" + name
	}
	return name
}

// inlineRecord writes a struct without a name as LuaLS writes tables.
func inlineRecord(t reflect.Type, m *Module, out bool) string {
	var fields []string
	for _, p := range Params(t) {
		typ := LuaType(p, m)
		if out {
			typ = fieldType(p, m)
		}
		fields = append(fields, p.Name+optionalMark(p, out)+": "+typ)
	}
	return "{ " + strings.Join(fields, ", ") + " }"
}

// optionalMark is the "?" of a field that may be absent.
func optionalMark(p Param, out bool) string {
	absent := !p.Required()
	if out && p.Go != nil {
		absent = absent || p.Go.Kind() == reflect.Pointer || p.Go.Kind() == reflect.Interface || p.Go == reflect.TypeFor[time.Time]()
	}
	if absent {
		return "?"
	}
	return ""
}

// recordName names the class that a tagged struct becomes in stubs and
// reference: ftp.Entry, http.TLSOptions. A struct shared by modules is named
// under each. It is "" for a struct without a name.
func recordName(t reflect.Type, m *Module) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	switch {
	case m == nil:
		return "table"
	case name == "":
		return ""
	}
	small := len(name) - len(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz"))
	name = strings.TrimSuffix(camel(name[:small])+name[small:], "In") // tlsIn is TLS
	if name == "Options" || name == "Config" {
		if pkg := path.Base(t.PkgPath()); pkg != m.Name {
			name = camel(strings.TrimSuffix(strings.TrimSuffix(pkg, "conf"), "opts")) + name
		}
	}
	return m.Name + "." + name
}

// camel turns a snake_case name into CamelCase; words that are initials stay
// capitals.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		switch word {
		case "":
		case "tls", "http", "ssh", "ftp", "smtp", "imap", "url", "json", "csv", "id":
			b.WriteString(strings.ToUpper(word))
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// structOf returns the struct type beneath pointers, lists and maps that scripts
// see as a table with fields, or nil.
func structOf(t reflect.Type) reflect.Type {
	for t != nil {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			if selfNamed(t) != "" {
				return nil
			}
			t = t.Elem()
			continue
		case reflect.Struct:
			if selfNamed(t) == "" && len(Params(t)) > 0 {
				return t
			}
		}
		return nil
	}
	return nil
}

// shortField returns the field that stands for the whole table.
func shortField(t reflect.Type) (Param, bool) {
	for _, p := range Params(t) {
		if p.Short {
			return p, true
		}
	}
	return Param{}, false
}
