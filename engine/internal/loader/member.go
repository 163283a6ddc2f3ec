package loader

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Member reads a member of a module for import("m", "a"): a field, or a module
// inside the package.
func (l *Loader) Member(L *lua.LState, name string, module lua.LValue, member string) (lua.LValue, error) {
	read := l.World.Root.NewFunction(func(L *lua.LState) int {
		L.Push(L.GetTable(L.Get(1), L.Get(2)))
		return 1
	})
	v, err := l.call(L, read, module, lua.LString(member))
	if err != nil || v != lua.LNil {
		return v, err
	}
	m, err := l.Find(L, name+"."+member)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return l.load(L, m.Name, l.Caller(L), nil)
	}
	return nil, unknownMember(name, module, member)
}

func unknownMember(name string, module lua.LValue, member string) error {
	var names []string
	if t, ok := module.(*lua.LTable); ok {
		t.ForEach(func(k, _ lua.LValue) {
			if s, ok := k.(lua.LString); ok {
				names = append(names, string(s))
			}
		})
	}
	e := fault.New(fault.ArgsUnknown, "the module %s has no '%s'", name, member)
	if near := nearest(member, names); len(near) > 0 {
		e.Hint = "did you mean " + strings.Join(near, " or ") + "?"
	} else if len(names) > 0 && len(names) <= maxTried {
		slices.Sort(names)
		e.Hint = "it has " + strings.Join(names, ", ")
	}
	return e
}
