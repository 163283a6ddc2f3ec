package fake

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// Files is a file system in memory. It is safe for concurrent use.
type Files struct {
	real *host.Host // for the permissions, the clock and the working directory
	dir  string

	mu    sync.Mutex
	root  *node
	temps []string // made by MkdirTemp, granted
	made  int
}

// node is a file, a directory or a link.
type node struct {
	mode    fs.FileMode
	mtime   time.Time
	data    []byte
	target  string
	entries map[string]*node
}

// NewFiles returns a file system with the working directory of h, empty but for
// that and the directory for temporary files.
func NewFiles(h *host.Host) *Files {
	f := &Files{real: h, dir: h.Files.WorkDir(), root: &node{mode: fs.ModeDir | 0o755, mtime: h.Clock.Now(), entries: map[string]*node{}}}
	for _, dir := range []string{f.dir, f.TempDir()} {
		f.mkdirAll(dir, 0o755)
	}
	return f
}

// Put makes a file with the directories above it, without asking anybody.
func (f *Files) Put(name string, data []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := f.Abs(name)
	if err := f.mkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	n, err := f.create(path, 0o644)
	if err == nil {
		n.data = slices.Clone(data)
	}
	return err
}

// All returns the content of every file, by its absolute name.
func (f *Files) All() map[string][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string][]byte{}
	var walk func(path string, n *node)
	walk = func(path string, n *node) {
		for name, child := range n.entries {
			walk(filepath.Join(path, name), child)
		}
		if n.mode.IsRegular() {
			all[path] = slices.Clone(n.data)
		}
	}
	walk(string(filepath.Separator), f.root)
	return all
}

// Abs returns the cleaned absolute form of a name.
func (f *Files) Abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(f.dir, name)
}

// WorkDir returns the real working directory's name.
func (f *Files) WorkDir() string { return f.dir }

// TempDir returns the name of the real directory for temporary files.
func (f *Files) TempDir() string { return f.real.Files.TempDir() }

func (f *Files) allow(name string, caps ...host.Capability) error {
	path := f.Abs(name)
	for _, temp := range f.temps {
		if path == temp || strings.HasPrefix(path, temp+string(filepath.Separator)) {
			return nil
		}
	}
	for _, c := range caps {
		if err := f.real.Check(c, path); err != nil {
			return err
		}
	}
	return nil
}

const maxLinks = 40

// parts are the elements of an absolute name.
func parts(path string) []string {
	path = path[len(filepath.VolumeName(path)):]
	var list []string
	for part := range strings.SplitSeq(path, string(filepath.Separator)) {
		if part != "" {
			list = append(list, part)
		}
	}
	return list
}

// find returns the node of an absolute name and its directory; without the node
// the error is fs.ErrNotExist, and dir is not nil when only the last is missing.
func (f *Files) find(path string, follow bool) (n, dir *node, base string, err error) {
	for range maxLinks {
		list := parts(path)
		n, dir, base = f.root, nil, ""
		at := path[:len(filepath.VolumeName(path))] + string(filepath.Separator)
		linked := false
		for i, part := range list {
			if !n.mode.IsDir() {
				return nil, nil, "", syscall.ENOTDIR
			}
			next, last := n.entries[part], i == len(list)-1
			dir, base = n, part
			if next == nil {
				if last {
					return nil, dir, base, fs.ErrNotExist
				}
				return nil, nil, "", fs.ErrNotExist
			}
			if next.mode&fs.ModeSymlink != 0 && (follow || !last) {
				target := next.target
				if !filepath.IsAbs(target) {
					target = filepath.Join(at, target)
				}
				path, linked = filepath.Join(append([]string{target}, list[i+1:]...)...), true
				break
			}
			n, at = next, filepath.Join(at, part)
		}
		if !linked {
			return n, dir, base, nil
		}
		if err := f.allow(path, host.Read); err != nil {
			if werr := f.allow(path, host.Write); werr != nil {
				return nil, nil, "", err
			}
		}
	}
	return nil, nil, "", syscall.ELOOP
}

func (f *Files) mkdirAll(path string, perm fs.FileMode) error {
	n := f.root
	for _, part := range parts(path) {
		next := n.entries[part]
		if next == nil {
			next = f.node(fs.ModeDir | perm.Perm())
			next.entries = map[string]*node{}
			n.entries[part] = next
			n.mtime = next.mtime
		}
		if next.mode&fs.ModeSymlink != 0 {
			var err error
			if next, _, _, err = f.find(f.Abs(next.target), true); err != nil {
				return err
			}
		}
		if !next.mode.IsDir() {
			return syscall.ENOTDIR
		}
		n = next
	}
	return nil
}

