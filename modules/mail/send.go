package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	nettextproto "net/textproto"
	"slices"

	"github.com/emersion/go-smtp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

type sendIn struct {
	Message  *Message        `lua:"message" doc:"message to send"`
	From     *string         `lua:"from,opt,wire" doc:"sender of the envelope, where bounces go; the message's Sender or From when left out"`
	To       []string        `lua:"to,opt,wire" doc:"recipients in place of the message's to, cc and bcc" type:"string|string[]"`
	Timeout  engine.Duration `lua:"timeout,opt" doc:"limit for the whole call; that of the connection limits each answer"`
	Progress any             `lua:"progress,opt" doc:"true for a bar, or function(done, total, name)" type:"boolean|fun(done: integer, total: integer, name: string)"`
}

type sendRawIn struct {
	From     string          `lua:"from,opt,need,wire" doc:"sender of the envelope; \"\" for a message that must not bounce"`
	To       []string        `lua:"to,opt,need,wire" doc:"recipients" type:"string|string[]"`
	Data     string          `lua:"data,opt,need" doc:"the whole message; its line ends are made CR LF and its dots doubled on the way"`
	Timeout  engine.Duration `lua:"timeout,opt" doc:"limit for the whole call; that of the connection limits each answer"`
	Progress any             `lua:"progress,opt" doc:"true for a bar, or function(done, total, name)" type:"boolean|fun(done: integer, total: integer, name: string)"`
}

// Refusal is a server's reply to one recipient.
type Refusal struct {
	Code    int    `lua:"code" doc:"code of the reply; 5xx is final, 4xx may succeed later"`
	Message string `lua:"message" doc:"text of the reply"`
}

// letter is what goes through the dialogue.
type letter struct {
	from string
	to   []string
	data []byte
}

func (s *Sender) send(c *engine.Call, in sendIn) (map[string]Refusal, error) {
	if in.Message == nil {
		return nil, engine.Invalid("argument 'message' is missing")
	}
	l := letter{from: in.Message.sender(), to: in.Message.recipients(), data: in.Message.withoutBcc()}
	var err error
	if in.From != nil {
		if l.from, err = envelopeAddress(*in.From); err != nil {
			return nil, err
		}
	}
	if in.To != nil {
		if l.to, err = envelopeAddresses(in.To); err != nil {
			return nil, err
		}
	}
	return s.deliver(c, l, in.Timeout, in.Progress)
}

func (s *Sender) sendRaw(c *engine.Call, in sendRawIn) (map[string]Refusal, error) {
	from, err := envelopeAddress(in.From)
	if err != nil {
		return nil, err
	}
	to, err := envelopeAddresses(in.To)
	if err != nil {
		return nil, err
	}
	return s.deliver(c, letter{from: from, to: to, data: []byte(in.Data)}, in.Timeout, in.Progress)
}

// envelopeAddress reads a sender; "" is the sender of bounces.
func envelopeAddress(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	a, err := parseAddress(text)
	return a.Address, err
}

func envelopeAddresses(list []string) ([]string, error) {
	var out []string
	for _, text := range list {
		a, err := parseAddress(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, a.Address) {
			out = append(out, a.Address)
		}
	}
	return out, nil
}

func (s *Sender) deliver(c *engine.Call, l letter, limit engine.Duration, progress any) (map[string]Refusal, error) {
	if len(l.to) == 0 {
		return nil, engine.Invalid("the message has no recipient: give to=, cc= or bcc=")
	}
	for _, a := range append([]string{l.from}, l.to...) {
		// Of a parsed message: whoever wrote it must not speak SMTP here.
		if _, err := envelopeAddress(mailPath(a)); err != nil {
			return nil, err
		}
	}
	m, err := meter.New(c, progress)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	l.data = normalize(l.data)
	ctx, cancel := c.WithTimeout(limit)
	defer cancel()
	var refused map[string]Refusal
	err = s.use(ctx, func(ctx context.Context) (err error) {
		if s.conn != nil {
			s.conn.wire.trace = s.tracer(c)
		}
		refused, err = s.transact(ctx, c, l, m.Start("mail", int64(len(l.data))))
		return err
	})
	if err != nil {
		return nil, err
	}
	return refused, nil
}

