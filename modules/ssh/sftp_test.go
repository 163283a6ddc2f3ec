package ssh

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// shelf is an sftp server in memory that lies as a test wants.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
	log   []string

	names   []string                                     // what a listing holds
	size    func(name string) int64                      // what Stat says
	readAt  func(name string, p []byte, off int64) error // before each read
	piece   int                                          // most bytes of an answer
	writeAt func(off int64) error                        // before each write
}

type fakeInfo struct {
	name string
	size int64
	dir  bool
}

func (i fakeInfo) Name() string       { return i.name }
func (i fakeInfo) Size() int64        { return i.size }
func (i fakeInfo) ModTime() time.Time { return time.Unix(1_700_000_000, 0) }
func (i fakeInfo) IsDir() bool        { return i.dir }
func (i fakeInfo) Sys() any           { return nil }
func (i fakeInfo) Mode() os.FileMode {
	if i.dir {
		return os.ModeDir | 0o755
	}
	return 0o644
}

func (s *shelf) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func (s *shelf) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.files[name]
	return ok
}

func (s *shelf) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == "List" {
		var list infos
		for _, n := range s.names {
			list = append(list, fakeInfo{name: n, size: 4})
		}
		if path.Base(r.Filepath) == "deep" {
			return infos{fakeInfo{name: "deep", dir: true}}, nil
		}
		return list, nil
	}
	data, ok := s.files[r.Filepath]
	if slices.ContainsFunc(s.names, func(n string) bool { return path.Base(n) == path.Base(r.Filepath) }) {
		data, ok = []byte("evil"), true
	}
	dir := strings.HasSuffix(r.Filepath, "dir") || path.Base(r.Filepath) == "deep" || r.Filepath == "/"
	if !ok && !dir {
		return nil, os.ErrNotExist
	}
	size := int64(len(data))
	if s.size != nil && !dir {
		size = s.size(r.Filepath)
	}
	return infos{fakeInfo{path.Base(r.Filepath), size, dir}}, nil
}

func (s *shelf) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.files[r.Filepath]
	if !ok {
		data = []byte("evil")
	}
	return &shelfFile{s, r.Filepath, data}, nil
}

func (s *shelf) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	s.note("open %s", r.Filepath)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.files[r.Filepath]; !ok || r.Pflags().Trunc {
		s.files[r.Filepath] = nil
	}
	return &shelfFile{shelf: s, name: r.Filepath}, nil
}

func (s *shelf) Filecmd(r *sftp.Request) error {
	s.note("%s %s", r.Method, r.Filepath)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method {
	case "Rename":
		s.files[r.Target] = s.files[r.Filepath]
		delete(s.files, r.Filepath)
	case "Remove":
		delete(s.files, r.Filepath)
	}
	return nil
}

type shelfFile struct {
	*shelf
	name string
	data []byte
}

func (f *shelfFile) ReadAt(p []byte, off int64) (int, error) {
	if f.readAt != nil {
		if err := f.readAt(f.name, p, off); err != nil {
			return 0, err
		}
	}
	if f.piece > 0 {
		p = p[:min(len(p), f.piece)]
	}
	n, err := bytes.NewReader(f.data).ReadAt(p, off)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *shelfFile) WriteAt(p []byte, off int64) (int, error) {
	if f.writeAt != nil {
		if err := f.writeAt(off); err != nil {
			return 0, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	data := f.files[f.name]
	if need := int(off) + len(p); need > len(data) {
		data = append(data, make([]byte, need-len(data))...)
	}
	copy(data[off:], p)
	f.files[f.name] = data
	return len(p), nil
}

// peer serves the shelf; cut ends the connection.
func (s *shelf) peer() (p *peer, cut func()) {
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	var (
		mu    sync.Mutex
		conns []ssh.Conn
	)
	p = &peer{}
	p.global = func(c ssh.Conn, reqs <-chan *ssh.Request) {
		mu.Lock()
		conns = append(conns, c)
		mu.Unlock()
		ssh.DiscardRequests(reqs)
	}
	p.session = func(ch ssh.Channel, reqs <-chan *ssh.Request) {
		for req := range reqs {
			req.Reply(req.Type == "subsystem", nil)
			if req.Type == "subsystem" {
				go func() {
					sftp.NewRequestServer(ch, sftp.Handlers{FileGet: s, FilePut: s, FileCmd: s, FileList: s}).Serve()
					ch.Close()
				}()
			}
		}
	}
	return p, func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			c.Close()
		}
	}
}

