package ssh

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// peer is a server that behaves as a test wants it to.
type peer struct {
	key     ssh.Signer
	config  ssh.ServerConfig
	session func(ch ssh.Channel, reqs <-chan *ssh.Request) // nil accepts none
	channel func(nc ssh.NewChannel)                        // for other channels, and for sessions without session
	global  func(conn ssh.Conn, reqs <-chan *ssh.Request)  // nil answers no
}

// start serves on a loopback port, which it returns.
func (p *peer) start(t *testing.T) int {
	t.Helper()
	if p.key == nil {
		p.key = newKey(t)
	}
	p.config.AddHostKey(p.key)
	if p.config.PasswordCallback == nil && p.config.KeyboardInteractiveCallback == nil && p.config.PublicKeyCallback == nil {
		p.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, nil }
	}
	return listen(t, func(conn net.Conn) {
		c, chans, reqs, err := ssh.NewServerConn(conn, &p.config)
		if err != nil {
			return
		}
		if p.global != nil {
			go p.global(c, reqs)
		} else {
			go ssh.DiscardRequests(reqs)
		}
		for nc := range chans {
			switch {
			case nc.ChannelType() == "session" && p.session != nil:
				ch, reqs, err := nc.Accept()
				if err == nil {
					go p.session(ch, reqs)
				}
			case p.channel != nil:
				p.channel(nc)
			default:
				nc.Reject(ssh.Prohibited, "no")
			}
		}
	})
}

// listen serves connections on a loopback port until the test ends.
func listen(t *testing.T, handle func(conn net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu    sync.Mutex
		conns []net.Conn
		work  sync.WaitGroup
	)
	work.Add(1)
	go func() {
		defer work.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			work.Add(1)
			go func() {
				defer work.Done()
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		work.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// onExec answers every request with yes and calls f for commands.
func onExec(f func(ch ssh.Channel, command string)) func(ssh.Channel, <-chan *ssh.Request) {
	return func(ch ssh.Channel, reqs <-chan *ssh.Request) {
		for req := range reqs {
			if req.WantReply {
				req.Reply(true, nil)
			}
			if req.Type == "exec" {
				var m struct{ Command string }
				ssh.Unmarshal(req.Payload, &m)
				go f(ch, m.Command)
			}
		}
	}
}

// exit ends a command with a code.
func exit(ch ssh.Channel, code uint32) {
	ch.SendRequest("exit-status", false, binary.BigEndian.AppendUint32(nil, code))
	ch.Close()
}

func newKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newKeyFile makes a key in OpenSSH's format.
func newKeyFile(t testing.TB, passphrase string) (text string, signer ssh.Signer) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "test")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "test", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err = ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), signer
}

func writeFile(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// dialing is the beginning of a script that connects to a peer.
func (p *peer) dialing(port int, more string) string {
	return fmt.Sprintf(`
		local ssh, fs = require "ssh", require "fs"
		local c = ssh.connect{host="127.0.0.1", port=%d, user="u", password="s3cret", host_key=%q, %s}
	`, port, authorizedKey(p.key.PublicKey()), more)
}

// files lists all files below dir.
func files(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != dir {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func drainAll(ch ssh.Channel) { io.Copy(io.Discard, ch) }
