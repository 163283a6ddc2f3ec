// Package cover measures which lines and branches of Lua scripts run. It counts
// each instruction, so the figures are exact, in every state of an engine, the
// workers of pools too; those in other processes hand in what they counted.
package cover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// Options say what is measured.
type Options struct {
	// Dirs are the directories, or files, whose Lua files are measured.
	Dirs []string
	// Exclude lists patterns as of path.Match, on the file's path or its base
	// name, of files that are left out. Files that end in _test.lua always are.
	Exclude []string
	// Branches has branches measured as well as lines.
	Branches bool
}

// Cover is the measurement. It is an engine.Probe, for any number of engines.
type Cover struct {
	options Options
	roots   []string // the Dirs, absolute and without links

	mu     sync.Mutex
	counts Counts
	handed func(Counts)
}

// New begins a measurement.
func New(o Options) (*Cover, error) {
	c := &Cover{options: o, counts: Counts{}}
	for _, pattern := range o.Exclude {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("coverage: the pattern %q is not understood: it has a [ without ], or ends in a backslash", pattern)
		}
	}
	for _, dir := range o.Dirs {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("coverage: %w", err)
		}
		c.roots = append(c.roots, located(dir))
	}
	return c, nil
}

var _ engine.Probe = (*Cover)(nil)

// Attach begins to count in a state. Options.Probes lists the Cover for that.
func (c *Cover) Attach(*engine.State) engine.StateProbe {
	return &counter{cover: c, counted: map[*lua.FunctionProto][]uint64{}}
}

// measures says whether a source is one that is measured.
func (c *Cover) measures(source string) bool {
	if !strings.HasSuffix(source, ".lua") || strings.HasSuffix(source, "_test.lua") || filepath.Base(source) == "conftest.lua" {
		return false
	}
	for _, pattern := range c.options.Exclude {
		for _, name := range []string{source, filepath.Base(source)} {
			if ok, _ := filepath.Match(pattern, name); ok {
				return false
			}
		}
	}
	path := located(source)
	for _, root := range c.roots {
		if path == root || strings.HasPrefix(path, root+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// counter counts in one state.
type counter struct {
	cover   *Cover
	counted map[*lua.FunctionProto][]uint64 // a count for each instruction; nil for what is not measured
	last    *lua.FunctionProto
	counts  []uint64 // of last
}

// Instruction counts the instruction.
func (c *counter) Instruction(at engine.Spot) {
	p, pc := at.Instruction()
	if p != c.last {
		c.enter(p)
	}
	if c.counts != nil {
		c.counts[pc]++
	}
}

func (c *counter) enter(p *lua.FunctionProto) {
	c.last, c.counts = p, nil
	if p == nil {
		return
	}
	counts, known := c.counted[p]
	if !known {
		if c.cover.measures(p.SourceName) {
			counts = make([]uint64, len(p.Code))
		}
		c.counted[p] = counts
	}
	c.counts = counts
}

func (c *counter) Raised(engine.Spot, engine.Value, bool) {}

// Detach hands in what was counted.
func (c *counter) Detach() {
	counts := Counts{}
	for p, n := range c.counted {
		if n != nil {
			counts.add(keyOf(p), n)
		}
	}
	c.cover.add(counts)
}

func (c *Cover) add(counts Counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Merge(counts)
	if c.handed != nil {
		c.handed(c.counts)
	}
}
