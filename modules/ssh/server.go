package ssh

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Server serves commands and files to clients that log in.
type Server struct {
	call     *engine.Call
	listener net.Listener
	config   *ssh.ServerConfig
	hostKey  ssh.PublicKey
	onExec   *engine.Func
	accepts  []string // patterns of the environment that clients may set
	files    *tree    // nil without sftp
	limit    time.Duration

	ctx    context.Context // until Close
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	ended bool
}

const (
	maxConns    = 256 // at a time; more are turned away
	maxSessions = 64  // of one connection
	maxTries    = 6
)

func serve(c *engine.Call, in serveIn) (*Server, error) {
	s := &Server{
		call: c, onExec: in.OnExec, accepts: in.AcceptEnv, limit: in.LoginTimeout.Std(),
		conns: map[net.Conn]struct{}{},
	}
	var err error
	if s.config, err = serverConfig(c, in); err != nil {
		return nil, err
	}
	signer, err := serverKey(c, in)
	if err != nil {
		return nil, err
	}
	s.config.AddHostKey(signer)
	s.hostKey = signer.PublicKey()
	if in.SFTP != nil {
		if s.files, err = openTree(c.Host(), *in.SFTP); err != nil {
			return nil, err
		}
	}
	if s.listener, err = c.Host().Network.Listen(c.Context(), "tcp", in.Listen); err != nil {
		s.files.close()
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(c.Background())
	s.spawn(s.accept)
	context.AfterFunc(s.ctx, s.shut)
	return s, nil
}

// serverKey reads the host key, or makes one that lasts as long as the server.
func serverKey(c *engine.Call, in serveIn) (ssh.Signer, error) {
	if in.Key != "" {
		s, err := readKey(c, in.Key, in.Passphrase)
		if err != nil {
			return nil, err
		}
		return modernSigner(s, false), nil
	}
	_, key, err := ed25519.GenerateKey(c.Host().Random)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(key)
}

// spawn runs f on a goroutine that the end of the server waits for.
func (s *Server) spawn(f func()) {
	s.work.Add(1)
	s.call.Go(func() {
		defer s.work.Done()
		f()
	})
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		switch {
		case s.ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many open files, or a client that was gone already
			s.log().Warn("ssh server: accept", "error", err)
			if s.call.Host().Clock.Sleep(s.ctx, 50*time.Millisecond) != nil {
				return
			}
			continue
		}
		if !s.keep(conn) {
			conn.Close()
			continue
		}
		s.spawn(func() {
			defer s.drop(conn)
			s.handle(conn)
		})
	}
}

func (s *Server) log() *slog.Logger { return s.call.Host().Log }

func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.conns) >= maxConns {
		return false
	}
	s.conns[conn] = struct{}{}
	return true
}

func (s *Server) drop(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// handle serves one connection until it ends.
func (s *Server) handle(raw net.Conn) {
	raw.SetDeadline(s.call.Host().Clock.Now().Add(s.limit))
	conn, chans, reqs, err := ssh.NewServerConn(raw, s.config)
	if err != nil {
		s.log().Info("ssh server: no login", "from", raw.RemoteAddr(), "error", err)
		return
	}
	raw.SetDeadline(time.Time{})
	s.spawn(func() { ssh.DiscardRequests(reqs) })
	slots := make(chan struct{}, maxSessions)
	for nc := range chans {
		if nc.ChannelType() != "session" {
			nc.Reject(ssh.Prohibited, "this server forwards nothing")
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			nc.Reject(ssh.ResourceShortage, "too many sessions")
			continue
		}
		ch, reqs, err := nc.Accept()
		if err != nil {
			<-slots
			continue
		}
		s.spawn(func() {
			defer func() { <-slots }()
			s.session(conn, ch, reqs)
		})
	}
}

// shut ends what runs, without waiting for it: a callback may have asked for it.
func (s *Server) shut() {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	s.ended = true
	conns := make([]net.Conn, 0, len(s.conns))
	for conn := range s.conns {
		conns = append(conns, conn)
	}
	s.mu.Unlock()
	s.listener.Close()
	for _, conn := range conns {
		conn.Close()
	}
	s.call.Go(func() {
		s.work.Wait()
		s.files.close()
	})
}

// Close stops the server and cuts its connections.
func (s *Server) Close() error {
	s.cancel()
	s.shut()
	return nil
}

func (s *Server) wait(c *engine.Call, in onlyTimeoutIn) (bool, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	select {
	case <-s.ctx.Done():
		return true, nil
	case <-ctx.Done():
		if c.Context().Err() == nil {
			return false, nil
		}
		return false, context.Cause(ctx)
	}
}

func (s *Server) port() int {
	if addr, ok := s.listener.Addr().(*net.TCPAddr); ok {
		return addr.Port
	}
	return 0
}

// String names the server.
func (s *Server) String() string { return fmt.Sprintf("ssh.Server %s", s.listener.Addr()) }

// openTree opens the directory that sftp serves. Reading and writing are asked
// for both, where both are served.
func openTree(h *host.Host, in sftpRootIn) (*tree, error) {
	root, err := h.Files.OpenRoot(in.Root, host.Read)
	if err != nil || in.ReadOnly {
		return &tree{root: root, readOnly: true}, err
	}
	defer root.Close()
	var writable *os.Root
	if writable, err = h.Files.OpenRoot(in.Root, host.Write); err != nil {
		return nil, err
	}
	return &tree{root: writable}, nil
}
