package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// grant is one scoped file grant: a directory with all below it, or one file.
//
// The scope is resolved once, when the host is made. From then on everything
// goes through anchor, a directory held open, so that nothing a script does
// to the names above can change what the grant means.
type grant struct {
	given string // the absolute scope as it was written
	real  string // the same after resolving links, when the grant was made

	// anchor is the nearest directory above real that existed then, and tail
	// is the way from there to real. When real is a directory whose parent
	// cannot be opened, anchor is real itself and tail is ".".
	anchor *os.Root
	tail   string
	linked bool  // given is itself a link: removing it is not what is meant
	temp   bool  // made by MkdirTemp: forgotten when it is removed
	escape error // what os.Root says of a name that leads out of it

	mu  sync.Mutex
	dir *os.Root // real as a directory, once it is one
}

// errLink is for a link where a grant must not follow one.
var errLink = errors.New("a symbolic link stands where the grant was")

// newGrant returns nil when nothing on the way to the scope can be opened;
// such a grant grants nothing.
func newGrant(given string) *grant {
	real, missing := resolve(given)
	g := &grant{given: given, real: real}
	if info, err := os.Lstat(given); err == nil {
		g.linked = info.Mode()&fs.ModeSymlink != 0
	}
	parent := filepath.Dir(real)
	for range missing - 1 {
		parent = filepath.Dir(parent)
	}
	var err error
	if g.anchor, err = os.OpenRoot(parent); err != nil {
		if g.anchor, err = os.OpenRoot(real); err != nil {
			return nil
		}
		parent = real
	}
	if g.tail, err = filepath.Rel(parent, real); err != nil {
		g.anchor.Close()
		return nil
	}
	var out *fs.PathError
	if _, err := g.anchor.Lstat(".."); errors.As(err, &out) {
		g.escape = out.Err
	}
	g.root() // opens dir early, before a script can move it
	return g
}

// resolve resolves the links of the longest existing part of name, and tells
// how many elements at its end do not exist.
func resolve(name string) (real string, missing int) {
	rest := ""
	for at := name; ; missing++ {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest), missing
		}
		up := filepath.Dir(at)
		if up == at {
			return name, missing
		}
		rest = filepath.Join(filepath.Base(at), rest)
		at = up
	}
}

// root returns the grant as a directory. Every step down is checked not to be
// a link. fs.ErrNotExist means that it is missing or not a directory.
func (g *grant) root() (*os.Root, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dir != nil {
		return g.dir, nil
	}
	at := g.anchor
	for part := range strings.SplitSeq(g.tail, string(filepath.Separator)) {
		next, err := step(at, part)
		if at != g.anchor {
			at.Close()
		}
		if err != nil {
			return nil, err
		}
		at = next
	}
	g.dir = at
	return at, nil
}

// step opens the directory part of at, refusing a link, even one that is
// swapped in meanwhile.
func step(at *os.Root, part string) (*os.Root, error) {
	before, err := at.Lstat(part)
	switch {
	case err != nil:
		return nil, err
	case before.Mode()&fs.ModeSymlink != 0:
		return nil, errLink
	case !before.IsDir():
		return nil, fs.ErrNotExist
	}
	next, err := at.OpenRoot(part)
	if err != nil {
		return nil, err
	}
	after, err := next.Stat(".")
	if err != nil || !os.SameFile(before, after) {
		next.Close()
		return nil, errLink
	}
	return next, nil
}

// stale forgets the directory when its name no longer leads to it, and
// reports whether it did: it was removed, and perhaps made anew.
func (g *grant) stale() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dir == nil || g.tail == "." {
		return false
	}
	held, err := g.dir.Stat(".")
	named, err2 := g.anchor.Lstat(g.tail)
	if err == nil && err2 == nil && os.SameFile(held, named) {
		return false
	}
	g.dir = nil // not closed: another goroutine may be in it; the collector closes it
	return true
}

