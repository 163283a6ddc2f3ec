package ftp

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"

	"github.com/gscript-lang/gscript/engine/host"
)

// data is a data connection.
type data struct {
	net.Conn // the wire, or TLS over it
	wire     *wire
	control  *control
	upload   bool
	abort    bool // the end must not look like the end of the file
	ragged   bool // the peer left out the end of TLS
}

// dialData opens a data connection to where a passive reply says, which is
// always the server's own machine unless the script trusts its word.
func (s *session) dialData(address string) (net.Conn, error) {
	ip, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, protocolError("the server names no port for data: %q", port)
	}
	if !s.trustHost {
		ip = hostOf(s.control.RemoteAddr())
	}
	s.patience.waitFor("the data connection")
	conn, err := s.dialPeer(ip, port)
	if err != nil {
		return nil, s.patience.explain(err)
	}
	d := &data{wire: s.patience.wire(conn), control: s.control, upload: s.uploading}
	d.Conn = d.wire
	if s.tls != nil {
		d.Conn = tls.Client(d.wire, s.tls)
	}
	s.data = d
	return d, nil
}

// dialPeer dials an address. Where only the server's name is granted, the name
// is dialled, and it must lead to the same machine.
func (s *session) dialPeer(ip, port string) (net.Conn, error) {
	ctx := s.patience.context()
	conn, err := s.host.Network.DialContext(ctx, "tcp", net.JoinHostPort(ip, port))
	var denied *host.DeniedError
	if !errors.As(err, &denied) || s.trustHost {
		return conn, err
	}
	conn, err = s.host.Network.DialContext(ctx, "tcp", net.JoinHostPort(s.hostName, port))
	if err == nil && hostOf(conn.RemoteAddr()) != ip {
		conn.Close()
		return nil, denied
	}
	return conn, err
}

func hostOf(a net.Addr) string {
	h, _, _ := net.SplitHostPort(a.String())
	return h
}

func (d *data) Read(p []byte) (int, error) {
	d.wire.patience.waitFor("data")
	n, err := d.Conn.Read(p)
	if _, secure := d.Conn.(*tls.Conn); secure && d.wire.ended && (err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF)) {
		d.ragged = true // the end of TLS would have come before the end of TCP
		err = io.EOF
	}
	return n, d.broke(err)
}

func (d *data) Write(p []byte) (int, error) {
	d.wire.patience.waitFor("the server to take data")
	n, err := d.Conn.Write(p)
	return n, d.broke(err)
}

// broke gives the whole session up when time has run out: nobody knows when the
// reply would come.
func (d *data) broke(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if isTime(err) {
		return d.control.fail(err)
	}
	return err
}

// Close ends the transfer. An upload says that no more comes and then waits for
// the server to end its side: a plain close with unread bytes, such as session
// tickets, resets the connection and takes the end of the file with it.
func (d *data) Close() error {
	accepted := d.control.last.code/100 == 1
	if d.abort || d.control.broken != nil || d.upload && !accepted {
		return d.wire.reset()
	}
	if !d.upload {
		return d.Conn.Close()
	}
	defer d.wire.Close()
	d.wire.patience.waitFor("the server to take the end of the data")
	if t, ok := d.Conn.(*tls.Conn); ok {
		if err := t.Handshake(); err != nil { // nothing was written yet
			return d.broke(err)
		}
		if err := t.CloseWrite(); err != nil {
			return d.broke(err)
		}
	}
	if err := d.wire.closeWrite(); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, d.Conn); isTime(err) {
		return d.broke(err)
	}
	return nil // the reply tells whether all arrived
}
