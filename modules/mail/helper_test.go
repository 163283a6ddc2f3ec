package mail

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs Lua with the module as the global mail.
func run(t *testing.T, source string, globals ...any) string {
	t.Helper()
	return world(t, globals).Run(t, "local mail = require 'mail'\n"+source)
}

func world(t *testing.T, globals []any) *moduletest.World {
	w := moduletest.New(t, Module())
	w.Globals = map[string]any{}
	for i := 0; i < len(globals); i += 2 {
		w.Globals[globals[i].(string)] = globals[i+1]
	}
	return w
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

// peer is the server's end of a connection in a test of the client.
type peer struct {
	net.Conn
	r    *bufio.Reader
	mu   sync.Mutex
	seen strings.Builder // all that the client sent
}

// agree greets and takes the next commands.
func (p *peer) agree(commands int) {
	p.say("220 hi")
	for range commands {
		p.hear()
		p.say("250 ok")
	}
}

func (p *peer) say(lines ...string) {
	io.WriteString(p.Conn, strings.Join(lines, "\r\n")+"\r\n")
}

// hear reads a line of the client.
func (p *peer) hear() string {
	line, _ := p.r.ReadString('\n')
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.WriteString(line)
	return strings.TrimRight(line, "\r\n")
}

// rest reads until the client hangs up.
func (p *peer) rest() {
	data, _ := io.ReadAll(p.r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Write(data)
}

// listen runs a server that treats every connection with handle. The function
// that comes back waits for the connections to end and returns what the client
// sent.
func listen(t *testing.T, handle func(p *peer)) (port int, heard func() string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		all sync.WaitGroup
		mu  sync.Mutex
		out strings.Builder
	)
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				p := &peer{Conn: c, r: bufio.NewReader(c)}
				handle(p)
				mu.Lock()
				defer mu.Unlock()
				out.WriteString(p.seen.String())
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	_, text, _ := net.SplitHostPort(l.Addr().String())
	port, _ = strconv.Atoi(text)
	return port, func() string {
		l.Close()
		all.Wait()
		return out.String()
	}
}

// serveOne plays a server up to the end of DATA and returns the bytes between
// DATA's 354 and the strict end of the message.
func (p *peer) serveOne(end string) (data string, ok bool) {
	p.say("220 test")
	for {
		line := p.hear()
		switch verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0]); verb {
		case "":
			return "", false
		case "EHLO":
			p.say("250-test", "250 SIZE 1000000")
		case "DATA":
			p.say("354 go")
			var b strings.Builder
			for !strings.HasSuffix(b.String(), "\r\n.\r\n") {
				c, err := p.r.ReadByte()
				if err != nil {
					return b.String(), false
				}
				b.WriteByte(c)
			}
			p.say(end)
			return b.String(), true
		default:
			p.say("250 ok")
		}
	}
}

func luaQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		fmt.Fprintf(&b, "\\%03d", s[i])
	}
	b.WriteByte('"')
	return b.String()
}
