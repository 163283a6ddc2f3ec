package mock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Mock stands for a function, or for a table of functions, and remembers its
// calls. It is used with the baton held.
type Mock struct {
	engine.Identity
	name   string
	key    string // in the parent
	parent *Mock

	// known says that calls are expected: a behaviour was given, or the mock was
	// made as a function. Members that are only read are not known.
	known  bool
	strict bool
	closed bool // has the members it has, and no more
	leaf   bool // a function, which has no members
	// check says what is wrong with the arguments; nil accepts any.
	check func(c *engine.Call, args []engine.Value) error

	members map[string]*Mock
	fields  map[string]engine.Value
	act     behaviour // nil returns nothing
	calls   []*call
}

type behaviour func(c *engine.Call, args []engine.Value) ([]engine.Value, error)

// call is a call that was made.
type call struct {
	of      *Mock
	args    engine.Value // a table with n, copied when the call was made
	list    []engine.Value
	results engine.Value
	err     error
	method  bool // the parent was the first argument and is not among args
}

// maxCalls bounds what a mock in an endless loop remembers.
const maxCalls = 1 << 20

func (m *Mock) String() string { return m.name }

// unnamed is the name of a function that was given none.
const unnamed = "mock function"

// titled names the mock within a sentence.
func (m *Mock) titled() string {
	if m.name == unnamed {
		return "the " + unnamed
	}
	return "the mock " + m.name
}

func (m *Mock) member(key string) *Mock {
	if child := m.members[key]; child != nil {
		return child
	}
	child := &Mock{name: m.name + "." + key, key: key, parent: m, strict: m.strict, known: !m.strict}
	if m.members == nil {
		m.members = map[string]*Mock{}
	}
	m.members[key] = child
	return child
}

// expect marks a mock, and those in which it stands, as known.
func (m *Mock) expect() {
	for ; m != nil; m = m.parent {
		m.known = true
	}
}

// names lists the known members.
func (m *Mock) names() []string {
	var names []string
	for key, child := range m.members {
		if child.known {
			names = append(names, key)
		}
	}
	for key := range m.fields {
		names = append(names, key)
	}
	slices.Sort(names)
	return names
}

func (m *Mock) index(_ *engine.Call, in indexIn) (any, error) {
	key, ok := in.Key.Text()
	if !ok {
		return nil, misused("%s has no entry %s", m.name, in.Key.Describe())
	}
	if v, ok := m.fields[key]; ok {
		return v, nil
	}
	if child := m.members[key]; child != nil && (child.known || !m.closed) {
		return child, nil
	}
	if m.leaf || m.closed {
		return nil, m.unknown(key)
	}
	return m.member(key), nil
}

func (m *Mock) newIndex(_ *engine.Call, in newIndexIn) (engine.None, error) {
	key, ok := in.Key.Text()
	if !ok {
		return engine.None{}, misused("%s has no entry %s", m.name, in.Key.Describe())
	}
	if _, field := m.fields[key]; (m.leaf || m.closed) && !field {
		return engine.None{}, m.unknown(key)
	}
	if m.fields == nil {
		m.fields = map[string]engine.Value{}
	}
	m.fields[key] = in.Value
	return engine.None{}, nil
}

// misused is the error for what nobody described.
func misused(format string, args ...any) *engine.Error {
	e := engine.Errorf(errUnknown, format, args...)
	e.Op = "mock" // and not the name of an operator
	return e
}

// unknown is the error for a member that there is not.
func (m *Mock) unknown(key string) error {
	what := m.titled() + " has no '" + key + "'"
	e := misused("%s", what)
	if near := engine.Suggest(key, append(m.names(), methodNames()...)); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	if names := m.names(); len(names) > 0 {
		return e.WithHint("it has: %s", strings.Join(names, ", "))
	}
	if m.leaf {
		return e.WithHint("a mock function has: %s", strings.Join(methodNames(), ", "))
	}
	return e.WithHint("say first what it returns: %s.%s:returns(…)", m.name, key)
}

