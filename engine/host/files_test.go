package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tree makes files below a new directory, whose name has no links in it.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// The same script of operations works with whole and with scoped grants.
func TestFilesOperations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		grant func(dir string) Permissions
		cfg   func(dir string) Config
	}{
		{"whole", func(string) Permissions { return AllowAll() }, func(dir string) Config { return Config{Dir: dir} }},
		{"scoped", func(dir string) Permissions { return Permissions{}.Allow(Read, dir).Allow(Write, dir) }, func(dir string) Config { return Config{Dir: dir} }},
		{"relative scope", func(string) Permissions { return Permissions{}.Allow(Read, ".").Allow(Write, ".") }, func(dir string) Config { return Config{Dir: dir} }},
		{"read whole", func(dir string) Permissions { return Permissions{}.Allow(Read).Allow(Write, dir) }, func(dir string) Config { return Config{Dir: dir} }},
		{"root scope", func(dir string) Permissions { return Permissions{}.Allow(Read, "/").Allow(Write, "/") }, func(dir string) Config { return Config{Dir: dir} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t)
			f := newHost(t, tt.grant(dir), tt.cfg(dir)).Files
			must(t, "mkdirall", f.MkdirAll("a/b", 0o755))
			must(t, "mkdirall again", f.MkdirAll("a/b", 0o755))
			must(t, "mkdirall of the top", f.MkdirAll(dir, 0o755))
			must(t, "mkdir", f.Mkdir("c", 0o755))
			file, err := f.OpenFile("a/b/f", os.O_RDWR|os.O_CREATE, 0o644)
			must(t, "create", err)
			_, err = file.Write([]byte("hello"))
			must(t, "write", err)
			must(t, "truncate", file.Truncate(4))
			must(t, "close", file.Close())
			data, err := f.ReadFile(filepath.Join(dir, "a/b/f"))
			if must(t, "read", err); string(data) != "hell" {
				t.Errorf("read %q", data)
			}
			must(t, "rename", f.Rename("a/b/f", "c/g"))
			must(t, "symlink", f.Symlink("g", "c/l"))
			target, err := f.Readlink("c/l")
			if must(t, "readlink", err); target != "g" {
				t.Errorf("link to %q", target)
			}
			must(t, "absolute symlink", f.Symlink(filepath.Join(dir, "c/g"), "c/abs"))
			if data, err := f.ReadFile("c/abs"); err != nil || string(data) != "hell" {
				t.Errorf("through an absolute link: %q, %v", data, err)
			}
			must(t, "remove link", f.Remove("c/abs"))
			must(t, "chmod", f.Chmod("c/l", 0o600))
			when := time.Unix(1e9, 0)
			must(t, "chtimes", f.Chtimes("c/g", when, when))
			info, err := f.Stat("c/l")
			if must(t, "stat", err); info.Mode() != 0o600 || !info.ModTime().Equal(when) {
				t.Errorf("stat: %v %v", info.Mode(), info.ModTime())
			}
			info, err = f.Lstat("c/l")
			if must(t, "lstat", err); info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("lstat: %v", info.Mode())
			}
			list, err := f.ReadDir("c")
			if must(t, "readdir", err); len(list) != 2 || list[0].Name() != "g" || list[1].Name() != "l" {
				t.Fatalf("readdir: %v", list)
			}
			if info, err := list[0].Info(); err != nil || info.Size() != 4 {
				t.Errorf("entry: %v, %v", info, err)
			}
			if list, err := f.ReadDir(dir); err != nil || len(list) != 2 {
				t.Errorf("readdir of the top: %v, %v", list, err)
			}
			if info, err := f.Lstat(dir); err != nil || !info.IsDir() {
				t.Errorf("lstat of the top: %v, %v", info, err)
			}
			root, err := f.OpenRoot("c", Read)
			must(t, "openroot", err)
			if data, err := root.ReadFile("g"); err != nil || string(data) != "hell" {
				t.Errorf("root: %q, %v", data, err)
			}
			root.Close()
			if _, err := f.OpenRoot("c/g", Read); err == nil || !strings.Contains(err.Error(), "not a directory") {
				t.Errorf("openroot of a file: %v", err)
			}
			must(t, "remove", f.Remove("c/g"))
			var path *fs.PathError
			if _, err = f.Open("c/g"); !errors.As(err, &path) || path.Op != "open" || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open what is gone: %v", err)
			} else if filepath.Base(path.Path) != "g" || filepath.Base(filepath.Dir(path.Path)) != "c" {
				t.Errorf("the error names %q", path.Path)
			}
			if _, err := f.Open(""); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open of nothing: %v", err)
			}
			must(t, "removeall", f.RemoveAll("c"))
			must(t, "removeall again", f.RemoveAll("c"))
			temp, err := f.MkdirTemp("x-*")
			must(t, "mkdirtemp", err)
			must(t, "write in temp", WriteFileAtomic(f, filepath.Join(temp, "f"), []byte("x"), 0o600))
			_, err = f.ReadFile(filepath.Join(temp, "f"))
			must(t, "read in temp", err)
			must(t, "remove temp", f.RemoveAll(temp))
			if _, err := os.Stat(temp); err == nil {
				t.Errorf("%s is still there", temp)
			}
		})
	}
}

