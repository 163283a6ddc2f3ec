// Package gen makes values for tests that say what holds for all values: the Lua
// module gen. test.prop runs such tests.
package gen

import (
	"github.com/gscript-lang/gscript/engine"
)

type intIn struct {
	Min *float64 `lua:"min,arg" doc:"the least; -2^31 where nothing is said"`
	Max *float64 `lua:"max,arg" doc:"the greatest; 2^31-1 where nothing is said"`
}

type numberIn struct {
	Min     *float64 `lua:"min,arg" doc:"the least"`
	Max     *float64 `lua:"max,arg" doc:"the greatest"`
	Special bool     `lua:"special,opt" doc:"infinities and not-a-number, too"`
}

type stringIn struct {
	Min   int    `lua:"min,opt" doc:"the least number of characters"`
	Max   *int   `lua:"max,opt" doc:"the greatest; 20 where nothing is said"`
	Chars string `lua:"chars,opt" doc:"the characters to choose from, the simplest first"`
	Bytes bool   `lua:"bytes,opt" doc:"any bytes in place of characters"`
}

type listIn struct {
	Of     *Generator `lua:"of" doc:"what makes the items"`
	Min    int        `lua:"min,opt" doc:"the least number of items"`
	Max    *int       `lua:"max,opt" doc:"the greatest; 20 more than min where nothing is said"`
	Unique bool       `lua:"unique,opt" doc:"no two items are the same"`
}

type mapIn struct {
	Keys   *Generator `lua:"keys" doc:"what makes the keys"`
	Values *Generator `lua:"values" doc:"what makes the values"`
	Min    int        `lua:"min,opt" doc:"how many entries are made at least; fewer are left when keys are the same"`
	Max    *int       `lua:"max,opt" doc:"how many at most; 20 more than min where nothing is said"`
}

type recordIn struct {
	Fields engine.Value `lua:"fields" doc:"a generator for each field" type:"table<string, gen.Generator>"`
}

type gensIn struct {
	Gens []*Generator `lua:"gens,rest" doc:"the generators"`
}

type choiceIn struct {
	Values []engine.Value `lua:"values,rest" doc:"the values, the simplest first"`
}

type fnIn struct {
	Fn *engine.Func `lua:"fn" doc:"the function"`
}

type sampleIn struct {
	Of    *Generator `lua:"of" doc:"what makes the values"`
	Count int        `lua:"count,arg" default:"10" doc:"how many"`
	Seed  int64      `lua:"seed,opt" doc:"of the randomness: the same seed gives the same values"`
}

// Module declares gen.
func Module() *engine.Module {
	return &engine.Module{
		Name: "gen",
		Doc: "Generators of values for test.prop. A value that makes a test fail is made smaller as long as the test fails: numbers go to 0, texts and lists get shorter. " +
			"That works for every generator, also those made with map, filter and composite.",
		Types: []*engine.Type{generatorType()},
		Funcs: []*engine.Function{
			engine.Fn("int", "Make whole numbers. Half of them are small.", integer).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, n in ipairs(gen.sample(gen.int(1, 6), 100)) do assert(n >= 1 and n <= 6 and n % 1 == 0) end`),
			engine.Fn("number", "Make numbers: whole ones, fractions, very large and very small ones.", number).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, n in ipairs(gen.sample(gen.number(0, 1), 100)) do assert(n >= 0 and n <= 1) end`),
			engine.Fn("bool", "Make true and false.", boolean).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					print(type(gen.sample(gen.bool(), 1)[1]))   --> boolean`),
			engine.Fn("string", "Make texts, of letters, signs and now and then characters that are rarely thought of: line breaks, NUL, accents, emoji.", text).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, s in ipairs(gen.sample(gen.string{min=1, max=3, chars="ab"}, 100)) do assert(s:match("^[ab]+$") and #s <= 3) end`),
			engine.Fn("list", "Make lists.", listOf).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, list in ipairs(gen.sample(gen.list(gen.int(), {min=2, max=3}), 50)) do assert(#list == 2 or #list == 3) end`),
			engine.Fn("map", "Make tables with keys and values.", mapOf).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, t in ipairs(gen.sample(gen.map(gen.string(), gen.int()), 50)) do
						for k, v in pairs(t) do assert(type(k) == "string" and type(v) == "number") end
					end`),
			engine.Fn("record", "Make tables with certain fields.", record).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					local user = gen.record{name=gen.string(), age=gen.int(0, 120)}
					print(gen.sample(user, 1)[1].age <= 120)   --> true`),
			engine.Fn("one_of", "Make what one of several generators makes.", oneOf).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					print(#gen.sample(gen.one_of(gen.int(), gen.string()), 5))   --> 5`),
			engine.Fn("choice", "Take one of several values.", choice).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					for _, v in ipairs(gen.sample(gen.choice("GET", "PUT"), 20)) do assert(v == "GET" or v == "PUT") end`),
			engine.Fn("tuple", "Make lists with an item of each generator.", tuple).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					local pair = gen.sample(gen.tuple(gen.bool(), gen.int()), 1)[1]
					print(type(pair[1]), type(pair[2]))   --> boolean	number`),
			engine.Fn("composite", "Make values by a function, which gets a function draw that takes a value from a generator.", composite).AsInline().
				Returning("the generator").
				Example(`
					local gen = require "gen"
					local range = gen.composite(function(draw)
						local low = draw(gen.int(0, 10))
						return {low, draw(gen.int(low, 10))}
					end)
					for _, r in ipairs(gen.sample(range, 50)) do assert(r[1] <= r[2]) end`),
			engine.Fn("sample", "Show what a generator makes.", sample).AsInline().
				ReturningType("any[]", "the values").
				Example(`
					local gen = require "gen"
					print(#gen.sample(gen.int(), 3))   --> 3`),
		},
	}
}

// Type is the type of generators, for modules that take them.
func Type() *engine.Type { return generatorType() }

func generatorType() *engine.Type {
	t := engine.TypeOf[*Generator]("gen.Generator", "Makes values for a test.",
		engine.Method("map", "Make what a function makes of each value.", (*Generator).mapped).AsInline().
			Returning("the new generator").
			Example(`
				local gen = require "gen"
				for _, n in ipairs(gen.sample(gen.int():map(function(n) return 2 * n end), 20)) do assert(n % 2 == 0) end`),
		engine.Method("filter", "Make only values for which a function says true. Where few pass, map or composite is better.", (*Generator).filtered).AsInline().
			Returning("the new generator").
			Example(`
				local gen = require "gen"
				for _, n in ipairs(gen.sample(gen.int():filter(function(n) return n ~= 0 end), 20)) do assert(n ~= 0) end`),
	)
	t.Stays = "a generator stays in the state that made it; make one in the worker"
	return t
}