func (f *Files) node(mode fs.FileMode) *node { return &node{mode: mode, mtime: f.real.Clock.Now()} }

// create gives the file of an absolute name, made if there is none.
func (f *Files) create(path string, perm fs.FileMode) (*node, error) {
	n, dir, base, err := f.find(path, true)
	if err == nil && n.mode.IsDir() {
		return nil, syscall.EISDIR
	}
	if err == nil || dir == nil {
		return n, err
	}
	n = f.node(perm.Perm())
	dir.entries[base], dir.mtime = n, n.mtime
	return n, nil
}

// do runs one operation on a name.
func (f *Files) do(op, name string, caps []host.Capability, act func(path string) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if name == "" {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	if err := f.allow(name, caps...); err != nil {
		return err
	}
	err := act(f.Abs(name))
	if _, denied := err.(*host.DeniedError); err == nil || denied {
		return err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

var (
	read  = []host.Capability{host.Read}
	write = []host.Capability{host.Write}
)

// Open opens a file for reading.
func (f *Files) Open(name string) (host.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

// OpenFile is the general open call.
func (f *Files) OpenFile(name string, flag int, perm fs.FileMode) (host.File, error) {
	caps := read
	switch {
	case flag&os.O_RDWR != 0:
		caps = []host.Capability{host.Read, host.Write}
	case flag&os.O_WRONLY != 0:
		caps = write
	case flag&(os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0:
		caps = []host.Capability{host.Read, host.Write}
	}
	var file *file
	err := f.do("open", name, caps, func(path string) error {
		n, dir, _, err := f.find(path, true)
		switch {
		case err == nil && flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL:
			return fs.ErrExist
		case err != nil && dir != nil && flag&os.O_CREATE != 0:
			if n, err = f.create(path, perm); err != nil {
				return err
			}
		case err != nil:
			return err
		}
		writes := flag&(os.O_WRONLY|os.O_RDWR) != 0
		if n.mode.IsDir() && writes {
			return syscall.EISDIR
		}
		if n.mode&0o200 == 0 && writes && flag&os.O_CREATE == 0 || n.mode&0o400 == 0 && flag&os.O_WRONLY == 0 {
			return fs.ErrPermission
		}
		if flag&os.O_TRUNC != 0 && writes {
			n.data, n.mtime = nil, f.real.Clock.Now()
		}
		file = newFile(f, n, name, flag)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return file, nil
}

// ReadFile returns the whole content of a file.
func (f *Files) ReadFile(name string) (data []byte, err error) {
	err = f.do("open", name, read, func(path string) error {
		n, _, _, err := f.find(path, true)
		if err == nil && n.mode.IsDir() {
			err = syscall.EISDIR
		}
		if err == nil {
			data = slices.Clone(n.data)
		}
		return err
	})
	return data, err
}

func (f *Files) info(op, name string, follow bool) (info fs.FileInfo, err error) {
	err = f.do(op, name, read, func(path string) error {
		n, _, _, err := f.find(path, follow)
		if err == nil {
			info = describe(filepath.Base(path), n)
		}
		return err
	})
	return info, err
}

// Stat describes a file, following links.
func (f *Files) Stat(name string) (fs.FileInfo, error) { return f.info("stat", name, true) }

// Lstat describes a file or the link itself.
func (f *Files) Lstat(name string) (fs.FileInfo, error) { return f.info("lstat", name, false) }

// ReadDir lists a directory, sorted by name.
func (f *Files) ReadDir(name string) (list []fs.DirEntry, err error) {
	err = f.do("open", name, read, func(path string) error {
		n, _, _, err := f.find(path, true)
		if err == nil && !n.mode.IsDir() {
			err = syscall.ENOTDIR
		}
		if err != nil {
			return err
		}
		for base, child := range n.entries {
			list = append(list, fs.FileInfoToDirEntry(describe(base, child)))
		}
		return nil
	})
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return list, err
}

// Readlink returns the target of a symbolic link.
func (f *Files) Readlink(name string) (target string, err error) {
	err = f.do("readlink", name, read, func(path string) error {
		n, _, _, err := f.find(path, false)
		if err == nil && n.mode&fs.ModeSymlink == 0 {
			err = syscall.EINVAL
		}
		if err == nil {
			target = n.target
		}
		return err
	})
	return target, err
}

// OpenRoot is refused: what needs one reads the disk itself.
func (f *Files) OpenRoot(name string, _ host.Capability) (*os.Root, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("files in memory cannot be served as a tree: use a temporary directory in this test")}
}

// MakeDir makes a directory and those above it, without asking anybody.
func (f *Files) MakeDir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mkdirAll(f.Abs(name), 0o755)
}
