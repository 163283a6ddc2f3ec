package ftp_test

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// The lines of the issue, as they are written there.
const issue = `
	f:put("a.bin", "dir/a.bin", {progress=true});  f:get("dir/a.bin", "b.bin")
	local e = f:ls("dir")[1]
	print(e.name, e.size, e.type, e.mtime > 1.6e9)
	print(f:stat("dir/a.bin").size, f:stat("dir").type, f:stat("nothing"), f:size("dir/a.bin"))
	f:mkdir("new"); f:cd("new"); print(f:pwd()); f:cd("..")
	f:rename("dir/a.bin", "new/c.bin"); f:remove("new/c.bin"); f:rmdir("new"); f:rmdir("dir")
	print(#f:ls())
	local up = f:put_dir("tree", "far/away")
	local down = f:get_dir("far", "near")
	print(up.files, up.bytes, #up.refused, down.files, down.bytes, #down.refused)
	for e in f:walk("far") do io.write(e.path, " ") end print()
	f:append("log", "one\n") f:append("log", "two\n") f:append("log", "")
	for line in f:lines("log") do io.write(line, ",") end print(f:read("log") == "one\ntwo\n")
	f:write("empty", "") print(f:size("empty"), f:read("empty") == "")
	f:write("log", "new") print(f:read("log"))
	f:close()
`

const expected = `a.bin	3000000	file	true
3000000	dir	nil	3000000
/new
0
2	7	0	2	7	0
far/away far/away/one.txt far/away/sub far/away/sub/two.txt 
one,two,true
0	true
new
`

func TestLinesOfTheIssue(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"none", "explicit", "implicit"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			content := make([]byte, 3_000_000)
			rand.Read(content)
			write(t, w, "a.bin", content)
			write(t, w, "tree/one.txt", []byte("one"))
			write(t, w, "tree/sub/two.txt", []byte("two2"))
			if err := os.Mkdir(filepath.Join(w.Dir, "dir"), 0o777); err != nil {
				t.Fatal(err)
			}
			w.Env = []string{"SSL_CERT_FILE=" + filepath.Join(w.Dir, "ca.pem")}
			w.Globals = map[string]any{"mode": mode}
			out := w.Run(t, `
				local ftp, fs = require "ftp", require "fs"
				local tls = ({none="none", explicit="self-signed", implicit="implicit"})[mode]
				local srv = ftp.serve{listen="127.0.0.1:0", root="dir", users={u="p"}, tls=tls}
				if srv.ca ~= "" then fs.write("ca.pem", srv.ca) end
				local h, p = "127.0.0.1", srv.port
				local f = ftp.connect{host=h, port=p, user="u", password="p", tls=mode}
				assert(f.secure == (mode ~= "none") and f.welcome == "gscript" and f.port == p)`+issue)
			if out != expected {
				t.Errorf("printed\n%s", out)
			}
			got, err := os.ReadFile(filepath.Join(w.Dir, "b.bin"))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("b.bin has %d bytes, %v", len(got), err)
			}
			if got := files(t, filepath.Join(w.Dir, "near")); got != "away/one.txt away/sub/two.txt" {
				t.Errorf("near holds %s", got)
			}
			if got := files(t, filepath.Join(w.Dir, "dir")); got != "empty far/away/one.txt far/away/sub/two.txt log" {
				t.Errorf("the server holds %s", got)
			}
		})
	}
}

func write(t *testing.T, w *moduletest.World, name string, content []byte) {
	t.Helper()
	path := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// Servers such as vsftpd with require_ssl_reuse take data connections only from
// whoever holds the control connection's session, and an upload is complete for
// them when TLS was ended, not only TCP.
func TestDataConnectionsResumeTheSession(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
		conf, ca := certificate(t)
		conf.MinVersion, conf.MaxVersion = version, version
		type seen struct {
			resumed bool
			n       int64
			err     error
		}
		uploads := make(chan seen, 8)
		f := (&fake{tls: conf, answers: map[string]func(*fakeConn, string){
			"STOR": func(c *fakeConn, _ string) {
				c.say("150 send it")
				conn := c.accept().(*tls.Conn)
				n, err := io.Copy(io.Discard, conn) // nil only after close_notify
				uploads <- seen{conn.ConnectionState().DidResume, n, err}
				conn.Close()
				c.say("226 got it")
			},
		}}).start(t)
		against(t, f, map[string]string{"mode": "explicit", "ca": ca, "max": name}).Run(t, readTLS+login+`
			for i = 1, 3 do f:write("a", ("x"):rep(100000), {atomic=false}) end
			f:write("a", "", {atomic=false})`)
		for i, want := range []int64{100000, 100000, 100000, 0} {
			if got := <-uploads; !got.resumed || got.n != want || got.err != nil {
				t.Errorf("TLS %s, upload %d: %+v", name, i+1, got)
			}
		}
	}
}

