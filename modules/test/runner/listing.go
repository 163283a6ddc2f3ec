package runner

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
)

// list takes in what a run that runs nothing tells of a file.
func (j *job) list(suite *test.Suite, items []*test.Item) {
	s := j.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.opts.Fixtures:
		s.fixtures.add(s.opts.Host.Files, suite)
	case s.opts.SetupPlan:
		s.listed = append(s.listed, test.Plan(items)...)
	default:
		for _, item := range items {
			s.listed = append(s.listed, item.ID)
		}
	}
}

// fixtureList is what --fixtures tells.
type fixtureList struct {
	asked bool
	found []listedFixture
	texts map[string][]string // lines of the files that define them
}

type listedFixture struct {
	*test.Fixture
	file string
	line int
	doc  []string
}

// add takes in the fixtures of a file and of the conftest.lua above it.
func (l *fixtureList) add(files host.Files, suite *test.Suite) {
	l.asked = true
	for _, list := range suite.Fixtures {
		for _, f := range list {
			colon := strings.LastIndexByte(f.At, ':')
			if colon < 0 || slices.ContainsFunc(l.found, func(o listedFixture) bool { return o.At == f.At && o.Name == f.Name }) {
				continue
			}
			line, _ := strconv.Atoi(f.At[colon+1:])
			l.found = append(l.found, listedFixture{f, f.At[:colon], line, commentAbove(l.text(files, f.At[:colon]), line)})
		}
	}
}

// text is the lines of a file, none if it cannot be read.
func (l *fixtureList) text(files host.Files, name string) []string {
	if lines, ok := l.texts[name]; ok {
		return lines
	}
	data, _ := files.ReadFile(filepath.FromSlash(name))
	if l.texts == nil {
		l.texts = map[string][]string{}
	}
	l.texts[name] = strings.Split(string(data), "\n")
	return l.texts[name]
}

// commentAbove is the comment that ends on the line before one.
func commentAbove(lines []string, line int) (doc []string) {
	for n := line - 2; n >= 0 && n < len(lines); n-- {
		text, is := strings.CutPrefix(strings.TrimSpace(lines[n]), "--")
		if !is {
			break
		}
		doc = append([]string{strings.TrimSpace(strings.TrimLeft(text, "-"))}, doc...)
	}
	return doc
}

// lines are those of the listing, by the files that define the fixtures.
func (l *fixtureList) lines() (out []string) {
	if !l.asked {
		return nil
	}
	out = append(out, "── always there ──")
	for _, f := range test.OwnFixtures() {
		out = append(out, f.Name+" [function]", "    "+f.Doc)
	}
	slices.SortStableFunc(l.found, func(a, b listedFixture) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	last := ""
	for _, f := range l.found {
		if f.file != last {
			last = f.file
			out = append(out, "", "── "+f.file+" ──")
		}
		about := f.Scope
		switch f.Scope {
		case "module":
			about = "module: once a file"
		case "session":
			about = "session: once a file, as module"
		}
		if len(f.IDs) > 0 {
			about += fmt.Sprintf(", params %s", strings.Join(f.IDs, ", "))
		}
		if f.Auto {
			about += ", auto"
		}
		out = append(out, fmt.Sprintf("%s [%s] %s", f.Name, about, f.At))
		if len(f.doc) == 0 {
			f.doc = []string{"(without a comment)"}
		}
		for _, line := range f.doc {
			out = append(out, strings.TrimRight("    "+line, " "))
		}
	}
	return out
}
