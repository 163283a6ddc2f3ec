package process

import (
	"runtime"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
	"github.com/gscript-lang/gscript/modules/thread"
)

// Value is a number in memory that processes share.
type Value = share.Object[*cell]

// cell is a place in a buffer, which other processes have, too.
type cell struct {
	slab  *thread.Buffer
	index float64
}

// Do does an operation.
func (v *cell) Do(by share.By, op string, args share.Args) ([]any, error) {
	defer runtime.KeepAlive(v) // the place is not given to another value meanwhile
	switch op {
	case "memory":
		return []any{v.slab, v.index}, nil
	case "get", "set", "add", "compare_and_set":
		return v.slab.Run(by, op, append([]any{v.index}, args...))
	case "kind":
		return v.slab.Run(by, op, nil)
	}
	return nil, shared.ErrUnknownOp
}

// Reach finds the place of another process's value.
func (*cell) Reach(place []any) (*cell, bool) {
	if len(place) != 2 {
		return nil, false
	}
	slab, ok1 := place[0].(*thread.Buffer)
	index, ok2 := place[1].(float64)
	return &cell{slab, index}, ok1 && ok2
}

// slabSize is how many values have one piece of memory.
const slabSize = 512

// slabs are the places for a state's values of one kind.
type slabs struct {
	mu   sync.Mutex
	slab *thread.Buffer
	used int
	free []cell // of values that are gone
}

type slabsKey struct{ kind string }

func newValue(c *engine.Call, in valueIn) (*Value, error) {
	s := c.Local(slabsKey{in.Kind}, func() any { return &slabs{} }).(*slabs)
	at, err := s.take(in.Kind)
	if err != nil {
		return nil, err
	}
	core := &at
	runtime.AddCleanup(core, s.giveBack, cell{at.slab, at.index})
	_, err = core.Do(share.Calling(c, nil), "set", share.Args{in.Value})
	return share.New(core), err
}

func (s *slabs) take(kind string) (cell, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.free) - 1; last >= 0 {
		at := s.free[last]
		s.free = s.free[:last]
		return at, nil
	}
	if s.slab == nil || s.used == slabSize {
		b, err := thread.NewSharedBuffer(kind, slabSize)
		if err != nil {
			return cell{}, err
		}
		s.slab, s.used = b, 0
	}
	s.used++
	return cell{s.slab, float64(s.used)}, nil
}

func (s *slabs) giveBack(at cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, at)
}

func newSharedBuffer(_ *engine.Call, in bufferIn) (*thread.Buffer, error) {
	if in.N < 0 || in.N > 1<<31 {
		return nil, engine.Invalid("argument 'n' must be between 0 and 2^31, got %d", in.N)
	}
	return thread.NewSharedBuffer(in.Kind, in.N)
}