// The library's reader of passive replies knows the server's name only; what is
// granted may be the name as well.
func TestGrantByName(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"a": "hello"}}).start(t)
	w := against(t, f, nil)
	p := (host.Permissions{}).Allow(host.Net, "localhost")
	w.Permissions = &p
	out := w.Run(t, strings.Replace(login, "127.0.0.1", "localhost", 1)+`print(f:read("a"))`)
	if out != "hello\n" {
		t.Error(out)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("0123456789", 100_000)
	cutAt := 400_000
	var cut bool
	var stored strings.Builder
	f := (&fake{files: map[string]string{"big": whole}}).start(t)
	offset := 0
	f.answers = map[string]func(*fakeConn, string){
		"MLST": func(c *fakeConn, _ string) {
			c.say("250-it", " type=file;size=1000000;modify=20260102030405; big", "250 end")
		},
		"REST": func(c *fakeConn, arg string) {
			for _, d := range arg {
				offset = offset*10 + int(d-'0')
			}
			c.say("350 from there")
		},
		"RETR": func(c *fakeConn, arg string) {
			if !cut {
				cut = true
				c.send(whole[:cutAt], "426 cut")
				return
			}
			c.send(whole[offset:], "226 done")
		},
		"SIZE": func(c *fakeConn, arg string) {
			if strings.Contains(arg, ".part-") && stored.Len() > 0 {
				c.say("213 " + itoa(stored.Len()))
				return
			}
			c.say("550 none")
		},
	}
	take := func(limit int64) func(c *fakeConn, arg string) {
		return func(c *fakeConn, _ string) {
			c.say("150 send it")
			conn := c.accept()
			io.Copy(&stored, io.LimitReader(conn, limit))
			if limit < int64(len(whole)) {
				conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
				c.say("426 cut")
				return
			}
			conn.Close()
			c.say("226 got it")
		}
	}
	f.answers["STOR"], f.answers["APPE"] = take(int64(cutAt)), take(1<<40)
	w := against(t, f, nil)
	write(t, w, "up.bin", []byte(whole))
	w.Run(t, login+`
		local ok, e = pcall(f.get, f, "big", "big", {resume=true})
		assert(not ok and e.kind == "transfer.incomplete", tostring(e))
		assert(not fs.exists("big"))
		local first
		local n = f:get("big", "big", {resume=true, progress=function(done) first = first or done end})
		assert(n == 600000 and first >= 400000, n)
		local ok, e = pcall(f.put, f, "up.bin", "up.bin", {resume=true})
		assert(not ok and e.retryable, tostring(e))
		assert(f:put("up.bin", "up.bin", {resume=true}) == 600000)`)
	if got, _ := os.ReadFile(filepath.Join(w.Dir, "big")); string(got) != whole {
		t.Errorf("the download has %d bytes", len(got))
	}
	if stored.String() != whole {
		t.Errorf("the upload has %d bytes", stored.Len())
	}
	if got := files(t, w.Dir); got != "big up.bin" {
		t.Errorf("left: %s", got)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestTasksShareAConnection(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local ftp, fs, async = require "ftp", require "fs", require "async"
		fs.mkdir("site")
		local srv = ftp.serve{root="site", users={u="p"}}
		local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p"}
		local tasks = {}
		for i = 1, 8 do tasks[i] = async.spawn(function() f:write(i .. ".txt", ("x"):rep(i)) return #f:read(i .. ".txt") end) end
		for i, task in ipairs(tasks) do io.write(task:await(), " ") end
		print(#f:ls())
		fs.write("big", ("x"):rep(1000000))
		local ok, e = pcall(f.put, f, "big", "big", {progress=function() f:noop() end})
		print(ok, e.message)
		print(f:stat("big"))`)
	if want := "1 2 3 4 5 6 7 8 8\nfalse\tthe connection is in the middle of ftp.Client:put\nnil\n"; out != want {
		t.Errorf("%s", out)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local ftp, fs = require "ftp", require "fs"
		fs.mkdir("site")
		local srv = ftp.serve{root="site", users={u="p"}}
		local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p"}
		f:close() f:close()
		print(select(2, pcall(f.pwd, f)).kind)
		srv:stop() srv:close()
		print(select(2, pcall(ftp.connect, {host=srv.host, port=srv.port})).kind)`)
	if out != "handle.closed\nnet.refused\n" {
		t.Error(out)
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local ftp, fs = require "ftp", require "fs"
		fs.mkdir("site")
		local srv = ftp.serve{root="site", users={u="p"}}
		local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p", debug=function(dir, line) print(dir .. line) end}
		f:cd("/")
		local g = ftp.connect{host=srv.host, port=srv.port, user="u", password="p", debug=function(dir, line) if line == "NOOP" then error("no more") end end}
		print(select(2, pcall(g.noop, g)):match("no more"), select(2, pcall(g.pwd, g)).kind)`)
	want := "<220 gscript\n>USER u\n<331 OK\n>PASS ****\n"
	if !strings.HasPrefix(out, want) || !strings.Contains(out, ">CWD /\n<250 CD worked on /\n") || !strings.HasSuffix(out, "no more\tnet.closed\n") {
		t.Error(out)
	}
}

func TestRawCommands(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local ftp, fs = require "ftp", require "fs"
		fs.mkdir("site")
		local srv = ftp.serve{root="site", users={u="p"}}
		local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p"}
		f:write("a", "x")
		print(f:cmd("SITE CHMOD 600 a"))
		print(f:cmd("NONSENSE", {check=false}))
		local ok, e = pcall(f.cmd, f, "NONSENSE") print(e.kind, e.code)
		for _, c in ipairs{"AUTH TLS", "prot c", "QUIT", "RETR a", "PORT 127,0,0,1,0,25", ""} do
			print(select(2, pcall(f.cmd, f, c)).kind)
		end`)
	want := "200\tSITE CHMOD command successful\n500\tUnknown command \"NONSENSE\"\nftp.reply\t500\n" + strings.Repeat("args.invalid\n", 6)
	if out != want {
		t.Error(out)
	}
}
