package fs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type statIn struct {
	Path   string `lua:"path" doc:"path of a file or directory"`
	Follow bool   `lua:"follow,opt" default:"true" doc:"describe what a link leads to, and not the link"`
}

type lsIn struct {
	Path   string `lua:"path,arg" default:"." doc:"directory to list"`
	Hidden bool   `lua:"hidden,opt" default:"true" doc:"list names that begin with a dot as well"`
}

type walkIn struct {
	Path       string `lua:"path,arg" default:"." doc:"directory to walk"`
	Hidden     bool   `lua:"hidden,opt" default:"true" doc:"visit names that begin with a dot as well"`
	SkipDenied bool   `lua:"skip_denied,opt" doc:"pass over directories that the operating system does not let us read, instead of raising"`
}

type entry struct {
	Name   string    `lua:"name" doc:"name without directory"`
	Path   string    `lua:"path" doc:"path by which it was found"`
	Type   string    `lua:"type" enum:"file|dir|link|other" doc:"what it is"`
	Size   int64     `lua:"size" doc:"bytes"`
	Mtime  time.Time `lua:"mtime" doc:"time of the last change, in seconds since 1970"`
	Mode   string    `lua:"mode" doc:"permissions, as in \"rw-r--r--\""`
	Target *string   `lua:"target" doc:"where a link points"`
}

func lookFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("exists", "Say whether there is something of that name. A link that leads nowhere does not count.", exists).
			Needs(host.Read).
			Returning("whether it exists").
			Example(`
				local fs = require "fs"
				print(fs.exists("no such file"))   --> false`),
		engine.Fn("is_file", "Say whether a path is a plain file, or a link to one.", is(fs.FileMode.IsRegular)).
			Needs(host.Read).
			Returning("whether it is a file").
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "")
				print(fs.is_file("a.txt"), fs.is_file("."))   --> true	false`),
		engine.Fn("is_dir", "Say whether a path is a directory, or a link to one.", is(fs.FileMode.IsDir)).
			Needs(host.Read).
			Returning("whether it is a directory").
			Example(`
				local fs = require "fs"
				print(fs.is_dir("."))   --> true`),
		engine.Fn("stat", "Describe a file or directory.", stat).
			Needs(host.Read).
			ReturningType("fs.Entry?", "its description, nil when there is none").
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "hello")
				local s = fs.stat("a.txt")
				print(s.type, s.size, s.mtime <= os.time() + 1)   --> file	5	true
				print(fs.stat("no such file"))                    --> nil`),
		engine.Fn("size", "Tell the size of a file.", size).
			Needs(host.Read).
			Returning("bytes").
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "hello")
				print(fs.size("a.txt"))   --> 5`),
		engine.Fn("ls", "List a directory. Links are listed as links.", ls).
			Needs(host.Read).
			ReturningType("fs.Entry[]", "the entries, sorted by name").
			Example(`
				local fs = require "fs"
				fs.mkdir("d/sub", {parents=true})
				fs.write("d/a.txt", "hello")
				for _, e in ipairs(fs.ls("d")) do print(e.name, e.type) end
				--> a.txt	file
				--> sub	dir`),
		engine.Fn("walk", "Visit all that is below a directory: each directory before what is in it, names in order. Links are visited and not followed.", walk).
			Needs(host.Read).
			ReturningType("fun(): fs.Entry?", "an iterator for a generic for").
			Example(`
				local fs = require "fs"
				fs.mkdir("d/sub", {parents=true})
				fs.write("d/sub/a.txt", "hello")
				for e in fs.walk("d") do print(e.path, e.type) end
				--> d/sub	dir
				--> d/sub/a.txt	file`),
		engine.Fn("glob", "Find the paths that match a pattern: * and ? within a name, [a-z], [!a-z], {a,b}, and ** for any number of directories. Names that begin with a dot are found only by a pattern that says so, or with hidden=true. ** does not follow links, and passes over directories that may not be read.", globPaths).
			Needs(host.Read).
			Returning("the paths in order; none is an empty list").
			Example(`
				local fs = require "fs"
				fs.mkdir("src/sub", {parents=true})
				fs.write("src/a.lua", "")
				fs.write("src/sub/b.lua", "")
				print(table.concat(fs.glob("src/**/*.lua"), " "))   --> src/a.lua src/sub/b.lua`),
		engine.Fn("readlink", "Tell where a symbolic link points.", readlink).
			Needs(host.Read).
			Returning("the target, as it was written").
			Example(`
				local fs = require "fs"
				fs.write("a.txt", "hello")
				fs.symlink("a.txt", "b.txt")
				print(fs.readlink("b.txt"))   --> a.txt`),
		engine.Fn("cwd", "Tell the script's working directory, which relative names are taken from.", cwd).
			AsInline().
			Returning("an absolute path").
			Example(`
				local fs, path = require "fs", require "path"
				print(fs.cwd() == path.abs("."))   --> true`),
	}
}

// absent says that a failure means that there is nothing of that name.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func exists(c *engine.Call, in pathIn) (bool, error) {
	return is(func(fs.FileMode) bool { return true })(c, in)
}

func is(what func(fs.FileMode) bool) func(*engine.Call, pathIn) (bool, error) {
	return func(c *engine.Call, in pathIn) (bool, error) {
		info, err := c.Host().Files.Stat(in.Path)
		if absent(err) {
			return false, nil
		}
		return err == nil && what(info.Mode()), err
	}
}

func stat(c *engine.Call, in statIn) (*entry, error) {
	files := c.Host().Files
	look := files.Stat
	if !in.Follow {
		look = files.Lstat
	}
	info, err := look(in.Path)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := describe(files, in.Path, info)
	e.Name = filepath.Base(in.Path)
	return &e, nil
}

func describe(files host.Files, path string, info fs.FileInfo) entry {
	e := entry{Name: info.Name(), Path: path, Size: info.Size(), Mtime: info.ModTime(), Type: "other", Mode: info.Mode().Perm().String()[1:]}
	switch {
	case info.Mode().IsRegular():
		e.Type = "file"
	case info.IsDir():
		e.Type = "dir"
	case info.Mode()&fs.ModeSymlink != 0:
		e.Type = "link"
		if target, err := files.Readlink(path); err == nil {
			e.Target = &target
		}
	}
	return e
}

func size(c *engine.Call, in pathIn) (int64, error) {
	info, err := c.Host().Files.Stat(in.Path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func ls(c *engine.Call, in lsIn) ([]entry, error) {
	return list(c, in.Path, in.Hidden)
}

// list describes what is in a directory. What vanishes meanwhile is left out.
func list(c *engine.Call, dir string, hidden bool) ([]entry, error) {
	if err := c.Context().Err(); err != nil {
		return nil, err
	}
	files := c.Host().Files
	found, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(found))
	for _, d := range found {
		if !hidden && strings.HasPrefix(d.Name(), ".") {
			continue
		}
		info, err := d.Info()
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, describe(files, filepath.Join(dir, d.Name()), info))
	}
	return entries, nil
}

func walk(c *engine.Call, in walkIn) (*engine.Iterator, error) {
	top, err := list(c, in.Path, in.Hidden)
	if err != nil {
		return nil, err
	}
	slices.Reverse(top)
	todo := top // the next entry is the last
	return &engine.Iterator{Next: func() (any, error) {
		if len(todo) == 0 {
			return nil, nil
		}
		e := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if e.Type != "dir" {
			return e, nil
		}
		below, err := list(c, e.Path, in.Hidden)
		if err != nil && !absent(err) && !(in.SkipDenied && errors.Is(err, fs.ErrPermission) && !denied(err)) {
			return nil, err
		}
		slices.Reverse(below)
		todo = append(todo, below...)
		return e, nil
	}}, nil
}

// denied says that the script lacks the permission, and not the user.
func denied(err error) bool {
	var d *host.DeniedError
	return errors.As(err, &d)
}

func readlink(c *engine.Call, in pathIn) (string, error) {
	return c.Host().Files.Readlink(in.Path)
}

func cwd(c *engine.Call, _ engine.None) (string, error) {
	return c.Host().Files.WorkDir(), nil
}
