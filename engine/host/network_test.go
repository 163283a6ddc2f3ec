package host

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
)

func TestNetScope(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scope, host, port string
		want              bool
	}{
		{"example.com", "example.com", "80", true},
		{"example.com", "EXAMPLE.com.", "80", true},
		{"Example.COM.", "example.com", "80", true},
		{"example.com", "www.example.com", "80", false},
		{"example.com", "badexample.com", "80", false},
		{"example.com:443", "example.com", "443", true},
		{"example.com:443", "example.com", "80", false},
		{"example.com:0443", "example.com", "443", true},
		{"*.example.com", "www.example.com", "80", true},
		{"*.example.com", "a.b.example.com", "80", true},
		{"*.example.com", "example.com", "80", false},
		{"*.example.com", ".example.com", "80", false},
		{"*.example.com", "badexample.com", "80", false},
		{"*.example.com:22", "www.example.com", "22", true},
		{":8080", "anything", "8080", true},
		{":8080", "anything", "80", false},
		{":8080", "10.1.2.3", "8080", true},
		{"10.1.2.3", "10.1.2.3", "80", true},
		{"10.1.2.3", "::ffff:10.1.2.3", "80", true},
		{"10.1.2.3:80", "10.1.2.3", "81", false},
		{"10.0.0.0/8", "10.1.2.3", "80", true},
		{"10.0.0.0/8", "11.1.2.3", "80", false},
		{"10.0.0.0/8:22", "10.1.2.3", "22", true},
		{"10.0.0.0/8:22", "10.1.2.3", "23", false},
		{"10.1.2.3/8", "10.9.9.9", "80", true},
		{"::1", "::1", "80", true},
		{"[::1]", "::1", "80", true},
		{"[::1]:80", "::1", "80", true},
		{"[::1]:80", "::1", "81", false},
		{"fe80::/10", "fe80::1%eth0", "80", true},
		{"0.0.0.0", "::", "80", true},
		{"0.0.0.0", "127.0.0.1", "80", false},
	} {
		s, err := parseNetScope(tt.scope)
		if err != nil {
			t.Errorf("%s: %v", tt.scope, err)
			continue
		}
		got := s.matchName(tt.host, tt.port)
		if addr, err := netip.ParseAddr(tt.host); err == nil {
			got = s.matchAddr(addr, tt.port)
		}
		if got != tt.want {
			t.Errorf("%s matches %s %s: %v", tt.scope, tt.host, tt.port, got)
		}
	}
	for _, bad := range []string{"", "a:b", "a:http", "a:99999", "*", "*.", "a*", "a.*.b", "http://a", "a/b", "[::1", "a b", "10.0.0.0/99", ":"} {
		if s, err := parseNetScope(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, s)
		}
	}
}

