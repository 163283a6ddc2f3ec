package ftp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

const served = `
	local ftp, fs = require "ftp", require "fs"
	if not fs.exists("site") then fs.mkdir("site") end
	local function login(srv, user, password)
		return ftp.connect{host="127.0.0.1", port=srv.port, user=user or "u", password=password or "p"}
	end
	local function kind(f, ...) local ok, e = pcall(f, ...) return ok and "done" or e.kind .. " " .. tostring(e.code) end
`

func TestLogin(t *testing.T) {
	t.Parallel()
	out := run(t, served+`
		local srv = ftp.serve{root="site", users={u="p", v=""}, anonymous=true}
		print(kind(login, srv), kind(login, srv, "u", "q"), kind(login, srv, "x", "p"), kind(login, srv, "v", "guess"))
		local guest = ftp.connect{host="127.0.0.1", port=srv.port}
		print(#guest:ls(), kind(guest.write, guest, "a", "x"))
		local ro = ftp.serve{root="site", users={u="p"}, readonly=true}
		fs.write("site/there", "x")
		local f = login(ro)
		print(f:read("there"), kind(f.write, f, "a", "x"), kind(f.append, f, "there", "x"), kind(f.remove, f, "there"), kind(f.mkdir, f, "d"), kind(f.rename, f, "there", "b"))
		print(select(2, pcall(ftp.serve, {root="site"})).hint)`)
	want := "done\tftp.auth 530\tftp.auth 530\tftp.auth 530\n0\tftp.reply 550\nx\tftp.reply 550\tftp.reply 550\tftp.reply 550\tftp.reply 550\tftp.reply 550\n" +
		"give users={name=\"password\"}, or anonymous=true for reading without a password\n"
	if out != want {
		t.Errorf("%s", out)
	}
}

func TestNothingLeavesTheRoot(t *testing.T) {
	t.Parallel()
	w := world(t)
	write(t, w, "secret.txt", []byte("secret"))
	write(t, w, "site/in.txt", []byte("inside"))
	for link, target := range map[string]string{"out": "..", "file": "../secret.txt", "abs": filepath.Join(w.Dir, "secret.txt"), "loop": ".", "same": "in.txt"} {
		moduletest.Symlink(t, target, filepath.Join(w.Dir, "site", link))
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "site", "two\r\ntype=file; lines"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	out := w.Run(t, served+`
		local srv = ftp.serve{root="site", users={u="p"}}
		local f = login(srv)
		for _, e in ipairs(f:ls()) do io.write(e.name, " ") end print(f:read("same"))
		for _, path in ipairs{"../secret.txt", "/../../secret.txt", "out/secret.txt", "file", "abs"} do io.write(kind(f.read, f, path), ",") end print()
		f:write("../secret.txt", "x", {atomic=false}) f:append("file2", "x")
		for _, path in ipairs{"out/secret.txt", "file", "abs"} do
			io.write(kind(f.append, f, path, "x"), ",", kind(f.remove, f, path .. "/x"), ",", kind(f.rename, f, "in.txt", path .. "/y"), ",")
		end
		f:write("file", "x", {atomic=false}) f:write("abs", "x")
		print(kind(f.cd, f, "out"), kind(f.mkdir, f, "out/d"), kind(f.ls, f, "out"))
		print(fs.read("secret.txt"), fs.exists("d"))`)
	lines := strings.Split(out, "\n")
	if lines[0] != "in.txt same inside" {
		t.Errorf("listed %s", lines[0])
	}
	refused := "ftp.reply 550"
	if want := strings.Repeat(refused+",", 5); lines[1] != want {
		t.Errorf("read: %s", lines[1])
	}
	if want := strings.Repeat(refused+",", 9) + strings.Join([]string{refused, refused, refused}, "\t"); lines[2] != want {
		t.Errorf("changed: %s", lines[2])
	}
	if lines[3] != "secret\tfalse" {
		t.Error(lines[3])
	}
}

func TestOnUpload(t *testing.T) {
	t.Parallel()
	out := run(t, served+`
		local srv
		srv = ftp.serve{root="site", users={u="p"}, on_upload=function(path, size, user)
			print(path, size, user, fs.read("site/" .. path))
			if path == "bad" then error("no such thing as a good file") end
		end}
		local f = login(srv)
		f:write("d/a", "whole")
		f:write("b", "direct", {atomic=false})
		f:append("b", "!")
		f:rename("b", "c")
		print(kind(f.write, f, "bad", "x", {atomic=false}))
		f:close()`)
	want := "d/a\t5\tu\twhole\nb\t6\tu\tdirect\nb\t7\tu\tdirect!\nbad\t1\tu\tx\nftp.reply 550\n"
	if out != want {
		t.Errorf("%s", out)
	}
	out = run(t, served+`
		local srv
		srv = ftp.serve{root="site", users={u="p"}, on_upload=function() srv:stop() end}
		local f = login(srv)
		print(kind(f.write, f, "a", "x", {atomic=false}):match("^[%a_]+%.[%a_]+"))`)
	if out != "net.closed\n" {
		t.Error(out)
	}
}

// raw speaks to a server of the module from Go, while the script waits.
func raw(t *testing.T, options string, speak func(t *testing.T, dir string, say func(line string) string, dial func(reply string) net.Conn)) {
	t.Helper()
	w := world(t)
	write(t, w, "site/old", []byte("old"))
	w.Globals = map[string]any{"speak": func(port int) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		hear := func() string {
			line, _ := r.ReadString('\n')
			return strings.TrimSpace(line)
		}
		hear()
		say := func(line string) string {
			if line != "" {
				io.WriteString(conn, line+"\r\n")
			}
			return hear()
		}
		speak(t, filepath.Join(w.Dir, "site"), say, func(reply string) net.Conn {
			var port int
			if _, err := fmt.Sscanf(reply[strings.Index(reply, "("):], "(|||%d|)", &port); err != nil {
				t.Error(reply, err)
			}
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				t.Error(err)
			}
			return conn
		})
	}}
	w.Run(t, served+`local srv = ftp.serve{root="site", users={u="p"}`+options+`} speak(srv.port) srv:stop()`)
}

