package digraph

import "context"

// Layers is Kahn's algorithm on a graph whose edges lead to what a node needs:
// the nodes level by level, and where each level ends. Loops are passed over.
// With sorted, the nodes of a level stand in the order of Sorted, otherwise in
// the order in which they became ready. What is on or behind a cycle is left
// out; stuck then says so for each node.
func (g *Graph) Layers(ctx context.Context, sorted bool) (nodes, ends []int32, stuck []bool, err error) {
	n := g.Len()
	tick := NewTick(ctx)
	back := g.Reverse()
	waiting := make([]int32, n)
	level := make([]int32, n)
	order := make([]int32, 0, n)
	for id := range int32(n) {
		needs := g.To(id)
		waiting[id] = int32(len(needs))
		for _, need := range needs {
			if need == id {
				waiting[id]--
			}
		}
		if waiting[id] == 0 {
			order = append(order, id)
		}
	}
	for head := 0; head < len(order); head++ {
		if err := tick.Stop(); err != nil {
			return nil, nil, nil, err
		}
		id := order[head]
		for _, next := range back.To(id) {
			if next == id {
				continue
			}
			if waiting[next]--; waiting[next] == 0 {
				level[next] = level[id] + 1 // its last need is its deepest
				order = append(order, next)
			}
		}
	}
	for i := range order {
		if i > 0 && level[order[i]] != level[order[i-1]] {
			ends = append(ends, int32(i))
		}
	}
	if len(order) > 0 {
		ends = append(ends, int32(len(order)))
	}
	if len(order) < n {
		stuck = make([]bool, n)
		for id, left := range waiting {
			stuck[id] = left > 0
		}
	}
	if sorted {
		order = g.sortLevels(order, ends, level, stuck)
	}
	return order, ends, stuck, nil
}

// sortLevels sorts the nodes of each level, by one pass over the sorted nodes.
func (g *Graph) sortLevels(order, ends, level []int32, stuck []bool) []int32 {
	at := make([]int32, len(ends))
	for i := 1; i < len(ends); i++ {
		at[i] = ends[i-1]
	}
	for _, id := range g.Sorted() {
		if stuck == nil || !stuck[id] {
			l := level[id]
			order[at[l]] = id
			at[l]++
		}
	}
	return order
}
