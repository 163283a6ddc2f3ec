package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

type network struct {
	files *files
	grant map[Capability]netGrant
}

type netGrant struct {
	all    bool
	scopes []netScope
}

func newNetwork(p Permissions, f *files) *network {
	n := &network{files: f, grant: map[Capability]netGrant{}}
	for _, c := range []Capability{Net, Listen} {
		g := netGrant{all: p.All(c)}
		for _, s := range p.scopes(c) {
			if scope, err := parseNetScope(s); err == nil {
				g.scopes = append(g.scopes, scope)
			}
		}
		n.grant[c] = g
	}
	return n
}

// byName reports whether a scope grants the host by its name.
func (g netGrant) byName(host, port string) bool {
	return g.all || slices.ContainsFunc(g.scopes, func(s netScope) bool { return s.matchName(host, port) })
}

// byAddr reports whether a scope grants the address.
func (g netGrant) byAddr(addr netip.Addr, port string) bool {
	return g.all || slices.ContainsFunc(g.scopes, func(s netScope) bool { return s.matchAddr(addr, port) })
}

// addresses reports whether the answer may depend on a host's address.
func (g netGrant) addresses(port string) bool {
	return slices.ContainsFunc(g.scopes, func(s netScope) bool { return s.prefix.IsValid() && s.portIs(port) })
}

func (n *network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if isUnix(network) {
		path, err := n.socketPath(address)
		if err != nil {
			return nil, err
		}
		var d net.Dialer
		return d.DialContext(ctx, network, path)
	}
	check, err := n.check(ctx, Net, network, address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{ControlContext: check}
	conn, err := d.DialContext(ctx, network, address)
	return conn, denial(err)
}

func (n *network) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	var lc net.ListenConfig
	if isUnix(network) {
		path, err := n.socketPath(address)
		if err != nil {
			return nil, err
		}
		return lc.Listen(ctx, network, path)
	}
	check, err := n.check(ctx, Listen, network, address)
	if err != nil {
		return nil, err
	}
	if check != nil {
		lc.Control = func(network, address string, c syscall.RawConn) error {
			return check(ctx, network, address, c)
		}
	}
	l, err := lc.Listen(ctx, network, address)
	return l, denial(err)
}

type control func(ctx context.Context, network, address string, c syscall.RawConn) error

// check decides about a requested address as far as the request tells, and
// else returns the function that decides about the address it came to.
func (n *network) check(ctx context.Context, c Capability, network, address string) (control, error) {
	g := n.grant[c]
	if g.all {
		return nil, nil
	}
	host, port := address, ""
	if !strings.HasPrefix(network, "ip") {
		var err error
		if host, port, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
		if port, err = numericPort(ctx, network, port); err != nil {
			return nil, err
		}
	}
	denied := &DeniedError{Capability: c, Target: target(host, port)}
	// A literal address is no name. Without a host the machine itself is
	// meant: net.Dialer goes to the loopback address, a listener to all.
	_, err := netip.ParseAddr(host)
	literal := err == nil || host == ""
	if !literal && g.byName(host, port) {
		return nil, nil
	}
	if !literal && !g.addresses(port) {
		return nil, denied // and the name is not looked up
	}
	return func(_ context.Context, _, actual string, _ syscall.RawConn) error {
		addr, actualPort, ok := splitAddr(actual)
		if ok && g.byAddr(addr, actualPort) {
			return nil
		}
		if !literal {
			return &DeniedError{Capability: c, Target: denied.Target, Hint: "it resolves to " + actual}
		}
		return denied
	}, nil
}

func numericPort(ctx context.Context, network, port string) (string, error) {
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		return strconv.FormatUint(n, 10), nil
	}
	n, err := net.DefaultResolver.LookupPort(ctx, network, port)
	return strconv.Itoa(n), err
}

// splitAddr reads the address a socket is about to use.
func splitAddr(s string) (addr netip.Addr, port string, ok bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr(), strconv.Itoa(int(ap.Port())), true
	}
	if host, port, err := net.SplitHostPort(s); err == nil && host == "" {
		return netip.IPv6Unspecified(), port, true // a listener on all addresses
	}
	addr, err := netip.ParseAddr(s)
	return addr, "", err == nil
}

func target(host, port string) string {
	if port == "" {
		return host
	}
	return net.JoinHostPort(host, port)
}

// denial takes a denial out of the net.OpError around it.
func denial(err error) error {
	var denied *DeniedError
	if errors.As(err, &denied) {
		return denied
	}
	return err
}

func (n *network) LookupHost(ctx context.Context, host string) ([]string, error) {
	g := n.grant[Net]
	_, err := netip.ParseAddr(host)
	granted := g.all || err == nil || slices.ContainsFunc(g.scopes, func(s netScope) bool {
		return s.prefix.IsValid() || s.matchName(host, s.port)
	})
	if !granted {
		return nil, &DeniedError{Capability: Net, Target: host}
	}
	return net.DefaultResolver.LookupHost(ctx, host)
}

func isUnix(network string) bool { return strings.HasPrefix(network, "unix") }

// socketPath checks the name of a unix socket. A name in Linux's abstract
// name space is no file, so only whole grants cover it.
func (n *network) socketPath(name string) (string, error) {
	if !strings.HasPrefix(name, "@") {
		return n.files.socketPath(name)
	}
	for _, c := range []Capability{Read, Write} {
		if !n.files.all[c] {
			return "", &DeniedError{Capability: c, Hint: "an abstract socket name needs the whole of read and write"}
		}
	}
	return name, nil
}
