package digraph

import (
	"cmp"
	"slices"
)

// What follows is for graphs whose edges lead both ways.

// Components returns the connected components, each sorted, in the order of
// their first nodes.
func (g *Graph) Components(tick *Tick) ([][]int32, error) {
	seen := make([]bool, g.Len())
	var parts [][]int32
	for _, root := range g.Sorted() {
		if seen[root] {
			continue
		}
		seen[root] = true
		part := []int32{root}
		for head := 0; head < len(part); head++ {
			if err := tick.Stop(); err != nil {
				return nil, err
			}
			for _, to := range g.To(part[head]) {
				if !seen[to] {
					seen[to] = true
					part = append(part, to)
				}
			}
		}
		g.SortIDs(part)
		parts = append(parts, part)
	}
	return parts, nil
}

// TwoColours gives the nodes the colours 1 and 2 so that no edge joins equal
// ones; nil when that cannot be.
func (g *Graph) TwoColours(tick *Tick) ([]int8, error) {
	colour := make([]int8, g.Len())
	for _, root := range g.Sorted() {
		if colour[root] != 0 {
			continue
		}
		colour[root] = 1
		queue := []int32{root}
		for head := 0; head < len(queue); head++ {
			if err := tick.Stop(); err != nil {
				return nil, err
			}
			id := queue[head]
			for _, to := range g.To(id) {
				if colour[to] == colour[id] {
					return nil, nil
				}
				if colour[to] == 0 {
					colour[to] = 3 - colour[id]
					queue = append(queue, to)
				}
			}
		}
	}
	return colour, nil
}

// deepen walks depth first over the whole graph. Reach is called for a new
// node, see for an edge to a node reached before other than the one that led
// here, leave when a node is done.
func (g *Graph) deepen(tick *Tick, reach func(id, from int32), see func(id, to int32) bool, leave func(id, from int32)) error {
	seen := make([]bool, g.Len())
	edge := make([]int32, g.Len())
	for _, root := range g.Sorted() {
		if seen[root] {
			continue
		}
		seen[root] = true
		reach(root, -1)
		path := []int32{root}
		for len(path) > 0 {
			if err := tick.Stop(); err != nil {
				return err
			}
			id, from := path[len(path)-1], int32(-1)
			if len(path) > 1 {
				from = path[len(path)-2]
			}
			to := g.To(id)
			if int(edge[id]) == len(to) {
				path = path[:len(path)-1]
				leave(id, from)
				continue
			}
			next := to[edge[id]]
			edge[id]++
			switch {
			case !seen[next]:
				seen[next] = true
				reach(next, id)
				path = append(path, next)
			case next != from:
				if !see(id, next) {
					return nil
				}
			}
		}
	}
	return nil
}

// Bridges returns the edges without which the graph would have more components.
func (g *Graph) Bridges(tick *Tick) ([][2]int32, error) {
	count := int32(0)
	index, low := make([]int32, g.Len()), make([]int32, g.Len())
	rank := g.Rank()
	var found [][2]int32
	err := g.deepen(tick,
		func(id, _ int32) { count++; index[id], low[id] = count, count },
		func(id, to int32) bool { low[id] = min(low[id], index[to]); return true },
		func(id, from int32) {
			if from < 0 {
				return
			}
			low[from] = min(low[from], low[id])
			if low[id] > index[from] {
				pair := [2]int32{from, id}
				if rank[id] < rank[from] {
					pair = [2]int32{id, from}
				}
				found = append(found, pair)
			}
		})
	slices.SortFunc(found, func(a, b [2]int32) int {
		return cmp.Or(cmp.Compare(rank[a[0]], rank[b[0]]), cmp.Compare(rank[a[1]], rank[b[1]]))
	})
	return found, err
}

// UndirectedCycle returns a cycle with its first node again at the end, nil
// when there is none. To go along an edge and back is no cycle.
func (g *Graph) UndirectedCycle(tick *Tick) ([]int32, error) {
	parent := make([]int32, g.Len())
	var cycle []int32
	err := g.deepen(tick,
		func(id, from int32) { parent[id] = from },
		func(id, to int32) bool {
			// The edge leads up: a depth first search of such a graph has no others
			// whose end was not seen before from below.
			cycle = []int32{to}
			for ; id != to; id = parent[id] {
				cycle = append(cycle, id)
			}
			cycle = append(cycle, to)
			slices.Reverse(cycle)
			return false
		},
		func(int32, int32) {})
	return cycle, err
}
