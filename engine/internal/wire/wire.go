// Package wire writes plain data for another process: nil, booleans, numbers,
// strings, lists, tables with string keys, errors, and what an Extra adds.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/value"
)

// Values cross as plain data: a tag and what belongs to it. Lua strings are
// bytes, which is why this is not JSON.
const (
	tagNil    = 'n'
	tagTrue   = 't'
	tagFalse  = 'f'
	tagNumber = 'd'
	tagString = 's'
	tagNull   = '0'
	tagList   = 'l'
	tagObject = 'o'
	tagError  = 'e'
	tagExtra  = 'x'
)

const (
	maxDepth = 200
	// maxItems bounds what a few bytes on the wire can become in memory.
	maxItems = 4 << 20
)

// ErrTooLarge is returned for values that take more bytes than there may be.
var ErrTooLarge = errors.New("too large")

// Extra takes values across that are not plain data.
type Extra interface {
	// Append writes v behind buf; ok is false for values that it does not know.
	Append(buf []byte, v any) (out []byte, ok bool, err error)
	// Read makes the value again. It must expect anything.
	Read(data []byte) (any, error)
}

// encoder appends values to buf, up to max bytes.
type encoder struct {
	buf   []byte
	max   int
	extra Extra
}

// way leads to a value, for the message that refuses it. It is written out only
// then.
type way struct {
	from  *way
	name  string
	index int // of an item; 0 for a name
}

func (w *way) String() string {
	if w == nil {
		return ""
	}
	if w.index > 0 {
		return fmt.Sprintf("%s[%d]", w.from, w.index)
	}
	return w.from.String() + w.name
}

func (e *encoder) grow(n int) error {
	if len(e.buf)+n > e.max {
		return ErrTooLarge
	}
	return nil
}

func (e *encoder) head(tag byte, n int) {
	e.buf = append(e.buf, tag)
	e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(n))
}

// value appends v; path is the way to it.
func (e *encoder) value(path *way, v any, depth int) error {
	if depth > maxDepth {
		return refused(path, "more than %d tables inside one another", maxDepth)
	}
	if err := e.grow(9); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, tagNil)
	case bool:
		tag := byte(tagFalse)
		if v {
			tag = tagTrue
		}
		e.buf = append(e.buf, tag)
	case float64:
		e.number(v)
	case int:
		e.number(float64(v))
	case int64:
		e.number(float64(v))
	case time.Duration:
		e.number(v.Seconds())
	case value.Duration:
		e.number(v.Seconds())
	case value.Size:
		e.number(float64(v))
	case string:
		return e.text(v)
	case []byte:
		return e.text(string(v))
	case *fault.Error:
		e.buf = append(e.buf, tagError)
		return e.value(path, e.errorData(v, depth), depth+1)
	case value.List:
		return e.list(path, v, depth)
	case []any:
		return e.list(path, v, depth)
	case []string:
		items := make([]any, len(v))
		for i, s := range v {
			items[i] = s
		}
		return e.list(path, items, depth)
	case value.Object:
		return e.object(path, v, depth)
	case map[string]any:
		object := make(value.Object, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			object = append(object, value.Pair{Key: k, Value: v[k]})
		}
		return e.object(path, object, depth)
	default:
		if v == any(value.Null) {
			e.buf = append(e.buf, tagNull)
			return nil
		}
		if ok, err := e.more(path, v); ok || err != nil {
			return err
		}
		return refused(path, "only plain data crosses to another process: nil, booleans, numbers, strings, tables of them")
	}
	return nil
}

// more writes what is not plain data.
func (e *encoder) more(path *way, v any) (ok bool, err error) {
	if e.extra == nil {
		return false, nil
	}
	start := len(e.buf)
	e.head(tagExtra, 0)
	out, ok, err := e.extra.Append(e.buf, v)
	if !ok || err != nil {
		e.buf = e.buf[:start]
		return ok, located(path, err)
	}
	e.buf = out
	binary.BigEndian.PutUint32(e.buf[start+1:], uint32(len(out)-start-5))
	return true, e.grow(0)
}

// located puts the way to a value before that to its part which does not cross.
func located(path *way, err error) error {
	if own, ok := err.(*fault.Error); ok {
		own.Target = path.String() + own.Target
	}
	return err
}

