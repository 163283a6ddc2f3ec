package host

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Stage replaces parts of a host while it is in use, and puts them back: what
// the fakes of a test stand on. It is safe for concurrent use. Whoever kept a
// part of the staged host sees the replacement, too.
type Stage struct {
	base *Host

	mu     sync.Mutex
	layers []*Host

	files       atomic.Pointer[Files]
	network     atomic.Pointer[Network]
	processes   atomic.Pointer[Processes]
	environment atomic.Pointer[Environment]
	clock       atomic.Pointer[Clock]
	terminal    atomic.Pointer[Terminal]
}

// Staged returns a host that is h until its stage replaces parts of it. The
// permissions, the log and the randomness are always those of h, and h stays
// its owner's to close.
func (h *Host) Staged() (*Host, *Stage) {
	s := &Stage{base: h}
	s.arrange()
	staged := *h
	staged.closer = nil
	staged.Files = stagedFiles{s}
	staged.Network = stagedNetwork{s}
	staged.Processes = stagedProcesses{s}
	staged.Environment = stagedEnvironment{s}
	staged.Clock = stagedClock{s}
	staged.Terminal = stagedTerminal{s}
	return &staged, s
}

// Base is the host beneath every replacement.
func (s *Stage) Base() *Host { return s.base }

// Replace puts the parts of with that are not nil in the place of the host's,
// above earlier replacements, until restore is called. A replacement that stands
// for the world makes the same permission checks: see [Host.Check].
func (s *Stage) Replace(with Host) (restore func()) {
	layer := &with
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layers = append(s.layers, layer)
	s.arrange()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.layers = slices.DeleteFunc(s.layers, func(l *Host) bool { return l == layer })
		s.arrange()
	}
}

// arrange finds the topmost of each part.
func (s *Stage) arrange() {
	top := *s.base
	for _, l := range s.layers {
		if l.Files != nil {
			top.Files = l.Files
		}
		if l.Network != nil {
			top.Network = l.Network
		}
		if l.Processes != nil {
			top.Processes = l.Processes
		}
		if l.Environment != nil {
			top.Environment = l.Environment
		}
		if l.Clock != nil {
			top.Clock = l.Clock
		}
		if l.Terminal != nil {
			top.Terminal = l.Terminal
		}
	}
	s.files.Store(&top.Files)
	s.network.Store(&top.Network)
	s.processes.Store(&top.Processes)
	s.environment.Store(&top.Environment)
	s.clock.Store(&top.Clock)
	s.terminal.Store(&top.Terminal)
}
