package ftp_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

const login = `
	local ftp, fs = require "ftp", require "fs"
	local f = ftp.connect{host="127.0.0.1", port=port, user="u", password="s3cret", tls=tls, idle_timeout=5}
`

// against makes a world with the server's port and, where given, tls as globals.
func against(t *testing.T, f *fake, options map[string]string) *moduletest.World {
	w := world(t)
	w.Globals = map[string]any{"port": f.port}
	if options != nil {
		var b strings.Builder // a Lua table
		for k, v := range options {
			fmt.Fprintf(&b, "[%q]=[==[%s]==],", k, v)
		}
		w.Globals["tls_source"] = b.String()
	}
	return w
}

const readTLS = "local tls = loadstring('return {' .. tls_source .. '}')()\n"

func files(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return nil
	})
	return strings.Join(names, " ")
}

func TestPassiveNeverDialsAnotherHost(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp", "127.0.0.2:0") // the victim
	if err != nil {
		if runtime.GOOS == "linux" {
			t.Fatal(err)
		}
		t.Skip("only Linux has all of 127.0.0.0/8 at hand: ", err)
	}
	defer other.Close()
	touched := make(chan struct{}, 1)
	go func() {
		if conn, err := other.Accept(); err == nil {
			conn.Close()
			touched <- struct{}{}
		}
	}()
	port := other.Addr().(*net.TCPAddr).Port
	f := (&fake{files: map[string]string{"a": "hello"}, answers: map[string]func(*fakeConn, string){
		"EPSV": func(c *fakeConn, _ string) { c.say("502 no") },
		"PASV": func(c *fakeConn, _ string) { c.say(fmt.Sprintf("227 go (127,0,0,2,%d,%d)", port>>8, port&255)) },
	}}).start(t)
	e := against(t, f, nil).Fail(t, "net.refused", login+`f:read("a")`)
	if !strings.Contains(e.Target, fmt.Sprintf("127.0.0.1:%d", port)) {
		t.Errorf("dialled %s", e.Target)
	}
	select {
	case <-touched:
		t.Error("the other host was dialled")
	default:
	}
	other.Close()
}

func TestPassiveWithoutParentheses(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"a": "hello"}, answers: map[string]func(*fakeConn, string){
		"EPSV": func(c *fakeConn, _ string) { c.say("502 no") },
		"PASV": func(c *fakeConn, _ string) {
			p := c.passive()
			c.say(fmt.Sprintf("227 Entering Passive Mode 10,0,0,1,%d,%d.", p>>8, p&255))
		},
	}}).start(t)
	if out := against(t, f, nil).Run(t, login+`print(f:read("a"))`); out != "hello\n" {
		t.Error(out)
	}
}

func TestPassiveGarbage(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{"227 )(", "227 (1,2,3)", "227 (1,2,3,4,999,1)", "227"} {
		f := (&fake{files: map[string]string{"a": "hello"}, answers: map[string]func(*fakeConn, string){
			"EPSV": func(c *fakeConn, _ string) { c.say("229 (|||99999|)") },
			"PASV": func(c *fakeConn, _ string) { c.say(reply) },
		}}).start(t)
		w := against(t, f, nil)
		w.Fail(t, "ftp.protocol", login+`f:read("a")`)
		f.answers["EPSV"] = func(c *fakeConn, _ string) { c.say("502 no") }
		w.Fail(t, "ftp.protocol", login+`f:read("a")`)
	}
}

func TestBytesBehindTheTLSReply(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	f := (&fake{tls: conf, answers: map[string]func(*fakeConn, string){
		"AUTH": func(c *fakeConn, _ string) {
			c.say("234 go ahead", "331 injected", "230 injected")
			c.upgrade()
		},
	}}).start(t)
	against(t, f, map[string]string{"mode": "explicit", "ca": ca}).Fail(t, "ftp.tls", readTLS+login)
	if got := f.commands(); got != "AUTH TLS" {
		t.Errorf("heard\n%s", got)
	}
}

func TestTLSIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	no := func(c *fakeConn, _ string) { c.say("534 no") }
	explicit := map[string]string{"mode": "explicit", "ca": ca}
	t.Run("auth", func(t *testing.T) {
		f := (&fake{}).start(t)
		against(t, f, explicit).Fail(t, "ftp.tls", readTLS+login)
		if got := f.commands(); got != "AUTH TLS" {
			t.Errorf("heard\n%s", got)
		}
	})
	for _, verb := range []string{"PBSZ", "PROT"} {
		t.Run(verb, func(t *testing.T) {
			f := (&fake{tls: conf, answers: map[string]func(*fakeConn, string){verb: no}}).start(t)
			against(t, f, explicit).Fail(t, "ftp.tls", readTLS+login)
		})
	}
	t.Run("words in clear", func(t *testing.T) {
		f := (&fake{tls: conf, answers: map[string]func(*fakeConn, string){
			"PASS": func(c *fakeConn, _ string) { io.WriteString(c.Conn.(*tls.Conn).NetConn(), "230 OOPS: come in\r\n") },
		}}).start(t)
		if e := against(t, f, explicit).Fail(t, "ftp.protocol", readTLS+login); !strings.Contains(e.Message, `"230 O" in clear`) {
			t.Error(e.Message)
		}
	})
	t.Run("data in clear", func(t *testing.T) {
		f := (&fake{tls: conf, insecure: true, files: map[string]string{"a": "hello"}}).start(t)
		_, err := against(t, f, explicit).Try(t, readTLS+login+`print(f:read("a"))`)
		if err == nil {
			t.Error("data was taken in clear")
		}
	})
}

func TestUploadIsEncrypted(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	seen := make(chan string, 1)
	f := (&fake{tls: conf, insecure: true, answers: map[string]func(*fakeConn, string){
		"STOR": func(c *fakeConn, _ string) {
			c.say("150 send it")
			conn := c.accept()
			b := make([]byte, 64)
			n, _ := io.ReadAtLeast(conn, b, 6)
			seen <- string(b[:n])
			conn.Close()
			c.say("451 that was no file")
		},
	}}).start(t)
	against(t, f, map[string]string{"mode": "explicit", "ca": ca}).Try(t, readTLS+login+`f:write("a", ("topsecret"):rep(100), {atomic=false})`)
	if got := <-seen; got[0] != 0x16 || strings.Contains(got, "topsecret") { // a TLS handshake record
		t.Errorf("the data connection began with %q", got)
	}
}

func TestWrongCertificate(t *testing.T) {
	t.Parallel()
	conf, _ := certificate(t)
	_, other := certificate(t)
	for mode, f := range map[string]*fake{"explicit": {tls: conf}, "implicit": {implicit: conf}} {
		f.start(t)
		against(t, f, map[string]string{"mode": mode, "ca": other}).Fail(t, "tls.verify", readTLS+login)
		if got := f.commands(); strings.Contains(got, "USER") {
			t.Errorf("%s: heard\n%s", mode, got)
		}
	}
}

func TestShortTransfers(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	cut := func(c *fakeConn, _ string) {
		c.say("150 here it comes")
		conn := c.accept()
		io.WriteString(conn, "hel")
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		conn.Close()
		c.say("426 cut")
	}
	ragged := func(c *fakeConn, _ string) { // ends the TCP connection under TLS
		c.say("150 here it comes")
		tcp, _ := c.data.Accept()
		conn := tls.Server(tcp, conf)
		io.WriteString(conn, "hel")
		tcp.Close()
		c.say("226 done")
	}
	tests := []struct {
		name string
		fake *fake
		tls  map[string]string
	}{
		{"226 with fewer bytes", &fake{answers: map[string]func(*fakeConn, string){"RETR": func(c *fakeConn, _ string) { c.send("hel", "226 done") }}}, nil},
		{"cut", &fake{answers: map[string]func(*fakeConn, string){"RETR": cut}}, nil},
		{"TLS without its end", &fake{tls: conf, answers: map[string]func(*fakeConn, string){"RETR": ragged}}, map[string]string{"mode": "explicit", "ca": ca}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.fake.files = map[string]string{"a": "hello", "d/a": "hello"}
			test.fake.listing = "type=file;size=5; a\r\n"
			test.fake.start(t)
			w := against(t, test.fake, test.tls)
			prefix := login
			if test.tls != nil {
				prefix = readTLS + login
			}
			for _, call := range []string{`f:get("a", "b.bin")`, `f:get_dir("d", "tree")`, `f:read("a")`} {
				w.Fail(t, "transfer.incomplete", prefix+call)
			}
			if got := files(t, w.Dir); got != "" {
				t.Errorf("left behind: %s", got)
			}
			e := w.Fail(t, "transfer.incomplete", prefix+`fs.write("b.bin", "old") f:get("a", "b.bin")`)
			if b, _ := os.ReadFile(filepath.Join(w.Dir, "b.bin")); string(b) != "old" || files(t, w.Dir) != "b.bin" {
				t.Errorf("%v: the old file is %q, and there are %s", e, b, files(t, w.Dir))
			}
		})
	}
}

