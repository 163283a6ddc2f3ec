package ssh

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// hostPolicy decides whether a server's key is the right one.
type hostPolicy struct {
	h       *host.Host
	addr    hostAddress
	files   []string
	accept  bool          // append unknown keys to files[0]
	pin     string        // the only fingerprint to take
	pinKey  ssh.PublicKey // the key of the pin, where it was given whole
	all     []knownKey
	known   []knownKey // the lines for addr
	shown   ssh.PublicKey
	allowed []string // algorithms that are offered
	refused error    // the first key that was not the pinned one
}

const (
	modeStrict    = "strict"
	modeAcceptNew = "accept-new"
	pinPrefix     = "SHA256:"
)

func newHostPolicy(h *host.Host, in connectIn) (*hostPolicy, error) {
	p := &hostPolicy{h: h, addr: newHostAddress(in.Host, in.Port)}
	switch {
	case in.HostKey == modeStrict:
	case in.HostKey == modeAcceptNew:
		p.accept = true
	case strings.HasPrefix(in.HostKey, pinPrefix):
		p.pin = strings.TrimRight(in.HostKey, "=")
	default:
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(in.HostKey))
		if err != nil {
			e := engine.Invalid("host_key is %q", in.HostKey)
			e.Hint = `it is "strict", "accept-new", a fingerprint "SHA256:…" or a public key "ssh-ed25519 AAAA…"`
			return nil, e
		}
		p.pinKey, p.pin = key, ssh.FingerprintSHA256(key)
	}
	if err := p.read(in.KnownHosts); err != nil {
		return nil, err
	}
	p.known = matching(p.all, p.addr)
	p.allowed = p.algorithms(algorithms(in.Legacy).HostKeys)
	return p, nil
}

// read reads the known_hosts files. One that does not exist is an empty one. A
// pin needs none, so files are then read only where the script names them: a
// key revoked there stays revoked.
func (p *hostPolicy) read(files []string) error {
	p.files = files
	if len(files) == 0 {
		if p.pin != "" {
			return nil
		}
		home, err := p.h.Environment.Home()
		if err != nil {
			e := engine.Classify(err)
			e.Hint = `name the file with known_hosts=, or pin the key with host_key="SHA256:…"; ` + e.Hint
			return e
		}
		p.files = []string{filepath.Join(home, ".ssh", "known_hosts")}
	}
	for i, name := range p.files {
		name, err := expandHome(p.h, name)
		if err != nil {
			return err
		}
		p.files[i] = name
		data, err := p.h.Files.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		keys, bad := parseKnownHosts(name, data)
		for _, line := range bad {
			p.h.Log.Warn("a line of known_hosts cannot be read", "file", name, "line", line)
		}
		p.all = append(p.all, keys...)
	}
	return nil
}

// algorithms offers only what can show a key that is known: otherwise a server
// with a key of each type would look changed, and one in between could choose
// the type that nobody has seen.
func (p *hostPolicy) algorithms(supported []string) []string {
	if p.pinKey != nil {
		return algorithmsFor(p.pinKey.Type(), supported)
	}
	if p.pin != "" || len(p.known) == 0 {
		return plainAlgorithms(supported)
	}
	var names []string
	for _, k := range p.known {
		if k.marker == markCA {
			names = append(names, certAlgorithms(supported)...)
		} else {
			names = append(names, algorithmsFor(k.key.Type(), supported)...)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return slices.Index(supported, a) - slices.Index(supported, b)
	})
	return slices.Compact(names)
}

// check is called once the server has proved that it holds the key.
func (p *hostPolicy) check(address string, remote net.Addr, key ssh.PublicKey) error {
	p.shown = key
	for _, k := range p.all {
		if k.marker == markRevoked && sameKey(k.key, key) {
			return p.fail("revoked", k, "the key %s is revoked by %s", p.name(key), k.place())
		}
	}
	if p.pin != "" {
		if ssh.FingerprintSHA256(key) == p.pin {
			return nil
		}
		e := p.fail("pin", knownKey{}, "the server shows the key %s, and not the one that host_key= names", p.name(key))
		e.Hint = "somebody may be in between; if the server's key was changed, change host_key="
		return e
	}
	if cert, ok := key.(*ssh.Certificate); ok {
		return p.checkCertificate(address, remote, cert)
	}
	var other *knownKey
	for i, k := range p.known {
		if k.marker == markCA {
			continue
		}
		if sameKey(k.key, key) {
			return nil
		}
		if other == nil || k.key.Type() == key.Type() {
			other = &p.known[i]
		}
	}
	if other != nil {
		return p.changed(key, *other)
	}
	if p.accept && len(p.known) == 0 {
		return p.add(key)
	}
	e := p.fail("unknown", knownKey{}, "the key of %s is not known: it is %s", p.addr.full, p.name(key))
	e.Hint = fmt.Sprintf(`ask the server's owner whether that is its key, then write host_key="%s"; or write host_key="accept-new" to trust it from now on`, ssh.FingerprintSHA256(key))
	return e
}

