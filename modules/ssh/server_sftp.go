package ssh

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/pkg/sftp"
)

// tree serves the files below one directory. Every operation goes through an
// os.Root, so that neither .. nor a link leads out of it.
type tree struct {
	root     *os.Root
	readOnly bool
}

func (t *tree) close() {
	if t != nil {
		t.root.Close()
	}
}

func (t *tree) handlers() sftp.Handlers {
	return sftp.Handlers{FileGet: t, FilePut: t, FileCmd: t, FileList: t}
}

// inside turns a path of a client, which is clean and absolute, into one of
// the root.
func inside(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	if p == "" {
		return "."
	}
	return p
}

// refuse keeps what the client is told free of where the tree stands.
func refuse(err error) error {
	var (
		pathErr *fs.PathError
		linkErr *os.LinkError
		number  syscall.Errno
	)
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		return sftp.ErrSSHFxPermissionDenied
	case errors.As(err, &number):
		return errors.New(number.Error())
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}

// open opens a file, and nothing that could block or is no file.
func (t *tree) open(name string, flag int) (*os.File, error) {
	if info, err := t.root.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	file, err := t.root.OpenFile(name, flag, 0o666)
	return file, refuse(err)
}

// Fileread opens a file for reading.
func (t *tree) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	return t.open(inside(r.Filepath), os.O_RDONLY)
}

// Filewrite opens a file for writing.
func (t *tree) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	return t.OpenFile(r)
}

// OpenFile opens a file for both. The append flag is left to the client, which
// gives an offset with each write: a file opened for appending refuses those.
func (t *tree) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) {
	if t.readOnly {
		return nil, sftp.ErrSSHFxPermissionDenied
	}
	want := r.Pflags()
	flag := os.O_WRONLY
	if want.Read {
		flag = os.O_RDWR
	}
	for _, f := range []struct {
		set  bool
		flag int
	}{{want.Creat, os.O_CREATE}, {want.Trunc, os.O_TRUNC}, {want.Excl, os.O_EXCL}} {
		if f.set {
			flag |= f.flag
		}
	}
	file, err := t.open(inside(r.Filepath), flag)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Filecmd changes files and directories.
func (t *tree) Filecmd(r *sftp.Request) error {
	if t.readOnly {
		return sftp.ErrSSHFxPermissionDenied
	}
	name := inside(r.Filepath)
	switch r.Method {
	case "Setstat":
		return refuse(t.setStat(name, r))
	case "Rename":
		if _, err := t.root.Lstat(inside(r.Target)); err == nil {
			return errors.New("the new name exists")
		}
		return refuse(t.root.Rename(name, inside(r.Target)))
	case "Rmdir":
		return refuse(t.removeKind(name, true))
	case "Remove":
		return refuse(t.removeKind(name, false))
	case "Mkdir":
		return refuse(t.root.Mkdir(name, 0o777))
	case "Link":
		return refuse(t.root.Link(name, inside(r.Target)))
	case "Symlink":
		return refuse(t.symlink(r.Filepath, inside(r.Target)))
	}
	return sftp.ErrSSHFxOpUnsupported
}

// PosixRename renames over what has the new name.
func (t *tree) PosixRename(r *sftp.Request) error {
	if t.readOnly {
		return sftp.ErrSSHFxPermissionDenied
	}
	return refuse(t.root.Rename(inside(r.Filepath), inside(r.Target)))
}

func (t *tree) removeKind(name string, dir bool) error {
	info, err := t.root.Lstat(name)
	if err != nil {
		return err
	}
	switch {
	case name == ".":
		return sftp.ErrSSHFxPermissionDenied
	case dir && !info.IsDir():
		return errors.New("not a directory")
	case !dir && info.IsDir():
		return errors.New("is a directory")
	}
	return t.root.Remove(name)
}

// symlink makes links that stay inside. Nobody could follow another one here,
// but other programs on this machine could.
func (t *tree) symlink(target, link string) error {
	if path.IsAbs(target) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(link), target))) {
		return sftp.ErrSSHFxPermissionDenied
	}
	return t.root.Symlink(target, link)
}

func (t *tree) setStat(name string, r *sftp.Request) error {
	flags, attrs := r.AttrFlags(), r.Attributes()
	if flags.Size {
		file, err := t.open(name, os.O_WRONLY)
		if err != nil {
			return err
		}
		if err := errors.Join(file.Truncate(int64(attrs.Size)), file.Close()); err != nil {
			return err
		}
	}
	if flags.Permissions {
		if err := t.root.Chmod(name, attrs.FileMode().Perm()); err != nil {
			return err
		}
	}
	if flags.Acmodtime {
		if err := t.root.Chtimes(name, attrs.AccessTime(), attrs.ModTime()); err != nil {
			return err
		}
	}
	if flags.UidGid {
		return sftp.ErrSSHFxOpUnsupported
	}
	return nil
}

// Filelist lists a directory or describes a file, following links.
func (t *tree) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	name := inside(r.Filepath)
	if r.Method != "List" {
		info, err := t.root.Stat(name)
		return infos{info}, refuse(err)
	}
	if info, err := t.root.Stat(name); err == nil && !info.IsDir() {
		return nil, errors.New("not a directory")
	}
	dir, err := t.root.Open(name)
	if err != nil {
		return nil, refuse(err)
	}
	defer dir.Close()
	list, err := dir.Readdir(-1)
	if err != nil {
		return nil, refuse(err)
	}
	slices.SortFunc(list, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return infos(list), nil
}

// Lstat describes a file or the link itself.
func (t *tree) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	info, err := t.root.Lstat(inside(r.Filepath))
	return infos{info}, refuse(err)
}

// Readlink tells where a link points.
func (t *tree) Readlink(p string) (string, error) {
	target, err := t.root.Readlink(inside(p))
	return filepath.ToSlash(target), refuse(err)
}

// infos is a listing.
type infos []fs.FileInfo

// ListAt gives the part of the listing from offset on.
func (l infos) ListAt(to []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[offset:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}
