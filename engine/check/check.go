// Package check finds mistakes in Lua sources without running them: names that
// do not exist, calls that do not fit the declarations of the modules, variables
// that nothing reads, code that is never reached.
//
// A finding is meant to be right: what depends on values that only a run knows
// is not reported. A variable that is assigned again, a table that is passed
// around and a global that the source itself tests for are taken as they are.
//
// Sources may be hostile: the limits of compiling hold, no pass takes more than
// time in proportion to the source, and nothing of it is run.
package check

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/module"
)

// Options say what the checked sources may use.
type Options struct {
	// Standard is what every state has, as the function Standard tells it.
	Standard Names
	// Modules are the declarations of all modules, those written in Lua too.
	Modules []*module.Module
	// Library holds the sources of modules written in Lua, as name.lua.
	Library fs.FS
	// Path lists directories and patterns such as "lib/?.lua" where require looks
	// after the directory of the file and those above it.
	Path []string

	Globals       []string // names that are defined elsewhere
	ModuleGlobals bool     // modules are globals, as one-liners have them
	Parameters    bool     // report parameters that nothing reads, too
}

// Finding is something that is wrong in a source.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"` // of the first byte, from 1
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`

	text  string // the line
	width int    // bytes that are meant
}

// Checker checks sources. It remembers the files that they require, so one
// Checker is for sources that belong together. It is not safe for concurrent
// use.
type Checker struct {
	opts    Options
	modules map[string]*module.Module
	names   []string // of all modules
	exports map[string]*exports
	records map[*module.Module]map[string][]module.Param
}

// New makes a Checker.
func New(opts Options) *Checker {
	c := &Checker{opts: opts, modules: map[string]*module.Module{}, exports: map[string]*exports{}, records: map[*module.Module]map[string][]module.Param{}}
	for _, m := range opts.Modules {
		c.modules[m.Name] = m
		c.names = append(c.names, m.Name)
	}
	return c
}

// mostFindings is how many findings of one source are told.
const mostFindings = 1000

// Check checks a source; name is its path, beside which required files are
// looked for.
func (c *Checker) Check(name, source string) []Finding {
	if _, err := chunk.Compile(name, source, chunk.Trusted); err != nil {
		return []Finding{broken(name, source, err)}
	}
	f, err := c.open(name, source)
	if err != nil {
		return []Finding{broken(name, source, err)}
	}
	d := f.directives()
	f.declare(d.globals...)
	f.report()
	f.infer()
	found := slices.DeleteFunc(f.findings, d.ignores)
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(found) > mostFindings {
		next := found[mostFindings]
		next.Severity, next.Rule, next.Hint = Warning, ruleTooMany, ""
		next.Message = strconv.Itoa(len(found)-mostFindings) + " more findings follow"
		if f.dropped {
			next.Message = "many more findings follow"
		}
		found = append(found[:mostFindings], next)
	}
	return found
}

// CheckFile reads and checks a file.
func (c *Checker) CheckFile(path string) ([]Finding, error) {
	source, err := read(path)
	if err != nil {
		return nil, err
	}
	return c.Check(path, source), nil
}

// read refuses what is larger than a source may be before it is in memory.
func read(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", &fs.PathError{Op: "read", Path: path, Err: errors.New("is not a file")}
	case info.Size() > int64(chunk.Trusted.Size):
		return "", &fs.PathError{Op: "read", Path: path, Err: errors.New("is larger than a source may be")}
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// Files lists the Lua files that the paths mean: files, and of directories all
// *.lua files in them, but not those in directories whose name starts with a
// dot.
func Files(paths []string) ([]string, error) {
	var list []string
	for _, p := range paths {
		err := filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return fmt.Errorf("there is no file or directory %s", path)
			case err != nil:
				return err
			case d.IsDir():
				if path != p && strings.HasPrefix(d.Name(), ".") {
					return filepath.SkipDir
				}
			case path == p || strings.HasSuffix(path, ".lua") && d.Type().IsRegular():
				list = append(list, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

var place = regexp.MustCompile(`(?s)^:(\d+): (.*)$`)

// broken is the finding for a source that does not compile.
func broken(name, source string, err error) Finding {
	e := fault.Classify(err)
	found := Finding{File: name, Line: 1, Column: 1, Severity: Error, Rule: ruleSyntax, Message: e.Message, Hint: e.Hint, width: 1}
	if rest, ok := strings.CutPrefix(e.Message, name); ok {
		if m := place.FindStringSubmatch(rest); m != nil {
			found.Line, _ = strconv.Atoi(m[1])
			found.Message = m[2]
		}
	}
	for n := found.Line; source != ""; n-- {
		var line string
		line, source, _ = strings.Cut(source, "\n")
		if n == 1 {
			found.text = strings.TrimPrefix(strings.TrimRight(line, "\r"), "\ufeff")
			break
		}
	}
	if column, ok := e.Fields["column"].(int); ok && column > 0 && column <= len(found.text)+1 {
		found.Column = column
	} else {
		found.Column = len(found.text) - len(strings.TrimLeft(found.text, " \t")) + 1
		found.width = max(1, len(strings.TrimSpace(found.text)))
	}
	return found
}
