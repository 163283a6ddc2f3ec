//go:build unix

package host_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gscript-lang/gscript/engine/host"
)

// A pipe is written into and stays a pipe, whether the file is completed or given
// up.
func TestPipeStaysAPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	h := host.New(host.AllowAll(), host.Config{Dir: dir})
	defer h.Close()
	reader, err := os.OpenFile(name, os.O_RDWR, 0) // so that nobody waits for the other end
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := host.WriteFileAtomic(h.Files, "pipe", []byte("through"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 7)
	if _, err := io.ReadFull(reader, got); err != nil || string(got) != "through" {
		t.Errorf("read %q, %v", got, err)
	}
	a, err := host.CreateAtomic(h.Files, "pipe", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Abort(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Type()&fs.ModeNamedPipe == 0 {
		t.Errorf("then there is %v, %v", entries, err)
	}
}
