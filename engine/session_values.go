package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
)

// Hold runs f with the baton, so that it may look at values while tasks go on.
func (x *Session) Hold(f func()) {
	x.state.world.Lock(nil)
	defer x.state.world.Unlock()
	f()
}

// Vars lists the names of the session's variables and of the globals, without
// those of modules that are not loaded. It is called in Hold.
func (x *Session) Vars() []string {
	var names []string
	for _, t := range []*lua.LTable{x.vars, x.state.world.Root.G.Global} {
		for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
			if name, ok := k.(lua.LString); ok && v != lua.LNil {
				names = append(names, string(name))
			}
		}
	}
	return names
}

// Lookup reads what stands behind a dotted path such as "app.servers", as far as
// nothing of the script's has to run for it. It is called in Hold.
func (x *Session) Lookup(path string) (v Value, ok bool) {
	var at lua.LValue = x.vars
	for _, name := range strings.Split(path, ".") {
		if at, ok = x.state.peek(at, name); !ok {
			return Value{}, false
		}
	}
	return bind.ValueOf(at), true
}

// peek reads a field without calling anything that the script has written.
func (s *State) peek(of lua.LValue, name string) (v lua.LValue, ok bool) {
	for range 16 {
		switch t := of.(type) {
		case *lua.LTable:
			if v := t.RawGetString(name); v != lua.LNil {
				return v, true
			}
			if t == s.world.Root.G.Global && s.global {
				v := s.loader.Value(name)
				return v, v != lua.LNil
			}
			meta, ok := t.Metatable.(*lua.LTable)
			if !ok {
				return nil, false
			}
			of = meta.RawGetString("__index")
		case *lua.LUserData:
			decl := s.binder.Declared(t)
			if decl == nil {
				return nil, false
			}
			for _, p := range decl.Props {
				if p.Name == name {
					return s.binder.Encode(p.Get(t.Value)), true
				}
			}
			return nil, false
		default:
			return nil, false
		}
	}
	return nil, false
}

// Fields lists the string keys of a table, and of the tables in which it looks up
// what it has not. It is called in Hold.
func (x *Session) Fields(v Value) []string {
	var names []string
	of := v.Lua()
	for range 16 {
		t, ok := of.(*lua.LTable)
		if !ok {
			break
		}
		for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
			if name, ok := k.(lua.LString); ok && v != lua.LNil {
				names = append(names, string(name))
			}
		}
		meta, ok := t.Metatable.(*lua.LTable)
		if !ok {
			break
		}
		of = meta.RawGetString("__index")
	}
	return names
}

// TypeOf returns the declaration of a handle's type, nil for other values.
func (x *Session) TypeOf(v Value) *Type {
	if ud, ok := v.Lua().(*lua.LUserData); ok {
		return x.state.binder.Declared(ud)
	}
	return nil
}

// Subject says what a value is called that every state has: "string.format",
// "http", "http.get"; "" for any other. It is called in Hold.
func (x *Session) Subject(v Value) string {
	for _, names := range []func(lua.LValue) string{x.state.names.named, x.libraryName} {
		if name := names(v.Lua()); name != "" {
			return name
		}
	}
	return ""
}

// libraryName finds the function of a module written in Lua.
func (x *Session) libraryName(v lua.LValue) string {
	if _, ok := v.(*lua.LFunction); !ok {
		return ""
	}
	for _, name := range x.state.engine.libraryNames() {
		t, ok := x.state.loader.Value(name).(*lua.LTable)
		if !ok {
			continue
		}
		for k, f := t.Next(lua.LNil); k != lua.LNil; k, f = t.Next(k) {
			if f == v {
				return name + "." + k.String()
			}
		}
	}
	return ""
}

// Definition is where a function written in Lua begins, and the source that has
// it; line is 0 for any other value.
func (x *Session) Definition(v Value) (name string, line int, source string) {
	fn, ok := v.Lua().(*lua.LFunction)
	if !ok || fn.IsG {
		return "", 0, ""
	}
	source, _ = x.state.engine.chunks.source(fn.Proto.SourceName)
	return fn.Proto.SourceName, fn.Proto.LineDefined, source
}
