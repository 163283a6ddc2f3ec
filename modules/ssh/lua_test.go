package ssh

import (
	"strings"
	"testing"
)

// The lines of the issue, as they are written there.
func TestIssueLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.Run(t, `
		local ssh, fs = require "ssh", require "fs"
		fs.mkdir("dir")
		local srv = ssh.serve{listen="127.0.0.1:0", users={u={password="p"}}, on_exec=function(sess, cmd) sess:write("hi\n") return 0 end, sftp={root="dir"}};  local _ = srv.port, srv.host_key
		local h, p, name = "127.0.0.1", srv.port, "a name"
		fs.write("kh", ("[127.0.0.1]:%d %s\n"):format(srv.port, srv.host_key))
		local c = ssh.connect{host=h, port=p, user="u", password="p", known_hosts="kh", host_key="strict"}
		local r = c:run("uname -a", {timeout=5});  c:run{"ls", "-l", name, check=false};  local _ = r.out, r.err, r.code
		print(r.out, r.err, r.code)
		local s = c:sftp()
		fs.write("a.bin", ("x"):rep(100000))
		print(s:put("a.bin", "b.bin", {progress=true}), s:get("b.bin", "c.bin"), fs.read("c.bin") == fs.read("a.bin"))
		print(s:ls(".")[1].name, s:ls(".")[1].size, s:ls(".")[1].type, s:ls(".")[1].mtime > 1e9)
		print(s:stat("b.bin").size, s:stat("none"))
		s:mkdir("sub")
		s:rename("b.bin", "sub/d.bin")
		s:remove("sub/d.bin")
		fs.mkdir("tree") fs.write("tree/one", "1")
		print(s:put_dir("tree", "up").files, s:get_dir("up", "down").files, fs.read("down/one"))
		for e in s:walk("up") do print(e.path) end
		c:close()
		-- the other ways to say which key is right
		for _, key in ipairs{"SHA256:" .. srv.fingerprint:sub(8), srv.host_key, "accept-new"} do
			local c = ssh.connect{host=h, port=p, user="u", password="p", known_hosts="new", host_key=key}
			print(c.fingerprint == srv.fingerprint, c.version, c.host_key == srv.host_key)
		end
	`)
	want := "hi\n\t\t0\n100000\t100000\ttrue\nb.bin\t100000\tfile\ttrue\n100000\tnil\n1\t1\t1\nup/one\n"
	if !strings.HasPrefix(out, want) || strings.Count(out, "true\tSSH-2.0-gscript\ttrue") != 3 {
		t.Errorf("printed\n%s", out)
	}
}
