package host

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLinksDoNotLeave(t *testing.T) {
	t.Parallel()
	dir := tree(t, "in/f", "in/sub/f", "out/secret", "other/f")
	link := func(target, name string) {
		must(t, "link", os.Symlink(target, filepath.Join(dir, name)))
	}
	link("../out/secret", "in/rel")
	link(filepath.Join(dir, "out/secret"), "in/abs")
	link("../out", "in/dir")
	link("../out/new", "in/dangling")
	link("sub/f", "in/inside")
	link(filepath.Join(dir, "in/sub/f"), "in/absinside")
	link(filepath.Join(dir, "other/f"), "in/granted")
	p := Permissions{}.Allow(Read, "in", "other").Allow(Write, "in")
	f := newHost(t, p, Config{Dir: dir}).Files
	left := func(what string, err error) {
		t.Helper()
		var denied *DeniedError
		if !errors.As(err, &denied) || denied.Hint != hintLeaves || !strings.HasPrefix(denied.Target, dir+"/in/") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, name := range []string{"in/rel", "in/abs", "in/dir/secret"} {
		_, err := f.ReadFile(name)
		left("read "+name, err)
		_, err = f.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
		left("write "+name, err)
		_, err = f.Stat(name)
		left("stat "+name, err)
		left("chmod "+name, f.Chmod(name, 0))
	}
	_, err := f.OpenFile("in/dangling", os.O_WRONLY|os.O_CREATE, 0o644)
	left("create", err)
	_, err = f.OpenFile("in/dir/new", os.O_WRONLY|os.O_CREATE, 0o644)
	left("create", err)
	left("atomic", WriteFileAtomic(f, "in/dir/new", nil, 0o644))
	_, err = f.ReadDir("in/dir")
	left("readdir", err)
	_, err = f.OpenRoot("in/dir", Read)
	left("openroot", err)
	left("mkdir", f.Mkdir("in/dir/new", 0o755))
	left("mkdirall", f.MkdirAll("in/dir/new/er", 0o755))
	left("remove", f.Remove("in/dir/secret"))
	left("removeall", f.RemoveAll("in/dir/secret"))
	left("rename to", f.Rename("in/f", "in/dir/f"))
	left("rename from", f.Rename("in/dir/secret", "in/g"))
	left("symlink", f.Symlink("f", "in/dir/l"))

	for _, name := range []string{"in/inside", "in/absinside", "in/granted"} {
		_, err := f.ReadFile(name)
		must(t, "read "+name, err)
	}
	_, err = f.OpenFile("in/granted", os.O_WRONLY, 0)
	left("write where only reading is granted", err)
	wantDenied(t, "link out", f.Symlink("../out/secret", "in/mine"), "--allow-read="+dir+"/out/secret")

	list, err := os.ReadDir(filepath.Join(dir, "out"))
	if err != nil || len(list) != 1 {
		t.Errorf("outside: %v, %v", list, err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "out/secret")); string(data) != "out/secret" {
		t.Errorf("outside was changed: %q", data)
	}
	must(t, "removing a tree removes links, not what they lead to", f.RemoveAll("in/dir"))
}

// What the grant means was settled when the host was made.
func TestGrantItselfSwapped(t *testing.T) {
	t.Parallel()
	dir := tree(t, "top/pub/f", "top/pub/sub/f", "secret/f")
	p := Permissions{}.Allow(Read, "top/pub", "top/later").Allow(Write, "top")
	f := newHost(t, p, Config{Dir: dir}).Files
	for _, name := range []string{"pub", "later"} {
		must(t, "removeall", f.RemoveAll("top/"+name))
		must(t, "swap", os.Symlink("../secret", filepath.Join(dir, "top", name)))
		if data, err := f.ReadFile("top/" + name + "/f"); err == nil {
			t.Errorf("read %q through the swapped grant %s", data, name)
		}
		if _, err := f.ReadDir("top/" + name); err == nil {
			t.Errorf("listed the swapped grant %s", name)
		}
		must(t, "remove", f.Remove("top/"+name))
		must(t, "mkdir", f.Mkdir("top/"+name, 0o755))
		if list, err := f.ReadDir("top/" + name); err != nil || len(list) != 0 {
			t.Errorf("the grant made anew: %v, %v", list, err)
		}
	}
}

// A link swapped between any check and the use leads nowhere.
func TestSwapRace(t *testing.T) {
	t.Parallel()
	dir := tree(t, "in/f", "out/f", "in/one", "in/two")
	must(t, "write", os.WriteFile(filepath.Join(dir, "out/f"), []byte("secret"), 0o644))
	p := Permissions{}.Allow(Read, "in").Allow(Write, "in/one")
	f := newHost(t, p, Config{Dir: dir}).Files
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		name, one := filepath.Join(dir, "in/x"), filepath.Join(dir, "in/one")
		for {
			select {
			case <-stop:
				return
			default:
			}
			os.WriteFile(name, []byte("fine"), 0o644)
			os.Remove(name)
			os.Symlink("../out/f", name)
			os.Remove(name)
			os.WriteFile(one, []byte("one"), 0o644)
			os.Remove(one)
			os.Symlink("two", one)
			os.Remove(one)
		}
	}()
	for range 2000 {
		if data, err := f.ReadFile("in/x"); err == nil && string(data) == "secret" {
			t.Fatal("read what is outside")
		}
		if file, err := f.OpenFile("in/one", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644); err == nil {
			file.Close()
		}
	}
	close(stop)
	<-done
	if data, _ := os.ReadFile(filepath.Join(dir, "in/two")); string(data) != "in/two" {
		t.Errorf("the file beside the granted one was changed: %q", data)
	}
}

// Grants in two directions: a link must not give reading what only writing
// was granted for.
func TestNestedGrants(t *testing.T) {
	t.Parallel()
	dir := tree(t, "w/private", "w/pub/f")
	must(t, "link", os.Symlink("../private", filepath.Join(dir, "w/pub/l")))
	f := newHost(t, Permissions{}.Allow(Write, "w").Allow(Read, "w/pub"), Config{Dir: dir}).Files
	if _, err := f.OpenFile("w/pub/l", os.O_RDWR, 0); err == nil {
		t.Error("opened for reading what only writing is granted for")
	}
	file, err := f.OpenFile("w/pub/f", os.O_RDWR, 0)
	must(t, "open", err)
	file.Close()
	file, err = f.OpenFile("w/pub/l", os.O_WRONLY, 0)
	must(t, "write through the link", err)
	file.Close()
}

// A scope that is a link means what it led to when the host was made.
func TestScopeIsLink(t *testing.T) {
	t.Parallel()
	dir := tree(t, "real/f", "file")
	must(t, "link", os.Symlink("real", filepath.Join(dir, "link")))
	must(t, "link", os.Symlink("file", filepath.Join(dir, "filelink")))
	f := newHost(t, Permissions{}.Allow(Read, "link").Allow(Write, "filelink"), Config{Dir: dir}).Files
	for _, name := range []string{"link/f", "real/f"} {
		_, err := f.ReadFile(name)
		must(t, name, err)
	}
	must(t, "atomic", WriteFileAtomic(f, "filelink", []byte("x"), 0o644))
	if data, _ := os.ReadFile(filepath.Join(dir, "file")); string(data) != "x" {
		t.Errorf("wrote %q", data)
	}
	var denied *DeniedError
	if err := f.Remove("filelink"); !errors.As(err, &denied) || denied.Hint != hintLinked {
		t.Errorf("remove: %v", err)
	}
}