// again says whether the server may have another key, which is the pinned one: a
// fingerprint does not tell of which type the key is. It then offers the types
// that were not shown yet.
func (p *hostPolicy) again(err error) (bool, error) {
	if p.pin == "" || p.pinKey != nil || engine.KindOf(err) != errHostKey.Name {
		return false, err
	}
	if p.refused == nil {
		p.refused = err
	}
	if p.shown == nil { // nothing in common any more
		return false, p.refused
	}
	tried := algorithmsFor(p.shown.Type(), p.allowed)
	p.shown = nil
	p.allowed = slices.DeleteFunc(p.allowed, func(a string) bool { return slices.Contains(tried, a) })
	if len(tried) == 0 || len(p.allowed) == 0 {
		return false, p.refused
	}
	return true, nil
}

func (p *hostPolicy) changed(key ssh.PublicKey, was knownKey) error {
	e := p.fail("changed", was, "the key of %s has changed: it is %s, and %s says %s", p.addr.full, p.name(key), was.place(), p.name(was.key))
	e.Hint = fmt.Sprintf("somebody may be in between; if the server's owner says that the new key is right, remove %s", was.place())
	return e
}

func (p *hostPolicy) checkCertificate(address string, remote net.Addr, cert *ssh.Certificate) error {
	checker := ssh.CertChecker{
		Clock: p.h.Clock.Now,
		IsHostAuthority: func(ca ssh.PublicKey, _ string) bool {
			return slices.ContainsFunc(p.known, func(k knownKey) bool { return k.marker == markCA && sameKey(k.key, ca) })
		},
		IsRevoked: func(cert *ssh.Certificate) bool {
			return slices.ContainsFunc(p.all, func(k knownKey) bool {
				return k.marker == markRevoked && (sameKey(k.key, cert.Key) || sameKey(k.key, cert.SignatureKey))
			})
		},
	}
	if err := checker.CheckHostKey(address, remote, cert); err != nil {
		return p.fail("certificate", knownKey{}, "the certificate of %s is not accepted: %s", p.addr.full, printable(strings.TrimPrefix(err.Error(), "ssh: ")))
	}
	return nil
}

// missing is the error for a server that shows no key of a type that is known
// here: it has changed, or somebody else answers.
func (p *hostPolicy) missing(offered []string) error {
	if p.pin == "" && len(p.known) == 0 {
		return nil
	}
	what := "host_key="
	var k knownKey
	if p.pin == "" {
		k = p.known[0]
		what = k.place()
	}
	e := p.fail("changed", k, "the key of %s has changed: the server has keys of the types %s, and none as %s says", p.addr.full, printable(strings.Join(offered, ", ")), what)
	e.Hint = "somebody may be in between; if the server's owner says that its key was changed, remove what is known here"
	return e
}

func (p *hostPolicy) fail(reason string, k knownKey, format string, args ...any) *engine.Error {
	e := engine.Errorf(errHostKey, format, args...)
	e.Target = p.addr.full
	e.Hint = "somebody may be in between; ask the server's owner which key is right"
	e.Fields = map[string]any{"reason": reason}
	if p.shown != nil {
		e.Fields["fingerprint"] = ssh.FingerprintSHA256(p.shown)
	}
	if k.file != "" {
		e.Fields["file"], e.Fields["line"] = k.file, k.line
	}
	return e
}

func (*hostPolicy) name(key ssh.PublicKey) string {
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

// add appends the key to the first known_hosts file.
func (p *hostPolicy) add(key ssh.PublicKey) error {
	name := p.files[0]
	line := knownhosts.Line([]string{p.addr.full}, key) + "\n"
	if data, err := p.h.Files.ReadFile(name); err == nil && len(data) > 0 && data[len(data)-1] != '\n' {
		line = "\n" + line
	}
	file, err := p.h.Files.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err := p.h.Files.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		file, err = p.h.Files.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	}
	if err != nil {
		return err
	}
	_, err = file.Write([]byte(line))
	return errors.Join(err, file.Close())
}

func sameKey(a, b ssh.PublicKey) bool {
	return bytes.Equal(a.Marshal(), b.Marshal())
}

// expandHome reads "~/" as shells do.
func expandHome(h *host.Host, name string) (string, error) {
	rest, ok := strings.CutPrefix(name, "~/")
	if !ok {
		return name, nil
	}
	home, err := h.Environment.Home()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, rest), nil
}
