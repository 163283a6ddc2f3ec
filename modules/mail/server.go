package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/emersion/go-smtp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

type serveIn struct {
	Listen        string              `lua:"listen,arg,wire" default:"127.0.0.1:0" doc:"address and port; port 0 takes a free one"`
	OnMail        *engine.Func        `lua:"on_mail,opt" doc:"called with each message, as a task of its own; when it raises, the client is told to try again later (451)" type:"fun(msg: mail.Message)"`
	OnRcpt        *engine.Func        `lua:"on_rcpt,opt" doc:"called with each recipient's address; false refuses it, a table {code=, message=} says how" type:"fun(address: string): boolean|table|nil"`
	Reject        map[string]rejectIn `lua:"reject,opt" doc:"recipients to refuse, each with the reply"`
	TLS           *tlsconf.Options    `lua:"tls,opt" doc:"\"self-signed\", a table with cert and key, or \"none\" (the default); offers STARTTLS"`
	Implicit      bool                `lua:"implicit,opt" doc:"speak TLS from the first byte, in place of STARTTLS"`
	Users         map[string]string   `lua:"users,opt,secret" doc:"names and passwords; who does not log in may not send"`
	InsecureAuth  bool                `lua:"allow_insecure_auth,opt" doc:"let users log in without TLS"`
	MaxSize       engine.Size         `lua:"max_size,opt" default:"32MiB" doc:"largest message"`
	MaxRecipients int                 `lua:"max_recipients,opt" default:"100" doc:"most recipients of one message"`
	MaxLine       int                 `lua:"max_line,opt" default:"2000" doc:"longest line in bytes"`
	MaxClients    int                 `lua:"max_clients,opt" default:"100" doc:"most connections at a time; more are told to come again later"`
	Timeout       engine.Duration     `lua:"timeout,opt" default:"1m" doc:"limit for a client to send its next command, or its whole message"`
	Keep          int                 `lua:"keep,opt" default:"1000" doc:"most messages in inbox; the oldest go first"`
}

type rejectIn struct {
	Code    int    `lua:"code,opt" default:"550" doc:"code of the reply, 400 to 599"`
	Message string `lua:"message,opt,wire" default:"no such recipient" doc:"text of the reply"`
}

// Server receives mail, for tests of scripts that send it.
type Server struct {
	call   *engine.Call
	in     serveIn
	gate   *gate
	smtp   *smtp.Server
	host   string
	port   int
	caPEM  string
	ctx    context.Context // of callbacks; ends with Close
	cancel context.CancelFunc
	closed sync.Once
	served chan struct{} // closed when accepting has ended

	mu      sync.Mutex
	inbox   []*Message
	total   int
	arrived chan struct{} // closed and renewed when a message arrives
}

func serve(c *engine.Call, in serveIn) (*Server, error) {
	if err := checkServe(in); err != nil {
		return nil, err
	}
	hostName, _, err := net.SplitHostPort(in.Listen)
	if err != nil {
		return nil, engine.Invalid("listen: %q is not host:port", in.Listen)
	}
	s := &Server{call: c, in: in, served: make(chan struct{}), arrived: make(chan struct{})}
	var conf *tls.Config
	if in.TLS != nil && in.TLS.Mode != modeNone {
		if conf, s.caPEM, err = tlsconf.Server(c.Host(), in.TLS, hostName); err != nil {
			return nil, err
		}
	}
	listener, err := c.Host().Network.Listen(c.Context(), "tcp", in.Listen)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err == nil {
		s.port, err = strconv.Atoi(port)
	}
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.host = host
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		s.host = "127.0.0.1"
	}
	s.ctx, s.cancel = context.WithCancel(c.Background())
	s.gate = newGate(listener, in.MaxClients)
	s.start(conf)
	return s, nil
}

