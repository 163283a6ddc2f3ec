package ssh

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/skeema/knownhosts"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// Our reading of known_hosts finds the lines that skeema/knownhosts finds.
func TestKnownHostsAgainstLibrary(t *testing.T) {
	t.Parallel()
	key := authorizedKey(newKey(t).PublicKey())
	lines := []string{
		"plain.example " + key,
		"[plain.example]:2222 " + key,
		"one.example,two.example,192.0.2.7 " + key,
		"*.wild.example,!not.wild.example " + key,
		"[*.port.example]:2200 " + key,
		"h?st.example " + key,
		xknownhosts.HashHostname("hashed.example") + " " + key,
		xknownhosts.HashHostname("[hashed.example]:99") + " " + key,
		"@cert-authority *.ca.example " + key,
		"[explicit.example]:22 " + key,
		"2001:db8::1 " + key,
		"[2001:db8::2]:2222 " + key,
		"# comment " + key,
		"",
	}
	file := filepath.Join(t.TempDir(), "kh")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	oracle, err := knownhosts.NewDB(file)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(file)
	ours, bad := parseKnownHosts(file, data)
	if len(bad) > 0 {
		t.Fatalf("lines %v cannot be read", bad)
	}
	for _, host := range []string{
		"plain.example", "PLAIN.example", "one.example", "two.example", "192.0.2.7", "a.wild.example", "not.wild.example", "wild.example",
		"a.port.example", "host.example", "hoost.example", "hashed.example", "x.ca.example", "explicit.example",
		"2001:db8::1", "2001:db8::2", "unknown.example", "plain.example.evil",
	} {
		for _, port := range []int{22, 99, 2200, 2222} {
			want := len(oracle.HostKeys(net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))))
			if got := len(matching(ours, newHostAddress(host, port))); got != want {
				t.Errorf("%s port %d: %d lines, the library finds %d", host, port, got, want)
			}
		}
	}
}

func TestWildcard(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"?", "", false},
		{"a*c", "abbbc", true}, {"a*c", "abbbd", false}, {"*a*b*", "xxaxxbxx", true}, {"**", "x", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"*.x", "a.b.x", true}, {"*.x", ".y", false},
	} {
		if got := wildcardMatches(tt.pattern, tt.text); got != tt.want {
			t.Errorf("%q on %q: %v", tt.pattern, tt.text, got)
		}
	}
}

func FuzzKnownHosts(f *testing.F) {
	f.Add("h "+authorizedKey(newKey(f).PublicKey()), "h")
	f.Add("|1|AAAA|BBBB ssh-rsa AAAA", "x")
	f.Add("@revoked *,!a* ssh-ed25519 AAAA\n", "a")
	f.Fuzz(func(t *testing.T, text, host string) {
		keys, bad := parseKnownHosts("f", []byte(text))
		if n := strings.Count(text, "\n") + 1; len(keys)+len(bad) > n {
			t.Errorf("%d lines out of %d", len(keys)+len(bad), n)
		}
		for _, k := range matching(keys, newHostAddress(host, 22)) {
			if k.key == nil || k.marker == markRevoked {
				t.Errorf("line %d must not match", k.line)
			}
		}
	})
}
