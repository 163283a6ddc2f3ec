package mail

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

type talkIn struct {
	Port  int      `lua:"port" doc:"port"`
	Lines []string `lua:"lines,rest" doc:"lines"`
}

// talkModule has talk.to(port, "line", …), which sends lines to a server and
// returns its replies. Unlike a Go function set as a global it lets other tasks
// run.
func talkModule() *engine.Module {
	return &engine.Module{Name: "talk", Funcs: []*engine.Function{engine.Fn("to", "Talk.", talk), engine.Fn("inject", "Inject.", inject)}}
}

func talk(_ *engine.Call, in talkIn) (string, error) {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", in.Port))
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	r := bufio.NewReader(c)
	var out strings.Builder
	reply := func() bool {
		code, _, err := readReply(r)
		if err == nil {
			fmt.Fprintf(&out, "%d ", code)
		}
		return err == nil
	}
	reply()
	for _, line := range in.Lines {
		if _, err := io.WriteString(c, line+"\r\n"); err != nil || !reply() {
			out.WriteString("closed")
			break
		}
	}
	return strings.TrimSpace(out.String()), nil
}

// serving runs Lua with talk and async at hand.
func serving(t *testing.T, source string) string {
	t.Helper()
	w := moduletest.New(t, Module(), talkModule(), async.Module())
	return w.Run(t, `
		local mail, async, talk = require "mail", require "async", require("talk").to
		`+source)
}

func TestReceiving(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"what arrives", `
			local srv = mail.serve{}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<>", "RCPT TO:<b@y.org>", "DATA", "Subject: s\r\n\r\n..x\r\n."))
			local m = srv.inbox[1]
			print(m.subject, m.text, m.envelope.from == "", m.envelope.to[1], #srv:wait_for(1))`,
			"220 250 250 250 354 250\ns\t.x\n\ttrue\tb@y.org\t1"},
		{"a callback that raises", `
			local n = 0
			local srv = mail.serve{on_mail=function(msg) n = n + 1 if n == 1 then error("secret of the script") end end}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "DATA", ".", "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "DATA", "."))
			print(n, #srv.inbox)`,
			"220 250 250 250 354 451 250 250 354 250\n2\t1"},
		{"a callback that waits", `
			local srv srv = mail.serve{on_mail=function(msg) if msg.subject == "1" then srv:wait_for(1, {timeout=5}) end end}
			local function send(n) local out = mail.smtp{host=srv.host, port=srv.port, tls="none"} out:send(mail.message{from="a@x.org", to="b@y.org", subject=n}) end
			local t1 = async.spawn(send, "1") local t2 = async.spawn(send, "2") t1:await() t2:await()
			print(srv.inbox[1].subject, srv.inbox[2].subject)`,
			"2\t1"},
		{"refusing by a function", `
			local srv = mail.serve{on_rcpt=function(a) if a == "no@y.org" then return false elseif a == "full@y.org" then return {code=452, message="full\r\n250 ok"} elseif a == "x@y.org" then error("x") end end}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org>", "RCPT TO:<no@y.org>", "RCPT TO:<full@y.org>", "RCPT TO:<x@y.org>", "RCPT TO:<b@y.org>", "NOOP"))`,
			"220 250 250 550 452 451 250 250"},
		{"login is needed", `
			local srv = mail.serve{users={u="p"}, allow_insecure_auth=true}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org>", "AUTH PLAIN AHUAcQ==", "AUTH PLAIN AHUAcA==", "MAIL FROM:<a@x.org>"))
			print(talk(srv.port, "EHLO c", "AUTH LOGIN", "dQ==", "cQ==", "AUTH LOGIN dQ==", "cA==", "MAIL FROM:<a@x.org>"))
			print(talk(srv.port, "EHLO c", "AUTH LOGIN", "eA==", "", "AUTH GSSAPI", "AUTH PLAIN =", "MAIL FROM:<a@x.org>"))`,
			"220 250 530 535 235 250\n220 250 334 334 535 334 235 250\n220 250 334 334 535 504 454 530"},
		{"login only over TLS", `
			local srv = mail.serve{users={u="p"}, tls="self-signed"}
			print(talk(srv.port, "EHLO c", "AUTH PLAIN AHUAcA==", "MAIL FROM:<a@x.org>"))`,
			"220 250 523 530"},
		{"size", `
			local srv = mail.serve{max_size=1000}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org> SIZE=5000", "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "DATA", ("line\r\n"):rep(500)..".", "NOOP"))
			print(#srv.inbox)`,
			"220 250 552 250 250 354 552 250\n0"},
		{"recipients", `
			local srv = mail.serve{max_recipients=1}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "RCPT TO:<c@y.org>"))`,
			"220 250 250 250 452"},
		{"lines", `
			local srv = mail.serve{max_line=512}
			print(talk(srv.port, "EHLO c", "NOOP "..("x"):rep(600)))`,
			"220 250 500"},
		{"idle clients", `
			local srv = mail.serve{timeout=0.1}
			print(talk(srv.port, "EHLO c", "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "DATA", "never ended"))
			print(#srv.inbox)`,
			"220 250 250 250 354 554\n0"},
		{"clients at a time", `
			local srv = mail.serve{max_clients=1}
			local one = mail.smtp{host=srv.host, port=srv.port, tls="none"}
			local ok, e = pcall(mail.smtp, {host=srv.host, port=srv.port, tls="none"})
			print(e.kind, e.code, e.retryable)
			one:send(mail.message{from="a@x.org", to="b@y.org"})`,
			"mail.reply\t421\ttrue"},
		{"the inbox is a copy and has a bound", `
			local srv = mail.serve{keep=2}
			local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
			local before = srv.inbox
			for i = 1, 4 do out:send(mail.message{from="a@x.org", to="b@y.org", subject=tostring(i)}) end
			print(#before, #srv.inbox, srv.inbox[1].subject, #srv:wait_for(4, {timeout=1}))`,
			"0\t2\t3\t2"},
		{"waiting in vain", `
			local srv = mail.serve()
			local ok, e = pcall(srv.wait_for, srv, 2, {timeout=0.05})
			print(e.kind, e.message)
			srv:stop()
			ok, e = pcall(srv.wait_for, srv, 1)
			print(e.kind)`,
			"timeout\t0 of 2 messages arrived within 50ms\nhandle.closed"},
		{"stopped from its callback", `
			local srv srv = mail.serve{on_mail=function() srv:stop() end}
			local out = mail.smtp{host=srv.host, port=srv.port, tls="none", timeout=5}
			local ok, e = pcall(out.send, out, mail.message{from="a@x.org", to="b@y.org"})
			print(ok, e.kind)`,
			"false\tnet.closed"},
		{"a certificate of one's own", `
			local h = mail.serve{tls="self-signed", implicit=true}
			local out = mail.smtp{host="localhost", port=h.port, tls={mode="implicit", ca=h.ca}}
			out:send(mail.message{from="a@x.org", to="b@y.org"})
			print(#h.inbox)`, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, serving(t, tt.source), tt.want)
		})
	}
}

