package mail

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// A server that falls silent meets the timeout, wherever it does.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	for at, handle := range map[string]func(p *peer){
		"the greeting": func(p *peer) { p.rest() },
		"EHLO":         func(p *peer) { p.say("220 hi"); p.rest() },
		"MAIL FROM": func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250 hi")
			p.rest()
		},
		"RCPT TO": func(p *peer) {
			p.agree(2)
			p.rest()
		},
		"DATA": func(p *peer) {
			p.agree(3)
			p.rest()
		},
		"the end of the message": func(p *peer) {
			p.agree(3)
			p.hear()
			p.say("354 go")
			p.rest()
		},
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			port, _ := listen(t, handle)
			e := world(t, []any{"port", port}).Fail(t, "net.timeout", `
				local mail = require "mail"
				local out = mail.smtp{host="127.0.0.1", port=port, tls="none", timeout=0.2}
				out:send(mail.message{from="a@x.org", to="b@y.org"})`)
			if !strings.Contains(e.Message, "at "+at) || !strings.Contains(e.Message, "200ms") {
				t.Errorf("message %q", e.Message)
			}
		})
	}
	for name, handle := range map[string]func(p *peer){
		"STARTTLS": func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 STARTTLS")
			p.rest()
		},
		"the TLS handshake": func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250-hi", "250 STARTTLS")
			p.hear()
			p.say("220 go")
			p.rest()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, _ := listen(t, handle)
			e := world(t, []any{"port", port}).Fail(t, "net.timeout", `require("mail").smtp{host="127.0.0.1", port=port, timeout=0.2}`)
			if !strings.Contains(e.Message, name) {
				t.Errorf("message %q", e.Message)
			}
		})
	}
	t.Run("one byte at a time counts as silence", func(t *testing.T) {
		t.Parallel()
		stop := make(chan struct{})
		port, _ := listen(t, func(p *peer) {
			for {
				if _, err := p.Write([]byte("2")); err != nil {
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
		defer close(stop)
		_, err := world(t, []any{"port", port}).Try(t, `require("mail").smtp{host="127.0.0.1", port=port, timeout=0.3}`)
		if kind := engine.KindOf(err); kind != "net.timeout" && kind != "mail.protocol" {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the call's own timeout", func(t *testing.T) {
		t.Parallel()
		port, _ := listen(t, func(p *peer) {
			p.say("220 hi")
			p.hear()
			p.say("250 hi")
			p.rest()
		})
		world(t, []any{"port", port}).Fail(t, "timeout", `
			local mail = require "mail"
			local out = mail.smtp{host="127.0.0.1", port=port, tls="none"}
			out:send(mail.message{from="a@x.org", to="b@y.org"}, {timeout=0.1})`)
	})
}

func TestEndlessAndGarbledReplies(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(p *peer){
		"a greeting without end": func(p *peer) {
			for {
				if _, err := p.Write([]byte("220-and more\r\n")); err != nil {
					return
				}
			}
		},
		"an EHLO without end": func(p *peer) {
			p.say("220 hi")
			p.hear()
			for {
				if _, err := p.Write([]byte("250-X\r\n")); err != nil {
					return
				}
			}
		},
		"a line without end": func(p *peer) {
			for {
				if _, err := p.Write(bytes.Repeat([]byte("2"), 1000)); err != nil {
					return
				}
			}
		},
		"another protocol": func(p *peer) { p.say("SSH-2.0-OpenSSH_10.0"); p.rest() },
	} {
		for _, mode := range []string{"none", "starttls"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				port, _ := listen(t, handle)
				world(t, []any{"port", port}).Fail(t, "mail.protocol", `require("mail").smtp{host="127.0.0.1", port=port, tls="`+mode+`", timeout=10}`)
			})
		}
	}
}

func TestServerHangsUp(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(p *peer){
		"at once": func(p *peer) {},
		"at DATA": func(p *peer) {
			p.agree(3)
			p.hear()
		},
		"in the middle of the message": func(p *peer) {
			p.agree(3)
			p.hear()
			p.say("354 go")
			p.hear()
		},
		"after the message": func(p *peer) {
			p.agree(3)
			p.hear()
			p.say("354 go")
			for p.hear() != "." {
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, _ := listen(t, handle)
			world(t, []any{"port", port}).Fail(t, "net.closed", `
				local mail = require "mail"
				local out = mail.smtp{host="127.0.0.1", port=port, tls="none"}
				out:send(mail.message{from="a@x.org", to="b@y.org", text=("line\n"):rep(200000)})`)
		})
	}
}

// Whatever line ends and dots a message holds, one message arrives: at a server
// that records bytes, the only end of data is the last.
func TestNoSmuggling(t *testing.T) {
	t.Parallel()
	smuggled := "MAIL FROM:<evil@x.org>\r\nRCPT TO:<b@y.org>\r\nDATA\r\nSubject: evil\r\n\r\n."
	for _, end := range []string{"\r.\r\n", "\n.\n", "\r\n.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r\n", "\r.\r", "\r\n.\r\r\n", "\n\r.\r\n", ".\r\n"} {
		data := "Subject: good\r\n\r\nfirst" + end + smuggled + "\r\n"
		t.Run(strings.Trim(luaQuote(end), `"`), func(t *testing.T) {
			t.Parallel()
			var raw string
			var whole bool
			port, heard := listen(t, func(p *peer) { raw, whole = p.serveOne("250 ok"); p.rest() })
			run(t, `
				local out = mail.smtp{host="127.0.0.1", port=port, tls="none"}
				out:send_raw{from="a@x.org", to={"b@y.org"}, data=`+luaQuote(data)+`}
				out:close()`, "port", port)
			rest := heard()
			if !whole || strings.Count(rest, "MAIL FROM") != 1 || !strings.HasSuffix(rest, "QUIT\r\n") {
				t.Errorf("the server heard %q and then %q", raw, rest)
			}
			body := strings.TrimSuffix(raw, ".\r\n")
			if strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\r") || strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\n") {
				t.Errorf("a bare CR or LF is in %q", body)
			}
			for line := range strings.SplitSeq(body, "\r\n") {
				if line == "." {
					t.Errorf("a lone dot is in %q", body)
				}
			}
			out := run(t, `
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				out:send_raw{from="a@x.org", to={"b@y.org"}, data=`+luaQuote(data)+`}
				print(#srv.inbox, srv.inbox[1].subject, srv.inbox[1].text:find("evil", 1, true) ~= nil)
				out:send(mail.message{from="a@x.org", to="b@y.org", text=`+luaQuote(data)+`})
				out:send(mail.parse(`+luaQuote("To: b@y.org\r\nFrom: a@x.org\r\n"+data)+`))
				print(#srv.inbox)`)
			expect(t, out, "1\tgood\ttrue\n3")
		})
	}
}

func TestEnvelopeCannotInject(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]string{
		"CR LF in from":         `out:send_raw{from="a@x.org\r\nRCPT TO:<c@y.org>", to={"b@y.org"}, data=""}`,
		"CR LF in to":           `out:send_raw{from="a@x.org", to={"b@y.org\r\nDATA"}, data=""}`,
		"parameters in to":      `out:send_raw{from="a@x.org", to={"b@y.org> NOTIFY=NEVER"}, data=""}`,
		"no recipient":          `out:send_raw{from="a@x.org", to={}, data=""}`,
		"from a parsed message": `out:send(mail.parse("From: a@x.org\nTo: <b@y.org> RCPT\nCc: nobody\n\n"), {to={}})`,
		"helo":                  `mail.smtp{host="h", helo="a\r\nQUIT"}`,
		"helo with a space":     `mail.smtp{host="h", helo="a b"}`,
		"user":                  `mail.smtp{host="h", auth={"a\nb", "p"}}`,
		"an unknown mode":       `mail.smtp{host="h", tls="startls"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world(t, nil).Fail(t, "args.invalid", `
				local mail = require "mail"
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				`+call)
		})
	}
}
