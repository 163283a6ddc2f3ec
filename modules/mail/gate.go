package mail

import (
	"net"
	"sync"
)

// gate is a listener with a limit that can end all its connections, those too
// that go-smtp has not seen yet.
type gate struct {
	net.Listener
	limit int

	mu     sync.Mutex
	open   map[*guest]struct{}
	closed bool
}

type guest struct {
	net.Conn
	gate *gate
}

func newGate(l net.Listener, limit int) *gate {
	return &gate{Listener: l, limit: limit, open: map[*guest]struct{}{}}
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if guest := g.admit(c); guest != nil {
			return guest, nil
		}
		c.Close()
	}
}

func (g *gate) admit(c net.Conn) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || len(g.open) >= g.limit {
		// Into an empty socket buffer: it does not block.
		c.Write([]byte("421 4.3.2 too many connections, come again later\r\n"))
		return nil
	}
	guest := &guest{c, g}
	g.open[guest] = struct{}{}
	return guest
}

func (c *guest) Close() error {
	c.gate.mu.Lock()
	delete(c.gate.open, c)
	c.gate.mu.Unlock()
	return c.Conn.Close()
}

// closeAll closes the listener and its connections. go-smtp's own Close misses
// a listener that it has not begun to serve.
func (g *gate) closeAll() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for c := range g.open {
		c.Conn.Close()
	}
	return g.Listener.Close()
}
