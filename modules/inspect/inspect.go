package inspect

import (
	"io"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

func text(c *engine.Call, in textIn) (string, error) {
	o := inspect.Options{Depth: bound(in.Depth), Items: bound(in.Items), Width: bound(in.Width), Text: bound(in.Text), Color: in.Color}
	var failed error
	if in.Tostring {
		o.Tostring = func(v engine.Value) (string, bool) {
			fn := c.Callable(v.Metatable().Field("__tostring"))
			if fn == nil || failed != nil {
				return "", false
			}
			out, err := c.Invoke(fn, v)
			failed = err
			s, ok := out.(string)
			return s, ok
		}
	}
	s := inspect.Sprint(in.Value, o)
	return s, failed
}

// bound keeps a 0, which scripts mean, apart from nothing said.
func bound(n int) int {
	if n == 0 {
		return 1
	}
	return n
}

func show(c *engine.Call, in printIn) (engine.None, error) {
	var b strings.Builder
	err := c.Holding(func() error {
		for _, v := range in.Values {
			b.WriteString(inspect.Sprint(v, inspect.Options{}) + "\n")
		}
		return nil
	})
	if err == nil {
		_, err = io.WriteString(c.Host().Terminal.Stdout(), b.String())
	}
	return engine.None{}, err
}

// compare makes the comparison; what a metamethod raises is put into failed.
func (in compareIn) compare(c *engine.Call, failed *error) inspect.Compare {
	o := inspect.Compare{Tolerance: in.Tolerance, Relative: in.Relative, NaN: in.NaN, Metatables: in.Metatables}
	if in.Eq {
		o.Eq = func(a, b engine.Value) (equal, decided bool) {
			eq := a.Metatable().Field("__eq")
			fn := c.Callable(eq)
			if fn == nil || *failed != nil || eq != b.Metatable().Field("__eq") {
				return false, false
			}
			results, err := fn.CallRaw(c.Context(), a, b)
			*failed = err
			return err == nil && len(results) > 0 && results[0].Truthy(), err == nil
		}
	}
	return o
}

func equal(c *engine.Call, in equalIn) (bool, error) {
	var failed error
	is := inspect.Equal(in.A, in.B, in.compare(c, &failed))
	return is, failed
}

func diff(c *engine.Call, in diffIn) ([]difference, error) {
	var failed error
	o := in.compare(c, &failed)
	o.Limit = bound(in.Limit)
	list := []difference{}
	for _, d := range inspect.Diff(in.A, in.B, o) {
		what := "changed"
		switch {
		case d.Missing:
			what = "missing"
		case d.Extra:
			what = "extra"
		case d.Metatable:
			what = "metatable"
		}
		list = append(list, difference{d.Path, what, d.A, d.B})
	}
	return list, failed
}

func explain(c *engine.Call, in explainIn) (string, error) {
	s := inspect.Style{Items: bound(in.Limit), Color: in.Color}
	switch len(in.Names) {
	case 0:
	case 2:
		s.A, s.B = in.Names[0], in.Names[1]
	default:
		return "", engine.Invalid("names must be two: one for each value, got %d", len(in.Names))
	}
	var failed error
	o := in.compare(c, &failed)
	o.Limit = -1
	if in.Limit > 0 {
		o.Limit = in.Limit + 1 // one more tells that there are more
	}
	out := inspect.Render(inspect.Diff(in.A, in.B, o), s)
	return out, failed
}

func lines(_ *engine.Call, in linesIn) (string, error) {
	return inspect.Unified(in.A, in.B), nil
}
