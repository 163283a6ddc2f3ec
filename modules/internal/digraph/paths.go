package digraph

import "slices"

// Paths walks the ways between two nodes that meet no node twice. It holds no
// more than its place, so it may be abandoned at any time.
type Paths struct {
	g           *Graph
	start, goal int32
	depth       int32 // most edges of a path; negative for no limit
	useful      []bool

	on   []bool
	path []int32 // depth first: the way to here, and the edge of each to follow next
	edge []int32

	partial []partial // breadth first
	head    int
	at      int // the edge of the head to follow next
	breadth bool
	started bool
	ended   bool
}

// partial is a way that is looked at later: a node and what it continues.
type partial struct {
	id, depth int32
	before    int // in partial; -1 for none
}

// Paths makes the walk: with breadth the shorter paths come first.
func (g *Graph) Paths(start, goal, depth int32, breadth bool) *Paths {
	return &Paths{g: g, start: start, goal: goal, depth: depth, breadth: breadth}
}

// Next returns the next path, nil at the end.
func (p *Paths) Next(tick *Tick) ([]int32, error) {
	if p.ended {
		return nil, nil
	}
	if !p.started {
		p.started = true
		back, err := p.g.Reverse().BFS(tick, p.goal, -1, -1)
		if err != nil {
			return nil, err
		}
		p.useful = make([]bool, p.g.Len()) // the goal can be reached
		for _, id := range back.Order {
			p.useful[id] = true
		}
		if p.start == p.goal || !p.useful[p.start] {
			p.ended = true
			if p.start == p.goal {
				return []int32{p.start}, nil
			}
			return nil, nil
		}
		if p.breadth {
			p.partial = []partial{{p.start, 0, -1}}
		} else {
			p.on = make([]bool, p.g.Len())
			p.path, p.edge = []int32{p.start}, []int32{0}
			p.on[p.start] = true
		}
	}
	var path []int32
	var err error
	if p.breadth {
		path, err = p.nextShortest(tick)
	} else {
		path, err = p.nextDeepest(tick)
	}
	p.ended = path == nil && err == nil
	return path, err
}

func (p *Paths) nextDeepest(tick *Tick) ([]int32, error) {
	for len(p.path) > 0 {
		if err := tick.Stop(); err != nil {
			return nil, err
		}
		top := len(p.path) - 1
		id := p.path[top]
		to := p.g.To(id)
		if int(p.edge[top]) == len(to) || p.depth >= 0 && int32(top) >= p.depth {
			p.on[id] = false
			p.path, p.edge = p.path[:top], p.edge[:top]
			continue
		}
		next := to[p.edge[top]]
		p.edge[top]++
		switch {
		case next == p.goal:
			return append(slices.Clone(p.path), next), nil
		case p.useful[next] && !p.on[next]:
			p.on[next] = true
			p.path, p.edge = append(p.path, next), append(p.edge, 0)
		}
	}
	return nil, nil
}

func (p *Paths) nextShortest(tick *Tick) ([]int32, error) {
	for ; p.head < len(p.partial); p.head, p.at = p.head+1, 0 {
		here := p.partial[p.head]
		if p.depth >= 0 && here.depth >= p.depth {
			continue
		}
		to := p.g.To(here.id)
		for p.at < len(to) {
			if err := tick.Stop(); err != nil {
				return nil, err
			}
			next := to[p.at]
			p.at++
			switch {
			case next == p.goal:
				return append(p.way(p.head), next), nil
			case p.useful[next] && !p.has(p.head, next):
				p.partial = append(p.partial, partial{next, here.depth + 1, p.head})
			}
		}
	}
	return nil, nil
}

func (p *Paths) has(at int, id int32) bool {
	for ; at >= 0; at = p.partial[at].before {
		if p.partial[at].id == id {
			return true
		}
	}
	return false
}

func (p *Paths) way(at int) []int32 {
	var path []int32
	for ; at >= 0; at = p.partial[at].before {
		path = append(path, p.partial[at].id)
	}
	slices.Reverse(path)
	return path
}
