package engine

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// What follows is for inline functions that look into modules and classes and
// change them, as mocks do. None of it runs Lua, but for Load.

// Member is something that a table has by a name.
type Member struct {
	Name  string
	Value Value
}

// maxChain bounds a chain of metatables.
const maxChain = 100

// chain walks a table and the tables in which its lookups go on.
func chain(v Value, visit func(t *lua.LTable) (more bool)) {
	t, _ := v.Lua().(*lua.LTable)
	for range maxChain {
		if t == nil || !visit(t) {
			return
		}
		mt, ok := t.Metatable.(*lua.LTable)
		if !ok {
			return
		}
		t, _ = mt.RawGetString("__index").(*lua.LTable)
	}
}

// Members lists what a table has by a name, itself or from the tables in which
// its lookups go on: a class its parents' methods, a module its functions.
func (c *Call) Members(v Value) []Member {
	var list []Member
	seen := map[string]bool{}
	chain(v, func(t *lua.LTable) bool {
		for k, item := t.Next(lua.LNil); k != lua.LNil; k, item = t.Next(k) {
			name, ok := k.(lua.LString)
			if ok && !seen[string(name)] && !strings.HasPrefix(string(name), "__") {
				seen[string(name)] = true
				list = append(list, Member{string(name), bind.ValueOf(item)})
			}
		}
		return true
	})
	slices.SortFunc(list, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Lookup finds the value of a key as Members does.
func (c *Call) Lookup(v, key Value) Value {
	found := lua.LValue(lua.LNil)
	chain(v, func(t *lua.LTable) bool {
		found = t.RawGet(key.Lua())
		return found == lua.LNil
	})
	return bind.ValueOf(found)
}

// Replace sets a key of a table without its metatable, also in the read-only
// table of a module, and returns the function that puts back what was there.
func (c *Call) Replace(v, key, with Value) (restore func(), err error) {
	t, ok := v.Lua().(*lua.LTable)
	if !ok {
		return nil, fault.New(fault.ArgsInvalid, "a %s has no entries that can be replaced", v.Type())
	}
	if k := key.Lua(); k == lua.LNil || k != k { // nan
		return nil, fault.New(fault.ArgsInvalid, "a key cannot be %s", key.Describe())
	}
	if members := membersOf(t); members != nil {
		t = members
	}
	before := t.RawGet(key.Lua())
	t.RawSet(key.Lua(), with.Lua())
	return func() { t.RawSet(key.Lua(), before) }, nil
}

// membersOf is the table behind a read-only one.
func membersOf(t *lua.LTable) *lua.LTable {
	mt, ok := t.Metatable.(*lua.LTable)
	if !ok || mt.RawGetString("__metatable") != lua.LFalse || mt.RawGetString("__newindex").Type() != lua.LTFunction {
		return nil
	}
	members, _ := mt.RawGetString("__index").(*lua.LTable)
	return members
}

// Computed has a key of a table computed: get gives its value, set takes what is
// assigned to it; nil refuses that. restore puts back what was there.
func (c *Call) Computed(v Value, key string, get, set *Func) (restore func(), err error) {
	t, ok := v.Lua().(*lua.LTable)
	if !ok {
		return nil, fault.New(fault.ArgsInvalid, "a %s cannot have a computed field", v.Type())
	}
	if membersOf(t) != nil {
		return nil, fault.New(fault.ArgsInvalid, "a module's table cannot have a computed field")
	}
	before, value, k := t.Metatable, t.RawGetString(key), lua.LString(key)
	mt := &lua.LTable{Metatable: lua.LNil}
	var index, newindex lua.LValue = lua.LNil, lua.LNil
	if old, ok := before.(*lua.LTable); ok {
		for k, item := old.Next(lua.LNil); k != lua.LNil; k, item = old.Next(k) {
			mt.RawSet(k, item)
		}
		index, newindex = old.RawGetString("__index"), old.RawGetString("__newindex")
	}
	root := c.state.world.Root
	mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		switch {
		case L.Get(2) == k:
			L.Push(get.Lua())
			L.Call(0, 1)
		case index.Type() == lua.LTFunction:
			L.Push(index)
			L.Push(L.Get(1))
			L.Push(L.Get(2))
			L.Call(2, 1)
		case index != lua.LNil:
			L.Push(L.GetTable(index, L.Get(2)))
		default:
			L.Push(lua.LNil)
		}
		return 1
	}))
	mt.RawSetString("__newindex", root.NewFunction(func(L *lua.LState) int {
		switch {
		case L.Get(2) == k && set == nil:
			c.state.world.Throw(L, fault.New(fault.ArgsInvalid, "the field '%s' is read-only", key))
		case L.Get(2) == k:
			L.Push(set.Lua())
			L.Push(L.Get(3))
			L.Call(1, 0)
		case newindex.Type() == lua.LTFunction:
			L.Push(newindex)
			for i := 1; i <= 3; i++ {
				L.Push(L.Get(i))
			}
			L.Call(3, 0)
		case newindex != lua.LNil:
			L.SetTable(newindex, L.Get(2), L.Get(3))
		default:
			t.RawSet(L.Get(2), L.Get(3))
		}
		return 0
	}))
	t.RawSetString(key, lua.LNil)
	t.Metatable = mt
	return func() {
		t.Metatable = before
		t.RawSetString(key, value)
	}, nil
}

