package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// Modes of TLS.
const (
	modeStartTLS = "starttls"
	modeImplicit = "implicit"
	modeNone     = "none"
)

type smtpIn struct {
	Host         string           `lua:"host,wire" doc:"name or address of the server"`
	Port         int              `lua:"port,opt" doc:"port; by default 587 with starttls, 465 with implicit, 25 with none"`
	TLS          *tlsconf.Options `lua:"tls,opt" doc:"\"starttls\" (the default, and required), \"implicit\" for TLS from the first byte, \"none\"; or a table"`
	Auth         *credentialsIn   `lua:"auth,opt" doc:"login: {\"user\", \"password\"}"`
	InsecureAuth bool             `lua:"allow_insecure_auth,opt" doc:"send the password although the connection is not encrypted"`
	Helo         string           `lua:"helo,opt,wire" default:"localhost" doc:"name by which we introduce ourselves; an address stands in brackets"`
	Timeout      engine.Duration  `lua:"timeout,opt" default:"30s" doc:"limit for connecting and for each answer of the server"`
	Partial      bool             `lua:"partial,opt" default:"true" doc:"send to the recipients that the server takes; false sends to all or to none"`
	Trace        any              `lua:"trace,opt" doc:"true logs the dialogue, a function is called with each line; passwords and message text are left out" type:"boolean|fun(line: string)"`
}

type credentialsIn struct {
	User     string `lua:"user,wire" doc:"login name"`
	Password string `lua:"password,wire,secret" doc:"password"`
}

// Sender is a connection to a mail server for sending. It is opened again when
// the server closed it between two messages.
type Sender struct {
	host, helo   string
	port         int
	mode         string
	tls          *tlsconf.Options
	user         string
	password     string
	insecureAuth bool
	secrets      []string
	timeout      time.Duration
	partial      bool
	trace        any

	closed atomic.Bool
	life   context.Context // ends with Close
	end    context.CancelFunc

	busy chan struct{} // holds a token while somebody uses what follows
	conn *conn
	wire *wire // of the connection in use or being opened
}