func TestBadServersAreRefused(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]string{
		"passwords in the clear": `users={u="p"}`,
		"an unknown mode":        `tls="starttls"`,
		"implicit without TLS":   `implicit=true`,
		"a code that is none":    `reject={["a@x.org"]={code=250}}`,
		"CR LF in a reply":       `reject={["a@x.org"]={message="a\r\n250 ok"}}`,
		"no port":                `listen="127.0.0.1"`,
		"no size":                `max_size=0`,
		"a key without cert":     `tls={key="k.pem"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world(t, nil).Fail(t, engine.KindInvalid, `require("mail").serve{`+options+`}`)
		})
	}
}

// Bytes that somebody slips in behind a client's STARTTLS are not read as part
// of the encrypted dialogue.
func TestServerDropsWhatIsBehindStartTLS(t *testing.T) {
	t.Parallel()
	expect(t, serving(t, `
		local srv = mail.serve{tls="self-signed"}
		print(require("talk").inject(srv.port, "MAIL FROM:<evil@x.org>\r\nRCPT TO:<b@y.org>\r\n"))
		print(#srv.inbox)`), "220 250 220 | 250 250 502\n0")
}

type injectIn struct {
	Port int    `lua:"port" doc:"port"`
	Text string `lua:"text" doc:"what to send behind STARTTLS"`
}

func inject(_ *engine.Call, in injectIn) (string, error) {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", in.Port))
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	var out strings.Builder
	say := func(c net.Conn, r *bufio.Reader, line string) {
		io.WriteString(c, line)
		code, _, err := readReply(r)
		if err != nil {
			code = 0
		}
		fmt.Fprintf(&out, "%d ", code)
	}
	r := bufio.NewReader(c)
	say(c, r, "")
	say(c, r, "EHLO c\r\n")
	say(c, r, "STARTTLS\r\n"+in.Text)
	out.WriteString("| ")
	secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	r = bufio.NewReader(secure)
	say(secure, r, "EHLO c\r\n")
	say(secure, r, "NOOP\r\n")
	say(secure, r, "DATA\r\n")
	return strings.TrimSpace(out.String()), nil
}
