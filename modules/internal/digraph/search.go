package digraph

import "slices"

// Tree is how a search reached the nodes.
type Tree struct {
	Order  []int32 // as they were reached
	Parent []int32 // by node; -1 for the start and what was not reached
	Depth  []int32 // by node; -1 for what was not reached
}

// BFS searches breadth first from start, no deeper than depth unless that is
// negative, until goal is reached; goal -1 is none.
func (g *Graph) BFS(tick *Tick, start, goal, depth int32) (*Tree, error) {
	n := g.Len()
	t := &Tree{Parent: make([]int32, n), Depth: make([]int32, n)}
	for i := range n {
		t.Parent[i], t.Depth[i] = -1, -1
	}
	t.Order = append(make([]int32, 0, min(n, 1024)), start)
	t.Depth[start] = 0
	for head := 0; head < len(t.Order); head++ {
		if err := tick.Stop(); err != nil {
			return nil, err
		}
		id := t.Order[head]
		if id == goal {
			break
		}
		d := t.Depth[id] + 1
		if depth >= 0 && d > depth {
			break
		}
		for _, to := range g.To(id) {
			if t.Depth[to] < 0 {
				t.Depth[to], t.Parent[to] = d, id
				t.Order = append(t.Order, to)
			}
		}
	}
	return t, nil
}

// Path is the way to a node, nil when it was not reached.
func (t *Tree) Path(goal int32) []int32 {
	if t.Depth[goal] < 0 {
		return nil
	}
	path := []int32{goal}
	for t.Parent[goal] >= 0 {
		goal = t.Parent[goal]
		path = append(path, goal)
	}
	slices.Reverse(path)
	return path
}

// Edge is how an edge looks to a depth first search.
type Edge int

// The kinds of edges.
const (
	TreeEdge  Edge = iota // to a node that was not reached yet
	BackEdge              // to a node on the way to here
	OtherEdge             // to a node that is done
)

// Visitor is told what a search does; nil functions are not. False ends the
// search.
type Visitor struct {
	Pre  func(id, depth int32) (bool, error)
	Post func(id, depth int32) (bool, error)
	Edge func(from, to int32, kind Edge) (bool, error)
}

func (v *Visitor) pre(id, depth int32) (bool, error) {
	if v.Pre == nil {
		return true, nil
	}
	return v.Pre(id, depth)
}

func (v *Visitor) post(id, depth int32) (bool, error) {
	if v.Post == nil {
		return true, nil
	}
	return v.Post(id, depth)
}

func (v *Visitor) edge(from, to int32, kind Edge) (bool, error) {
	if v.Edge == nil {
		return true, nil
	}
	return v.Edge(from, to, kind)
}

// DFS searches depth first from start, no deeper than depth unless that is
// negative, and says whether the visitor let it come to its end.
//
// With a limit, a node that was reached by a long way is reached again when a
// shorter one is found: otherwise what lies behind it could be missed.
func (g *Graph) DFS(tick *Tick, start, depth int32, v *Visitor) (bool, error) {
	n := g.Len()
	var (
		seen = make([]int32, n) // 1 + the least depth at which it was reached; 0 is not
		told = make([]bool, n)
		left = make([]bool, n)
		on   = make([]bool, n)
		path = []int32{start}
		edge = []int32{0} // the edge of each node of the path to look at next
	)
	seen[start], on[start] = 1, true
	told[start] = true
	if ok, err := v.pre(start, 0); !ok || err != nil {
		return false, err
	}
	for len(path) > 0 {
		if err := tick.Stop(); err != nil {
			return false, err
		}
		top := len(path) - 1
		id := path[top]
		to := g.To(id)
		if int(edge[top]) == len(to) || depth >= 0 && int32(top) >= depth {
			path, edge = path[:top], edge[:top]
			on[id] = false
			if left[id] {
				continue
			}
			left[id] = true
			if ok, err := v.post(id, int32(top)); !ok || err != nil {
				return false, err
			}
			continue
		}
		next := to[edge[top]]
		edge[top]++
		kind := TreeEdge
		switch {
		case on[next]:
			kind = BackEdge
		case told[next]:
			kind = OtherEdge
		}
		if ok, err := v.edge(id, next, kind); !ok || err != nil {
			return false, err
		}
		d := int32(top) + 1
		again := depth >= 0 && kind == OtherEdge && d+1 < seen[next]
		if kind != TreeEdge && !again {
			continue
		}
		seen[next], on[next] = d+1, true
		path, edge = append(path, next), append(edge, 0)
		if !told[next] {
			told[next] = true
			if ok, err := v.pre(next, d); !ok || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// WalkBFS is BFS for a visitor. Post is told when all edges of a node are.
func (g *Graph) WalkBFS(tick *Tick, start, depth int32, v *Visitor) (bool, error) {
	at := make([]int32, g.Len())
	for i := range at {
		at[i] = -1
	}
	at[start] = 0
	queue := []int32{start}
	for head := 0; head < len(queue); head++ {
		if err := tick.Stop(); err != nil {
			return false, err
		}
		id := queue[head]
		if ok, err := v.pre(id, at[id]); !ok || err != nil {
			return false, err
		}
		if depth < 0 || at[id] < depth {
			for _, to := range g.To(id) {
				kind := OtherEdge
				if at[to] < 0 {
					kind, at[to] = TreeEdge, at[id]+1
					queue = append(queue, to)
				}
				if ok, err := v.edge(id, to, kind); !ok || err != nil {
					return false, err
				}
			}
		}
		if ok, err := v.post(id, at[id]); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}
