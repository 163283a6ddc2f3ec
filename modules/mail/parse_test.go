package mail

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
)

func textOf(s *string) string {
	if s == nil {
		return "<nil>"
	}
	return *s
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, data, want string
		defects          int
	}{
		{"nothing", "", "from= subject= text= html=<nil>", 0},
		{"no header", "just a text\n", "from= subject= text=just a text\n html=<nil>", 1},
		{"LF only", "From: A <a@x.org>\nSubject: s\n\nhi\n", "from=A:a@x.org subject=s text=hi\n html=<nil>", 0},
		{"mailbox separator", "From a@x.org Mon\nSubject: s\n\nhi", "from= subject=s text=hi html=<nil>", 1},
		{"folded", "Subject: one\r\n two\r\n\tthree\r\n\r\n", "from= subject=one two three text= html=<nil>", 0},
		{"encoded words", "Subject: =?iso-8859-1?q?caf=E9?= =?utf-8?b?w6k=?=\n\n", "from= subject=caféé text= html=<nil>", 0},
		{"an unknown charset in a word", "Subject: =?x-none?q?a?=\n\n", "from= subject==?x-none?q?a?= text= html=<nil>", 1},
		{"a line break in a word", "Subject: =?utf-8?q?a=0D=0ABcc:_e@x.org?=\n\n", "from= subject=a  Bcc: e@x.org text= html=<nil>", 1},
		{"latin 1", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\ncaf\xe9", "from= subject= text=café html=<nil>", 0},
		{"japanese", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BF|K\\\x1b(B", "from= subject= text=日本 html=<nil>", 0},
		{"an unknown charset", "Content-Type: text/plain; charset=x-none\n\na\xff", "from= subject= text=a\xff html=<nil>", 1},
		{"not what it says", "Content-Type: text/plain; charset=utf-8\n\na\xff", "from= subject= text=a\xff html=<nil>", 1},
		{"quoted-printable", "Content-Transfer-Encoding: Quoted-Printable\n\na=\nb=3D=C3=A9  \nend=", "from= subject= text=ab=é\nend html=<nil>", 0},
		{"broken quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\na=ZZ=4", "from= subject= text=a=ZZ=4 html=<nil>", 1},
		{"broken base64", "Content-Transfer-Encoding: base64\n\naG!k\n=\n\ntrailer", "from= subject= text=hi html=<nil>", 1},
		{"an unknown encoding", "Content-Transfer-Encoding: uuencode\n\nxx", "from= subject= text=xx html=<nil>", 1},
		{"a damaged content type", "Content-Type: text/html; charset=\"utf-8; x\n\n<b>", "from= subject= text=<nil> html=<b>", 2},
		{"no content type at all", "Content-Type: ;;;\n\nhi", "from= subject= text=hi html=<nil>", 1},
		{"no boundary", "Content-Type: multipart/mixed\n\nhi", "from= subject= text=hi html=<nil>", 1},
		{"a boundary that never comes", "Content-Type: multipart/mixed; boundary=x\n\nhi", "from= subject= text=hi html=<nil>", 1},
		{"cut off", "Content-Type: multipart/mixed; boundary=x\n\npreamble\n--x\n\nhi\n--x\nContent-Type: text/html\n\n<b>", "from= subject= text=hi html=<b>", 1},
		{"a part without header", "Content-Type: multipart/mixed; boundary=x\n\n--x\nno header here\n--x\n\nsecond\n--x--\n", "from= subject= text=no header here html=<nil> attachment-1.txt:text/plain:second", 1},
		{"a boundary inside a line", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na --x b\n--xy\n--x--\n", "from= subject= text=a --x b\n--xy html=<nil>", 0},
		{"alternative", "Content-Type: multipart/alternative; boundary=\"a b\"\n\n--a b\n\nt\n--a b\nContent-Type: text/html\n\nh\n--a b--", "from= subject= text=t html=h", 0},
		{"a lone attachment", "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\naGk=", "from= subject= text=<nil> html=<nil> attachment-1.pdf:application/pdf:hi", 0},
		{"a forwarded message", "Content-Type: message/rfc822\n\nSubject: inner\n\nx", "from= subject= text=<nil> html=<nil> attachment-1.eml:message/rfc822:Subject: inner\n\nx", 0},
		{"a text that is attached", "Content-Type: text/plain; name=n.txt\nContent-Disposition: attachment\n\nx", "from= subject= text=<nil> html=<nil> n.txt:text/plain:x", 0},
		{"RFC 2231", "Content-Type: a/b\nContent-Disposition: attachment; filename*=utf-8''%C3%A9.txt\n\nx", "from= subject= text=<nil> html=<nil> é.txt:a/b:x", 0},
		{"RFC 2231 in pieces", "Content-Type: a/b\nContent-Disposition: attachment; filename*0=\"lo\"; filename*1=\"ng.txt\"\n\nx", "from= subject= text=<nil> html=<nil> long.txt:a/b:x", 0},
		{"RFC 2231 in Latin 1", "Content-Type: a/b\nContent-Disposition: attachment; filename*=iso-8859-1''%E9.txt\n\nx", "from= subject= text=<nil> html=<nil> é.txt:a/b:x", 0},
		{"encoded word as file name", "Content-Type: a/b; name=\"=?utf-8?q?=C3=A9=2Etxt?=\"\n\nx", "from= subject= text=<nil> html=<nil> é.txt:a/b:x", 0},
		{"senders that are none", "From: undisclosed, B C <b@x.org>, <<x>, d@y.org\n\n", "from=undisclosed:;B C:b@x.org;<<x>:;:d@y.org subject= text= html=<nil>", 1},
		{"a quoted address in the name", "From: \"a@evil.org\" <b@x.org>\n\n", "from=a@evil.org:b@x.org subject= text= html=<nil>", 0},
		{"two addresses in one", "From: a@evil.org<b@x.org>\n\n", "from=a@evil.org:b@x.org subject= text= html=<nil>", 1},
		{"a bad date", "Date: yesterday\n\n", "from= subject= text= html=<nil>", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := parse([]byte(tt.data))
			var from []string
			for _, a := range m.from {
				from = append(from, a.Name+":"+a.Address)
			}
			got := fmt.Sprintf("from=%s subject=%s text=%s html=%s", strings.Join(from, ";"), m.subject, textOf(m.text), textOf(m.html))
			for _, a := range m.attachments {
				got += fmt.Sprintf(" %s:%s:%s", a.filename, a.mediaType, a.data)
			}
			if got != tt.want {
				t.Errorf("read\n%q, want\n%q", got, tt.want)
			}
			if len(m.defects) != tt.defects {
				t.Errorf("defects %q, want %d", m.defects, tt.defects)
			}
			if string(m.raw) != tt.data {
				t.Error("the bytes were changed")
			}
		})
	}
}

// Names of attachments never lead out of a directory.
func TestFileNamesAreSafe(t *testing.T) {
	t.Parallel()
	encoded := "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte("..\x00/\r\nx")) + "?="
	for name, want := range map[string]string{
		`../../x`:                "x",
		`..\\..\\x`:              "x",
		`/etc/passwd`:            "passwd",
		`C:\\Windows\\win.ini`:   "win.ini",
		`..`:                     "attachment-1",
		`.`:                      "attachment-1",
		`a/`:                     "a",
		`/`:                      "attachment-1",
		strings.Repeat("n", 300): "attachment-1",
		encoded:                  "x",
		"a\x1b[31m":              "a [31m",
	} {
		m := parse([]byte("Content-Type: a/b\nContent-Disposition: attachment; filename=\"" + name + "\"\n\nx"))
		if len(m.attachments) != 1 || m.attachments[0].filename != want || len(m.defects) == 0 {
			t.Errorf("%.40q became %q with the defects %q, want %q", name, m.attachments[0].filename, m.defects, want)
		}
	}
}

func TestSavingAttachments(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
		local m = mail.parse("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Disposition: attachment; filename=\"../a.txt\"\n\none\n--x\nContent-Disposition: attachment; filename=a.txt\n\ntwo\n--x--\n")
		local read = function(p) local f = assert(io.open(p)) local s = f:read("*a") f:close() return s end
		local list = {}
		for a in m:attachments() do list[#list+1] = a end
		print(list[1]:save(), read("a.txt"))
		local ok, e = pcall(list[2].save, list[2], ".")
		print(e.kind, e.target, read("a.txt"))
		print(list[2]:save(".", {overwrite=true}), read("a.txt"))
		print(list[1]:save("b.txt"), list[1]:save("b.txt"), read("b.txt"))
		print(select(2, pcall(list[1].save, list[1], "none/")).kind)`), `
a.txt	one
fs.exists	a.txt	one
a.txt	two
b.txt	b.txt	one
fs.not_found`)
}

func TestBoundsOfParsing(t *testing.T) {
	t.Parallel()
	var deep strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	many := "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\nContent-Type: a/b\n\n\n", 100000) + "--x--\n"
	for name, tt := range map[string]struct {
		data   string
		defect string
		check  func(m *Message) bool
	}{
		"depth":       {deep.String(), "more than 50 parts inside one another", func(m *Message) bool { return len(m.attachments) == 1 }},
		"parts":       {many, "more than 1000 parts", func(m *Message) bool { return len(m.attachments) == maxParts-1 }},
		"headers":     {strings.Repeat("A: b\n", 200000) + "\nhi", "more than 5000 header fields", func(m *Message) bool { return len(m.fields) == maxFields && textOf(m.text) == "hi" }},
		"one header":  {"Subject: " + strings.Repeat("x\n ", 1<<20) + "\n\nhi", "", func(m *Message) bool { return textOf(m.text) == "hi" }},
		"defects":     {strings.Repeat("X: =?a?q?b?=\nY: =?c?q?d?=\n", 1000), "an encoded word", func(m *Message) bool { return len(m.defects) <= maxDefects }},
		"words":       {"Subject: " + strings.Repeat("=?utf-8?q?=", 1<<17) + "?=\n\n", "", func(m *Message) bool { return m.text != nil }},
		"long words":  {"Subject: " + strings.Repeat("=?utf-8?q?"+strings.Repeat("=", 1900)+"?=", 1<<10) + "\n\n", "an encoded word", func(m *Message) bool { return m.text != nil }},
		"boundaries":  {"Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x", 1<<20), "does not occur", func(m *Message) bool { return m.text != nil }},
		"senders":     {"From: " + strings.Repeat("<,", 1<<18) + "\n\n", "no valid address list", func(m *Message) bool { return true }},
		"base64 junk": {"Content-Transfer-Encoding: base64\n\n" + strings.Repeat("!", 1<<20), "damaged", func(m *Message) bool { return textOf(m.text) == "" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse([]byte(tt.data))
			if !tt.check(m) {
				t.Errorf("%d attachments, %d fields, %d defects", len(m.attachments), len(m.fields), len(m.defects))
			}
			if tt.defect != "" && !slices.ContainsFunc(m.defects, func(d string) bool { return strings.Contains(d, tt.defect) }) {
				t.Errorf("defects %.200q, want %q", m.defects, tt.defect)
			}
		})
	}
}

func TestForwardedMessagesAreSentUnchanged(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
		local raw = "From: a@x.org\r\nTO: b@y.org\r\nBcc: h@y.org,\r\n i@y.org\r\nSubject:  odd  spacing\r\n\r\n.x\r\n"
		local srv = mail.serve()
		mail.smtp{host=srv.host, port=srv.port, tls="none"}:send(mail.parse(raw))
		print(srv.inbox[1]:bytes() == (raw:gsub("Bcc.-i@y.org\r\n", "")), table.concat(srv.inbox[1].envelope.to, " "))`),
		"true\tb@y.org h@y.org i@y.org")
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"From: A <a@x.org>\nSubject: =?utf-8?q?a=0D=0A?=\n\nhi",
		"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Disposition: attachment; filename=\"../a\"\nContent-Transfer-Encoding: base64\n\naGk\n--x--",
		"Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: quoted-printable\n\n=1B$B=",
		"From: \"a\\\" <x@y>, <z@\r\n\r\n", "\r\r\n", ":\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := parse(data)
		if string(m.raw) != string(data) || len(m.attachments) > maxParts || len(m.defects) > maxDefects {
			t.Fatal("bounds")
		}
		for _, a := range m.attachments {
			if _, err := host.LocalName(a.filename); err != nil {
				t.Errorf("file name %q: %v", a.filename, err)
			}
		}
		shown := []string{m.subject, m.messageID}
		for _, list := range [][]Address{m.from, m.to, m.cc, m.replyTo} {
			for _, a := range list {
				shown = append(shown, a.Name, a.Address)
			}
		}
		for _, f := range m.fields {
			shown = append(shown, f.text)
		}
		for _, s := range shown {
			if strings.ContainsAny(s, "\r\n\x00") {
				t.Errorf("a line break in %q", s)
			}
		}
		m.withoutBcc()
		for _, a := range append(m.recipients(), m.sender()) {
			envelopeAddress(mailPath(a))
		}
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add([]byte("a\r.\r\nb\n.\nc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out := string(normalize(data))
		if rest := strings.ReplaceAll(out, "\r\n", ""); strings.ContainsAny(rest, "\r\n") || !strings.HasSuffix(out, "\r\n") {
			t.Errorf("normalize(%q) = %q", data, out)
		}
		if again := string(normalize([]byte(out))); again != out {
			t.Errorf("normalize twice: %q, then %q", out, again)
		}
	})
}

func FuzzHeaderText(f *testing.F) {
	f.Add("a  é =?utf-8?q?x?= " + strings.Repeat("y", 1000))
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\n\x00") {
			return
		}
		out, err := headerText("x", s)
		if err != nil {
			return
		}
		for word := range strings.SplitSeq(out, " ") {
			if len(word) > 900 {
				t.Errorf("a word of %d bytes", len(word))
			}
		}
		if got, want := (&parser{msg: &Message{}}).decodeWords(out), clean(s); got != want {
			t.Errorf("%q became %q by way of %q", want, got, out)
		}
	})
}
