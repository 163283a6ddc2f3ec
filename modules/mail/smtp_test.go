package mail

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

const secret = "s3cret-Pa55word"

// leaks says whether text holds the secret in any form that goes over the wire.
func leaks(text string) bool {
	encode := base64.StdEncoding.EncodeToString
	for _, form := range []string{secret, encode([]byte(secret)), encode([]byte("\x00u\x00" + secret))} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func failText(e *engine.Error) string {
	text := e.Error() + e.Hint + e.Traceback
	if e.Cause != nil {
		text += e.Cause.Error()
	}
	return text
}

// A server in between that takes STARTTLS away, or slips in bytes behind its
// reply, learns nothing.
func TestStartTLSIsNotDoneWithout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind   string
		handle func(p *peer)
	}{
		"not offered": {"mail.tls", func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 AUTH PLAIN LOGIN")
			p.rest()
		}},
		"refused": {"mail.tls", func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250-STARTTLS", "250 AUTH PLAIN LOGIN")
			p.hear()
			p.say("454 not now")
			p.rest()
		}},
		"bytes behind the reply": {"mail.tls", func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250-STARTTLS", "250 AUTH PLAIN LOGIN")
			p.hear()
			p.say("220 go", "250-hi", "250 AUTH PLAIN")
			p.rest()
		}},
		"no TLS behind the reply": {"tls.failed", func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250-STARTTLS", "250 AUTH PLAIN LOGIN")
			p.hear()
			p.say("220 go")
			p.r.Peek(1) // the client has begun its handshake
			p.say("250-hi", "250 AUTH PLAIN")
			p.rest()
		}},
		"replies ahead of time": {"mail.tls", func(p *peer) {
			p.say("220 hi", "250-hi", "250 STARTTLS", "220 go", "250 AUTH PLAIN")
			p.rest()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, heard := listen(t, tt.handle)
			e := world(t, []any{"port", port}).Fail(t, tt.kind, `require("mail").smtp{host="127.0.0.1", port=port, auth={"u", "`+secret+`"}}`)
			if got := heard(); leaks(got) || strings.Contains(got, "AUTH") {
				t.Errorf("the server heard %q", got)
			}
			if leaks(failText(e)) {
				t.Errorf("the error tells the password: %v", e)
			}
		})
	}
}

func TestPasswordsNeedTLS(t *testing.T) {
	t.Parallel()
	port, heard := listen(t, func(p *peer) { p.rest() })
	world(t, []any{"port", port}).Fail(t, "mail.auth", `require("mail").smtp{host="127.0.0.1", port=port, tls="none", auth={"u", "`+secret+`"}}`)
	if got := heard(); got != "" {
		t.Errorf("the server heard %q", got)
	}
	expect(t, run(t, `
		local srv = mail.serve{users={u="p"}, allow_insecure_auth=true}
		local out = mail.smtp{host=srv.host, port=srv.port, tls="none", auth={"u", "p"}, allow_insecure_auth=true}
		out:send(mail.message{from="a@x.org", to="b@y.org"})
		print(#srv.inbox)`), "1")
}

func TestCertificatesAreVerified(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"starttls", "implicit"} {
		out := run(t, `
			local srv = mail.serve{tls="self-signed", implicit=mode=="implicit"}
			local function try(tls)
				local ok, e = pcall(mail.smtp, {host=srv.host, port=srv.port, tls=tls})
				print(ok or e.kind)
			end
			try(mode)
			try{mode=mode, ca=mail.serve{tls="self-signed"}.ca}
			try{mode=mode, ca=srv.ca, server_name="mail.example.org"}
			try{mode=mode, ca=srv.ca, server_name="localhost"}
			try{mode=mode, ca=srv.ca}
			try{mode=mode, insecure=true}`, "mode", mode)
		expect(t, out, "tls.verify\ntls.verify\ntls.verify\ntrue\ntrue\ntrue")
	}
}

func TestAuthFailureKeepsThePassword(t *testing.T) {
	t.Parallel()
	w := world(t, nil)
	e := w.Fail(t, "mail.auth", `
		local mail = require "mail"
		local srv = mail.serve{tls="self-signed", users={u="other"}}
		mail.smtp{host=srv.host, port=srv.port, tls={ca=srv.ca}, auth={"u", "`+secret+`"}}`)
	if e.Code != 535 || e.Retryable || leaks(failText(e)) {
		t.Errorf("error %v, code %v", failText(e), e.Code)
	}
	// A server that echoes the password must not get it into the message.
	for _, echo := range []string{secret, base64.StdEncoding.EncodeToString([]byte("\x00u\x00" + secret))} {
		port, _ := listen(t, func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 AUTH PLAIN")
			p.hear()
			p.say("535 no "+echo, "500 what")
			p.rest()
		})
		e := world(t, []any{"port", port}).Fail(t, "mail.auth", `require("mail").smtp{host="127.0.0.1", port=port, tls="none", allow_insecure_auth=true, auth={"u", "`+secret+`"}}`)
		if leaks(failText(e)) {
			t.Errorf("the error tells the password: %v", failText(e))
		}
	}
}

