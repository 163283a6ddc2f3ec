package ftp_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// An upload that our side breaks off must not look complete to the server.
func TestBrokenUploadLooksBroken(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	for _, mode := range []string{"none", "explicit"} {
		ends := make(chan error, 1)
		f := (&fake{tls: conf, answers: map[string]func(*fakeConn, string){
			"STOR": func(c *fakeConn, _ string) {
				c.say("150 send it")
				conn := c.accept()
				_, err := io.Copy(io.Discard, conn)
				ends <- err
				conn.Close()
				c.say("426 cut")
			},
		}}).start(t)
		w := against(t, f, map[string]string{"mode": mode, "ca": ca})
		write(t, w, "big", make([]byte, 1<<20))
		out := w.Run(t, readTLS+login+`
			local ok, e = pcall(f.put, f, "big", "big", {progress=function() error("enough") end})
			print(ok, tostring(e):match("enough"))
			f:noop()`)
		if out != "false\tenough\n" {
			t.Error(out)
		}
		if err := <-ends; err == nil {
			t.Errorf("tls=%s: the server saw a regular end", mode)
		}
		if got := f.commands(); strings.Contains(got, "RNTO") || !strings.Contains(got, "DELE big.part-") {
			t.Errorf("heard\n%s", got)
		}
	}
}

// Where nobody tells the size, the end of TLS is what tells a whole file.
func TestRaggedEndWithoutASize(t *testing.T) {
	t.Parallel()
	conf, ca := certificate(t)
	no := func(c *fakeConn, _ string) { c.say("502 no") }
	for _, size := range []string{"", "213 3", "213 5"} {
		f := (&fake{tls: conf}).start(t)
		asked := 0
		f.answers = map[string]func(*fakeConn, string){
			"MLST": no, "SIZE": func(c *fakeConn, arg string) {
				if asked++; asked%2 == 0 && size != "" { // not before the transfer
					c.say(size)
					return
				}
				no(c, arg)
			},
			"RETR": func(c *fakeConn, _ string) {
				c.say("150 here it comes")
				tcp, _ := c.data.Accept()
				io.WriteString(tls.Server(tcp, conf), "hel")
				tcp.Close()
				c.say("226 done")
			},
		}
		w := against(t, f, map[string]string{"mode": "explicit", "ca": ca})
		if size == "213 3" {
			if out := w.Run(t, readTLS+login+`print(f:get("a", "b"))`); out != "3\n" {
				t.Error(out)
			}
			continue
		}
		w.Fail(t, "transfer.incomplete", readTLS+login+`f:get("a", "b")`)
		if got := files(t, w.Dir); got != "" {
			t.Errorf("left behind: %s", got)
		}
	}
}

func TestServersWithoutFacts(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"/pub/a": "hello"}, listing: "total 1\r\n-rw-r--r-- 1 u g 5 Jan  2 2026 a\r\ndrwxr-xr-x 2 u g 4096 Jan  2 2026 sub\r\nlrwxrwxrwx 1 u g 4 Jan  2 2026 l -> /etc\r\n"}).start(t)
	f.answers = map[string]func(*fakeConn, string){
		"MLSD": func(c *fakeConn, _ string) { c.say("500 never heard of it") }, // though FEAT says MLST
		"MDTM": func(c *fakeConn, _ string) { c.say("213 20260102030405.5") },
	}
	out := against(t, f, nil).Run(t, login+`
		for _, e in ipairs(f:ls("/pub")) do print(e.name, e.path, e.size, e.type, e.mode, e.target) end
		local e = f:stat("/pub/a") print(e.name, e.path, e.size, e.type, e.mtime == 1767323045.5)
		print(f:stat("/pub/sub").type, f:stat("/pub/none"), f:stat("/").type)
		f:ls("-rf")`)
	want := "a\t/pub/a\t5\tfile\trw-r--r--\t\nl\t/pub/l\t4\tlink\trwxrwxrwx\t/etc\nsub\t/pub/sub\t0\tdir\trwxr-xr-x\t\n" +
		"a\t/pub/a\t5\tfile\ttrue\ndir\tnil\tdir\n"
	if out != want {
		t.Errorf("printed\n%s", out)
	}
	if got := f.commands(); !strings.Contains(got, "\nLIST ./-rf") {
		t.Errorf("heard\n%s", got)
	}
}

func TestUnreadableListing(t *testing.T) {
	t.Parallel()
	f := (&fake{listing: "type=file; good\r\n<html>\r\n"}).start(t)
	w := against(t, f, nil)
	for _, call := range []string{`f:ls()`, `f:get_dir("d", "tree")`, `for e in f:walk() do end`} {
		w.Fail(t, "ftp.protocol", login+call)
	}
}

// Servers differ in what they let be renamed.
func TestRenameAtTheEndOfAnUpload(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"old": "x"}}).start(t)
	removed := false
	f.answers = map[string]func(*fakeConn, string){
		"MLST": func(c *fakeConn, _ string) { c.say("250-it", " type=file;size=1; old", "250 end") },
		"DELE": func(c *fakeConn, arg string) { removed = removed || arg == "old"; c.say("250 gone") },
		"RNTO": func(c *fakeConn, _ string) {
			if !removed {
				c.say("553 it is there")
				return
			}
			c.say("250 ok")
		},
	}
	against(t, f, nil).Run(t, login+`f:write("old", "new")`)
	f.answers["RNTO"] = func(c *fakeConn, _ string) { c.say("550 never") }
	e := against(t, f, nil).Fail(t, "ftp.reply", login+`f:write("old", "new")`)
	if !strings.Contains(e.Hint, "atomic=false") {
		t.Error(e.Hint)
	}
}

func TestCloseCutsATransferOfAnotherTask(t *testing.T) {
	t.Parallel()
	f := (&fake{files: map[string]string{"a": "hello"}, answers: map[string]func(*fakeConn, string){
		"RETR": func(c *fakeConn, _ string) { c.say("150 soon") },
	}}).start(t)
	w := against(t, f, nil)
	out := w.Run(t, `local async = require "async"`+login+`
		local task = async.spawn(function() local ok, e = pcall(f.get, f, "a", "a") return e.kind end)
		while not fs.ls(".")[1] do async.sleep(0.01) end -- the part is there: the transfer has begun
		f:close()
		print(task:await(), fs.ls(".")[1])`)
	if out != "net.closed\tnil\n" && out != "transfer.incomplete\tnil\n" {
		t.Error(out)
	}
}

// The listener that the library opens on all addresses must not take anybody.
func TestNoListenerOnAllAddresses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	raw(t, ``, func(t *testing.T, _ string, say func(string) string, _ func(string) net.Conn) {
		say("USER u")
		say("PASS p")
		for range 20 {
			if got := say("EPSV"); !strings.HasPrefix(got, "229") {
				t.Fatal(got)
			}
			if len(listeningEverywhere(t)) == 0 {
				return // other tests may be between opening one and making it deaf
			}
		}
		t.Errorf("sockets listen on all addresses: %v", listeningEverywhere(t))
	})
}

// listeningEverywhere returns the sockets of this process that listen on every
// address.
func listeningEverywhere(t *testing.T) []string {
	t.Helper()
	own := map[string]bool{}
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if link, err := os.Readlink(fd); err == nil {
			own[link] = true
		}
	}
	var found []string
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		b, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(b), "\n") {
			f := strings.Fields(line)
			if len(f) > 9 && f[3] == "0A" && strings.Trim(f[1][:strings.Index(f[1], ":")], "0") == "" && own["socket:["+f[9]+"]"] {
				found = append(found, f[1])
			}
		}
	}
	return found
}
