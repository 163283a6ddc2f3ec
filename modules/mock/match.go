package mock

import (
	"slices"

	"github.com/gscript-lang/gscript/engine"
)

// matcher stands in an expectation for many values.
type matcher struct {
	text string
	fits func(c *engine.Call, v engine.Value) (bool, error)
}

func (m *matcher) String() string { return m.text }

// anything is mock.any.
func anything() *matcher {
	return &matcher{"mock.any", func(*engine.Call, engine.Value) (bool, error) { return true, nil }}
}

// typeNames are what type gives.
var typeNames = [...]string{"nil", "boolean", "number", "string", "table", "function", "userdata", "thread"}

func match(_ *engine.Call, in matchIn) (*matcher, error) {
	m := &matcher{text: "mock.match(" + show(in.What) + ")"}
	name, isText := in.What.Text()
	switch {
	case isText && slices.Contains(typeNames[:], name):
		m.fits = func(_ *engine.Call, v engine.Value) (bool, error) { return v.Type() == name, nil }
	case isText:
		m.fits = func(c *engine.Call, v engine.Value) (bool, error) { return found(c, name, v) }
	case in.What.Type() == "function":
		m.fits = func(c *engine.Call, v engine.Value) (bool, error) {
			results, err := c.Callable(in.What).CallRaw(c.Context(), v)
			return err == nil && len(results) > 0 && results[0].Truthy(), err
		}
	case in.What.IsTable():
		m.fits = func(c *engine.Call, v engine.Value) (bool, error) { return includes(c, in.What, v, 0) }
	default:
		return nil, engine.Invalid("argument 'what' must be the name of a type, a pattern, a function or a table, got %s", in.What.Describe())
	}
	return m, nil
}

// found searches a string with a pattern of Lua.
func found(c *engine.Call, pattern string, v engine.Value) (bool, error) {
	if _, ok := v.Text(); !ok {
		return false, nil
	}
	lib, err := c.Load("string")
	if err != nil {
		return false, err
	}
	results, err := c.Callable(lib.Field("find")).CallRaw(c.Context(), v, pattern)
	return err == nil && len(results) > 0 && !results[0].IsNil(), err
}

// includes says that a table has at least the fields of part.
func includes(c *engine.Call, part, v engine.Value, depth int) (bool, error) {
	if !v.IsTable() || depth > maxDepth {
		return false, nil
	}
	for k, want := range part.Entries() {
		got := c.Lookup(v, k)
		var ok bool
		var err error
		if want.IsTable() {
			ok, err = includes(c, want, got, depth+1)
		} else {
			ok, err = equal(c, want, got, nil)
		}
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// matchAll compares expected arguments with those of a call.
func matchAll(c *engine.Call, want, got []engine.Value) (bool, error) {
	if len(want) != len(got) {
		return false, nil
	}
	for i := range want {
		if ok, err := equal(c, want[i], got[i], nil); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// maxDepth bounds the tables inside one another that are compared.
const maxDepth = 200

// pair is two tables that are being compared further up.
type pair struct{ want, got any }

// equal compares deeply; a matcher in want decides for itself.
func equal(c *engine.Call, want, got engine.Value, above []pair) (bool, error) {
	if m, ok := want.Handle().(*matcher); ok {
		return m.fits(c, got)
	}
	if want.Same(got) {
		return true, nil
	}
	if a, ok := want.Number(); ok {
		b, ok := got.Number()
		return ok && a != a && b != b, nil
	}
	if !want.IsTable() || !got.IsTable() {
		return false, nil
	}
	here := pair{want.Lua(), got.Lua()}
	if slices.Contains(above, here) {
		return true, nil
	}
	if len(above) > maxDepth {
		return false, engine.Invalid("more than %d tables inside one another cannot be compared", maxDepth)
	}
	above = append(above, here)
	n := 0
	for k, item := range want.Entries() {
		n++
		if ok, err := equal(c, item, got.Get(k), above); err != nil || !ok {
			return false, err
		}
	}
	for range got.Entries() {
		n--
	}
	return n == 0, nil
}

// Sentinel is a value that is equal to nothing but itself.
type Sentinel struct {
	engine.Identity
	name string
}

func (s *Sentinel) String() string { return "mock.sentinel." + s.name }

// sentinels hands out the sentinels of a state.
type sentinels struct{}

func (sentinels) String() string { return "mock.sentinel" }

type sentinelKey struct{ name string }

func (sentinels) index(c *engine.Call, in indexIn) (*Sentinel, error) {
	name, ok := in.Key.Text()
	if !ok {
		return nil, engine.Invalid("a sentinel has a name, not %s", in.Key.Describe())
	}
	return c.Local(sentinelKey{name}, func() any { return &Sentinel{name: name} }).(*Sentinel), nil
}
