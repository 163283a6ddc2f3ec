package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Sample has see told where the tasks of the state are: the one that runs Lua,
// nil when none does, and at most max of those that wait, of all that do. It
// returns at once; see is called when the running task comes to its next
// instruction, and must be quick. Until then another Sample does nothing. A
// profiler calls it some hundred times a second; a state that is not sampled
// pays nothing. It may be called from anywhere.
func (s *State) Sample(max int, see func(running *Spot, waiting []Spot, all int)) {
	s.world.Sample(func(L *lua.LState, t *vm.Task) {
		var running *Spot
		if t != nil {
			running = &Spot{s, t, L}
		}
		var waiting []Spot
		all := 0
		for _, other := range s.world.Tasks() {
			if other == t || other.Waiting() == nil {
				continue
			}
			if all++; len(waiting) < max {
				waiting = append(waiting, Spot{s, other, other.Waiting()})
			}
		}
		see(running, waiting, all)
	})
}

// Closed is closed when the state is.
func (s *State) Closed() <-chan struct{} { return s.ctx.Done() }
