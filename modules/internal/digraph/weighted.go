package digraph

import (
	"cmp"
	"container/heap"
	"slices"
)

// Queue is a queue by priority; what is equal leaves in the order in which it
// came.
type Queue struct {
	items []queued
	count int
}

type queued struct {
	id    int32
	count int
	at    float64
}

func (q *Queue) Len() int      { return len(q.items) }
func (q *Queue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *Queue) Push(x any)    { q.items = append(q.items, x.(queued)) }
func (q *Queue) Less(i, j int) bool {
	a, b := &q.items[i], &q.items[j]
	return a.at < b.at || a.at == b.at && a.count < b.count
}

// Pop is container/heap's.
func (q *Queue) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last
}

// Put adds a node.
func (q *Queue) Put(id int32, at float64) {
	q.count++
	heap.Push(q, queued{id, q.count, at})
}

// Take removes the first node.
func (q *Queue) Take() (id int32, at float64) {
	item := heap.Pop(q).(queued)
	return item.id, item.at
}

// Dijkstra finds the least sums of weights from start, until goal is reached;
// goal -1 is none. It returns the nodes in the order of their distance, the node
// before each, -1 for none, and the distances, -1 for what was not reached.
func (g *Graph) Dijkstra(tick *Tick, start, goal int32) (order, parent []int32, distance []float64, err error) {
	n := g.Len()
	parent, distance = make([]int32, n), make([]float64, n)
	for i := range n {
		parent[i], distance[i] = -1, -1
	}
	final := make([]bool, n)
	q := &Queue{}
	distance[start] = 0
	q.Put(start, 0)
	for q.Len() > 0 {
		if err := tick.Stop(); err != nil {
			return nil, nil, nil, err
		}
		id, at := q.Take()
		if final[id] {
			continue
		}
		final[id] = true
		order = append(order, id)
		if id == goal {
			break
		}
		for i, to := range g.To(id) {
			if d := at + g.Weight(id, i); !final[to] && (distance[to] < 0 || d < distance[to]) {
				distance[to], parent[to] = d, id
				q.Put(to, d)
			}
		}
	}
	return order, parent, distance, nil
}

// WeightedEdge is an edge and its weight.
type WeightedEdge struct {
	From, To int32
	Weight   float64
}

// Forest is Kruskal's algorithm on a graph whose edges lead both ways: the
// edges of a spanning tree of least weight of each component, in the order of
// their weights.
func (g *Graph) Forest(tick *Tick) ([]WeightedEdge, error) {
	rank := g.Rank()
	var edges []WeightedEdge
	for _, id := range g.Sorted() {
		for i, to := range g.To(id) {
			if rank[id] < rank[to] {
				edges = append(edges, WeightedEdge{id, to, g.Weight(id, i)})
			}
		}
	}
	slices.SortStableFunc(edges, func(a, b WeightedEdge) int { return cmp.Compare(a.Weight, b.Weight) })
	above := make([]int32, g.Len())
	for i := range above {
		above[i] = int32(i)
	}
	root := func(id int32) int32 {
		for above[id] != id {
			above[id] = above[above[id]]
			id = above[id]
		}
		return id
	}
	var picked []WeightedEdge
	for _, e := range edges {
		if err := tick.Stop(); err != nil {
			return nil, err
		}
		if a, b := root(e.From), root(e.To); a != b {
			above[b] = a
			picked = append(picked, e)
		}
	}
	return picked, nil
}
