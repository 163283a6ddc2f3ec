// Package bind carries values between Lua and Go: it decodes a call's arguments
// into a tagged struct, checks them against their declaration, and encodes what
// a handler returns. The reflection is done once a type; a plan does the work.
package bind

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
)

// listName is the __name in the metatable of a list.
const listName = lua.LString("list")

// Binder is the binding of one state. Everything in it is used with the baton
// held.
type Binder struct {
	World *vm.World
	Null  *lua.LUserData

	// Iterate makes a Lua iterator of an Iterator; the engine sets it.
	Iterate func(it *Iterator) *lua.LFunction
	// Snapshots tells the structured copy of this state's modules and globals.
	Snapshots *snapshot.Codec

	listMeta *lua.LTable
	types    map[reflect.Type]*handleType
	handles  map[io.Closer]*lua.LUserData // open handles, so that one value is one userdata
}

// New makes the binder of w.
func New(w *vm.World) *Binder {
	b := &Binder{
		World:    w,
		types:    map[reflect.Type]*handleType{},
		handles:  map[io.Closer]*lua.LUserData{},
		listMeta: &lua.LTable{Metatable: lua.LNil},
	}
	b.listMeta.RawSetString("__name", listName)
	nullMeta := &lua.LTable{Metatable: lua.LNil}
	nullMeta.RawSetString("__tostring", w.Root.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("null"))
		return 1
	}))
	nullMeta.RawSetString("__metatable", lua.LFalse)
	b.Null = &lua.LUserData{Value: value.Null, Metatable: nullMeta, Env: w.Root.Env}
	w.ErrorMeta = b.errorMeta()
	return b
}

// Value is a Lua value that stays in its state, for handlers that only hand it
// on.
type Value struct{ lv lua.LValue }

// ValueOf wraps a Lua value.
func ValueOf(lv lua.LValue) Value { return Value{lv} }

// Lua returns the value.
func (v Value) Lua() lua.LValue {
	if v.lv == nil {
		return lua.LNil
	}
	return v.lv
}

// IsNil says that the value is nil.
func (v Value) IsNil() bool { return v.lv == nil || v.lv == lua.LNil }

// Truthy says what Lua's conditions say: only nil and false are not.
func (v Value) Truthy() bool { return v.lv != nil && lua.LVAsBool(v.lv) }

// Handle returns the Go value behind a handle, nil for any other value.
func (v Value) Handle() any {
	if ud, ok := v.lv.(*lua.LUserData); ok {
		return ud.Value
	}
	return nil
}

// LuaType names the type in documentation.
func (Value) LuaType() string { return "any" }

// Multi is several results of one call.
type Multi []any

// Iterator is a result that a generic for walks: Next returns nil at the end.
// Each Next is a call of its own, with the baton given up unless it is inline.
type Iterator struct {
	Next   func() (any, error)
	Inline bool // Next only computes for microseconds
	// Walk is Next for iterators that take long or call back: its context is
	// that of the walking task's call. It is used in place of Next where set.
	Walk func(ctx context.Context) (any, error)
}

// LuaType names the type in documentation.
func (*Iterator) LuaType() string { return "fun(): any" }

// Each makes an Iterator over a slice.
func Each[T any](list []T) *Iterator {
	i := 0
	return &Iterator{Next: func() (any, error) {
		if i >= len(list) {
			return nil, nil
		}
		i++
		return list[i-1], nil
	}}
}

// Describe names a Lua value's type for an error text.
func Describe(v lua.LValue) string {
	switch v := v.(type) {
	case *lua.LUserData:
		if mt, ok := v.Metatable.(*lua.LTable); ok {
			if name, ok := mt.RawGetString("__name").(lua.LString); ok {
				return string(name)
			}
		}
		return "userdata"
	case lua.LString:
		s := string(v)
		if len(s) > 30 {
			s = s[:27] + "..."
		}
		return fmt.Sprintf("%q", s)
	case lua.LNumber:
		return numeral.Format(float64(v))
	case lua.LBool:
		return v.String()
	case *lua.LNilType:
		return "nil"
	}
	return "a " + v.Type().String()
}

// Unknown makes the error for a name that does not exist among candidates.
func Unknown(what, name string, candidates []string) *fault.Error {
	e := fault.New(fault.ArgsUnknown, "%s '%s'", what, name)
	if s := fault.Suggest(name, candidates); s != "" {
		e.Hint = fmt.Sprintf("did you mean '%s'?", s)
	} else if len(candidates) > 0 {
		e.Hint = "there are: " + strings.Join(candidates, ", ")
	}
	return e
}

