package base

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/tablib"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// openTables puts the functions that see inside values into the globals.
func (l *Library) openTables() {
	g := l.World.Root.G.Global
	l.set(g, map[string]lua.LGFunction{
		"getmetatable": getmetatable,
		"next":         next,
		"rawequal":     rawequal,
		"rawget":       rawget,
		"rawlen":       rawlen,
		"rawset":       rawset,
		"select":       selectArgs,
		"setmetatable": setmetatable,
		"type":         typeOf,
		"unpack":       tablib.Unpack,
		"ipairs":       ipairs(l.World.Root.NewFunction(nextItem)),
	})
	l.set(g, map[string]lua.LGFunction{"pairs": pairs(g.RawGetString("next"))})
}

// pairs walks with __pairs where there is one, as in Lua 5.2.
func pairs(next lua.LValue) lua.LGFunction {
	return func(L *lua.LState) int {
		v := L.Get(1)
		if mm := L.GetMetaField(v, "__pairs"); mm != lua.LNil {
			vm.CheckCallable(L, mm)
			L.Push(mm)
			L.Push(v)
			L.Call(1, 3)
			return 3
		}
		arg.Table(L, 1)
		L.Push(next)
		L.Push(v)
		L.Push(lua.LNil)
		return 3
	}
}

func next(L *lua.LState) int {
	key, value, ok := tablib.Next(arg.Table(L, 1), L.Get(2))
	if !ok {
		arg.Raise(L, "invalid key to 'next'")
	}
	if L.Push(key); key == lua.LNil {
		return 1
	}
	L.Push(value)
	return 2
}

func ipairs(nextItem lua.LValue) lua.LGFunction {
	return func(L *lua.LState) int {
		t := arg.Table(L, 1)
		L.Push(nextItem)
		L.Push(t)
		L.Push(lua.LNumber(0))
		return 3
	}
}

func nextItem(L *lua.LState) int {
	t, i := arg.Table(L, 1), arg.Int(L, 2)+1
	v := t.RawGetInt(i)
	if i >= lua.MaxArrayIndex {
		v = t.RawGetH(lua.LNumber(i))
	}
	if v == lua.LNil {
		L.Push(v)
		return 1
	}
	L.Push(lua.LNumber(i))
	L.Push(v)
	return 2
}

// selectArgs returns the arguments from one on, or with "#" their number.
func selectArgs(L *lua.LState) int {
	n := L.GetTop()
	if s, ok := L.Get(1).(lua.LString); ok && s != "" && s[0] == '#' {
		L.Push(lua.LNumber(n - 1))
		return 1
	}
	i := arg.Int(L, 1)
	if i < 0 {
		i += n
	}
	if i < 1 {
		arg.Error(L, 1, "index out of range")
	}
	return n - min(i, n)
}

// typeNames holds the names as values: a string put on the stack anew would be
// allocated each time.
var typeNames = func() (names [lua.LTChannel + 1]lua.LValue) {
	for t := range names {
		names[t] = lua.LString(lua.LValueType(t).String())
	}
	return names
}()

func typeOf(L *lua.LState) int {
	L.Push(typeNames[arg.Any(L, 1).Type()])
	return 1
}

func getmetatable(L *lua.LState) int {
	L.Push(L.GetMetatable(arg.Any(L, 1)))
	return 1
}

func setmetatable(L *lua.LState) int {
	t, mt := arg.Table(L, 1), L.Get(2)
	if _, ok := mt.(*lua.LTable); !ok && (mt != lua.LNil || L.GetTop() < 2) {
		arg.Error(L, 2, "nil or table expected")
	}
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		arg.Raise(L, "cannot change a protected metatable")
	}
	t.Metatable = mt
	L.Push(t)
	return 1
}

func rawequal(L *lua.LState) int {
	L.Push(lua.LBool(arg.Any(L, 1) == arg.Any(L, 2)))
	return 1
}

func rawget(L *lua.LState) int {
	L.Push(arg.Table(L, 1).RawGet(arg.Any(L, 2)))
	return 1
}

func rawset(L *lua.LState) int {
	t := arg.Table(L, 1)
	L.RawSet(t, arg.Any(L, 2), arg.Any(L, 3))
	L.Push(t)
	return 1
}

func rawlen(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case *lua.LTable:
		L.Push(lua.LNumber(v.Len()))
	case lua.LString:
		L.Push(lua.LNumber(len(v)))
	default:
		arg.Error(L, 1, "table or string expected")
	}
	return 1
}