// transact is one message over the connection, opened again if the server has
// closed it meanwhile. Once the message itself has begun nothing is repeated.
func (s *Sender) transact(ctx context.Context, c *engine.Call, l letter, bar *meter.Bar) (map[string]Refusal, error) {
	if s.conn != nil {
		stop := s.closeWith(ctx)
		err := s.begin(l)
		stop()
		if err != nil && ctx.Err() == nil && s.gone(err) {
			s.drop()
		} else if err != nil {
			return nil, err
		}
	}
	if s.conn == nil {
		conn, err := s.dial(ctx, c)
		if err != nil {
			return nil, err
		}
		s.conn = conn
		defer s.closeWith(ctx)()
		if err := s.begin(l); err != nil {
			return nil, err
		}
	} else {
		defer s.closeWith(ctx)()
	}
	refused, err := s.recipients(l)
	if err != nil {
		return nil, err
	}
	if len(refused) == len(l.to) || len(refused) > 0 && !s.partial {
		s.conn.wire.phase = phaseReset
		if err := s.conn.client.Reset(); err != nil {
			s.drop()
		}
		return nil, s.allRefused(l, refused)
	}
	return refused, s.body(l, bar)
}

// closeWith ends the dialogue with ctx.
func (s *Sender) closeWith(ctx context.Context) func() bool {
	conn := s.conn
	return context.AfterFunc(ctx, func() { conn.wire.Close() })
}

// gone says that the connection, not the message, is what failed.
func (s *Sender) gone(err error) bool {
	var own *engine.Error
	var reply *smtp.SMTPError
	switch {
	case errors.As(err, &own):
		return false
	case errors.As(err, &reply):
		return reply.Code == 421
	}
	return true
}

// begin opens the transaction.
func (s *Sender) begin(l letter) error {
	conn := s.conn
	if conn.used {
		conn.wire.phase = phaseReset
		if err := conn.client.Reset(); err != nil {
			return err
		}
	}
	conn.used = true
	conn.wire.phase = phaseMail
	supported, _ := conn.client.Extension("SMTPUTF8")
	opts := &smtp.MailOptions{Size: int64(len(l.data))}
	for _, a := range append([]string{l.from}, l.to...) {
		if isASCII(a) {
			continue
		}
		if !supported {
			return s.fail(errAddress, "the server takes no addresses beyond ASCII (it does not offer SMTPUTF8), so %s cannot be used", a)
		}
		opts.UTF8 = true
	}
	header, _, _ := bytes.Cut(l.data, []byte(crlf+crlf))
	opts.UTF8 = opts.UTF8 || supported && !isASCII(string(header))
	return conn.client.Mail(mailPath(l.from), opts)
}

func mailPath(a string) string {
	if a == "" {
		return ""
	}
	return wirePath(a)
}

// recipients offers each recipient and returns those that were refused.
func (s *Sender) recipients(l letter) (map[string]Refusal, error) {
	refused := map[string]Refusal{}
	s.conn.wire.phase = phaseRcpt
	for _, a := range l.to {
		err := s.conn.client.Rcpt(wirePath(a), nil)
		var reply *smtp.SMTPError
		switch {
		case err == nil:
		case errors.As(err, &reply) && reply.Code != 421:
			refused[a] = Refusal{Code: reply.Code, Message: s.mask(clean(reply.Message))}
		default:
			return nil, err
		}
	}
	return refused, nil
}

func (s *Sender) allRefused(l letter, refused map[string]Refusal) error {
	first := refused[l.to[0]]
	retry := true
	for _, a := range l.to {
		if r, ok := refused[a]; ok {
			if first.Code == 0 {
				first = r
			}
			retry = retry && r.Code/100 == 4
		}
	}
	e := s.fail(errRefused, "the server refuses %d of %d recipients, nothing was sent: %d %s", len(refused), len(l.to), first.Code, first.Message)
	e.Code, e.Retryable = first.Code, retry
	e.Fields = map[string]any{"refused": refused}
	return e
}

// body sends the message. Only the server's reply to its end is success.
func (s *Sender) body(l letter, bar *meter.Bar) (err error) {
	defer func() { bar.Finish(err) }()
	w := s.conn.wire
	w.phase = phaseData
	data, err := s.conn.client.Data()
	if err != nil {
		return err
	}
	w.phase = phaseBody
	if _, err := io.Copy(data, bar.Reader(bytes.NewReader(l.data))); err != nil {
		s.drop() // in the middle of the message nothing else can be said
		return err
	}
	w.phase = phaseEnd
	return data.Close()
}

// isProtocol says that the server's answer was not SMTP.
func isProtocol(err error) bool {
	var p nettextproto.ProtocolError
	return errors.As(err, &p)
}