func checkServe(in serveIn) error {
	withTLS := in.TLS != nil && in.TLS.Mode != modeNone
	if withTLS && in.TLS.Mode != "" && in.TLS.Mode != tlsconf.SelfSigned {
		return engine.Invalid("tls: %q is no mode of mail.serve: there are self-signed and none, or a table with cert and key", in.TLS.Mode)
	}
	switch {
	case in.Implicit && !withTLS:
		return engine.Invalid("implicit=true needs a certificate: write tls=\"self-signed\"")
	case len(in.Users) > 0 && !withTLS && !in.InsecureAuth:
		return engine.Invalid("users would send their passwords in the clear").
			WithHint("write tls=\"self-signed\", or allow_insecure_auth=true")
	case in.MaxSize <= 0 || in.MaxRecipients <= 0 || in.MaxLine < 512 || in.MaxClients <= 0 || in.Timeout <= 0 || in.Keep <= 0:
		return engine.Invalid("the limits of a server are more than 0, and max_line at least 512")
	}
	for a, r := range in.Reject {
		if r.Code < 400 || r.Code > 599 {
			return engine.Invalid("reject: the code for %s is 400 to 599, not %d", a, r.Code)
		}
	}
	return nil
}

func (s *Server) start(conf *tls.Config) {
	backend := smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	})
	s.smtp = smtp.NewServer(backend)
	s.smtp.Domain = "localhost"
	s.smtp.AllowInsecureAuth = s.in.InsecureAuth
	s.smtp.MaxMessageBytes = int64(s.in.MaxSize)
	s.smtp.MaxRecipients = s.in.MaxRecipients
	s.smtp.MaxLineLength = s.in.MaxLine
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = s.in.Timeout.Std(), s.in.Timeout.Std()
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = serverLog{s}
	var listener net.Listener = s.gate
	if s.in.Implicit {
		listener = tls.NewListener(listener, conf)
	} else {
		s.smtp.TLSConfig = conf
	}
	s.call.Go(func() {
		defer close(s.served)
		if err := s.smtp.Serve(listener); err != nil && s.ctx.Err() == nil {
			s.call.Host().Log.Error("mail server ended", "address", s.address(), "error", err)
		}
	})
}

// serverLog hands go-smtp's complaints on.
type serverLog struct{ s *Server }

func (l serverLog) Printf(format string, v ...any) {
	if l.s.ctx.Err() != nil {
		return
	}
	l.s.call.Host().Log.Warn("mail server", "address", l.s.address(), "message", clean(fmt.Sprintf(format, v...)))
}

func (l serverLog) Println(v ...any) { l.Printf("%s", fmt.Sprint(v...)) }

func (s *Server) address() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

func (s *Server) String() string { return "mail.Server: " + s.address() }

// Close stops the server: connections and callbacks end at once. What is in
// the inbox stays.
func (s *Server) Close() (err error) {
	s.closed.Do(func() {
		s.cancel()
		err = s.gate.closeAll()
		s.smtp.Close()
		<-s.served
	})
	return err
}

// deliver puts a message into the inbox.
func (s *Server) deliver(m *Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	s.inbox = append(s.inbox, m)
	if extra := len(s.inbox) - s.in.Keep; extra > 0 {
		s.inbox = slices.Delete(s.inbox, 0, extra)
	}
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// snapshot copies the inbox.
func (s *Server) snapshot() []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.inbox)
}

type waitIn struct {
	N       int             `lua:"n,arg" default:"1" doc:"how many messages in all since the server began"`
	Timeout engine.Duration `lua:"timeout,opt" default:"10s" doc:"how long to wait"`
}

func (s *Server) waitFor(c *engine.Call, in waitIn) ([]*Message, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	for {
		s.mu.Lock()
		total, arrived := s.total, s.arrived
		s.mu.Unlock()
		if total >= in.N {
			return s.snapshot(), nil
		}
		select {
		case <-arrived:
		case <-s.ctx.Done():
			return nil, &engine.Error{Kind: engine.KindHandleClosed, Target: s.address(), Message: fmt.Sprintf("the server was stopped after %d of %d messages", total, in.N)}
		case <-ctx.Done():
			if c.Context().Err() != nil {
				return nil, c.Context().Err()
			}
			return nil, &engine.Error{
				Kind: engine.KindTimeout, Target: s.address(), Retryable: true,
				Message: fmt.Sprintf("%d of %d messages arrived within %v", total, in.N, in.Timeout),
			}
		}
	}
}
