package expr

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

func toInt(_ *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil {
			return nil, engine.Errorf(errRun, "int: %q is no whole number of 64 bits", clip(v))
		}
		return n, nil
	case float64:
		if math.Abs(v) < 1<<63 { // false for NaN
			return int(v), nil
		}
		return nil, engine.Errorf(errRun, "int: %s does not fit in 64 bits", engine.FormatNumber(v))
	}
	return integral("int", args[0])
}

func matches(m *meter, args []any) (any, error) {
	if args[0] == nil || args[1] == nil {
		return false, nil
	}
	s, err := textOf("matches", args, 0)
	if err != nil {
		return nil, err
	}
	p, ok := args[1].(*pattern)
	if !ok {
		if p, err = m.pattern(args); err != nil {
			return nil, err
		}
	}
	// A regular expression costs at most its size for each byte.
	if err := m.spend(int64(len(s))*p.size/16 + 1); err != nil {
		return nil, err
	}
	return p.re.MatchString(s), nil
}

// pattern compiles a pattern that the formula has made.
func (m *meter) pattern(args []any) (*pattern, error) {
	t, err := textOf("matches", args, 1)
	if err != nil {
		return nil, err
	}
	if p := m.patterns[t]; p != nil {
		return p, nil
	}
	if err := m.spend(1000); err != nil {
		return nil, err
	}
	p, err := newPattern(t)
	if err != nil {
		return nil, engine.Errorf(errRun, "matches: %v", err)
	}
	if m.patterns == nil || len(m.patterns) >= 16 {
		m.patterns = map[string]*pattern{}
	}
	m.patterns[t] = p
	return p, nil
}

func split(all func(s, sep string) []string, some func(s, sep string, n int) []string) native {
	return func(m *meter, args []any) (any, error) {
		s, err := textOf("split", args, 0)
		if err != nil {
			return nil, err
		}
		sep, err := textOf("split", args, 1)
		if err != nil {
			return nil, err
		}
		if err := m.grow(2*itemSize*(int64(strings.Count(s, sep))+1) + int64(len(s))); err != nil {
			return nil, err
		}
		if len(args) > 2 {
			n, err := integral("split", args[2])
			return some(s, sep, n), err
		}
		return all(s, sep), nil
	}
}

func replace(m *meter, args []any) (any, error) {
	var part [3]string
	for i := range part {
		s, err := textOf("replace", args, i)
		if err != nil {
			return nil, err
		}
		part[i] = s
	}
	s, old, with := part[0], part[1], part[2]
	n := strings.Count(s, old)
	if len(args) > 3 {
		most, err := integral("replace", args[3])
		if err != nil {
			return nil, err
		}
		if most >= 0 {
			n = min(n, most)
		}
	}
	if err := m.grow(int64(len(s)) + int64(n)*int64(len(with))); err != nil {
		return nil, err
	}
	return strings.Replace(s, old, with, n), nil
}

func repeat(m *meter, args []any) (any, error) {
	s, err := textOf("repeat", args, 0)
	if err != nil {
		return nil, err
	}
	n, err := integral("repeat", args[1])
	if err != nil {
		return nil, err
	}
	if n <= 0 || s == "" {
		return "", nil
	}
	if int64(n) > m.bytes/int64(len(s)) {
		return nil, m.fail(m.tooLarge())
	}
	if err := m.grow(int64(n) * int64(len(s))); err != nil {
		return nil, err
	}
	return strings.Repeat(s, n), nil
}

func join(m *meter, args []any) (any, error) {
	l, err := itemsOf("join", args[0])
	if err != nil {
		return nil, err
	}
	glue := ""
	if len(args) > 1 {
		if glue, err = textOf("join", args, 1); err != nil {
			return nil, err
		}
	}
	parts := make([]string, l.n)
	for i := range parts {
		s, ok := l.at(i).(string)
		if !ok {
			return nil, engine.Errorf(errRun, "join wants strings, got %s", describe(l.at(i))).
				WithHint("join(map(list, string(#)), \", \") joins anything")
		}
		if err := m.grow(int64(len(s)+len(glue)) + itemSize); err != nil {
			return nil, err
		}
		parts[i] = s
	}
	return strings.Join(parts, glue), nil
}

func text(m *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		return v, nil
	case nil:
		return "nil", nil
	case float64:
		return engine.FormatNumber(v), nil
	}
	n, err := m.measure(args[0], 0)
	if err != nil {
		return nil, err
	}
	if err := m.grow(n); err != nil {
		return nil, err
	}
	return fmt.Sprint(args[0]), nil
}

func fromJSON(m *meter, args []any) (any, error) {
	s, err := textOf("fromJSON", args, 0)
	if err != nil {
		return nil, err
	}
	if err := m.grow(itemSize * int64(len(s))); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, engine.Errorf(errRun, "fromJSON: %v", err)
	}
	if d.More() {
		return nil, engine.Errorf(errRun, "fromJSON: text stands behind the value")
	}
	return numbered(v), nil
}

// numbered makes whole numbers of a JSON text ints.
func numbered(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = numbered(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbered(v[k])
		}
	}
	return v
}

// pattern is a compiled regular expression and how much work a byte of text is.
type pattern struct {
	re   *regexp.Regexp
	size int64
}

func newPattern(text string) (*pattern, error) {
	if len(text) > 1000 {
		return nil, fmt.Errorf("a pattern has 1000 bytes at most")
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	return &pattern{re, int64(len(prog.Inst))}, nil
}
