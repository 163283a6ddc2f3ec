package toposort

import (
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/digraph"
)

type phase uint8

const (
	waiting phase = iota
	offered       // in the list of those ready
	handed
	finished
)

// sorter hands out nodes as graphlib's TopologicalSorter does.
type sorter struct {
	engine.Identity
	self string

	mu      sync.Mutex
	builder *digraph.Builder

	// From prepare on.
	g        *digraph.Graph
	missing  []int32 // needs that are not done
	phases   []phase
	next     []int32 // ready and not handed out
	out      int     // handed out and not done
	finished int
	started  bool
}

type addIn struct {
	Node  engine.Value   `lua:"node" doc:"the node"`
	Needs []engine.Value `lua:"needs,rest" doc:"what must come before it"`
}

type doneIn struct {
	Nodes []engine.Value `lua:"nodes,rest" doc:"the nodes"`
}

func newSorter(_ *engine.Call, in sorterIn) (*sorter, error) {
	s := &sorter{self: in.Self, builder: digraph.NewBuilder()}
	if in.Deps != nil {
		s.builder = in.Deps.builder
	}
	return s, nil
}

func (s *sorter) addNode(_ *engine.Call, in addIn) (engine.None, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.g != nil {
		return engine.None{}, engine.Errorf(errState, "a node cannot be added after prepare")
	}
	for _, v := range append([]engine.Value{in.Node}, in.Needs...) {
		if n, ok := v.Number(); v.IsNil() || ok && n != n { // before any of them is taken
			return engine.None{}, engine.Invalid("a node cannot be nil or nan")
		}
	}
	id, err := s.builder.Named(in.Node)
	if err != nil {
		return engine.None{}, err
	}
	for _, need := range in.Needs {
		n, err := s.builder.Named(need)
		if err != nil {
			return engine.None{}, err
		}
		s.builder.Edge(id, n, 1)
	}
	return engine.None{}, nil
}

func (s *sorter) prepare(c *engine.Call, _ engine.None) (engine.None, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return engine.None{}, s.begin(c)
}

// begin builds the graph. A cycle is reported, but what is not behind it can
// still be handed out. The lock is held.
func (s *sorter) begin(c *engine.Call) error {
	if s.started {
		return engine.Errorf(errState, "prepare comes before the first node is handed out, not after it")
	}
	if s.g == nil {
		s.g = s.builder.Build()
		s.missing = make([]int32, s.g.Len())
		s.phases = make([]phase, s.g.Len())
		for _, id := range s.g.Sorted() {
			for _, need := range s.g.To(id) {
				if need != id || s.self == "error" {
					s.missing[id]++
				}
			}
			if s.missing[id] == 0 {
				s.offer(id)
			}
		}
	}
	if s.self == "error" {
		if id, found := s.g.Loop(); found {
			return cycleError(s.g, []int32{id, id})
		}
	}
	_, _, err := layers(c.Context(), s.g, false)
	return err
}

func (s *sorter) offer(id int32) {
	s.phases[id] = offered
	s.next = append(s.next, id)
}

// prepared refuses what comes before prepare. The lock is held.
func (s *sorter) prepared() error {
	if s.g == nil {
		return engine.Errorf(errState, "prepare must be called first")
	}
	return nil
}

func (s *sorter) ready(_ *engine.Call, _ engine.None) (engine.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.prepared(); err != nil {
		return nil, err
	}
	return s.g.Values(s.take()), nil
}

// take hands out what is ready, in the order of Sorted. The lock is held.
func (s *sorter) take() []int32 {
	ids := s.next
	s.next = nil
	s.g.SortIDs(ids)
	for _, id := range ids {
		s.phases[id] = handed
	}
	s.out += len(ids)
	s.started = s.started || len(ids) > 0
	return ids
}

func (s *sorter) done(_ *engine.Call, in doneIn) (engine.None, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.prepared(); err != nil {
		return engine.None{}, err
	}
	for _, v := range in.Nodes {
		id, err := find(s.g, v)
		if err != nil {
			return engine.None{}, err
		}
		switch s.phases[id] {
		case waiting, offered:
			return engine.None{}, engine.Errorf(errState, "%s was not handed out: only nodes that ready returned can be done", s.g.Label(id))
		case finished:
			return engine.None{}, engine.Errorf(errState, "%s is done already", s.g.Label(id))
		}
		s.finish(id)
	}
	return engine.None{}, nil
}

func (s *sorter) finish(id int32) {
	s.phases[id] = finished
	s.out--
	s.finished++
	for _, other := range s.g.Reverse().To(id) {
		if other == id {
			continue
		}
		if s.missing[other]--; s.missing[other] == 0 {
			s.offer(other)
		}
	}
}

func (s *sorter) active(_ *engine.Call, _ engine.None) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out > 0 || len(s.next) > 0, s.prepared()
}

func (s *sorter) order(c *engine.Call, _ engine.None) (engine.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(c); err != nil {
		return nil, err
	}
	var all []int32
	for len(s.next) > 0 {
		ids := s.take()
		all = append(all, ids...)
		for _, id := range ids {
			s.finish(id)
		}
	}
	return s.g.Values(all), nil
}
