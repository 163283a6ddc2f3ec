package fs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type tempIn struct {
	Prefix string `lua:"prefix,arg" default:"gscript-" doc:"what the name begins with"`
	Suffix string `lua:"suffix,opt" doc:"what the name ends with, such as \".txt\""`
}

func tempFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("temp_dir", "Make a directory for temporary files, which only the user can read. It is removed with all that is in it when the script ends, however it ends.", tempDir).
			Needs(host.Write).
			Returning("its path").
			Example(`
				local fs, path = require "fs", require "path"
				local dir = fs.temp_dir()
				fs.write(path.join(dir, "a.txt"), "hello")
				print(#fs.ls(dir))   --> 1`),
		engine.Fn("temp_file", "Make an empty temporary file, which only the user can read, in a directory of its own. It is removed when the script ends.", tempFile).
			Needs(host.Write).
			Returning("its path").
			Example(`
				local fs = require "fs"
				local file = fs.temp_file("report-", {suffix=".txt"})
				fs.write(file, "hello")
				print(fs.stat(file).mode)   --> rw-------`),
	}
}

// temps are the temporary directories of a state.
type temps struct {
	files host.Files
	mu    sync.Mutex
	dirs  []string
}

type tempsKey struct{}

func (t *temps) add(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirs = append(t.dirs, dir)
}

// Close removes the directories. Those that cannot be read or searched are made
// so first.
func (t *temps) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for _, dir := range t.dirs {
		err := t.files.RemoveAll(dir)
		if errors.Is(err, os.ErrPermission) {
			t.unlock(dir)
			err = t.files.RemoveAll(dir)
		}
		errs = append(errs, err)
	}
	t.dirs = nil
	return errors.Join(errs...)
}

// unlock gives us all rights in a tree, as far as that works.
func (t *temps) unlock(dir string) {
	if t.files.Chmod(dir, 0o700) != nil {
		return
	}
	entries, _ := t.files.ReadDir(dir)
	for _, d := range entries {
		if d.IsDir() {
			t.unlock(filepath.Join(dir, d.Name()))
		}
	}
}

func makeTemp(c *engine.Call, pattern string) (string, error) {
	if strings.ContainsAny(pattern, `/\`) {
		return "", engine.Invalid("the prefix and the suffix must not contain a slash")
	}
	files := c.Host().Files
	t := c.Local(tempsKey{}, func() any { return &temps{files: files} }).(*temps)
	dir, err := files.MkdirTemp(pattern)
	if err == nil {
		t.add(dir)
	}
	return dir, err
}

func tempDir(c *engine.Call, in tempIn) (string, error) {
	return makeTemp(c, in.Prefix+"*"+in.Suffix)
}

func tempFile(c *engine.Call, in tempIn) (string, error) {
	dir, err := makeTemp(c, in.Prefix+"*"+in.Suffix)
	if err != nil {
		return "", err
	}
	// The directory's name is random and nobody else may look into it.
	name := filepath.Join(dir, in.Prefix+"file"+in.Suffix)
	f, err := c.Host().Files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	return name, f.Close()
}