// errorMeta is the metatable of error objects.
func (b *Binder) errorMeta() *lua.LTable {
	mt := &lua.LTable{Metatable: lua.LNil}
	root := b.World.Root
	mt.RawSetString("__name", lua.LString("error"))
	mt.RawSetString("__metatable", lua.LFalse)
	mt.RawSetString("__tostring", root.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(vm.AsError(L.Get(1)).Error()))
		return 1
	}))
	mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		L.Push(b.errorField(vm.AsError(L.Get(1)), L.ToString(2)))
		return 1
	}))
	// "failed: "..err is what people write; it reads as tostring does.
	mt.RawSetString("__concat", root.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(concatText(L.Get(1)) + concatText(L.Get(2))))
		return 1
	}))
	return mt
}

func concatText(v lua.LValue) string {
	if e := vm.AsError(v); e != nil {
		return e.Error()
	}
	return v.String()
}

func (b *Binder) errorField(e *fault.Error, key string) lua.LValue {
	text := func(s string) lua.LValue {
		if s == "" {
			return lua.LNil
		}
		return lua.LString(s)
	}
	switch key {
	case "kind":
		return lua.LString(e.Kind)
	case "message":
		if e.Message == "" && e.Cause != nil {
			return lua.LString(e.Cause.Error())
		}
		return lua.LString(e.Message)
	case "op":
		return text(e.Op)
	case "target":
		return text(e.Target)
	case "hint":
		return text(e.Hint)
	case "traceback":
		return text(e.Traceback)
	case "code":
		return b.Encode(e.Code)
	case "retryable":
		return lua.LBool(e.Retryable)
	case "cause":
		if e.Cause == nil {
			return lua.LNil
		}
		return lua.LString(e.Cause.Error())
	}
	if v, ok := e.Fields[key]; ok {
		return b.Encode(v)
	}
	return lua.LNil
}

// handleType is a declared type bound to a state.
type handleType struct {
	decl *module.Type
	meta *lua.LTable
}

// Knows says that the state has a declared type for the Go type.
func (b *Binder) Knows(t reflect.Type) bool { return b.types[t] != nil }

// Declared is the declaration of a handle's type, nil for other userdata.
func (b *Binder) Declared(ud *lua.LUserData) *module.Type {
	for _, t := range b.types {
		if t.meta == ud.Metatable {
			return t.decl
		}
	}
	return nil
}

// Declare makes the metatable of a type from its bound methods and operators.
func (b *Binder) Declare(t *module.Type, methods, operators map[string]*lua.LFunction) {
	root := b.World.Root
	props := map[string]*module.Prop{}
	for _, p := range t.Props {
		props[p.Name] = p
	}
	mt := &lua.LTable{Metatable: lua.LNil}
	mt.RawSetString("__name", lua.LString(t.Name))
	mt.RawSetString("__metatable", lua.LFalse)
	mt.RawSetString("__tostring", root.NewFunction(func(L *lua.LState) int {
		text := t.Name
		if s, ok := L.CheckUserData(1).Value.(fmt.Stringer); ok {
			text = s.String()
		}
		L.Push(lua.LString(text))
		return 1
	}))
	mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		self, key := L.CheckUserData(1).Value, L.Get(2)
		name, ok := key.(lua.LString)
		if !ok {
			if index := operators["__index"]; index != nil {
				return index.GFunction(L)
			}
			b.World.Throw(L, noMember(t, key))
		}
		if m := methods[string(name)]; m != nil {
			L.Push(m)
			return 1
		}
		if p := props[string(name)]; p != nil {
			L.Push(b.Encode(p.Get(self)))
			return 1
		}
		if t.AnyKey {
			return operators["__index"].GFunction(L)
		}
		if t.Index != nil {
			if v, ok := t.Index(self, string(name)); ok {
				L.Push(b.Encode(v))
			} else {
				L.Push(lua.LNil)
			}
			return 1
		}
		b.World.Throw(L, noMember(t, lua.LString(name)))
		return 0
	}))
	if len(props) == 0 && t.Index == nil && operators["__index"] == nil {
		mt.RawSetString("__index", b.methodTable(t, methods))
	}
	mt.RawSetString("__newindex", root.NewFunction(func(L *lua.LState) int {
		if set := operators["__newindex"]; set != nil && (t.AnyKey || L.Get(2).Type() != lua.LTString) {
			return set.GFunction(L)
		}
		e := fault.New(fault.ArgsInvalid, "%s is read-only: '%s' cannot be set", t.Name, L.Get(2).String())
		if method(t, "set") != nil {
			e = fault.New(fault.ArgsInvalid, "%s has no field '%s' that can be set", t.Name, L.Get(2).String()).
				WithHint("call its method: value:set(…)")
		}
		b.World.Throw(L, e)
		return 0
	}))
	if t.Pairs != nil {
		mt.RawSetString("__pairs", root.NewFunction(func(L *lua.LState) int {
			entries := &lua.LTable{Metatable: lua.LNil}
			for _, e := range t.Pairs(L.CheckUserData(1).Value) {
				entries.RawSetString(e.Key, b.Encode(e.Value))
			}
			L.Push(root.NewFunction(func(L *lua.LState) int {
				k, v := entries.Next(L.Get(2))
				L.Push(k)
				L.Push(v)
				return 2
			}))
			L.Push(entries)
			L.Push(lua.LNil)
			return 3
		}))
	}
	for event, fn := range operators {
		if event != "__index" && event != "__newindex" { // above, for keys that are no names
			mt.RawSetString(event, fn)
		}
	}
	b.types[t.Go] = &handleType{t, mt}
}

