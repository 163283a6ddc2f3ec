package thread

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Counter is a number that tasks change together.
type Counter = share.Object[*counter]

type counter struct {
	mu sync.Mutex
	n  float64
}

// NewCounter makes a counter.
func NewCounter(n float64) *Counter { return share.New(&counter{n: n}) }

// Do does an operation.
func (n *counter) Do(_ share.By, op string, args share.Args) ([]any, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch op {
	case "get":
	case "set":
		n.n = args.Number(0)
	case "add":
		n.n += args.Number(0)
	case "compare_and_set":
		if n.n != args.Number(0) {
			return []any{false}, nil
		}
		n.n = args.Number(1)
		return []any{true}, nil
	default:
		return nil, shared.ErrUnknownOp
	}
	return []any{n.n}, nil
}

// Map is a table that tasks share.
type Map = share.Object[*dict]

type dict struct {
	mu      sync.Mutex
	entries map[any]entry // by boolean, float64 or string
	version float64
}

type entry struct {
	item    share.Item
	version float64 // of the map, when it was set
}

// NewMap makes an empty map.
func NewMap() *Map { return share.New(&dict{entries: map[any]entry{}}) }

// Do does an operation.
func (m *dict) Do(_ share.By, op string, args share.Args) ([]any, error) {
	key := args.Item(0).Data()
	switch key.(type) {
	case nil, bool, float64, string:
	default:
		return nil, engine.Invalid("a %T is no key", key)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch op {
	case "get":
		e := m.entries[key]
		return []any{e.item, e.version}, nil
	case "set":
		m.set(key, args.Item(1))
		return nil, nil
	case "swap": // if the key is as it was at a version
		if m.entries[key].version != args.Number(2) {
			return []any{false}, nil
		}
		m.set(key, args.Item(1))
		return []any{true}, nil
	case "len":
		return []any{float64(len(m.entries))}, nil
	case "clear":
		clear(m.entries)
		return nil, nil
	case "keys":
		return m.keys(), nil
	case "items":
		var out []any
		for _, k := range m.keys() {
			out = append(out, k, m.entries[k].item)
		}
		return out, nil
	}
	return nil, shared.ErrUnknownOp
}

func (m *dict) set(key any, it share.Item) {
	m.version++
	if it.IsNil() {
		delete(m.entries, key)
		return
	}
	m.entries[key] = entry{it, m.version}
}

// keys lists numbers, then strings, then booleans, each in order.
func (m *dict) keys() []any {
	keys := make([]any, 0, len(m.entries))
	for k := range m.entries {
		keys = append(keys, k)
	}
	sort := func(k any) (class int, n float64, s string) {
		switch k := k.(type) {
		case float64:
			return 0, k, ""
		case string:
			return 1, 0, k
		}
		return 2, 0, fmt.Sprint(k)
	}
	slices.SortFunc(keys, func(a, b any) int {
		ac, an, as := sort(a)
		bc, bn, bs := sort(b)
		return cmp.Or(cmp.Compare(ac, bc), cmp.Compare(an, bn), cmp.Compare(as, bs))
	})
	return keys
}

// items copies the entries. Where all keys are strings, the table has them in
// order.
func items(m *Map, c *engine.Call, _ engine.None) (any, error) {
	out, err := m.Do(c, nil, "items")
	if err != nil {
		return nil, err
	}
	ordered, mixed := engine.Object{}, map[any]any{}
	for i := 0; i+1 < len(out); i += 2 {
		if name, ok := out[i].(string); ok {
			ordered = append(ordered, engine.Pair{Key: name, Value: out[i+1]})
		}
		mixed[out[i]] = out[i+1]
	}
	if len(ordered) == len(mixed) {
		return ordered, nil
	}
	return mixed, nil
}

// update sets a key to what fn makes of its value. Whoever was faster makes it
// begin again with the new value, so that no change is lost.
func update(m *Map, c *engine.Call, in updateIn) (any, error) {
	key, err := keyOf(in.Key)
	if err != nil {
		return nil, err
	}
	for {
		out, err := m.Do(c, nil, "get", key)
		if err != nil {
			return nil, err
		}
		values, err := in.Fn.CallRaw(c.Context(), out[0])
		if err != nil {
			return nil, err
		}
		var v engine.Value
		if len(values) > 0 {
			v = values[0]
		}
		it, err := carried(c, "result of fn", v)
		if err != nil {
			return nil, err
		}
		done, err := share.One(m.Do(c, nil, "swap", key, it, out[1]))
		if err != nil || done == true {
			return v, err
		}
		if err := c.Canceled(); err != nil {
			return nil, err
		}
	}
}

// carried is share.Carry for functions that are not inline.
func carried(c *engine.Call, name string, v engine.Value) (share.Item, error) {
	switch v.Type() {
	case "nil", "boolean", "number", "string":
		return share.ItemOf(v.Portable()), nil
	}
	s, err := c.Snapshot(name, v)
	return share.ItemOf(s), err
}

// keyOf is a key as a map has it.
func keyOf(v engine.Value) (any, error) {
	switch v.Type() {
	case "boolean", "string":
		return v.Portable(), nil
	case "number":
		if n, _ := v.Number(); n == n {
			return n, nil
		}
	}
	return nil, engine.Invalid("argument 'key' must be a string, a number or a boolean, got %s", v.Describe())
}

// List is a list that tasks share.
type List = share.Object[*list]

type list struct {
	mu    sync.Mutex
	items []share.Item
}

// NewList makes an empty list.
func NewList() *List { return share.New(&list{}) }

// Do does an operation.
func (l *list) Do(_ share.By, op string, args share.Args) ([]any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, i := len(l.items), args.Int(0)
	switch op {
	case "append":
		l.items = append(l.items, args.Item(0))
		return []any{float64(n + 1)}, nil
	case "get":
		if i < 0 {
			i += n + 1
		}
		if i < 1 || i > n {
			return []any{nil}, nil
		}
		return []any{l.items[i-1]}, nil
	case "set":
		if i < 1 || i > n {
			return nil, outside(i, n)
		}
		l.items[i-1] = args.Item(1)
		return nil, nil
	case "insert":
		if i < 1 || i > n+1 {
			return nil, outside(i, n+1)
		}
		l.items = slices.Insert(l.items, i-1, args.Item(1))
		return nil, nil
	case "remove":
		if i == 0 {
			i = n
		}
		if n == 0 || i < 1 || i > n {
			return []any{nil}, nil
		}
		it := l.items[i-1]
		l.items = slices.Delete(l.items, i-1, i)
		return []any{it}, nil
	case "len":
		return []any{float64(n)}, nil
	case "clear":
		l.items = nil
		return nil, nil
	case "items":
		out := make([]any, n)
		for k, it := range l.items {
			out[k] = it
		}
		return out, nil
	}
	return nil, shared.ErrUnknownOp
}

func outside(i, n int) error {
	e := engine.Invalid("the index %d is outside 1..%d", i, n)
	if i == 0 {
		e.Hint = "as in all of Lua, the first has the index 1"
	}
	return e
}
