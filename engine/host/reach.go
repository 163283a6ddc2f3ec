package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// access is one operation on a name.
type access struct {
	op, name string
	caps     []Capability
	follow   bool // it acts on what a link leads to
	takes    bool // it takes the name away
}

// spot is where an operation happens: rel in root. Without a root it is for
// package os. exact means that rel is the only name granted in root.
type spot struct {
	root  *os.Root
	rel   string
	base  string // with the grant's own place: its name in root
	exact bool
}

const (
	hintLeaves = "it leaves the granted directory through a symbolic link"
	hintLinked = "the granted name is a symbolic link; grant the directory it is in"
)

// reach finds the place of a name and does something there.
//
// A link that leads out of one grant may lead into another, and an absolute
// link is refused by os.Root wherever it leads. So after a refusal the name
// is resolved and tried once more, through the grant of the resolved name:
// that too is an os.Root, so nothing is gained by changing links meanwhile.
func (f *files) reach(a access, do func(spot) error) error {
	if a.name == "" {
		return &fs.PathError{Op: a.op, Path: "", Err: fs.ErrNotExist}
	}
	path := f.Abs(a.name)
	p, err := f.find(path, a.caps)
	if err != nil {
		return err
	}
	if p.g == nil {
		plain := f.plain(a.name)
		err := do(spot{rel: plain})
		var inner *fs.PathError
		if plain != a.name && errors.As(err, &inner) && inner.Path == plain {
			inner.Path = a.name
		}
		return err
	}
	err = f.through(p, a, do)
	if !f.escaped(p.g, err) {
		return f.failed(a, err)
	}
	left := &DeniedError{Capability: a.caps[len(a.caps)-1], Target: path, Hint: hintLeaves}
	real, ok := resolveFor(path, a.follow)
	if !ok || real == path {
		return left
	}
	p, err = f.find(real, a.caps)
	if err != nil || p.g == nil {
		return left
	}
	err = f.through(p, a, do)
	if f.escaped(p.g, err) {
		return left
	}
	return f.failed(a, err)
}

// resolveFor resolves the links an operation would follow.
func resolveFor(path string, follow bool) (string, bool) {
	if follow {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, true
		}
		if _, err := os.Lstat(path); err == nil {
			return "", false // a link to nothing
		}
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(dir, filepath.Base(path)), err == nil
}

// through does something at a place of a grant.
func (f *files) through(p place, a access, do func(spot) error) error {
	if p.own() {
		return f.throughOwn(p, a, do)
	}
	for {
		root, err := p.g.root()
		if err != nil {
			return err
		}
		err = do(spot{root: root, rel: p.rel})
		if errors.Is(err, fs.ErrNotExist) && p.g.stale() {
			continue // the granted directory was made anew
		}
		return err
	}
}

// throughOwn does something with the granted name itself: as a directory
// when it is one and is to be followed, else as a name in its parent.
func (f *files) throughOwn(p place, a access, do func(spot) error) error {
	if a.takes && p.part == "" && p.g.linked {
		return &DeniedError{Capability: Write, Target: p.g.given, Hint: hintLinked}
	}
	if a.follow && p.part == "" {
		p.g.stale()
		root, err := p.g.root()
		if err == nil {
			return do(spot{root: root, rel: "."})
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	root, base, done, err := p.g.parent()
	if err != nil {
		return err
	}
	defer done()
	name := base + p.part
	if a.follow {
		if info, err := root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return errLink
		}
	}
	return do(spot{root: root, rel: name, base: base, exact: true})
}

// escaped reports whether an error of a grant says that a link led out of it.
func (f *files) escaped(g *grant, err error) bool {
	return err != nil && (errors.Is(err, errLink) || g.escape != nil && errors.Is(err, g.escape))
}

// failed gives an error of an os.Root the operation's name and the file's
// name as the caller gave it.
func (f *files) failed(a access, err error) error {
	var denied *DeniedError
	if err == nil || errors.As(err, &denied) {
		return err
	}
	cause := err
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.Is(err, errLink):
		return &DeniedError{Capability: a.caps[len(a.caps)-1], Target: f.Abs(a.name), Hint: hintLeaves}
	case errors.As(err, &path):
		cause = path.Err
	case errors.As(err, &link):
		cause = link.Err
	}
	return &fs.PathError{Op: a.op, Path: a.name, Err: cause}
}
