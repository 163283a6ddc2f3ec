package engine

import (
	lua "github.com/yuin/gopher-lua"
)

// Known says what is known of the values of a state; nothing of the script's runs
// for it.
type Known struct{ state *State }

// Fields lists the string keys of a table, and of the tables in which it looks up
// what it has not. Only who holds the baton may call it.
func (k Known) Fields(v Value) []string {
	var names []string
	of := v.Lua()
	for range 16 {
		t, ok := of.(*lua.LTable)
		if !ok {
			break
		}
		for key, v := t.Next(lua.LNil); key != lua.LNil; key, v = t.Next(key) {
			if name, ok := key.(lua.LString); ok && v != lua.LNil {
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
func (k Known) TypeOf(v Value) *Type {
	if ud, ok := v.Lua().(*lua.LUserData); ok {
		return k.state.binder.Declared(ud)
	}
	return nil
}

// Subject says what a value is called that every state has: "string.format",
// "http", "http.get"; "" for any other. Only who holds the baton may call it.
func (k Known) Subject(v Value) string {
	for _, names := range []func(lua.LValue) string{k.state.names.named, k.libraryName} {
		if name := names(v.Lua()); name != "" {
			return name
		}
	}
	return ""
}

// libraryName finds the function of a module written in Lua.
func (k Known) libraryName(v lua.LValue) string {
	if _, ok := v.(*lua.LFunction); !ok {
		return ""
	}
	for _, name := range k.state.engine.libraryNames() {
		t, ok := k.state.loader.Value(name).(*lua.LTable)
		if !ok {
			continue
		}
		for key, f := t.Next(lua.LNil); key != lua.LNil; key, f = t.Next(key) {
			if f == v {
				return name + "." + key.String()
			}
		}
	}
	return ""
}

// Definition is where a function written in Lua begins, and the source that has
// it; line is 0 for any other value.
func (k Known) Definition(v Value) (name string, line int, source string) {
	fn, ok := v.Lua().(*lua.LFunction)
	if !ok || fn.IsG {
		return "", 0, ""
	}
	source, _ = k.state.engine.chunks.source(fn.Proto.SourceName)
	return fn.Proto.SourceName, fn.Proto.LineDefined, source
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
