package progress

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// Bar is a bar of a script.
type Bar struct {
	name  string
	total *int64
	bar   *meter.Bar
}

var units = map[string]meter.Unit{"items": meter.Items, "bytes": meter.Bytes}

func newBar(c *engine.Call, in barIn) (*Bar, error) {
	total := int64(-1)
	if in.Total != nil {
		if total = *in.Total; total < 0 {
			return nil, engine.Invalid("argument 'total' must not be negative, got %d", total)
		}
	}
	m, err := meter.New(c, true, units[in.Unit])
	if err != nil {
		return nil, err
	}
	return &Bar{name: in.Name, total: in.Total, bar: m.Start(in.Name, total)}, nil
}

func (b *Bar) add(_ *engine.Call, in addIn) (engine.None, error) {
	return engine.None{}, b.bar.Add(in.N)
}

func (b *Bar) set(_ *engine.Call, in setIn) (engine.None, error) {
	return engine.None{}, b.bar.Set(in.N)
}

// Close takes the bar off the screen.
func (b *Bar) Close() error { return b.bar.Finish(nil) }

// each shows a bar from the first item to the end of the list. A loop that is
// left early leaves it to the end of the script.
func each(c *engine.Call, in eachIn) (*engine.Iterator, error) {
	m, err := meter.New(c, true, meter.Items)
	if err != nil {
		return nil, err
	}
	bar := m.Start(in.Name, int64(len(in.List)))
	next := 0
	return &engine.Iterator{Next: func() (any, error) {
		if next > 0 && next <= len(in.List) {
			if err := bar.Add(1); err != nil {
				return nil, err
			}
		}
		if next >= len(in.List) {
			return nil, bar.Finish(nil)
		}
		next++
		return in.List[next-1], nil
	}}, nil
}