func (e *encoder) number(f float64) {
	e.buf = append(e.buf, tagNumber)
	e.buf = binary.BigEndian.AppendUint64(e.buf, math.Float64bits(f))
}

func (e *encoder) text(s string) error {
	if err := e.grow(5 + len(s)); err != nil {
		return err
	}
	e.head(tagString, len(s))
	e.buf = append(e.buf, s...)
	return nil
}

func (e *encoder) list(path *way, items []any, depth int) error {
	e.head(tagList, len(items))
	for i, item := range items {
		if err := e.value(&way{from: path, index: i + 1}, item, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) object(path *way, object value.Object, depth int) error {
	e.head(tagObject, len(object))
	for _, p := range object {
		if err := e.text(p.Key); err != nil {
			return err
		}
		if err := e.value(&way{from: path, name: "." + p.Key}, p.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func refused(path *way, format string, args ...any) error {
	err := fault.New(fault.CopyRefused, format, args...)
	err.Target = path.String()
	return err
}

// decoder reads values that another process wrote and so may be anything.
type decoder struct {
	buf   []byte
	items int
	extra Extra
}

// ErrGarbled is returned for what no encoder wrote.
var ErrGarbled = errors.New("garbled data")

func (d *decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.buf) {
		return nil, ErrGarbled
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b, nil
}

// length reads a number of things that take at least each bytes.
func (d *decoder) length(each int) (int, error) {
	b, err := d.take(4)
	if err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint32(b))
	if n > len(d.buf)/each {
		return 0, ErrGarbled
	}
	return n, nil
}

func (d *decoder) text() (string, error) {
	n, err := d.length(1)
	if err != nil {
		return "", err
	}
	b, err := d.take(n)
	return string(b), err
}

func (d *decoder) value(depth int) (any, error) {
	if d.items++; depth > maxDepth+2 || d.items > maxItems {
		return nil, ErrGarbled
	}
	tag, err := d.take(1)
	if err != nil {
		return nil, err
	}
	switch tag[0] {
	case tagNil:
		return nil, nil
	case tagTrue:
		return true, nil
	case tagFalse:
		return false, nil
	case tagNull:
		return value.Null, nil
	case tagNumber:
		b, err := d.take(8)
		if err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case tagString:
		return d.text()
	case tagError:
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		object, ok := v.(value.Object)
		if !ok {
			return nil, ErrGarbled
		}
		return ErrorOf(object), nil
	case tagExtra:
		n, err := d.length(1)
		if err != nil || d.extra == nil {
			return nil, ErrGarbled
		}
		data, err := d.take(n)
		if err != nil {
			return nil, err
		}
		return d.extra.Read(data)
	case tagList:
		return d.list(depth)
	case tagObject:
		return d.object(depth)
	}
	return nil, ErrGarbled
}

func (d *decoder) list(depth int) (any, error) {
	n, err := d.length(1)
	if err != nil {
		return nil, err
	}
	list := make(value.List, 0, min(n, 1024))
	for range n {
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

func (d *decoder) object(depth int) (any, error) {
	n, err := d.length(6)
	if err != nil {
		return nil, err
	}
	object := make(value.Object, 0, min(n, 1024))
	for range n {
		if tag, err := d.take(1); err != nil || tag[0] != tagString {
			return nil, ErrGarbled
		}
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		object = append(object, value.Pair{Key: key, Value: item})
	}
	return object, nil
}

// Append writes values behind buf, which may grow to max bytes. what names them
// for the error that refuses one. extra may be nil.
func Append(buf []byte, what string, values []any, max int, extra Extra) ([]byte, error) {
	e := &encoder{buf: buf, max: max, extra: extra}
	if err := e.list(&way{name: what}, values, 0); err != nil {
		return nil, err
	}
	return e.buf, nil
}

// Encode writes values as plain data of at most max bytes.
func Encode(what string, values []any, max int) ([]byte, error) {
	return Append(nil, what, values, max, nil)
}

// Decode reads the values that Encode wrote. data may be anything.
func Decode(data []byte) ([]any, error) { return Read(data, nil) }

// Read reads the values that Append wrote. data may be anything.
func Read(data []byte, extra Extra) ([]any, error) {
	d := &decoder{buf: data, extra: extra}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	list, ok := v.(value.List)
	if !ok || len(d.buf) > 0 {
		return nil, ErrGarbled
	}
	return list, nil
}