// echo listens through a host and echoes one connection after the other.
func echo(t *testing.T, h *Host, network, address string) net.Listener {
	t.Helper()
	l, err := h.Network.Listen(t.Context(), network, address)
	must(t, "listen", err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			io.Copy(conn, conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	l := echo(t, newHost(t, Permissions{}.Allow(Listen, "127.0.0.1"), Config{}), "tcp", "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, tt := range []struct {
		scope, host string
		ok          bool
	}{
		{"", "127.0.0.1", true}, // wholly
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1:" + port, "127.0.0.1", true},
		{"127.0.0.0/8", "127.0.0.1", true},
		{":" + port, "127.0.0.1", true},
		{":" + port, "", true},
		{"127.0.0.1:1", "127.0.0.1", false},
		{"10.0.0.0/8", "127.0.0.1", false},
		{"localhost", "localhost", true},
		{"127.0.0.1", "localhost", true}, // by the address it has
		{"10.0.0.0/8", "localhost", false},
		{"localhost", "127.0.0.1", false},
		{"example.com", "localhost", false},
	} {
		p := Permissions{}.Allow(Net, tt.scope)
		if tt.scope == "" {
			p = AllowAll()
		}
		h := newHost(t, p, Config{})
		address := net.JoinHostPort(tt.host, port)
		conn, err := h.Network.DialContext(t.Context(), "tcp4", address)
		if !tt.ok {
			wantDenied(t, tt.scope, err, "--allow-net="+address)
			continue
		}
		if err != nil {
			t.Errorf("%s: dial %s: %v", tt.scope, address, err)
			continue
		}
		io.WriteString(conn, "x")
		buf := make([]byte, 1)
		if _, err := io.ReadFull(conn, buf); err != nil {
			t.Errorf("%s: read: %v", tt.scope, err)
		}
		conn.Close()
	}
}

func TestDeniedByAddress(t *testing.T) {
	t.Parallel()
	h := newHost(t, Permissions{}.Allow(Net, "10.0.0.0/8"), Config{})
	_, err := h.Network.DialContext(t.Context(), "tcp4", "localhost:9")
	var denied *DeniedError
	if !errors.As(err, &denied) || denied.Hint != "it resolves to 127.0.0.1:9" {
		t.Errorf("got %v", err)
	}
	if _, err := h.Network.LookupHost(t.Context(), "localhost"); err != nil {
		t.Errorf("lookup: %v", err)
	}
	h = newHost(t, Permissions{}.Allow(Net, "example.com"), Config{})
	_, err = h.Network.LookupHost(t.Context(), "localhost")
	wantDenied(t, "lookup", err, "--allow-net=localhost")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h = newHost(t, AllowAll(), Config{})
	if _, err := h.Network.DialContext(ctx, "tcp", "127.0.0.1:9"); err == nil {
		t.Error("dialled under an ended context")
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scope, address string
		ok             bool
	}{
		{"127.0.0.1", "127.0.0.1:0", true},
		{"127.0.0.1", "localhost:0", true},
		{"localhost", "localhost:0", true},
		{"127.0.0.1", ":0", false},
		{"127.0.0.1", "0.0.0.0:0", false},
		{"0.0.0.0", ":0", true},
		{":0", "127.0.0.1:0", true},
		{":1", "127.0.0.1:0", false},
	} {
		h := newHost(t, Permissions{}.Allow(Listen, tt.scope), Config{})
		l, err := h.Network.Listen(t.Context(), "tcp4", tt.address)
		if !tt.ok {
			wantDenied(t, tt.scope, err, "--allow-listen="+tt.address)
			continue
		}
		if err != nil {
			t.Errorf("%s: listen %s: %v", tt.scope, tt.address, err)
			continue
		}
		l.Close()
	}
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	dir := tree(t, "in/f", "out/f")
	h := newHost(t, Permissions{}.Allow(Read, "in").Allow(Write, "in"), Config{Dir: dir})
	path := filepath.Join(dir, "in/s")
	if len(path) > 100 {
		t.Skip("the temporary directory's name is too long for a socket")
	}
	echo(t, h, "unix", path)
	conn, err := h.Network.DialContext(t.Context(), "unix", "in/s")
	must(t, "dial", err)
	conn.Close()
	other := echo(t, newHost(t, AllowAll(), Config{}), "unix", filepath.Join(dir, "out/s"))
	_, err = h.Network.DialContext(t.Context(), "unix", other.Addr().String())
	wantDenied(t, "outside", err, "--allow-read="+dir+"/out/s")
	must(t, "link", newHost(t, AllowAll(), Config{Dir: dir}).Files.Symlink("../out/s", "in/l"))
	_, err = h.Network.DialContext(t.Context(), "unix", "in/l")
	wantDenied(t, "through a link", err, "--allow-write="+dir+"/in/l")
	_, err = h.Network.DialContext(t.Context(), "unix", "@abstract")
	if err == nil || !strings.Contains(err.Error(), "permission denied: read") {
		t.Errorf("abstract: %v", err)
	}
}
