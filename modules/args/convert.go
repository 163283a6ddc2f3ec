package args

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// convert reads the text of a value by its declared type.
func convert(c *engine.Call, a *arg, text string) (any, error) {
	if a.convert != nil {
		v, err := c.Invoke(a.convert, text)
		var e *engine.Error
		_, exit := engine.ExitCode(err)
		switch {
		case err == nil:
			return v, nil
		case exit || c.Context().Err() != nil:
			return nil, err
		case errors.As(err, &e):
			return nil, wrong("%s: %s", a.title(), e.Message)
		}
		return nil, wrong("%s: %s", a.title(), err)
	}
	var (
		v    any
		err  error
		want string
	)
	switch a.typ {
	case "number", "integer":
		var n float64
		n, err = strconv.ParseFloat(strings.TrimSpace(text), 64)
		v, want = n, "a number"
		if err == nil && (math.IsNaN(n) || math.IsInf(n, 0)) {
			err = strconv.ErrRange
		}
		if a.typ == "integer" {
			want = "a whole number"
			if n != math.Trunc(n) || math.Abs(n) > 1<<53 {
				err = strconv.ErrSyntax
			}
		}
	case "duration":
		var d engine.Duration
		d, err = engine.ParseDuration(text)
		v, want = d.Seconds(), `a duration such as 30, 500ms or 1m30s`
	case "size":
		var n engine.Size
		n, err = engine.ParseSize(text)
		v, want = float64(n), `a size such as 1024, 64k or 10MiB`
	default:
		v = text
	}
	if err != nil {
		return nil, wrong("%s must be %s, got %s", a.title(), want, quoted(text))
	}
	return v, nil
}

// fallback is the value of what was not given. A default written as a text is
// read as if the user had typed it.
func (p *parser) fallback(a *arg) (any, error) {
	switch initial := a.initial.(type) {
	case nil:
	case string:
		if a.typ != "string" && a.convert == nil {
			return p.convert(a, initial)
		}
		return initial, nil
	default:
		return initial, nil
	}
	switch {
	case a.counts:
		return 0.0, nil
	case a.typ == "flag":
		return false, nil
	case a.list || a.appends:
		return engine.List{}, nil
	}
	return nil, nil
}

// result collects the values in the order of the declaration.
func (p *parser) result() (engine.Object, error) {
	var o engine.Object
	for _, a := range p.spec.args {
		v, given := p.values[a]
		if !given {
			var err error
			if v, err = p.fallback(a); err != nil {
				return nil, engine.Invalid("the default of %s does not fit its type: %v", a.title(), err)
			}
		}
		o = append(o, engine.Pair{Key: a.dest, Value: v})
	}
	return o, nil
}

// show is a value in a message or help.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case float64:
		return strconv.FormatFloat(v, 'g', 14, 64)
	case bool:
		return strconv.FormatBool(v)
	case engine.List:
		var items []string
		for _, item := range v {
			items = append(items, show(item))
		}
		return strings.Join(items, " ")
	}
	return "a table"
}
