package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

func (f *files) Mkdir(name string, perm fs.FileMode) error {
	return f.reach(access{op: "mkdir", name: name, caps: []Capability{Write}}, func(s spot) error {
		if s.root == nil {
			return os.Mkdir(s.rel, perm)
		}
		return s.root.Mkdir(s.rel, perm)
	})
}

func (f *files) MkdirAll(name string, perm fs.FileMode) error {
	a := access{op: "mkdir", name: name, caps: []Capability{Write}}
	if p, err := f.find(f.Abs(name), a.caps); err == nil && p.g != nil && p.part == "" {
		// The directories on the way to the grant come with it.
		p.g.stale()
		if _, err := p.g.root(); errors.Is(err, fs.ErrNotExist) {
			if err := p.g.anchor.MkdirAll(p.g.tail, perm); err != nil {
				return f.failed(a, err)
			}
		}
		if p.own() {
			a.follow = true // and only look whether it is a directory
		}
	}
	return f.reach(a, func(s spot) error {
		switch {
		case s.root == nil:
			return os.MkdirAll(s.rel, perm)
		case s.exact:
			return syscall.ENOTDIR
		case s.rel == ".":
			return nil
		}
		return s.root.MkdirAll(s.rel, perm)
	})
}

func (f *files) Remove(name string) error {
	err := f.reach(access{op: "remove", name: name, caps: []Capability{Write}, takes: true}, func(s spot) error {
		if s.root == nil {
			return os.Remove(s.rel)
		}
		return s.root.Remove(s.rel)
	})
	if err == nil {
		f.drop(f.Abs(name))
	}
	return err
}

func (f *files) RemoveAll(name string) error {
	err := f.reach(access{op: "remove", name: name, caps: []Capability{Write}, takes: true}, func(s spot) error {
		if s.root == nil {
			return os.RemoveAll(s.rel)
		}
		return s.root.RemoveAll(s.rel)
	})
	if err == nil {
		f.drop(f.Abs(name))
	}
	return err
}

func (f *files) Rename(oldName, newName string) error {
	write := []Capability{Write}
	from, err := f.find(f.Abs(oldName), write)
	if err != nil {
		return err
	}
	to, err := f.find(f.Abs(newName), write)
	if err != nil {
		return err
	}
	link := func(err error) error {
		return &os.LinkError{Op: "rename", Old: oldName, New: newName, Err: err}
	}
	if from.g == nil {
		err := os.Rename(f.plain(oldName), f.plain(newName))
		var inner *os.LinkError
		if errors.As(err, &inner) {
			err = link(inner.Err)
		}
		return err
	}
	if from.g != to.g || from.own() != to.own() {
		return link(syscall.EXDEV)
	}
	if from.own() && from.part == "" && from.g.linked {
		return &DeniedError{Capability: Write, Target: f.Abs(oldName), Hint: hintLinked}
	}
	err = f.through(from, access{}, func(s spot) error {
		if !from.own() {
			return s.root.Rename(s.rel, to.rel)
		}
		return s.root.Rename(s.rel, s.base+to.part)
	})
	if f.escaped(from.g, err) {
		return &DeniedError{Capability: Write, Target: f.Abs(oldName), Hint: hintLeaves}
	}
	var inner *os.LinkError
	if errors.As(err, &inner) {
		err = link(inner.Err)
	} else if err != nil {
		err = link(err)
	}
	return err
}

func (f *files) Symlink(target, name string) error {
	at := target
	if !filepath.IsAbs(target) {
		at = filepath.Join(filepath.Dir(f.Abs(name)), target)
	}
	at = filepath.Clean(at)
	if _, err := f.find(f.Abs(name), []Capability{Write}); err != nil {
		return err
	}
	// os.Root would not follow such a link, but other programs would.
	if _, err := f.find(at, []Capability{Write}); err != nil {
		if _, err := f.find(at, []Capability{Read}); err != nil {
			return &DeniedError{Capability: Read, Target: at, Hint: "a link may lead only to what is granted"}
		}
	}
	return f.reach(access{op: "symlink", name: name, caps: []Capability{Write}}, func(s spot) error {
		if s.root == nil {
			return os.Symlink(target, s.rel)
		}
		return s.root.Symlink(target, s.rel)
	})
}

// syncParent makes the entry of a file in its directory durable.
func (f *files) syncParent(name string) error {
	if runtime.GOOS == "windows" {
		return nil // a directory cannot be synced there
	}
	return f.reach(access{op: "sync", name: name, caps: []Capability{Write}}, func(s spot) error {
		var dir *os.File
		var err error
		if s.root == nil {
			dir, err = os.Open(filepath.Dir(s.rel))
		} else {
			dir, err = s.root.Open(filepath.Dir(s.rel))
		}
		if errors.Is(err, fs.ErrPermission) {
			return nil // a directory one may write in but not read
		}
		if err != nil {
			return err
		}
		defer dir.Close()
		if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		return nil
	})
}

// socketPath returns the path by which a granted unix socket may be reached.
func (f *files) socketPath(name string) (string, error) {
	caps := []Capability{Read, Write}
	p, err := f.find(f.Abs(name), caps)
	if err != nil {
		return "", err
	}
	if p.g == nil {
		return f.plain(name), nil
	}
	real, _ := resolve(f.Abs(name))
	if p.part != "" || !within(p.g.real, real) {
		return "", &DeniedError{Capability: Write, Target: f.Abs(name), Hint: hintLeaves}
	}
	return real, nil
}