// After a transfer that was broken off the dialogue goes on in step, whether
// the server sends one reply or two.
func TestInStepAfterACut(t *testing.T) {
	t.Parallel()
	for _, replies := range []string{"226 done", "426 cut\r\n226 closed"} {
		f := (&fake{files: map[string]string{"big": strings.Repeat("x", 1<<20)}, answers: map[string]func(*fakeConn, string){
			"RETR": func(c *fakeConn, arg string) { c.send(c.files[arg], replies) },
			"PWD":  func(c *fakeConn, _ string) { c.say(`257 "/a ""quoted"" one" is it`) },
		}}).start(t)
		out := against(t, f, nil).Run(t, login+`
			local ok, e = pcall(f.get, f, "big", "big", {progress=function(done) error("enough") end})
			print(ok, tostring(e):match("enough"), f:pwd())`)
		if out != "false\tenough\t/a \"quoted\" one\n" {
			t.Error(out)
		}
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	hush := func(*fakeConn, string) {}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	quiet := &fake{port: silent.Addr().(*net.TCPAddr).Port}
	on := func(verb string, answer func(*fakeConn, string)) *fake {
		return &fake{files: map[string]string{"a": "hello"}, answers: map[string]func(*fakeConn, string){verb: answer}}
	}
	tests := []struct {
		name, script, what string
		fake               *fake
		tls                map[string]string
	}{
		{"greeting", `ftp.connect{host="127.0.0.1", port=port, timeout=0.2}`, "the greeting", quiet, nil},
		{"implicit handshake", `ftp.connect{host="127.0.0.1", port=port, timeout=0.2, tls="implicit"}`, "the TLS handshake", quiet, nil},
		{"login", `ftp.connect{host="127.0.0.1", port=port, timeout=0.2}`, "the reply to PASS", on("PASS", hush), nil},
		{"explicit handshake", `ftp.connect{host="127.0.0.1", port=port, timeout=0.2, tls="explicit"}`, "the TLS handshake",
			on("AUTH", func(c *fakeConn, _ string) { c.say("234 go"); io.Copy(io.Discard, c.Conn) }), nil},
		{"reply", login + `f:pwd{timeout=0.2}`, "the reply to PWD", on("PWD", hush), nil},
		{"data", login + `f:read("a", {timeout=0.2})`, "data", on("RETR", func(c *fakeConn, _ string) { c.say("150 soon") }), nil},
		{"end of the data", login + `f:write("a", "x", {timeout=0.2, atomic=false})`, "the server to take the end of the data",
			on("STOR", func(c *fakeConn, _ string) { c.say("150 go on") }), nil},
		{"last reply", login + `f:read("a", {timeout=0.2})`, "data",
			on("RETR", func(c *fakeConn, arg string) { c.say("150 here"); c.accept().Close() }), nil},
		{"data handshake", readTLS + login + `f:read("a", {timeout=0.2})`, "data",
			func() *fake {
				f := on("RETR", func(c *fakeConn, _ string) { c.say("150 soon") })
				f.tls = conf
				return f
			}(), map[string]string{"mode": "explicit", "ca": ca}},
	}
	for _, test := range tests {
		if test.fake.port == 0 {
			test.fake.start(t)
		}
		w := against(t, test.fake, test.tls)
		began := time.Now()
		e := w.Fail(t, engine.KindTimeout, "local ftp = require 'ftp'\n"+test.script)
		if !strings.Contains(e.Message, "200ms, waiting for "+test.what) {
			t.Errorf("%s: %s", test.name, e.Message)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s took %v", test.name, took)
		}
	}
	f := on("PWD", hush).start(t)
	script := strings.Replace(login, "idle_timeout=5", "idle_timeout=0.1", 1)
	against(t, f, nil).Fail(t, engine.KindNetTimeout, script+`f:pwd()`)
	out := against(t, f, nil).Run(t, script+`
		pcall(f.pwd, f)
		local ok, e = pcall(f.noop, f)
		print(e.kind, e.hint)`)
	if out != "net.closed\topen a new one with ftp.connect\n" {
		t.Error(out)
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{"good.txt", "..", ".", "", "/etc/x", `a\b`, "esc\x1b[2J", "a/../../b", "bell\a", "\xff"}
	var mlsd, list strings.Builder
	for _, name := range names {
		fmt.Fprintf(&mlsd, "type=file;size=5; %s\r\n", name)
	}
	mlsd.WriteString("type=cdir; /d\r\ntype=pdir; /\r\ntype=dir; ..\r\ntype=OS.unix=slink:/etc; link\r\ntype=OS.unix=chr-13/29; dev\r\ntype=file;size=5; good.txt\r\n")
	for _, name := range names {
		fmt.Fprintf(&list, "-rw-r--r--  1 u g  5 Jan  1 2026 %s\r\n", name)
	}
	content := map[string]string{"d/good.txt": "hello"}
	t.Run("MLSD", func(t *testing.T) {
		f := (&fake{listing: mlsd.String(), files: content}).start(t)
		w := against(t, f, nil)
		out := w.Run(t, login+`
			local r = f:get_dir("d", "in/tree")
			print(r.files, r.bytes, #r.refused)
			for _, x in ipairs(r.refused) do print(x.name, x.reason) end`)
		if !strings.HasPrefix(out, "1\t5\t13\n") || strings.ContainsAny(out, "\x1b\a") {
			t.Errorf("%q", out)
		}
		if got := files(t, w.Dir); got != "in/tree/good.txt" {
			t.Errorf("wrote %s", got)
		}
	})
	t.Run("LIST", func(t *testing.T) {
		f := (&fake{listing: list.String(), files: content, answers: map[string]func(*fakeConn, string){
			"FEAT": func(c *fakeConn, _ string) { c.say("502 no") },
		}}).start(t)
		w := against(t, f, nil)
		w.Run(t, login+`
			local r = f:get_dir("d", "in/tree")
			assert(r.files == 1 and #r.refused == 7, #r.refused)
			assert(f:ls("d")[1].name == "", "ls shows names as they are")`)
		if got := files(t, w.Dir); got != "in/tree/good.txt" {
			t.Errorf("wrote %s", got)
		}
	})
}

func TestLinksInTheLocalTree(t *testing.T) {
	t.Parallel()
	f := (&fake{listing: "type=file;size=5; x\r\n", files: map[string]string{"d/x": "hello", "d/sub/x": "hello"}, answers: map[string]func(*fakeConn, string){
		"MLSD": func(c *fakeConn, arg string) {
			if arg == "d" {
				c.send("type=dir; sub\r\n", "226 done")
				return
			}
			c.send(c.listing, "226 done")
		},
	}}).start(t)
	w := against(t, f, nil)
	outside := t.TempDir()
	if err := os.Mkdir(filepath.Join(w.Dir, "tree"), 0o777); err != nil {
		t.Fatal(err)
	}
	moduletest.Symlink(t, outside, filepath.Join(w.Dir, "tree", "sub"))
	if _, err := w.Try(t, login+`f:get_dir("d", "tree")`); err == nil {
		t.Error("the link was followed")
	}
	if got := files(t, outside); got != "" {
		t.Errorf("wrote %s outside", got)
	}
}

func TestEndlessTree(t *testing.T) {
	t.Parallel()
	f := (&fake{listing: "type=dir; sub\r\n"}).start(t)
	out := against(t, f, nil).Run(t, login+`
		local r = f:get_dir("d", "tree")
		print(r.files, #r.refused, r.refused[1].reason)`)
	if out != "0\t1\tit lies deeper than 64 directories\n" {
		t.Error(out)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	flood := func(start, chunk string) func(*fakeConn, string) {
		return func(c *fakeConn, _ string) {
			io.WriteString(c.Conn, start)
			for range 1 << 14 { // up to 1 GiB, until the client hangs up
				if _, err := io.WriteString(c.Conn, chunk); err != nil {
					return
				}
			}
		}
	}
	long := strings.Repeat("x", 64<<10)
	for name, answer := range map[string]func(*fakeConn, string){
		"line":  flood("257 ", long),
		"lines": flood("257-begin\r\n", strings.Repeat("line\r\n", 8<<10)),
		"noise": func(c *fakeConn, _ string) { c.say("<html>") },
		"code":  func(c *fakeConn, _ string) { c.say("999 what?") },
	} {
		f := (&fake{answers: map[string]func(*fakeConn, string){"PWD": answer}}).start(t)
		if e := against(t, f, nil).Fail(t, "ftp.protocol", login+`f:pwd()`); len(e.Message) > 200 {
			t.Errorf("%s: a message of %d bytes", name, len(e.Message))
		}
	}
	f := (&fake{listing: "type=file; " + long + long + "\r\n"}).start(t)
	against(t, f, nil).Fail(t, "ftp.protocol", login+`f:ls()`)
	f = (&fake{files: map[string]string{"a": long}}).start(t)
	against(t, f, nil).Fail(t, "ftp.too_large", login+`f:read("a", {max="1k"})`)
	out := against(t, f, nil).Run(t, login+`pcall(f.read, f, "a", {max="1k"}) print(#f:read("a"))`)
	if out != "65536\n" {
		t.Error(out)
	}
}

// Every text argument is tried with each byte that would end a line.
func TestNothingIsInjected(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"a": "hello"}}).start(t)
	calls := []string{
		`f:cd(x)`, `f:mkdir(x)`, `f:mkdir(x, {parents=true})`, `f:rmdir(x)`, `f:remove(x)`, `f:rename(x, "b")`, `f:rename("a", x)`,
		`f:ls(x)`, `f:walk(x)`, `f:stat(x)`, `f:size(x)`, `f:read(x)`, `f:lines(x)`, `f:write(x, "data")`, `f:append(x, "data")`, `f:cmd(x)`,
		`f:get(x, "here")`, `f:put("here", x)`, `f:get_dir(x, "here")`, `f:put_dir("here", x)`,
		`ftp.connect{host="127.0.0.1", port=port, user=x}`, `ftp.connect{host="127.0.0.1", port=port, password=x}`, `ftp.connect{host=x, port=port}`,
	}
	var script strings.Builder
	script.WriteString(login + "fs.write('here', 'x')\nlocal before = true\n")
	for _, call := range calls {
		for _, c := range []string{`\r`, `\n`, `\0`} {
			fmt.Fprintf(&script, "do local x = 'a%sDELE b' local ok, e = pcall(function() %s end) assert(not ok and e.kind == 'args.invalid', [[%s]]) end\n", c, call, call)
		}
	}
	script.WriteString("f:noop()")
	against(t, f, nil).Run(t, script.String())
	if got, want := f.commands(), "USER u\nPASS s3cret\nFEAT\nTYPE I\nOPTS UTF8 ON\nNOOP\nQUIT"; got != want {
		t.Errorf("heard\n%s\nwant\n%s", got, want)
	}
}

