package ssh

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// Session is a command that a client runs on a server.
type Session struct {
	conn    *ssh.ServerConn
	ch      ssh.Channel
	command string
	env     map[string]string

	reading sync.Mutex
	in      *bufio.Reader
}

const (
	maxEnv     = 128      // variables of a session
	maxEnvText = 64 << 10 // bytes of one
	maxLine    = 1 << 20  // of lines()
)

// session answers the requests of one channel until the client closes it.
func (s *Server) session(conn *ssh.ServerConn, ch ssh.Channel, reqs <-chan *ssh.Request) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	defer ch.Close()
	env := map[string]string{}
	started := false
	for req := range reqs {
		ok := false
		var work func() // begins when the client knows that it may
		switch req.Type {
		case "env":
			ok = !started && s.setEnv(env, req.Payload)
		case "exec":
			var m struct{ Command string }
			if ok = !started && s.onExec != nil && ssh.Unmarshal(req.Payload, &m) == nil; ok {
				started = true
				sess := &Session{conn: conn, ch: ch, command: m.Command, env: env, in: bufio.NewReader(ch)}
				work = func() { s.exec(ctx, sess) }
			}
		case "subsystem":
			var m struct{ Name string }
			if ok = !started && s.files != nil && ssh.Unmarshal(req.Payload, &m) == nil && m.Name == "sftp"; ok {
				started = true
				work = func() { s.serveFiles(ch) }
			}
		}
		if req.WantReply {
			req.Reply(ok, nil)
		}
		if work != nil {
			s.spawn(work)
		}
	}
}

func (s *Server) setEnv(env map[string]string, payload []byte) bool {
	var m struct{ Name, Value string }
	if ssh.Unmarshal(payload, &m) != nil || len(env) >= maxEnv || len(m.Name)+len(m.Value) > maxEnvText {
		return false
	}
	for _, pattern := range s.accepts {
		if match, _ := path.Match(pattern, m.Name); match {
			env[m.Name] = m.Value
			return true
		}
	}
	return false
}

// exec runs the callback as a task of its own and reports how it ended.
func (s *Server) exec(ctx context.Context, sess *Session) {
	code, err := exitCode(s.onExec.Call(ctx, sess, sess.command))
	if err != nil {
		code = 1
		if ctx.Err() == nil {
			s.log().Error("ssh server: on_exec", "user", sess.conn.User(), "command", sess.command, "error", err)
		}
	}
	sess.ch.CloseWrite()
	sess.ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(code)}))
	sess.ch.Close()
}

func exitCode(results []any, err error) (int, error) {
	if err != nil || len(results) == 0 || results[0] == nil {
		return 0, err
	}
	n, ok := results[0].(float64)
	if !ok || n != float64(int(n)) || n < 0 || n > 255 {
		return 0, engine.Invalid("on_exec must return an exit code, 0 to 255, not %v", results[0])
	}
	return int(n), nil
}

func (s *Server) serveFiles(ch ssh.Channel) {
	defer ch.Close()
	server := sftp.NewRequestServer(ch, s.files.handlers())
	err := server.Serve()
	code := uint32(0)
	if err != nil && !errors.Is(err, io.EOF) {
		code = 1
		if s.ctx.Err() == nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			s.log().Info("ssh server: sftp", "error", err)
		}
	}
	ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{code}))
}

func (sess *Session) write(c *engine.Call, in dataIn) (engine.None, error) {
	return engine.None{}, sess.send(c, sess.ch, in.Data)
}

func (sess *Session) writeErr(c *engine.Call, in dataIn) (engine.None, error) {
	return engine.None{}, sess.send(c, sess.ch.Stderr(), in.Data)
}

// send waits while the client reads nothing.
func (sess *Session) send(c *engine.Call, w io.Writer, data string) error {
	_, err := await(c.Context(), c, func() (int, error) { return io.WriteString(w, data) }, nil)
	return sess.fault(err)
}

func (sess *Session) fault(err error) error {
	if errors.Is(err, io.EOF) {
		return &engine.Error{Kind: engine.KindNetClosed, Target: sess.conn.RemoteAddr().String(), Message: "the client has closed the session", Cause: err}
	}
	return err
}

// read reads up to n bytes, or with 0 all that the client sends.
func (sess *Session) read(c *engine.Call, in sessionReadIn) (*string, error) {
	if in.N < 0 {
		return nil, engine.Invalid("n is negative")
	}
	return await(c.Context(), c, func() (*string, error) {
		sess.reading.Lock()
		defer sess.reading.Unlock()
		if in.N > 0 {
			buf := make([]byte, min(in.N, 1<<20))
			n, err := sess.in.Read(buf)
			if n == 0 && err != nil {
				return nil, notEOF(err)
			}
			text := string(buf[:n])
			return &text, nil
		}
		data, err := io.ReadAll(io.LimitReader(sess.in, int64(in.Max)+1))
		if err != nil {
			return nil, err
		}
		if len(data) > int(in.Max) {
			return nil, engine.Invalid("the client sends more than %s", engine.FormatSize(int64(in.Max)))
		}
		text := string(data)
		return &text, nil
	}, nil)
}

func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// lines reads line by line, without the line ends.
func (sess *Session) lines(c *engine.Call, _ engine.None) (*engine.Iterator, error) {
	ctx := c.Context()
	return &engine.Iterator{Next: func() (any, error) {
		line, err := await(ctx, c, sess.line, nil)
		if line == nil || err != nil {
			return nil, err
		}
		return *line, nil
	}}, nil
}

func (sess *Session) line() (*string, error) {
	sess.reading.Lock()
	defer sess.reading.Unlock()
	var b strings.Builder
	for {
		part, err := sess.in.ReadSlice('\n')
		if b.Len()+len(part) > maxLine {
			return nil, engine.Invalid("the client sends a line longer than %s", engine.FormatSize(maxLine))
		}
		b.Write(part)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && b.Len() == 0:
			return nil, nil
		case err != nil && err != io.EOF:
			return nil, err
		}
		line := strings.TrimSuffix(strings.TrimSuffix(b.String(), "\n"), "\r")
		return &line, nil
	}
}

func (sess *Session) keyFingerprint() *string {
	if p := sess.conn.Permissions; p != nil && p.Extensions[fingerprintOf] != "" {
		f := p.Extensions[fingerprintOf]
		return &f
	}
	return nil
}

// String names the session.
func (sess *Session) String() string {
	return fmt.Sprintf("ssh.Session %s@%s", sess.conn.User(), sess.conn.RemoteAddr())
}
