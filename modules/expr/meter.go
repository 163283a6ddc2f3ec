package expr

import (
	"context"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// limits are what one run of a formula may use.
type limits struct {
	steps int64 // turns of loops, and as much again for other work
	bytes int64 // of text and lists that it makes
}

// meter counts what one run uses. The machine of expr-lang bounds only the number
// of items in lists, and cannot be interrupted; so every loop, every operator
// that makes text or compares lists, and every function calls its meter, which
// the rewriter hands to them.
type meter struct {
	ctx context.Context
	now func() time.Time
	limits

	used, look int64 // steps, and at how many the context is looked at next
	made       int64 // bytes
	kept       int64 // bytes of the result
	failed     error // why the run must end: formulas cannot catch it
	patterns   map[string]*pattern
	quick      map[string]any // operators
}

// lookEvery is after how many steps the context is looked at: some 100 µs.
const lookEvery = 1024

func newMeter(ctx context.Context, now func() time.Time, f *formula) *meter {
	m := &meter{ctx: ctx, now: now, limits: f.limits}
	m.quick = m.operators(f.quick)
	return m
}

// operators are what formulas do most, as functions of one of the few types that
// the machine calls without making a list of the arguments. They fail by a panic,
// which the machine turns into the error of the run.
func (m *meter) operators(names []string) map[string]any {
	two := func(f func(a, b any) (any, error)) func(a, b any) any {
		return func(a, b any) any { return must(f(a, b)) }
	}
	all := make(map[string]any, len(names))
	for _, name := range names {
		var f any
		switch name {
		case "step":
			f = func() any { return must(nil, m.spend(1)) }
		case "item":
			f = func() any { return must(nil, m.grow(itemSize)) }
		case "+":
			f = two(m.add)
		case "-":
			f = two(m.subtract)
		case "*":
			f = two(m.multiply)
		case "-x":
			f = func(a any) any { return must(m.negate(a)) }
		case "==":
			f = two(m.equal)
		case "in":
			f = two(m.in)
		}
		all[hidden+name] = f
	}
	return all
}

func must(v any, err error) any {
	if err != nil {
		panic(err)
	}
	return v
}

// reset begins another run.
func (m *meter) reset() { m.used, m.look, m.made, m.kept, m.failed = 0, 0, 0, 0, nil }

func (m *meter) fail(err error) error {
	m.failed = err
	return err
}

// spend counts n steps.
func (m *meter) spend(n int64) error {
	if n > m.steps-m.used {
		return m.fail(engine.Errorf(errCost, "the formula takes more than %d steps", m.steps).
			WithHint("the option max_cost sets the limit; a turn of a loop is a step"))
	}
	if m.used += n; m.used >= m.look {
		m.look = m.used + lookEvery
		if m.ctx.Err() != nil {
			return m.fail(context.Cause(m.ctx))
		}
	}
	return nil
}

// grow counts n bytes that are about to be made, and the work of making them.
func (m *meter) grow(n int64) error {
	if n < 0 || n > m.bytes-m.made {
		return m.fail(m.tooLarge())
	}
	m.made += n
	return m.spend(n/64 + 1)
}

func (m *meter) tooLarge() error {
	return engine.Errorf(errMemory, "the formula makes more than %s", engine.FormatSize(m.bytes)).
		WithHint("the option max_memory sets the limit")
}

// maxDepth bounds lists and maps inside one another, as the engine does.
const maxDepth = 200

// itemSize is what an item of a list takes.
const itemSize = 16

// measure walks a value as the tree that it stands for: what is in several places
// counts in each. It returns how long its text is, about.
func (m *meter) measure(v any, depth int) (size int64, err error) {
	if depth > maxDepth {
		return 0, m.fail(engine.Errorf(errRun, "more than %d lists and maps inside one another", maxDepth))
	}
	if err := m.spend(1); err != nil {
		return 0, err
	}
	add := func(item any) bool {
		var n int64
		if n, err = m.measure(item, depth+1); err == nil {
			size += n
		}
		return err == nil
	}
	size = itemSize + 2*int64(depth)
	switch v := v.(type) {
	case string:
		size += int64(len(v))
		return size, m.spend(int64(len(v)) / 64)
	case map[string]any:
		for k, item := range v {
			if size += int64(len(k)) + itemSize; !add(item) {
				return 0, err
			}
		}
	case map[any][]any:
		for k, group := range v {
			if !add(k) || !add(group) {
				return 0, err
			}
		}
	default:
		if list, ok := listOf(v); ok {
			for i := range list.n {
				if !add(list.at(i)) {
					return 0, err
				}
			}
		}
	}
	return size, nil
}

// list is any of the kinds of list that formulas work with.
type list struct {
	n  int
	at func(i int) any
}

func listOf(v any) (list, bool) {
	switch v := v.(type) {
	case []any:
		return list{len(v), func(i int) any { return v[i] }}, true
	case []int:
		return list{len(v), func(i int) any { return v[i] }}, true
	case []string:
		return list{len(v), func(i int) any { return v[i] }}, true
	case [][2]any:
		return list{len(v), func(i int) any { return v[i][:] }}, true
	case [2]any:
		return list{2, func(i int) any { return v[i] }}, true
	case map[string]any: // an empty table is both
		return list{}, len(v) == 0
	}
	return list{}, false
}

// itemsOf wants a list.
func itemsOf(name string, v any) (list, error) {
	l, ok := listOf(v)
	if !ok {
		return l, engine.Errorf(errRun, "%s wants a list, got %s", name, describe(v))
	}
	return l, nil
}

// textOf wants a text.
func textOf(name string, args []any, i int) (string, error) {
	if i < len(args) {
		if s, ok := args[i].(string); ok {
			return s, nil
		}
		return "", engine.Errorf(errRun, "%s wants a string, got %s", name, describe(args[i]))
	}
	return "", engine.Errorf(errRun, "%s wants %d arguments", name, i+1)
}
