package ftp

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// control is the control connection. To jlaffaye/ftp it is a net.Conn that
// carries commands and replies; between them it is ours: it keeps the time,
// bounds what a server sends, traces without secrets, and has commands of its
// own, which the library lacks.
//
// The library gets one whole reply at a time, so it never holds bytes that
// belong to the next command, and both can use the connection in turn.
type control struct {
	net.Conn // the wire, or TLS over it
	patience *patience
	r        *bufio.Reader
	trace    func(direction, line string) error

	out     []byte // of a command that the library writes
	in      []byte // of a reply that the library reads
	instead string // sent in place of the next RETR
	verb    string // the last command
	secret  string // its argument, if that is one
	last    reply
	broken  error // why the connection cannot be used any more
}

func newControl(conn net.Conn, p *patience) *control {
	c := &control{patience: p}
	c.use(p.wire(conn))
	return c
}

func (c *control) use(conn net.Conn) {
	c.Conn = conn
	c.r = bufio.NewReaderSize(conn, maxLine)
}

// startTLS begins TLS on the connection. Bytes that came in clear behind the
// reply to AUTH may be anybody's, so they are refused.
func (c *control) startTLS(conf *tls.Config) error {
	if n := c.r.Buffered(); n > 0 {
		return c.fail(&engine.Error{
			Kind: errTLS.Name, Target: c.patience.peer,
			Message: fmt.Sprintf("%d bytes came in clear behind the reply to AUTH TLS", n),
			Hint:    "somebody may be trying to put replies into the encrypted connection",
		})
	}
	c.patience.waitFor("the TLS handshake")
	conn := tls.Client(c.Conn, conf)
	if err := conn.Handshake(); err != nil {
		return c.fail(err)
	}
	c.use(conn)
	return nil
}

// fail notes that the dialogue is out of step or cut. The connection is closed.
func (c *control) fail(err error) error {
	if c.broken != nil {
		return c.broken
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &engine.Error{
			Kind: engine.KindNetClosed, Target: c.patience.peer, Retryable: true, Cause: err,
			Message: "the server closed the connection, waiting for " + c.patience.what,
		}
	}
	e := *engine.Classify(err)
	var record tls.RecordHeaderError
	if _, secure := c.Conn.(*tls.Conn); secure && errors.As(err, &record) {
		e.Kind, e.Message = errProtocol.Name, fmt.Sprintf("the server broke off TLS and sent %q in clear, where we waited for %s", record.RecordHeader[:], c.patience.what)
		e.Hint = "the server's log tells why; vsftpd reports faults of its configuration so"
	}
	if e.Target == "" {
		e.Target = c.patience.peer
	}
	c.broken = &e
	c.Conn.Close()
	return c.broken
}

// send writes one command.
func (c *control) send(line string) error {
	if c.broken != nil {
		return c.broken
	}
	if err := engine.CheckWire(line); err != nil {
		return engine.Invalid("a command %v", err)
	}
	verb, arg, _ := strings.Cut(line, " ")
	c.verb, c.secret = strings.ToUpper(verb), ""
	c.patience.waitFor("the reply to " + c.verb)
	shown := line
	if c.verb == "PASS" || c.verb == "ACCT" {
		c.secret, shown = arg, c.verb+" ****"
	}
	if err := c.tell(">", shown); err != nil {
		return err
	}
	if _, err := io.WriteString(c.Conn, line+"\r\n"); err != nil {
		return c.fail(err)
	}
	return nil
}

// receive reads one reply.
func (c *control) receive() (reply, error) {
	if c.broken != nil {
		return reply{}, c.broken
	}
	r, err := readReply(c.r)
	if err == nil && r.code == 227 {
		err = r.passive()
	}
	if err != nil {
		return reply{}, c.fail(err)
	}
	for i, line := range r.lines {
		if c.secret != "" { // a server may repeat the password
			line = line[:3] + strings.ReplaceAll(line[3:], c.secret, "****")
			r.lines[i] = line
		}
		if err := c.tell("<", printable(line)); err != nil {
			return reply{}, err
		}
	}
	c.last = r
	return r, nil
}

// tell traces a line. The script's own error comes back to it as it is, and the
// dialogue ends in the middle.
func (c *control) tell(direction, line string) error {
	if c.trace == nil {
		return nil
	}
	err := c.trace(direction, line)
	if err != nil {
		c.broken = err
		c.Conn.Close()
	}
	return err
}

// exchange sends a command of our own and returns its final reply.
func (c *control) exchange(line string) (reply, error) {
	if err := c.send(line); err != nil {
		return reply{}, err
	}
	for {
		r, err := c.receive()
		if err != nil || r.code >= 200 {
			return r, err
		}
	}
}

// resync finds out which reply belongs to which command after a transfer was
// broken off: servers send one reply or two then.
func (c *control) resync() {
	if c.broken != nil || c.send("NOOP") != nil {
		return
	}
	for range 3 {
		if r, err := c.receive(); err != nil || r.code == 200 {
			return
		}
	}
	c.fail(protocolError("the dialogue with the server is out of step"))
}

// Write takes commands from the library.
func (c *control) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	for {
		line, rest, ok := strings.Cut(string(c.out), "\r\n")
		if !ok {
			return len(p), nil
		}
		c.out = []byte(rest)
		if c.instead != "" {
			if pret, isPret := strings.CutPrefix(line, "PRET "); isPret && strings.HasPrefix(pret, "RETR ") {
				line = "PRET " + c.instead
			} else if strings.HasPrefix(line, "RETR ") {
				line, c.instead = c.instead, ""
			}
		}
		if err := c.send(line); err != nil {
			return 0, c.fail(err)
		}
	}
}

// Read gives replies to the library.
func (c *control) Read(p []byte) (int, error) {
	if len(c.in) == 0 {
		r, err := c.receive()
		if err != nil {
			return 0, err
		}
		c.keep(r)
	}
	n := copy(p, c.in)
	c.in = c.in[n:]
	return n, nil
}

// keep has the library read r next.
func (c *control) keep(r reply) {
	c.in = []byte(strings.Join(r.lines, "\r\n") + "\r\n")
}

// RemoteAddr is always a *net.TCPAddr: the library panics at anything else.
func (c *control) RemoteAddr() net.Addr {
	if a, ok := c.Conn.RemoteAddr().(*net.TCPAddr); ok {
		return a
	}
	return &net.TCPAddr{}
}

// SetDeadline and its like do nothing: patience sets the deadlines.
func (c *control) SetDeadline(time.Time) error      { return nil }
func (c *control) SetReadDeadline(time.Time) error  { return nil }
func (c *control) SetWriteDeadline(time.Time) error { return nil }
