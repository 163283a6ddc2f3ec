package ftp

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

var (
	errReply    = engine.Kind("ftp.reply", "The server refused a command. e.code is its reply code, such as 550, and e.text its words; codes from 400 to 499 may succeed later, and e.retryable is true for them.")
	errAuth     = engine.Kind("ftp.auth", "The server refused the login. e.code and e.text are its reply.")
	errProtocol = engine.Kind("ftp.protocol", "The server does not keep to the protocol.")
	errTLS      = engine.Kind("ftp.tls", "The server does not offer TLS as asked for. The connection never goes on in clear.")
	errTooLarge = engine.Kind("ftp.too_large", "A file to be read into memory has more bytes than allowed.")
)

// refused makes the error for a reply that says no.
func (s *session) refused(r reply, target string) *engine.Error {
	text := r.text()
	e := &engine.Error{
		Kind: errReply.Name, Target: s.target(target), Code: r.code, Retryable: r.code/100 == 4,
		Message: strings.TrimSpace(fmt.Sprintf("%d %s", r.code, text)),
		Fields:  map[string]any{"text": text},
	}
	if r.code == 530 {
		e.Kind = errAuth.Name
	}
	return e
}

// check turns a reply that is none of codes into an error.
func (s *session) check(r reply, err error, target string, codes ...int) error {
	if err != nil {
		return err
	}
	for _, code := range codes {
		if r.code == code {
			return nil
		}
	}
	return s.refused(r, target)
}

// explain turns an error of the library into ours.
func (s *session) explain(err error, target string) error {
	if err == nil {
		return nil
	}
	if s.control.broken != nil {
		return s.control.broken
	}
	var said *textproto.Error
	if errors.As(err, &said) {
		return s.refused(s.control.last, target)
	}
	e := *engine.Classify(err)
	if e.Kind == "failed" { // words of the library, without a type
		e.Kind = errProtocol.Name
		e.Message = printable(e.Message)
	}
	if e.Target == "" {
		e.Target = s.target(target)
	}
	return &e
}

// target names the server and a path on it.
func (s *session) target(path string) string {
	if path == "" {
		return s.patience.peer
	}
	return transfer.Join(s.patience.peer, strings.TrimPrefix(path, "/"))
}

// isTime says that err is the end of somebody's patience.
func isTime(err error) bool {
	switch engine.KindOf(err) {
	case engine.KindTimeout, engine.KindNetTimeout, engine.KindCanceled:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isUnknownCommand says that the server does not have a command.
func isUnknownCommand(code int) bool { return code == 500 || code == 501 || code == 502 || code == 504 }
