package host

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// netScope is one scope of net or listen: who, and on which port.
type netScope struct {
	name   string       // host name, or ".example.com" for "*.example.com"
	prefix netip.Prefix // or addresses; invalid when neither: anybody
	port   string       // "" is any
}

var errNetScope = errors.New("want host, host:port, :port, ip, cidr, [v6]:port or *.example.com")

func parseNetScope(s string) (netScope, error) {
	var n netScope
	if addr, err := netip.ParseAddr(s); err == nil {
		n.prefix = single(addr)
		return n, nil
	}
	if prefix, err := netip.ParsePrefix(s); err == nil {
		n.prefix = prefix.Masked()
		return n, nil
	}
	host := s
	if strings.ContainsAny(s, ":[]") {
		var err error
		if host, n.port, err = net.SplitHostPort(s); err != nil {
			if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
				return netScope{}, errNetScope
			}
			host = s[1 : len(s)-1]
		} else if port, err := strconv.ParseUint(n.port, 10, 16); err != nil {
			return netScope{}, errors.New("the port is not a number from 0 to 65535")
		} else {
			n.port = strconv.FormatUint(port, 10)
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		n.prefix = single(addr)
		return n, nil
	}
	if prefix, err := netip.ParsePrefix(host); err == nil { // 10.0.0.0/8:22
		n.prefix = prefix.Masked()
		return n, nil
	}
	n.name = hostName(host)
	if rest, wild := strings.CutPrefix(n.name, "*."); wild {
		n.name = "." + rest
		host = rest
	}
	if n.name == "" && n.port != "" {
		return n, nil
	}
	if host == "" || strings.ContainsAny(host, "*/:[]@%? \t\r\n\\") {
		return netScope{}, errNetScope
	}
	return n, nil
}

func single(addr netip.Addr) netip.Prefix {
	addr = addr.WithZone("").Unmap()
	return netip.PrefixFrom(addr, addr.BitLen())
}

// hostName brings a host name to the one form names are compared in.
func hostName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

func (n netScope) portIs(port string) bool { return n.port == "" || n.port == port }

// matchName reports whether the scope grants a host by its name, and so
// whatever address the name has.
func (n netScope) matchName(host, port string) bool {
	if n.prefix.IsValid() || !n.portIs(port) {
		return false
	}
	host = hostName(host)
	switch {
	case n.name == "":
		return true
	case n.name[0] == '.':
		return strings.HasSuffix(host, n.name) && len(host) > len(n.name)
	}
	return n.name == host
}

// matchAddr reports whether the scope grants an address.
func (n netScope) matchAddr(addr netip.Addr, port string) bool {
	if !n.portIs(port) {
		return false
	}
	if !n.prefix.IsValid() {
		return n.name == ""
	}
	addr = addr.WithZone("").Unmap()
	// "Any address" is one thing, whether it is said in IPv4 or in IPv6.
	if addr.IsUnspecified() && n.prefix.IsSingleIP() && n.prefix.Addr().IsUnspecified() {
		return true
	}
	return n.prefix.Contains(addr)
}
