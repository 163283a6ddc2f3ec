package ssh

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/gscript-lang/gscript/engine"
)

func knownLine(port int, key ssh.PublicKey) string {
	return fmt.Sprintf("[127.0.0.1]:%d %s\n", port, authorizedKey(key))
}

func TestHostKeyPolicy(t *testing.T) {
	t.Parallel()
	p := &peer{key: newKey(t)}
	port := p.start(t)
	right, other := p.key.PublicKey(), newKey(t).PublicKey()
	fingerprint := ssh.FingerprintSHA256(right)
	for _, tt := range []struct {
		name, known, mode string
		reason            string // "" for a good key
		line              int
	}{
		{"known", knownLine(port, right), "strict", "", 0},
		{"known, hashed", knownhosts.HashHostname(fmt.Sprintf("[127.0.0.1]:%d", port)) + " " + authorizedKey(right) + "\n", "strict", "", 0},
		{"known, accept-new", knownLine(port, right), "accept-new", "", 0},
		{"one of two keys", knownLine(port, other) + knownLine(port, right), "strict", "", 0},
		{"unknown", "", "strict", "unknown", 0},
		{"unknown among others", knownLine(port+1, right), "strict", "unknown", 0},
		{"changed", "# c\n\n" + knownLine(port, other), "strict", "changed", 3},
		{"changed, accept-new", knownLine(port, other), "accept-new", "changed", 1},
		{"changed, hashed, accept-new", knownhosts.HashHostname(fmt.Sprintf("[127.0.0.1]:%d", port)) + " " + authorizedKey(other) + "\n", "accept-new", "changed", 1},
		{"changed, by wildcard, accept-new", "* " + authorizedKey(other) + "\n", "accept-new", "changed", 1},
		{"revoked", knownLine(port, right) + "@revoked * " + authorizedKey(right) + "\n", "strict", "revoked", 2},
		{"revoked, accept-new", "@revoked * " + authorizedKey(right) + "\n", "accept-new", "revoked", 1},
		{"revoked, pinned", "@revoked * " + authorizedKey(right) + "\n", fingerprint, "revoked", 1},
		{"pinned", "", fingerprint, "", 0},
		{"pinned by the key", "", authorizedKey(right), "", 0},
		{"pinned, wrong", knownLine(port, right), ssh.FingerprintSHA256(other), "pin", 0},
		{"pinned by the key, wrong", knownLine(port, right), authorizedKey(other), "pin", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			writeFile(t, w.Dir, "kh", tt.known)
			script := fmt.Sprintf(`require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p", known_hosts="kh", host_key=%q}`, port, tt.mode)
			if tt.reason == "" {
				w.Run(t, script)
			} else {
				e := w.Fail(t, "ssh.host_key", script)
				if e.Fields["reason"] != tt.reason || e.Fields["fingerprint"] != fingerprint {
					t.Errorf("fields %v", e.Fields)
				}
				if tt.line > 0 && (e.Fields["line"] != tt.line || !strings.Contains(e.Message, fmt.Sprintf("kh:%d", tt.line))) {
					t.Errorf("want line %d: %v, fields %v", tt.line, e, e.Fields)
				}
				if !strings.Contains(e.Message, fingerprint) || e.Hint == "" {
					t.Errorf("message %q, hint %q", e.Message, e.Hint)
				}
			}
			if got, _ := os.ReadFile(filepath.Join(w.Dir, "kh")); string(got) != tt.known {
				t.Errorf("the file has become\n%s", got)
			}
		})
	}
}

func TestAcceptNewRemembers(t *testing.T) {
	t.Parallel()
	p := &peer{key: newKey(t)}
	port := p.start(t)
	w := newWorld(t)
	script := fmt.Sprintf(`require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p", host_key="accept-new"}`, port)
	w.Run(t, script)
	w.Run(t, script)
	name := filepath.Join(w.Dir, ".ssh", "known_hosts")
	data, err := os.ReadFile(name)
	if err != nil || string(data) != knownLine(port, p.key.PublicKey()) {
		t.Errorf("known_hosts holds %q, %v", data, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	w.Run(t, strings.ReplaceAll(script, "accept-new", "strict"))

	// A file that does not end in a line end is not glued to.
	writeFile(t, w.Dir, "kh", "# last line")
	w.Run(t, strings.ReplaceAll(script, "user=", `known_hosts="kh", user=`))
	if data, _ := os.ReadFile(filepath.Join(w.Dir, "kh")); string(data) != "# last line\n"+string(knownLine(port, p.key.PublicKey())) {
		t.Errorf("kh holds %q", data)
	}
}

// No credentials go to a server with the wrong key.
func TestWrongKeySeesNoPassword(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 9)
	p := &peer{key: newKey(t)}
	p.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
		asked <- struct{}{}
		return nil, nil
	}
	port := p.start(t)
	w := newWorld(t)
	w.Fail(t, "ssh.host_key", fmt.Sprintf(`require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p"}`, port))
	if len(asked) > 0 {
		t.Error("the password was sent")
	}
}

