package args

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

const unlimited = 1 << 30

// arg is one declared argument or option.
type arg struct {
	flags   []string // as written, the long ones first; empty for an argument
	dest    string   // key in the result
	help    string
	metavar string
	typ     string       // "string", "number", …
	convert *engine.Func // in place of typ
	initial any          // the default
	choices []any

	min, max int  // how many values
	list     bool // the result is a list
	required bool
	appends  bool
	counts   bool
	secret   bool
}

func (a *arg) option() bool { return len(a.flags) > 0 }

// takesValue says that an option is followed by values.
func (a *arg) takesValue() bool { return a.max > 0 }

// title is the name in messages.
func (a *arg) title() string {
	if a.option() {
		return a.flags[0]
	}
	return a.metavar
}

// spec is a whole declaration.
type spec struct {
	name    string
	intro   string
	outro   []string
	args    []*arg // in their order
	version string
}

var (
	types   = []string{"string", "number", "integer", "duration", "size", "flag"}
	actions = []string{"append", "count"}
	keys    = []string{"help", "type", "default", "choices", "nargs", "required", "metavar", "dest", "action", "secret"}
)

func newSpec(items []any) (*spec, error) {
	s := &spec{}
	for i, item := range items {
		var err error
		var a *arg
		switch item := item.(type) {
		case string:
			if i == 0 {
				s.intro = item
			} else {
				s.outro = append(s.outro, item)
			}
			continue
		case engine.List:
			a, err = newArg(item, nil)
		case engine.Object:
			a, err = fromObject(item)
		default:
			err = fmt.Errorf("is neither a text nor a table")
		}
		if err == nil {
			err = s.add(a)
		}
		if err != nil {
			return nil, invalid(i, err)
		}
	}
	return s, nil
}

func invalid(i int, err error) error {
	if e, ok := err.(*engine.Error); ok {
		named := *e
		named.Message = fmt.Sprintf("argument 'spec[%d]' %s", i+1, e.Message)
		return &named
	}
	return engine.Invalid("argument 'spec[%d]' %v", i+1, err)
}

// fromObject takes the keys 1..n as names and the others as fields.
func fromObject(o engine.Object) (*arg, error) {
	var list []any
	fields := map[string]any{}
	for _, p := range o {
		switch {
		case p.Key == fmt.Sprint(len(list)+1):
			list = append(list, p.Value)
		case slices.Contains(keys, p.Key):
			fields[p.Key] = p.Value
		default:
			e := engine.Invalid("has an unknown field %q", p.Key)
			if near := engine.Suggest(p.Key, keys); near != "" {
				e.Hint = fmt.Sprintf("did you mean %q?", near)
			} else {
				e.Hint = "there are: " + strings.Join(keys, ", ")
			}
			return nil, e
		}
	}
	return newArg(list, fields)
}

func newArg(list []any, fields map[string]any) (*arg, error) {
	a := &arg{typ: "string", min: 1, max: 1}
	if err := a.named(list); err != nil {
		return nil, err
	}
	f := reader{fields: fields}
	a.help = f.text("help")
	a.secret = f.flag("secret")
	required, hasRequired := fields["required"].(bool)
	f.flag("required")
	if dest := f.text("dest"); dest != "" {
		a.dest = dest
	}
	a.initial = fields["default"]
	a.choices = f.list("choices")
	for _, choice := range a.choices {
		switch choice.(type) {
		case string, float64, bool:
		default:
			f.fail("choices", "a list of strings or numbers")
		}
	}
	switch t := fields["type"].(type) {
	case nil:
	case *engine.Func:
		a.convert = t
	case string:
		a.typ = f.oneOf("type", types)
	default:
		f.fail("type", "a type's name or a function")
	}
	action := f.oneOf("action", actions)
	a.appends, a.counts = action == "append", action == "count"
	if a.typ == "flag" || a.counts {
		a.min, a.max = 0, 0
		if _, given := fields["nargs"]; given || !a.option() {
			return nil, fmt.Errorf("is a flag, which takes no values: flags are options without nargs")
		}
	} else if err := a.nargs(fields["nargs"]); err != nil {
		return nil, err
	}
	if f.err != nil {
		return nil, f.err
	}
	a.metavar = f.text("metavar")
	if a.metavar == "" {
		a.metavar = a.dest
		if a.option() {
			a.metavar = strings.ToUpper(a.dest)
		}
	}
	if a.option() {
		a.required = required
	} else if a.required = a.min > 0 && a.initial == nil; hasRequired && !required {
		a.required, a.min = false, 0
	}
	if !a.option() && !a.required {
		a.min = 0
	}
	return a, f.err
}

