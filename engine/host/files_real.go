package host

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// files is the real file system under grants. A whole grant goes straight to
// package os; anything else goes through the os.Root of a grant (reach.go).
type files struct {
	dir string // "" is the process's working directory
	grants
}

func newFiles(p Permissions, dir string) *files {
	if dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
	}
	f := &files{dir: dir, grants: grants{all: map[Capability]bool{}, list: map[Capability][]*grant{}}}
	made := map[string]*grant{}
	for _, c := range []Capability{Read, Write} {
		f.all[c] = p.All(c)
		if f.all[c] {
			continue
		}
		for _, scope := range p.scopes(c) {
			name := f.Abs(scope)
			if made[name] == nil {
				made[name] = newGrant(name)
			}
			if made[name] != nil {
				f.list[c] = append(f.list[c], made[name])
			}
		}
	}
	return f
}

func (f *files) Close() error { return f.grants.close() }

func (f *files) WorkDir() string {
	if f.dir != "" {
		return f.dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return string(filepath.Separator)
	}
	return dir
}

func (f *files) Abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	if runtime.GOOS == "windows" && f.dir == "" {
		// C:name and \name have meanings of their own there.
		if abs, err := filepath.Abs(name); err == nil {
			return abs
		}
	}
	return filepath.Join(f.WorkDir(), name)
}

func (f *files) TempDir() string { return f.Abs(os.TempDir()) }

// plain is the name package os gets when the grant is whole.
func (f *files) plain(name string) string {
	if f.dir == "" || name == "" {
		return name
	}
	return f.Abs(name)
}

func (f *files) Open(name string) (File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

func (f *files) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	file, err := f.open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *files) open(name string, flag int, perm fs.FileMode) (*os.File, error) {
	var file *os.File
	err := f.reach(access{op: "open", name: name, caps: openCaps(flag), follow: true}, func(s spot) (err error) {
		switch {
		case s.root == nil:
			file, err = os.OpenFile(s.rel, flag, perm)
		case s.exact:
			file, err = openExact(s.root, s.rel, flag, perm)
		default:
			file, err = s.root.OpenFile(s.rel, flag, perm)
		}
		return err
	})
	return file, err
}

func openCaps(flag int) []Capability {
	switch {
	case flag&os.O_RDWR != 0:
		return []Capability{Read, Write}
	case flag&os.O_WRONLY != 0:
		return []Capability{Write}
	case flag&(os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0:
		return []Capability{Read, Write}
	}
	return []Capability{Read}
}

// openExact opens the file name and never what a link of that name leads to,
// not even inside root: only the one name was granted. os.Root follows links
// whatever the flags say, so the file is compared with the name after it is
// opened, and changed (truncated) only then.
func openExact(root *os.Root, name string, flag int, perm fs.FileMode) (*os.File, error) {
	if flag&os.O_CREATE != 0 {
		file, err := root.OpenFile(name, flag|os.O_EXCL, perm) // never follows
		if flag&os.O_EXCL != 0 || !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	file, err := root.OpenFile(name, flag&^(os.O_CREATE|os.O_TRUNC), perm)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil {
		var named fs.FileInfo
		if named, err = root.Lstat(name); err == nil && !os.SameFile(opened, named) {
			err = errLink
		}
	}
	if err == nil && flag&os.O_TRUNC != 0 && opened.Mode().IsRegular() {
		err = file.Truncate(0)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (f *files) ReadFile(name string) ([]byte, error) {
	file, err := f.open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func (f *files) Stat(name string) (info fs.FileInfo, err error) {
	err = f.reach(access{op: "stat", name: name, caps: []Capability{Read}, follow: true}, func(s spot) (err error) {
		switch {
		case s.root == nil:
			info, err = os.Stat(s.rel)
		case s.exact:
			info, err = s.root.Lstat(s.rel)
		default:
			info, err = s.root.Stat(s.rel)
		}
		return err
	})
	return info, err
}

func (f *files) Lstat(name string) (info fs.FileInfo, err error) {
	err = f.reach(access{op: "lstat", name: name, caps: []Capability{Read}}, func(s spot) (err error) {
		if s.root == nil {
			info, err = os.Lstat(s.rel)
		} else {
			info, err = s.root.Lstat(s.rel)
		}
		return err
	})
	return info, err
}

func (f *files) ReadDir(name string) (list []fs.DirEntry, err error) {
	err = f.reach(access{op: "open", name: name, caps: []Capability{Read}, follow: true}, func(s spot) error {
		if s.root == nil {
			list, err = os.ReadDir(s.rel)
			return err
		}
		dir, err := s.root.Open(s.rel)
		if err != nil {
			return err
		}
		defer dir.Close()
		list, err = dir.ReadDir(-1)
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
		return err
	})
	return list, err
}

func (f *files) Readlink(name string) (target string, err error) {
	err = f.reach(access{op: "readlink", name: name, caps: []Capability{Read}}, func(s spot) (err error) {
		if s.root == nil {
			target, err = os.Readlink(s.rel)
		} else {
			target, err = s.root.Readlink(s.rel)
		}
		return err
	})
	return target, err
}

func (f *files) OpenRoot(name string, c Capability) (root *os.Root, err error) {
	if c != Read && c != Write {
		return nil, errors.New("open root: the capability must be read or write")
	}
	err = f.reach(access{op: "open", name: name, caps: []Capability{c}, follow: true}, func(s spot) (err error) {
		switch {
		case s.root == nil:
			root, err = os.OpenRoot(s.rel)
		case s.exact: // it would be a directory's root otherwise
			_, err = s.root.Lstat(s.rel)
			err = cmp.Or(err, error(syscall.ENOTDIR))
		default:
			root, err = s.root.OpenRoot(s.rel)
		}
		return err
	})
	return root, err
}

func (f *files) MkdirTemp(pattern string) (string, error) {
	f.mu.RLock()
	may := f.all[Write] || len(f.list[Write]) > 0
	f.mu.RUnlock()
	if !may {
		return "", &DeniedError{Capability: Write, Target: f.TempDir()}
	}
	name, err := os.MkdirTemp(f.TempDir(), pattern)
	if err != nil || f.all[Read] && f.all[Write] {
		return name, err
	}
	g := newGrant(name)
	if g == nil {
		return "", errors.Join(&fs.PathError{Op: "mkdirtemp", Path: name, Err: fs.ErrNotExist}, os.Remove(name))
	}
	g.temp = true
	f.add(g)
	return name, nil
}

func (f *files) Chmod(name string, mode fs.FileMode) error {
	return f.reach(access{op: "chmod", name: name, caps: []Capability{Write}, follow: true}, func(s spot) error {
		if s.root == nil {
			return os.Chmod(s.rel, mode)
		}
		return s.root.Chmod(s.rel, mode)
	})
}

func (f *files) Chtimes(name string, atime, mtime time.Time) error {
	return f.reach(access{op: "chtimes", name: name, caps: []Capability{Write}, follow: true}, func(s spot) error {
		if s.root == nil {
			return os.Chtimes(s.rel, atime, mtime)
		}
		return s.root.Chtimes(s.rel, atime, mtime)
	})
}