// A server that knows only key types that nobody has seen has changed.
func TestKeyOfAnotherType(t *testing.T) {
	t.Parallel()
	p := &peer{key: newKey(t)}
	port := p.start(t)
	w := newWorld(t)
	ecdsaLine := "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
	writeFile(t, w.Dir, "kh", fmt.Sprintf("[127.0.0.1]:%d %s\n", port, ecdsaLine))
	for _, mode := range []string{"strict", "accept-new"} {
		e := w.Fail(t, "ssh.host_key", fmt.Sprintf(`require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p", known_hosts="kh", host_key=%q}`, port, mode))
		if e.Fields["reason"] != "changed" || e.Fields["line"] != 1 {
			t.Errorf("%s: %v, fields %v", mode, e, e.Fields)
		}
	}
}

func TestHostCertificate(t *testing.T) {
	t.Parallel()
	ca := newKey(t)
	certify := func(principal string, from, to time.Time) *peer {
		key := newKey(t)
		cert := &ssh.Certificate{
			Key: key.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{principal},
			ValidAfter: uint64(from.Unix()), ValidBefore: uint64(to.Unix()),
		}
		if err := cert.SignCert(rand.Reader, ca); err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.NewCertSigner(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return &peer{key: signer}
	}
	now := time.Now()
	for _, tt := range []struct {
		name string
		peer *peer
		ca   ssh.PublicKey
		good bool
	}{
		{"good", certify("127.0.0.1", now.Add(-time.Hour), now.Add(time.Hour)), ca.PublicKey(), true},
		{"another host", certify("elsewhere", now.Add(-time.Hour), now.Add(time.Hour)), ca.PublicKey(), false},
		{"expired", certify("127.0.0.1", now.Add(-2*time.Hour), now.Add(-time.Hour)), ca.PublicKey(), false},
		{"another authority", certify("127.0.0.1", now.Add(-time.Hour), now.Add(time.Hour)), newKey(t).PublicKey(), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			port := tt.peer.start(t)
			w := newWorld(t)
			writeFile(t, w.Dir, "kh", "@cert-authority 127.0.0.* "+authorizedKey(tt.ca)+"\n")
			script := fmt.Sprintf(`require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p", known_hosts="kh"}`, port)
			if tt.good {
				w.Run(t, script)
				return
			}
			if e := w.Fail(t, "ssh.host_key", script); e.Fields["reason"] != "certificate" {
				t.Errorf("%v, fields %v", e, e.Fields)
			}
		})
	}
}

func TestHostKeyOption(t *testing.T) {
	t.Parallel()
	newWorld(t).Fail(t, engine.KindInvalid, `require("ssh").connect{host="h", user="u", host_key="ignore"}`)
}

// A fingerprint does not say of which type its key is.
func TestPinOfAnyKey(t *testing.T) {
	t.Parallel()
	p := &peer{key: newKey(t)}
	more := map[string]ssh.Signer{"ed25519": p.key}
	for name, make := range map[string]func() (any, error){
		"ecdsa": func() (any, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
		"rsa":   func() (any, error) { return rsa.GenerateKey(rand.Reader, 2048) },
	} {
		key, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if more[name], err = ssh.NewSignerFromKey(key); err != nil {
			t.Fatal(err)
		}
		p.config.AddHostKey(more[name])
	}
	port := p.start(t)
	script := `require("ssh").connect{host="127.0.0.1", port=%d, user="u", password="p", host_key=%q}`
	for name, key := range more {
		for _, pin := range []string{ssh.FingerprintSHA256(key.PublicKey()), authorizedKey(key.PublicKey())} {
			if out := newWorld(t).Run(t, "print("+fmt.Sprintf(script, port, pin)+".fingerprint)"); strings.TrimSpace(out) != ssh.FingerprintSHA256(key.PublicKey()) {
				t.Errorf("%s: connected to %s", name, out)
			}
		}
	}
	e := newWorld(t).Fail(t, "ssh.host_key", fmt.Sprintf(script, port, ssh.FingerprintSHA256(newKey(t).PublicKey())))
	if e.Fields["reason"] != "pin" || e.Fields["fingerprint"] != ssh.FingerprintSHA256(p.key.PublicKey()) {
		t.Errorf("%v, fields %v", e, e.Fields)
	}
}
