package ftp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	ftpserver "github.com/fclairamb/ftpserverlib"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// Server is the handle ftp.Server. It is the driver of ftpserverlib as well.
type Server struct {
	host     *host.Host
	listener *tracked
	settings *ftpserver.Settings
	users    map[string]string
	tls      *tls.Config
	ca       string
	name     string // host to listen on
	port     int
	read     *os.Root
	change   *os.Root // nil: read only
	onUpload *engine.Func

	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once
	work   sync.WaitGroup // the accept loop, clients and their transfers

	mu      sync.Mutex
	conns   map[interface{ Close() error }]bool // clients, and what they transfer over
	pending map[string]bool                     // uploads that wait for their final name
	closed  bool
}

var _ ftpserver.MainDriver = (*Server)(nil)

// grace is how long Close waits for clients that it has cut off.
const grace = 5 * time.Second

func serve(c *engine.Call, in serveIn) (*Server, error) {
	mode, err := modeOf(in.TLS, modeExplicit, modeImplicit, tlsconf.SelfSigned, modeNone)
	if err != nil {
		return nil, err
	}
	if len(in.Users) == 0 && !in.Anonymous {
		e := engine.Invalid("nobody may log in")
		e.Hint = `give users={name="password"}, or anonymous=true for reading without a password`
		return nil, e
	}
	name, _, err := net.SplitHostPort(in.Listen)
	if err != nil {
		return nil, engine.Invalid("listen is host:port, such as 127.0.0.1:0, not %q", in.Listen)
	}
	s := &Server{
		host: c.Host(), users: in.Users, name: name, onUpload: in.OnUpload,
		conns: map[interface{ Close() error }]bool{}, pending: map[string]bool{},
	}
	if in.Anonymous {
		s.users = withAnonymous(in.Users)
	}
	if mode != modeNone {
		o := *in.TLS
		if o.Cert == "" && o.Key == "" {
			o.Mode = tlsconf.SelfSigned
		}
		if s.tls, s.ca, err = tlsconf.Server(c.Host(), &o, name); err != nil {
			return nil, err
		}
	}
	if err := s.openRoot(in); err != nil {
		return nil, err
	}
	if err := s.listen(c, mode, in); err != nil {
		s.closeRoots()
		return nil, err
	}
	return s, nil
}

func withAnonymous(users map[string]string) map[string]string {
	all := map[string]string{"anonymous": "", "ftp": ""}
	for name, password := range users {
		all[name] = password
	}
	return all
}

func (s *Server) openRoot(in serveIn) (err error) {
	if s.read, err = s.host.Files.OpenRoot(in.Root, host.Read); err != nil || in.Readonly {
		return err
	}
	if s.change, err = s.host.Files.OpenRoot(in.Root, host.Write); err != nil {
		s.closeRoots()
	}
	return err
}

func (s *Server) closeRoots() {
	s.read.Close()
	if s.change != nil {
		s.change.Close()
	}
}

func (s *Server) listen(c *engine.Call, mode string, in serveIn) error {
	probe, err := s.host.Network.Listen(c.Context(), "tcp", net.JoinHostPort(s.name, "0"))
	if err != nil {
		return err // no listener for data would be granted later
	}
	probe.Close()
	l, err := s.host.Network.Listen(c.Context(), "tcp", in.Listen)
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	s.listener = &tracked{Listener: l, server: s}
	s.settings = &ftpserver.Settings{
		Listener:            s.listener,
		Banner:              "gscript",
		IdleTimeout:         int(max(in.IdleTimeout.Std(), time.Second) / time.Second),
		ConnectionTimeout:   int(acceptTime / time.Second),
		DisableActiveMode:   true, // it would dial wherever a client says
		DefaultTransferType: ftpserver.TransferTypeBinary,
	}
	switch mode {
	case modeExplicit, tlsconf.SelfSigned:
		s.settings.TLSRequired = ftpserver.MandatoryEncryption
	case modeImplicit:
		s.settings.TLSRequired = ftpserver.ImplicitEncryption
		s.settings.Listener = tls.NewListener(s.listener, s.tls)
	}
	library := ftpserver.NewFtpServer(s)
	library.Logger = slog.New(slog.DiscardHandler) // it would log passwords
	if err := library.Listen(); err != nil {
		l.Close()
		return err
	}
	s.ctx, s.cancel = context.WithCancel(c.Background())
	s.work.Add(1)
	c.Go(func() {
		defer s.work.Done()
		library.Serve() // ends with the listener
	})
	return nil
}

// Close ends the server: no client is served any more when it returns.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel()
		s.listener.Close()
		s.mu.Lock()
		s.closed = true
		open := s.conns
		s.conns = map[interface{ Close() error }]bool{}
		s.mu.Unlock()
		for c := range open {
			c.Close()
		}
		ended := make(chan struct{})
		go func() {
			s.work.Wait()
			close(ended)
		}()
		timer := s.host.Clock.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-ended:
		case <-timer.C(): // a client's on_upload function is what closes us
		}
		s.closeRoots()
	})
	return nil
}

// keep remembers what Close must close. It reports false when that is over.
func (s *Server) keep(c interface{ Close() error }) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.conns[c] = true
	}
	return !s.closed
}

func (s *Server) forget(c interface{ Close() error }) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// GetSettings is for the library, like the methods that follow.
func (s *Server) GetSettings() (*ftpserver.Settings, error) { return s.settings, nil }

// ClientConnected greets a client.
func (s *Server) ClientConnected(ftpserver.ClientContext) (string, error) { return "gscript", nil }

// ClientDisconnected is the end of what Accept began.
func (s *Server) ClientDisconnected(ftpserver.ClientContext) { s.work.Done() }

// GetTLSConfig returns what AUTH TLS and data connections use.
func (s *Server) GetTLSConfig() (*tls.Config, error) {
	if s.tls == nil {
		return nil, errors.New("TLS is not configured")
	}
	return s.tls, nil
}

var errLogin = errors.New("login incorrect")

// AuthUser checks a password in a time that tells nothing about it.
func (s *Server) AuthUser(_ ftpserver.ClientContext, user, password string) (ftpserver.ClientDriver, error) {
	want, known := s.users[user]
	guest := known && want == "" && (user == "anonymous" || user == "ftp")
	given, expected := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(want))
	if same := subtle.ConstantTimeCompare(given[:], expected[:]) == 1; !known || !same && !guest {
		return nil, errLogin
	}
	files := &files{server: s, user: user, read: s.read, change: s.change}
	if guest {
		files.change = nil
	}
	return files, nil
}

// WrapPassiveListener puts a listener that the host granted in the place of the
// library's, which listens on every address of the machine.
func (s *Server) WrapPassiveListener(l net.Listener) (net.Listener, error) {
	mute(l)
	own, err := s.host.Network.Listen(s.ctx, "tcp", net.JoinHostPort(s.name, "0"))
	if err != nil {
		l.Close()
		return nil, errors.New("no data connection is allowed here")
	}
	p := &passive{Listener: own, server: s, library: l}
	if !s.keep(p) {
		p.Close()
		return nil, net.ErrClosed
	}
	return p, nil
}

// address is where clients connect to.
func (s *Server) address() string { return net.JoinHostPort(s.name, strconv.Itoa(s.port)) }