// Load returns the module of a name as require does, or else the global of that
// name; nil when there is neither.
func (c *Call) Load(name string) (v Value, err error) {
	s := c.state
	if loaded := s.loaded(name); loaded != lua.LNil {
		return bind.ValueOf(loaded), nil
	}
	if g := s.world.Root.G.Global.RawGetString(name); g != lua.LNil {
		return bind.ValueOf(g), nil
	}
	require := s.binder.NewFunc(s.world.Root.G.Global.RawGetString("require"))
	results, err := require.CallRaw(c.Context(), name)
	if fault.KindOf(err) == fault.ModuleNotFound {
		return Value{}, nil
	}
	if err != nil || len(results) == 0 {
		return Value{}, err
	}
	return results[0], nil
}

// loaded is the entry of package.loaded.
func (s *State) loaded(name string) lua.LValue {
	pkg, ok := s.world.Root.G.Global.RawGetString("package").(*lua.LTable)
	if !ok {
		return lua.LNil
	}
	t, ok := pkg.RawGetString("loaded").(*lua.LTable)
	if !ok {
		return lua.LNil
	}
	return t.RawGetString(name)
}

// Signature is what is known of a function's parameters.
type Signature struct {
	Params []string  // of a Lua function
	Vararg bool      // it takes any number more
	At     string    // where a Lua function is defined
	Native *Function // the declaration of a module's function
}

// Signature tells of a function; ok is false for other values, and for functions
// of which nothing is known.
func (c *Call) Signature(v Value) (sig Signature, ok bool) {
	fn, ok := v.Lua().(*lua.LFunction)
	if !ok {
		return sig, false
	}
	if f := c.state.native[fn]; f != nil {
		return Signature{Native: f}, true
	}
	if fn.IsG || fn.Proto == nil {
		return sig, false
	}
	p := fn.Proto
	sig = Signature{Vararg: p.IsVarArg&lua.VarArgIsVarArg != 0, At: vm.DefinedAt(fn)}
	for i := range int(p.NumParameters) {
		name := fmt.Sprintf("argument %d", i+1)
		if i < len(p.DbgLocals) {
			name = p.DbgLocals[i].Name
		}
		sig.Params = append(sig.Params, name)
	}
	return sig, true
}

// CheckArguments says what a call of the function with these arguments would say
// of them, nil when they will do.
func (c *Call) CheckArguments(f *Function, args []Value) error {
	s := c.state
	L, cancel := s.world.Root.NewThread()
	if cancel != nil {
		defer cancel()
	}
	for _, v := range args {
		L.Push(v.Lua())
	}
	var err error
	switch a := f.Adapter.(type) {
	case *adapter:
		_, in := a.make()
		if len(f.Params) > 0 || len(args) > 0 {
			err = a.plan().DecodeInto(s.binder, L, 0, in)
		}
	case *pure:
		err = a.check(s.binder, L)
	}
	return err
}

// CopyTables copies the tables in a value, which may hold one another; what is no
// table is the same in the copy, and so are metatables.
func (c *Call) CopyTables(v Value) Value {
	copies := map[*lua.LTable]*lua.LTable{}
	var dup func(v lua.LValue, depth int) lua.LValue
	dup = func(v lua.LValue, depth int) lua.LValue {
		t, ok := v.(*lua.LTable)
		if !ok || depth > maxCopyDepth || membersOf(t) != nil {
			return v
		}
		if known := copies[t]; known != nil {
			return known
		}
		own := c.state.world.Root.CreateTable(t.Len(), 0)
		copies[t] = own
		for k, item := t.Next(lua.LNil); k != lua.LNil; k, item = t.Next(k) {
			own.RawSet(k, dup(item, depth+1))
		}
		own.Metatable = t.Metatable
		return own
	}
	return bind.ValueOf(dup(v.Lua(), 0))
}

// maxCopyDepth bounds the recursion of CopyTables; tables deeper are shared.
const maxCopyDepth = 200

// Pack makes a table of values with their number in n, as table.pack does.
func (c *Call) Pack(values []Value) Value {
	t := c.state.world.Root.CreateTable(len(values), 1)
	for i, v := range values {
		t.RawSetInt(i+1, v.Lua())
	}
	t.RawSetString("n", lua.LNumber(len(values)))
	return bind.ValueOf(t)
}

// CallableOf is Callable for functions and for values that can be called like
// one.
func (c *Call) CallableOf(v Value) *Func {
	if v.Type() != "function" && c.state.world.Root.GetMetaField(v.Lua(), "__call").Type() != lua.LTFunction {
		return nil
	}
	return c.state.binder.NewFunc(v.Lua())
}
