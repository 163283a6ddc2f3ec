package ftp

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
	"unicode"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"

	"github.com/gscript-lang/gscript/engine/host"
)

// files is the file system that a client sees: the trees of two os.Roots, one
// for looking and one for changing, which no name and no link leaves.
type files struct {
	server *Server
	user   string
	read   *os.Root
	change *os.Root // nil: read only
}

var (
	_ ftpserver.ClientDriver                      = (*files)(nil)
	_ ftpserver.ClientDriverExtentionFileTransfer = (*files)(nil)
	_ ftpserver.ClientDriverExtensionFileList     = (*files)(nil)
	_ ftpserver.ClientDriverExtensionRemoveDir    = (*files)(nil)
)

// rel is a client's path as one below the root.
func rel(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name == "" {
		return "."
	}
	return name
}

func denied(op, name string) error {
	return &fs.PathError{Op: op, Path: rel(name), Err: fs.ErrPermission}
}

// changing runs f on the root for changes, if there is one.
func (f *files) changing(op, name string, do func(root *os.Root, name string) error) error {
	if f.change == nil {
		return denied(op, name)
	}
	return do(f.change, rel(name))
}

func (f *files) Name() string { return "gscript" }

func (f *files) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (f *files) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

func (f *files) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	root := f.read
	if flag != os.O_RDONLY {
		root = f.change
	}
	if root == nil {
		return nil, denied("open", name)
	}
	file, err := root.OpenFile(rel(name), flag, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *files) Stat(name string) (os.FileInfo, error) { return f.read.Stat(rel(name)) }

// ReadDir lists a directory. A link to a file is listed as that file; links to
// directories, which could lead round in a circle, and names that would break a
// line of the listing are left out.
func (f *files) ReadDir(name string) ([]os.FileInfo, error) {
	entries, err := fs.ReadDir(f.read.FS(), rel(name))
	if err != nil {
		return nil, err
	}
	var infos []os.FileInfo
	for _, e := range entries {
		if strings.ContainsFunc(e.Name(), unicode.IsControl) {
			continue
		}
		info, err := e.Info()
		if err == nil && e.Type()&fs.ModeSymlink != 0 {
			if info, err = f.read.Stat(path.Join(rel(name), e.Name())); err == nil && info.IsDir() {
				continue
			}
		}
		if err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

func (f *files) Mkdir(name string, perm os.FileMode) error {
	return f.changing("mkdir", name, func(root *os.Root, name string) error { return root.Mkdir(name, perm) })
}

func (f *files) MkdirAll(name string, perm os.FileMode) error {
	return f.changing("mkdir", name, func(root *os.Root, name string) error { return root.MkdirAll(name, perm) })
}

// Remove removes a file.
func (f *files) Remove(name string) error {
	return f.changing("remove", name, func(root *os.Root, name string) error {
		if info, err := root.Lstat(name); err != nil || info.IsDir() {
			return errors.Join(err, errors.New("not a plain file"))
		}
		return root.Remove(name)
	})
}

// RemoveDir removes an empty directory.
func (f *files) RemoveDir(name string) error {
	return f.changing("rmdir", name, func(root *os.Root, name string) error {
		if info, err := root.Lstat(name); err != nil || !info.IsDir() {
			return errors.Join(err, errors.New("not a directory"))
		}
		return root.Remove(name)
	})
}

func (f *files) RemoveAll(name string) error {
	return f.changing("rmdir", name, func(root *os.Root, name string) error { return root.RemoveAll(name) })
}

func (f *files) Rename(from, to string) error {
	err := f.changing("rename", from, func(root *os.Root, from string) error { return root.Rename(from, rel(to)) })
	if err != nil {
		return err
	}
	return f.server.settled(rel(from), rel(to), f)
}

func (f *files) Chmod(name string, mode os.FileMode) error {
	return f.changing("chmod", name, func(root *os.Root, name string) error { return root.Chmod(name, mode&0o777) })
}

func (f *files) Chown(name string, _, _ int) error { return denied("chown", name) }

func (f *files) Chtimes(name string, atime, mtime time.Time) error {
	return f.changing("chtimes", name, func(root *os.Root, name string) error { return root.Chtimes(name, atime, mtime) })
}

// GetHandle opens a file for a transfer.
func (f *files) GetHandle(name string, flags int, _ int64) (ftpserver.FileTransfer, error) {
	name = rel(name)
	if info, err := f.read.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a plain file")
	}
	if flags == os.O_RDONLY {
		return f.OpenFile(name, flags, 0)
	}
	if f.change == nil {
		return nil, denied("open", name)
	}
	f.server.work.Add(1)
	u, err := f.upload(name, flags)
	if err != nil {
		f.server.work.Done()
		return nil, err
	}
	return u, nil
}

// upload begins an upload. A whole file gets its name at the end; one that
// continues or is temporary anyway is written in place, so that a client can
// go on with it later.
func (f *files) upload(name string, flags int) (*upload, error) {
	u := &upload{files: f, name: name}
	var err error
	if flags&os.O_TRUNC != 0 && !isPart(name) {
		u.whole, err = host.CreateAtomic(rootFiles{root: f.change}, name, 0o666)
		return u, err
	}
	u.file, err = f.change.OpenFile(name, flags, 0o666)
	return u, err
}

// isPart says that a name is one that transfers use until a file is complete.
func isPart(name string) bool {
	i := strings.LastIndex(name, ".part-")
	if i < 0 || len(name)-i != len(".part-")+16 {
		return false
	}
	_, err := hex.DecodeString(name[i+len(".part-"):])
	return err == nil
}

// rootFiles is what CreateAtomic needs of a file system.
type rootFiles struct{ root *os.Root }

func (r rootFiles) OpenFile(name string, flag int, perm fs.FileMode) (host.File, error) {
	file, err := r.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (r rootFiles) Stat(name string) (fs.FileInfo, error) { return r.root.Stat(name) }

func (r rootFiles) Rename(from, to string) error { return r.root.Rename(from, to) }

func (r rootFiles) Remove(name string) error { return r.root.Remove(name) }
