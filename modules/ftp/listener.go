package ftp

import (
	"net"
	"time"
)

// acceptTime is how long a client may take to open its data connection.
const acceptTime = 30 * time.Second

// tracked is the listener for clients: Close of the server closes those too,
// and waits until the library is done with each.
type tracked struct {
	net.Listener
	server *Server
}

func (t *tracked) Accept() (net.Conn, error) {
	for {
		conn, err := t.Listener.Accept()
		if err != nil {
			return nil, err
		}
		k := &kept{Conn: conn, server: t.server}
		if t.server.keep(k) {
			t.server.work.Add(1)
			return k, nil
		}
		conn.Close()
	}
}

// kept is a connection that Close of the server closes.
type kept struct {
	net.Conn
	server *Server
}

func (k *kept) Close() error {
	k.server.forget(k)
	return k.Conn.Close()
}

// passive listens for one data connection. The library sets its deadline on a
// listener of its own, which stays open beside this one, but deaf.
type passive struct {
	net.Listener
	server  *Server
	library net.Listener
}

func (p *passive) Accept() (net.Conn, error) {
	if l, ok := p.Listener.(interface{ SetDeadline(time.Time) error }); ok {
		if err := l.SetDeadline(p.server.host.Clock.Now().Add(acceptTime)); err != nil {
			return nil, err
		}
	}
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	k := &kept{Conn: conn, server: p.server}
	if !p.server.keep(k) {
		conn.Close()
		return nil, net.ErrClosed
	}
	return k, nil
}

func (p *passive) Close() error {
	p.server.forget(p)
	p.library.Close()
	return p.Listener.Close()
}
