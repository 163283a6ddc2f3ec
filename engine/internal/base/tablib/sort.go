package tablib

import (
	"cmp"
	"math/bits"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// sort takes the items out of the table, sorts them, and puts them back: an
// error leaves the table as it was.
func sort(L *lua.LState) int {
	t := arg.Table(L, 1)
	n := Length(t)
	var less *lua.LFunction
	if L.Get(2) != lua.LNil {
		less = arg.Function(L, 2)
	}
	if n < 2 || less == nil && (sortFew[lua.LNumber](t, n) || sortFew[lua.LString](t, n)) {
		return 0
	}
	items := make([]lua.LValue, n)
	numbers, texts := less == nil, less == nil
	longest := 0
	for i := range items {
		v := get(t, i+1)
		items[i] = v
		if numbers {
			_, numbers = v.(lua.LNumber)
		}
		if less == nil {
			text, ok := v.(lua.LString)
			texts = texts && ok
			longest = max(longest, len(text))
		}
	}
	s := sorter{L: L, items: items, cost: 1 + longest>>8}
	switch {
	case numbers:
		sortKeys[lua.LNumber](&s)
	case texts:
		sortKeys[lua.LString](&s)
	case less == nil:
		s.less = s.lessDefault
		s.sort()
	default:
		s.less = func(a, b lua.LValue) bool {
			if less.IsG { // no instruction is run
				vm.Spend(L, 1)
			}
			s.spend()
			L.Push(less)
			L.Push(a)
			L.Push(b)
			L.Call(2, 1)
			result := lua.LVAsBool(L.Get(-1))
			L.Pop(1)
			return result
		}
		s.sort()
	}
	for i, v := range s.items {
		set(t, i+1, v)
	}
	return 0
}

type sorter struct {
	L     *lua.LState
	items []lua.LValue
	less  func(a, b lua.LValue) bool
	turns int
	cost  int // of a comparison, in turns
}

// spend counts the comparisons as steps.
func (s *sorter) spend() {
	if s.turns += s.cost; s.turns >= 1024 {
		vm.Spend(s.L, s.turns)
		s.turns = 0
	}
}

// few is how many items are sorted by insertion, without a look at the limits,
// and maxShort the length of strings up to which they are.
const (
	few      = 12
	maxShort = 64 << 10
)

// key is what compares by itself.
type key interface {
	lua.LNumber | lua.LString
	lua.LValue
}

// sortFew sorts a short list of one type without allocating; it does nothing
// and returns false for any other.
func sortFew[T key](t *lua.LTable, n int) bool {
	if n > few {
		return false
	}
	var keys [few]T
	var items [few]lua.LValue
	for i := range n {
		v := t.RawGetInt(i + 1)
		k, ok := v.(T)
		if text, isText := v.(lua.LString); !ok || isText && len(text) > maxShort {
			return false
		}
		at := i
		for ; at > 0 && k < keys[at-1]; at-- {
			keys[at], items[at] = keys[at-1], items[at-1]
		}
		keys[at], items[at] = k, v
	}
	for i := range n {
		t.RawSetInt(i+1, items[i])
	}
	return true
}

// sortKeys sorts a list of one type.
func sortKeys[T key](s *sorter) {
	type item struct {
		key   T
		value lua.LValue
	}
	keyed := make([]item, len(s.items))
	for i, v := range s.items {
		keyed[i] = item{v.(T), v}
	}
	slices.SortFunc(keyed, func(a, b item) int {
		s.spend()
		return cmp.Compare(a.key, b.key)
	})
	for i := range keyed {
		s.items[i] = keyed[i].value
	}
}

// lessDefault is the operator <.
func (s *sorter) lessDefault(a, b lua.LValue) bool {
	s.spend()
	typeA, typeB := arg.TypeName(a), arg.TypeName(b)
	switch {
	case typeA != typeB:
		arg.Raise(s.L, "attempt to compare %s with %s", typeA, typeB)
	case typeA != "number" && typeA != "string":
		m := s.L.GetMetaField(a, "__lt")
		if m == lua.LNil || m != s.L.GetMetaField(b, "__lt") {
			arg.Raise(s.L, "attempt to compare two %s values", typeA)
		}
	}
	return s.L.LessThan(a, b)
}

// sort is the quicksort of C Lua, with the same comparisons in the same order,
// so items that compare equal end up in the same places. When a comparator or
// the data drive it towards quadratic time, it becomes a heap sort.
func (s *sorter) sort() { s.quick(0, len(s.items)-1, 2*bits.Len(uint(len(s.items)))+8) }

func (s *sorter) quick(low, high, depth int) {
	a := s.items
	for low < high {
		if depth--; depth < 0 {
			s.heap(low, high)
			return
		}
		s.order(low, high)
		if high-low == 1 {
			return
		}
		middle := (low + high) / 2
		if s.less(a[middle], a[low]) {
			a[middle], a[low] = a[low], a[middle]
		} else {
			s.order(middle, high)
		}
		if high-low == 2 {
			return
		}
		pivot := a[middle]
		a[middle], a[high-1] = a[high-1], a[middle]
		i, j := low, high-1
		for {
			for i++; s.less(a[i], pivot); i++ {
				if i >= high {
					s.invalid()
				}
			}
			for j--; s.less(pivot, a[j]); j-- {
				if j <= low {
					s.invalid()
				}
			}
			if j < i {
				break
			}
			a[i], a[j] = a[j], a[i]
		}
		a[high-1], a[i] = a[i], a[high-1]
		if i-low < high-i {
			s.quick(low, i-1, depth)
			low = i + 1
		} else {
			s.quick(i+1, high, depth)
			high = i - 1
		}
	}
}

// order swaps two items that stand the wrong way round.
func (s *sorter) order(i, j int) {
	if a := s.items; s.less(a[j], a[i]) {
		a[i], a[j] = a[j], a[i]
	}
}

func (s *sorter) invalid() { arg.Raise(s.L, "invalid order function for sorting") }

func (s *sorter) heap(low, high int) {
	n := high - low + 1
	for root := n/2 - 1; root >= 0; root-- {
		s.sift(low, root, n)
	}
	for end := n - 1; end > 0; end-- {
		a := s.items[low:]
		a[0], a[end] = a[end], a[0]
		s.sift(low, 0, end)
	}
}

// sift lets the item at root sink in the heap of n items that begins at low.
func (s *sorter) sift(low, root, n int) {
	a := s.items[low:]
	for {
		child := 2*root + 1
		if child >= n {
			return
		}
		if child+1 < n && s.less(a[child], a[child+1]) {
			child++
		}
		if !s.less(a[root], a[child]) {
			return
		}
		a[root], a[child] = a[child], a[root]
		root = child
	}
}
