package fake

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// Mkdir makes one directory.
func (f *Files) Mkdir(name string, perm fs.FileMode) error {
	return f.do("mkdir", name, write, func(path string) error {
		_, dir, base, err := f.find(path, false)
		switch {
		case err == nil:
			return fs.ErrExist
		case dir == nil:
			return err
		}
		n := f.node(fs.ModeDir | perm.Perm())
		n.entries = map[string]*node{}
		dir.entries[base], dir.mtime = n, n.mtime
		return nil
	})
}

// MkdirAll makes a directory and the missing ones above it.
func (f *Files) MkdirAll(name string, perm fs.FileMode) error {
	return f.do("mkdir", name, write, func(path string) error { return f.mkdirAll(path, perm) })
}

// MkdirTemp makes a new directory in TempDir.
func (f *Files) MkdirTemp(pattern string) (string, error) {
	if !f.real.Permissions.Has(host.Write) {
		return "", &host.DeniedError{Capability: host.Write, Target: f.TempDir()}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	before, after := cut(pattern)
	name := fmt.Sprintf("%s%03d%s", before, f.made, after)
	if strings.ContainsRune(name, filepath.Separator) {
		return "", &os.PathError{Op: "mkdirtemp", Path: pattern, Err: fmt.Errorf("pattern contains path separator")}
	}
	path := filepath.Join(f.TempDir(), name)
	f.temps = append(f.temps, path)
	return path, f.mkdirAll(path, 0o700)
}

// cut splits a pattern at its last *, which stands for the number.
func cut(pattern string) (before, after string) {
	if i := strings.LastIndexByte(pattern, '*'); i >= 0 {
		return pattern[:i], pattern[i+1:]
	}
	return pattern, ""
}

// Remove removes a file or an empty directory.
func (f *Files) Remove(name string) error {
	return f.do("remove", name, write, func(path string) error {
		n, dir, base, err := f.find(path, false)
		switch {
		case err != nil:
			return err
		case len(n.entries) > 0:
			return syscall.ENOTEMPTY
		case dir == nil:
			return syscall.EBUSY
		}
		delete(dir.entries, base)
		dir.mtime = f.real.Clock.Now()
		return nil
	})
}

// RemoveAll removes a tree; it is no error when there is none.
func (f *Files) RemoveAll(name string) error {
	return f.do("remove", name, write, func(path string) error {
		_, dir, base, err := f.find(path, false)
		if err == nil && dir == nil {
			return syscall.EBUSY
		}
		if err == nil {
			delete(dir.entries, base)
		}
		return nil
	})
}

// Rename moves a file, replacing a file at newName.
func (f *Files) Rename(oldName, newName string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range []string{oldName, newName} {
		if err := f.allow(name, host.Write); err != nil {
			return err
		}
	}
	err := f.rename(f.Abs(oldName), f.Abs(newName))
	if _, denied := err.(*host.DeniedError); err == nil || denied {
		return err
	}
	return &os.LinkError{Op: "rename", Old: oldName, New: newName, Err: err}
}

func (f *Files) rename(from, to string) error {
	n, dir, base, err := f.find(from, false)
	if err != nil {
		return err
	}
	there, toDir, toBase, err := f.find(to, false)
	switch {
	case dir == nil || err == nil && toDir == nil:
		return syscall.EBUSY
	case err != nil && toDir == nil:
		return err
	case there == n:
		return nil
	case there != nil && there.mode.IsDir() && !n.mode.IsDir():
		return fs.ErrExist
	case there != nil && !there.mode.IsDir() && n.mode.IsDir():
		return syscall.ENOTDIR
	case there != nil && len(there.entries) > 0:
		return syscall.ENOTEMPTY
	case n.mode.IsDir() && strings.HasPrefix(to, from+string(filepath.Separator)):
		return syscall.EINVAL
	}
	delete(dir.entries, base)
	toDir.entries[toBase] = n
	return nil
}

// Symlink makes name a link to target.
func (f *Files) Symlink(target, name string) error {
	return f.do("symlink", name, write, func(path string) error {
		at := target
		if !filepath.IsAbs(at) {
			at = filepath.Join(filepath.Dir(path), target)
		}
		if err := f.allow(at, host.Write); err != nil {
			if err := f.allow(at, host.Read); err != nil {
				return err
			}
		}
		_, dir, base, err := f.find(path, false)
		switch {
		case err == nil:
			return fs.ErrExist
		case dir == nil:
			return err
		}
		n := f.node(fs.ModeSymlink | 0o777)
		n.target = target
		dir.entries[base] = n
		return nil
	})
}

// Chmod changes the permission bits.
func (f *Files) Chmod(name string, mode fs.FileMode) error {
	return f.do("chmod", name, write, func(path string) error {
		n, _, _, err := f.find(path, true)
		if err == nil {
			n.mode = n.mode&^fs.ModePerm | mode.Perm()
		}
		return err
	})
}

// Chtimes changes the time of modification; no other is kept.
func (f *Files) Chtimes(name string, _, mtime time.Time) error {
	return f.do("chtimes", name, write, func(path string) error {
		n, _, _, err := f.find(path, true)
		if err == nil && !mtime.IsZero() {
			n.mtime = mtime
		}
		return err
	})
}
