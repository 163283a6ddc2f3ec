package mock

import (
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/modules/test"
)

// asked refuses assertions about what was never set up: a misspelt member would
// pass every not_called.
func (m *Mock) asked() error {
	if !m.known && m.parent != nil {
		return m.parent.unknown(m.key)
	}
	return nil
}

func (m *Mock) assertCalled(_ *engine.Call, in countIn) (engine.None, error) {
	if err := m.asked(); err != nil {
		return engine.None{}, err
	}
	switch {
	case in.Times != nil && len(m.calls) != *in.Times:
		return engine.None{}, m.failed(fmt.Sprintf("%s was called %s, expected %s", m.name, times(len(m.calls)), times(*in.Times)))
	case in.Times == nil && len(m.calls) == 0:
		return engine.None{}, m.failed(m.name + " was not called")
	}
	return engine.None{}, nil
}

func (m *Mock) assertOnce(c *engine.Call, _ engine.None) (engine.None, error) {
	once := 1
	return m.assertCalled(c, countIn{Times: &once})
}

func (m *Mock) assertNever(c *engine.Call, _ engine.None) (engine.None, error) {
	never := 0
	return m.assertCalled(c, countIn{Times: &never})
}

func (m *Mock) assertWith(c *engine.Call, in argsIn) (engine.None, error) {
	if err := m.asked(); err != nil {
		return engine.None{}, err
	}
	if len(m.calls) == 0 {
		return engine.None{}, m.failed(m.name + " was not called, expected " + m.written(in.Args))
	}
	last := m.calls[len(m.calls)-1]
	ok, err := matchAll(c, in.Args, last.list)
	if err == nil && !ok {
		err = m.differs("the last call of "+m.name+" has other arguments", in.Args, last.list)
	}
	return engine.None{}, err
}

func (m *Mock) assertOnceWith(c *engine.Call, in argsIn) (engine.None, error) {
	if _, err := m.assertOnce(c, engine.None{}); err != nil {
		return engine.None{}, err
	}
	return m.assertWith(c, in)
}

func (m *Mock) assertAny(c *engine.Call, in argsIn) (engine.None, error) {
	if err := m.asked(); err != nil {
		return engine.None{}, err
	}
	for _, made := range m.calls {
		if ok, err := matchAll(c, in.Args, made.list); err != nil || ok {
			return engine.None{}, err
		}
	}
	return engine.None{}, m.failed("no call is " + m.written(in.Args))
}

// assertHas looks for calls that follow one another.
func (m *Mock) assertHas(c *engine.Call, in hasIn) (engine.None, error) {
	if err := m.asked(); err != nil {
		return engine.None{}, err
	}
	wanted := make([][]engine.Value, len(in.Calls))
	for i, v := range in.Calls {
		wanted[i] = unpack(v)
	}
	if in.AnyOrder {
		return engine.None{}, m.hasInAnyOrder(c, wanted)
	}
	for at := 0; at+len(wanted) <= len(m.calls); at++ {
		all := true
		for i, args := range wanted {
			ok, err := matchAll(c, args, m.calls[at+i].list)
			if err != nil {
				return engine.None{}, err
			}
			if all = ok; !all {
				break
			}
		}
		if all {
			return engine.None{}, nil
		}
	}
	var list []string
	for _, args := range wanted {
		list = append(list, m.written(args))
	}
	return engine.None{}, m.failed("these calls do not follow one another: " + strings.Join(list, ", "))
}

func (m *Mock) hasInAnyOrder(c *engine.Call, wanted [][]engine.Value) error {
	used := make([]bool, len(m.calls))
next:
	for _, args := range wanted {
		for i, made := range m.calls {
			if used[i] {
				continue
			}
			ok, err := matchAll(c, args, made.list)
			if err != nil {
				return err
			}
			if ok {
				used[i] = true
				continue next
			}
		}
		return m.failed("no call is " + m.written(args))
	}
	return nil
}

// unpack reads a list of arguments: a table with n may have holes.
func unpack(v engine.Value) []engine.Value {
	if !v.IsTable() {
		return []engine.Value{v}
	}
	n := v.Len()
	if count, ok := v.Field("n").Number(); ok {
		n = min(max(int(count), 0), 1000)
	}
	list := make([]engine.Value, n)
	for i := range list {
		list[i] = v.Index(i + 1)
	}
	return list
}

// shownCalls bounds the calls that a failure lists.
const shownCalls = 10

// failed makes the error of an assertion, with the calls that were made.
func (m *Mock) failed(message string) error {
	var b strings.Builder
	b.WriteString(message)
	if len(m.calls) == 0 {
		return test.Failure(message, nil)
	}
	b.WriteString("\nthe calls are:")
	first := max(0, len(m.calls)-shownCalls)
	if first > 0 {
		fmt.Fprintf(&b, "\n  … %d earlier", first)
	}
	for i, made := range m.calls[first:] {
		fmt.Fprintf(&b, "\n  %d. %s", first+i+1, m.written(made.list))
	}
	return test.Failure(b.String(), nil)
}

func (m *Mock) differs(message string, want, got []engine.Value) error {
	e := m.failed(message).(*engine.Error)
	e.Message += "\n  expected " + m.written(want) + "\n  got      " + m.written(got)
	return e
}

// written is a call as a script writes it.
func (m *Mock) written(args []engine.Value) string {
	list := make([]string, len(args))
	for i, v := range args {
		list[i] = show(v)
	}
	return m.name + "(" + strings.Join(list, ", ") + ")"
}

func show(v engine.Value) string {
	if s, ok := v.Handle().(fmt.Stringer); ok {
		return s.String()
	}
	return inspect.Sprint(v, inspect.Options{Width: -1, Depth: 4, Items: 20, Text: 200, Tostring: func(v engine.Value) (string, bool) {
		s, ok := v.Handle().(fmt.Stringer)
		if !ok {
			return "", false
		}
		return s.String(), true
	}})
}
