package ssh

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// serving runs our own server until the test ends and tells its port.
func serving(t *testing.T, dir, options string) (port int, logged func() string) {
	t.Helper()
	var log lockedBuffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(Module())}, Permissions: host.AllowAll(), Dir: dir, Trusted: true,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	}).NewState(t.Context())
	ports := make(chan int, 1)
	s.Set("ready", func(p int) { ports <- p })
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(t.Context(), "server.lua", `
			local ssh = require "ssh"
			local srv = ssh.serve{`+options+`}
			ready(srv.port)
			srv:wait()`)
		ended <- err
	}()
	t.Cleanup(func() {
		s.Cancel("the test is over")
		<-ended
		s.Close()
	})
	select {
	case port = <-ports:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return port, log.String
}

func login(t *testing.T, port int, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	c, err := ssh.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), &ssh.ClientConfig{User: "u", Auth: auth, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

func TestServerExec(t *testing.T) {
	t.Parallel()
	port, logged := serving(t, t.TempDir(), `users={u="p"}, on_exec=function(sess, cmd)
		if cmd == "raise" then error("a secret of the script") end
		if cmd == "odd" then return "x" end
		if cmd == "nothing" then return end
		if cmd == "wait" then sess:read() return 0 end
		sess:write(sess.user .. " " .. sess.command .. " " .. tostring(sess.key))
		return 42
	end`)
	c, err := login(t, port, ssh.Password("p"))
	if err != nil {
		t.Fatal(err)
	}
	code := func(command string) (string, int) {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		out, err := s.CombinedOutput(command)
		var e *ssh.ExitError
		if errors.As(err, &e) {
			return string(out), e.ExitStatus()
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(out), 0
	}
	for command, want := range map[string]struct {
		out  string
		code int
	}{"hello": {"u hello nil", 42}, "raise": {"", 1}, "odd": {"", 1}, "nothing": {"", 0}} {
		if out, got := code(command); out != want.out || got != want.code {
			t.Errorf("%s: %q, code %d", command, out, got)
		}
	}
	if log := logged(); !strings.Contains(log, "a secret of the script") || !strings.Contains(log, "exit code, 0 to 255") {
		t.Errorf("the log is\n%s", log)
	}
	// One session that waits does not keep another from running.
	waiting, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	in, _ := waiting.StdinPipe()
	if err := waiting.Start("wait"); err != nil {
		t.Fatal(err)
	}
	if _, got := code("nothing"); got != 0 {
		t.Errorf("code %d", got)
	}
	in.Close()
	if err := waiting.Wait(); err != nil {
		t.Error(err)
	}
}

// Whatever a client asks for is answered, and nothing is forwarded.
func TestServerRefuses(t *testing.T) {
	t.Parallel()
	port, _ := serving(t, t.TempDir(), `users={u="p"}, on_exec=function() end`)
	c, err := login(t, port, ssh.Password("p"))
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := c.Dial("tcp", "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "forwards nothing") {
		t.Errorf("a connection was forwarded: %v, %v", conn, err)
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Errorf("it listens on %v", l.Addr())
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"shell", "pty-req", "x11-req", "auth-agent-req@openssh.com", "subsystem", "env", "exec", "nonsense"} {
		if ok, err := s.SendRequest(request, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", request, ok, err)
		}
	}
	if ok, err := s.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"})); ok || err != nil {
		t.Errorf("sftp: %v, %v", ok, err)
	}
}

func TestServerLogin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, held := newKeyFile(t, "")
	_, other := newKeyFile(t, "")
	writeFile(t, dir, "keys", authorizedKey(held.PublicKey())+"\n"+authorizedKey(other.PublicKey())+"\n")
	port, _ := serving(t, dir, `users={u={keys="keys"}, v="p"}, login_timeout="300ms", on_exec=function(sess) sess:write(sess.key) end`)

	if _, err := login(t, port, ssh.PublicKeys(newKey(t))); err == nil {
		t.Error("a foreign key gets in")
	}
	if _, err := login(t, port, ssh.Password("p")); err == nil {
		t.Error("a user without a password gets in by that of another")
	}
	if _, err := login(t, port, ssh.Password("")); err == nil {
		t.Error("an empty password gets in")
	}
	// CVE-2024-45337: the client asks for a key that it does not hold, and then
	// logs in with another. What counts is the second.
	asked := false
	c, err := ssh.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), &ssh.ClientConfig{
		User: "u", HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		AuthCallback: func(*ssh.ClientAuthContext) (ssh.AuthMethod, error) {
			if !asked {
				return ssh.PublicKeys(pretender{other, &asked}), nil
			}
			return ssh.PublicKeys(held), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.Output("x"); err != nil || string(out) != ssh.FingerprintSHA256(held.PublicKey()) {
		t.Errorf("it thinks that the key is %s, %v", out, err)
	}

	// Tries are counted.
	tries := 0
	_, err = login(t, port, ssh.RetryableAuthMethod(ssh.PasswordCallback(func() (string, error) {
		tries++
		return "guess", nil
	}), 50))
	if err == nil || tries > maxTries {
		t.Errorf("%d tries, %v", tries, err)
	}

	// Whoever says nothing is hung up on.
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("a silent client stays connected")
	}
}

// pretender shows a key that it cannot sign with.
type pretender struct {
	ssh.Signer
	asked *bool
}

func (p pretender) Sign(io.Reader, []byte) (*ssh.Signature, error) {
	*p.asked = true
	return nil, errors.New("not mine")
}

func TestServerOptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := authorizedKey(newKey(t).PublicKey())
	for _, options := range []string{
		`users={}`, `users={u={}}`, `users={u=""}`, `users={["-u"]="p"}`, `users={u={keys="none-here"}}`, `users={u={keys='command="x" ` + key + `'}}`,
		`users={u={keys="ssh-ed25519 garbage"}}`, `users={u="p"}, sftp={root="missing"}`, `users={u="p"}, key="missing"`, `users={u="p"}, listen="127.0.0.1"`, ``,
	} {
		if _, err := w.Try(t, `require("ssh").serve{`+options+`}`); err == nil {
			t.Errorf("serve{%s} succeeds", options)
		}
	}
	text, signer := newKeyFile(t, "")
	writeFile(t, w.Dir, "host", text)
	out := w.Run(t, `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u="p"}, key="host", banner="be \27[31mnice", on_exec=function() end}
		print(srv.host_key, srv.fingerprint)
		local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
		print(c.banner)`)
	if want := authorizedKey(signer.PublicKey()) + "\t" + ssh.FingerprintSHA256(signer.PublicKey()) + "\nbe [31mnice\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// Neither names nor links lead out of the served directory.
func TestServerTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "outside/secret", "secret")
	writeFile(t, dir, "served/inside", "inside")
	for link, target := range map[string]string{"abs": filepath.Join(dir, "outside"), "rel": "../outside", "file": "../outside/secret", "good": "inside"} {
		if err := os.Symlink(target, filepath.Join(dir, "served", link)); err != nil {
			t.Fatal(err)
		}
	}
	open := func(options string) *sftp.Client {
		port, _ := serving(t, dir, `users={u="p"}, sftp={root="served"`+options+`}`)
		c, err := login(t, port, ssh.Password("p"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := sftp.NewClient(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	s := open("")
	if f, err := s.Open("good"); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	for _, name := range []string{"abs/secret", "rel/secret", "file", "../outside/secret", "/../../outside/secret", "good/../../outside/secret", filepath.Join(dir, "outside/secret")} {
		if f, err := s.Open(name); err == nil {
			data, _ := io.ReadAll(f)
			t.Errorf("%s can be read: %q", name, data)
		}
		if f, err := s.OpenFile(name, os.O_WRONLY|os.O_TRUNC); err == nil {
			f.Close()
			t.Errorf("%s can be written", name)
		}
		if _, err := s.Stat(name); err == nil {
			t.Errorf("%s can be seen", name)
		}
		if err := s.Chmod(name, 0o777); err == nil {
			t.Errorf("%s can be changed", name)
		}
		if list, err := s.ReadDir(above(name)); err == nil {
			t.Errorf("%s can be listed: %v", above(name), list)
		}
	}
	for _, target := range []string{"/etc/passwd", "../outside", "a/../../outside", ".."} {
		if err := s.Symlink(target, "new"); err == nil {
			t.Errorf("a link to %s can be made", target)
		}
	}
	for what, err := range map[string]error{
		"rename out":  s.Rename("inside", "../outside/moved"),
		"rename over": s.Rename("inside", "good"),
		"mkdir out":   s.Mkdir("rel/new"),
		"remove out":  s.Remove("rel/secret"),
		"chown":       s.Chown("inside", 1, 1),
		"remove root": s.RemoveDirectory("/"),
	} {
		if err == nil {
			t.Errorf("%s succeeds", what)
		} else if strings.Contains(err.Error(), dir) {
			t.Errorf("%s tells where the tree is: %v", what, err)
		}
	}
	if s.Link("file", "hard") == nil { // a second name of the link, which leads nowhere either
		if f, err := s.Open("hard"); err == nil {
			f.Close()
			t.Error("a hard link leads out")
		}
	}
	if err := s.PosixRename("inside", "moved"); err != nil {
		t.Error(err)
	}
	if got := files(t, filepath.Join(dir, "outside")); got != "secret" {
		t.Errorf("outside holds %s", got)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "outside/secret")); string(data) != "secret" {
		t.Errorf("the file outside holds %q", data)
	}

	ro := open(", readonly=true")
	if f, err := ro.Open("moved"); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	_, werr := ro.Create("new")
	for what, err := range map[string]error{
		"create": werr, "remove": ro.Remove("moved"), "rename": ro.Rename("moved", "x"), "posix rename": ro.PosixRename("moved", "x"),
		"mkdir": ro.Mkdir("d"), "chmod": ro.Chmod("moved", 0o777), "truncate": ro.Truncate("moved", 0), "symlink": ro.Symlink("moved", "l"),
	} {
		if err == nil {
			t.Errorf("%s succeeds on a read-only tree", what)
		}
	}
}

func above(name string) string { return strings.TrimSuffix(name, "/secret") }

// A server that is stopped while clients are busy ends at once, also when a
// command stops it.
func TestServerStop(t *testing.T) {
	t.Parallel()
	within(t, 10*time.Second, func() {
		w := newWorld(t)
		w.Fail(t, engine.KindNetClosed, `
			local ssh = require "ssh"
			local srv
			srv = ssh.serve{users={u="p"}, on_exec=function(sess) srv:stop() sess:read() end}
			ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}:run("x")`)
		// The script ends while its own callback waits for input that never comes.
		w.Run(t, `
			local ssh = require "ssh"
			local srv = ssh.serve{users={u="p"}, on_exec=function(sess) sess:write(("x"):rep(9e6)) sess:read() end}
			local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
			pcall(c.run, c, "x", {timeout=0.2})`)
	})
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
