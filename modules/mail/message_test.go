package mail

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheLinesOfTheIssue(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local f = io.open("a.pdf", "wb") f:write("%PDF-1.4\r\n.\r\n\0\255") f:close()
		local m = mail.message{from="A <a@x.org>", to={"b@y.org"}, subject="é", text="…", html="…", attach={"a.pdf"}}
		local srv = mail.serve{listen="127.0.0.1:0", tls="self-signed", users={u="p"}, on_mail=function(msg) print("got", msg.subject) end}
		local h, p = srv.host, srv.port
		local out = mail.smtp{host=h, port=p, tls={mode="starttls", ca=srv.ca}, auth={"u","p"}};  local refused = out:send(m)
		print(next(refused), #srv.inbox)
		local bytes = m:bytes()
		local msg = mail.parse(bytes)
		print(msg.subject, msg.text, msg.html, msg.from[1].address, msg.from[1].name)
		for a in msg:attachments() do print(a.filename, a.type, a.size, a:read() == "%PDF-1.4\r\n.\r\n\0\255") end
		print(srv.inbox[1]:bytes() == bytes, srv.inbox[1].envelope.from, srv.inbox[1].envelope.to[1], srv.inbox[1].envelope.user)
	`)
	expect(t, out, "got\té\nnil\t1\né\t…\t…\ta@x.org\tA\na.pdf\tapplication/pdf\t15\ttrue\ntrue\ta@x.org\tb@y.org\tu")
}

func TestBuiltMessagesAreReadBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"text keeps its end", `local m = mail.message{from="a@x.org", text="hi"} print(m.text == "hi")
			m = mail.message{from="a@x.org", text="hi\n"} print(m.text == "hi\n")`, "true\ntrue"},
		{"empty", `local m = mail.message{from="a@x.org"} print(m.text, m.html, m.subject == "", #m.to)`, "\tnil\ttrue\t0"},
		{"html alone", `print(mail.message{from="a@x.org", html="<b>é</b>"}.html)`, "<b>é</b>"},
		{"long text without a break", `local s = ("x"):rep(5000) print(mail.message{from="a@x.org", text=s}.text == s)`, "true"},
		{"long subject without a break", `local s = ("x"):rep(3000) print(mail.message{from="a@x.org", subject=s}.subject == s)`, "true"},
		{"long subject beyond ASCII", `local s = ("é日 "):rep(300).."." print(mail.message{from="a@x.org", subject=s}.subject == s)`, "true"},
		{"white space in the subject", `local s = "a"..(" "):rep(200).."b\t" print(mail.message{from="a@x.org", subject=s}.headers["SUBJECT"] == s or mail.message{from="a@x.org", subject=s}.subject)`, "a" + strings.Repeat(" ", 200) + "b"},
		{"subject that looks encoded", `print(mail.message{from="a@x.org", subject="=?utf-8?q?x?="}.subject)`, "=?utf-8?q?x?="},
		{"names", `local m = mail.message{from='"Doe, J" <j@x.org>', to={"Zoë <z@x.org>", "c@y.org"}, cc="d@y.org", reply_to="r@y.org"}
			print(m.from[1].name, m.to[1].name, m.to[2].address, m.cc[1].address, m.reply_to[1].address)`, "Doe, J\tZoë\tc@y.org\td@y.org\tr@y.org"},
		{"many recipients", `local to = {} for i = 1, 200 do to[i] = "Person "..i.." <p"..i.."@example.org>" end
			print(#mail.message{from="a@x.org", to=to}.to)`, "200"},
		{"international domain", `print(mail.message{from="a@münchen.de"}.from[1].address)`, "a@xn--mnchen-3ya.de"},
		{"date and id", `local m = mail.message{from="a@x.org", date=1000000000, message_id="<1@x.org>"} print(m.date, m.message_id, m.headers.date)`,
			"1000000000\t1@x.org\tSun, 09 Sep 2001 01:46:40 +0000"},
		{"an id of its own domain", `print((mail.message{from="a@x.org"}.message_id:gsub("^%x+", "…")))`, "…@x.org"},
		{"no traces of us", `local m = mail.message{from="a@x.org", text="t"} print(m.headers["user-agent"], m.headers["x-mailer"])`, "nil\tnil"},
		{"headers", `local m = mail.message{from="a@x.org", headers={["X-A"]="1", ["List-Unsubscribe"]="<https://x.org/"..("u"):rep(200)..">"}}
			print(m.headers["x-a"], #m.headers["LIST-unsubscribe"]) local n = 0 for k in pairs(m.headers) do n = n + 1 end print(n)`, "1\t216\n8"},
		{"bcc stays out", `local m = mail.message{from="a@x.org", to="b@y.org", bcc={"h@y.org"}} print(m.bcc[1].address, m:bytes():lower():find("h@y", 1, true), m.headers.bcc)`, "h@y.org\tnil\tnil"},
		{"attached names", `local m = mail.message{from="a@x.org", attach={{name="a; b.txt", data="1"}, {name="é 日本.txt", data="2"}, {name=("n"):rep(200), data="3"}}}
			for a in m:attachments() do print(a.filename, a:read(), a.inline) end`, "a; b.txt\t1\tfalse\né 日本.txt\t2\tfalse\n" + strings.Repeat("n", 200) + "\t3\tfalse"},
		{"inline image", `local m = mail.message{from="a@x.org", text="t", html="<img src='cid:logo'>", inline={{name="l.png", data="\137PNG", cid="logo"}}, attach={{name="x", data=""}}}
			print(m.text, m.html) for a in m:attachments() do print(a.filename, a.type, a.cid, a.inline) end`, "t\t<img src='cid:logo'>\nl.png\timage/png\tlogo\ttrue\nx\tapplication/octet-stream\t\tfalse"},
		{"saved and loaded", `local m = mail.message{from="a@x.org", text="é\n.\n"} m:save("m.eml") print(mail.load("m.eml").text == m.text)`, "true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			expect(t, run(t, tt.source), tt.want)
		})
	}
}

