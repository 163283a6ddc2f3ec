package digraph

import "slices"

// CycleAmong returns a cycle among nodes each of which has an edge to another
// of them, or to itself: its nodes with the first again at the end. It begins
// the search at the first such node in the order of Sorted.
func (g *Graph) CycleAmong(in []bool) []int32 {
	rank := g.Rank()
	var at int32
	for _, id := range g.Sorted() {
		if in[id] {
			at = id
			break
		}
	}
	seen := map[int32]int{}
	var path []int32
	for {
		if i, ok := seen[at]; ok {
			return append(path[i:], at)
		}
		seen[at] = len(path)
		path = append(path, at)
		next := int32(-1)
		for _, to := range g.To(at) {
			if in[to] && to != at && (next < 0 || rank[to] < rank[next]) {
				next = to
			}
		}
		if next < 0 { // only itself
			next = at
		}
		at = next
	}
}

// Loop returns the first node, in the order of Sorted, with an edge to itself.
func (g *Graph) Loop() (int32, bool) {
	found := int32(-1)
	for id := range int32(g.Len()) {
		if slices.Contains(g.To(id), id) && (found < 0 || g.Rank()[id] < g.Rank()[found]) {
			found = id
		}
	}
	return found, found >= 0
}

// Cycles returns one shortest cycle through the first node of each strongly
// connected component, and each loop unless those are passed over.
func (g *Graph) Cycles(tick *Tick, loops bool) ([][]int32, error) {
	parts, err := g.Strong(tick)
	if err != nil {
		return nil, err
	}
	var cycles [][]int32
	part := make([]int32, g.Len())
	for i, ids := range parts {
		for _, id := range ids {
			part[id] = int32(i)
		}
	}
	parent := make([]int32, g.Len())
	for i := range parent {
		parent[i] = -1
	}
	for i, ids := range parts {
		if loops {
			for _, id := range ids {
				if slices.Contains(g.To(id), id) {
					cycles = append(cycles, []int32{id, id})
				}
			}
		}
		if len(ids) < 2 {
			continue
		}
		first, queue := ids[0], []int32{ids[0]}
	search:
		for head := 0; head < len(queue); head++ {
			if err := tick.Stop(); err != nil {
				return nil, err
			}
			id := queue[head]
			for _, to := range g.To(id) {
				switch {
				case part[to] != int32(i) || to == id:
				case to == first:
					cycle := []int32{first}
					for ; id != first; id = parent[id] {
						cycle = append(cycle, id)
					}
					cycle = append(cycle, first)
					slices.Reverse(cycle)
					cycles = append(cycles, cycle)
					break search
				case parent[to] < 0:
					parent[to] = id
					queue = append(queue, to)
				}
			}
		}
	}
	return cycles, nil
}

// Strong returns the strongly connected components, by Tarjan's algorithm with
// a stack of its own. Each is sorted, and they stand in the order of their
// first nodes.
func (g *Graph) Strong(tick *Tick) ([][]int32, error) {
	n := g.Len()
	index := make([]int32, n) // 0 is not seen
	low := make([]int32, n)
	on := make([]bool, n)
	edge := make([]int32, n) // the edge to look at next
	var open, calls []int32
	var parts [][]int32
	count := int32(0)
	for _, root := range g.Sorted() {
		if index[root] != 0 {
			continue
		}
		calls = append(calls[:0], root)
		for len(calls) > 0 {
			if err := tick.Stop(); err != nil {
				return nil, err
			}
			id := calls[len(calls)-1]
			if index[id] == 0 {
				count++
				index[id], low[id] = count, count
				open, on[id] = append(open, id), true
			}
			to := g.To(id)
			deeper := false
			for int(edge[id]) < len(to) {
				next := to[edge[id]]
				if index[next] == 0 {
					calls, deeper = append(calls, next), true
					break
				}
				if on[next] {
					low[id] = min(low[id], low[next])
				}
				edge[id]++
			}
			if deeper {
				continue
			}
			calls = calls[:len(calls)-1]
			if low[id] != index[id] {
				continue
			}
			i := len(open) - 1
			for open[i] != id {
				i--
			}
			part := slices.Clone(open[i:])
			open = open[:i]
			for _, member := range part {
				on[member] = false
			}
			g.SortIDs(part)
			parts = append(parts, part)
		}
	}
	rank := g.Rank()
	slices.SortFunc(parts, func(a, b []int32) int { return int(rank[a[0]] - rank[b[0]]) })
	return parts, nil
}
