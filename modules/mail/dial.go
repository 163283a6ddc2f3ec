package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// conn is one connection to a server, greeted, encrypted and logged in.
type conn struct {
	client *smtp.Client
	wire   *wire
	used   bool // a message was begun on it
}

// dial opens a connection. The dialogue up to STARTTLS is spoken here: go-smtp
// throws away what the server sent behind its reply, so that an attacker in
// between is not noticed, and waits for more after a greeting that is none.
func (s *Sender) dial(ctx context.Context, c *engine.Call) (_ *conn, err error) {
	h := c.Host()
	conf, err := tlsconf.Client(h, s.tls, s.host)
	if err != nil {
		return nil, err
	}
	step, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	raw, err := h.Network.DialContext(step, "tcp", s.address())
	if err != nil {
		if ctx.Err() == nil && step.Err() != nil {
			return nil, s.silent("the connection")
		}
		return nil, err
	}
	w := &wire{Conn: raw, clock: h.Clock, timeout: s.timeout, phase: phaseGreeting, secrets: s.secrets, trace: s.tracer(c)}
	s.wire = w
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()

	if err := s.open(ctx, conf, w); err != nil {
		return nil, err
	}
	w.preface = []byte("220 greeted\r\n") // go-smtp begins with the greeting, which is behind us
	client := smtp.NewClient(w)
	client.CommandTimeout, client.SubmissionTimeout = s.timeout, s.timeout
	w.phase = phaseHello
	if err := client.Hello(s.helo); err != nil {
		return nil, err
	}
	if err := s.login(client, w); err != nil {
		return nil, err
	}
	return &conn{client: client, wire: w}, nil
}

func (s *Sender) address() string {
	return net.JoinHostPort(s.host, strconv.Itoa(s.port))
}

func handshake(ctx context.Context, conf *tls.Config, w *wire) error {
	w.phase = phaseTLS
	secure := tls.Client(w.Conn, conf)
	if err := w.Conn.SetDeadline(w.clock.Now().Add(w.timeout)); err != nil {
		return err
	}
	if err := secure.HandshakeContext(ctx); err != nil {
		return err
	}
	w.Conn = secure
	return secure.SetDeadline(time.Time{})
}

// open brings the connection to where it is greeted and encrypted.
func (s *Sender) open(ctx context.Context, conf *tls.Config, w *wire) error {
	if s.mode == modeImplicit {
		if err := handshake(ctx, conf, w); err != nil {
			return err
		}
	}
	w.phase = phaseGreeting
	r := bufio.NewReader(w)
	if _, err := w.ask(r, phaseGreeting, "", 220); err != nil {
		return err
	}
	if s.mode == modeStartTLS {
		if err := s.startTLS(w, r); err != nil {
			return err
		}
		return handshake(ctx, conf, w)
	}
	if r.Buffered() > 0 {
		return fmt.Errorf("%w: it talks before it is asked", errNoReply)
	}
	return nil
}

// ask sends a command and reads the reply, which must have the code want.
func (w *wire) ask(r *bufio.Reader, at phase, command string, want int) ([]string, error) {
	w.phase = at
	if err := w.Conn.SetDeadline(w.clock.Now().Add(w.timeout)); err != nil {
		return nil, err
	}
	if command != "" {
		if _, err := w.Write([]byte(command + crlf)); err != nil {
			return nil, err
		}
	}
	code, lines, err := readReply(r)
	if err != nil {
		return nil, err
	}
	if code != want {
		return nil, &smtp.SMTPError{Code: code, Message: strings.Join(lines, "\n")}
	}
	return lines, nil
}

func (s *Sender) startTLS(w *wire, r *bufio.Reader) error {
	lines, err := w.ask(r, phaseHello, "EHLO "+s.helo, 250)
	if err != nil {
		return err
	}
	if !offers(lines[1:], "STARTTLS") {
		return s.fail(errTLS, "the server does not offer STARTTLS, so nothing was sent to it").
			WithHint(`somebody in between may have taken the offer away; tls="implicit" is the other way, tls="none" sends everything in the clear`)
	}
	if _, err := w.ask(r, phaseStartTLS, "STARTTLS", 220); err != nil {
		var reply *smtp.SMTPError
		if errors.As(err, &reply) {
			e := s.fail(errTLS, "the server refuses STARTTLS: %s", w.mask(clean(reply.Message)))
			e.Code = reply.Code
			return e
		}
		return err
	}
	if r.Buffered() > 0 {
		return s.fail(errTLS, "the server sent %d bytes in the clear behind its reply to STARTTLS, so nothing was sent to it", r.Buffered()).
			WithHint("somebody in between may try to slip replies into the encrypted dialogue")
	}
	return nil
}

func offers(lines []string, extension string) bool {
	for _, line := range lines {
		word, _, _ := strings.Cut(line, " ")
		if strings.EqualFold(word, extension) {
			return true
		}
	}
	return false
}

// readReply reads one reply of one or more lines.
func readReply(r *bufio.Reader) (code int, lines []string, err error) {
	size := 0
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return 0, nil, errReplyTooLong
		}
		if err != nil {
			return 0, nil, err
		}
		if size += len(line); size > maxReply {
			return 0, nil, errReplyTooLong
		}
		text := strings.TrimRight(string(line), "\r\n")
		n, err := strconv.Atoi(text[:min(3, len(text))])
		if err != nil || n < 100 || len(lines) > 0 && n != code || len(text) > 3 && text[3] != ' ' && text[3] != '-' {
			return 0, nil, fmt.Errorf("%w: %.80q", errNoReply, text)
		}
		code = n
		lines = append(lines, text[min(4, len(text)):])
		if len(text) == 3 || text[3] == ' ' {
			return code, lines, nil
		}
	}
}

var errNoReply = errors.New("this is no reply of a mail server")

// login says who we are, where a user is given.
func (s *Sender) login(client *smtp.Client, w *wire) error {
	if s.user == "" && s.password == "" {
		return nil
	}
	w.phase = phaseAuth
	var mechanism sasl.Client
	switch {
	case client.SupportsAuth("PLAIN"):
		mechanism = sasl.NewPlainClient("", s.user, s.password)
	case client.SupportsAuth("LOGIN"):
		mechanism = &loginClient{[]string{s.user, s.password}}
	default:
		_, offered := client.Extension("AUTH")
		if offered == "" {
			return s.fail(errAuth, "the server offers no login")
		}
		return s.fail(errAuth, "the server offers only the logins %s; PLAIN and LOGIN are spoken here", clean(offered))
	}
	err := client.Auth(mechanism)
	var reply *smtp.SMTPError
	var garbled base64.CorruptInputError
	switch {
	case errors.As(err, &garbled), errors.Is(err, sasl.ErrUnexpectedServerChallenge):
		return s.fail(errProtocol, "at AUTH: the server's challenge cannot be read")
	case errors.As(err, &reply):
		e := s.fail(errAuth, "the server refuses the login of %s: %s", s.user, w.mask(clean(reply.Message)))
		e.Code, e.Retryable = reply.Code, reply.Temporary()
		return e
	}
	return err
}

// loginClient is the mechanism LOGIN. That of go-sasl stumbles over servers
// that ask for the name although it was sent along.
type loginClient struct{ answers []string }

func (l *loginClient) Start() (mechanism string, response []byte, err error) {
	return sasl.Login, nil, nil
}

func (l *loginClient) Next([]byte) ([]byte, error) {
	if len(l.answers) == 0 {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	next := l.answers[0]
	l.answers = l.answers[1:]
	return []byte(next), nil
}
