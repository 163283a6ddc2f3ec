package test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/modules/gen"
)

type propIn struct {
	Name string           `lua:"name" doc:"name of the test"`
	Gens []*gen.Generator `lua:"gens" doc:"what makes the arguments"`
	Fn   *engine.Func     `lua:"fn" doc:"the test; it gets a value of each generator, then t. It fails by raising, or by returning false" type:"fun(...)"`
	Runs int              `lua:"runs,opt" default:"100" doc:"with how many different values it runs"`
	Seed *int64           `lua:"seed,opt" doc:"of the randomness; without it that of the run"`
}

const (
	mostRuns    = 1_000_000
	shrinkRuns  = 2000 // tests of smaller values
	discardsPer = 10   // for each run, before there are too few values
)

// prop defines a test that holds for all values.
func prop(c *engine.Call, in propIn) (engine.None, error) {
	if in.Runs < 1 || in.Runs > mostRuns {
		return engine.None{}, engine.Invalid("argument 'runs' is from 1 to %d, not %d", mostRuns, in.Runs)
	}
	if len(in.Gens) == 0 {
		return engine.None{}, engine.Invalid("test.prop '%s' has no generators", in.Name)
	}
	s := suiteOf(c)
	body := c.NewFunction(in.Name, func(c *engine.Call, _ []engine.Value) (any, error) {
		p := &property{propIn: in, t: s.now.Load()}
		if p.t == nil {
			return nil, engine.Invalid("the property '%s' runs as a test only", in.Name)
		}
		return nil, p.check(c)
	})
	test := s.add(s.current, in.Name, c.Function(body), nil, "")
	_, test.Line, _ = in.Fn.Value().Defined()
	test.Notes = s.notesAbout(in.Fn)
	return engine.None{}, nil
}

// property is a property while it is tested.
type property struct {
	propIn
	t *T
}

// errHolds says that choices do not make the property fail.
var errHolds = errors.New("the property holds")

func (p *property) check(c *engine.Call) error {
	seed := p.t.Config().Seed
	if p.Seed != nil {
		seed = *p.Seed
	}
	known := p.remembered(c)
	if known != nil {
		if failed, err := p.try(c, gen.Replay(known)); failed || err != nil {
			if failed {
				return p.falsified(c, known, seed, "as before")
			}
			return err
		}
		p.remember(c, nil)
	}
	stream := uint64(0)
	for run := 1; run <= p.Runs; stream++ {
		if stream > uint64(p.Runs)*discardsPer+1000 {
			return engine.Errorf(errUsage, "the generators of '%s' make hardly any values", p.Name).
				WithHint("a filter refuses nearly all; use map or gen.composite")
		}
		source := gen.Random(uint64(seed)^hash(p.t.ID()), stream)
		failed, err := p.try(c, source)
		switch {
		case errors.Is(err, gen.ErrDiscard):
			continue
		case err != nil:
			return err
		case failed:
			return p.falsified(c, source.Made, seed, fmt.Sprintf("in run %d of %d", run, p.Runs))
		}
		run++
	}
	return nil
}

// falsified makes the choices smaller and raises what the smallest raise.
func (p *property) falsified(c *engine.Call, choices []uint64, seed int64, when string) error {
	best, steps, err := gen.Shrink(choices, shrinkRuns, func(choices []uint64) ([]uint64, bool, error) {
		source := gen.Replay(choices)
		failed, err := p.try(c, source)
		if errors.Is(err, gen.ErrDiscard) {
			return nil, false, nil
		}
		return source.Made, failed, err
	})
	if err != nil {
		return err
	}
	p.remember(c, best)
	values, err := p.draw(c, gen.Replay(best))
	if err != nil {
		return err
	}
	var note strings.Builder
	fmt.Fprintf(&note, "falsified %s, seed %d", when, seed)
	if steps > 0 {
		fmt.Fprintf(&note, ", and made smaller %d times", steps)
	}
	note.WriteString(", by:")
	names := p.Fn.Value().Params()
	for i, v := range values {
		name := strconv.Itoa(i + 1)
		if i < len(names) {
			name = names[i]
		}
		fmt.Fprintf(&note, "\n  %s = %s", name, inspect.Sprint(v, inspect.Options{Depth: 10, Items: 50, Text: 1000}))
	}
	p.t.Note(note.String())
	err = p.call(c, values)
	if errors.Is(err, errHolds) {
		return Failure("the test fails by chance: with the same values it fails and then passes", nil)
	}
	return err
}

// draw makes the arguments.
func (p *property) draw(c *engine.Call, s *gen.Source) ([]engine.Value, error) {
	values := make([]engine.Value, len(p.Gens))
	for i, g := range p.Gens {
		v, err := g.Draw(c, s)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// try says whether the property fails. An error is about the generators, or ends
// the test for another reason.
func (p *property) try(c *engine.Call, s *gen.Source) (failed bool, err error) {
	values, err := p.draw(c, s)
	if err != nil {
		return false, err
	}
	err = p.call(c, values)
	switch _, exit := engine.ExitCode(err); {
	case errors.Is(err, errHolds):
		return false, nil
	case exit || p.t.skipped != nil || c.Canceled() != nil:
		return false, err
	}
	return true, nil
}

// call runs the test once; errHolds is that it passes.
func (p *property) call(c *engine.Call, values []engine.Value) error {
	args := make([]any, 0, len(values)+1)
	for _, v := range values {
		args = append(args, v)
	}
	results, err := p.Fn.CallRaw(c.Context(), append(args, p.t)...)
	if err != nil {
		return err
	}
	if len(results) > 0 {
		if b, ok := results[0].Bool(); ok && !b {
			return Failure("the property is false", nil)
		}
	}
	return errHolds
}

func hash(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// falsifiedFile is where the choices are remembered that made a property fail.
func (p *property) falsifiedFile() string {
	return filepath.Join(p.t.Config().Root, ".gscript", "cache", "prop", fmt.Sprintf("%016x.json", hash(p.t.ID())))
}

// remembered are the choices that made the property fail last time, nil for
// none. A file that cannot be read is none.
func (p *property) remembered(c *engine.Call) (choices []uint64) {
	if p.t.Config().Root == "" {
		return nil
	}
	_ = c.Wait(func(context.Context) error {
		data, err := c.Stage().Base().Files.ReadFile(p.falsifiedFile())
		if err == nil && json.Unmarshal(data, &choices) != nil {
			choices = nil
		}
		return nil
	})
	return choices
}

// remember keeps choices for the next run; nil forgets them. That a directory
// cannot be written is no failure of the test.
func (p *property) remember(c *engine.Call, choices []uint64) {
	if p.t.Config().Root == "" || p.t.Config().CI {
		return
	}
	_ = c.Wait(func(context.Context) error {
		files, name := c.Stage().Base().Files, p.falsifiedFile()
		if choices == nil {
			return files.Remove(name)
		}
		data, err := json.Marshal(choices)
		if err == nil {
			err = files.MkdirAll(filepath.Dir(name), 0o755)
		}
		if err == nil {
			err = host.WriteFileAtomic(files, name, data, 0o644)
		}
		return err
	})
}
