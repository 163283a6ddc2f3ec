package gen

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/gscript-lang/gscript/engine"
)

// Generator makes values of choices.
type Generator struct {
	name string
	draw func(c *engine.Call, s *Source) (engine.Value, error)
}

func (g *Generator) String() string { return "gen." + g.name }

// Draw makes a value. It needs the baton.
func (g *Generator) Draw(c *engine.Call, s *Source) (engine.Value, error) { return g.draw(c, s) }

func newGenerator(name string, draw func(c *engine.Call, s *Source) (engine.Value, error)) *Generator {
	return &Generator{name: name, draw: draw}
}

// whole draws a whole number between bounds, the simpler the nearer to 0 or to
// the bound that is nearest to 0. Half of the numbers are small: mistakes are
// mostly there.
func whole(s *Source, low, high int64) (int64, error) {
	origin := max(low, min(high, 0))
	up, down := uint64(high-origin), uint64(origin-low)
	reach, negative := up, false
	if up == 0 && down > 0 {
		reach, negative = down, true
	} else if up > 0 && down > 0 {
		side, err := s.choose(2)
		if err != nil {
			return 0, err
		}
		if side == 1 {
			reach, negative = down, true
		}
	}
	if reach == 0 {
		return origin, nil
	}
	width, err := s.choose(uint64(bits.Len64(reach)) + 1)
	if err != nil {
		return 0, err
	}
	most := reach
	if width < 63 {
		most = min(reach, 1<<width-1)
	}
	if most == 0 {
		return origin, nil
	}
	n, err := s.choose(most + 1)
	if err != nil {
		return 0, err
	}
	if negative {
		return origin - int64(n), nil
	}
	return origin + int64(n), nil
}

const safe = 1<<53 - 1 // the largest whole number whose neighbours are exact

func integer(_ *engine.Call, in intIn) (*Generator, error) {
	low, high, err := bounds(in.Min, in.Max, -1<<31, 1<<31-1)
	if err != nil {
		return nil, err
	}
	if low < -safe || high > safe {
		return nil, engine.Invalid("min and max are from -2^53 to 2^53, beyond which numbers are not exact")
	}
	return newGenerator("int", func(c *engine.Call, s *Source) (engine.Value, error) {
		n, err := whole(s, int64(math.Ceil(low)), int64(math.Floor(high)))
		return c.Value(float64(n)), err
	}), nil
}

func bounds(minimum, maximum *float64, low, high float64) (float64, float64, error) {
	if minimum != nil {
		low = *minimum
	}
	if maximum != nil {
		high = *maximum
	}
	if minimum != nil && maximum == nil {
		high = max(high, low)
	}
	if maximum != nil && minimum == nil {
		low = min(low, high)
	}
	if !(low <= high) {
		return 0, 0, engine.Invalid("min is %v, which is more than max, %v", low, high)
	}
	return low, high, nil
}

// odd are numbers that mistakes like.
var odd = [...]float64{0.5, -0.5, 0.1, 1e-9, 1e9, 1e15, 1e100, -1e100, 5e-324, math.MaxFloat64}

func number(_ *engine.Call, in numberIn) (*Generator, error) {
	low, high, err := bounds(in.Min, in.Max, -math.MaxFloat64, math.MaxFloat64)
	if err != nil {
		return nil, err
	}
	return newGenerator("number", func(c *engine.Call, s *Source) (engine.Value, error) {
		n, err := float(s, low, high, in.Special)
		return c.Value(n), err
	}), nil
}

func float(s *Source, low, high float64, special bool) (float64, error) {
	kinds := uint64(3)
	if special {
		kinds++
	}
	kind, err := s.choose(kinds)
	if err != nil {
		return 0, err
	}
	if kind == 3 {
		i, err := s.choose(3)
		return [...]float64{math.Inf(1), math.Inf(-1), math.NaN()}[i], err
	}
	n, err := whole(s, int64(math.Ceil(max(low, -1e6))), int64(max(math.Ceil(max(low, -1e6)), math.Floor(min(high, 1e6)))))
	if err != nil {
		return 0, err
	}
	v := float64(n)
	switch kind {
	case 1:
		part, err := s.choose(1 << 20)
		if err != nil {
			return 0, err
		}
		v += float64(part) / (1 << 20)
	case 2:
		i, err := s.choose(uint64(len(odd)))
		if err != nil {
			return 0, err
		}
		v = odd[i]
	}
	return max(low, min(high, v)), nil
}

