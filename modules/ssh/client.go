package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// Client is a connection to a server. Its methods may be used by several tasks
// at once.
type Client struct {
	client  *ssh.Client
	host    string
	port    int
	addr    string
	user    string
	banner  string
	hostKey ssh.PublicKey
	ctx     context.Context // until Close
	cancel  context.CancelFunc
	closed  atomic.Bool
	dead    chan struct{} // closed when the connection has ended
}

func connect(c *engine.Call, in connectIn) (*Client, error) {
	if err := checkTarget(c, &in); err != nil {
		return nil, err
	}
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	addr := net.JoinHostPort(in.Host, strconv.Itoa(in.Port))
	policy, err := newHostPolicy(c.Host(), in)
	if err != nil {
		return nil, err
	}
	creds, err := newCredentials(ctx, c, in)
	if err != nil {
		return nil, err
	}
	defer creds.close()
	var hs *handshake
	var client *ssh.Client
	for again := true; again; {
		raw, err := dialServer(ctx, c, in.Via, addr)
		if err != nil {
			return nil, err
		}
		hs = &handshake{conn: &watched{Conn: raw}, user: in.User, addr: addr, policy: policy, creds: creds, legacy: in.Legacy}
		client, err = hs.run(ctx)
		if again, err = policy.again(err); err != nil {
			return nil, err
		}
	}
	x := &Client{
		client: client,
		host:   in.Host, port: in.Port, addr: addr, user: in.User,
		banner: hs.banner.String(), hostKey: policy.shown,
		dead: make(chan struct{}),
	}
	x.ctx, x.cancel = context.WithCancel(c.Background())
	c.Go(func() {
		x.client.Wait()
		close(x.dead)
	})
	if in.Keepalive > 0 {
		c.Go(func() { x.keepAlive(c, in.Keepalive.Std()) })
	}
	return x, nil
}

func checkTarget(c *engine.Call, in *connectIn) error {
	if in.User == "" {
		user, err := loginName(c)
		if err != nil || user == "" {
			e := engine.Invalid("user is missing")
			e.Hint = "say who logs in with user="
			return e
		}
		in.User = user
	}
	for what, s := range map[string]string{"host": in.Host, "user": in.User} {
		if strings.HasPrefix(s, "-") {
			return engine.Invalid("%s %q begins with a dash, as an option of a program would", what, s)
		}
	}
	if in.Host == "" || strings.ContainsAny(in.Host, " \t,*?!|@/") {
		return engine.Invalid("host %q is not the name or address of a machine", in.Host)
	}
	if in.Port < 1 || in.Port > 65535 {
		return engine.Invalid("port %d is not between 1 and 65535", in.Port)
	}
	return nil
}

func loginName(c *engine.Call) (string, error) {
	env := c.Host().Environment
	if name, _, err := env.Lookup("USER"); err != nil || name != "" {
		return name, err
	}
	return env.UserName()
}

func dialServer(ctx context.Context, c *engine.Call, via *Client, addr string) (net.Conn, error) {
	if via != nil {
		return via.dial(ctx, c, addr)
	}
	conn, err := c.Host().Network.DialContext(ctx, "tcp", addr)
	if err != nil && ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil, &engine.Error{Kind: engine.KindNetTimeout, Target: addr, Message: "the host does not answer", Retryable: true, Cause: err,
			Hint: "check the host and the port, or give more time with timeout="}
	}
	return conn, err
}

// dial opens a connection from the server to addr.
func (x *Client) dial(ctx context.Context, c *engine.Call, addr string) (net.Conn, error) {
	if err := x.usable(); err != nil {
		return nil, err
	}
	ch, err := await(ctx, c, func() (net.Conn, error) { return x.client.Dial("tcp", addr) }, func(late net.Conn) { late.Close() })
	if err != nil {
		return nil, x.fault(err)
	}
	return newWire(c, ch), nil
}

// open opens a session channel.
func (x *Client) open(ctx context.Context, c *engine.Call) (*session, error) {
	if err := x.usable(); err != nil {
		return nil, err
	}
	return await(ctx, c, func() (*session, error) {
		ch, reqs, err := x.client.OpenChannel("session", nil)
		if err != nil {
			return nil, x.fault(err)
		}
		return &session{ch, reqs}, nil
	}, func(late *session) {
		late.Close()
		ssh.DiscardRequests(late.reqs)
	})
}

// lost says whether the connection has ended. The library ends its channels a
// moment before it says so.
func (x *Client) lost(c *engine.Call) bool {
	timer := c.Host().Clock.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-x.dead:
		return true
	case <-timer.C():
		return false
	}
}

// session is a channel with the requests that the server sends along.
type session struct {
	ssh.Channel
	reqs <-chan *ssh.Request
}

func (x *Client) usable() error {
	if x.closed.Load() {
		return &engine.Error{Kind: engine.KindHandleClosed, Target: x.addr, Message: "the connection is closed"}
	}
	return nil
}

// fault gives an error of the library its kind; errors from elsewhere pass.
func (x *Client) fault(err error) error {
	var open *ssh.OpenChannelError
	switch {
	case errors.As(err, &open):
		e := engine.Errorf(errProtocol, "the server refuses a channel: %s", printable(open.Message))
		e.Target, e.Code = x.addr, int(open.Reason)
		return e
	case errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || disconnected(err) != "":
		e := &engine.Error{Kind: engine.KindNetClosed, Target: x.addr, Message: "the connection was closed by the server", Cause: err, Retryable: true}
		if words := disconnected(err); words != "" {
			e.Message += ": " + printable(words)
		}
		return e
	case !strings.HasPrefix(err.Error(), "ssh: "):
		return err
	}
	e := engine.Errorf(errProtocol, "%s", printable(strings.TrimPrefix(err.Error(), "ssh: ")))
	e.Target, e.Cause = x.addr, err
	return e
}

// maxMissed is how many intervals a server may leave a keepalive unanswered.
const maxMissed = 3

// keepAlive asks the server for a sign of life and closes the connection when
// none comes: a peer that vanished is noticed in no other way.
func (x *Client) keepAlive(c *engine.Call, every time.Duration) {
	clock := c.Host().Clock
	for clock.Sleep(x.ctx, every) == nil {
		ctx, cancel := context.WithTimeout(x.ctx, maxMissed*every)
		_, err := await(ctx, c, func() (bool, error) {
			ok, _, err := x.client.SendRequest("keepalive@openssh.com", true, nil)
			return ok, err
		}, nil)
		cancel()
		if err != nil {
			if x.ctx.Err() == nil {
				c.Host().Log.Warn("ssh: the server is silent; the connection is closed", "server", x.addr)
			}
			x.client.Close()
			return
		}
	}
}

// Close ends the connection and all that runs over it.
func (x *Client) Close() error {
	if x.closed.Swap(true) {
		return nil
	}
	x.cancel()
	x.client.Close() // it fails only when the connection is gone already
	return nil
}

// String names the connection.
func (x *Client) String() string { return fmt.Sprintf("ssh.Client %s@%s", x.user, x.addr) }

func authorizedKey(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}