// parent returns the directory that holds the grant and the grant's name in
// it. The caller calls done.
func (g *grant) parent() (root *os.Root, base string, done func(), err error) {
	dir, base := filepath.Split(g.tail)
	at := g.anchor
	done = func() {
		if at != g.anchor {
			at.Close()
		}
	}
	for part := range strings.SplitSeq(filepath.Clean(dir), string(filepath.Separator)) {
		if part == "." {
			break
		}
		next, err := step(at, part)
		done()
		if err != nil {
			return nil, "", nil, err
		}
		at = next
	}
	return at, base, done, nil
}

// match returns the way from the grant to an absolute name; "." is the grant
// itself. The name may be told by the scope as written or as resolved.
func (g *grant) match(name string) (rel string, ok bool) {
	for _, top := range []string{g.given, g.real} {
		if rel, err := filepath.Rel(top, name); err == nil && filepath.IsLocal(rel) {
			return rel, true
		}
	}
	return "", false
}

// matchPart matches the temporary name CreateAtomic uses beside the grant, so
// that a grant of one file is enough to write it.
func (g *grant) matchPart(name string) (suffix string, ok bool) {
	for _, top := range []string{g.given, g.real} {
		suffix, found := strings.CutPrefix(name, top)
		if found && isPartSuffix(suffix) && g.tail != "." {
			return suffix, true
		}
	}
	return "", false
}

func (g *grant) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.anchor.Close()
	if g.dir != nil {
		err = errors.Join(err, g.dir.Close())
	}
	return err
}

// within reports whether name is dir or below it, by name alone.
func within(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// grants is the file grants by capability.
type grants struct {
	all map[Capability]bool

	mu   sync.RWMutex
	list map[Capability][]*grant
}

// place is where a name lies in a grant.
type place struct {
	g    *grant
	rel  string // way from the grant
	part string // or, with rel ".", what is appended to the grant's own name
}

// own reports whether the place is the grant itself, or beside it, and not
// below it.
func (p place) own() bool { return p.rel == "." }

// find returns the place through which name may be reached with all of the
// capabilities: the narrowest of the widest grants of each, so that a link
// cannot lead from where one is granted to where another is not. Whole grants
// do not count; with only those, g is nil.
func (s *grants) find(name string, caps []Capability) (place, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found place
	for _, c := range caps {
		if s.all[c] {
			continue
		}
		p, ok := widest(s.list[c], name)
		if !ok {
			return place{}, &DeniedError{Capability: c, Target: name}
		}
		switch {
		case found.g == nil || within(found.g.real, p.g.real):
			found = p
		case !within(p.g.real, found.g.real):
			return place{}, &DeniedError{Capability: c, Target: name, Hint: "the grants that cover it lie in different directories"}
		}
	}
	return found, nil
}

func widest(list []*grant, name string) (best place, ok bool) {
	for _, g := range list {
		rel, match := g.match(name)
		if match && (!ok || best.part != "" || within(g.real, best.g.real)) {
			best, ok = place{g: g, rel: rel}, true
			continue
		}
		if part, match := g.matchPart(name); match && !ok {
			best, ok = place{g: g, rel: ".", part: part}, true
		}
	}
	return best, ok
}

// add grants a directory made by the host itself.
func (s *grants) add(g *grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range []Capability{Read, Write} {
		s.list[c] = append(slices.Clip(s.list[c]), g)
	}
}

// drop forgets the grant of a temporary directory that is gone.
func (s *grants) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, list := range s.list {
		s.list[c] = slices.DeleteFunc(slices.Clone(list), func(g *grant) bool {
			return g.temp && (g.given == name || g.real == name)
		})
	}
}

func (s *grants) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	closed := map[*grant]bool{}
	var errs []error
	for _, list := range s.list {
		for _, g := range list {
			if !closed[g] {
				closed[g] = true
				errs = append(errs, g.close())
			}
		}
	}
	clear(s.list)
	return errors.Join(errs...)
}
