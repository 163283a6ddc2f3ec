package http

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// pair is a name with a value, of a query or a form.
type pair struct{ name, value string }

// pairs reads params= and form=: a table of names with a value or a list of
// values, or a list of {name, value}.
func pairs(arg string, v any) ([]pair, error) {
	var list []pair
	add := func(name string, v any) error {
		values, ok := v.(engine.List)
		if !ok {
			values = engine.List{v}
		}
		for _, v := range values {
			text, ok := scalar(v)
			if !ok {
				return engine.Invalid("argument '%s.%s' must be a string, a number, a boolean or a list of them", arg, name)
			}
			list = append(list, pair{name, text})
		}
		return nil
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case engine.Object:
		for _, p := range v {
			if err := add(p.Key, p.Value); err != nil {
				return nil, err
			}
		}
		return list, nil
	case engine.List:
		for i, item := range v {
			two, ok := item.(engine.List)
			name, isText := "", false
			if ok && len(two) == 2 {
				name, isText = scalar(two[0])
			}
			if !isText {
				return nil, engine.Invalid("argument '%s[%d]' must be {name, value}", arg, i+1)
			}
			if err := add(name, two[1]); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, engine.Invalid("argument '%s' must be a table, not %s", arg, describe(v))
}

// scalar prints a value as Lua does.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64), true
		}
		return fmt.Sprintf("%.14g", v), true
	}
	return "", false
}

func encodePairs(list []pair) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}

// addQuery puts params= behind the query of u, which stays as it is written.
func addQuery(u *url.URL, params any) error {
	more, ok := params.(string)
	if ok {
		if err := engine.CheckWire(more); err != nil {
			return engine.Invalid("argument 'params' %v", err)
		}
		more = strings.ReplaceAll(strings.TrimPrefix(more, "?"), " ", "+")
	} else {
		list, err := pairs("params", params)
		if err != nil {
			return err
		}
		more = encodePairs(list)
	}
	switch {
	case more == "":
	case u.RawQuery == "":
		u.RawQuery = more
	default:
		u.RawQuery += "&" + more
	}
	return nil
}

// describe names the type of a value, never the value: it may be a secret.
func describe(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case engine.Object, engine.List:
		return "a table"
	case *engine.Func:
		return "a function"
	}
	return "a handle"
}
