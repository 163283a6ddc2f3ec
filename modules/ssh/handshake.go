package ssh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// clientVersion is the line that the client introduces itself with.
const clientVersion = "SSH-2.0-gscript"

// maxBanner bounds what is kept of the text that a server shows before login.
const maxBanner = 64 << 10

// handshake is the making of one connection. The library knows no deadline for
// it, so the connection is closed when ctx ends.
type handshake struct {
	conn   *watched
	user   string
	addr   string
	policy *hostPolicy
	creds  *credentials
	legacy bool
	banner strings.Builder
}

func (hs *handshake) run(ctx context.Context) (*ssh.Client, error) {
	stop := context.AfterFunc(ctx, func() { hs.conn.Close() })
	defer stop()
	conn, chans, reqs, err := ssh.NewClientConn(hs.conn, hs.addr, hs.config())
	if err != nil {
		hs.conn.Close()
		return nil, hs.failure(ctx, err)
	}
	if !stop() { // ctx ended at the last moment; conn is closed or about to be
		conn.Close()
		return nil, hs.failure(ctx, context.Cause(ctx))
	}
	return ssh.NewClient(conn, chans, reqs), nil
}

func (hs *handshake) config() *ssh.ClientConfig {
	return &ssh.ClientConfig{
		Config:            cryptoConfig(algorithms(hs.legacy)),
		User:              hs.user,
		Auth:              hs.creds.methods,
		AuthCallback:      hs.creds.note,
		HostKeyCallback:   hs.policy.check,
		HostKeyAlgorithms: hs.policy.allowed,
		ClientVersion:     clientVersion,
		BannerCallback: func(text string) error {
			if room := maxBanner - hs.banner.Len(); room > 0 {
				hs.banner.WriteString(printable(text[:min(len(text), room)]))
			}
			return nil
		},
	}
}

// failure finds out what an unfinished handshake means.
func (hs *handshake) failure(ctx context.Context, err error) error {
	var (
		own  *engine.Error
		algo *ssh.AlgorithmNegotiationError
	)
	phase := hs.phase()
	switch {
	case errors.As(err, &own):
		return own
	case ctx.Err() != nil:
		e := engine.Classify(context.Cause(ctx))
		if e.Kind != engine.KindTimeout {
			return e
		}
		return &engine.Error{Kind: engine.KindNetTimeout, Target: hs.addr, Retryable: true, Cause: err,
			Message: "the server is silent: " + phase.waiting + hs.conn.heard(),
			Hint:    "check that an SSH server listens on that port, or give more time with timeout="}
	case errors.As(err, &algo):
		return hs.negotiation(algo)
	case phase == phaseAuth && refused(err):
		e := hs.creds.failure(hs.user, disconnected(err))
		e.Target = hs.addr
		return e
	case errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || engine.KindOf(engine.Classify(err)) == engine.KindNetClosed:
		return &engine.Error{Kind: engine.KindNetClosed, Target: hs.addr, Retryable: true, Cause: err,
			Message: "the server closed the connection: " + phase.waiting + hs.conn.heard()}
	}
	e := engine.Errorf(errHandshake, "%s", printable(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "ssh: handshake failed: "), "ssh: ")))
	e.Target, e.Cause = hs.addr, err
	if phase == phaseBanner {
		e.Message += hs.conn.heard()
		e.Hint = "what listens there does not speak SSH; check the port"
	}
	return e
}

// refused says that the server answered and said no. The library has no types
// for these errors.
func refused(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unable to authenticate") || strings.Contains(text, "no common public key signature algorithm") ||
		disconnected(err) != ""
}

// disconnected returns the words with which the server ended the connection.
func disconnected(err error) string {
	_, text, _ := strings.Cut(err.Error(), "ssh: disconnect, reason ")
	_, text, _ = strings.Cut(text, ": ")
	return text
}

func (hs *handshake) negotiation(algo *ssh.AlgorithmNegotiationError) error {
	if algo.What == "host key" {
		if err := hs.policy.missing(algo.RequestedAlgorithms); err != nil {
			return err
		}
	}
	e := engine.Errorf(errHandshake, "no %s in common: the server has only %s", algo.What, printable(strings.Join(algo.RequestedAlgorithms, ", ")))
	e.Target = hs.addr
	old := ssh.InsecureAlgorithms()
	weak := slices.Concat(old.KeyExchanges, old.Ciphers, old.MACs, old.HostKeys)
	if !hs.legacy && slices.ContainsFunc(algo.RequestedAlgorithms, func(a string) bool { return slices.Contains(weak, a) }) {
		e.Hint = "legacy=true allows algorithms that are known to be weak, for old devices in a network that you trust"
	}
	return e
}

// phase is how far a handshake came.
type phase struct{ waiting string }

var (
	phaseBanner = phase{"waited for its version line"}
	phaseKeys   = phase{"waited for the key exchange"}
	phaseAuth   = phase{"waited for the login"}
)

func (hs *handshake) phase() phase {
	switch {
	case !hs.conn.introduced():
		return phaseBanner
	case hs.policy.shown == nil:
		return phaseKeys
	}
	return phaseAuth
}

// watched is a connection that remembers how it began.
type watched struct {
	net.Conn
	mu    sync.Mutex
	first []byte
}

const keepFirst = 256

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.first = append(w.first, p[:min(n, keepFirst-len(w.first))]...)
	return n, err
}

// introduced says whether the server sent its version line.
func (w *watched) introduced() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := bytes.Index(w.first, []byte("SSH-"))
	return i >= 0 && (i == 0 || w.first[i-1] == '\n') && bytes.IndexByte(w.first[i:], '\n') >= 0
}

// heard shows what came instead of a version line.
func (w *watched) heard() string {
	if w.introduced() {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.first) == 0 {
		return ", got nothing"
	}
	return fmt.Sprintf(", got %.80q", w.first)
}
