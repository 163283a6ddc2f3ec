package host

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAtomicFile(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Permissions{
		"whole":     AllowAll(),
		"directory": Permissions{}.Allow(Read, ".").Allow(Write, "."),
		"file":      Permissions{}.Allow(Write, "f"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, "f")
			f := newHost(t, p, Config{Dir: dir}).Files
			content := func() string {
				data, _ := os.ReadFile(filepath.Join(dir, "f"))
				return string(data)
			}
			only := func() {
				t.Helper()
				if list, _ := os.ReadDir(dir); len(list) != 1 {
					t.Errorf("left behind: %v", list)
				}
			}

			a, err := CreateAtomic(f, "f", 0o640)
			must(t, "create", err)
			if a.Name() != "f" || !strings.HasPrefix(a.TempName(), "f.part-") {
				t.Errorf("names %q, %q", a.Name(), a.TempName())
			}
			a.Write([]byte("new "))
			a.ReadFrom(strings.NewReader("content"))
			if content() != "f" {
				t.Errorf("before commit: %q", content())
			}
			must(t, "commit", a.Commit())
			must(t, "abort after commit", a.Abort())
			if content() != "new content" {
				t.Errorf("after commit: %q", content())
			}
			if err := a.Commit(); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("second commit: %v", err)
			}
			only()

			a, err = CreateAtomic(f, "f", 0o640)
			must(t, "create", err)
			a.Write([]byte("partial"))
			must(t, "abort", a.Abort())
			must(t, "second abort", a.Abort())
			only()

			a, err = CreateAtomic(f, "f", 0o640)
			must(t, "create", err)
			_, err = a.ReadFrom(io.MultiReader(strings.NewReader("partial"), iotest.ErrReader(io.ErrUnexpectedEOF)))
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("readfrom: %v", err)
			}
			if err := a.Commit(); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("commit after a failed read: %v", err)
			}
			only()
			if content() != "new content" {
				t.Errorf("at the end: %q", content())
			}
		})
	}
	h := newHost(t, AllowAll(), Config{Dir: t.TempDir()})
	if err := WriteFileAtomic(h.Files, "none/f", nil, 0o600); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), partMark) {
		t.Errorf("in a missing directory: %v", err)
	}
}
