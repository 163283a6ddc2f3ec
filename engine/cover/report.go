package cover

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/chunk"
)

// Report is what a measurement found, file by file.
type Report struct {
	Files    []*File
	Branches bool // were measured
	// Broken are the files that do not compile, as errors.
	Broken []error
}

// File is one measured file.
type File struct {
	Path      string // relative to the working directory where it lies beneath
	Source    []string
	Lines     []Line // with code, in order
	Functions []Called
}

// Line is a line with code.
type Line struct {
	Number   int
	Count    uint64 // how often it was run, by the instruction of it that ran most
	Branches []Branch
}

// Branch is one way out of a decision on a line: a condition, an operand of and
// and or, a loop.
type Branch struct {
	Decision int // counted from 0 on the line
	Count    uint64
	Reached  bool // the decision was made at all
}

// Called is a function and how often it was called.
type Called struct {
	// Name is that of the source, "main" for the file, "anonymous:12" for one
	// without a name of line 12. No two of a file are alike: the second f is
	// "f:12".
	Name  string
	Line  int
	Count uint64
}

// Report puts together what was counted so far. Files of the directories that
// were never loaded are in it, too.
func (c *Cover) Report() (*Report, error) {
	r := &Report{Branches: c.options.Branches}
	paths, err := c.files()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, path := range paths {
		f, err := c.file(path)
		if err != nil {
			r.Broken = append(r.Broken, err)
			continue
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

// files lists the Lua files that are measured.
func (c *Cover) files() ([]string, error) {
	var paths []string
	for _, root := range c.roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "__snapshots__") {
				return filepath.SkipDir
			}
			if !d.IsDir() && c.measures(path) {
				paths = append(paths, path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("coverage: %w", err)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

func (c *Cover) file(path string) (*File, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	f := &File{Path: shown(path), Source: strings.Split(strings.TrimSuffix(string(source), "\n"), "\n")}
	compiled, err := chunk.Compile(path, string(source), chunk.Trusted)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	m := &measured{file: f, counts: c.counts, branches: c.options.Branches, lines: map[int]*Line{}, known: map[Function]bool{}, names: chunk.FunctionNames(compiled.Proto, string(source)), used: map[string]bool{}}
	m.function(compiled.Proto)
	for ran := range c.counts {
		if ran.File == located(path) && !m.known[ran] {
			return nil, fmt.Errorf("coverage: %s has changed since it was run", shown(path))
		}
	}
	excluded := exclusions(f.Source, compiled.Proto)
	for _, line := range m.lines {
		if !excluded[line.Number] {
			f.Lines = append(f.Lines, *line)
		}
	}
	slices.SortFunc(f.Lines, func(a, b Line) int { return a.Number - b.Number })
	f.Functions = slices.DeleteFunc(f.Functions, func(c Called) bool { return excluded[c.Line] })
	slices.SortStableFunc(f.Functions, func(a, b Called) int { return cmp.Compare(a.Line, b.Line) })
	return f, nil
}

// shown is a path for people.
func shown(path string) string {
	if rel, err := filepath.Rel(located("."), path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// measured collects the lines of one file.
type measured struct {
	file     *File
	counts   Counts
	branches bool
	lines    map[int]*Line
	known    map[Function]bool
	names    map[*lua.FunctionProto]string
	used     map[string]bool // names
}

func (m *measured) function(p *lua.FunctionProto) {
	key := keyOf(p)
	m.known[key] = true
	counts := m.counts[key]
	if len(counts) != len(p.Code) {
		counts = make([]uint64, len(p.Code))
	}
	for pc, n := range counts {
		if !hasCode(p, pc) {
			continue
		}
		line := m.line(p.DbgSourcePositions[pc])
		line.Count = max(line.Count, n)
	}
	if m.branches {
		for _, d := range decisions(p) {
			line := m.line(d.line)
			number := 0
			if n := len(line.Branches); n > 0 {
				number = line.Branches[n-1].Decision + 1
			}
			reached := counts[d.pc] > 0
			taken := counts[d.taken]
			line.Branches = append(line.Branches,
				Branch{number, taken, reached},
				Branch{number, counts[d.pc] - min(taken, counts[d.pc]), reached})
		}
	}
	m.file.Functions = append(m.file.Functions, Called{m.name(p), max(p.LineDefined, 1), counts[0]})
	for _, inner := range p.FunctionPrototypes {
		m.function(inner)
	}
}

// name is one that no function before has.
func (m *measured) name(p *lua.FunctionProto) string {
	name := m.names[p]
	switch {
	case p.LineDefined == 0:
		name = "main"
	case name == "":
		name = fmt.Sprintf("anonymous:%d", p.LineDefined)
	case m.used[name]:
		name = fmt.Sprintf("%s:%d", name, p.LineDefined)
	}
	unique := name
	for n := 2; m.used[unique]; n++ {
		unique = fmt.Sprintf("%s #%d", name, n)
	}
	m.used[unique] = true
	return unique
}

func (m *measured) line(number int) *Line {
	l := m.lines[number]
	if l == nil {
		l = &Line{Number: number}
		m.lines[number] = l
	}
	return l
}
