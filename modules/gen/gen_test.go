package gen_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/gen"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// What shrinking must find: the smallest choices that still fail.
func TestShrink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		start []uint64
		fails func(v []uint64) bool
		want  []uint64
	}{
		"a bound":           {[]uint64{9999}, func(v []uint64) bool { return len(v) > 0 && v[0] >= 1000 }, []uint64{1000}},
		"everything":        {[]uint64{5, 6, 7}, func([]uint64) bool { return true }, []uint64{}},
		"one of many":       {[]uint64{1, 9, 3, 8, 2, 7}, func(v []uint64) bool { return slices.ContainsFunc(v, func(n uint64) bool { return n > 4 }) }, []uint64{5}},
		"two that go":       {[]uint64{50, 3, 60}, func(v []uint64) bool { return len(v) >= 2 && v[0]+v[len(v)-1] >= 40 }, []uint64{0, 40}},
		"as small as it is": {[]uint64{0, 1}, func(v []uint64) bool { return len(v) == 2 && v[1] == 1 }, []uint64{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := gen.Shrink(c.start, 5000, func(v []uint64) ([]uint64, bool, error) { return v, c.fails(v), nil })
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("found %v (%v), want %v", got, err, c.want)
			}
		})
	}
}

// Whatever fails, shrinking ends within its limit, and its result fails.
func TestShrinkKeepsTheFailure(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		start := make([]uint64, rng.IntN(30)+1)
		for i := range start {
			start[i] = rng.Uint64N(1000)
		}
		salt, runs := rng.Uint64N(50)+2, 0
		fails := func(v []uint64) bool {
			sum := uint64(0)
			for _, n := range v {
				sum += n
			}
			return sum%salt == 0 || slices.Equal(v, start)
		}
		got, _, err := gen.Shrink(start, 300, func(v []uint64) ([]uint64, bool, error) {
			runs++
			return v, fails(v), nil
		})
		if err != nil || !fails(got) || runs > 300 {
			t.Fatalf("%v shrinks to %v after %d runs: %v", start, got, runs, err)
		}
	}
}

func TestGenerators(t *testing.T) {
	t.Parallel()
	out := moduletest.New(t, gen.Module()).Run(t, `
		local gen = require "gen"
		local same, other = gen.sample(gen.int(), 20, {seed=1}), gen.sample(gen.int(), 20, {seed=2})
		assert(table.concat(same) == table.concat(gen.sample(gen.int(), 20, {seed=1})), "a seed says everything")
		assert(table.concat(same) ~= table.concat(other), "seeds differ")
		for _, n in ipairs(gen.sample(gen.int(-5, -3), 200)) do assert(n >= -5 and n <= -3) end
		for _, n in ipairs(gen.sample(gen.int(7, 7), 5)) do assert(n == 7) end
		for _, n in ipairs(gen.sample(gen.number(-0.25, 0.25), 300)) do assert(n >= -0.25 and n <= 0.25) end
		local odd = 0
		for _, n in ipairs(gen.sample(gen.number{special=true}, 500)) do if n ~= n or n == n + 1 and n - n ~= 0 then odd = odd + 1 end end
		assert(odd > 0, "special numbers come")
		for _, l in ipairs(gen.sample(gen.list(gen.int(1, 3), {unique=true, max=3}), 100)) do
			local seen = {}
			for _, n in ipairs(l) do assert(not seen[n]) seen[n] = true end
		end
		local deep = gen.list(gen.record{id=gen.int(), tags=gen.map(gen.string(), gen.bool())})
		for _, l in ipairs(gen.sample(deep, 50)) do for _, r in ipairs(l) do assert(type(r.id) == "number" and type(r.tags) == "table") end end
		local even = gen.int():map(function(n) return n * 2 end):filter(function(n) return n > 0 end)
		for _, n in ipairs(gen.sample(even, 50)) do assert(n > 0 and n % 2 == 0) end
		print("ok")`)
	if out != "ok\n" {
		t.Error(out)
	}
}

func TestBadGenerators(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"min above max":     `gen.int(3, 2)`,
		"nan":               `gen.int(0/0, 2)`,
		"too large":         `gen.int(0, 2^60)`,
		"a size below 0":    `gen.list(gen.int(), {min=-1})`,
		"an enormous list":  `gen.list(gen.int(), {max=1e9})`,
		"nothing to choose": `gen.choice()`,
		"no generator":      `gen.record{a=1}`,
		"a filter of none":  `gen.sample(gen.int():filter(function() return false end), 1)`,
		"draw takes one":    `gen.sample(gen.composite(function(draw) return draw(1) end), 1)`,
		"too many samples":  `gen.sample(gen.int(), 1e6)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			moduletest.New(t, gen.Module()).Fail(t, engine.KindInvalid, "local gen = require \"gen\"\n"+source)
		})
	}
}
