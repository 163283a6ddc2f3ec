package ftp_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// fake is a server whose every answer a test can replace.
type fake struct {
	t        *testing.T
	port     int
	implicit *tls.Config
	tls      *tls.Config // of AUTH TLS
	answers  map[string]func(c *fakeConn, arg string)
	greeting string
	files    map[string]string
	listing  string // of LIST and MLSD

	mu       sync.Mutex
	heard    []string
	open     map[io.Closer]bool
	closed   bool
	insecure bool // PROT P is accepted, but data goes in clear
}

type fakeConn struct {
	*fake
	net.Conn
	r      *bufio.Reader
	data   net.Listener
	secure bool
}

// start serves until the test ends.
func (f *fake) start(t *testing.T) *fake {
	t.Helper()
	f.t, f.open = t, map[io.Closer]bool{}
	l := f.listen()
	f.port = l.Addr().(*net.TCPAddr).Port
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.keep(conn)
			done.Go(func() {
				defer f.drop(conn)
				f.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		f.mu.Lock()
		f.closed = true
		for c := range f.open {
			c.Close()
		}
		f.mu.Unlock()
		done.Wait()
	})
	return f
}

func (f *fake) listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	f.keep(l)
	return l
}

func (f *fake) keep(c io.Closer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[c] = true
	if f.closed {
		c.Close()
	}
}

func (f *fake) drop(c io.Closer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, c)
	c.Close()
}

func (f *fake) serve(conn net.Conn) {
	c := &fakeConn{fake: f, Conn: conn}
	if f.implicit != nil {
		c.Conn, c.secure = tls.Server(conn, f.implicit), true
	}
	c.r = bufio.NewReader(c.Conn)
	if f.greeting == "" {
		f.greeting = "220 fake"
	}
	c.say(f.greeting)
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		f.mu.Lock()
		f.heard = append(f.heard, line)
		f.mu.Unlock()
		verb, arg, _ := strings.Cut(line, " ")
		if answer := f.answers[verb]; answer != nil {
			answer(c, arg)
			continue
		}
		c.answer(verb, arg)
	}
}

func (c *fakeConn) say(lines ...string) { io.WriteString(c.Conn, strings.Join(lines, "\r\n")+"\r\n") }

// answer is what a sound server says.
func (c *fakeConn) answer(verb, arg string) {
	switch verb {
	case "USER":
		c.say("331 password?")
	case "PASS":
		c.say("230 welcome")
	case "FEAT":
		c.say("211-Features", " MLST type*;size*;", " UTF8", "211 End")
	case "TYPE", "OPTS", "PBSZ", "PROT", "NOOP":
		c.say("200 ok")
	case "AUTH":
		if c.tls == nil {
			c.say("502 no")
			return
		}
		c.say("234 go ahead")
		c.upgrade()
	case "EPSV":
		c.say(fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)", c.passive()))
	case "SIZE":
		if content, ok := c.files[arg]; ok {
			c.say(fmt.Sprintf("213 %d", len(content)))
			return
		}
		c.say("550 no such file")
	case "RETR":
		content, ok := c.files[arg]
		if !ok {
			c.say("550 no such file")
			return
		}
		c.send(content, "226 done")
	case "LIST", "MLSD":
		c.send(c.listing, "226 done")
	case "STOR", "APPE":
		c.receive()
	case "DELE", "RNTO":
		c.say("250 ok")
	case "RNFR":
		c.say("350 to what?")
	case "QUIT":
		c.say("221 bye")
		c.Conn.Close()
	default:
		c.say("502 not here")
	}
}

func (c *fakeConn) upgrade() {
	c.Conn, c.secure = tls.Server(c.Conn, c.tls), true
	c.r = bufio.NewReader(c.Conn)
}

func (c *fakeConn) passive() int {
	if c.data != nil {
		c.drop(c.data)
	}
	c.data = c.listen()
	return c.data.Addr().(*net.TCPAddr).Port
}

// accept takes the data connection, in TLS when the control connection is.
func (c *fakeConn) accept() net.Conn {
	conn, err := c.data.Accept()
	if err != nil {
		return nil
	}
	c.keep(conn)
	conf := c.tls
	if conf == nil {
		conf = c.implicit
	}
	if c.secure && !c.insecure {
		return tls.Server(conn, conf)
	}
	return conn
}

func (c *fakeConn) send(content, reply string) {
	c.say("150 here it comes")
	conn := c.accept()
	if conn == nil {
		return
	}
	io.WriteString(conn, content)
	conn.Close()
	c.say(reply)
}

func (c *fakeConn) receive() {
	c.say("150 send it")
	conn := c.accept()
	if conn == nil {
		return
	}
	io.Copy(io.Discard, conn)
	conn.Close()
	c.say("226 got it")
}

// commands returns the verbs heard so far.
func (f *fake) commands() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.heard, "\n")
}

// certificate makes the TLS configuration of a server and the PEM to trust it.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	conf, ca, err := tlsconf.Server(host.New(host.AllowAll()), &tlsconf.Options{Mode: tlsconf.SelfSigned}, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return conf, ca
}