func openSMTP(c *engine.Call, in smtpIn) (*Sender, error) {
	s := &Sender{
		host: in.Host, port: in.Port, helo: in.Helo, tls: in.TLS, mode: modeStartTLS,
		insecureAuth: in.InsecureAuth, timeout: in.Timeout.Std(), partial: in.Partial, trace: in.Trace,
		busy: make(chan struct{}, 1),
	}
	if in.TLS != nil && in.TLS.Mode != "" {
		s.mode = in.TLS.Mode
	}
	ports := map[string]int{modeStartTLS: 587, modeImplicit: 465, modeNone: 25}
	if ports[s.mode] == 0 {
		e := engine.Invalid("tls: %q is no mode of mail.smtp: there are starttls, implicit and none", s.mode)
		if near := engine.Suggest(s.mode, []string{modeStartTLS, modeImplicit, modeNone}); near != "" {
			e.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, e
	}
	if s.port == 0 {
		s.port = ports[s.mode]
	}
	if strings.ContainsAny(s.helo, " \t") || s.helo == "" || !isASCII(s.helo) {
		return nil, engine.Invalid("helo: %q is no host name", in.Helo)
	}
	if in.Auth != nil {
		s.user, s.password = in.Auth.User, in.Auth.Password
		s.secrets = secretsOf(s.user, s.password)
	}
	if s.timeout <= 0 {
		return nil, engine.Invalid("timeout must be more than 0")
	}
	switch in.Trace.(type) {
	case nil, bool, *engine.Func:
	default:
		return nil, engine.Invalid("trace is true or a function(line)")
	}
	if in.Auth != nil && s.mode == modeNone && !s.insecureAuth {
		return nil, s.fail(errAuth, "the password is not sent over a connection that is not encrypted").
			WithHint("use tls=\"starttls\" or tls=\"implicit\"; allow_insecure_auth=true sends it in the clear")
	}
	s.life, s.end = context.WithCancel(c.Background())
	err := s.use(c.Context(), func(ctx context.Context) (err error) {
		s.conn, err = s.dial(ctx, c)
		return err
	})
	if err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

func (s *Sender) String() string {
	return fmt.Sprintf("mail.Sender: %s (%s)", s.address(), s.mode)
}

// use runs f with the connection to itself and explains its failure.
func (s *Sender) use(ctx context.Context, f func(context.Context) error) error {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer s.release()
	if s.closed.Load() {
		return s.closedError()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	err := s.explain(ctx, f(ctx))
	if err != nil && s.closed.Load() {
		return s.closedError()
	}
	return err
}

// release lets the next in. Close may have passed meanwhile without the token.
func (s *Sender) release() {
	<-s.busy
	if s.closed.Load() {
		s.hangUp()
	}
}

func (s *Sender) closedError() error {
	return &engine.Error{Kind: engine.KindHandleClosed, Target: s.address(), Message: "the connection was closed by the script"}
}

// explain names the server and what was being waited for.
func (s *Sender) explain(ctx context.Context, err error) error {
	var own *engine.Error
	var reply *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		s.drop()
		return ctx.Err()
	case errors.As(err, &own):
		return err
	case errors.As(err, &reply):
		if reply.Code == 421 {
			s.drop()
		}
		return s.refusal(reply)
	}
	s.drop()
	at := phaseGreeting
	if s.wire != nil {
		at = s.wire.phase
	}
	switch {
	case errors.Is(err, errReplyTooLong), errors.Is(err, smtp.ErrTooLongLine), errors.Is(err, errNoReply), isProtocol(err):
		return s.fail(errProtocol, "at %s: %s", at, s.mask(clean(err.Error())))
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return s.silent(string(at))
	}
	e := *engine.Classify(err)
	e.Target = s.address()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.Message = fmt.Sprintf("the server closed the connection at %s", at)
	}
	return &e
}

func (s *Sender) mask(text string) string {
	if s.wire != nil {
		return s.wire.mask(text)
	}
	return text
}

// silent is the error for a server that does not answer in time.
func (s *Sender) silent(at string) error {
	return &engine.Error{
		Kind: engine.KindNetTimeout, Target: s.address(), Retryable: true,
		Message: fmt.Sprintf("no answer within %v at %s", s.timeout, at),
		Hint:    "give more time with timeout=, or check that a mail server with this kind of TLS is there",
	}
}

func (s *Sender) fail(kind *engine.ErrorKind, format string, args ...any) *engine.Error {
	e := engine.Errorf(kind, format, args...)
	e.Target = s.address()
	return e
}

// refusal is the error for a reply that is not what was hoped for.
func (s *Sender) refusal(reply *smtp.SMTPError) *engine.Error {
	at := phaseGreeting
	if s.wire != nil {
		at = s.wire.phase
	}
	e := s.fail(errReply, "the server refuses at %s: %d %s", at, reply.Code, s.mask(clean(reply.Message)))
	e.Code, e.Retryable = reply.Code, reply.Temporary()
	e.Fields = map[string]any{"enhanced": enhanced(reply)}
	return e
}

func enhanced(reply *smtp.SMTPError) any {
	if c := reply.EnhancedCode; c != smtp.EnhancedCodeNotSet && c != smtp.NoEnhancedCode {
		return fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
	}
	return nil
}

// drop gives up a connection whose state is not known any more.
func (s *Sender) drop() {
	if s.conn != nil {
		s.conn.wire.Close()
		s.conn = nil
	}
}

// Close says goodbye, but does not wait long for the answer. A message on its
// way in another task ends with an error.
func (s *Sender) Close() error {
	if !s.closed.Swap(true) {
		s.end()
		s.hangUp()
	}
	return nil
}

func (s *Sender) hangUp() {
	select {
	case s.busy <- struct{}{}:
	default:
		return
	}
	defer func() { <-s.busy }()
	if s.conn != nil {
		s.conn.wire.phase = phaseQuit
		s.conn.wire.trace = nil
		s.conn.client.CommandTimeout = min(s.timeout, time.Second)
		s.conn.client.Quit()
		s.drop()
	}
}

// tracer is the trace= option of the call in progress.
func (s *Sender) tracer(c *engine.Call) func(string) {
	switch trace := s.trace.(type) {
	case bool:
		if trace {
			return func(line string) { c.Host().Log.Info("smtp", "server", s.address(), "line", line) }
		}
	case *engine.Func:
		return func(line string) { c.Invoke(trace, line) }
	}
	return nil
}