// noMember says that a value has no such method or property. What keeps entries
// behind a method get is often indexed by people who know the tables of Lua.
func noMember(t *module.Type, key lua.LValue) *fault.Error {
	name, ok := key.(lua.LString)
	e := fault.New(fault.ArgsUnknown, "%s has no entry %s", t.Name, Describe(key))
	if ok {
		e = Unknown(t.Name+" has no", string(name), t.Members())
	}
	if get := method(t, "get"); get != nil && len(get.Params) > 0 && get.Params[0].Place == module.Positional {
		entry := "an entry is read by value:get(" + literal(key) + ")"
		if ok && strings.HasPrefix(e.Hint, "did you mean") {
			entry = e.Hint + " " + entry
		}
		e.Hint = entry
	}
	return e
}

func method(t *module.Type, name string) *module.Func {
	for _, f := range t.Methods {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// literal is how a script writes a key.
func literal(key lua.LValue) string {
	if s, ok := key.(lua.LString); ok {
		return strconv.Quote(string(s))
	}
	return key.String()
}

// methodTable is the __index of a type that has methods only. A table is found
// at half the cost of a call. No script can reach it.
func (b *Binder) methodTable(t *module.Type, methods map[string]*lua.LFunction) *lua.LTable {
	table := &lua.LTable{Metatable: lua.LNil}
	for name, m := range methods {
		table.RawSetString(name, m)
	}
	meta := &lua.LTable{Metatable: lua.LNil}
	meta.RawSetString("__index", b.World.Root.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			b.World.Throw(L, noMember(t, lua.LString(name)))
		}
		b.World.Throw(L, noMember(t, L.Get(2)))
		return 0
	}))
	table.Metatable = meta
	return table
}

// Identity makes a Go value that embeds it one userdata of its state, so that
// scripts can compare it and use it as a key. Values with a Close method have
// that for as long as they are open.
type Identity struct{ ud *lua.LUserData }

func (i *Identity) identity() *Identity { return i }

// handle wraps a value of a declared type. A value with a Close method is one
// userdata for as long as it is open, and is closed when the script ends.
func (b *Binder) handle(ht *handleType, v any) *lua.LUserData {
	closer, ok := v.(io.Closer)
	if !ok {
		if own, ok := v.(interface{ identity() *Identity }); ok {
			id := own.identity()
			if id.ud == nil {
				id.ud = &lua.LUserData{Value: v, Metatable: ht.meta, Env: b.World.Root.Env}
			}
			return id.ud
		}
		return &lua.LUserData{Value: v, Metatable: ht.meta, Env: b.World.Root.Env}
	}
	if ud := b.handles[closer]; ud != nil {
		return ud
	}
	ud := &lua.LUserData{Value: v, Metatable: ht.meta, Env: b.World.Root.Env}
	b.handles[closer] = ud
	b.World.Track(closer)
	return ud
}

// ForgetAll forgets which values have a userdata.
func (b *Binder) ForgetAll() { clear(b.handles) }

// Forget takes a closed handle off the list of those to close.
func (b *Binder) Forget(c io.Closer) {
	delete(b.handles, c)
	b.World.Untrack(c)
}

// IsA says whether v is a value of the declared type.
func IsA(v any, t *module.Type) bool {
	return v != nil && reflect.TypeOf(v).AssignableTo(t.Go)
}

// ListMeta is the metatable that marks empty lists.
func (b *Binder) ListMeta() *lua.LTable { return b.listMeta }

// SharedValue returns the Go value of a handle that crosses between states by
// reference.
func (b *Binder) SharedValue(ud *lua.LUserData) (any, bool) {
	if ud.Value == nil {
		return nil, false
	}
	ht := b.types[reflect.TypeOf(ud.Value)]
	return ud.Value, ht != nil && ht.decl.Shared
}

// Refusal says why a handle does not cross between states.
func (b *Binder) Refusal(ud *lua.LUserData) string {
	if ud.Value != nil {
		if ht := b.types[reflect.TypeOf(ud.Value)]; ht != nil && ht.decl.Stays != "" {
			return ht.decl.Stays
		}
	}
	return ""
}

// TypeName names the type of a value for people.
func (b *Binder) TypeName(v lua.LValue) string {
	return strings.TrimPrefix(Describe(v), "a ")
}
