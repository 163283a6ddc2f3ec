package module

import (
	"fmt"
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
	if len(p.Enum) > 0 {
		quoted := make([]string, len(p.Enum))
		for i, e := range p.Enum {
			quoted[i] = fmt.Sprintf("%q", e)
		}
		return strings.Join(quoted, "|")
	}
	return goType(p.Go, m)
}

// ResultType names the Lua type of a result, "" for none.
func ResultType(r Result, m *Module) string {
	if r.Lua != "" {
		return r.Lua
	}
	if r.Go == nil {
		return ""
	}
	return goType(r.Go, m)
}

// PropType names the Lua type of a property.
func PropType(p *Prop, m *Module) string {
	if p.Lua != "" {
		return p.Lua
	}
	return goType(p.Go, m)
}

func goType(t reflect.Type, m *Module) string {
	if m != nil {
		if d := m.TypeOf(t); d != nil {
			return d.Name
		}
	}
	if t.Implements(reflect.TypeFor[luaTyped]()) {
		if t.Kind() == reflect.Pointer {
			return reflect.New(t.Elem()).Interface().(luaTyped).LuaType()
		}
		return reflect.Zero(t).Interface().(luaTyped).LuaType()
	}
	switch t {
	case reflect.TypeFor[value.Duration](), reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[value.Size]():
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
	case reflect.Slice:
		return goType(t.Elem(), m) + "[]"
	case reflect.Map:
		return fmt.Sprintf("table<%s, %s>", goType(t.Key(), m), goType(t.Elem(), m))
	case reflect.Pointer:
		return goType(t.Elem(), m)
	case reflect.Struct:
		if len(Params(t)) > 0 {
			return recordName(t, m)
		}
	}
	return "any"
}

// recordName names the class that a tagged struct becomes in stubs and
// reference: ftp.Entry, http.GetOptions.
func recordName(t reflect.Type, m *Module) string {
	name := t.Name()
	if name == "" {
		return "table"
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if m == nil {
		return "table"
	}
	return m.Name + "." + name
}
