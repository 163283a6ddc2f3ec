package http

import (
	"context"
	"net"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// pool is the connections of a session, or of one call. Closing it closes every
// one of them, idle or not.
type pool struct {
	transport *nethttp.Transport
	standIns  *standIns
	host      *host.Host
	unix      string

	ctx    context.Context // ends dials that go on when the pool is closed
	cancel context.CancelFunc

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

func newPool(c *engine.Call, o common) (*pool, error) {
	conf, err := tlsconf.Client(trusting(c, o), o.TLS, "")
	if err != nil {
		return nil, err
	}
	p := &pool{host: c.Host(), standIns: standInsOf(c), unix: o.UnixSocket, conns: map[net.Conn]struct{}{}}
	proxy, err := proxyOf(c.Host(), o)
	if err != nil {
		return nil, err
	}
	p.ctx, p.cancel = context.WithCancel(c.Background())
	p.transport = &nethttp.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            p.dial,
		TLSClientConfig:        conf,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoding is ours, so that it is bounded
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	return p, nil
}

// trusting is the host from which TLS is set up. Whom the machine trusts is no file
// of the script: a fake of the files does not take it away.
func trusting(c *engine.Call, o common) *host.Host {
	if o.TLS != nil {
		return c.Host()
	}
	h := *c.Host()
	h.Files = c.Stage().Base().Files
	return &h
}

// shared holds the pool of the calls that are made without a session.
type shared struct {
	mu   sync.Mutex
	pool *pool
}

type sharedKey struct{}

func sharedPool(c *engine.Call) (*pool, error) {
	s := c.Local(sharedKey{}, func() any { return &shared{} }).(*shared)
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.pool == nil {
		s.pool, err = newPool(c, common{})
	}
	return s.pool, err
}

// Close is called when the script ends.
func (s *shared) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool != nil {
		s.pool.Close()
	}
	return nil
}

// proxyOf returns the function that finds the proxy of a request.
func proxyOf(h *host.Host, o common) (func(*nethttp.Request) (*url.URL, error), error) {
	switch {
	case o.UnixSocket != "" || o.Proxy != nil && (*o.Proxy == "none" || *o.Proxy == ""):
		return nil, nil
	case o.Proxy != nil:
		u, err := url.Parse(*o.Proxy)
		if err != nil || u.Hostname() == "" {
			return nil, engine.Invalid("argument 'proxy' is not a valid URL such as \"http://proxy:3128\"")
		}
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
			return nethttp.ProxyURL(u), nil
		}
		return nil, engine.Invalid("argument 'proxy' begins with http, https, socks5 or socks5h, not %s", u.Scheme)
	}
	return func(r *nethttp.Request) (*url.URL, error) {
		u, err := environmentProxy(h)(r.URL)
		if err != nil { // the error quotes the proxy with its password
			return nil, engine.Errorf(errProxy, "the proxy in the environment cannot be used").
				WithHint("check HTTP_PROXY and HTTPS_PROXY")
		}
		return u, nil
	}, nil
}

// environmentProxy reads the variables anew each time: a script may set them.
// Those that it may not read do not count.
func environmentProxy(h *host.Host) func(*url.URL) (*url.URL, error) {
	env := func(names ...string) string {
		for _, name := range names {
			if v, ok, err := h.Environment.Lookup(name); err == nil && ok {
				return v
			}
		}
		return ""
	}
	conf := httpproxy.Config{
		HTTPProxy:  env("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: env("HTTPS_PROXY", "https_proxy"),
		NoProxy:    env("NO_PROXY", "no_proxy"),
		CGI:        env("REQUEST_METHOD") != "",
	}
	return conf.ProxyFunc()
}

func proxyAnswer(_ context.Context, proxy *url.URL, _ *nethttp.Request, res *nethttp.Response) error {
	if res.StatusCode == nethttp.StatusOK {
		return nil
	}
	e := engine.Errorf(errProxy, "the proxy %s refuses to connect: %s", proxy.Host, res.Status)
	e.Code = res.StatusCode
	return e
}

func (p *pool) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p.unix != "" {
		network, address = "unix", p.unix
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	conn, err := p.host.Network.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	tracked := &pooled{Conn: conn, pool: p}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	p.conns[tracked] = struct{}{}
	return tracked, nil
}

// Close ends all connections.
func (p *pool) Close() {
	p.cancel()
	p.transport.CloseIdleConnections()
	p.mu.Lock()
	p.closed = true
	conns := p.conns
	p.conns = nil
	p.mu.Unlock()
	for conn := range conns {
		conn.(*pooled).Conn.Close()
	}
}

// pooled is a connection that its pool knows.
type pooled struct {
	net.Conn
	pool *pool
}

func (c *pooled) Close() error {
	c.pool.mu.Lock()
	delete(c.pool.conns, c)
	c.pool.mu.Unlock()
	return c.Conn.Close()
}

// version names the protocol of a response as in "HTTP/1.1".
func version(r *nethttp.Response) string { return strings.TrimSuffix(r.Proto, ".0") }
