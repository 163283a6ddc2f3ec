package bind

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

// decoder puts a Lua value that is not nil into dst.
type decoder func(b *Binder, v lua.LValue, dst reflect.Value) error

// mismatch is a value of the wrong type.
type mismatch struct {
	want string
	got  lua.LValue
}

const aFunction = "a function"

func (m *mismatch) Error() string {
	return fmt.Sprintf("must be %s, got %s", m.want, Describe(m.got))
}

var (
	durationType = reflect.TypeFor[value.Duration]()
	sizeType     = reflect.TypeFor[value.Size]()
	funcType     = reflect.TypeFor[*Func]()
	valueType    = reflect.TypeFor[Value]()
	snapshotType = reflect.TypeFor[*snapshot.Snapshot]()
	bytesType    = reflect.TypeFor[[]byte]()
	errorType    = reflect.TypeFor[error]()
)

// newDecoder builds the decoder for a parameter; t may be a part of its type.
func newDecoder(p module.Param, t reflect.Type) decoder {
	switch t {
	case durationType:
		return decodeDuration
	case sizeType:
		return decodeSize
	case funcType:
		return decodeFunc
	case valueType:
		return func(_ *Binder, v lua.LValue, dst reflect.Value) error {
			*dst.Addr().Interface().(*Value) = Value{v} // Set would allocate
			return nil
		}
	case snapshotType:
		return func(b *Binder, v lua.LValue, dst reflect.Value) error {
			s, err := b.Snapshots.Take(v)
			var refused *snapshot.Refused
			if errors.As(err, &refused) {
				return &pathError{refused.Path, fault.New(fault.CopyRefused, "%s", refused.Why)}
			}
			if err != nil {
				return err
			}
			dst.Set(reflect.ValueOf(s))
			return nil
		}
	case bytesType:
		return func(b *Binder, v lua.LValue, dst reflect.Value) error {
			s, err := stringOf(p, v)
			dst.SetBytes([]byte(s))
			return err
		}
	}
	if ReadsItself(t) {
		return decodeReader
	}
	if t.Kind() == reflect.Pointer && ReadsItself(t.Elem()) {
		return func(b *Binder, v lua.LValue, dst reflect.Value) error {
			dst.Set(reflect.New(t.Elem()))
			return decodeReader(b, v, dst.Elem())
		}
	}
	switch t.Kind() {
	case reflect.String:
		return stringDecoder(p)
	case reflect.Bool:
		return decodeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return decodeUint
	case reflect.Float32, reflect.Float64:
		return decodeFloat
	case reflect.Interface:
		if t == errorType {
			panic("bind: an error is no parameter")
		}
		if t.NumMethod() == 0 {
			return decodeAny
		}
		return decodeHandle(t)
	case reflect.Slice:
		return sliceDecoder(p, t)
	case reflect.Map:
		return mapDecoder(p, t)
	case reflect.Struct:
		return structDecoder(t)
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Struct && len(module.Params(t.Elem())) > 0 {
			inner := structDecoder(t.Elem())
			return func(b *Binder, v lua.LValue, dst reflect.Value) error {
				if ht := b.types[t]; ht != nil {
					return decodeHandle(t)(b, v, dst)
				}
				dst.Set(reflect.New(t.Elem()))
				return inner(b, v, dst.Elem())
			}
		}
		if k := t.Elem().Kind(); k == reflect.Bool || k == reflect.Int || k == reflect.Int64 || k == reflect.Float64 || k == reflect.String {
			inner := newDecoder(p, t.Elem())
			return func(b *Binder, v lua.LValue, dst reflect.Value) error {
				dst.Set(reflect.New(t.Elem()))
				return inner(b, v, dst.Elem())
			}
		}
		return decodeHandle(t)
	}
	panic(fmt.Sprintf("bind: a parameter cannot be a %s", t))
}

// stringOf takes a string, or a number as Lua prints it.
func stringOf(p module.Param, v lua.LValue) (string, error) {
	var s string
	switch v := v.(type) {
	case lua.LString:
		s = string(v)
	case lua.LNumber:
		s = numeral.Format(float64(v))
	default:
		return "", &mismatch{"a string", v}
	}
	if p.Wire {
		if err := CheckWire(s); err != nil {
			return "", err
		}
	}
	return s, nil
}

// CheckWire refuses what would end a protocol line early.
func CheckWire(s string) error {
	if i := strings.IndexAny(s, "\r\n\x00"); i >= 0 {
		name := map[byte]string{'\r': "CR", '\n': "LF", 0: "NUL"}[s[i]]
		return fmt.Errorf("must not contain a line break or NUL (%s at byte %d): it would reach the protocol as a command of its own", name, i+1)
	}
	return nil
}

func stringDecoder(p module.Param) decoder {
	return func(_ *Binder, v lua.LValue, dst reflect.Value) error {
		s, err := stringOf(p, v)
		if err != nil {
			return err
		}
		if len(p.Enum) > 0 && !slices.Contains(p.Enum, s) {
			e := fault.New(fault.ArgsInvalid, "must be one of %s, got %q", quoteAll(p.Enum), s)
			if near := fault.Suggest(s, p.Enum); near != "" {
				e.Hint = fmt.Sprintf("did you mean %q?", near)
			}
			return e
		}
		dst.SetString(s)
		return nil
	}
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return strings.Join(quoted, ", ")
}

func decodeBool(_ *Binder, v lua.LValue, dst reflect.Value) error {
	t, ok := v.(lua.LBool)
	if !ok {
		return &mismatch{"true or false", v}
	}
	dst.SetBool(bool(t))
	return nil
}

// number takes a number, or a string that reads as one, as Lua's arithmetic
// does.
func number(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return numeral.Parse(string(v))
	}
	return 0, false
}