func TestLoginMechanisms(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ offer, kind string }{
		"none":         {"SIZE 1000", "mail.auth"},
		"unknown ones": {"AUTH CRAM-MD5 GSSAPI", "mail.auth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, heard := listen(t, func(p *peer) {
				p.say("220 hi")
				p.hear()
				p.say("250-hi", "250 "+tt.offer)
				p.rest()
			})
			world(t, []any{"port", port}).Fail(t, tt.kind, `require("mail").smtp{host="127.0.0.1", port=port, tls="none", allow_insecure_auth=true, auth={"u", "p"}}`)
			if strings.Contains(heard(), "AUTH") {
				t.Error("AUTH was tried")
			}
		})
	}
	t.Run("challenges without end", func(t *testing.T) {
		t.Parallel()
		port, _ := listen(t, func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 AUTH LOGIN")
			for p.hear() != "" {
				p.say("334 VXNlcm5hbWU6")
			}
		})
		world(t, []any{"port", port}).Fail(t, "mail.protocol", `require("mail").smtp{host="127.0.0.1", port=port, tls="none", allow_insecure_auth=true, auth={"u", "p"}}`)
	})
	t.Run("LOGIN", func(t *testing.T) {
		t.Parallel()
		port, heard := listen(t, func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 AUTH LOGIN")
			p.hear()
			p.say("334 VXNlcm5hbWU6")
			p.hear()
			p.say("334 UGFzc3dvcmQ6")
			p.hear()
			p.say("235 ok")
			p.rest()
		})
		out := run(t, `
			local lines = {}
			local out = mail.smtp{host="127.0.0.1", port=port, tls="none", allow_insecure_auth=true, auth={"u", "`+secret+`"}, trace=function(l) lines[#lines+1] = l end}
			out:close()
			print(table.concat(lines, "|"))`, "port", port)
		if !leaks(heard()) {
			t.Error("the server did not get the password")
		}
		expect(t, out, "S: 220 hi|C: EHLO localhost|S: 250-hi|S: 250 AUTH LOGIN|C: AUTH LOGIN ***|S: 334 VXNlcm5hbWU6|C: ***|S: 334 UGFzc3dvcmQ6|C: ***|S: 235 ok")
	})
}

func TestTraceMasksLoginAndText(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local srv = mail.serve{tls="self-signed", users={u="`+secret+`"}}
		local out = mail.smtp{host=srv.host, port=srv.port, tls={ca=srv.ca}, auth={"u", "`+secret+`"}, trace=print}
		out:send(mail.message{from="a@x.org", to="b@y.org", text=("private "):rep(3000)})`)
	if leaks(out) || strings.Contains(out, "private") {
		t.Errorf("the trace tells too much:\n%s", out)
	}
	for _, want := range []string{"C: STARTTLS", "C: AUTH PLAIN ***", "C: MAIL FROM:<a@x.org>", "bytes of message)", "S: 250"} {
		if !strings.Contains(out, want) {
			t.Errorf("the trace lacks %q:\n%s", want, out)
		}
	}
}

func TestRefusedMessage(t *testing.T) {
	t.Parallel()
	port, _ := listen(t, func(p *peer) { p.serveOne("554 5.7.1 spam\x1b[31m"); p.rest() })
	e := world(t, []any{"port", port}).Fail(t, "mail.reply", `
		local mail = require "mail"
		local out = mail.smtp{host="127.0.0.1", port=port, tls="none"}
		out:send(mail.message{from="a@x.org", to="b@y.org"})`)
	if e.Code != 554 || e.Retryable || e.Fields["enhanced"] != "5.7.1" || strings.Contains(e.Message, "\x1b") {
		t.Errorf("error %v, code %v, fields %v", e, e.Code, e.Fields)
	}
}

func TestRefusedRecipients(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
		local srv = mail.serve{reject={["bad@y.org"]={code=550, message="no such user"}, ["full@y.org"]={code=452, message="full"}}}
		local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
		local m = mail.message{from="a@x.org", to={"bad@y.org", "b@y.org"}, cc="full@y.org", bcc="h@y.org"}
		local refused = out:send(m)
		print(refused["bad@y.org"].code, refused["bad@y.org"].message, refused["full@y.org"].code, refused["b@y.org"])
		print(table.concat(srv.inbox[1].envelope.to, " "), srv.inbox[1]:bytes():find("h@y.org", 1, true))
		local ok, e = pcall(out.send, out, m, {to={"bad@y.org", "full@y.org"}})
		print(e.kind, e.code, e.refused["bad@y.org"].code, e.refused["full@y.org"].message, e.retryable, #srv.inbox)
		ok, e = pcall(out.send, out, m, {to="full@y.org"})
		print(e.kind, e.code, e.retryable)
		print(next(out:send(m, {to="b@y.org", from="bounce@x.org"})), #srv.inbox, srv.inbox[2].envelope.from)
		local all = mail.smtp{host=srv.host, port=srv.port, tls="none", partial=false}
		ok, e = pcall(all.send, all, m)
		print(e.kind, e.refused["bad@y.org"].code, #srv.inbox)`), `
550	no such user	452	nil
b@y.org h@y.org	nil
mail.refused	550	550	full	false	1
mail.refused	452	true
nil	2	bounce@x.org
mail.refused	550	2`)
}