const big = 1_000_003

func bigData() []byte { return bytes.Repeat([]byte("0123456789abcdef!"), big/17+1)[:big] }

// Names that lead elsewhere are refused; the good ones are fetched.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	bad := []string{"../evil", "x/..", "/", "/etc/evil", "a/b/evil", "", `a\..\evil`, "evil\x1b[2J", "evil\nx", "evil\x00", strings.Repeat("e", 300), "..", ".", "\xff\xfe"}
	s := &shelf{names: append(slices.Clone(bad), "good.txt", "another good one")}
	p, _ := s.peer()
	w := newWorld(t)
	out := w.Run(t, p.dialing(p.start(t), "")+`
		local s = c:sftp()
		local r = s:get_dir("dir", "here")
		for _, x in ipairs(r.refused) do print("refused", x.name, x.reason) end
		for e in s:walk("dir") do assert(e.type == "file") end
		print(#s:ls("dir") >= 2)`)
	// The library cuts names at their slashes, so what comes of "a/b/evil" is
	// "evil": a name in the directory, and no way out of it.
	got := files(t, w.Dir)
	if want := "here here/another good one here/evil here/good.txt"; got != want {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(w.Dir), "evil")); err == nil {
		t.Error("a file was written outside")
	}
	for _, name := range []string{`"dir/.."`, `"dir//"`, `"dir/."`, `"dir/evil\x1b[2J"`, `"dir/evil\nx"`, `"dir/evil\x00"`, `\\..\\evil"`, `"dir/\xff\xfe"`} {
		if !strings.Contains(out, name) {
			t.Errorf("%s is not among the refused:\n%s", name, out)
		}
	}
	if strings.ContainsAny(out, "\x1b\x00") {
		t.Error("control characters were printed")
	}
}

func TestEndlessTree(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	p, _ := s.peer()
	w := newWorld(t)
	out := w.Run(t, p.dialing(p.start(t), "")+`
		local r = c:sftp():get_dir("deep", "here")
		print(r.files, #r.refused, r.refused[1].reason)`)
	if !strings.HasPrefix(out, "0\t1\t") || !strings.Contains(out, "deeper than") {
		t.Errorf("printed %q", out)
	}
}

// What a server says of sizes and what it sends need not agree.
func TestGetLies(t *testing.T) {
	t.Parallel()
	data := bigData()
	for _, tt := range []struct {
		name  string
		shelf *shelf
		kind  string
		want  []byte
	}{
		{"honest", &shelf{}, "", data},
		{"ends early", &shelf{size: func(string) int64 { return big + 1 }}, "transfer.incomplete", nil},
		{"ends at once", &shelf{size: func(string) int64 { return 5 * big }, readAt: func(string, []byte, int64) error { return io.EOF }}, "transfer.incomplete", nil},
		{"grows", &shelf{size: func(string) int64 { return 100_000 }}, "", data[:100_000]},
		{"small and grows", &shelf{size: func(string) int64 { return 10 }}, "", data[:10]},
		{"claims to be empty", &shelf{size: func(string) int64 { return 0 }}, "", data},
		{"small pieces", &shelf{piece: 1000}, "", data},
		{"small pieces, ends early", &shelf{piece: 1000, size: func(string) int64 { return big + 1 }}, "transfer.incomplete", nil},
		{"fails in the middle", &shelf{readAt: func(_ string, _ []byte, off int64) error {
			if off > big/2 {
				return errors.New("disk \x1b[31mon fire")
			}
			return nil
		}}, "ssh.sftp", nil},
		{"negative size", &shelf{size: func(string) int64 { return -1 }}, "", data},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.shelf.files = map[string][]byte{"/a.bin": data}
			p, _ := tt.shelf.peer()
			w := newWorld(t)
			script := p.dialing(p.start(t), "") + `c:sftp():get("/a.bin", "here.bin", {timeout=20})`
			if tt.kind == "" {
				w.Run(t, script)
				if got, err := os.ReadFile(filepath.Join(w.Dir, "here.bin")); err != nil || !bytes.Equal(got, tt.want) {
					t.Errorf("%d bytes arrived, want %d; %v", len(got), len(tt.want), err)
				}
				return
			}
			e := w.Fail(t, tt.kind, script)
			if strings.Contains(e.Message, "\x1b") {
				t.Errorf("message %q", e.Message)
			}
			if got := files(t, w.Dir); got != "" {
				t.Errorf("there is %s", got)
			}
		})
	}
}

