package bind

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

// Encode turns what a handler returned into a Lua value. Structs with lua tags
// become tables, values of declared types become userdata, a time.Time becomes
// seconds since 1970, a Duration seconds. A type that cannot be encoded is a
// defect of the module and panics.
func (b *Binder) Encode(v any) lua.LValue {
	switch v := v.(type) {
	case nil:
		return lua.LNil
	case lua.LString:
		return v
	case lua.LNumber:
		return v
	case string:
		return lua.LString(v)
	case float64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	case int:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case []byte:
		return lua.LString(v)
	case value.Duration:
		return lua.LNumber(v.Seconds())
	case value.Size:
		return lua.LNumber(v)
	case time.Duration:
		return lua.LNumber(v.Seconds())
	case time.Time:
		if v.IsZero() {
			return lua.LNil
		}
		return lua.LNumber(float64(v.UnixMicro()) / 1e6)
	case value.NullType:
		return b.Null
	case value.Object:
		t := b.World.Root.CreateTable(0, len(v))
		for _, p := range v {
			t.RawSetString(p.Key, b.Encode(p.Value))
		}
		return t
	case value.List:
		t := b.World.Root.CreateTable(len(v), 0)
		for i, item := range v {
			t.RawSetInt(i+1, b.Encode(item))
		}
		if len(v) == 0 {
			t.Metatable = b.listMeta
		}
		return t
	case Value:
		return v.Lua()
	case Values:
		return b.encodeValues(v)
	case Dict:
		return b.encodeDict(v)
	case *Func:
		if v == nil {
			return lua.LNil
		}
		return v.fn
	case *Iterator:
		return b.Iterate(v)
	case *snapshot.Snapshot:
		return b.Snapshots.Restore(v)
	case *fault.Error:
		if v == nil {
			return lua.LNil
		}
		return b.World.ErrorValue(v)
	case lua.LValue:
		return v
	case error:
		return b.World.ValueOf(v)
	}
	return b.encodeReflect(reflect.ValueOf(v))
}

func (b *Binder) encodeReflect(v reflect.Value) lua.LValue {
	if ht := b.types[v.Type()]; ht != nil {
		if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
			return lua.LNil
		}
		return b.handle(ht, v.Interface())
	}
	switch v.Kind() {
	case reflect.String:
		return lua.LString(v.String())
	case reflect.Bool:
		return lua.LBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return lua.LNumber(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return lua.LNumber(v.Uint())
	case reflect.Float32, reflect.Float64:
		return lua.LNumber(v.Float())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return lua.LNil
		}
		return b.Encode(v.Elem().Interface())
	case reflect.Slice, reflect.Array:
		t := b.World.Root.CreateTable(v.Len(), 0)
		for i := range v.Len() {
			t.RawSetInt(i+1, b.Encode(v.Index(i).Interface()))
		}
		return t
	case reflect.Map:
		return b.encodeMap(v)
	case reflect.Struct:
		t := b.World.Root.CreateTable(0, v.NumField())
		for _, f := range recordFields(v.Type()) {
			t.RawSetString(f.Name, b.Encode(v.FieldByIndex(f.Index).Interface()))
		}
		return t
	}
	panic(fmt.Sprintf("bind: a %s cannot be given to Lua", v.Type()))
}

func (b *Binder) encodeMap(v reflect.Value) lua.LValue {
	t := b.World.Root.CreateTable(0, v.Len())
	keys := v.MapKeys()
	if v.Type().Key().Kind() == reflect.String {
		slices.SortFunc(keys, func(x, y reflect.Value) int {
			switch {
			case x.String() < y.String():
				return -1
			case x.String() > y.String():
				return 1
			}
			return 0
		})
	}
	for _, k := range keys {
		b.World.Root.RawSet(t, b.Encode(k.Interface()), b.Encode(v.MapIndex(k).Interface()))
	}
	return t
}

var records sync.Map // reflect.Type → []module.Param; a cache of what the types say

// recordFields lists the fields of a result struct.
func recordFields(t reflect.Type) []module.Param {
	if cached, ok := records.Load(t); ok {
		return cached.([]module.Param)
	}
	fields := module.Params(t)
	records.Store(t, fields)
	return fields
}

// PushAll pushes a handler's result on L and returns how many values it is.
func (b *Binder) PushAll(L *lua.LState, v any) int {
	if many, ok := v.(Multi); ok {
		for _, item := range many {
			L.Push(b.Encode(item))
		}
		return len(many)
	}
	if many, ok := v.([]Value); ok {
		for _, item := range many {
			L.Push(item.Lua())
		}
		return len(many)
	}
	L.Push(b.Encode(v))
	return 1
}
