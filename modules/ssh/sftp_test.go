package ssh

import (
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
)

// withTree is a session on our own server, rooted in "served".
const withTree = `
	local ssh, fs = require "ssh", require "fs"
	fs.mkdir("served", {parents=true})
	local srv = ssh.serve{users={u="p"}, sftp={root="served"}}
	local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
	local s = c:sftp()
	local function fails(kind, f, ...)
		local ok, e = pcall(f, ...)
		assert(not ok, "it succeeds")
		assert(e.kind == kind, e.kind .. ": " .. tostring(e))
		return e
	end
`

func TestSFTPMethods(t *testing.T) {
	t.Parallel()
	newWorld(t).Run(t, withTree+`
		-- whole files
		fs.write("a.bin", ("0123456789"):rep(300000))
		local seen, last = 0
		assert(s:put("a.bin", "x/y/a.bin", {progress=function(done, total, name)
			seen, last = seen + 1, done
			assert(total == 3000000 and name == "a.bin")
		end}) == 3000000)
		assert(seen > 0 and last == 3000000)
		assert(fs.read("served/x/y/a.bin") == fs.read("a.bin"))
		assert(s:get("x/y/a.bin", "b.bin") == 3000000 and fs.read("b.bin") == fs.read("a.bin"))
		assert(#s:ls("x/y") == 1, "a temporary file is left")
		fails("fs.not_found", s.put, s, "a.bin", "none/a.bin", {parents=false})
		fails("fs.not_found", s.get, s, "nothing", "n")
		assert(not fs.exists("n"))
		fails("args.invalid", s.get, s, "x", "n")

		-- a file that is replaced keeps its permissions
		s:write("run.sh", "old") s:chmod("run.sh", "755")
		s:write("run.sh", "new")
		assert(s:stat("run.sh").mode == "rwxr-xr-x" and s:read("run.sh") == "new")
		s:write("direct", "1", {atomic=false}) s:write("direct", "22", {atomic=false})
		assert(s:read("direct") == "22")
		assert(fails("ssh.too_large", s.read, s, "x/y/a.bin", {max="1KiB"}))

		-- names
		assert(s:cd("x") == "/x" and s:pwd() == "/x")
		assert(s:size("y/a.bin") == 3000000 and s:size("/x/y/a.bin") == 3000000)
		assert(s:ls()[1].path == "y" and s:ls("y")[1].path == "y/a.bin")
		fails("args.invalid", s.cd, s, "y/a.bin")
		s:cd("/")
		fails("fs.exists", s.mkdir, s, "x")
		s:mkdir("x/p/q", {parents=true}) s:mkdir("x", {parents=true})
		s:write("one", "1") s:write("two", "2")
		fails("fs.exists", s.rename, s, "one", "two")
		s:rename("one", "two", {replace=true})
		assert(s:read("two") == "1" and s:stat("one") == nil)
		fails("args.invalid", s.remove, s, "x/p/q")
		fails("ssh.sftp", s.rmdir, s, "x/p")
		s:rmdir("x/p/q")
		fails("fs.not_found", s.remove, s, "one")
		fails("fs.not_found", s.size, s, "one")
		for _, f in ipairs{"ls", "stat", "mkdir", "rmdir", "remove", "cd", "size", "read", "get", "readlink", "walk"} do
			for _, bad in ipairs{"a\nb", "a\rb", "a\0b"} do fails("args.invalid", s[f], s, bad) end
		end
		fails("args.invalid", s.chmod, s, "two", "888")
		fails("args.invalid", s.chmod, s, "two", "4755")

		-- links
		s:symlink("two", "link")
		assert(s:readlink("link") == "two" and s:read("link") == "1")
		assert(s:stat("link").type == "file" and s:stat("link", {follow=false}).type == "link")
		assert(s:stat("link", {follow=false}).target == "two")

		-- trees
		fs.mkdir("tree/sub/empty", {parents=true})
		fs.write("tree/a", "a") fs.write("tree/sub/b", ("b"):rep(70000))
		local r = s:put_dir("tree", "deep/up")
		assert(r.files == 2 and r.bytes == 70001 and #r.refused == 0)
		assert(s:stat("deep/up/sub/empty").type == "dir")
		s:symlink("../a", "deep/up/sub/l")
		r = s:get_dir("deep/up", "down")
		assert(r.files == 2 and r.bytes == 70001 and #r.refused == 1, r.files)
		assert(fs.read("down/sub/b") == fs.read("tree/sub/b") and fs.stat("down/sub/empty"))

		-- a callback that raises stops the transfer
		local ok, e = pcall(s.get, s, "x/y/a.bin", "stopped", {progress=function() error("stop it", 0) end})
		assert(not ok and e == "stop it", tostring(e))
		assert(not fs.exists("stopped"))
		ok, e = pcall(s.put, s, "a.bin", "stopped", {progress=function() error("stop it", 0) end})
		assert(not ok and e == "stop it", tostring(e))
		assert(s:stat("stopped") == nil)
		for e in s:walk() do assert(not e.name:find("part", 1, true), e.name) end

		local ro = ssh.serve{users={u="p"}, sftp={root="served", readonly=true}}
		local d = ssh.connect{host="127.0.0.1", port=ro.port, user="u", password="p", host_key=ro.host_key}:sftp()
		assert(d:read("two") == "1")
		assert(fails("fs.permission", d.write, d, "three", "3").message == "the server refuses access")

		s:close()
		fails("handle.closed", s.ls, s)
		assert(c:sftp():read("two") == "1")
		c:close()
	`)
}

