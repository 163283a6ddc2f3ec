//go:build interop

package ssh

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sshd is a real server, which scripts/interop starts. The variables
//
//	GSCRIPT_SSHD_ADDR         host:port
//	GSCRIPT_SSHD_USER         who logs in
//	GSCRIPT_SSHD_KEY          file with the private key
//	GSCRIPT_SSHD_KNOWN_HOSTS  file that knows the server
//
// tell where it is.
func sshd(t *testing.T) string {
	t.Helper()
	addr := os.Getenv("GSCRIPT_SSHD_ADDR")
	if addr == "" {
		t.Skip("GSCRIPT_SSHD_ADDR is not set: no sshd to talk to")
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
		local ssh, fs = require "ssh", require "fs"
		local c = ssh.connect{host=%q, port=%s, user=%q, key=%q, known_hosts=%q}
		local function fails(kind, f, ...)
			local ok, e = pcall(f, ...)
			assert(not ok, "it succeeds")
			assert(e.kind == kind, e.kind .. ": " .. tostring(e))
			return e
		end
	`, host, port, os.Getenv("GSCRIPT_SSHD_USER"), os.Getenv("GSCRIPT_SSHD_KEY"), os.Getenv("GSCRIPT_SSHD_KNOWN_HOSTS"))
}

func TestInteropCommands(t *testing.T) {
	newWorld(t).Run(t, sshd(t)+`
		assert(c.version:find("OpenSSH"), c.version)
		assert(c:run("echo hello").out == "hello\n")
		assert(c:run{"printf", "%s|", "it's", "$HOME", "a b", "", "*", "a\nb"}.out == "it's|$HOME|a b||*|a\nb|")
		local e = fails("ssh.exit", c.run, c, "echo out; echo err >&2; exit 3")
		assert(e.code == 3 and e.out == "out\n" and e.err == "err\n")
		assert(c:run("exit 4", {check=false}).code == 4)
		assert(c:run("kill -KILL $$", {check=false}).signal == "KILL")
		assert(c:run("cat", {input="a\0b\nc"}).out == "a\0b\nc")
		assert(#c:run("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2").err == 3000000)
		assert(#c:run("wc -c", {input=("x"):rep(5000000)}).out > 0)
		local e = fails("timeout", c.run, c, "echo first; sleep 600", {timeout=0.5})
		assert(e.out == "first\n")
		assert(c:run("tty", {pty=true}).out:find("/dev/"))
		assert(c:run("true", {env={GSCRIPT_NO_SUCH="1"}}).refused[1] == "GSCRIPT_NO_SUCH")
		local seen = ""
		c:run("echo a; sleep 0.1; echo b >&2", {on_output=function(text, stream) seen = seen .. stream .. ":" .. text end})
		assert(seen == "out:a\nerr:b\n", seen)
		assert(c:run("true; true").code == 0)
	`)
}

func TestInteropHostKeys(t *testing.T) {
	script := sshd(t)
	w := newWorld(t)
	w.Run(t, script+`
		local function again(o)
			o.host, o.port, o.user, o.key = c.host, c.port, c.user, `+fmt.Sprintf("%q", os.Getenv("GSCRIPT_SSHD_KEY"))+`
			return ssh.connect(o)
		end
		fs.write("empty", "")
		fails("ssh.host_key", again, {known_hosts="empty"})
		again{known_hosts="new", host_key="accept-new"}
		again{known_hosts="new"}
		again{host_key=c.fingerprint}
		again{host_key=c.host_key}
		local other = ssh.serve{users={u="p"}, on_exec=function() end}
		fs.write("changed", ("[%s]:%d %s\n"):format(c.host, c.port, other.host_key))
		assert(fails("ssh.host_key", again, {known_hosts="changed", host_key="accept-new"}).reason == "changed")
		local e = fails("ssh.auth", ssh.connect, {host=c.host, port=c.port, user=c.user, password="wrong", host_key=c.host_key, known_hosts="empty"})
		assert(not tostring(e):find("wrong"))
	`)
}

func TestInteropFiles(t *testing.T) {
	w := newWorld(t)
	data := bytes.Repeat([]byte("0123456789abcdef!"), 20<<20/17+1)[:20<<20]
	if err := os.WriteFile(filepath.Join(w.Dir, "big"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Globals = map[string]any{"there": t.TempDir()}
	w.Run(t, sshd(t)+`
		local dir = c:run("mktemp -d").out:gsub("\n", "")
		local s = c:sftp()
		assert(s:cd(dir) == s:pwd())
		-- 20 MB both ways, checked at the far end
		assert(s:put("big", "sub/big") == 20971520)
		assert(c:run{"sha256sum", dir .. "/sub/big"}.out:match("^%x+") == c:run("sha256sum", {input=fs.read("big")}).out:match("^%x+"))
		assert(s:get("sub/big", "back") == 20971520 and fs.read("back") == fs.read("big"))
		assert(#s:ls("sub") == 1)
		-- a file of /proc has no size
		assert(#s:read("/proc/self/status") > 0)
		-- names that exist
		s:write("a", "1") s:write("b", "2")
		fails("fs.exists", s.rename, s, "a", "b")
		s:rename("a", "b", {replace=true})
		assert(s:read("b") == "1" and s:stat("a") == nil)
		s:chmod("b", "600") s:write("b", "3")
		assert(s:stat("b").mode == "rw-------")
		s:append("b", "4")
		assert(s:read("b") == "34")
		fails("fs.exists", s.mkdir, s, "sub")
		fails("ssh.sftp", s.rmdir, s, "sub")
		fails("fs.not_found", s.get, s, "none", "none")
		-- the order of the arguments of a link
		s:symlink("b", "link")
		assert(c:run{"readlink", dir .. "/link"}.out == "b\n")
		assert(s:readlink("link") == "b" and s:read("link") == "34")
		assert(s:stat("link", {follow=false}).type == "link")
		-- trees
		fs.mkdir("tree/x/y", {parents=true})
		for i = 1, 50 do fs.write("tree/x/" .. i, ("z"):rep(i * 1000)) end
		local r = s:put_dir("tree", "deep/er")
		assert(r.files == 50 and #r.refused == 0)
		c:run("cd " .. ssh.quote{dir} .. " && ln -s / deep/er/root && touch 'deep/er/bad\\name'")
		r = s:get_dir("deep/er", "down")
		assert(r.files == 50 and #r.refused == 2, #r.refused)
		for i = 1, 50 do assert(fs.read("down/x/" .. i) == fs.read("tree/x/" .. i)) end
		c:run{"rm", "-rf", "--", dir}
	`)
}

// OpenSSH's own clients and our server.
func TestInteropClients(t *testing.T) {
	client, err := exec.LookPath("ssh")
	if err != nil {
		t.Skip("no ssh on the PATH")
	}
	dir := t.TempDir()
	text, signer := newKeyFile(t, "")
	hostText, host := newKeyFile(t, "")
	writeFile(t, dir, "id", text)
	writeFile(t, dir, "host", hostText)
	writeFile(t, dir, "served/readme", "hello")
	writeFile(t, dir, "keys", authorizedKey(signer.PublicKey()))
	port, _ := serving(t, dir, `key="host", users={u={keys="keys"}}, sftp={root="served"}, on_exec=function(sess, cmd)
		sess:write(cmd .. ":" .. sess:read())
		sess:write_err("to stderr")
		return 5
	end`)
	writeFile(t, dir, "kh", knownLine(port, host.PublicKey()))
	options := []string{"-F", "none", "-i", filepath.Join(dir, "id"), "-o", "UserKnownHostsFile=" + filepath.Join(dir, "kh"), "-o", "GlobalKnownHostsFile=none",
		"-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"}
	ssh := exec.CommandContext(t.Context(), client, append(options, "-p", fmt.Sprint(port), "u@127.0.0.1", "do it")...)
	var out, errs bytes.Buffer
	ssh.Stdin, ssh.Stdout, ssh.Stderr = strings.NewReader("input"), &out, &errs
	err = ssh.Run()
	if ssh.ProcessState.ExitCode() != 5 || out.String() != "do it:input" || errs.String() != "to stderr" {
		t.Errorf("%v\nout %q\nerr %q", err, out.String(), errs.String())
	}

	client, err = exec.LookPath("sftp")
	if err != nil {
		t.Skip("no sftp on the PATH")
	}
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, bigData(), 0o600); err != nil {
		t.Fatal(err)
	}
	batch := strings.Join([]string{
		"get readme " + filepath.Join(dir, "got"), "put " + big + " big", "mkdir d", "rename big d/big", "ln -s readme link", "ls -l", "get d/big " + filepath.Join(dir, "back"),
		"chmod 600 readme", "rm link", "-get /../../../etc/passwd " + filepath.Join(dir, "stolen"), "-ln -s /etc out",
	}, "\n") + "\n"
	sftp := exec.CommandContext(t.Context(), client, append(options, "-P", fmt.Sprint(port), "-b", "-", "u@127.0.0.1")...)
	sftp.Stdin = strings.NewReader(batch)
	if text, err := sftp.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "back")); !bytes.Equal(got, bigData()) {
		t.Errorf("%d bytes came back", len(got))
	}
	if got := files(t, filepath.Join(dir, "served")); got != "d d/big readme" {
		t.Errorf("the tree holds %s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "stolen")); err == nil {
		t.Error("a file outside was fetched")
	}
}
