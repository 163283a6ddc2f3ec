package profile

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/gscript-lang/gscript/engine"
)

// function is where a function is written, or a native one.
type function struct {
	native, file string
	defined      int // its first line, 0 for a file's main chunk
}

// place is a line of a function.
type place struct {
	function
	line int
}

// stacks counts the stacks that were seen.
type stacks struct {
	places    map[place]uint64 // numbered from 1
	order     []place
	names     map[function]string // that functions were called by first
	samples   map[string]*profile.Sample
	all       []*profile.Sample
	locations map[*profile.Sample][]uint64
}

func newStacks() stacks {
	return stacks{places: map[place]uint64{}, names: map[function]string{}, samples: map[string]*profile.Sample{}, locations: map[*profile.Sample][]uint64{}}
}

// add counts the stack at a spot.
func (s *stacks) add(at engine.Spot, count, cpu, wall int64) {
	task := at.Task()
	var ids []uint64
	if task.Within != "" && cpu == 0 { // the native function that the task waits in; one that begins to wait has computed before
		ids = append(ids, s.number(place{function: function{native: task.Within}}))
	}
	for i, f := range at.Frames(maxDepth) {
		if f.Native {
			if i == 0 && task.Within != "" {
				continue // the same one
			}
			ids = append(ids, s.number(place{function: function{native: f.Name}}))
			continue
		}
		_, p := f.Function()
		fn := function{file: f.Source, defined: p.LineDefined}
		if called, ok := strings.CutPrefix(f.Name, "function '"); ok && s.names[fn] == "" {
			s.names[fn] = strings.TrimSuffix(called, "'")
		}
		ids = append(ids, s.number(place{fn, f.Line}))
	}
	name := task.Name
	if task.Origin != "" {
		name += " " + task.Origin
	}
	var key strings.Builder
	key.WriteString(name)
	for _, id := range ids {
		_ = binary.Write(&key, binary.LittleEndian, id)
	}
	known := s.samples[key.String()]
	if known == nil {
		known = &profile.Sample{Value: make([]int64, 3), Label: map[string][]string{"task": {name}}}
		s.samples[key.String()] = known
		s.all = append(s.all, known)
		s.locations[known] = ids
	}
	known.Value[0] += count
	known.Value[1] += cpu
	known.Value[2] += wall
}

func (s *stacks) number(p place) uint64 {
	id := s.places[p]
	if id == 0 {
		s.order = append(s.order, p)
		id = uint64(len(s.order))
		s.places[p] = id
	}
	return id
}

// fill puts the stacks into a profile.
func (s *stacks) fill(p *profile.Profile) {
	functions := map[function]*profile.Function{}
	for i, at := range s.order {
		f := functions[at.function]
		if f == nil {
			name := s.title(at.function)
			f = &profile.Function{ID: uint64(len(functions) + 1), Name: name, SystemName: name, Filename: at.file, StartLine: int64(at.defined)}
			functions[at.function] = f
			p.Function = append(p.Function, f)
		}
		p.Location = append(p.Location, &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: int64(at.line)}}})
	}
	for _, sample := range s.all {
		for _, id := range s.locations[sample] {
			sample.Location = append(sample.Location, p.Location[id-1])
		}
	}
	p.Sample = s.all
}

// title names a function: "hot work.lua:3", "work.lua:3" for one without a name,
// "work.lua" for a main chunk, or a native function's own name.
func (s *stacks) title(f function) string {
	if f.native != "" {
		return f.native
	}
	place := f.file
	if f.defined > 0 {
		place = fmt.Sprintf("%s:%d", f.file, f.defined)
	}
	return strings.TrimSpace(s.names[f] + " " + place)
}
