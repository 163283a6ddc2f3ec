package inspect

import (
	"math"
	"reflect"

	"github.com/gscript-lang/gscript/engine"
)

// Compare says what counts as equal. The zero value compares numbers exactly,
// not-a-number with nothing, and tables by their entries whatever their
// metatables.
type Compare struct {
	Tolerance  float64 // how far numbers may be apart
	Relative   float64 // the same as a part of the greater one: 1e-9
	NaN        bool    // not-a-number equals itself
	Metatables bool    // tables must have the same metatable
	Limit      int     // differences that Diff returns: 100; negative for all

	// Eq decides for two tables or two handles, as by the metamethod __eq;
	// decided is false to have them compared as without it. Nil runs nothing.
	Eq func(a, b engine.Value) (equal, decided bool)
}

// Difference is a place where two values differ.
type Difference struct {
	Path string // from the top: .users[3].name; "" for the values themselves
	A, B engine.Value
	// Missing and Extra say that only the first or only the second has an entry
	// there. Metatable says that no more than the metatables differ.
	Missing, Extra, Metatable bool
}

// Equal compares two values deeply. Tables that hold themselves are equal where
// both do so in the same way. Keys are compared as the language does, so that a
// table as a key equals itself only. It needs the baton.
func Equal(a, b engine.Value, o Compare) bool {
	w := walker{Compare: o, seen: map[pair]bool{}}
	w.Limit = 1
	w.walk(a, b)
	return len(w.found) == 0
}

// Diff lists where two values differ, in the order in which they are shown. It
// needs the baton.
func Diff(a, b engine.Value, o Compare) []Difference {
	w := walker{Compare: o, seen: map[pair]bool{}, ordered: true}
	switch {
	case w.Limit == 0:
		w.Limit = 100
	case w.Limit < 0:
		w.Limit = math.MaxInt
	}
	w.walk(a, b)
	return w.found
}

type pair struct{ a, b any }

// task is two values to compare. The walk keeps them in a list of its own, so
// that no depth of nesting can exhaust the stack.
type task struct {
	a, b engine.Value
	at   *place
}

type walker struct {
	Compare
	ordered bool
	seen    map[pair]bool // compared, or about to be
	todo    []task
	found   []Difference
}

func (w *walker) walk(a, b engine.Value) {
	w.todo = append(w.todo, task{a, b, nil})
	for len(w.todo) > 0 && len(w.found) < w.Limit {
		t := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		w.compare(t)
	}
}

func (w *walker) compare(t task) {
	if w.same(t.a, t.b) {
		return
	}
	if t.a.IsNil() || t.b.IsNil() {
		top := t.at == nil
		w.report(t, Difference{Missing: !top && t.b.IsNil(), Extra: !top && t.a.IsNil()})
		return
	}
	if w.Eq != nil && t.a.Type() == t.b.Type() && (t.a.IsTable() || t.a.Type() == "userdata") {
		if equal, decided := w.Eq(t.a, t.b); decided {
			if !equal {
				w.report(t, Difference{})
			}
			return
		}
	}
	if !t.a.IsTable() || !t.b.IsTable() {
		w.report(t, Difference{})
		return
	}
	p := pair{t.a.Lua(), t.b.Lua()}
	if w.seen[p] {
		return
	}
	w.seen[p] = true
	if w.Metatables && t.a.Metatable().Lua() != t.b.Metatable().Lua() {
		w.report(t, Difference{Metatable: true})
	}
	if w.ordered {
		w.inOrder(t)
	} else {
		w.anyhow(t)
	}
}

func (w *walker) report(t task, d Difference) {
	d.Path, d.A, d.B = t.at.String(), t.a, t.b
	w.found = append(w.found, d)
}

// inOrder puts the entries of two tables before what is still to do. What is
// plainly the same is passed over at once.
func (w *walker) inOrder(t task) {
	a, b := contentsOf(t.a), contentsOf(t.b)
	if a.members != b.members {
		w.report(t, Difference{})
		return
	}
	first := len(w.todo)
	put := func(s step, x, y engine.Value) {
		if !w.same(x, y) {
			w.todo = append(w.todo, task{x, y, &place{t.at, s}})
		}
	}
	for i := 1; i <= max(a.list, b.list); i++ {
		put(step{index: i}, a.table.Index(i), b.table.Index(i))
	}
	i, j := 0, 0
	for i < len(a.rest) || j < len(b.rest) {
		order := 0
		switch {
		case i == len(a.rest):
			order = 1
		case j == len(b.rest):
			order = -1
		default:
			order = compareKeys(a.rest[i], b.rest[j])
			if order == 0 && a.rest[i].Lua() != b.rest[j].Lua() {
				order = -1 // keys without an order: those of the first come first
			}
		}
		var k engine.Value
		if order <= 0 {
			k = a.rest[i]
			i++
			if order == 0 {
				j++
			}
		} else {
			k = b.rest[j]
			j++
			if !a.table.Get(k).IsNil() {
				continue // taken with the first's
			}
		}
		if a.inList(k) || b.inList(k) {
			continue // above
		}
		put(step{key: k}, a.table.Get(k), b.table.Get(k))
	}
	for i, j := first, len(w.todo)-1; i < j; i, j = i+1, j-1 { // the last is taken first
		w.todo[i], w.todo[j] = w.todo[j], w.todo[i]
	}
}

// anyhow does the same in the order of the tables.
func (w *walker) anyhow(t task) {
	a, am := members(t.a)
	b, bm := members(t.b)
	if am != bm {
		w.report(t, Difference{})
		return
	}
	count := 0
	for k, x := range a.Entries() {
		count++
		y := b.Get(k)
		if w.same(x, y) {
			continue
		}
		if y.IsNil() || !x.IsTable() && w.Eq == nil {
			w.report(t, Difference{})
			return
		}
		w.todo = append(w.todo, task{x, y, nil})
	}
	for range b.Entries() {
		count--
	}
	if count != 0 {
		w.report(t, Difference{})
	}
}

// same compares without looking into tables.
func (w *walker) same(a, b engine.Value) bool {
	if a.Lua() == b.Lua() {
		return true
	}
	if x, ok := a.Number(); ok {
		y, ok := b.Number()
		return ok && w.near(x, y)
	}
	x, y := a.Handle(), b.Handle()
	if x == nil || y == nil {
		return false
	}
	if e, ok := x.(*engine.Error); ok {
		f, ok := y.(*engine.Error)
		return ok && e.Kind == f.Kind && e.Error() == f.Error()
	}
	return reflect.TypeOf(x) == reflect.TypeOf(y) && reflect.TypeOf(x).Comparable() && reflect.ValueOf(x).Comparable() && x == y
}

func (w *walker) near(x, y float64) bool {
	switch {
	case math.IsNaN(x) || math.IsNaN(y):
		return w.NaN && math.IsNaN(x) && math.IsNaN(y)
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		return x == y
	}
	d := math.Abs(x - y)
	return d <= w.Tolerance || d <= w.Relative*math.Max(math.Abs(x), math.Abs(y))
}