// Whatever a message holds, its lines end with CR LF and have at most 998 bytes.
func TestBuiltLines(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local long = ("w"):rep(4000)
		local m = mail.message{from='"'..("n "):rep(120)..'" <'..("l"):rep(200).."@x.org>", to={"b@y.org"}, subject=long..(" x"):rep(999), text=long.."\r"..long.."\n.\n", html=long,
			headers={["X-Long"]=long, ["X-Wide"]=("é"):rep(900)}, attach={{name=("é"):rep(120)..".txt", data=long}}}
		io.write(m:bytes())`)
	if !strings.HasSuffix(out, "\r\n") {
		t.Error("the message does not end with a line end")
	}
	for line := range strings.SplitSeq(out, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line %.60q… has %d bytes", line, len(line))
		}
	}
}

func TestBadMessagesAreRefused(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"CR LF in from":           `from="a@x.org\r\nBcc: evil@x.org"`,
		"LF in the sender's name": `from="A\nB <a@x.org>"`,
		"NUL in to":               `from="a@x.org", to={"b\0@y.org"}`,
		"CR in subject":           `from="a@x.org", subject="a\rb"`,
		"CR LF in a header":       `from="a@x.org", headers={["X-A"]="1\r\nBcc: evil@x.org"}`,
		"CR LF in a header name":  `from="a@x.org", headers={["X-A: 1\r\nBcc"]="evil@x.org"}`,
		"colon in a header name":  `from="a@x.org", headers={["X:A"]="1"}`,
		"space in a header name":  `from="a@x.org", headers={["X A"]="1"}`,
		"an empty header name":    `from="a@x.org", headers={[""]="1"}`,
		"bcc as header":           `from="a@x.org", headers={bCC="h@y.org"}`,
		"content-type as header":  `from="a@x.org", headers={["Content-Type"]="text/html"}`,
		"LF in a file name":       `from="a@x.org", attach={{name="a\nb", data=""}}`,
		"LF in a path":            `from="a@x.org", attach={"a\nb"}`,
		"LF in a type":            `from="a@x.org", attach={{name="a", data="", type="text/plain\nX: y"}}`,
		"LF in a cid":             `from="a@x.org", inline={{name="a", data="", cid="a\nb"}}`,
		"no media type":           `from="a@x.org", attach={{name="a", data="", type="pdf"}}`,
		"data without name":       `from="a@x.org", attach={{data="x"}}`,
		"LF in the id":            `from="a@x.org", message_id="a@b\nX: y"`,
		"brackets in the id":      `from="a@x.org", message_id="a@b> <c@d"`,
		"two addresses in one":    `from="a@x.org", to={"b@y.org, c@y.org"}`,
		"no address":              `from="a@x.org", to={"nobody"}`,
		"a group":                 `from="a@x.org", to={"all: b@y.org;"}`,
		"bytes as text":           `from="a@x.org", text="\255\254"`,
		"bytes as subject":        `from="a@x.org", subject="\255\254"`,
		"no from":                 `to={"b@y.org"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := world(t, nil).Fail(t, "args.invalid", `require("mail").message{`+fields+`}`)
			if strings.ContainsAny(e.Message, "\r\n\x00") {
				t.Errorf("the message carries the line break on: %q", e.Message)
			}
		})
	}
	t.Run("a path as file name", func(t *testing.T) {
		t.Parallel()
		world(t, nil).Fail(t, "name.refused", `require("mail").message{from="a@x.org", attach={{name="../a", data=""}}}`)
	})
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                 "\r\n",
		"a":                "a\r\n",
		"a\r\n":            "a\r\n",
		"a\nb":             "a\r\nb\r\n",
		"a\rb":             "a\r\nb\r\n",
		"a\r\r\nb":         "a\r\n\r\nb\r\n",
		"a\n\rb":           "a\r\n\r\nb\r\n",
		"x\r.\r\ny":        "x\r\n.\r\ny\r\n",
		"x\n.\ny":          "x\r\n.\r\ny\r\n",
		"x\r\n.\ry":        "x\r\n.\r\ny\r\n",
		"x\n.\r\nMAIL\r\n": "x\r\n.\r\nMAIL\r\n",
		"\x00\r\n":         "\x00\r\n",
	} {
		if got := normalize([]byte(in)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("normalize(%q) = %q, want %q", in, got, want)
		}
	}
}