func boolean(*engine.Call, engine.None) (*Generator, error) {
	return newGenerator("bool", func(c *engine.Call, s *Source) (engine.Value, error) {
		n, err := s.choose(2)
		return c.Value(n == 1), err
	}), nil
}

// letters are what texts are made of, the simplest first: most mistakes are
// about the later ones.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.,:;/\\'\"%$&<>()[]{}=+*?!@#~^|`\n\t\r\x00\x7fäßéñ€漢字🙂\u00a0\u0301\ufeff"

func text(_ *engine.Call, in stringIn) (*Generator, error) {
	alphabet := []rune(letters)
	if in.Chars != "" {
		alphabet = []rune(in.Chars)
	}
	low, high, err := sizes(in.Min, in.Max)
	if err != nil {
		return nil, err
	}
	return newGenerator("string", func(c *engine.Call, s *Source) (engine.Value, error) {
		var out []byte
		err := repeat(s, low, high, func(int) error {
			if in.Bytes {
				b, err := s.choose(256)
				out = append(out, byte(b))
				return err
			}
			i, err := s.choose(uint64(len(alphabet)))
			out = append(out, string(alphabet[i])...)
			return err
		})
		return c.Value(string(out)), err
	}), nil
}

const usualMost = 20 // items, where no max is given

func sizes(low int, high *int) (int, int, error) {
	most := max(usualMost, low+usualMost)
	if high != nil {
		most = *high
	}
	switch {
	case low < 0 || most < low:
		return 0, 0, engine.Invalid("min is %d and max %d: they are sizes, and max is not less than min", low, most)
	case most > maxChoices/2:
		return 0, 0, engine.Invalid("max is %d, the limit is %d", most, maxChoices/2)
	}
	return low, most, nil
}

// repeat makes items. Before each that need not be stands a choice whether there
// is one, so that taking choices out takes items out.
func repeat(s *Source, low, high int, item func(i int) error) error {
	for i := 0; i < high; i++ {
		if i >= low {
			more, err := s.choose(8)
			if err != nil {
				return err
			}
			if more == 0 {
				return nil
			}
		}
		if err := item(i); err != nil {
			return err
		}
	}
	return nil
}

func listOf(_ *engine.Call, in listIn) (*Generator, error) {
	low, high, err := sizes(in.Min, in.Max)
	if err != nil {
		return nil, err
	}
	return newGenerator("list", func(c *engine.Call, s *Source) (engine.Value, error) {
		items := engine.Values{}
		err := repeat(s, low, high, func(int) error {
			v, err := in.Of.draw(c, s)
			if err != nil {
				return err
			}
			if in.Unique {
				for _, other := range items {
					if other.Same(v) {
						if len(items) < low {
							return ErrDiscard
						}
						return nil
					}
				}
			}
			items = append(items, v)
			return nil
		})
		return c.Value(items), err
	}), nil
}

func mapOf(_ *engine.Call, in mapIn) (*Generator, error) {
	low, high, err := sizes(in.Min, in.Max)
	if err != nil {
		return nil, err
	}
	return newGenerator("map", func(c *engine.Call, s *Source) (engine.Value, error) {
		var items engine.Dict
		err := repeat(s, low, high, func(int) error {
			k, err := in.Keys.draw(c, s)
			if err != nil {
				return err
			}
			v, err := in.Values.draw(c, s)
			if n, isNumber := k.Number(); k.IsNil() || isNumber && n != n {
				return ErrDiscard
			}
			items = append(items, engine.DictItem{Key: k, Value: v})
			return err
		})
		return c.Value(items), err
	}), nil
}