func TestWriteOnlyAndReadOnly(t *testing.T) {
	t.Parallel()
	dir := tree(t, "r/f", "w/f", "rw/f")
	p := Permissions{}.Allow(Read, "r", "rw").Allow(Write, "w", "rw")
	f := newHost(t, p, Config{Dir: dir}).Files
	for _, tt := range []struct {
		name string
		flag int
		deny string
	}{
		{"r/f", os.O_RDONLY, ""},
		{"r/f", os.O_WRONLY, "write"},
		{"r/f", os.O_RDWR, "write"},
		{"r/f", os.O_RDONLY | os.O_TRUNC, "write"},
		{"r/f", os.O_RDONLY | os.O_CREATE, "write"},
		{"w/f", os.O_RDONLY, "read"},
		{"w/f", os.O_WRONLY | os.O_TRUNC, ""},
		{"w/f", os.O_RDWR, "read"},
		{"rw/f", os.O_RDWR | os.O_APPEND, ""},
		{"rw/../w/f", os.O_RDWR, "read"},
		{"rw/../../x", os.O_RDONLY, "read"},
		{"rwx", os.O_RDONLY, "read"},
	} {
		file, err := f.OpenFile(tt.name, tt.flag, 0o644)
		if tt.deny == "" {
			must(t, tt.name, err)
			file.Close()
			continue
		}
		wantDenied(t, tt.name, err, "--allow-"+tt.deny+"="+filepath.Join(dir, tt.name))
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "r/f")); string(data) != "r/f" {
		t.Errorf("a refused open changed the file: %q", data)
	}
	if err := f.Rename("w/f", "rw/g"); !errors.Is(err, syscall.EXDEV) {
		t.Errorf("rename between grants: %v", err)
	}
	wantDenied(t, "rename in", f.Rename("r/f", "w/g"), "--allow-write="+filepath.Join(dir, "r/f"))
	wantDenied(t, "rename out", f.Rename("w/f", "r/g"), "--allow-write="+filepath.Join(dir, "r/g"))
	wantDenied(t, "remove", f.RemoveAll("r"), "--allow-write="+filepath.Join(dir, "r"))
}

func TestSingleFileGrant(t *testing.T) {
	t.Parallel()
	dir := tree(t, "f", "other")
	p := Permissions{}.Allow(Read, "f", "new").Allow(Write, "f", "new", "out/deep")
	f := newHost(t, p, Config{Dir: dir}).Files
	must(t, "atomic", WriteFileAtomic(f, "f", []byte("1"), 0o644))
	must(t, "atomic new", WriteFileAtomic(f, "new", []byte("2"), 0o644))
	file, err := f.OpenFile("new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	must(t, "open", err)
	file.Close()
	if info, err := f.Stat("new"); err != nil || info.Size() != 0 {
		t.Errorf("stat: %v, %v", info, err)
	}
	_, err = f.ReadFile("other")
	wantDenied(t, "sibling", err, "--allow-read="+dir+"/other")
	_, err = f.Open("f.part-0123")
	wantDenied(t, "near a temporary name", err, "--allow-read="+dir+"/f.part-0123")
	_, err = f.ReadDir(".")
	wantDenied(t, "parent", err, "--allow-read="+dir)
	if _, err := f.Open("f/x"); err == nil {
		t.Error("opened below a file")
	}

	// The name becomes a link to a sibling: nothing is done to the sibling.
	must(t, "remove", f.Remove("f"))
	must(t, "link", os.Symlink("other", filepath.Join(dir, "f")))
	for what, do := range map[string]func() error{
		"read":  func() error { _, err := f.ReadFile("f"); return err },
		"trunc": func() error { _, err := f.OpenFile("f", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644); return err },
		"stat":  func() error { _, err := f.Stat("f"); return err },
		"chmod": func() error { return f.Chmod("f", 0) },
	} {
		var denied *DeniedError
		if err := do(); !errors.As(err, &denied) || denied.Hint != hintLeaves {
			t.Errorf("%s through a link: %v", what, err)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "other")); string(data) != "other" {
		t.Errorf("the sibling was changed: %q", data)
	}

	// A grant of what does not exist yet may become a directory, and again.
	for range 2 {
		must(t, "mkdirall", f.MkdirAll("out/deep/er", 0o755))
		must(t, "write", WriteFileAtomic(f, "out/deep/er/f", []byte("x"), 0o644))
		must(t, "removeall", f.RemoveAll("out/deep"))
	}
	wantDenied(t, "above the grant", f.Remove("out"), "--allow-write="+dir+"/out")
}
