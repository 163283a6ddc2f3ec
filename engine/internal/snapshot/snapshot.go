// Package snapshot is the structured copy between states. States share nothing,
// so what crosses is taken apart into a Snapshot, which belongs to no state,
// and put together again on the other side, as often as needed.
package snapshot

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// maxDepth bounds values inside one another; a list linked by tables may be
// this long.
const maxDepth = 10_000

// Snapshot is a copied value. It is immutable.
type Snapshot struct {
	root  node
	nodes []node // tables and functions, so that sharing and cycles survive
	cells []node // upvalues that functions share
	// globals are the script's own globals that copied functions read.
	globals []global
	// Type is the Lua type of the value.
	Type string
	// Assigned names the captured variables that a copied function assigns.
	// The assignment reaches the copy only.
	Assigned []Assignment
}

// Assignment is a captured variable that a function assigns, and the line that
// does so first.
type Assignment struct{ Name, At string }

// LuaType names the type in documentation.
func (*Snapshot) LuaType() string { return "any" }

type global struct {
	name string
	node node
}

type node any

type (
	scalar   struct{ v lua.LValue }
	ref      struct{ i int } // into nodes
	named    struct{ path string }
	shared   struct{ v any }
	failure  struct{ e *fault.Error }
	null     struct{}
	tableRec struct {
		keys, values []node
		meta         string // "" or the name of a metatable that every state has
	}
	funcRec struct {
		proto  *lua.FunctionProto
		upvals []int // into cells; -1 for none
	}
)

// Refused says which part of a value cannot cross, and why.
type Refused struct {
	Path string // from the value taken: ".conn", "[2]", " (upvalue db)"
	Why  string
}

func (r *Refused) Error() string {
	if r.Path == "" {
		return r.Why
	}
	return strings.TrimSpace(r.Path) + ": " + r.Why
}

// Codec takes and restores snapshots for one state.
type Codec struct {
	Root *lua.LState
	Null *lua.LUserData

	// NameOf names values that every state has: standard functions and
	// libraries, modules and their functions.
	NameOf func(v lua.LValue) (path string, ok bool)
	// Lookup finds them again, requiring a module where needed.
	Lookup func(path string) (lua.LValue, error)
	// Shared gives the Go value of a handle that crosses by reference.
	Shared func(ud *lua.LUserData) (v any, ok bool)
	// Share makes a handle of it.
	Share func(v any) lua.LValue
	// TypeName names a handle's type for a refusal.
	TypeName func(v lua.LValue) string
	// Refusal is why a handle does not cross, "" for the general reason.
	Refusal func(ud *lua.LUserData) string
	// Error makes an error object.
	Error func(e *fault.Error) lua.LValue
	// ListMeta marks empty lists.
	ListMeta *lua.LTable
	// Overwrite says that captured globals replace those of the state, as in a
	// worker; otherwise they only fill gaps.
	Overwrite bool
	// Stopped is asked now and then while a large value is taken; an error ends
	// that. It may be nil.
	Stopped func() error
}

// taking is one Take in progress.
type taking struct {
	c     *Codec
	s     *Snapshot
	seen  map[lua.LValue]int
	cells map[*lua.Upvalue]int
	known map[string]bool // globals taken or being taken
	turns int             // entries of tables
}

// way leads to a part of the value. It is written out only for a refusal.
type way struct {
	from *way
	key  lua.LValue // of a table, nil for a name
	name string
}

