package mail

import (
	"crypto/subtle"
	"io"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/gscript-lang/gscript/engine"
)

// session is one client's dialogue with our server.
type session struct {
	server *Server
	conn   *smtp.Conn
	user   string
	known  bool

	envelope Envelope
}

var (
	errLogin       = &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "the login is not known"}
	errLoginFirst  = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}
	errScript      = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "the message could not be handled, try again later"}
	errNoRecipient = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such recipient"}
)

func (s *session) AuthMechanisms() []string {
	if len(s.server.in.Users) == 0 {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch {
	case len(s.server.in.Users) == 0:
		return nil, smtp.ErrAuthUnsupported
	case mechanism == sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error { return s.login(user, password) }), nil
	case mechanism == sasl.Login:
		return &loginServer{login: s.login}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) login(user, password string) error {
	want, ok := s.server.in.Users[user]
	if subtle.ConstantTimeCompare([]byte(want), []byte(password)) != 1 || !ok {
		return errLogin
	}
	s.user, s.known = user, true
	return nil
}

// loginServer is the mechanism LOGIN, which go-sasl speaks only as a client.
type loginServer struct {
	login func(user, password string) error
	asked bool
	user  *string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case !l.asked && response == nil:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.asked, l.user = true, &user
		return []byte("Password:"), false, nil
	}
	return nil, true, l.login(*l.user, string(response))
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if len(s.server.in.Users) > 0 && !s.known {
		return errLoginFirst
	}
	s.envelope = Envelope{From: from, User: s.user}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if r, ok := s.server.in.Reject[to]; ok {
		return refuse(Refusal(r))
	}
	if fn := s.server.in.OnRcpt; fn != nil {
		answers, err := fn.Call(s.server.ctx, to)
		if err != nil {
			return s.failed("on_rcpt", err)
		}
		if len(answers) > 0 {
			if err := verdict(answers[0]); err != nil {
				return err
			}
		}
	}
	s.envelope.To = append(s.envelope.To, to)
	return nil
}

// verdict reads what on_rcpt returned.
func verdict(answer any) error {
	switch answer := answer.(type) {
	case bool:
		if !answer {
			return errNoRecipient
		}
	case engine.Object:
		var r Refusal
		if code, ok := answer.Get("code"); ok {
			if n, ok := code.(float64); ok {
				r.Code = int(n)
			}
		}
		if text, ok := answer.Get("message"); ok {
			r.Message, _ = text.(string)
		}
		return refuse(r)
	}
	return nil
}

func refuse(r Refusal) error {
	if r.Code < 400 || r.Code > 599 {
		r.Code = errNoRecipient.Code
	}
	if r.Message == "" {
		r.Message = errNoRecipient.Message
	}
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.EnhancedCodeNotSet, Message: clean(r.Message)}
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := parse(raw)
	envelope := s.envelope
	m.envelope = &envelope
	if fn := s.server.in.OnMail; fn != nil {
		if _, err := fn.Call(s.server.ctx, m); err != nil {
			return s.failed("on_mail", err)
		}
	}
	s.server.deliver(m)
	return nil
}

// failed logs what a callback raised; the client learns only that it may try
// again.
func (s *session) failed(callback string, err error) error {
	if s.server.ctx.Err() == nil {
		s.server.call.Host().Log.Error("mail server: "+callback+" failed", "address", s.server.address(), "error", strings.TrimSpace(err.Error()))
	}
	return errScript
}

func (s *session) Reset() { s.envelope = Envelope{} }

func (s *session) Logout() error { return nil }
