package jsonconv

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

type encoder struct {
	out     []byte
	options EncodeOptions
	path    []string // to the value being written, for errors
}

func (e *encoder) fail(format string, args ...any) error {
	path := strings.Join(e.path, "")
	err := engine.Errorf(ErrValue, "the value %s", fmt.Sprintf(format, args...))
	if path != "" {
		err.Message = strings.TrimPrefix(path, ".") + " " + fmt.Sprintf(format, args...)
	}
	err.Fields = map[string]any{"path": strings.TrimPrefix(path, ".")}
	return err
}

func (e *encoder) value(v any, depth int) error {
	switch v := v.(type) {
	case nil:
		e.out = append(e.out, "null"...)
	case bool:
		e.out = strconv.AppendBool(e.out, v)
	case string:
		return e.text(v)
	case float64:
		return e.number(v)
	case int:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case int64:
		e.out = strconv.AppendInt(e.out, v, 10)
	case engine.List:
		return e.list(v, depth)
	case []any:
		return e.list(v, depth)
	case engine.Object:
		return e.object(v, depth)
	case map[string]any:
		o := make(engine.Object, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o = append(o, engine.Pair{Key: key, Value: v[key]})
		}
		return e.object(o, depth)
	case interface{ Int64() int64 }:
		e.out = strconv.AppendInt(e.out, v.Int64(), 10)
	case *engine.Func:
		return e.fail("is a function, which JSON cannot hold")
	default:
		if v == engine.Null {
			e.out = append(e.out, "null"...)
			return nil
		}
		return e.fail("is a handle or an error (%T), which JSON cannot hold", v)
	}
	return nil
}

func (e *encoder) number(n float64) error {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return e.fail("is %v, which JSON cannot hold", n)
	}
	format, precision := byte('f'), -1
	switch abs := math.Abs(n); {
	case abs != 0 && abs < 1e-6, abs >= 1<<63: // a whole number beyond 64 bits would be refused by readers that take it for exact
		format = 'e'
	case abs >= 1<<53:
		precision = 0 // all digits, not the shortest that read as the same float
	}
	e.out = strconv.AppendFloat(e.out, n, format, precision, 64)
	return nil
}

func (e *encoder) list(items []any, depth int) error {
	if depth >= MaxDepth {
		return e.fail("is more than %d levels deep", MaxDepth)
	}
	e.out = append(e.out, '[')
	for i, item := range items {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.line(depth + 1)
		e.path = append(e.path, "["+strconv.Itoa(i+1)+"]")
		if err := e.value(item, depth+1); err != nil {
			return err
		}
		e.path = e.path[:len(e.path)-1]
	}
	if len(items) > 0 {
		e.line(depth)
	}
	e.out = append(e.out, ']')
	return nil
}

func (e *encoder) object(o engine.Object, depth int) error {
	if depth >= MaxDepth {
		return e.fail("is more than %d levels deep", MaxDepth)
	}
	if e.options.Sort {
		o = slices.Clone(o)
		slices.SortStableFunc(o, func(a, b engine.Pair) int { return strings.Compare(a.Key, b.Key) })
	}
	e.out = append(e.out, '{')
	for i, p := range o {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.line(depth + 1)
		e.path = append(e.path, "."+p.Key)
		if err := e.text(p.Key); err != nil {
			return err
		}
		e.out = append(e.out, ':')
		if e.options.Indent != "" {
			e.out = append(e.out, ' ')
		}
		if err := e.value(p.Value, depth+1); err != nil {
			return err
		}
		e.path = e.path[:len(e.path)-1]
	}
	if len(o) > 0 {
		e.line(depth)
	}
	e.out = append(e.out, '}')
	return nil
}

func (e *encoder) line(depth int) {
	if e.options.Indent == "" {
		return
	}
	e.out = append(e.out, '\n')
	for range depth {
		e.out = append(e.out, e.options.Indent...)
	}
}

func (e *encoder) text(s string) error {
	if !utf8.ValidString(s) {
		return e.fail("is a string that is not UTF-8; write bytes as base64 or hexadecimal")
	}
	e.out = append(e.out, '"')
	from := 0
	for i := range len(s) {
		b := s[i]
		if b >= 0x20 && b != '"' && b != '\\' {
			continue
		}
		e.out = append(e.out, s[from:i]...)
		from = i + 1
		switch b {
		case '"', '\\':
			e.out = append(e.out, '\\', b)
		case '\b':
			e.out = append(e.out, `\b`...)
		case '\f':
			e.out = append(e.out, `\f`...)
		case '\n':
			e.out = append(e.out, `\n`...)
		case '\r':
			e.out = append(e.out, `\r`...)
		case '\t':
			e.out = append(e.out, `\t`...)
		default:
			e.out = fmt.Appendf(e.out, `\u%04x`, b)
		}
	}
	e.out = append(e.out, s[from:]...)
	e.out = append(e.out, '"')
	return nil
}