func decodeInt(_ *Binder, v lua.LValue, dst reflect.Value) error {
	if ud, ok := v.(*lua.LUserData); ok {
		if box, ok := ud.Value.(interface{ Int64() int64 }); ok {
			if dst.OverflowInt(box.Int64()) {
				return fmt.Errorf("%v is out of range", box)
			}
			dst.SetInt(box.Int64())
			return nil
		}
	}
	n, ok := number(v)
	if !ok || n != math.Trunc(n) {
		return &mismatch{"a whole number", v}
	}
	if n < -1<<63 || n >= 1<<63 || dst.OverflowInt(int64(n)) {
		return fmt.Errorf("%v is out of range", v)
	}
	dst.SetInt(int64(n))
	return nil
}

func decodeUint(_ *Binder, v lua.LValue, dst reflect.Value) error {
	n, ok := number(v)
	if !ok || n != math.Trunc(n) {
		return &mismatch{"a whole number", v}
	}
	if n < 0 || n >= 1<<63 || dst.OverflowUint(uint64(n)) {
		return fmt.Errorf("%v is out of range", v)
	}
	dst.SetUint(uint64(n))
	return nil
}

func decodeFloat(_ *Binder, v lua.LValue, dst reflect.Value) error {
	n, ok := number(v)
	if !ok {
		return &mismatch{"a number", v}
	}
	dst.SetFloat(n)
	return nil
}

func decodeDuration(_ *Binder, v lua.LValue, dst reflect.Value) error {
	var (
		d   value.Duration
		err error
	)
	switch v := v.(type) {
	case lua.LNumber:
		d, err = value.SecondsOf(float64(v))
	case lua.LString:
		d, err = value.ParseDuration(string(v))
	default:
		return &mismatch{`seconds or a text such as "1m30s"`, v}
	}
	dst.SetInt(int64(d))
	return err
}

func decodeSize(_ *Binder, v lua.LValue, dst reflect.Value) error {
	switch v := v.(type) {
	case lua.LNumber:
		if v < 0 || float64(v) != math.Trunc(float64(v)) || float64(v) >= 1<<63 {
			return &mismatch{"a whole number of bytes", v}
		}
		dst.SetInt(int64(v))
		return nil
	case lua.LString:
		n, err := value.ParseSize(string(v))
		dst.SetInt(int64(n))
		return err
	}
	return &mismatch{`bytes or a text such as "10MiB"`, v}
}

func decodeFunc(b *Binder, v lua.LValue, dst reflect.Value) error {
	if fn, ok := v.(*lua.LFunction); ok {
		dst.Set(reflect.ValueOf(b.NewFunc(fn)))
		return nil
	}
	if callable(b.World.Root, v) {
		dst.Set(reflect.ValueOf(b.NewFunc(v)))
		return nil
	}
	return &mismatch{aFunction, v}
}

func callable(L *lua.LState, v lua.LValue) bool {
	return v.Type() == lua.LTFunction || L.GetMetaField(v, "__call").Type() == lua.LTFunction
}

func decodeAny(b *Binder, v lua.LValue, dst reflect.Value) error {
	d, err := b.Detach(v)
	if err != nil {
		return err
	}
	if d != nil {
		dst.Set(reflect.ValueOf(d))
	}
	return nil
}

func decodeHandle(t reflect.Type) decoder {
	return func(b *Binder, v lua.LValue, dst reflect.Value) error {
		if ud, ok := v.(*lua.LUserData); ok && ud.Value != nil {
			if got := reflect.ValueOf(ud.Value); got.Type().AssignableTo(t) {
				dst.Set(got)
				return nil
			}
		}
		want := t.String()
		if ht := b.types[t]; ht != nil {
			want = ht.decl.Name
		}
		return &mismatch{"a " + want, v}
	}
}

func sliceDecoder(p module.Param, t reflect.Type) decoder {
	item := newDecoder(p, t.Elem())
	return func(b *Binder, v lua.LValue, dst reflect.Value) error {
		table, ok := v.(*lua.LTable)
		if !ok {
			if t.Elem().Kind() == reflect.String { // one item may stand for a list of one
				one := reflect.New(t.Elem()).Elem()
				if err := item(b, v, one); err != nil {
					return err
				}
				dst.Set(reflect.Append(reflect.MakeSlice(t, 0, 1), one))
				return nil
			}
			return &mismatch{"a list", v}
		}
		n, list := listLength(table)
		if !list {
			return fmt.Errorf("must be a list with the keys 1..n")
		}
		items := reflect.MakeSlice(t, n, n)
		for i := range n {
			if err := item(b, table.RawGetInt(i+1), items.Index(i)); err != nil {
				return at(fmt.Sprintf("[%d]", i+1), err)
			}
		}
		dst.Set(items)
		return nil
	}
}

func mapDecoder(p module.Param, t reflect.Type) decoder {
	if t.Key().Kind() != reflect.String {
		panic(fmt.Sprintf("bind: a map parameter has string keys, not %s", t.Key()))
	}
	key, item := stringDecoder(module.Param{Wire: p.Wire}), newDecoder(p, t.Elem())
	return func(b *Binder, v lua.LValue, dst reflect.Value) error {
		table, ok := v.(*lua.LTable)
		if !ok {
			return &mismatch{"a table", v}
		}
		m := reflect.MakeMapWithSize(t, 0)
		for k, val := table.Next(lua.LNil); k != lua.LNil; k, val = table.Next(k) {
			mk, mv := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			if err := key(b, k, mk); err != nil {
				return fmt.Errorf("key %s: %w", Describe(k), err)
			}
			if err := item(b, val, mv); err != nil {
				return at("."+mk.String(), err)
			}
			m.SetMapIndex(mk, mv)
		}
		dst.Set(m)
		return nil
	}
}
