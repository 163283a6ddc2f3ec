package isolate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
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
)

const (
	maxDepth = 200
	// maxItems bounds what a few bytes on the wire can become in memory.
	maxItems = 4 << 20
)

var errTooLarge = errors.New("too large")

// encoder appends values to buf, up to max bytes.
type encoder struct {
	buf []byte
	max int
}

func (e *encoder) grow(n int) error {
	if len(e.buf)+n > e.max {
		return errTooLarge
	}
	return nil
}

func (e *encoder) head(tag byte, n int) {
	e.buf = append(e.buf, tag)
	e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(n))
}

// value appends v; path is the way to it, for the message that refuses it.
func (e *encoder) value(path string, v any, depth int) error {
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
	case engine.Duration:
		e.number(v.Seconds())
	case engine.Size:
		e.number(float64(v))
	case string:
		return e.text(v)
	case []byte:
		return e.text(string(v))
	case *engine.Error:
		e.buf = append(e.buf, tagError)
		return e.value(path, errorData(v, depth), depth+1)
	case engine.List:
		return e.list(path, v, depth)
	case []any:
		return e.list(path, v, depth)
	case []string:
		items := make([]any, len(v))
		for i, s := range v {
			items[i] = s
		}
		return e.list(path, items, depth)
	case engine.Object:
		return e.object(path, v, depth)
	case map[string]any:
		object := make(engine.Object, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			object = append(object, engine.Pair{Key: k, Value: v[k]})
		}
		return e.object(path, object, depth)
	default:
		if v == any(engine.Null) {
			e.buf = append(e.buf, tagNull)
			return nil
		}
		return refused(path, "only plain data crosses to another process: nil, booleans, numbers, strings, tables of them")
	}
	return nil
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

func (e *encoder) list(path string, items []any, depth int) error {
	e.head(tagList, len(items))
	for i, item := range items {
		if err := e.value(fmt.Sprintf("%s[%d]", path, i+1), item, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) object(path string, object engine.Object, depth int) error {
	e.head(tagObject, len(object))
	for _, p := range object {
		if err := e.text(p.Key); err != nil {
			return err
		}
		if err := e.value(path+"."+p.Key, p.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func refused(path, format string, args ...any) error {
	err := fault.New(fault.CopyRefused, format, args...)
	err.Target = path
	return err
}

// decoder reads values that another process wrote and so may be anything.
type decoder struct {
	buf   []byte
	items int
}

var errGarbled = errors.New("garbled data")

func (d *decoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.buf) {
		return nil, errGarbled
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
		return 0, errGarbled
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
		return nil, errGarbled
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
		return engine.Null, nil
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
		object, ok := v.(engine.Object)
		if !ok {
			return nil, errGarbled
		}
		return errorOf(object), nil
	case tagList:
		return d.list(depth)
	case tagObject:
		return d.object(depth)
	}
	return nil, errGarbled
}

func (d *decoder) list(depth int) (any, error) {
	n, err := d.length(1)
	if err != nil {
		return nil, err
	}
	list := make(engine.List, 0, min(n, 1024))
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
	object := make(engine.Object, 0, min(n, 1024))
	for range n {
		if tag, err := d.take(1); err != nil || tag[0] != tagString {
			return nil, errGarbled
		}
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		object = append(object, engine.Pair{Key: key, Value: item})
	}
	return object, nil
}

func encodeValues(what string, values []any, max int) ([]byte, error) {
	e := &encoder{max: max}
	e.head(tagList, len(values))
	for i, v := range values {
		if err := e.value(fmt.Sprintf("%s[%d]", what, i+1), v, 1); err != nil {
			return nil, err
		}
	}
	return e.buf, nil
}

func decodeValues(data []byte) ([]any, error) {
	d := &decoder{buf: data}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	list, ok := v.(engine.List)
	if !ok || len(d.buf) > 0 {
		return nil, errGarbled
	}
	return list, nil
}
