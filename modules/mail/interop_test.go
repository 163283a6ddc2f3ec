//go:build interop

package mail

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// maildirFiles lists the messages of a Maildir.
func maildirFiles(t *testing.T, dir string) []string {
	var out []string
	for _, sub := range []string{"new", "cur"} {
		files, err := filepath.Glob(filepath.Join(dir, sub, "*"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files...)
	}
	return out
}

// pauseForDelivery waits between two looks at the Maildir: a real mail server
// delivers in its own time.
func pauseForDelivery() { time.Sleep(50 * time.Millisecond) }

// A real mail server (Postfix, OpenSMTPD) takes what we send over STARTTLS,
// delivers it to a Maildir, and refuses a recipient that it does not know.
//
//	GSCRIPT_SMTP_ADDR     host:port
//	GSCRIPT_SMTP_CA       file with its certificate authority
//	GSCRIPT_SMTP_MAILDIR  where it delivers
//	GSCRIPT_SMTP_RCPT     the recipient there
func TestInterop(t *testing.T) {
	env := func(name string) string {
		v := os.Getenv(name)
		if v == "" {
			t.Fatalf("%s is not set", name)
		}
		return v
	}
	host, portText, err := net.SplitHostPort(env("GSCRIPT_SMTP_ADDR"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		t.Fatal(err)
	}
	out := run(t, `
		local out = mail.smtp{host=host, port=port, tls={mode="starttls", ca=ca}, timeout=20}
		local data = {}
		for i = 0, 255 do data[#data+1] = string.char(i) end
		data = table.concat(data):rep(100)
		local text = "é first\n.\n..\n.dots\nFrom here\n"..("long "):rep(400).."\n\nlast"
		local mark = "gscript interop "..tostring(os.time()).." "..tostring(math.random(1e9))
		local domain = rcpt:match("@(.+)$") or "localhost"
		local m = mail.message{from="A é <sender@"..domain..">", to={rcpt}, subject=mark, text=text, html="<p>é</p>", attach={{name="é.bin", data=data}}}
		local refused = out:send(m, {to={rcpt, "nobody-gscript-interop@"..domain}})
		local count = 0
		for a, r in pairs(refused) do count = count + 1 print(a == "nobody-gscript-interop@"..domain, r.code >= 450) end
		print(count)
		local ok, e = pcall(out.send, out, m, {to="nobody-gscript-interop@"..domain})
		print(ok, e.kind)
		-- bare line ends and dots: one message, not two
		local mark2 = mark.." raw"
		out:send_raw{from="sender@"..domain, to={rcpt}, data="Subject: "..mark2.."\n\nx\r.\r\nMAIL FROM:<evil@"..domain..">\r\nRCPT TO:<"..rcpt..">\r\nDATA\r\nSubject: "..mark2.." evil\r\n\r\n.\n"}
		out:close()

		local found, raw, evil
		for i = 1, 600 do
			found, raw, evil = nil, nil, nil
			for path in maildir():gmatch("[^\n]+") do
				local msg = mail.load(path)
				if msg.subject == mark then found = msg end
				if msg.subject == mark2 then raw = msg end
				if msg.subject == mark2.." evil" then evil = msg end
			end
			if found and raw then break end
			pause()
		end
		print(found.text == text or found.text == text.."\n", (found.html:gsub("%s+$", "")), found.from[1].name)
		for a in found:attachments() do print(a.filename, a:read() == data) end
		print(raw ~= nil, evil, #found.defects)`,
		"host", host, "port", port, "ca", env("GSCRIPT_SMTP_CA"), "rcpt", env("GSCRIPT_SMTP_RCPT"),
		"maildir", func() string { return strings.Join(maildirFiles(t, env("GSCRIPT_SMTP_MAILDIR")), "\n") }, "pause", pauseForDelivery)
	expect(t, out, "true\ttrue\n1\nfalse\tmail.refused\ntrue\t<p>é</p>\tA é\né.bin\ttrue\ntrue\tnil\t0")
}