func record(c *engine.Call, in recordIn) (*Generator, error) {
	type field struct {
		key engine.Value
		of  *Generator
	}
	var fields []field
	for k, v := range in.Fields.Entries() {
		g, ok := v.Handle().(*Generator)
		if !ok {
			return nil, engine.Invalid("the field %s is %s, not a generator", k.Describe(), v.Describe())
		}
		fields = append(fields, field{k, g})
	}
	return newGenerator("record", func(c *engine.Call, s *Source) (engine.Value, error) {
		var items engine.Dict
		for _, f := range fields {
			v, err := f.of.draw(c, s)
			if err != nil {
				return v, err
			}
			items = append(items, engine.DictItem{Key: f.key, Value: v})
		}
		return c.Value(items), nil
	}), nil
}

func oneOf(_ *engine.Call, in gensIn) (*Generator, error) {
	if len(in.Gens) == 0 {
		return nil, engine.Invalid("there is nothing to choose from")
	}
	return newGenerator("one_of", func(c *engine.Call, s *Source) (engine.Value, error) {
		i, err := s.choose(uint64(len(in.Gens)))
		if err != nil {
			return engine.Value{}, err
		}
		return in.Gens[i].draw(c, s)
	}), nil
}

func choice(_ *engine.Call, in choiceIn) (*Generator, error) {
	if len(in.Values) == 0 {
		return nil, engine.Invalid("there is nothing to choose from")
	}
	return newGenerator("choice", func(_ *engine.Call, s *Source) (engine.Value, error) {
		i, err := s.choose(uint64(len(in.Values)))
		return in.Values[i], err
	}), nil
}

func tuple(_ *engine.Call, in gensIn) (*Generator, error) {
	return newGenerator("tuple", func(c *engine.Call, s *Source) (engine.Value, error) {
		items := make(engine.Values, len(in.Gens))
		for i, g := range in.Gens {
			var err error
			if items[i], err = g.draw(c, s); err != nil {
				return items[i], err
			}
		}
		return c.Value(items), nil
	}), nil
}

// mapped gives each value to a function.
func (g *Generator) mapped(_ *engine.Call, in fnIn) (*Generator, error) {
	return newGenerator(g.name+":map", func(c *engine.Call, s *Source) (engine.Value, error) {
		v, err := g.draw(c, s)
		if err != nil {
			return v, err
		}
		return first(in.Fn.CallRaw(c.Context(), v))
	}), nil
}

// tries is how often a filter asks for another value.
const tries = 50

func (g *Generator) filtered(_ *engine.Call, in fnIn) (*Generator, error) {
	return newGenerator(g.name+":filter", func(c *engine.Call, s *Source) (engine.Value, error) {
		for range tries {
			v, err := g.draw(c, s)
			if err != nil {
				return v, err
			}
			ok, err := first(in.Fn.CallRaw(c.Context(), v))
			if err != nil || ok.Truthy() {
				return v, err
			}
		}
		return engine.Value{}, ErrDiscard
	}), nil
}

// composite makes values by a function that draws others.
func composite(_ *engine.Call, in fnIn) (*Generator, error) {
	return newGenerator("composite", func(c *engine.Call, s *Source) (engine.Value, error) {
		draw := c.NewFunction("draw", func(c *engine.Call, args []engine.Value) (any, error) {
			if len(args) != 1 {
				return nil, engine.Invalid("draw takes a generator")
			}
			g, ok := args[0].Handle().(*Generator)
			if !ok {
				return nil, engine.Invalid("draw takes a generator, not %s", args[0].Describe())
			}
			return g.draw(c, s)
		})
		return first(in.Fn.CallRaw(c.Context(), draw))
	}), nil
}

func first(results []engine.Value, err error) (engine.Value, error) {
	if err != nil || len(results) == 0 {
		return engine.Value{}, err
	}
	return results[0], nil
}

func sample(c *engine.Call, in sampleIn) (engine.Values, error) {
	if in.Count < 0 || in.Count > 10000 {
		return nil, engine.Invalid("argument 'count' is from 0 to 10000, not %d", in.Count)
	}
	var list engine.Values
	for i := uint64(0); len(list) < in.Count; i++ {
		if i > uint64(in.Count)*tries {
			return nil, engine.Invalid("%s makes hardly any values", fmt.Sprint(in.Of))
		}
		v, err := in.Of.draw(c, Random(uint64(in.Seed), i))
		if errors.Is(err, ErrDiscard) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
