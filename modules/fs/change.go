package fs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type mkdirIn struct {
	Path    string `lua:"path" doc:"directory to make"`
	Parents bool   `lua:"parents,opt" doc:"make the missing directories above as well; it is then no error when the directory exists"`
}

type removeIn struct {
	Path      string `lua:"path" doc:"file, link or empty directory to remove"`
	MissingOK bool   `lua:"missing_ok,opt" doc:"no error when there is none"`
}

type fromToIn struct {
	From string `lua:"from" doc:"path as it is"`
	To   string `lua:"to" doc:"path as it shall be"`
}

type symlinkIn struct {
	Target string `lua:"target" doc:"where the link points; a relative target is taken from the link's directory"`
	Path   string `lua:"path" doc:"the link to make"`
}

type chmodIn struct {
	Path string `lua:"path" doc:"path of a file or directory"`
	Mode string `lua:"mode" doc:"permissions, as in \"644\" or \"rw-r--r--\""`
}

type touchIn struct {
	Path  string   `lua:"path" doc:"path of a file or directory; a missing file is made"`
	Mtime *float64 `lua:"mtime,opt" doc:"time of the last change, in seconds since 1970; now when left out"`
}

func changeFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("mkdir", "Make a directory.", mkdir).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.mkdir("a/b/c", {parents=true})
				print(fs.is_dir("a/b/c"))   --> true`),
		engine.Fn("remove", "Remove a file, a link or an empty directory.", remove).
			Needs(host.Write).
			Raises(errNotEmpty).
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "")
				fs.remove("a.txt")
				print(fs.exists("a.txt"))   --> false`),
		engine.Fn("remove_all", "Remove a directory with all that is in it. Links in it are removed and not followed. It is no error when there is none. The root, the working directory, those above it and the user's home are refused.", removeAll).
			Needs(host.Write).
			Raises(errRefused).
			Example(`
				local fs = require "fs"
				fs.mkdir("build/out", {parents=true})
				fs.remove_all("build")
				print(fs.exists("build"))   --> false`),
		engine.Fn("rename", "Give a file or directory another name on the same disk. A file of that name is replaced.", rename).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "hello")
				fs.rename("a.txt", "b.txt")
				print(fs.exists("a.txt"), fs.exists("b.txt"))   --> false	true`),
		engine.Fn("copy", "Copy a file, or with recursive=true a directory with all that is in it. Each file appears complete or not at all, with the permissions of the original. Links in a directory are copied as links. A directory that exists is filled up.", copyPath).
			Needs(host.Read, host.Write).
			Raises(errRefused).
			ReturningType("fs.CopyResult", "what was copied").
			Example(`
				local fs = require "fs"
				fs.mkdir("site/img", {parents=true})
				fs.write("site/index.html", "<h1>hi</h1>")
				local r = fs.copy("site", "backup", {recursive=true})
				print(r.files, r.bytes, fs.read("backup/index.html"))   --> 1	11	<h1>hi</h1>`),
		engine.Fn("symlink", "Make a symbolic link.", symlink).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "hello")
				fs.symlink("a.txt", "b.txt")
				print(fs.read("b.txt"))   --> hello`),
		engine.Fn("chmod", "Set the permissions of a file or directory.", chmod).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.write("run.sh", "#!/bin/sh\n")
				fs.chmod("run.sh", "755")
				print(fs.stat("run.sh").mode)   --> rwxr-xr-x`),
		engine.Fn("touch", "Set the time of the last change, and make the file when it is missing.", touch).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.touch("stamp", {mtime=86400})
				print(fs.stat("stamp").mtime)   --> 86400`),
	}
}

func mkdir(c *engine.Call, in mkdirIn) (engine.None, error) {
	files := c.Host().Files
	if in.Parents {
		return engine.None{}, files.MkdirAll(in.Path, 0o777)
	}
	return engine.None{}, files.Mkdir(in.Path, 0o777)
}

func remove(c *engine.Call, in removeIn) (engine.None, error) {
	err := c.Host().Files.Remove(in.Path)
	switch {
	case in.MissingOK && absent(err):
		err = nil
	case errors.Is(err, syscall.ENOTEMPTY):
		e := engine.Errorf(errNotEmpty, "the directory is not empty").
			WithHint("fs.remove_all removes a directory with all that is in it")
		e.Target, e.Cause = in.Path, err
		err = e
	}
	return engine.None{}, err
}

func removeAll(c *engine.Call, in pathIn) (engine.None, error) {
	if err := harmless(c.Host(), in.Path); err != nil {
		return engine.None{}, err
	}
	return engine.None{}, c.Host().Files.RemoveAll(in.Path)
}

// harmless refuses to remove what nobody means to: most often it is a variable
// that was empty.
func harmless(h *host.Host, path string) error {
	why := ""
	abs := h.Files.Abs(path)
	switch home, _ := h.Environment.Home(); {
	case strings.TrimSpace(path) == "":
		why = "the path is empty"
	case abs == filepath.Dir(abs):
		why = "it is the root of the file system"
	case within(h.Files.WorkDir(), abs):
		why = "the working directory is in it"
	case home != "" && within(home, abs):
		why = "the user's home directory is in it"
	default:
		return nil
	}
	e := engine.Errorf(errRefused, "refused to remove it: %s", why)
	e.Target = path
	return e
}

// within says that path is dir or below it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func rename(c *engine.Call, in fromToIn) (engine.None, error) {
	err := c.Host().Files.Rename(in.From, in.To)
	if errors.Is(err, syscall.EXDEV) {
		e := engine.Errorf(errFailed, "%s is on another disk", in.To).
			WithHint("copy it with fs.copy and remove the original")
		e.Target, e.Cause = in.From, err
		err = e
	}
	return engine.None{}, err
}

func symlink(c *engine.Call, in symlinkIn) (engine.None, error) {
	return engine.None{}, c.Host().Files.Symlink(in.Target, in.Path)
}

func chmod(c *engine.Call, in chmodIn) (engine.None, error) {
	mode, err := parseMode(in.Mode)
	if err != nil {
		return engine.None{}, err
	}
	if mode == nil {
		return engine.None{}, engine.Invalid("argument 'mode' is empty")
	}
	return engine.None{}, c.Host().Files.Chmod(in.Path, *mode)
}

func touch(c *engine.Call, in touchIn) (engine.None, error) {
	h := c.Host()
	at := h.Clock.Now()
	if in.Mtime != nil {
		at = time.UnixMicro(int64(*in.Mtime * 1e6))
	}
	err := h.Files.Chtimes(in.Path, at, at)
	if !errors.Is(err, fs.ErrNotExist) {
		return engine.None{}, err
	}
	f, err := h.Files.OpenFile(in.Path, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return engine.None{}, err
	}
	if err := f.Close(); err != nil {
		return engine.None{}, err
	}
	return engine.None{}, h.Files.Chtimes(in.Path, at, at)
}