func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	echo := func(c *fakeConn, arg string) { c.say("530-you said "+arg, "530 and "+arg+" is wrong") }
	f := (&fake{answers: map[string]func(*fakeConn, string){"PASS": echo}}).start(t)
	w := against(t, f, nil)
	out := w.Run(t, `
		local ftp = require "ftp"
		local ok, e = pcall(ftp.connect, {host="127.0.0.1", port=port, user="u", password="s3cret", debug=function(dir, line) print(dir .. line) end})
		print(e.kind, e.code, tostring(e), e.text, e.hint)`)
	if strings.Contains(out, "s3cret") || !strings.Contains(out, ">PASS ****") || !strings.Contains(out, "ftp.auth\t530") {
		t.Error(out)
	}
	e := w.Fail(t, "ftp.auth", `require("ftp").connect{host="127.0.0.1", port=port, user="u", password="s3cret"}`)
	if strings.Contains(fmt.Sprintf("%+v %v", e, e.Cause), "s3cret") {
		t.Errorf("%+v", e)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		answers map[string]func(*fakeConn, string)
		script  string
		kind    string
		code    int
		retry   bool
	}{
		{nil, login + `f:get("missing", "b")`, "ftp.reply", 550, false},
		{nil, login + `f:size("missing")`, "ftp.reply", 550, false},
		{map[string]func(*fakeConn, string){"DELE": func(c *fakeConn, _ string) { c.say("450 busy") }}, login + `f:remove("a")`, "ftp.reply", 450, true},
		{map[string]func(*fakeConn, string){"USER": func(c *fakeConn, _ string) { c.say("332 account?") }}, login, "ftp.auth", 332, false},
		{map[string]func(*fakeConn, string){"USER": func(c *fakeConn, _ string) { c.say("421 too many") }}, login, "ftp.reply", 421, true},
	}
	for _, test := range tests {
		f := (&fake{answers: test.answers}).start(t)
		e := against(t, f, nil).Fail(t, test.kind, test.script)
		if e.Code != test.code || e.Retryable != test.retry || e.Fields["text"] == "" {
			t.Errorf("%+v", e)
		}
	}
	f := (&fake{greeting: "421 \x1b[31mfull\x1b[0m"}).start(t)
	if e := against(t, f, nil).Fail(t, "ftp.reply", login); e.Code != 421 || strings.Contains(e.Error(), "\x1b") {
		t.Errorf("%+v", e)
	}
}

func TestUploadIsVerified(t *testing.T) {
	t.Parallel()
	f := (&fake{answers: map[string]func(*fakeConn, string){
		"SIZE": func(c *fakeConn, _ string) { c.say("213 3") },
	}}).start(t)
	against(t, f, nil).Fail(t, "transfer.incomplete", login+`f:write("a", "hello")`)
	if got := f.commands(); strings.Contains(got, "RNTO") || !strings.Contains(got, "DELE a.part-") {
		t.Errorf("heard\n%s", got)
	}
}
