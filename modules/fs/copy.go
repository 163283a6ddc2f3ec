package fs

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
	"github.com/gscript-lang/gscript/modules/internal/wholefile"
)

type copyIn struct {
	From      string `lua:"from" doc:"file or directory to copy"`
	To        string `lua:"to" doc:"name of the copy; for a file also a directory to put it in"`
	Recursive bool   `lua:"recursive,opt" doc:"copy a directory with all that is in it"`
	Overwrite bool   `lua:"overwrite,opt" default:"true" doc:"replace files that exist; false raises fs.exists"`
	Progress  any    `lua:"progress,opt" doc:"true shows a bar on a terminal; a function is called with the bytes done, the total and the name" type:"boolean|fun(done: integer, total: integer, name: string)"`
}

type copyResult struct {
	Files int   `lua:"files" doc:"files copied, links included"`
	Bytes int64 `lua:"bytes" doc:"bytes copied"`
}

// copier is one fs.copy.
type copier struct {
	c      *engine.Call
	in     copyIn
	meter  *meter.Meter
	result copyResult
}

func copyPath(c *engine.Call, in copyIn) (*copyResult, error) {
	files := c.Host().Files
	info, err := files.Stat(in.From)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(c, in.Progress)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	cp := &copier{c: c, in: in, meter: m}
	if !info.IsDir() {
		err := cp.file(in.From, wholefile.FollowLinks(files, fileTarget(c, in)), info)
		return &cp.result, err
	}
	if !in.Recursive {
		return nil, engine.Invalid("%s is a directory", in.From).WithHint("copy it with all that is in it: fs.copy(from, to, {recursive=true})")
	}
	if within(cp.real(in.To), cp.real(in.From)) {
		e := engine.Errorf(errRefused, "%s is in the directory that is to be copied", in.To)
		e.Target = in.From
		return nil, e
	}
	if err := files.MkdirAll(filepath.Dir(in.To), 0o777); err != nil {
		return nil, err
	}
	err = cp.tree(in.From, filepath.Clean(in.To), info, files.Stat)
	return &cp.result, err
}

// fileTarget puts a file that is copied to a directory into it.
func fileTarget(c *engine.Call, in copyIn) string {
	info, err := c.Host().Files.Stat(in.To)
	if err == nil && info.IsDir() || strings.HasSuffix(filepath.ToSlash(in.To), "/") {
		return filepath.Join(in.To, filepath.Base(in.From))
	}
	return in.To
}

// real is the absolute name without the links on the way, as far as it exists.
func (cp *copier) real(name string) string {
	files := cp.c.Host().Files
	at, rest := files.Abs(name), ""
	for hops := 0; at != filepath.Dir(at); {
		if to := files.Abs(wholefile.FollowLinks(files, at)); to != at && hops < 100 {
			at = to
			hops++
			continue
		}
		at, rest = filepath.Dir(at), filepath.Join(filepath.Base(at), rest)
	}
	return filepath.Join(at, rest)
}

// tree copies a directory. No link inside the copy leads it elsewhere; the copy
// itself may be reached by one.
func (cp *copier) tree(from, to string, info fs.FileInfo, look func(string) (fs.FileInfo, error)) error {
	files := cp.c.Host().Files
	made := files.Mkdir(to, 0o700) // until all is in it
	if made != nil {
		if there, err := look(to); !errors.Is(made, fs.ErrExist) || err != nil || !there.IsDir() {
			return made
		}
	}
	entries, err := files.ReadDir(from)
	if err != nil {
		return err
	}
	for _, d := range entries {
		if err := cp.c.Context().Err(); err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		source, target := filepath.Join(from, d.Name()), filepath.Join(to, d.Name())
		switch {
		case d.IsDir():
			err = cp.tree(source, target, info, files.Lstat)
		case info.Mode()&fs.ModeSymlink != 0:
			err = cp.link(source, target)
		case info.Mode().IsRegular():
			err = cp.file(source, target, info)
		default:
			err = special(source)
		}
		if err != nil {
			return err
		}
	}
	if made != nil {
		return nil // its permissions are its owner's choice
	}
	return files.Chmod(to, info.Mode().Perm())
}

func special(name string) error {
	e := engine.Errorf(errRefused, "it is neither a file, a directory nor a link")
	e.Target = name
	return e
}

func (cp *copier) link(from, to string) error {
	files := cp.c.Host().Files
	target, err := files.Readlink(from)
	if err != nil {
		return err
	}
	err = files.Symlink(target, to)
	if errors.Is(err, fs.ErrExist) && cp.in.Overwrite {
		if err := files.Remove(to); err != nil {
			return err
		}
		err = files.Symlink(target, to)
	}
	if err == nil {
		cp.result.Files++
	}
	return err
}

func (cp *copier) file(from, to string, info fs.FileInfo) error {
	files := cp.c.Host().Files
	switch there, err := files.Lstat(to); {
	case err != nil:
	case !cp.in.Overwrite:
		return &fs.PathError{Op: "copy", Path: to, Err: fs.ErrExist}
	case !there.Mode().IsRegular() && there.Mode()&fs.ModeSymlink == 0:
		return special(to)
	}
	source, err := files.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	bar := cp.meter.Start(filepath.Base(from), info.Size())
	mode := info.Mode().Perm()
	counted := &counter{r: source}
	err = bar.Finish(wholefile.Replace(cp.c.Context(), files, to, bar.Reader(counted), &mode))
	if err == nil {
		cp.result.Files++
		cp.result.Bytes += counted.n
	}
	return err
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