// invoke is a call of the mock.
func (m *Mock) invoke(c *engine.Call, in callIn) (engine.Multi, error) {
	args := in.Args
	if !m.known {
		if m.parent != nil {
			return nil, m.parent.unknown(m.key)
		}
		return nil, misused("nothing says what a call of %s does", m.titled()).
			WithHint("say what it returns: %s:returns(…), or make it with mock.fn", m.name)
	}
	if m.check != nil {
		if err := m.check(c, args); err != nil {
			return nil, err
		}
	}
	made := &call{of: m}
	if m.parent != nil && len(args) > 0 && args[0].Handle() == any(m.parent) {
		made.method, args = true, args[1:]
	}
	if len(m.calls) >= maxCalls {
		return nil, misused("%s was called more than %d times", m.titled(), maxCalls).
			WithHint("the code under test may call it without end")
	}
	made.args = c.CopyTables(c.Pack(args))
	for i := range args {
		made.list = append(made.list, made.args.Index(i+1))
	}
	m.calls = append(m.calls, made)
	if m.act == nil {
		made.results = c.Pack(nil)
		return engine.Multi{}, nil
	}
	results, err := m.act(c, args)
	if err != nil {
		made.err = err
		return nil, err
	}
	made.results = c.Pack(results)
	out := make(engine.Multi, len(results))
	for i, v := range results {
		out[i] = v
	}
	return out, nil
}

// behave gives the mock a behaviour.
func (m *Mock) behave(act behaviour) (*Mock, error) {
	m.expect()
	m.act = act
	return m, nil
}

func (m *Mock) returns(_ *engine.Call, in valuesIn) (*Mock, error) {
	return m.behave(func(*engine.Call, []engine.Value) ([]engine.Value, error) { return in.Values, nil })
}

func (m *Mock) does(_ *engine.Call, in functionIn) (*Mock, error) { return m.behave(calling(in.Fn)) }

// calling calls a function with the arguments as they are.
func calling(fn *engine.Func) behaviour {
	return func(c *engine.Call, args []engine.Value) ([]engine.Value, error) {
		return fn.CallRaw(c.Context(), anys(args)...)
	}
}

func anys(values []engine.Value) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

func (m *Mock) raises(_ *engine.Call, in raiseIn) (*Mock, error) {
	return m.behave(func(c *engine.Call, _ []engine.Value) ([]engine.Value, error) { return nil, c.Raised(in.Error) })
}

// sequence gives one item for each call.
func (m *Mock) sequence(_ *engine.Call, in sequenceIn) (*Mock, error) {
	next := 0
	return m.behave(func(c *engine.Call, args []engine.Value) ([]engine.Value, error) {
		if next >= len(in.Items) {
			if in.Loop && next > 0 {
				next = 0
			} else {
				return nil, misused("%s was called %s, and its sequence has %d", m.titled(), times(len(m.calls)), len(in.Items)).
					WithHint("give the sequence more items, or loop=true")
			}
		}
		item := in.Items[next]
		next++
		if fn := c.Callable(item); fn != nil {
			return fn.CallRaw(c.Context(), anys(args)...)
		}
		return []engine.Value{item}, nil
	})
}

func (m *Mock) reset(_ *engine.Call, in resetIn) (*Mock, error) {
	m.calls = nil
	if in.Behaviour {
		m.act = nil
	}
	for _, child := range m.members {
		child.reset(nil, in)
	}
	return m, nil
}

func (m *Mock) seal(*engine.Call, engine.None) (*Mock, error) {
	m.closed = true
	for _, child := range m.members {
		child.seal(nil, engine.None{})
	}
	return m, nil
}

func (m *Mock) named(_ *engine.Call, in keyIn) (*Mock, error) {
	if child := m.members[in.Name]; child != nil {
		return child, nil
	}
	if m.closed || m.leaf {
		return nil, m.unknown(in.Name)
	}
	return m.member(in.Name), nil
}

// records are the calls as scripts see them.
func (m *Mock) records() []record {
	list := make([]record, len(m.calls))
	for i, made := range m.calls {
		list[i] = record{Args: made.args, Results: made.results, Method: made.method}
		if made.err != nil {
			list[i].Error = made.err
		}
	}
	return list
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func newMock(_ *engine.Call, in newIn) (*Mock, error) {
	return &Mock{name: cmp.Or(in.Name, "mock"), strict: in.Strict, known: !in.Strict}, nil
}

func newFunction(_ *engine.Call, in fnIn) (*Mock, error) {
	m := &Mock{name: cmp.Or(in.Name, unnamed), strict: true, leaf: true, known: true}
	if in.Impl != nil {
		m.act = calling(in.Impl)
	}
	return m, nil
}
