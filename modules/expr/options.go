package expr

import (
	"slices"

	"github.com/gscript-lang/gscript/engine"
)

// wanted reads the options that all share.
func (o options) wanted() (wanted, error) {
	w := wanted{strict: o.Strict, functions: map[string]*engine.Func{}, limits: limits{steps: o.MaxCost, bytes: int64(o.MaxMemory)}}
	if o.MaxCost < 1 || o.MaxMemory < 1 || o.MaxMemory > 1<<40 {
		return w, engine.Invalid("max_cost and max_memory must be above 0")
	}
	for name, f := range o.Functions {
		if !isName(name) {
			return w, engine.Invalid("functions: %q cannot be the name of a function", clip(name))
		}
		w.functions[name] = f
	}
	return w, nil
}

func (d declared) wanted() (w wanted, err error) {
	if w, err = d.options.wanted(); err != nil {
		return w, err
	}
	if d.Env != nil {
		o, ok := d.Env.(engine.Object)
		if !ok {
			return w, engine.Invalid("env must be a table of names and their types, got %s", describe(d.Env))
		}
		if w.env, err = shapeOf("env", o); err != nil {
			return w, err
		}
		w.env.open = !w.strict
		for name := range w.env.fields {
			if w.functions[name] != nil {
				return w, engine.Invalid("%s is in env and in functions", name)
			}
		}
	}
	if d.Returns != "" {
		w.returns, err = shapeNamed("returns", d.Returns)
	}
	return w, err
}

// isName says whether a formula can say the name of a function.
func isName(s string) bool {
	for i, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != "" && !slices.Contains([]string{"let", "if", "else", "in", "and", "or", "not", "true", "false", "nil", "matches", "contains", "startsWith", "endsWith"}, s)
}