func TestCutUpload(t *testing.T) {
	t.Parallel()
	raw(t, ``, func(t *testing.T, dir string, say func(string) string, dial func(string) net.Conn) {
		say("USER u")
		say("PASS p")
		for _, name := range []string{"new", "old"} {
			conn := dial(say("EPSV"))
			if got := say("STOR " + name); !strings.HasPrefix(got, "150") {
				t.Fatal(got)
			}
			io.WriteString(conn, "half of")
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
			if got := say(""); got[0] == '2' {
				t.Errorf("a cut upload of %s ends with %s", name, got)
			}
		}
		if b, _ := os.ReadFile(filepath.Join(dir, "old")); string(b) != "old" || files(t, dir) != "old" {
			t.Errorf("old is %q among %s", b, files(t, dir))
		}
	})
}

func TestServerRequiresTLS(t *testing.T) {
	t.Parallel()
	raw(t, `, tls="self-signed"`, func(t *testing.T, _ string, say func(string) string, _ func(string) net.Conn) {
		if got := say("USER u"); !strings.HasPrefix(got, "421") {
			t.Error(got)
		}
	})
}

func TestServerDialsNobody(t *testing.T) {
	t.Parallel()
	raw(t, ``, func(t *testing.T, _ string, say func(string) string, _ func(string) net.Conn) {
		say("USER u")
		say("PASS p")
		for _, command := range []string{"PORT 127,0,0,1,0,25", "EPRT |1|127.0.0.1|25|"} {
			if got := say(command); got[0] == '2' {
				t.Errorf("%s: %s", command, got)
			}
		}
	})
}

// Data connections are taken only where the server itself listens: not on all
// addresses of the machine, as the library would.
func TestPassiveListensWhereTheServerDoes(t *testing.T) {
	t.Parallel()
	raw(t, ``, func(t *testing.T, _ string, say func(string) string, _ func(string) net.Conn) {
		say("USER u")
		say("PASS p")
		var port int
		fmt.Sscanf(strings.SplitN(say("EPSV"), "(", 2)[1], "|||%d|)", &port)
		if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.2:%d", port)); err == nil {
			conn.Close()
			t.Error("the data port is open on another address")
		}
	})
}

func TestServerPermissions(t *testing.T) {
	t.Parallel()
	script := `
		local ftp = require "ftp"
		local srv = ftp.serve{root="site", users={u="p"}, readonly=readonly}
		local f = ftp.connect{host="127.0.0.1", port=srv.port, user="u", password="p"}
		print(f:read("there"))`
	base := (host.Permissions{}).Allow(host.Net, "127.0.0.1")
	tests := []struct {
		name     string
		p        host.Permissions
		readonly bool
		flag     string
	}{
		{"all that it needs", base.Allow(host.Listen, "127.0.0.1").Allow(host.Read, "site").Allow(host.Write, "site"), false, ""},
		{"read only", base.Allow(host.Listen, "127.0.0.1").Allow(host.Read, "site"), true, ""},
		{"no write", base.Allow(host.Listen, "127.0.0.1").Allow(host.Read, "site"), false, "--allow-write"},
		{"no read", base.Allow(host.Listen, "127.0.0.1").Allow(host.Write, "site"), false, "--allow-read"},
		{"no listen", base.Allow(host.Read).Allow(host.Write), false, "--allow-listen"},
		{"one port only", base.Allow(host.Listen, "127.0.0.1:1").Allow(host.Read).Allow(host.Write), false, "--allow-listen"},
	}
	for _, test := range tests {
		w := world(t)
		write(t, w, "site/there", []byte("x"))
		w.Permissions = &test.p
		w.Globals = map[string]any{"readonly": test.readonly}
		if test.flag == "" {
			if out := w.Run(t, script); out != "x\n" {
				t.Errorf("%s: %s", test.name, out)
			}
			continue
		}
		if e := w.Fail(t, "permission.denied", script); !strings.Contains(e.Hint, test.flag) {
			t.Errorf("%s: %s", test.name, e.Hint)
		}
	}
}

// Closing cuts off whoever is connected, also in the middle of a transfer.
func TestStop(t *testing.T) {
	t.Parallel()
	out := run(t, `
		local async = require "async"`+served+`
		local srv = ftp.serve{root="site", users={u="p"}}
		local idle, busy = login(srv), login(srv)
		fs.write("big", ("x"):rep(1000000))
		local task = async.spawn(function()
			return kind(busy.put, busy, "big", "big", {progress=function() srv:stop() async.sleep(0.05) end})
		end)
		local k = task:await()
		print(k ~= "done", kind(idle.noop, idle) ~= "done", fs.exists("site/big"))`)
	if out != "true\ttrue\tfalse\n" {
		t.Error(out)
	}
}
