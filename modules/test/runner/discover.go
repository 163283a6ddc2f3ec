package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// source is a file of tests.
type source struct {
	path  string   // relative to the root, with slashes
	ids   []string // to run of it; none is all
	confs []string // the conftest.lua above it, the outermost first
	index int
}

// discoverer looks for files of tests.
type discoverer struct {
	files   host.Files
	root    string
	pattern string
	found   []*source
	known   map[string]*source
	confs   map[string][]string // by directory
}

// discover finds the files that the arguments mean.
func discover(files host.Files, pattern string, args []string) ([]*source, error) {
	if _, err := path.Match(pattern, "x"); err != nil {
		return nil, usage("a pattern of names has *, ? and [a-z]", "the pattern %q is malformed", pattern)
	}
	d := &discoverer{files: files, root: files.WorkDir(), pattern: pattern, known: map[string]*source{}, confs: map[string][]string{}}
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		if err := d.argument(arg); err != nil {
			return nil, err
		}
	}
	for i, s := range d.found {
		s.index = i
		s.confs = d.conftests(path.Dir(s.path))
	}
	return d.found, nil
}

func (d *discoverer) argument(arg string) error {
	name, id, _ := strings.Cut(arg, "::")
	info, err := d.files.Stat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return usage(d.near(name), "there is no file or directory %s", name)
		}
		return err
	}
	rel := d.relative(name)
	if info.IsDir() {
		if id != "" {
			return usage("an id is file::group::name", "%s is a directory, so it has no test %s", name, id)
		}
		return d.directory(rel, 0)
	}
	s := d.add(rel)
	if id == "" {
		s.ids = []string{""} // all of it, whatever else was asked for
	} else {
		s.ids = append(s.ids, rel+"::"+id)
	}
	return nil
}

// near is the hint for a name that does not exist.
func (d *discoverer) near(name string) string {
	if strings.Trim(name, "0123456789") == "" || name == "auto" {
		return "the value of --procs or --shuffle is joined to it: --procs=" + name
	}
	if len(name) == 1 { // close to any other name of one character
		return ""
	}
	entries, err := d.files.ReadDir(filepath.Dir(name))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if n := engine.Suggest(filepath.Base(name), names); n != "" {
		return fmt.Sprintf("did you mean %s?", filepath.Join(filepath.Dir(name), n))
	}
	return ""
}

func (d *discoverer) relative(name string) string {
	rel, err := filepath.Rel(d.root, d.files.Abs(name))
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(d.files.Abs(name))
	}
	return filepath.ToSlash(rel)
}

func (d *discoverer) add(rel string) *source {
	s := d.known[rel]
	if s == nil {
		s = &source{path: rel}
		d.known[rel] = s
		d.found = append(d.found, s)
	}
	return s
}

const deepest = 100 // directories inside one another

// directory adds the files of tests beneath a directory. Links to directories
// are not followed, so there is no going round in circles.
func (d *discoverer) directory(dir string, depth int) error {
	entries, err := d.files.ReadDir(filepath.FromSlash(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir():
			if strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || depth > deepest {
				continue
			}
			if err := d.directory(path.Join(dir, name), depth+1); err != nil {
				return err
			}
		default:
			if ok, _ := path.Match(d.pattern, name); ok {
				s := d.add(path.Join(dir, name))
				s.ids = append(s.ids, "")
			}
		}
	}
	return nil
}

// conftests are the conftest.lua from the root down to a directory; for one that
// is not beneath the root, only its own.
func (d *discoverer) conftests(dir string) []string {
	if list, ok := d.confs[dir]; ok {
		return list
	}
	var list []string
	if dir != "." && !path.IsAbs(dir) && !filepath.IsAbs(dir) {
		list = slices.Clone(d.conftests(path.Dir(dir)))
	}
	name := path.Join(dir, "conftest.lua")
	if info, err := d.files.Stat(filepath.FromSlash(name)); err == nil && !info.IsDir() {
		list = append(list, name)
	}
	d.confs[dir] = list
	return list
}

// wants says that a test of the file is to be run.
func (s *source) wants(id string) bool {
	if len(s.ids) == 0 || slices.Contains(s.ids, "") {
		return true
	}
	return slices.ContainsFunc(s.ids, func(want string) bool { return covers(want, id) })
}

// covers says that an id means a test: it is the test's own, or that of a group
// around it, or that of the test without its parameters.
func covers(want, id string) bool {
	rest, ok := strings.CutPrefix(id, want)
	return ok && (rest == "" || strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, "#"))
}