func TestAddressesBeyondASCII(t *testing.T) {
	t.Parallel()
	port, heard := listen(t, func(p *peer) {
		p.say("220 hi")
		p.hear()
		p.say("250 hi")
		p.rest()
	})
	e := world(t, []any{"port", port}).Fail(t, "mail.address", `
		local mail = require "mail"
		local out = mail.smtp{host="127.0.0.1", port=port, tls="none"}
		out:send(mail.message{from="a@x.org", to="jürgen@y.org"})`)
	if !strings.Contains(e.Message, "jürgen@y.org") || !strings.Contains(e.Message, "SMTPUTF8") || strings.Contains(heard(), "MAIL") {
		t.Errorf("message %q", e.Message)
	}
	expect(t, run(t, `
		local srv = mail.serve()
		local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
		out:send(mail.message{from="a@x.org", to={"jürgen@münchen.de", '"a> b"@y.org'}})
		print(table.concat(srv.inbox[1].envelope.to, " "), srv.inbox[1].to[1].address)`), "jürgen@xn--mnchen-3ya.de a> b@y.org\tjürgen@xn--mnchen-3ya.de")
}

func TestConnectionIsReused(t *testing.T) {
	t.Parallel()
	t.Run("one greeting for many messages", func(t *testing.T) {
		t.Parallel()
		out := run(t, `
			local greetings = 0
			local srv = mail.serve()
			local out = mail.smtp{host=srv.host, port=srv.port, tls="none", trace=function(l) if l:find("^S: 220") then greetings = greetings + 1 end end}
			for i = 1, 3 do out:send(mail.message{from="a@x.org", to="b@y.org"}) end
			print(#srv.inbox, greetings)`)
		expect(t, out, "3\t1")
	})
	for name, parting := range map[string]string{"421": "421 idle, bye", "without a word": ""} {
		t.Run("again after "+name, func(t *testing.T) {
			t.Parallel()
			port, heard := listen(t, func(p *peer) {
				p.serveOne("250 ok")
				if p.hear() == "RSET" && parting != "" {
					p.say(parting)
				}
			})
			run(t, `
				local out = mail.smtp{host="127.0.0.1", port=port, tls="none", timeout=5}
				for i = 1, 2 do out:send(mail.message{from="a@x.org", to="b@y.org"}) end`, "port", port)
			if got := heard(); strings.Count(got, "EHLO") != 2 || strings.Count(got, "DATA") != 2 {
				t.Errorf("the server heard %q", got)
			}
		})
	}
}

func TestCloseIsFinal(t *testing.T) {
	t.Parallel()
	world(t, nil).Fail(t, "handle.closed", `
		local mail = require "mail"
		local srv = mail.serve()
		local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
		out:close() out:close()
		out:send(mail.message{from="a@x.org", to="b@y.org"})`)
}

func TestProgressOfSending(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
		local srv = mail.serve()
		local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
		local m = mail.message{from="a@x.org", to="b@y.org", text=("x"):rep(100000)}
		local last
		out:send(m, {progress=function(done, total) last = done == total and total end})
		print(last == #m:bytes())
		local ok, e = pcall(out.send, out, m, {progress=function() error("stop", 0) end})
		print(ok, e, #srv.inbox)`), "true\nfalse\tstop\t1")
}

func TestDialNeedsPermission(t *testing.T) {
	t.Parallel()
	w := world(t, nil)
	w.Permissions = &host.Permissions{}
	w.Fail(t, "permission.denied", `require("mail").smtp{host="127.0.0.1", port=1}`)
}