// A connection that is cut leaves nothing under the final name, here or there.
func TestCut(t *testing.T) {
	t.Parallel()
	t.Run("get", func(t *testing.T) {
		t.Parallel()
		s := &shelf{files: map[string][]byte{"/a.bin": bigData()}}
		p, cut := s.peer()
		s.readAt = func(_ string, _ []byte, off int64) error {
			if off > big/2 {
				cut()
			}
			return nil
		}
		w := newWorld(t)
		writeFile(t, w.Dir, "here.bin", "as it was")
		w.Fail(t, engine.KindNetClosed, p.dialing(p.start(t), "")+`c:sftp():get("/a.bin", "here.bin")`)
		if got := files(t, w.Dir); got != "here.bin" {
			t.Errorf("there is %s", got)
		}
		if got, _ := os.ReadFile(filepath.Join(w.Dir, "here.bin")); string(got) != "as it was" {
			t.Errorf("here.bin holds %d bytes", len(got))
		}
	})
	for name, breakIt := range map[string]func(cut func()) error{
		"put, cut":        func(cut func()) error { cut(); return nil },
		"put, disk error": func(func()) error { return errors.New("no space") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{files: map[string][]byte{}}
			p, cut := s.peer()
			s.writeAt = func(off int64) error {
				if off > big/2 {
					return breakIt(cut)
				}
				return nil
			}
			w := newWorld(t)
			writeFile(t, w.Dir, "a.bin", string(bigData()))
			_, err := w.Try(t, p.dialing(p.start(t), "")+`c:sftp():put("a.bin", "/there.bin")`)
			if kind := engine.KindOf(err); kind != engine.KindNetClosed && kind != "ssh.sftp" {
				t.Errorf("it ends with %v, %s", err, kind)
			}
			if s.has("/there.bin") {
				t.Error("the final name is there")
			}
			if name == "put, disk error" && len(s.files) > 0 {
				t.Error("the temporary file is left")
			}
		})
	}
}

// A server that falls silent in the middle meets the time limits, and the
// session can be used again.
func TestSFTPSilence(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := &shelf{files: map[string][]byte{"/a.bin": bigData(), "/b": []byte("fine")}}
	s.readAt = func(name string, _ []byte, off int64) error {
		if name == "/a.bin" && off > big/2 {
			<-gate
		}
		return nil
	}
	p, _ := s.peer()
	port := p.start(t)
	t.Cleanup(func() { close(gate) })
	w := newWorld(t)
	within(t, 8*time.Second, func() {
		out := w.Run(t, p.dialing(port, "")+`
			local s = c:sftp{idle_timeout=0.3}
			local ok, e = pcall(s.get, s, "/a.bin", "here.bin")
			print(ok, e.kind, e.retryable)
			print(s:read("/b"))
			local t = c:sftp()
			local ok, e = pcall(t.get, t, "/a.bin", "here.bin", {timeout=0.3})
			print(ok, e.kind)
			print(t:read("/b"))`)
		if out != "false\tnet.timeout\ttrue\nfine\nfalse\ttimeout\nfine\n" {
			t.Errorf("printed %q", out)
		}
	})
	if got := files(t, w.Dir); got != "" {
		t.Errorf("there is %s", got)
	}
}

func TestNoSFTP(t *testing.T) {
	t.Parallel()
	newWorld(t).Fail(t, "ssh.protocol", withServer+`c:sftp()`)
	p := &peer{session: func(ch ssh.Channel, reqs <-chan *ssh.Request) {
		for req := range reqs {
			req.Reply(true, nil)
			io.WriteString(ch, "Welcome! This text is in every shell start-up file.\n")
		}
	}}
	e := newWorld(t).Fail(t, "ssh.protocol", p.dialing(p.start(t), "")+`c:sftp()`)
	if !strings.Contains(e.Message, "does not answer as it should") {
		t.Errorf("%v", e)
	}
}

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
