package ssh

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// SFTP is a file transfer session over a connection. Its methods may be used by
// several tasks at once.
type SFTP struct {
	client *Client
	idle   time.Duration

	mu     sync.Mutex
	link   *sftpLink // nil before the first use and after a call was given up
	dir    string    // "" is where the server puts us
	closed bool
}

// sftpLink is one opening of the subsystem. The library's calls know no
// deadline and end with the link only.
type sftpLink struct {
	*sftp.Client
	wire *wire
}

func (x *Client) sftp(c *engine.Call, in sftpIn) (*SFTP, error) {
	s := &SFTP{client: x, idle: in.Idle.Std()}
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	if _, err := s.use(ctx, c); err != nil {
		return nil, err
	}
	return s, nil
}

// use returns the link, opened anew when an earlier call was given up.
func (s *SFTP) use(ctx context.Context, c *engine.Call) (*sftpLink, error) {
	s.mu.Lock()
	link, closed := s.link, s.closed
	s.mu.Unlock()
	if closed {
		return nil, &engine.Error{Kind: engine.KindHandleClosed, Target: s.client.addr, Message: "the sftp session is closed"}
	}
	if link != nil {
		return link, s.client.usable()
	}
	link, err := s.open(ctx, c)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != nil || s.closed { // another task was faster
		link.wire.Close()
		return s.link, nil
	}
	s.link = link
	return link, nil
}

func (s *SFTP) open(ctx context.Context, c *engine.Call) (*sftpLink, error) {
	ctx, cancel := context.WithTimeout(ctx, s.idle)
	defer cancel()
	ch, err := s.client.open(ctx, c)
	if err != nil {
		return nil, s.openFault(err)
	}
	ok, err := await(ctx, c, func() (bool, error) {
		return ch.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"}))
	}, nil)
	if err != nil || !ok {
		c.Go(func() { ch.Close() })
		c.Go(func() { ssh.DiscardRequests(ch.reqs) })
		if err != nil {
			return nil, s.openFault(err)
		}
		e := engine.Errorf(errProtocol, "the server has no sftp")
		e.Target = s.client.addr
		return nil, e
	}
	c.Go(func() { ssh.DiscardRequests(ch.reqs) })
	w := newWire(c, ch)
	stop := context.AfterFunc(ctx, func() { w.Close() })
	defer stop()
	client, err := sftp.NewClientPipe(w, w, sftp.UseFstat(true), sftp.UseConcurrentWrites(true))
	if err != nil {
		w.Close()
		if ctx.Err() != nil {
			return nil, s.openFault(context.Cause(ctx))
		}
		e := engine.Errorf(errProtocol, "the server's sftp does not answer as it should: %s", printable(err.Error()))
		e.Target, e.Cause = s.client.addr, err
		return nil, e
	}
	return &sftpLink{client, w}, nil
}

func (s *SFTP) openFault(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return s.silent("opening the sftp session", err)
	}
	return s.client.fault(err)
}

func (s *SFTP) silent(what string, cause error) error {
	return &engine.Error{Kind: engine.KindNetTimeout, Target: s.client.addr, Message: "the server is silent: " + what, Cause: cause, Retryable: true}
}

// drop gives a link up.
func (s *SFTP) drop(link *sftpLink) {
	s.mu.Lock()
	if s.link == link {
		s.link = nil
	}
	s.mu.Unlock()
	link.wire.Close()
}

// grace is how long a call may take to end by itself once its context has:
// reads and writes notice, so that the link stays good.
const grace = 250 * time.Millisecond

// do runs f, which works on path. It ends when f does, when ctx does, or when
// the server has sent nothing for the idle time.
func (s *SFTP) do(ctx context.Context, c *engine.Call, path string, f func(*sftp.Client) error) error {
	link, err := s.use(ctx, c)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	c.Go(func() { done <- f(link.Client) }, func(err error) { done <- err })
	clock := c.Host().Clock
	timer := clock.NewTimer(s.idle)
	defer timer.Stop()
	for seen := link.wire.received.Load(); ; {
		select {
		case err := <-done:
			return s.fault(link, path, err)
		case <-timer.C():
			if now := link.wire.received.Load(); now != seen {
				seen = now
				timer.Reset(s.idle)
				continue
			}
			s.drop(link)
			<-done
			return s.silent("nothing came for "+s.idle.String()+" while working on "+path, nil)
		case <-ctx.Done():
			timer.Reset(grace)
			select {
			case <-done:
			case <-timer.C():
				s.drop(link)
				<-done
			}
			return context.Cause(ctx)
		}
	}
}

// fault gives an error of the library its kind; errors from elsewhere, such as
// those of the local disk or of a callback, pass.
func (s *SFTP) fault(link *sftpLink, path string, err error) error {
	var (
		status *sftp.StatusError
		pathE  *fs.PathError
	)
	if err == nil {
		return nil
	}
	if errors.As(err, &pathE) && (pathE.Err == fs.ErrNotExist || pathE.Err == fs.ErrPermission) {
		err = pathE.Err // of the library's; those of the disk hold numbers
	}
	target := s.client.addr + ":" + path
	switch {
	case errors.As(err, &status):
		e := engine.Errorf(errSFTP, "%s", statusText(status))
		e.Target, e.Code = target, int(status.Code)
		return e
	case err == fs.ErrNotExist || err == fs.ErrPermission:
		e := *engine.Classify(err)
		e.Target = target
		if err == fs.ErrPermission {
			e.Message = "the server refuses access"
		}
		return &e
	case errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, net.ErrClosed):
		s.drop(link)
		return &engine.Error{Kind: engine.KindNetClosed, Target: target, Message: "the connection was closed by the server", Retryable: true, Cause: err}
	}
	return err
}

const statusUnsupported = 8

func statusText(e *sftp.StatusError) string {
	if e.Code == statusUnsupported {
		return "the server does not support this"
	}
	text, _, _ := strings.Cut(strings.TrimPrefix(e.Error(), "sftp: "), "\" (")
	text = strings.TrimPrefix(text, `"`) // the library quotes it, so it is safe to print
	if text == "" {
		text = "Failure"
	}
	return "the server refuses: " + text
}

// Close ends the session; the connection stays.
func (s *SFTP) Close() error {
	s.mu.Lock()
	link := s.link
	s.link, s.closed = nil, true
	s.mu.Unlock()
	if link != nil {
		link.wire.Close()
	}
	return nil
}

// String names the session.
func (s *SFTP) String() string { return "ssh.SFTP " + s.client.user + "@" + s.client.addr }
