package ssh

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// The libraries that read known_hosts open the files themselves, past the
// host and its permissions; so the reading is here, and a test compares it with
// theirs.

// knownKey is a line of a known_hosts file.
type knownKey struct {
	marker string // "", "cert-authority" or "revoked"
	hosts  []string
	key    ssh.PublicKey
	file   string
	line   int
}

const (
	markCA      = "cert-authority"
	markRevoked = "revoked"
)

func (k knownKey) place() string { return k.file + ":" + strconv.Itoa(k.line) }

// parseKnownHosts reads a file's lines. Lines that cannot be read are left out,
// as OpenSSH does, and their numbers returned.
func parseKnownHosts(file string, data []byte) (keys []knownKey, bad []int) {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		marker, hosts, key, _, _, err := ssh.ParseKnownHosts(line)
		if err != nil {
			bad = append(bad, n)
			continue
		}
		keys = append(keys, knownKey{marker, hosts, key, file, n})
	}
	return keys, bad
}

// hostAddress is a host as known_hosts files write it.
type hostAddress struct{ host, full string }

func newHostAddress(host string, port int) hostAddress {
	host = strings.ToLower(host)
	return hostAddress{host, knownhosts.Normalize(net.JoinHostPort(host, strconv.Itoa(port)))}
}

// matching returns the lines for an address. Where none names it, a wildcard
// without a port holds for every port, as in OpenSSH.
func matching(keys []knownKey, a hostAddress) []knownKey {
	var direct, wild []knownKey
	for _, k := range keys {
		switch {
		case k.marker == markRevoked:
		case k.matches(a.full):
			direct = append(direct, k)
		case k.wildcard() && k.matches(a.host):
			wild = append(wild, k)
		}
	}
	if len(direct) > 0 {
		return direct
	}
	return wild
}

func (k knownKey) wildcard() bool {
	for _, h := range k.hosts {
		if strings.Contains(h, "*") && !strings.Contains(h, "]:") {
			return true
		}
	}
	return false
}

// matches says whether one of the line's patterns matches and none forbids.
func (k knownKey) matches(addr string) bool {
	found := false
	for _, pattern := range k.hosts {
		if strings.HasPrefix(pattern, "|") {
			if hashMatches(pattern, addr) {
				found = true
			}
			continue
		}
		pattern, negated := strings.CutPrefix(pattern, "!")
		if !wildcardMatches(normalPattern(pattern), addr) {
			continue
		}
		if negated {
			return false
		}
		found = true
	}
	return found
}

// normalPattern writes a pattern with a port as addresses are written, so that
// [h]:22 is h.
func normalPattern(p string) string {
	p = strings.ToLower(p)
	if strings.HasPrefix(p, "[") {
		return knownhosts.Normalize(p)
	}
	return p
}

// hashMatches compares with a hashed name, |1|salt|HMAC-SHA1.
func hashMatches(pattern, addr string) bool {
	parts := strings.Split(pattern, "|")
	if len(parts) != 4 || parts[1] != "1" {
		return false
	}
	salt, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	want, err := base64.StdEncoding.DecodeString(parts[3])
	if err != nil {
		return false
	}
	mac := hmac.New(sha1.New, salt)
	mac.Write([]byte(addr))
	return subtle.ConstantTimeCompare(mac.Sum(nil), want) == 1
}

// wildcardMatches knows * and ?. It goes back to the last star only, so that it
// takes no more than len(p)*len(s) steps.
func wildcardMatches(p, s string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(p[i:], "*") == ""
}
