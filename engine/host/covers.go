package host

import (
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
)

// Check says by its name alone whether the permissions cover a target: a
// *DeniedError when they do not. It is for what stands in the place of the
// world, a fake file system or a fake server; the real parts check what they
// really reach. The target is a file, host:port, a program or a variable.
func (h *Host) Check(c Capability, target string) error {
	p := h.Permissions
	if p.All(c) {
		return nil
	}
	switch c {
	case Read, Write, FFI:
		target = h.Files.Abs(target)
	case Env:
		target = envKey(target)
	}
	if slices.ContainsFunc(p.scopes(c), func(scope string) bool { return h.covers(c, scope, target) }) {
		return nil
	}
	return &DeniedError{Capability: c, Target: target}
}

func (h *Host) covers(c Capability, scope, target string) bool {
	switch c {
	case Read, Write, FFI:
		return within(h.Files.Abs(scope), target)
	case Net, Listen:
		return coversAddress(scope, target)
	case Run:
		if strings.ContainsAny(scope, separators) {
			return h.Files.Abs(scope) == h.Files.Abs(target)
		}
		return scope == filepath.Base(target)
	case Env:
		prefix, wild := strings.CutSuffix(envKey(scope), "*")
		return prefix == target || wild && strings.HasPrefix(target, prefix)
	}
	return false
}

func coversAddress(scope, target string) bool {
	n, err := parseNetScope(scope)
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		host, port = target, ""
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return n.matchAddr(addr, port)
	}
	return n.matchName(host, port)
}