// named sorts the names into a dest or flags.
func (a *arg) named(list []any) error {
	if len(list) == 0 {
		return fmt.Errorf("has no name: {\"name\"} declares an argument, {\"--name\", \"-n\"} an option")
	}
	for _, item := range list {
		name, ok := item.(string)
		if !ok || name == "" || strings.ContainsAny(name, " =\t\n") || strings.Trim(name, "-") == "" {
			return fmt.Errorf("has the name %q: names are words, those of options begin with - or --", fmt.Sprint(item))
		}
		switch {
		case strings.HasPrefix(name, "--"), strings.HasPrefix(name, "-") && len([]rune(name)) == 2:
			a.flags = append(a.flags, name)
		case strings.HasPrefix(name, "-"):
			return fmt.Errorf("has the name %s: write --%s, or one letter", name, name[1:])
		case len(list) > 1:
			return fmt.Errorf("has the name %q among others: the names of an option begin with - or --", name)
		default:
			a.dest = strings.ReplaceAll(name, "-", "_")
			return nil
		}
	}
	slices.SortStableFunc(a.flags, func(x, y string) int { return boolInt(len(x) == 2) - boolInt(len(y) == 2) })
	a.dest = strings.ReplaceAll(strings.TrimLeft(a.flags[0], "-"), "-", "_")
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *arg) nargs(v any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case float64:
		if v >= 1 && v == float64(int(v)) && v < 1000 {
			a.min, a.max, a.list = int(v), int(v), true
			return nil
		}
	case string:
		switch v {
		case "?":
			a.min = 0
			return nil
		case "*":
			a.min, a.max, a.list = 0, unlimited, true
			return nil
		case "+":
			a.max, a.list = unlimited, true
			return nil
		}
	}
	return fmt.Errorf("has nargs=%v: it is \"?\", \"*\", \"+\" or a number", v)
}

// add puts an argument into the declaration; each name may be there once.
func (s *spec) add(a *arg) error {
	for _, other := range s.args {
		if other.dest == a.dest {
			return fmt.Errorf("has the name %q, which is taken", a.dest)
		}
		for _, f := range a.flags {
			if slices.Contains(other.flags, f) {
				return fmt.Errorf("has the name %s, which is taken", f)
			}
		}
	}
	s.args = append(s.args, a)
	return nil
}

// find returns the option that has a flag.
func (s *spec) find(flag string) *arg {
	for _, a := range s.args {
		if slices.Contains(a.flags, flag) {
			return a
		}
	}
	return nil
}

// reader reads the fields of a declaration and keeps the first error.
type reader struct {
	fields map[string]any
	err    error
}

func (r *reader) fail(name, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("has %s=%v, which must be %s", name, r.fields[name], want)
	}
}

func (r *reader) text(name string) string {
	v := r.fields[name]
	s, ok := v.(string)
	if v != nil && !ok {
		r.fail(name, "a string")
	}
	return s
}

func (r *reader) flag(name string) bool {
	v := r.fields[name]
	b, ok := v.(bool)
	if v != nil && !ok {
		r.fail(name, "true or false")
	}
	return b
}

func (r *reader) list(name string) []any {
	v := r.fields[name]
	l, ok := v.(engine.List)
	if v != nil && (!ok || len(l) == 0) {
		r.fail(name, "a list")
	}
	return l
}

func (r *reader) oneOf(name string, allowed []string) string {
	s := r.text(name)
	if r.fields[name] == nil || slices.Contains(allowed, s) {
		return s
	}
	want := "one of " + strings.Join(allowed, ", ")
	if near := engine.Suggest(s, allowed); near != "" {
		want = fmt.Sprintf("%s; did you mean %q?", want, near)
	}
	r.fail(name, want)
	return s
}
