package digraph

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// matrix is a graph as a naive implementation wants it: weights, 0 for no edge.
type matrix [][]float64

// random makes a graph and the same as a matrix; both directions when both.
func random(r *rand.Rand, both, weighted bool) (*Graph, matrix) {
	n := 1 + r.IntN(8)
	b, m := NewBuilder(), make(matrix, n)
	for i := range m {
		m[i] = make([]float64, n)
		b.Anonymous(engine.Value{})
	}
	for range r.IntN(2 * n) {
		from, to, w := r.IntN(n), r.IntN(n), 1.0
		if weighted {
			w = float64(1 + r.IntN(5))
		}
		if m[from][to] == 0 {
			m[from][to] = w
		}
		b.Edge(int32(from), int32(to), w)
		if both && from != to {
			if m[to][from] == 0 {
				m[to][from] = w
			}
			b.Edge(int32(to), int32(from), w)
		}
	}
	return b.Build(), m
}

// far is Floyd and Warshall's.
func (m matrix) far() matrix {
	d := make(matrix, len(m))
	for i := range m {
		d[i] = make([]float64, len(m))
		for j := range m {
			d[i][j] = math.Inf(1)
			if m[i][j] > 0 {
				d[i][j] = m[i][j]
			}
		}
		d[i][i] = 0
	}
	for k := range m {
		for i := range m {
			for j := range m {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

// paths lists all simple paths, by recursion in the order of to.
func paths(g *Graph, path []int32, goal int32) (all [][]int32) {
	at := path[len(path)-1]
	if at == goal {
		return [][]int32{slices.Clone(path)}
	}
	for _, to := range g.To(at) {
		if !slices.Contains(path, to) {
			all = append(all, paths(g, append(path, to), goal)...)
		}
	}
	return all
}

func collect(t *testing.T, p *Paths, tick *Tick) (all [][]int32) {
	for {
		path, err := p.Next(tick)
		if err != nil {
			t.Fatal(err)
		}
		if path == nil {
			return all
		}
		all = append(all, path)
	}
}

func equal(a, b [][]int32) bool { return slices.EqualFunc(a, b, slices.Equal) }

func many(t *testing.T, f func(t *testing.T, r *rand.Rand, tick *Tick)) {
	t.Parallel()
	for seed := range uint64(2000) {
		f(t, rand.New(rand.NewPCG(seed, 1)), NewTick(t.Context()))
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

func TestSearchesAgreeWithNaiveOnes(t *testing.T) {
	many(t, func(t *testing.T, r *rand.Rand, tick *Tick) {
		g, m := random(r, false, false)
		d := m.far()
		start, goal := int32(r.IntN(len(m))), int32(r.IntN(len(m)))
		tree, err := g.BFS(tick, start, -1, -1)
		if err != nil {
			t.Fatal(err)
		}
		reached := 0
		for id := range m {
			want := d[start][id]
			if !math.IsInf(want, 1) {
				reached++
			} else {
				want = -1
			}
			if float64(tree.Depth[id]) != want {
				t.Errorf("depth of %d is %d, want %v", id, tree.Depth[id], want)
			}
			if path := tree.Path(int32(id)); want >= 0 && len(path) != int(want)+1 {
				t.Errorf("path to %d is %v, want %v edges", id, path, want)
			}
		}
		if len(tree.Order) != reached {
			t.Errorf("order %v, want %d nodes", tree.Order, reached)
		}

		var got, want []int32
		if _, err := g.DFS(tick, start, -1, &Visitor{Pre: func(id, _ int32) (bool, error) { got = append(got, id); return true, nil }}); err != nil {
			t.Fatal(err)
		}
		var visit func(id int32)
		visit = func(id int32) {
			want = append(want, id)
			for _, to := range g.To(id) {
				if !slices.Contains(want, to) {
					visit(to)
				}
			}
		}
		visit(start)
		if !slices.Equal(got, want) {
			t.Errorf("dfs %v, want %v", got, want)
		}

		limit := int32(r.IntN(4))
		within := 0
		for id := range m {
			if d[start][id] <= float64(limit) {
				within++
			}
		}
		count := 0
		if _, err := g.DFS(tick, start, limit, &Visitor{Pre: func(int32, int32) (bool, error) { count++; return true, nil }}); err != nil || count != within {
			t.Errorf("dfs within %d reaches %d nodes, %v; want %d", limit, count, err, within)
		}

		all := paths(g, []int32{start}, goal)
		if got := collect(t, g.Paths(start, goal, -1, false), tick); !equal(got, all) {
			t.Errorf("paths %v, want %v", got, all)
		}
		slices.SortStableFunc(all, func(a, b []int32) int { return len(a) - len(b) })
		if got := collect(t, g.Paths(start, goal, -1, true), tick); !equal(got, all) {
			t.Errorf("paths by length %v, want %v", got, all)
		}
		short := slices.DeleteFunc(slices.Clone(all), func(p []int32) bool { return len(p)-1 > int(limit) })
		if got := collect(t, g.Paths(start, goal, limit, true), tick); !equal(got, short) {
			t.Errorf("paths within %d: %v, want %v", limit, got, short)
		}
	})
}

func TestLayersAgreeWithNaiveOnes(t *testing.T) {
	many(t, func(t *testing.T, r *rand.Rand, tick *Tick) {
		g, m := random(r, false, false)
		done := make([]bool, len(m))
		var want []int32
		var ends []int32
		for {
			var level []int32
			for id := range m {
				free := !done[id]
				for need := range m {
					free = free && (m[id][need] == 0 || need == id || done[need])
				}
				if free {
					level = append(level, int32(id))
				}
			}
			if level == nil {
				break
			}
			for _, id := range level {
				done[id] = true
			}
			want = append(want, level...)
			ends = append(ends, int32(len(want)))
		}
		nodes, gotEnds, stuck, err := g.Layers(t.Context(), true)
		if err != nil || !slices.Equal(nodes, want) || !slices.Equal(gotEnds, ends) {
			t.Errorf("layers %v %v, %v; want %v %v", nodes, gotEnds, err, want, ends)
		}
		if loose, looseEnds, _, _ := g.Layers(t.Context(), false); !slices.Equal(looseEnds, ends) || len(loose) != len(want) {
			t.Errorf("unsorted layers %v %v, want ends %v", loose, looseEnds, ends)
		}
		if (stuck != nil) != (len(want) < len(m)) {
			t.Errorf("stuck %v with %v of %d", stuck, want, len(m))
		}
		if stuck != nil {
			cycle := g.CycleAmong(stuck)
			if cycle[0] != cycle[len(cycle)-1] || len(cycle) < 2 {
				t.Errorf("cycle %v", cycle)
			}
			for i := range cycle[1:] {
				if m[cycle[i]][cycle[i+1]] == 0 {
					t.Errorf("cycle %v has no edge %d", cycle, i)
				}
			}
		}
	})
}

func TestShapesAgreeWithNaiveOnes(t *testing.T) {
	many(t, func(t *testing.T, r *rand.Rand, tick *Tick) {
		g, m := random(r, false, false)
		d := m.far()
		parts, err := g.Strong(tick)
		if err != nil {
			t.Fatal(err)
		}
		in := map[int32]int{}
		for i, part := range parts {
			for _, id := range part {
				in[id] = i
			}
		}
		onCycle := 0
		for i := range m {
			for j := range m {
				both := !math.IsInf(d[i][j], 1) && !math.IsInf(d[j][i], 1)
				if (in[int32(i)] == in[int32(j)]) != both {
					t.Errorf("components %v, but %d and %d", parts, i, j)
				}
			}
			if m[i][i] > 0 {
				onCycle++
			}
		}
		for _, part := range parts {
			if len(part) > 1 {
				onCycle++
			}
		}
		cycles, err := g.Cycles(tick, true)
		if err != nil || len(cycles) != onCycle {
			t.Errorf("cycles %v, %v; want %d", cycles, err, onCycle)
		}
		for _, c := range cycles {
			for i := range c[1:] {
				if m[c[i]][c[i+1]] == 0 {
					t.Errorf("cycle %v has no edge %d", c, i)
				}
			}
		}
	})
}

func TestUndirectedShapesAgreeWithNaiveOnes(t *testing.T) {
	many(t, func(t *testing.T, r *rand.Rand, tick *Tick) {
		g, m := random(r, true, true)
		parts, err := g.Components(tick)
		if err != nil {
			t.Fatal(err)
		}
		bridges, err := g.Bridges(tick)
		if err != nil {
			t.Fatal(err)
		}
		var want [][2]int32
		for i := range m {
			for j := i + 1; j < len(m); j++ {
				if m[i][j] == 0 {
					continue
				}
				a, b := m[i][j], m[j][i]
				m[i][j], m[j][i] = 0, 0
				if math.IsInf(m.far()[i][j], 1) {
					want = append(want, [2]int32{int32(i), int32(j)})
				}
				m[i][j], m[j][i] = a, b
			}
		}
		if !slices.Equal(bridges, want) {
			t.Errorf("bridges %v, want %v", bridges, want)
		}
		// Prim's algorithm.
		sum, seen := 0.0, make([]bool, len(m))
		for root := range m {
			if seen[root] {
				continue
			}
			seen[root] = true
			for {
				best, to := math.Inf(1), -1
				for i := range m {
					for j := range m {
						if seen[i] && !seen[j] && m[i][j] > 0 && m[i][j] < best {
							best, to = m[i][j], j
						}
					}
				}
				if to < 0 {
					break
				}
				seen[to] = true
				sum += best
			}
		}
		edges, err := g.Forest(tick)
		got := 0.0
		for _, e := range edges {
			got += e.Weight
		}
		if err != nil || got != sum || len(edges) != len(m)-len(parts) {
			t.Errorf("forest %v weighs %v, %v; want %v", edges, got, err, sum)
		}
		acyclic := len(edges) == undirectedEdges(m)
		if cycle, err := g.UndirectedCycle(tick); err != nil || (cycle == nil) != acyclic {
			t.Errorf("cycle %v, %v; want none: %v", cycle, err, acyclic)
		}
		can := false
		for colours := range 1 << len(m) {
			ok := true
			for i := range m {
				for j := range m {
					ok = ok && (m[i][j] == 0 || colours>>i&1 != colours>>j&1)
				}
			}
			can = can || ok
		}
		if side, err := g.TwoColours(tick); err != nil || (side != nil) != can {
			t.Errorf("colours %v, %v; want %v", side, err, can)
		}
	})
}

func undirectedEdges(m matrix) (n int) {
	for i := range m {
		for j := i; j < len(m); j++ {
			if m[i][j] > 0 {
				n++
			}
		}
	}
	return n
}

func TestDijkstraAgreesWithFloydWarshall(t *testing.T) {
	many(t, func(t *testing.T, r *rand.Rand, tick *Tick) {
		g, m := random(r, false, true)
		d := m.far()
		start := int32(r.IntN(len(m)))
		order, parent, distance, err := g.Dijkstra(tick, start, -1)
		if err != nil {
			t.Fatal(err)
		}
		for id := range m {
			want := d[start][id]
			if math.IsInf(want, 1) {
				want = -1
			}
			if distance[id] != want {
				t.Errorf("distance to %d is %v, want %v", id, distance[id], want)
			}
			if p := parent[id]; p >= 0 && distance[p]+m[p][id] != distance[id] {
				t.Errorf("%d is not behind %d", id, p)
			}
		}
		if !slices.IsSortedFunc(order, func(a, b int32) int { return int(distance[a] - distance[b]) }) {
			t.Errorf("order %v by %v", order, distance)
		}
	})
}

// Work on a huge graph ends with its context.
func TestLongWorkStops(t *testing.T) {
	t.Parallel()
	b := NewBuilder()
	for range 10_000 {
		b.Anonymous(engine.Value{})
	}
	for id := range int32(9_999) {
		b.Edge(id, id+1, 1)
	}
	g := b.Build()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	tick := func() *Tick { return NewTick(ctx) }
	for name, work := range map[string]func() error{
		"BFS":             func() error { _, err := g.BFS(tick(), 0, -1, -1); return err },
		"DFS":             func() error { _, err := g.DFS(tick(), 0, -1, &Visitor{}); return err },
		"WalkBFS":         func() error { _, err := g.WalkBFS(tick(), 0, -1, &Visitor{}); return err },
		"Layers":          func() error { _, _, _, err := g.Layers(ctx, true); return err },
		"Strong":          func() error { _, err := g.Strong(tick()); return err },
		"Components":      func() error { _, err := g.Both().Components(tick()); return err },
		"Dijkstra":        func() error { _, _, _, err := g.Dijkstra(tick(), 0, -1); return err },
		"Forest":          func() error { _, err := g.Both().Forest(tick()); return err },
		"Bridges":         func() error { _, err := g.Both().Bridges(tick()); return err },
		"UndirectedCycle": func() error { _, err := g.Both().UndirectedCycle(tick()); return err },
		"TwoColours":      func() error { _, err := g.Both().TwoColours(tick()); return err },
		"Paths":           func() error { _, err := g.Paths(0, 9_999, -1, false).Next(tick()); return err },
		"Paths, shortest": func() error { _, err := g.Paths(0, 9_999, -1, true).Next(tick()); return err },
	} {
		if err := work(); err != why {
			t.Errorf("%s ended with %v", name, err)
		}
	}
}

// A label must not end its quotes, nor the line.
func FuzzLabelsStayInTheirQuotes(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `\`, `\"`, "a\nb", "\x00\xff", `]; x --> y`, "#quot;", `\\"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dot := dotText(s)
		inner := dot[1 : len(dot)-1]
		if dot[0] != '"' || dot[len(dot)-1] != '"' || strings.ContainsAny(inner, "\n\r\x00") {
			t.Errorf("dot label %q", dot)
		}
		for i := 0; i < len(inner); i++ {
			switch inner[i] {
			case '\\':
				if i++; i == len(inner) {
					t.Errorf("dot label %q ends in a backslash", dot)
				}
			case '"':
				t.Errorf("dot label %q has a quote inside", dot)
			}
		}
		if m := mermaidText(s); m == "" || strings.ContainsAny(m, "\"<>\n\r\x00") {
			t.Errorf("mermaid label %q", m)
		}
	})
}
