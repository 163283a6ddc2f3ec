package mock

import (
	"errors"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test"
)

// Patch is a replacement that can be taken back.
type Patch struct {
	engine.Identity
	name string
	on   any // the table
	key  any
	undo func() error
	of   *stack
}

func (p *Patch) String() string { return "mock.Patch of " + p.name }

// stack is the replacements of a state, the last on top. It is used with the
// baton.
type stack struct{ patches []*Patch }

type stackKey struct{}

func stackOf(c *engine.Call) *stack {
	return c.Local(stackKey{}, func() any { return &stack{} }).(*stack)
}

// push notes a replacement; the end of the test takes it back.
func push(c *engine.Call, p *Patch) *Patch {
	s := stackOf(c)
	p.of = s
	s.patches = append(s.patches, p)
	if t := test.Current(c); t != nil {
		t.CleanupCall("mock", func(c *engine.Call) error { return c.Holding(p.restore) })
	}
	return p
}

// restore takes a replacement back, and before it those that were made of the
// same thing later. Taking it back again does nothing.
func (p *Patch) restore() error {
	at := slices.Index(p.of.patches, p)
	if at < 0 {
		return nil
	}
	var errs []error
	for i := len(p.of.patches) - 1; i >= at; i-- {
		other := p.of.patches[i]
		if other.on != p.on || other.key != p.key {
			continue
		}
		p.of.patches = slices.Delete(p.of.patches, i, i+1)
		errs = append(errs, other.undo())
	}
	return errors.Join(errs...)
}

func (p *Patch) undone(*engine.Call, engine.None) (engine.None, error) {
	return engine.None{}, p.restore()
}

func restoreAll(c *engine.Call, _ engine.None) (engine.None, error) {
	s := stackOf(c)
	var errs []error
	for len(s.patches) > 0 {
		errs = append(errs, s.patches[len(s.patches)-1].restore())
	}
	return engine.None{}, errors.Join(errs...)
}

// install replaces an entry of a table.
func install(c *engine.Call, target engine.Value, name string, with engine.Value) (*Patch, error) {
	restore, err := c.Replace(target, c.Value(name), with)
	if err != nil {
		return nil, err
	}
	return push(c, &Patch{name: name, on: target.Lua(), key: name, undo: func() error { restore(); return nil }}), nil
}

// patch has three forms: ("mod.fn", value[, body]), (table, "name", value[,
// body]) and (table, {name=value}[, body]).
func patch(c *engine.Call, in patchIn) (engine.Multi, error) {
	target, values, rest, named, err := form(c, in)
	if err != nil {
		return nil, err
	}
	var body *engine.Func
	if len(rest) > 1 || len(rest) == 1 && !rest[0].IsNil() && c.Callable(rest[0]) == nil {
		return nil, engine.Invalid("behind the value stands the function to run, or nothing")
	}
	if len(rest) == 1 {
		body = c.Callable(rest[0])
	}
	var made []*Patch
	for _, v := range values {
		if named {
			if _, err = existing(c, target, v.Name); err != nil {
				break
			}
		}
		var p *Patch
		if p, err = install(c, target, v.Name, v.Value); err != nil {
			break
		}
		made = append(made, p)
	}
	if err != nil {
		return nil, errors.Join(err, undo(made))
	}
	if body == nil {
		return engine.Multi{group(made)}, nil
	}
	results, err := body.CallRaw(c.Context(), anys(valuesOf(values))...)
	if rerr := undo(made); err == nil {
		err = rerr
	}
	return engine.Multi(anys(results)), err
}

func valuesOf(members []engine.Member) []engine.Value {
	list := make([]engine.Value, len(members))
	for i, m := range members {
		list[i] = m.Value
	}
	return list
}

func undo(made []*Patch) error {
	var errs []error
	for _, p := range slices.Backward(made) {
		errs = append(errs, p.restore())
	}
	return errors.Join(errs...)
}

// group makes one patch of several.
func group(made []*Patch) *Patch {
	if len(made) == 1 {
		return made[0]
	}
	own := &stack{}
	p := &Patch{name: "several names", of: own, undo: func() error { return undo(made) }}
	own.patches = []*Patch{p}
	return p
}

// form reads what is patched; named says that it has one name, which must be
// there.
func form(c *engine.Call, in patchIn) (target engine.Value, values []engine.Member, rest []engine.Value, named bool, err error) {
	args := in.Rest
	name := ""
	if path, ok := in.Target.Text(); ok {
		target, name, err = walk(c, path)
	} else if target = in.Target; !target.IsTable() || len(args) == 0 {
		err = engine.Invalid("what is patched is a name such as \"json.decode\", or a table and the name in it")
	} else if args[0].IsTable() {
		for k, v := range args[0].Entries() {
			name, ok := k.Text()
			if !ok {
				return target, nil, nil, false, engine.Invalid("a name is a string, not %s", k.Describe())
			}
			values = append(values, engine.Member{Name: name, Value: v})
		}
		return target, values, args[1:], false, nil
	} else if name, ok = args[0].Text(); ok {
		args = args[1:]
	} else {
		err = engine.Invalid("behind the table stands a name, or a table of names and values, not %s", args[0].Describe())
	}
	if err == nil && len(args) == 0 {
		err = engine.Invalid("the value for '%s' is missing", name)
	}
	if err != nil {
		return target, nil, nil, false, err
	}
	return target, []engine.Member{{Name: name, Value: args[0]}}, args[1:], true, nil
}

// walk finds the table of a dotted name: the longest part of it that is a module
// or a global, then its fields.
func walk(c *engine.Call, path string) (target engine.Value, name string, err error) {
	parts := strings.Split(path, ".")
	if len(parts) < 2 || slices.Contains(parts, "") {
		return target, "", engine.Invalid("%q does not name what is patched: write the module and the name in it, such as \"json.decode\"", path)
	}
	name = parts[len(parts)-1]
	for n := len(parts) - 1; n > 0; n-- {
		target, err = c.Load(strings.Join(parts[:n], "."))
		if err != nil {
			return target, "", err
		}
		if target.IsNil() {
			continue
		}
		for _, part := range parts[n : len(parts)-1] {
			if target, err = existing(c, target, part); err != nil {
				return target, "", err
			}
		}
		return target, name, nil
	}
	return target, "", engine.Errorf(errUnknown, "there is no module and no global '%s'", parts[0])
}

// property has a field of a table computed by a mock.
func property(c *engine.Call, in propertyIn) (*Mock, error) {
	m := &Mock{name: in.Name, strict: true, leaf: true, known: true}
	switch fn := c.Callable(in.Get); {
	case fn != nil:
		m.act = calling(fn)
	default:
		m.act = func(*engine.Call, []engine.Value) ([]engine.Value, error) { return []engine.Value{in.Get}, nil }
	}
	self := c.CallableOf(c.Value(m))
	restore, err := c.Computed(in.Table, in.Name, self, self)
	if err != nil {
		return nil, err
	}
	push(c, &Patch{name: in.Name, on: in.Table.Lua(), key: in.Name, undo: func() error { restore(); return nil }})
	return m, nil
}

// replaced pushes a replacement of a part of the host.
func replaced(c *engine.Call, name string, restore func() error) *Patch {
	return push(c, &Patch{name: name, on: name, key: new(byte), undo: restore})
}
