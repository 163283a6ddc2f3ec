package digraph

import "github.com/gscript-lang/gscript/engine"

// index finds the number of a node. Small whole numbers are looked up in an
// array, strings and other numbers in maps of their own, because all of those
// are faster than one map of values.
type index struct {
	small   []int32 // by number: 1 + the node's number
	texts   map[string]int32
	numbers map[float64]int32
	others  map[engine.Value]int32
}

// maxSmall bounds the array of small numbers.
const maxSmall = 1 << 22

// smallOf returns n as a place in the array of small numbers.
func smallOf(n float64) (int, bool) {
	i := int(n)
	return i, float64(i) == n && i >= 0 && i < maxSmall
}

func (x *index) find(v engine.Value) (id int32, ok bool) {
	if s, isText := v.Text(); isText {
		id, ok = x.texts[s]
	} else if n, isNumber := v.Number(); isNumber {
		id, ok = x.number(n)
	} else {
		id, ok = x.others[v]
	}
	return id, ok
}

func (x *index) number(n float64) (int32, bool) {
	if i, ok := smallOf(n); ok && (i < len(x.small) || x.numbers == nil) {
		if i < len(x.small) && x.small[i] != 0 {
			return x.small[i] - 1, true
		}
		if x.numbers == nil {
			return 0, false
		}
	}
	id, ok := x.numbers[n]
	return id, ok
}

// setNumber puts a number in the array if the array stays in proportion to the
// nodes there are, and in the map otherwise.
func (x *index) setNumber(n float64, id int32) {
	if i, ok := smallOf(n); ok && i < 8*int(id)+1024 {
		for i >= len(x.small) {
			x.small = append(x.small, make([]int32, max(1024, len(x.small)))...)
		}
		x.small[i] = id + 1
		return
	}
	if x.numbers == nil {
		x.numbers = map[float64]int32{}
	}
	x.numbers[n] = id
}
