package http

import (
	"context"
	"errors"
	"log/slog"
	"net"
	nethttp "net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

type serveIn struct {
	Listen         string           `lua:"listen,arg,wire" default:"127.0.0.1:0" doc:"address to listen on, port 0 for any free one; a port alone listens on 127.0.0.1; \"unix:path\" is a unix socket"`
	TLS            *tlsconf.Options `lua:"tls,opt" doc:"serve https: \"self-signed\" makes a certificate, which is then in srv.ca, and {cert=, key=} takes one from files"`
	MaxBody        engine.Size      `lua:"max_body,opt" default:"64MiB" doc:"largest request body to take; a larger one is answered with 413"`
	HeaderTimeout  engine.Duration  `lua:"header_timeout,opt" default:"10" doc:"how long the headers of a request may take"`
	BodyTimeout    engine.Duration  `lua:"body_timeout,opt" default:"60" doc:"longest silence while a body comes or goes"`
	IdleTimeout    engine.Duration  `lua:"idle_timeout,opt" default:"120" doc:"how long a connection may wait for its next request"`
	HandlerTimeout engine.Duration  `lua:"handler_timeout,opt" default:"300" doc:"how long a handler may take before it is stopped; 0 is no limit"`
	MaxConnections int              `lua:"max_connections,opt" default:"1024" doc:"connections at the same time; further ones wait"`
	Handler        *engine.Func     `lua:"handler,opt" type:"fun(req: http.Request, res: http.Reply)" doc:"answers whatever no route answers, instead of 404"`
	Log            *engine.Func     `lua:"log,opt" type:"fun(entry: table)" doc:"called after each answer with method, path, status, bytes, elapsed, remote and error"`
}

// Server listens and calls Lua handlers, each call as a task of its own.
type Server struct {
	host     *host.Host
	options  serveIn
	server   *nethttp.Server
	listener net.Listener
	mux      *nethttp.ServeMux
	ca       string
	url      string

	ctx     context.Context // of the handlers
	cancel  context.CancelFunc
	stopped chan struct{} // closed when the server has stopped

	mu     sync.Mutex
	roots  []*os.Root
	closed bool
}

func serve(c *engine.Call, in serveIn) (*Server, error) {
	s := &Server{host: c.Host(), options: in, mux: nethttp.NewServeMux(), stopped: make(chan struct{})}
	s.server = &nethttp.Server{
		Handler:           nethttp.HandlerFunc(s.entry),
		ReadHeaderTimeout: in.HeaderTimeout.Std(),
		IdleTimeout:       in.IdleTimeout.Std(),
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(c.Host().Log.Handler(), slog.LevelDebug),
	}
	network, address := listenAddress(in.Listen)
	if in.TLS != nil {
		hostName, _, _ := net.SplitHostPort(address)
		conf, ca, err := tlsconf.Server(c.Host(), in.TLS, hostName)
		if err != nil {
			return nil, err
		}
		s.server.TLSConfig, s.ca = conf, ca
	}
	if in.MaxConnections < 1 {
		return nil, engine.Invalid("argument 'max_connections' must be at least 1")
	}
	listener, err := c.Host().Network.Listen(c.Context(), network, address)
	if err != nil {
		return nil, err
	}
	s.listener = listener
	s.url = s.address(network)
	s.ctx, s.cancel = context.WithCancel(c.Background())
	listener = netutil.LimitListener(listener, in.MaxConnections)
	if in.Handler != nil {
		s.mux.Handle("/", s.handler("", in.Handler))
	}
	c.Go(func() {
		defer close(s.stopped)
		var err error
		if s.server.TLSConfig != nil {
			err = s.server.ServeTLS(listener, "", "")
		} else {
			err = s.server.Serve(listener)
		}
		if !errors.Is(err, nethttp.ErrServerClosed) {
			s.host.Log.Error("the HTTP server has failed", "url", s.url, "error", err)
		}
	})
	return s, nil
}

func listenAddress(text string) (network, address string) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		return "unix", path
	}
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return "tcp", "127.0.0.1:" + text
	}
	return "tcp", text
}

// address is the URL under which a client on this machine reaches the server.
func (s *Server) address(network string) string {
	scheme := "http"
	if s.server.TLSConfig != nil {
		scheme = "https"
	}
	if network == "unix" {
		return scheme + "://localhost"
	}
	addr, ok := s.listener.Addr().(*net.TCPAddr)
	if !ok {
		return scheme + "://" + s.listener.Addr().String()
	}
	ip := addr.IP.String()
	if addr.IP.IsUnspecified() {
		ip = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(ip, strconv.Itoa(addr.Port))
}

func (s *Server) port() int {
	if addr, ok := s.listener.Addr().(*net.TCPAddr); ok {
		return addr.Port
	}
	return 0
}

func (s *Server) String() string { return "http.Server " + s.url }

type stopIn struct {
	Grace engine.Duration `lua:"grace,arg" default:"5" doc:"how long requests that are being answered may still take"`
}

type serverKey struct{}

// stop takes no more requests and waits for those under way. Called by a
// handler of the server itself it does not wait, because it would for itself.
func (s *Server) stop(c *engine.Call, in stopIn) (engine.None, error) {
	if c.Context().Value(serverKey{}) == s {
		c.Go(func() { s.shutdown(s.ctx, in.Grace.Std()) })
		return engine.None{}, nil
	}
	s.shutdown(c.Context(), in.Grace.Std())
	return engine.None{}, nil
}

func (s *Server) shutdown(ctx context.Context, grace time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_ = s.server.Shutdown(ctx) // what is left after the grace is cut off by Close
	s.Close()
}

// Close stops the server at once.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	roots := s.roots
	s.mu.Unlock()
	s.cancel()
	err := s.server.Close()
	<-s.stopped
	for _, root := range roots {
		root.Close()
	}
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return err
}

type waitIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"longest wait; without it for as long as the server runs"`
}

func (s *Server) wait(c *engine.Call, in waitIn) (engine.None, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	select {
	case <-s.stopped:
		return engine.None{}, nil
	case <-ctx.Done():
		return engine.None{}, context.Cause(ctx)
	}
}
