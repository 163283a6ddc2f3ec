package ssh

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/gscript-lang/gscript/engine"
)

func connectTo(port int, more string) string {
	return fmt.Sprintf(`
		local ssh, fs = require "ssh", require "fs"
		local c = ssh.connect{host="127.0.0.1", port=%d, user="u", host_key="accept-new", %s}
	`, port, more)
}

// within fails the test when f takes longer than anybody should wait.
func within(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	begin := time.Now()
	f()
	if took := time.Since(begin); took > limit {
		t.Errorf("it took %v", took)
	}
}

// Servers that fall silent meet the time limit, and the error says where.
func TestSilentServers(t *testing.T) {
	t.Parallel()
	raw := func(text string) func(t *testing.T) int {
		return func(t *testing.T) int {
			return listen(t, func(conn net.Conn) {
				io.WriteString(conn, text)
				io.Copy(io.Discard, conn)
			})
		}
	}
	for _, tt := range []struct {
		name  string
		start func(t *testing.T) int
		words string
	}{
		{"no banner", raw(""), "version line, got nothing"},
		{"half a banner", raw("SSH-2.0-slow"), `got "SSH-2.0-slow"`},
		{"banner then silence", raw("SSH-2.0-x\r\n"), "key exchange"},
		{"login then silence", func(t *testing.T) int {
			p, hang := &peer{}, make(chan struct{})
			p.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
				<-hang
				return nil, nil
			}
			port := p.start(t)
			t.Cleanup(func() { close(hang) }) // before the server is waited for
			return port
		}, "login"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port := tt.start(t)
			within(t, 5*time.Second, func() {
				e := newWorld(t).Fail(t, engine.KindNetTimeout, connectTo(port, `password="s3cret", timeout=0.2`))
				if !strings.Contains(e.Message, tt.words) || !e.Retryable {
					t.Errorf("message %q", e.Message)
				}
			})
		})
	}
}

func TestNoSSH(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ say, kind, words string }{
		"http":          {"HTTP/1.0 400 Bad Request\r\n\r\n", engine.KindNetClosed, `got "HTTP/1.0 400`},
		"endless lines": {strings.Repeat("hello\r\n", 100_000), "ssh.handshake", "got \"hello"},
		"endless line":  {strings.Repeat("x", 1<<20), "ssh.handshake", "got \"xxx"},
		"hangs up":      {"", engine.KindNetClosed, "got nothing"},
		"old protocol":  {"SSH-1.5-old\r\n", engine.KindNetClosed, "key exchange"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := listen(t, func(conn net.Conn) { io.WriteString(conn, tt.say) })
			e := newWorld(t).Fail(t, tt.kind, connectTo(port, `password="s3cret"`))
			if !strings.Contains(e.Message, tt.words) {
				t.Errorf("message %q", e.Message)
			}
		})
	}
}

// The client's first packet offers strict key exchange against Terrapin, and
// nothing that is broken.
func TestOffer(t *testing.T) {
	t.Parallel()
	for _, legacy := range []bool{false, true} {
		t.Run(fmt.Sprint("legacy=", legacy), func(t *testing.T) {
			t.Parallel()
			offer := make(chan string, 1)
			port := listen(t, func(conn net.Conn) {
				io.WriteString(conn, "SSH-2.0-x\r\n")
				r := bufio.NewReader(conn)
				r.ReadString('\n')
				var length uint32
				if binary.Read(r, binary.BigEndian, &length) == nil && length < 1<<16 {
					packet := make([]byte, length)
					io.ReadFull(r, packet)
					offer <- string(packet)
				}
			})
			newWorld(t).Fail(t, engine.KindNetClosed, connectTo(port, fmt.Sprintf(`password="s3cret", legacy=%v`, legacy)))
			got := <-offer
			if !strings.Contains(got, "kex-strict-c-v00@openssh.com") {
				t.Error("no strict key exchange")
			}
			for _, weak := range []string{"group1-sha1", "group14-sha1", "3des-cbc", "hmac-sha1-96", "ssh-dss", "ssh-rsa,"} {
				if strings.Contains(got, weak) != legacy {
					t.Errorf("%s is offered: %v", weak, !legacy)
				}
			}
		})
	}
}

func TestOldServer(t *testing.T) {
	t.Parallel()
	p := &peer{session: onExec(func(ch ssh.Channel, _ string) { exit(ch, 0) })}
	p.config.KeyExchanges = []string{ssh.InsecureKeyExchangeDH14SHA1}
	port := p.start(t)
	e := newWorld(t).Fail(t, "ssh.handshake", connectTo(port, `password="s3cret"`))
	if !strings.Contains(e.Hint, "legacy=true") {
		t.Errorf("hint %q", e.Hint)
	}
	newWorld(t).Run(t, connectTo(port, `password="s3cret", legacy=true`)+`c:run("x")`)
}

func TestAuthRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text, _ := newKeyFile(t, "")
	writeFile(t, w.Dir, "id", text)
	const server = `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u={password="right"}}, on_exec=function() end}
		ssh.connect{host="127.0.0.1", port=srv.port, host_key=srv.host_key, `
	for name, tt := range map[string]struct{ script, words, hint string }{
		"password":     {server + `user="u", password="s3cret"}`, "(tried password)", "check the user name"},
		"unknown user": {server + `user="x", password="s3cret"}`, `user "x" (tried password)`, "check the user name"},
		"key":          {server + `user="u", key="id"}`, "only password", "check the user name"},
		"nothing":      {server + `user="u"}`, `user "u"`, "give password="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := w.Fail(t, "ssh.auth", tt.script)
			if !strings.Contains(e.Message, tt.words) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("message %q, hint %q", e.Message, e.Hint)
			}
			if all := fmt.Sprint(e, e.Hint, e.Fields, e.Cause, e.Traceback); strings.Contains(all, "s3cret") {
				t.Errorf("the password is in the error: %s", all)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain, signer := newKeyFile(t, "")
	locked, lockedSigner := newKeyFile(t, "open sesame")
	writeFile(t, w.Dir, "plain", plain)
	writeFile(t, w.Dir, "locked", locked)
	writeFile(t, w.Dir, "ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n")
	writeFile(t, w.Dir, "authorized_keys", "# keys\n"+authorizedKey(signer.PublicKey())+" me@here\n"+authorizedKey(lockedSigner.PublicKey())+"\n")
	w.Globals = map[string]any{"text": plain}
	const server = `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u={keys="authorized_keys"}}, on_exec=function(sess) sess:write(sess.key) end}
		local function login(o)
			o.host, o.port, o.host_key, o.user = "127.0.0.1", srv.port, srv.host_key, "u"
			print(ssh.connect(o):run("x").out)
		end
	`
	out := w.Run(t, server+`
		login{key="plain"}
		login{key=text}
		login{key="locked", passphrase="open sesame"}
		login{key="plain", passphrase="not needed"}`)
	one, two := ssh.FingerprintSHA256(signer.PublicKey()), ssh.FingerprintSHA256(lockedSigner.PublicKey())
	if want := strings.Join([]string{one, one, two, one}, "\n") + "\n"; out != want {
		t.Errorf("printed\n%s", out)
	}
	for _, tt := range []struct{ options, words string }{
		{`key="locked"`, "encrypted"},
		{`key="locked", passphrase="s3cret"`, "passphrase does not open"},
		{`key="ppk"`, "PuTTY"},
		{`key="authorized_keys"`, "not a private key"},
	} {
		e := w.Fail(t, engine.KindInvalid, server+`login{`+tt.options+`}`)
		if !strings.Contains(e.Message, tt.words) || strings.Contains(e.Message, "s3cret") {
			t.Errorf("%s: %q", tt.options, e.Message)
		}
	}
	w.Fail(t, "fs.not_found", server+`login{key="missing"}`)
}

func TestAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keyring := agent.NewKeyring()
	text, signer := newKeyFile(t, "")
	raw, err := ssh.ParseRawPrivateKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := keyring.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(w.Dir, "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			agent.ServeAgent(keyring, conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	w.Globals = map[string]any{"public": authorizedKey(signer.PublicKey())}
	const script = `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u={keys=public}}, on_exec=function(sess) sess:write(sess.key) end}
		print(ssh.connect{host="127.0.0.1", port=srv.port, host_key=srv.host_key, user="u", agent=true}:run("x").out)`
	e := w.Fail(t, engine.KindInvalid, script)
	if !strings.Contains(e.Hint, "SSH_AUTH_SOCK") {
		t.Errorf("hint %q", e.Hint)
	}
	w.Env = []string{"SSH_AUTH_SOCK=" + socket}
	if out := w.Run(t, script); strings.TrimSpace(out) != ssh.FingerprintSHA256(signer.PublicKey()) {
		t.Errorf("printed %q", out)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	p := &peer{session: onExec(func(ch ssh.Channel, _ string) { exit(ch, 0) })}
	p.config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("name\x1b[2J", "do it", []string{"Code: ", "PIN: "}, []bool{true, false})
		if err != nil || len(answers) != 2 || answers[0] != "one" || answers[1] != "two" {
			return nil, fmt.Errorf("wrong: %v, %v", answers, err)
		}
		return nil, nil
	}
	port := p.start(t)
	out := newWorld(t).Run(t, connectTo(port, `answer=function(name, instruction, prompts)
		for _, p in ipairs(prompts) do print(name, instruction, p.text, p.echo) end
		return {"one", "two"}
	end`)+`c:run("x")`)
	if out != "name[2J\tdo it\tCode: \ttrue\nname[2J\tdo it\tPIN: \tfalse\n" {
		t.Errorf("printed %q", out)
	}
	e := newWorld(t).Fail(t, "ssh.auth", connectTo(port, `password="s3cret"`))
	if !strings.Contains(e.Hint, "answer=function") {
		t.Errorf("the password must not answer questions; hint %q", e.Hint)
	}
	newWorld(t).Fail(t, engine.KindInvalid, connectTo(port, `answer=function() return {"one"} end`))
	_, err := newWorld(t).Try(t, connectTo(port, `answer=function() error("no idea") end`))
	if err == nil || !strings.Contains(err.Error(), "no idea") {
		t.Errorf("it ends with %v", err)
	}
}

// Text that cannot be in a host or user name is refused before anything is sent.
func TestRefusedNames(t *testing.T) {
	t.Parallel()
	dialed := make(chan struct{}, 99)
	port := listen(t, func(net.Conn) { dialed <- struct{}{} })
	for _, options := range []string{
		`host="127.0.0.1\nx", user="u"`, `host="127.0.0.1", user="u\r"`, `host="127.0.0.1\0", user="u"`, `host="127.0.0.1", user="a\0b"`,
		`host="-oProxyCommand=x", user="u"`, `host="127.0.0.1", user="-l"`, `host="", user="u"`, `host="a b", user="u"`, `host="u@127.0.0.1", user="u"`,
		`host="127.0.0.1", user="u", password="a\nb"`,
	} {
		newWorld(t).Fail(t, engine.KindInvalid, fmt.Sprintf(`require("ssh").connect{%s, port=%d, host_key="accept-new"}`, options, port))
	}
	newWorld(t).Fail(t, engine.KindInvalid, `require("ssh").connect{host="h", user="u", port=70000}`)
	if len(dialed) > 0 {
		t.Error("something was dialed")
	}
}

// The key is checked for the host behind the hop, not for the hop.
func TestVia(t *testing.T) {
	t.Parallel()
	hop := &peer{key: newKey(t)}
	hop.channel = func(nc ssh.NewChannel) {
		var m struct {
			Host   string
			Port   uint32
			Origin string
			From   uint32
		}
		if nc.ChannelType() != "direct-tcpip" || ssh.Unmarshal(nc.ExtraData(), &m) != nil {
			nc.Reject(ssh.Prohibited, "no")
			return
		}
		conn, err := net.Dial("tcp", net.JoinHostPort(m.Host, fmt.Sprint(m.Port)))
		if err != nil {
			nc.Reject(ssh.ConnectionFailed, "no way\x1b[0m")
			return
		}
		ch, reqs, err := nc.Accept()
		if err != nil {
			conn.Close()
			return
		}
		go ssh.DiscardRequests(reqs)
		go func() { io.Copy(ch, conn); ch.Close() }()
		go func() { io.Copy(conn, ch); conn.Close() }()
	}
	port := hop.start(t)
	silent := listen(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	script := hop.dialing(port, "") + `
		local srv = ssh.serve{users={u="p"}, on_exec=function(sess, cmd) sess:write(cmd) end}
		local d = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key, via=c}
		print(d:run("through").out)
	`
	if out := newWorld(t).Run(t, script); out != "through\n" {
		t.Errorf("printed %q", out)
	}
	newWorld(t).Fail(t, "ssh.host_key", script+`ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=c.host_key, via=c}`)
	e := newWorld(t).Fail(t, "ssh.protocol", script+`ssh.connect{host="127.0.0.1", port=1, user="u", password="p", host_key=c.host_key, via=c}`)
	if !strings.Contains(e.Message, "no way") || strings.Contains(e.Message, "\x1b") {
		t.Errorf("message %q", e.Message)
	}
	within(t, 5*time.Second, func() {
		newWorld(t).Fail(t, engine.KindNetTimeout, script+fmt.Sprintf(`ssh.connect{host="127.0.0.1", port=%d, user="u", password="p", host_key=c.host_key, via=c, timeout=0.2}`, silent))
	})
}

// A server that stops answering is noticed.
func TestKeepalive(t *testing.T) {
	t.Parallel()
	p := &peer{session: onExec(func(ch ssh.Channel, _ string) { drainAll(ch) })}
	p.global = func(_ ssh.Conn, reqs <-chan *ssh.Request) {
		for range reqs { // and never a word
		}
	}
	port := p.start(t)
	within(t, 10*time.Second, func() {
		newWorld(t).Fail(t, engine.KindNetClosed, p.dialing(port, "keepalive=0.05")+`c:run("x")`)
	})
	alive := make(chan struct{})
	q := &peer{session: onExec(func(ch ssh.Channel, _ string) {
		<-alive
		exit(ch, 0)
	})}
	q.global = func(_ ssh.Conn, reqs <-chan *ssh.Request) {
		for n := 1; ; n++ {
			req, ok := <-reqs
			if !ok {
				return
			}
			if n == 5 {
				close(alive)
			}
			req.Reply(false, nil)
		}
	}
	newWorld(t).Run(t, q.dialing(q.start(t), "keepalive=0.05")+`c:run("x")`)
}
