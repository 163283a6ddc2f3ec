package debug

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

type proto = *lua.FunctionProto

// Breakpoint is a place at which scripts stop: a line of a file, or the first
// line of a function.
type Breakpoint struct {
	ID   int
	File string // a chunk's name, or the end of it from a "/" on
	Line int
	// Function is "f", or "mod.f" for what a function of another file is called.
	Function string

	Condition string // Lua; stops when true
	// Hit bounds at which hits it stops: "5" and "== 5" at the fifth, ">= 5",
	// "> 5", "< 5", "<= 5", "% 5" at each fifth.
	Hit string
	// Ignore is how many more hits pass.
	Ignore int
	// Log is a message that is logged instead of a stop; {expr} in it is
	// evaluated.
	Log       string
	Temporary bool // goes with its first stop
	Disabled  bool

	Hits int // so far, those of which the condition is true
	// Source and At are where it is, "" and 0 while no source that is loaded has
	// the place.
	Source string
	At     int
	// Message says why it is not where it was wanted, "" when it is.
	Message string
}

// String is the place as people write it.
func (b Breakpoint) String() string {
	if b.Function != "" {
		return b.Function
	}
	return fmt.Sprintf("%s:%d", b.File, b.Line)
}

var (
	linePlace    = regexp.MustCompile(`^(?:(.+):)?(\d+)$`)
	functionName = regexp.MustCompile(`^[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*$`)
)

// Place reads where a breakpoint is to stand: "main.lua:12", "12", for which File
// is "", or the name of a function.
func Place(text string) (Breakpoint, error) {
	if functionName.MatchString(text) && !strings.Contains(text, ".lua:") {
		return Breakpoint{Function: text}, nil
	}
	if m := linePlace.FindStringSubmatch(text); m != nil {
		if line, err := strconv.Atoi(m[2]); err == nil && line > 0 {
			return Breakpoint{File: m[1], Line: line}, nil
		}
	}
	return Breakpoint{}, fmt.Errorf("'%s' is no place: write a line, such as 12, a file with a line, such as main.lua:12, or the name of a function", text)
}

const pending = "not loaded yet"

// point is a Breakpoint of a debugger, guarded by its mu.
type point struct {
	Breakpoint
	passes func(hits int) bool // nil passes all
	proto  proto               // of a function that is known itself
}

// Break sets a breakpoint and gives it an ID.
func (d *Debugger) Break(b Breakpoint) (Breakpoint, error) { return d.set(b, nil) }

// BreakFunction sets a breakpoint at the first line of a function; nil is native.
func (d *Debugger) BreakFunction(b Breakpoint, p proto) (Breakpoint, error) {
	if p == nil {
		return b, fmt.Errorf("%s is native code, which has no lines", b.Function)
	}
	return d.set(b, p)
}

func (d *Debugger) set(b Breakpoint, of proto) (Breakpoint, error) {
	passes, err := hitRule(b.Hit)
	if err != nil {
		return b, err
	}
	if b.Function == "" && b.Line < 1 {
		return b, fmt.Errorf("a breakpoint needs a line from 1 on, not %d", b.Line)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nextID++
	b.ID = d.nextID
	b.Hits, b.Source, b.At, b.Message = 0, "", 0, pending
	p := &point{Breakpoint: b, passes: passes, proto: of}
	d.points = append(d.points, p)
	d.bind(p)
	d.version.Add(1)
	return p.Breakpoint, nil
}

// bind looks for the place of p in what is loaded.
func (d *Debugger) bind(p *point) {
	if p.proto != nil {
		p.Source, p.At, p.Message = p.proto.SourceName, firstLine(p.proto), ""
		return
	}
	for _, name := range sortedNames(d.sources) {
		if d.bindTo(p, d.sources[name]) {
			return
		}
	}
}

// bindTo looks for the place of p in a source, and says whether it is there.
func (d *Debugger) bindTo(p *point, s *source) bool {
	if p.Function != "" {
		for _, c := range s.codes {
			if c.named(s.name, p.Function) {
				p.Source, p.At, p.Message = s.name, firstLine(c.proto), ""
				return true
			}
		}
		return false
	}
	if !d.same(s.name, p.File) {
		return false
	}
	at := s.slide(p.Line)
	if at == 0 {
		p.Message = fmt.Sprintf("%s has no code from line %d on", s.name, p.Line)
		return false
	}
	p.Source, p.At, p.Message = s.name, at, ""
	if at != p.Line {
		p.Message = fmt.Sprintf("line %d has no code; moved to line %d", p.Line, at)
	}
	return true
}

// same says whether the name of a chunk means the file.
func (d *Debugger) same(name, file string) bool {
	name, file = filepath.ToSlash(filepath.Clean(name)), filepath.ToSlash(filepath.Clean(file))
	if name == file {
		return true
	}
	if filepath.IsAbs(file) {
		return filepath.ToSlash(d.Abs(name)) == file
	}
	return strings.HasSuffix(name, "/"+file)
}

// Abs is the name of a source as an absolute path.
func (d *Debugger) Abs(name string) string {
	if filepath.IsAbs(name) || d.opts.Dir == "" {
		return name
	}
	return filepath.Join(d.opts.Dir, name)
}

// Breakpoints lists the breakpoints in the order in which they were set.
func (d *Debugger) Breakpoints() []Breakpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Breakpoint, len(d.points))
	for i, p := range d.points {
		list[i] = p.Breakpoint
	}
	return list
}

// Clear removes the breakpoints that choose picks, and returns them.
func (d *Debugger) Clear(choose func(b Breakpoint) bool) (gone []Breakpoint) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.points = slices.DeleteFunc(d.points, func(p *point) bool {
		if choose(p.Breakpoint) {
			gone = append(gone, p.Breakpoint)
			return true
		}
		return false
	})
	d.version.Add(1)
	return gone
}

// Change changes what is not the place of a breakpoint.
func (d *Debugger) Change(id int, change func(b *Breakpoint)) (Breakpoint, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.points {
		if p.ID != id {
			continue
		}
		b := p.Breakpoint
		change(&b)
		passes, err := hitRule(b.Hit)
		if err != nil {
			return p.Breakpoint, err
		}
		p.Breakpoint, p.passes = b, passes
		d.version.Add(1)
		return b, nil
	}
	return Breakpoint{}, fmt.Errorf("there is no breakpoint %d", id)
}

// hitRule reads Breakpoint.Hit.
func hitRule(text string) (passes func(hits int) bool, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	op := strings.TrimRight(text, " 0123456789")
	n, err := strconv.Atoi(strings.TrimSpace(text[len(op):]))
	if err != nil || n < 1 {
		return nil, badRule(text)
	}
	switch op {
	case "", "=", "==":
		return func(hits int) bool { return hits == n }, nil
	case ">=":
		return func(hits int) bool { return hits >= n }, nil
	case ">":
		return func(hits int) bool { return hits > n }, nil
	case "<":
		return func(hits int) bool { return hits < n }, nil
	case "<=":
		return func(hits int) bool { return hits <= n }, nil
	case "%":
		return func(hits int) bool { return hits%n == 0 }, nil
	}
	return nil, badRule(text)
}

func badRule(text string) error {
	return fmt.Errorf("the hit count %q is not understood: write a number from 1 on, such as 5, >= 5 or %% 5", text)
}