func TestResume(t *testing.T) {
	t.Parallel()
	var (
		mu      sync.Mutex
		healthy bool
		offsets []int64
	)
	s := &shelf{files: map[string][]byte{"/a.bin": bigData()}}
	broken := func(off int64) error {
		mu.Lock()
		defer mu.Unlock()
		offsets = append(offsets, off)
		if !healthy && off > big/2 {
			return errors.New("broken")
		}
		return nil
	}
	s.readAt = func(_ string, _ []byte, off int64) error { return broken(off) }
	s.writeAt = broken
	p, _ := s.peer()
	w := newWorld(t)
	writeFile(t, w.Dir, "up.bin", string(bigData()))
	w.Globals = map[string]any{"heal": func(h bool) {
		mu.Lock()
		defer mu.Unlock()
		healthy, offsets = h, nil
	}, "lowest": func() int64 {
		mu.Lock()
		defer mu.Unlock()
		return slices.Min(offsets)
	}}
	w.Run(t, p.dialing(p.start(t), "")+`
		local s = c:sftp()
		assert(not pcall(s.get, s, "/a.bin", "down.bin", {resume=true}))
		assert(not fs.exists("down.bin"))
		heal(true)
		assert(s:get("/a.bin", "down.bin", {resume=true}) < 1000003)
		assert(lowest() > 0, "it began anew")
		assert(fs.read("down.bin") == fs.read("up.bin"))

		heal(false)
		assert(not pcall(s.put, s, "up.bin", "/up.bin", {resume=true}))
		assert(s:stat("/up.bin") == nil)
		heal(true)
		assert(s:put("up.bin", "/up.bin", {resume=true}) < 1000003)
		assert(lowest() > 0, "it began anew")
		assert(s:read("/up.bin") == fs.read("up.bin"))
		local ok, e = pcall(s.put, s, "up.bin", "/up.bin", {resume=true, atomic=false})
		assert(not ok and e.kind == "args.invalid")`)
	if got := files(t, w.Dir); got != "down.bin up.bin" {
		t.Errorf("there is %s", got)
	}
}

func TestParseMode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]os.FileMode{"644": 0o644, "0755": 0o755, "rw-r--r--": 0o644, "rwxrwxrwx": 0o777, "---------": 0} {
		if got, err := parseMode(text); err != nil || got != want {
			t.Errorf("%q: %o, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "7", "8888", "1777", "rw-r--r-", "rw-r--r-x-", "wr-r--r--", "64x"} {
		if got, err := parseMode(text); err == nil {
			t.Errorf("%q is %o", text, got)
		}
	}
}
