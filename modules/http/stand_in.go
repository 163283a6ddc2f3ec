package http

import (
	nethttp "net/http"
	"slices"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// standIns answer the requests of a state in place of the network, the last one
// first.
type standIns struct {
	mu   sync.Mutex
	list []*standIn
}

type standIn struct{ nethttp.RoundTripper }

type standInsKey struct{}

func standInsOf(c *engine.Call) *standIns {
	return c.Local(standInsKey{}, func() any { return &standIns{} }).(*standIns)
}

// StandIn has rt answer every request that the state makes from now on, in
// sessions as well, until restore is called: what the module mock stands on. rt
// is asked without the baton, and checks the permissions itself.
func StandIn(c *engine.Call, rt nethttp.RoundTripper) (restore func()) {
	s, own := standInsOf(c), &standIn{rt}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, own)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list = slices.DeleteFunc(s.list, func(i *standIn) bool { return i == own })
	}
}

// or is the transport to ask.
func (s *standIns) or(t nethttp.RoundTripper) nethttp.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.list); n > 0 {
		return s.list[n-1].RoundTripper
	}
	return t
}
