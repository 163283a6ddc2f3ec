package debug

import (
	"fmt"
	"path"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
)

// source is a chunk of which code has run.
type source struct {
	name  string
	text  string
	lines []int // that have code, in order
	codes map[proto]*code
}

// code is a function of a source.
type code struct {
	proto proto
	name  string // as the text defines it, "" for none
	// entries says of each instruction whether a line begins there: a jump back
	// to the start of a loop begins one, the rest of a call of several lines
	// does not.
	entries []bool
	// stops are the breakpoints at each instruction, nil without any.
	stops [][]*point
}

func sortedNames(m map[string]*source) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// code finds or makes what is known of p.
func (d *Debugger) code(p proto, state *engine.State) *code {
	d.mu.Lock()
	s := d.sources[p.SourceName]
	fresh := s == nil
	if fresh {
		s = &source{name: p.SourceName, codes: map[proto]*code{}}
		s.text, _ = state.SourceText(p.SourceName)
		d.sources[s.name] = s
	}
	var news []Event
	if s.codes[p] == nil {
		s.add(p)
		for inner, name := range chunk.FunctionNames(p, s.text) {
			s.codes[inner].name = strings.ReplaceAll(name, ":", ".")
		}
		if fresh {
			news = append(news, Loaded{s.name})
		}
		for _, b := range d.points {
			if before := b.Breakpoint; b.Source == "" {
				d.bindTo(b, s)
				if b.Breakpoint != before {
					news = append(news, Bound{b.Breakpoint})
				}
			}
		}
	}
	known := s.codes[p]
	c := &code{proto: p, name: known.name, entries: known.entries}
	for _, b := range d.points {
		if !b.Disabled {
			c.place(d, s, b)
		}
	}
	d.mu.Unlock()
	for _, e := range news {
		d.front.Tell(e)
	}
	return c
}

// place puts b where it is in c.
func (c *code) place(d *Debugger, s *source, b *point) {
	at := -1
	switch {
	case b.proto != nil:
		if b.proto == c.proto {
			at = 0
		}
	case b.Function != "":
		if c.named(s.name, b.Function) {
			at = 0
		}
	case d.same(s.name, b.File):
		line := s.slide(b.Line)
		for pc, entry := range c.entries {
			if entry && c.proto.DbgSourcePositions[pc] == line {
				c.stop(pc, b)
			}
		}
	}
	if at >= 0 {
		c.stop(at, b)
	}
}

func (c *code) stop(pc int, b *point) {
	if c.stops == nil {
		c.stops = make([][]*point, len(c.entries))
	}
	c.stops[pc] = append(c.stops[pc], b)
}

// add takes a function and those inside it.
func (s *source) add(p proto) {
	if s.codes[p] != nil {
		return
	}
	c := &code{proto: p, entries: entries(p)}
	s.codes[p] = c
	for pc, entry := range c.entries {
		if line := p.DbgSourcePositions[pc]; entry && line > 0 {
			if i, found := slices.BinarySearch(s.lines, line); !found {
				s.lines = slices.Insert(s.lines, i, line)
			}
		}
	}
	for _, inner := range p.FunctionPrototypes {
		s.add(inner)
	}
}

// slide is the first line from line on that has code, 0 for none.
func (s *source) slide(line int) int {
	i, _ := slices.BinarySearch(s.lines, line)
	if i == len(s.lines) {
		return 0
	}
	return s.lines[i]
}

// named says whether want means the function: the end of its name, or that with
// the name of its file as the module.
func (c *code) named(sourceName, want string) bool {
	if c.name == "" {
		return false
	}
	want = strings.ReplaceAll(want, ":", ".")
	if c.name == want || strings.HasSuffix(c.name, "."+want) {
		return true
	}
	module, function, dotted := strings.Cut(want, ".")
	file := strings.TrimSuffix(path.Base(sourceName), ".lua")
	if file == "init" {
		file = path.Base(path.Dir(sourceName))
	}
	_, last, _ := cutLast(c.name)
	return dotted && module == file && (c.name == function || last == function)
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:], i >= 0
}

func firstLine(p proto) int {
	if len(p.DbgSourcePositions) == 0 {
		return p.LineDefined
	}
	return p.DbgSourcePositions[0]
}

// entries finds the instructions at which a line begins.
func entries(p proto) []bool {
	begins := make([]bool, len(p.Code))
	for pc, inst := range p.Code {
		line := p.DbgSourcePositions[pc]
		op := int(inst >> 26)
		if p.LineDefined == 0 && pc == len(p.Code)-1 && op == lua.OP_RETURN {
			continue // the end of the file, where nothing is written
		}
		if pc == 0 || p.DbgSourcePositions[pc-1] != line {
			switch op {
			case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_SETLIST:
				// No statement begins so: it is the rest of one of several lines.
			case lua.OP_FORLOOP, lua.OP_TFORLOOP:
				// The head of a loop was there when the loop began.
			default:
				begins[pc] = true
			}
		}
		switch op {
		case lua.OP_JMP, lua.OP_FORLOOP:
			if to := pc + 1 + int(inst&0x3ffff) - maxSbx; to >= 0 && to <= pc {
				begins[to] = true
			}
		}
	}
	return begins
}

// Text is the text of a source, "" when it is not known.
func (d *Debugger) Text(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.sources[name]; s != nil {
		return s.text
	}
	return ""
}

// Sources lists the sources of which code has run.
func (d *Debugger) Sources() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return sortedNames(d.sources)
}

// Functions lists the functions of the loaded sources that have a name, without
// those of the library: each name with its place.
func (d *Debugger) Functions() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := map[string]string{}
	for _, s := range d.sources {
		if d.Library(s.name) || s.name == evaluated {
			continue
		}
		for _, c := range s.codes {
			if c.name != "" {
				list[c.name] = fmt.Sprintf("%s:%d", s.name, c.proto.LineDefined)
			}
		}
	}
	return list
}

// Find is the loaded source that a file's name means, "" for none.
func (d *Debugger) Find(file string) string {
	for _, name := range d.Sources() {
		if d.same(name, file) {
			return name
		}
	}
	return ""
}

// Lines lists the lines of a file at which breakpoints may stand, nil while it is
// not loaded.
func (d *Debugger) Lines(file string) []int {
	name := d.Find(file)
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.sources[name]; s != nil {
		return slices.Clone(s.lines)
	}
	return nil
}

// maxSbx is what gopher-lua adds to the distance of a jump.
const maxSbx = (1<<18 - 1) >> 1
