//go:build interop

package ftp_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestInterop speaks to a server that somebody else wrote, over explicit TLS:
// GSCRIPT_FTP_ADDR (host:port), GSCRIPT_FTP_USER, GSCRIPT_FTP_PASSWORD,
// GSCRIPT_FTP_CA (file). Everything happens in a directory of its own below the
// login's.
func TestInterop(t *testing.T) {
	w := world(t)
	w.Deadline = 3 * time.Minute
	for _, name := range []string{"GSCRIPT_FTP_ADDR", "GSCRIPT_FTP_USER", "GSCRIPT_FTP_PASSWORD", "GSCRIPT_FTP_CA"} {
		value := os.Getenv(name)
		if value == "" {
			t.Fatalf("%s is not set", name)
		}
		if name == "GSCRIPT_FTP_CA" {
			if abs, err := filepath.Abs(value); err == nil {
				value = abs
			}
		}
		w.Env = append(w.Env, name+"="+value)
	}
	big := make([]byte, 20<<20)
	rand.Read(big)
	write(t, w, "big.bin", big)
	write(t, w, "tree/one.txt", []byte("one"))
	write(t, w, "tree/empty", nil)
	write(t, w, "tree/sub/a name.txt", []byte("two2"))
	out := w.Run(t, `
		local ftp, fs = require "ftp", require "fs"
		local host, port = os.getenv("GSCRIPT_FTP_ADDR"):match("^(.*):(%d+)$")
		local f = ftp.connect{host=host, port=tonumber(port), user=os.getenv("GSCRIPT_FTP_USER"), password=os.getenv("GSCRIPT_FTP_PASSWORD"),
			tls={mode="explicit", ca=os.getenv("GSCRIPT_FTP_CA")}, timeout=20}
		assert(f.secure)
		local top = "gscript-" .. math.random(1e9)
		f:mkdir(top) f:cd(top)
		assert(f:pwd():find(top, 1, true))

		local done = 0
		assert(f:put("big.bin", "dir/big.bin", {progress=function(n) done = n end}) == 20 * 2^20)
		assert(done == 20 * 2^20)
		local e = f:ls("dir")[1]
		assert(e.name == "big.bin" and e.size == 20 * 2^20 and e.type == "file" and e.mtime, e.name)
		assert(f:size("dir/big.bin") == e.size and f:stat("dir/big.bin").size == e.size)
		assert(f:stat("nothing") == nil and f:stat("dir").type == "dir")
		assert(f:get("dir/big.bin", "back.bin") == e.size)

		for i = 1, 4 do
			f:write("small" .. i, ("x"):rep(i)) assert(f:read("small" .. i) == ("x"):rep(i))
			f:remove("small" .. i)
		end
		f:write("empty", "") assert(f:read("empty") == "") f:remove("empty")
		f:append("log", "one\n") f:append("log", "two\n") assert(f:read("log") == "one\ntwo\n") f:remove("log")
		f:write("again", "1") f:write("again", "22") assert(f:read("again") == "22") f:remove("again")

		local up = f:put_dir("tree", "far/away")
		assert(up.files == 3 and up.bytes == 7 and #up.refused == 0)
		local down = f:get_dir("far", "near")
		assert(down.files == 3 and down.bytes == 7 and #down.refused == 0)
		assert(fs.read("near/away/sub/a name.txt") == "two2")

		local ok, err = pcall(f.read, f, "nothing")
		assert(not ok and err.kind == "ftp.reply" and err.code == 550, tostring(err))
		local ok = pcall(f.get, f, "dir/big.bin", "cut.bin", {progress=function() error("enough") end})
		assert(not ok and not fs.exists("cut.bin"))
		f:noop()

		f:rename("dir/big.bin", "dir/moved.bin") f:remove("dir/moved.bin") f:rmdir("dir")
		local dirs = {}
		for e in f:walk("far") do
			if e.type == "dir" then table.insert(dirs, 1, e.path) else f:remove(e.path) end
		end
		for _, d in ipairs(dirs) do f:rmdir(d) end
		f:rmdir("far")
		assert(#f:ls() == 0)
		f:cd("..") f:rmdir(top)
		f:close()
		print("ok")`)
	if out != "ok\n" {
		t.Error(out)
	}
	back, err := os.ReadFile(filepath.Join(w.Dir, "back.bin"))
	if err != nil || !bytes.Equal(back, big) {
		t.Errorf("%d bytes came back, %v", len(back), err)
	}
}
