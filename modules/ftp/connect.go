package ftp

import (
	"cmp"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/jlaffaye/ftp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// Modes of TLS.
const (
	modeNone     = "none"
	modeExplicit = "explicit"
	modeImplicit = "implicit"
)

// modeOf reads the tls option, of which a table without a mode is explicit.
func modeOf(o *tlsconf.Options, modes ...string) (string, error) {
	if o == nil {
		return modeNone, nil
	}
	mode := cmp.Or(o.Mode, modeExplicit)
	for _, m := range modes {
		if m == mode {
			return mode, nil
		}
	}
	e := engine.Invalid(`tls is one of "%s", not %q`, strings.Join(modes, `", "`), mode)
	if near := engine.Suggest(mode, modes); near != "" {
		e.Hint = "did you mean " + strconv.Quote(near) + "?"
	}
	return "", e
}

func connect(c *engine.Call, in connectIn) (*Client, error) {
	mode, err := modeOf(in.TLS, modeExplicit, modeImplicit, modeNone)
	if err != nil {
		return nil, err
	}
	if in.Host == "" {
		return nil, engine.Invalid("host is empty")
	}
	if in.Port == 0 {
		in.Port = 21
		if mode == modeImplicit {
			in.Port = 990
		}
	}
	s := &session{host: c.Host(), hostName: in.Host, trustHost: in.TrustPasvHost}
	if mode != modeNone {
		if s.tls, err = tlsconf.Client(c.Host(), in.TLS, in.Host); err != nil {
			return nil, err
		}
	}
	address := net.JoinHostPort(in.Host, strconv.Itoa(in.Port))
	s.patience = newPatience(c.Host().Clock, in.IdleTimeout.Std(), address)
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	defer s.patience.under(ctx, in.Timeout.Std())()

	s.patience.waitFor("the connection")
	conn, err := c.Host().Network.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, s.patience.explain(err)
	}
	s.control = newControl(conn, s.patience)
	client := &Client{session: s, busy: make(chan struct{}, 1), debug: in.Debug, host: in.Host, port: in.Port}
	s.control.trace = client.tracer(ctx)
	if err := s.open(mode, in); err != nil {
		s.control.Close()
		return nil, err
	}
	return client, nil
}

// open greets the server, secures the connection and logs in.
func (s *session) open(mode string, in connectIn) error {
	if mode == modeImplicit {
		if err := s.control.startTLS(s.tls); err != nil {
			return err
		}
	}
	s.patience.waitFor("the greeting")
	greeting, err := s.control.receive()
	if err == nil && greeting.code == 120 { // "ready in n minutes"
		greeting, err = s.control.receive()
	}
	if err := s.check(greeting, err, "", 220); err != nil {
		return err
	}
	s.welcome = greeting.text()
	if mode == modeExplicit {
		if err := s.authTLS(); err != nil {
			return err
		}
	}
	s.control.keep(greeting)
	options := []ftp.DialOption{
		ftp.DialWithDialFunc(s.dial()),
		ftp.DialWithTrustPasvIP(s.trustHost),
		ftp.DialWithDisabledEPSV(s.trustHost), // its reply has no address to trust
	}
	if s.tls != nil {
		options = append(options, ftp.DialWithTLS(s.tls)) // asks for PROT P; the connections are ours
	}
	if s.library, err = ftp.Dial(s.patience.peer, options...); err != nil {
		return s.explain(err, "")
	}
	if err := s.library.Login(in.User, in.Password); err != nil {
		return s.loginError(err)
	}
	s.mlsd = s.library.IsTimePreciseInList()
	return nil
}

// dial gives the library the control connection first, and then data
// connections.
func (s *session) dial() func(network, address string) (net.Conn, error) {
	first := true
	return func(_, address string) (net.Conn, error) {
		if first {
			first = false
			return s.control, nil
		}
		return s.dialData(address)
	}
}

func (s *session) authTLS() error {
	r, err := s.control.exchange("AUTH TLS")
	if err != nil {
		return err
	}
	if r.code != 234 {
		return s.noTLS(r, "the server does not offer TLS")
	}
	return s.control.startTLS(s.tls)
}

func (s *session) noTLS(r reply, why string) error {
	e := s.refused(r, "")
	e.Kind = errTLS.Name
	e.Message = why + ": " + e.Message
	e.Hint = `nothing was sent in clear; tls="none" gives up encryption, password and files included`
	return e
}

// loginError tells apart a login that is refused and encryption that is. The
// library gives some refusals without their code.
func (s *session) loginError(err error) error {
	if s.control.broken != nil {
		return s.control.broken
	}
	last := s.control.last
	switch s.control.verb {
	case "PBSZ", "PROT":
		return s.noTLS(last, "the server does not encrypt data connections")
	case "USER", "PASS":
		e := s.refused(last, "")
		switch {
		case last.code == 332:
			e.Kind = errAuth.Name
			e.Hint = "the server asks for an account (ACCT), which gscript does not send"
		case last.code/100 != 4:
			e.Kind = errAuth.Name
			e.Hint = "check user and password"
		}
		return e
	}
	if _, ok := err.(*textproto.Error); !ok && last.code >= 400 {
		return s.refused(last, "")
	}
	return s.explain(err, "")
}
