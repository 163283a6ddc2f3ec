package dap

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/google/go-dap"
)

// RelayVariable is the variable of the environment that tells RelayTo where the
// server waits, and a word that nobody else knows.
const RelayVariable = "GSCRIPT_DEBUG_TERMINAL"

// terminals opens the terminals of a client for scripts.
type terminals struct {
	server *server
	// refused gets why the client opens none.
	refused chan error
}

// opening is how long a client may take to open a terminal.
const opening = 20 * time.Second

// checkConsole says what is wrong with the place for a script's input and
// output.
func (s *server) checkConsole(console string) error {
	switch console {
	case "", "internalConsole":
		return nil
	case "integratedTerminal", "externalTerminal":
	default:
		return fmt.Errorf("there is no console %q; there are \"internalConsole\", \"integratedTerminal\" and \"externalTerminal\"", console)
	}
	s.mu.Lock()
	can := s.client.SupportsRunInTerminalRequest
	s.mu.Unlock()
	if !can || len(s.opts.Relay) == 0 {
		return errors.New("the editor cannot open a terminal for a script; leave the \"console\" out")
	}
	return nil
}

// open has the client open a terminal, and gives what is typed and written there.
func (t *terminals) open(ctx context.Context, args *launchArguments) (net.Conn, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	word := rand.Text()
	select {
	case <-t.refused: // by an answer that came too late
	default:
	}
	m := &dap.RunInTerminalRequest{Arguments: dap.RunInTerminalRequestArguments{
		Kind: strings.TrimSuffix(args.Console, "Terminal"), Title: "gscript", Cwd: args.Cwd, Args: t.server.opts.Relay,
		Env: map[string]any{RelayVariable: listener.Addr().String() + " " + word},
	}}
	m.Type, m.Command = "request", "runInTerminal"
	t.server.out.put(m, &m.Seq)

	ctx, stop := context.WithTimeoutCause(ctx, opening, errors.New("the editor has not opened the terminal"))
	defer stop()
	accepted := make(chan net.Conn)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if !knows(conn, word) {
				conn.Close()
				continue
			}
			select {
			case accepted <- conn:
			case <-ctx.Done():
				conn.Close()
			}
			return
		}
	}()
	select {
	case conn := <-accepted:
		return conn, nil
	case err := <-t.refused:
		return nil, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// knows says that what has connected sends the word.
func knows(conn net.Conn, word string) bool {
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	got := make([]byte, len(word))
	_, err := io.ReadFull(conn, got)
	_ = conn.SetReadDeadline(time.Time{})
	return err == nil && subtle.ConstantTimeCompare(got, []byte(word)) == 1
}

// answered takes the client's answer to a request of the server.
func (t *terminals) answered(m dap.Message) {
	r, ok := m.(*dap.ErrorResponse)
	if !ok || r.Command != "runInTerminal" {
		return
	}
	why := r.Message
	if r.Body.Error != nil {
		why = r.Body.Error.Format
	}
	select {
	case t.refused <- fmt.Errorf("the editor opens no terminal: %s", why):
	default:
	}
}

// RelayTo is what runs in the terminal: it hands on what is typed to the server
// that the value of RelayVariable names, and writes what comes from there, until
// that ends.
func RelayTo(server string, in io.Reader, out io.Writer) error {
	address, word, ok := strings.Cut(server, " ")
	if !ok {
		return errors.New("this is for editors: it shows a script that is debugged in a terminal")
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, word); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(conn, in)
		_ = conn.(*net.TCPConn).CloseWrite() // the end of the input
	}()
	_, err = io.Copy(out, conn)
	return err
}
