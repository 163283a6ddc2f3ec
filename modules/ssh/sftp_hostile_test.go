package ssh

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

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
