package bind

import (
	"context"
	"iter"
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/tablib"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/value"
)

// Reader is a type of parameter, by its pointer, that reads its Lua value
// itself: large tables of a form of their own, which need no copy in between.
// ReadLua runs with the baton and must be done with tables when it returns. A
// nil argument is not read.
type Reader interface{ ReadLua(v Value) error }

var readerType = reflect.TypeFor[Reader]()

// ReadsItself says that values of the type, by their pointer, are Readers.
func ReadsItself(t reflect.Type) bool { return reflect.PointerTo(t).Implements(readerType) }

func decodeReader(_ *Binder, v lua.LValue, dst reflect.Value) error {
	return dst.Addr().Interface().(Reader).ReadLua(Value{v})
}

// Read calls the function as Call does and lets read look at its results, with
// the baton.
func (f *Func) Read(ctx context.Context, read func(results []Value) error, args ...any) error {
	return f.with(ctx, args, func(values []lua.LValue) error {
		results := make([]Value, len(values))
		for i, v := range values {
			results[i] = Value{v}
		}
		return read(results)
	})
}

// Type names the value's type as Lua's type function does.
func (v Value) Type() string { return v.Lua().Type().String() }

// Describe names the value for an error text.
func (v Value) Describe() string { return Describe(v.Lua()) }

// Text returns a string.
func (v Value) Text() (s string, ok bool) {
	t, ok := v.lv.(lua.LString)
	return string(t), ok
}

// Number returns a number.
func (v Value) Number() (n float64, ok bool) {
	t, ok := v.lv.(lua.LNumber)
	return float64(t), ok
}

// Bool returns a boolean.
func (v Value) Bool() (b, ok bool) {
	t, ok := v.lv.(lua.LBool)
	return bool(t), ok
}

// IsTable says whether the value is a table. What follows reads tables without
// their metatables and needs the baton.
func (v Value) IsTable() bool {
	_, ok := v.lv.(*lua.LTable)
	return ok
}

// Len is the length of a table's list, 0 for any other value.
func (v Value) Len() int {
	if t, ok := v.lv.(*lua.LTable); ok {
		return tablib.Length(t)
	}
	return 0
}

// Index returns an item of a table's list.
func (v Value) Index(i int) Value {
	if t, ok := v.lv.(*lua.LTable); ok {
		if i >= lua.MaxArrayIndex {
			return Value{t.RawGetH(lua.LNumber(i))}
		}
		return Value{t.RawGetInt(i)}
	}
	return Value{}
}

// Field returns an entry of a table.
func (v Value) Field(name string) Value {
	if t, ok := v.lv.(*lua.LTable); ok {
		return Value{t.RawGetString(name)}
	}
	return Value{}
}

// Get returns the entry of a table at a key of any kind.
func (v Value) Get(key Value) Value {
	if t, ok := v.lv.(*lua.LTable); ok {
		return Value{t.RawGet(key.Lua())}
	}
	return Value{}
}

// OnlyList says that a table has no keys but 1..Len.
func (v Value) OnlyList() bool {
	t, ok := v.lv.(*lua.LTable)
	if !ok {
		return false
	}
	last := lua.LValue(lua.LNil) // where Next begins
	if n := tablib.Length(t); n > 0 {
		last = lua.LNumber(n)
	}
	next, _ := t.Next(last)
	return next == lua.LNil
}

// Entries walks a table as next does.
func (v Value) Entries() iter.Seq2[Value, Value] { return v.EntriesAfter(Value{lua.LNil}) }

// EntriesAfter is Entries from behind a key on. Of a key that is no number, all
// that the table has not had before comes behind it.
func (v Value) EntriesAfter(key Value) iter.Seq2[Value, Value] {
	return func(yield func(k, item Value) bool) {
		t, ok := v.lv.(*lua.LTable)
		if !ok {
			return
		}
		for k, item := t.Next(key.Lua()); k != lua.LNil; k, item = t.Next(k) {
			if !yield(Value{k}, Value{item}) {
				return
			}
		}
	}
}

// Metatable returns the metatable of a table or handle, even a protected one;
// nil for none.
func (v Value) Metatable() Value {
	switch lv := v.lv.(type) {
	case *lua.LTable:
		return Value{lv.Metatable}
	case *lua.LUserData:
		return Value{lv.Metatable}
	}
	return Value{}
}

// Defined is where a function of a script begins; ok is false for what is
// native, or no function.
func (v Value) Defined() (file string, line int, ok bool) {
	fn, ok := v.lv.(*lua.LFunction)
	if !ok || fn.Proto == nil {
		return "", 0, false
	}
	return fn.Proto.SourceName, fn.Proto.LineDefined, true
}

// Portable stands for the value in another state, where it cannot go itself
// unless it is plain.
func (v Value) Portable() any {
	switch lv := v.Lua().(type) {
	case lua.LString:
		return string(lv)
	case lua.LNumber:
		return float64(lv)
	case lua.LBool:
		return bool(lv)
	case *lua.LNilType:
		return nil
	}
	return v.Describe()
}

// Values is a list of raw values that becomes a table; a []Value is several
// results.
type Values []Value

// LuaType names the type in documentation.
func (Values) LuaType() string { return "any[]" }

// Portable stands for the list in another state.
func (vs Values) Portable() any {
	list := make(value.List, len(vs))
	for i, v := range vs {
		list[i] = v.Portable()
	}
	return list
}

func (b *Binder) encodeValues(vs Values) lua.LValue {
	t := b.World.Root.CreateTable(len(vs), 0)
	for i, v := range vs {
		t.RawSetInt(i+1, v.Lua())
	}
	if len(vs) == 0 {
		t.Metatable = b.listMeta
	}
	return t
}

// Dict is a table with keys of any kind, in order.
type Dict []DictItem

// DictItem is an entry of a Dict.
type DictItem struct {
	Key   Value
	Value any
}

// LuaType names the type in documentation.
func (Dict) LuaType() string { return "table" }

// Portable stands for the table in another state.
func (d Dict) Portable() any {
	o := make(value.Object, len(d))
	for i, item := range d {
		key, ok := item.Key.Text()
		if n, number := item.Key.Number(); number {
			key = numeral.Format(n)
		} else if !ok {
			key = item.Key.Describe()
		}
		o[i] = value.Pair{Key: key, Value: item.Value}
		switch v := item.Value.(type) {
		case interface{ Portable() any }:
			o[i].Value = v.Portable()
		case error:
			o[i].Value = v.Error()
		}
	}
	return o
}

func (b *Binder) encodeDict(d Dict) lua.LValue {
	t := b.World.Root.CreateTable(0, 0)
	for _, item := range d {
		t.RawSet(item.Key.Lua(), b.Encode(item.Value))
	}
	return t
}

// Params names the parameters of a script's function, in their order.
func (v Value) Params() []string {
	fn, ok := v.lv.(*lua.LFunction)
	if !ok || fn.Proto == nil {
		return nil
	}
	names := make([]string, 0, fn.Proto.NumParameters)
	for i := range int(fn.Proto.NumParameters) {
		if i < len(fn.Proto.DbgLocals) {
			names = append(names, fn.Proto.DbgLocals[i].Name)
		}
	}
	return names
}

// SetField sets a field of a table, nil to take it away. It asks no metatable.
func (v Value) SetField(name string, item Value) {
	if t, ok := v.lv.(*lua.LTable); ok {
		t.RawSetString(name, item.Lua())
	}
}

// Same says that both are one value, as rawequal does.
func (v Value) Same(other Value) bool { return v.Lua() == other.Lua() }