func (w *way) String() string {
	var steps []string
	for ; w != nil; w = w.from {
		if w.key != nil {
			steps = append(steps, step(w.key))
		} else {
			steps = append(steps, w.name)
		}
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

func (w *way) refused(format string, args ...any) *Refused {
	return &Refused{w.String(), fmt.Sprintf(format, args...)}
}

// Take copies v out of the state. A *Refused names what cannot cross.
func (c *Codec) Take(v lua.LValue) (*Snapshot, error) {
	if root, ok := plain(v); ok {
		return &Snapshot{root: root, Type: v.Type().String()}, nil
	}
	if fn, ok := v.(*lua.LFunction); ok && !fn.IsG && len(fn.Upvalues) == 0 {
		if _, known := c.NameOf(v); !known && !readsGlobals(fn.Proto) {
			return &Snapshot{root: ref{0}, nodes: []node{&funcRec{proto: fn.Proto}}, Type: v.Type().String()}, nil
		}
	}
	t := &taking{c: c, s: &Snapshot{Type: v.Type().String()}, seen: map[lua.LValue]int{}, cells: map[*lua.Upvalue]int{}, known: map[string]bool{}}
	root, err := t.value(v, nil, 0)
	if err != nil {
		return nil, err
	}
	t.s.root = root
	return t.s, nil
}

// plain is the node of a value that needs no copy.
func plain(v lua.LValue) (node, bool) {
	switch v.(type) {
	case *lua.LNilType, lua.LBool, lua.LNumber, lua.LString:
		return scalar{v}, true
	}
	return nil, false
}

func (t *taking) value(v lua.LValue, path *way, depth int) (node, error) {
	if n, ok := plain(v); ok {
		return n, nil
	}
	if i, ok := t.seen[v]; ok {
		return ref{i}, nil
	}
	if name, ok := t.c.NameOf(v); ok {
		return named{name}, nil
	}
	if depth > maxDepth {
		return nil, path.refused("more than %d values inside one another", maxDepth)
	}
	switch v := v.(type) {
	case *lua.LTable:
		return t.table(v, path, depth)
	case *lua.LFunction:
		return t.function(v, path, depth)
	case *lua.LUserData:
		return t.userdata(v, path)
	case *lua.LState:
		return nil, path.refused("a coroutine stays in the state that made it; send what it yields, or make it inside the worker")
	}
	return nil, path.refused("a %s cannot be copied", v.Type())
}

func (t *taking) userdata(v *lua.LUserData, path *way) (node, error) {
	if v == t.c.Null {
		return null{}, nil
	}
	if e, ok := v.Value.(*fault.Error); ok {
		return failure{e.Portable()}, nil
	}
	if s, ok := t.c.Shared(v); ok {
		return shared{s}, nil
	}
	if why := t.c.Refusal(v); why != "" {
		return nil, path.refused("%s", why)
	}
	name := t.c.TypeName(v)
	return nil, path.refused("%s %s stays in the state that opened it; open it inside the worker", article(name), name)
}

// article puts "an" before a name that is spoken with a vowel, such as ssh.Client.
func article(name string) string {
	if strings.HasPrefix(name, "ssh") || strings.HasPrefix(name, "ftp") || name != "" && strings.ContainsRune("aeiouAEIOU", rune(name[0])) {
		return "an"
	}
	return "a"
}

func (t *taking) table(v *lua.LTable, path *way, depth int) (node, error) {
	rec := &tableRec{}
	switch mt := v.Metatable.(type) {
	case *lua.LTable:
		name, ok := t.c.NameOf(mt)
		switch {
		case mt == t.c.ListMeta:
			rec.meta = "list"
		case ok:
			rec.meta = name
		default:
			return nil, path.refused("a table with a metatable of the script stays in its state; copy plain data and set the metatable inside the worker")
		}
	}
	i := t.add(v, rec)
	for k, item := v.Next(lua.LNil); k != lua.LNil; k, item = v.Next(k) {
		if t.turns++; t.turns%4096 == 0 && t.c.Stopped != nil {
			if err := t.c.Stopped(); err != nil {
				return nil, err
			}
		}
		kn, ok := plain(k)
		if !ok {
			var err error
			if kn, err = t.value(k, &way{from: path, name: " (a key)"}, depth+1); err != nil {
				return nil, err
			}
		}
		vn, ok := plain(item)
		if !ok {
			var err error
			if vn, err = t.value(item, &way{from: path, key: k}, depth+1); err != nil {
				return nil, err
			}
		}
		rec.keys, rec.values = append(rec.keys, kn), append(rec.values, vn)
	}
	return ref{i}, nil
}

func step(k lua.LValue) string {
	switch k := k.(type) {
	case lua.LString:
		return "." + string(k)
	case lua.LNumber:
		return "[" + k.String() + "]"
	}
	return "[a " + k.Type().String() + "]"
}

func (t *taking) add(v lua.LValue, rec node) int {
	t.s.nodes = append(t.s.nodes, rec)
	t.seen[v] = len(t.s.nodes) - 1
	return len(t.s.nodes) - 1
}

func (t *taking) function(fn *lua.LFunction, path *way, depth int) (node, error) {
	if fn.IsG {
		return nil, path.refused("a native function that belongs to no module, such as an iterator, stays in its state; send what it returns, or make it inside the worker")
	}
	rec := &funcRec{proto: fn.Proto, upvals: make([]int, len(fn.Upvalues))}
	i := t.add(fn, rec)
	assigned := assignedUpvalues(fn.Proto)
	for n, uv := range fn.Upvalues {
		if uv == nil {
			rec.upvals[n] = -1
			continue
		}
		name := fmt.Sprintf("#%d", n+1)
		if n < len(fn.Proto.DbgUpvalues) {
			name = fn.Proto.DbgUpvalues[n]
		}
		if at, ok := assigned[n]; ok {
			t.s.Assigned = append(t.s.Assigned, Assignment{name, at})
		}
		if cell, ok := t.cells[uv]; ok {
			rec.upvals[n] = cell
			continue
		}
		cell := len(t.s.cells)
		t.s.cells = append(t.s.cells, nil)
		t.cells[uv] = cell
		rec.upvals[n] = cell
		v, err := t.value(uv.Value(), &way{from: path, name: " (upvalue " + name + ")"}, depth+1)
		if err != nil {
			return nil, err
		}
		t.s.cells[cell] = v
	}
	return ref{i}, t.captureGlobals(fn, path, depth)
}

// captureGlobals takes along the script's own globals that the function reads.
func (t *taking) captureGlobals(fn *lua.LFunction, path *way, depth int) error {
	for _, name := range globalsRead(fn.Proto) {
		if t.known[name] {
			continue
		}
		t.known[name] = true
		v := readGlobal(fn.Env, name)
		if v == lua.LNil {
			continue
		}
		if p, ok := t.c.NameOf(v); ok && p == name {
			continue // a standard name that means the standard thing
		}
		n, err := t.value(v, &way{from: path, name: " (global " + name + ")"}, depth+1)
		if err != nil {
			return err
		}
		t.s.globals = append(t.s.globals, global{name, n})
	}
	return nil
}

// readGlobal reads a global as a function whose globals are env does, but for
// what a metamethod would have to compute.
func readGlobal(env *lua.LTable, name string) lua.LValue {
	for range 8 {
		if v := env.RawGetString(name); v != lua.LNil {
			return v
		}
		meta, ok := env.Metatable.(*lua.LTable)
		if !ok {
			break
		}
		if env, ok = meta.RawGetString("__index").(*lua.LTable); !ok {
			break
		}
	}
	return lua.LNil
}

// Restore builds the value in the state. It raises where a module that the
// value needs cannot be required.
func (c *Codec) Restore(s *Snapshot) lua.LValue {
	if s == nil {
		return lua.LNil
	}
	if plain, ok := s.root.(scalar); ok {
		return plain.v
	}
	r := &restoring{c: c, s: s, built: make([]lua.LValue, len(s.nodes)), cells: make([]*lua.Upvalue, len(s.cells))}
	for i := range r.cells {
		r.cells[i] = &lua.Upvalue{}
	}
	v := r.value(s.root)
	for i, n := range s.cells {
		r.cells[i].SetValue(r.value(n))
	}
	for _, g := range s.globals {
		v := r.value(g.node)
		if c.Overwrite || c.Root.G.Global.RawGetString(g.name) == lua.LNil {
			c.Root.G.Global.RawSetString(g.name, v)
		}
	}
	return v
}

type restoring struct {
	c     *Codec
	s     *Snapshot
	built []lua.LValue
	cells []*lua.Upvalue
}

func (r *restoring) value(n node) lua.LValue {
	switch n := n.(type) {
	case nil:
		return lua.LNil
	case scalar:
		return n.v
	case null:
		return r.c.Null
	case failure:
		e := *n.e
		return r.c.Error(&e)
	case shared:
		return r.c.Share(n.v)
	case named:
		v, err := r.c.Lookup(n.path)
		if err != nil {
			r.c.Root.Error(r.c.Error(fault.Classify(err)), 0)
		}
		return v
	case ref:
		return r.build(n.i)
	}
	panic(fmt.Sprintf("snapshot: unknown node %T", n))
}

func (r *restoring) build(i int) lua.LValue {
	if v := r.built[i]; v != nil {
		return v
	}
	switch rec := r.s.nodes[i].(type) {
	case *tableRec:
		t := r.c.Root.CreateTable(0, 0)
		r.built[i] = t
		for k, key := range rec.keys {
			r.c.Root.RawSet(t, r.value(key), r.value(rec.values[k]))
		}
		if rec.meta == "list" {
			t.Metatable = r.c.ListMeta
		} else if rec.meta != "" {
			t.Metatable = r.value(named{rec.meta})
		}
		return t
	case *funcRec:
		fn := r.c.Root.NewFunctionFromProto(rec.proto)
		fn.Env = r.c.Root.G.Global
		r.built[i] = fn
		for n, cell := range rec.upvals {
			if cell >= 0 {
				fn.Upvalues[n] = r.cells[cell]
			} else {
				fn.Upvalues[n] = &lua.Upvalue{}
			}
		}
		return fn
	}
	panic("snapshot: unknown record")
}
