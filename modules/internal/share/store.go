package share

import (
	"container/heap"
	"math"
)

// Store is the order in which a Pipe gives its items.
type Store interface {
	// Check refuses an item that the store cannot order.
	Check(it Item, key any) error
	Put(it Item, key any)
	Take() Item
	Len() int
}

// FIFO gives the oldest item first.
type FIFO struct {
	ring  []Item
	first int
	n     int
}

// Check refuses nothing.
func (*FIFO) Check(Item, any) error { return nil }

// Len is how many items there are.
func (f *FIFO) Len() int { return f.n }

// Put adds an item.
func (f *FIFO) Put(it Item, _ any) {
	if f.n == len(f.ring) {
		f.resize(max(8, 2*f.n))
	}
	f.ring[(f.first+f.n)&(len(f.ring)-1)] = it
	f.n++
}

// Take takes the oldest.
func (f *FIFO) Take() Item {
	it := f.ring[f.first]
	f.ring[f.first] = Item{}
	f.first = (f.first + 1) & (len(f.ring) - 1)
	f.n--
	if len(f.ring) > 4096 && f.n < len(f.ring)/8 {
		f.resize(len(f.ring) / 4)
	}
	return it
}

// resize makes room for size items, a power of two.
func (f *FIFO) resize(size int) {
	ring := make([]Item, size)
	for i := range f.n {
		ring[i] = f.ring[(f.first+i)&(len(f.ring)-1)]
	}
	f.ring, f.first = ring, 0
}

// LIFO gives the newest item first.
type LIFO struct{ items []Item }

// Check refuses nothing.
func (*LIFO) Check(Item, any) error { return nil }

// Len is how many items there are.
func (l *LIFO) Len() int { return len(l.items) }

// Put adds an item.
func (l *LIFO) Put(it Item, _ any) { l.items = append(l.items, it) }

// Take takes the newest.
func (l *LIFO) Take() Item {
	last := len(l.items) - 1
	it := l.items[last]
	l.items[last] = Item{}
	l.items = l.items[:last]
	return it
}

// Priority gives the item with the smallest key first, the older one of equals.
type Priority struct {
	ranks ranks
	puts  uint64
	texts bool // keys are strings
	some  bool // a key decided that
}

type rank struct {
	number float64
	text   string
	order  uint64
	item   Item
}

type ranks []rank

func (r ranks) Len() int      { return len(r) }
func (r ranks) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *ranks) Push(x any)   { *r = append(*r, x.(rank)) }
func (r ranks) Less(i, j int) bool {
	a, b := &r[i], &r[j]
	switch {
	case a.number != b.number:
		return a.number < b.number
	case a.text != b.text:
		return a.text < b.text
	}
	return a.order < b.order
}

func (r *ranks) Pop() any {
	last := len(*r) - 1
	x := (*r)[last]
	(*r)[last] = rank{}
	*r = (*r)[:last]
	return x
}

// orderError is an ErrOrder that says why.
type orderError struct{ why string }

func (e *orderError) Error() string { return e.why }
func (e *orderError) Unwrap() error { return ErrOrder }

// Check refuses a key that does not compare with the others.
func (p *Priority) Check(it Item, key any) error {
	_, err := p.rank(it, key)
	return err
}

func (p *Priority) rank(it Item, key any) (r rank, err error) {
	if key == nil {
		key = it.Data()
	}
	text := false
	switch k := key.(type) {
	case float64:
		if math.IsNaN(k) {
			return r, &orderError{"nan has no place in the order"}
		}
		r.number = k
	case string:
		r.text, text = k, true
	default:
		return r, &orderError{"the item does not order itself: give it a priority=, a number or a string"}
	}
	if p.some && text != p.texts {
		return r, &orderError{"the priorities of one queue are all numbers or all strings"}
	}
	r.item = it
	return r, nil
}

// Len is how many items there are.
func (p *Priority) Len() int { return len(p.ranks) }

// Put adds an item that Check accepts.
func (p *Priority) Put(it Item, key any) {
	r, _ := p.rank(it, key)
	if key == nil {
		key = it.Data()
	}
	_, p.texts = key.(string)
	p.some = true
	p.puts++
	r.order = p.puts
	heap.Push(&p.ranks, r)
}

// Take takes the item with the smallest key.
func (p *Priority) Take() Item { return heap.Pop(&p.ranks).(rank).item }
