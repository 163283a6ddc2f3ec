package mock

import (
	"cmp"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// of makes a mock with the members of a module or a class, or of the signature
// of a function.
func of(c *engine.Call, in ofIn) (*Mock, error) {
	target, name, err := resolve(c, in.What)
	if err != nil {
		return nil, err
	}
	name = cmp.Or(in.Name, name)
	switch {
	case target.Type() == "function":
		m := &Mock{name: cmp.Or(name, unnamed), strict: true, leaf: true, known: true}
		m.check = arity(c, m, target)
		return m, nil
	case target.IsTable():
		return like(c, target, cmp.Or(name, "mock"), nil), nil
	}
	return nil, engine.Invalid("argument 'what' must be a module, a class, a function or the name of a module, got %s", in.What.Describe())
}

// resolve takes the name of a module for the module.
func resolve(c *engine.Call, v engine.Value) (target engine.Value, name string, err error) {
	name, ok := v.Text()
	if !ok {
		return v, "", nil
	}
	target, err = c.Load(name)
	if err == nil && target.IsNil() {
		err = engine.Invalid("there is no module and no global '%s'", name)
	}
	return target, name, err
}

// like makes a closed mock with the members of a table. act, if not nil, gives
// each function its behaviour.
func like(c *engine.Call, target engine.Value, name string, act func(fn engine.Value) behaviour) *Mock {
	m := &Mock{name: name, strict: true, known: true, closed: true, members: map[string]*Mock{}, fields: map[string]engine.Value{}}
	for _, member := range c.Members(target) {
		if member.Value.Type() != "function" {
			m.fields[member.Name] = member.Value
			continue
		}
		child := &Mock{name: name + "." + member.Name, key: member.Name, parent: m, strict: true, leaf: true, known: true}
		child.check = arity(c, child, member.Value)
		if act != nil {
			child.act = act(member.Value)
		}
		m.members[member.Name] = child
	}
	return m
}

// arity checks the arguments of a mock as those of the function for which it
// stands: a module's by its declaration, a Lua function's by how many it takes.
func arity(c *engine.Call, m *Mock, fn engine.Value) func(*engine.Call, []engine.Value) error {
	sig, ok := c.Signature(fn)
	switch {
	case !ok || sig.Native == nil && sig.Vararg:
		return nil
	case sig.Native != nil:
		return func(c *engine.Call, args []engine.Value) error {
			for _, v := range args {
				switch v.Handle().(type) {
				case *Mock, *Sentinel, *matcher:
					return nil // stands for a value of the right type
				}
			}
			err := c.CheckArguments(sig.Native, args)
			if err == nil {
				return nil
			}
			e := *engine.Classify(err)
			e.Op = m.name
			return &e
		}
	}
	most := len(sig.Params)
	return func(_ *engine.Call, args []engine.Value) error {
		n := len(args)
		for n > most && args[n-1].IsNil() {
			n--
		}
		if n <= most {
			return nil
		}
		e := engine.Errorf(errArity, "%s takes up to %s, it was called with %d", m.name, count(most, "argument"), n)
		e.Op = "mock"
		return e.WithHint("the function for which it stands is defined in %s", sig.At)
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// spy makes a mock that calls through.
func spy(c *engine.Call, in spyIn) (*Mock, error) {
	if in.Name != nil {
		return spyOn(c, in)
	}
	target, name, err := resolve(c, in.What)
	if err != nil {
		return nil, err
	}
	through := func(fn engine.Value) behaviour { return calling(c.Callable(fn)) }
	switch {
	case target.Type() == "function":
		m := &Mock{name: "spy", strict: true, leaf: true, known: true, act: through(target)}
		m.check = arity(c, m, target)
		return m, nil
	case target.IsTable():
		return like(c, target, cmp.Or(name, "spy"), through), nil
	}
	return nil, engine.Invalid("argument 'what' must be a function, a module or a class, got %s", in.What.Describe())
}

// spyOn puts a spy in the place of a function.
func spyOn(c *engine.Call, in spyIn) (*Mock, error) {
	target, name, err := resolve(c, in.What)
	if err != nil {
		return nil, err
	}
	fn, err := existing(c, target, *in.Name)
	if err != nil {
		return nil, err
	}
	if c.Callable(fn) == nil {
		return nil, engine.Invalid("'%s' is %s, not a function", *in.Name, fn.Describe())
	}
	m := &Mock{name: joined(name, *in.Name), strict: true, leaf: true, known: true, act: calling(c.Callable(fn))}
	_, err = install(c, target, *in.Name, c.Value(m))
	return m, err
}

// stub puts a function that returns given values in the place of a function.
func stub(c *engine.Call, in stubIn) (*Mock, error) {
	target, name, err := resolve(c, in.What)
	if err != nil {
		return nil, err
	}
	fn, err := existing(c, target, in.Name)
	if err != nil {
		return nil, err
	}
	m := &Mock{name: joined(name, in.Name), strict: true, leaf: true, known: true}
	m.check = arity(c, m, fn)
	m.act = func(*engine.Call, []engine.Value) ([]engine.Value, error) { return in.Values, nil }
	_, err = install(c, target, in.Name, c.Value(m))
	return m, err
}

func joined(name, member string) string {
	if name == "" {
		return member
	}
	return name + "." + member
}

// existing finds what is to be replaced: a name that is not there is a mistake.
func existing(c *engine.Call, target engine.Value, name string) (engine.Value, error) {
	if !target.IsTable() {
		return engine.Value{}, engine.Invalid("a %s has no '%s' that could be replaced", target.Type(), name)
	}
	for _, m := range c.Members(target) {
		if m.Name == name {
			return m.Value, nil
		}
	}
	e := engine.Errorf(errUnknown, "there is no '%s' to replace", name)
	var names []string
	for _, m := range c.Members(target) {
		names = append(names, m.Name)
	}
	if near := engine.Suggest(name, names); near != "" {
		return engine.Value{}, e.WithHint("did you mean '%s'?", near)
	}
	return engine.Value{}, e.WithHint("mock.patch(table, {name=value}) also sets names that are not there")
}
