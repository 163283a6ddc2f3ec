package fs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/glob"
)

type globIn struct {
	Pattern string `lua:"pattern" doc:"pattern of paths"`
	Hidden  bool   `lua:"hidden,opt" doc:"find names that begin with a dot as well"`
}

func globPaths(c *engine.Call, in globIn) ([]string, error) {
	patterns, err := glob.Parse(filepath.ToSlash(in.Pattern))
	if err != nil {
		return nil, engine.Invalid("%v", err)
	}
	found := []string{}
	for _, p := range patterns {
		f := finder{c: c, pattern: p, hidden: in.Hidden, seen: map[place]bool{}}
		dir := ""
		at := 0
		if volume := filepath.VolumeName(p[0]); volume != "" || p[0] == "" && len(p) > 1 {
			dir, at = volume+string(filepath.Separator), 1
		}
		if err := f.from(dir, at); err != nil {
			return nil, err
		}
		found = append(found, f.found...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// finder walks the directories that a pattern can match.
type finder struct {
	c       *engine.Call
	pattern glob.Pattern
	hidden  bool
	seen    map[place]bool
	found   []string
}

// place is a directory with the elements of the pattern that are left for it.
type place struct {
	dir string
	at  int
}

func (f *finder) from(dir string, at int) error {
	p := place{dir, at}
	if f.seen[p] {
		return nil
	}
	f.seen[p] = true
	if err := f.c.Context().Err(); err != nil {
		return err
	}
	if at == len(f.pattern) {
		if dir != "" {
			f.found = append(f.found, dir)
		}
		return nil
	}
	element := f.pattern[at]
	switch {
	case element == "**":
		return f.below(dir, at)
	case !glob.Special(element):
		return f.literal(dir, at)
	}
	return f.each(dir, func(d fs.DirEntry) error {
		if !glob.Element(element, d.Name(), f.hidden) {
			return nil
		}
		return f.into(filepath.Join(dir, d.Name()), at+1)
	})
}

// into goes on with a path that exists; only a directory may have more below.
func (f *finder) into(path string, at int) error {
	if at < len(f.pattern) {
		info, err := f.c.Host().Files.Stat(path)
		if absent(err) || err == nil && !info.IsDir() {
			return nil
		}
		if err != nil {
			return pass(err)
		}
	}
	return f.from(path, at)
}

func (f *finder) literal(dir string, at int) error {
	path := filepath.Join(dir, f.pattern[at])
	if _, err := f.c.Host().Files.Lstat(path); absent(err) {
		return nil
	} else if err != nil {
		return pass(err)
	}
	return f.into(path, at+1)
}

// below is "**": the directory itself and every one below. As the last element
// of a pattern it stands for files as well.
func (f *finder) below(dir string, at int) error {
	last := at+1 == len(f.pattern)
	if !last {
		if err := f.from(dir, at+1); err != nil {
			return err
		}
	}
	return f.each(dir, func(d fs.DirEntry) error {
		if !f.hidden && strings.HasPrefix(d.Name(), ".") {
			return nil
		}
		path := filepath.Join(dir, d.Name())
		if last {
			f.found = append(f.found, path)
		}
		if d.IsDir() {
			return f.from(path, at)
		}
		return nil
	})
}

func (f *finder) each(dir string, visit func(fs.DirEntry) error) error {
	name := dir
	if name == "" {
		name = "."
	}
	entries, err := f.c.Host().Files.ReadDir(name)
	if absent(err) {
		return nil
	}
	if err != nil {
		return pass(err)
	}
	for _, d := range entries {
		if err := visit(d); err != nil {
			return err
		}
	}
	return nil
}

// pass lets a search go on where the operating system refuses to be looked at.
func pass(err error) error {
	if errors.Is(err, fs.ErrPermission) && !denied(err) {
		return nil
	}
	return err
}
