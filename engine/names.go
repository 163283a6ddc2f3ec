package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// standardNames is about how many functions and libraries every state has.
const standardNames = 220

// names tells the values that every state has, for structured copies: those of
// the base library, and of modules.
type names struct {
	of     map[lua.LValue]string
	values map[string]lua.LValue
}

func newNames() *names {
	return &names{of: make(map[lua.LValue]string, standardNames), values: make(map[string]lua.LValue, standardNames)}
}

func (n *names) add(path string, v lua.LValue) {
	n.of[v] = path
	n.values[path] = v
}

// addStandard names the functions and libraries that every state has, as they
// are before a script can change them, and calls library for each library.
func (n *names) addStandard(g *lua.LTable, library func(name string, t *lua.LTable)) {
	g.ForEach(func(k, v lua.LValue) {
		name := k.String()
		switch v := v.(type) {
		case *lua.LFunction:
			n.add(name, v)
		case *lua.LTable:
			n.add(name, v)
			if name == "_G" || name == "package" {
				return
			}
			v.ForEach(func(k, f lua.LValue) {
				if fn, ok := f.(*lua.LFunction); ok {
					n.add(name+"."+k.String(), fn)
				}
			})
			library(name, v)
		}
	})
}

// named is what a value is called that every state has: "string.format", "http",
// "http.get"; "" for any other.
func (n *names) named(v lua.LValue) string {
	path := n.of[v]
	if _, name, ok := strings.Cut(path, ":"); ok {
		return name
	}
	return path
}
