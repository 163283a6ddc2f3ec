package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// maxReply bounds what a server may say in answer to one command.
const maxReply = 64 << 10

var errReplyTooLong = errors.New("the reply is longer than 64 KiB")

// phase is what the dialogue is at, for messages and for the trace.
type phase string

const (
	phaseGreeting phase = "the greeting"
	phaseHello    phase = "EHLO"
	phaseStartTLS phase = "STARTTLS"
	phaseTLS      phase = "the TLS handshake"
	phaseAuth     phase = "AUTH"
	phaseMail     phase = "MAIL FROM"
	phaseRcpt     phase = "RCPT TO"
	phaseData     phase = "DATA"
	phaseBody     phase = "the message"
	phaseEnd      phase = "the end of the message"
	phaseReset    phase = "RSET"
	phaseQuit     phase = "QUIT"
)

// wire is the connection under the dialogue: a write that makes no progress
// ends at the timeout, a reply has a bound, and the trace sees every line.
type wire struct {
	net.Conn
	clock   host.Clock
	timeout time.Duration
	phase   phase
	trace   func(line string)
	secrets []string

	preface []byte // to be read before what the connection has
	replied int    // bytes read since the last write
	pending []byte // of a line for the trace
	sent    int    // bytes of the message, for the trace
}

func (w *wire) Read(p []byte) (int, error) {
	if len(w.preface) > 0 {
		n := copy(p, w.preface)
		w.preface = w.preface[n:]
		return n, nil
	}
	if w.replied > maxReply {
		return 0, errReplyTooLong
	}
	n, err := w.Conn.Read(p)
	w.replied += n
	if w.trace != nil {
		if w.sent > 0 {
			w.trace(fmt.Sprintf("C: (%d bytes of message)", w.sent))
			w.sent = 0
		}
		w.pending = append(w.pending, p[:n]...)
		for {
			line, rest, ok := bytes.Cut(w.pending, []byte("\n"))
			if !ok {
				break
			}
			w.trace("S: " + w.mask(clean(string(line))))
			w.pending = rest
		}
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	w.replied = 0
	w.traceSent(p)
	if err := w.Conn.SetWriteDeadline(w.clock.Now().Add(w.timeout)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

func (w *wire) traceSent(p []byte) {
	switch {
	case w.trace == nil:
	case w.phase == phaseAuth:
		if verb, rest, ok := strings.Cut(string(p), " "); ok && verb == "AUTH" {
			mechanism, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			w.trace("C: AUTH " + mechanism + " ***")
			return
		}
		w.trace("C: ***")
	case w.phase == phaseBody, w.phase == phaseEnd:
		w.sent += len(p)
	default:
		for line := range strings.Lines(string(p)) {
			w.trace("C: " + w.mask(clean(line)))
		}
	}
}

// mask takes the secrets out of a text, plain and as they go over the wire.
func (w *wire) mask(s string) string {
	for _, secret := range w.secrets {
		s = strings.ReplaceAll(s, secret, "***")
	}
	return s
}

func secretsOf(user, password string) []string {
	if password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{encode([]byte("\x00" + user + "\x00" + password)), encode([]byte(password)), password}
}
