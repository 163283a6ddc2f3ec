// Package inspect shows and compares values deeply: the Lua module inspect.
package inspect

import (
	"github.com/gscript-lang/gscript/engine"
)

type boundsIn struct {
	Depth    int  `lua:"depth,opt" default:"8" doc:"how many levels of tables within tables are shown; -1 for all"`
	Items    int  `lua:"items,opt" default:"100" doc:"how many entries of each table are shown; -1 for all"`
	Width    int  `lua:"width,opt" default:"80" doc:"how many columns a line may have; -1 puts everything on one line"`
	Text     int  `lua:"text,opt" default:"1000" doc:"how many bytes of each string are shown; -1 for all"`
	Color    bool `lua:"color,opt" doc:"colour the text for a terminal"`
	Tostring bool `lua:"tostring,opt" doc:"show values that have the metamethod __tostring by it"`
}

type textIn struct {
	Value engine.Value `lua:"value,arg" doc:"what to show"`
	boundsIn
}

type printIn struct {
	Values []engine.Value `lua:"values,rest" doc:"what to show"`
}

type compareIn struct {
	Tolerance  float64 `lua:"tolerance,opt" default:"0" doc:"how far numbers may be apart"`
	Relative   float64 `lua:"relative,opt" default:"0" doc:"the same as a part of the greater of the two, such as 1e-9"`
	NaN        bool    `lua:"nan,opt" doc:"not-a-number equals itself"`
	Metatables bool    `lua:"metatables,opt" doc:"tables must have the same metatable"`
	Eq         bool    `lua:"eq,opt" doc:"tables and handles that share a metamethod __eq are compared by it"`
}

type equalIn struct {
	A engine.Value `lua:"a,arg" doc:"one value"`
	B engine.Value `lua:"b,arg" doc:"the other value"`
	compareIn
}

type diffIn struct {
	A     engine.Value `lua:"a,arg" doc:"one value"`
	B     engine.Value `lua:"b,arg" doc:"the other value"`
	Limit int          `lua:"limit,opt" default:"100" doc:"how many differences are told; -1 for all"`
	compareIn
}

type explainIn struct {
	A     engine.Value `lua:"a,arg" doc:"one value"`
	B     engine.Value `lua:"b,arg" doc:"the other value"`
	Names []string     `lua:"names,opt" doc:"what the two are called; without it, a and b"`
	Limit int          `lua:"limit,opt" default:"20" doc:"how many differences are told; -1 for all"`
	Color bool         `lua:"color,opt" doc:"colour the text for a terminal"`
	compareIn
}

type linesIn struct {
	A string `lua:"a" doc:"one text"`
	B string `lua:"b" doc:"the other text"`
}

type difference struct {
	Path string       `lua:"path" doc:"where it is, such as .users[3].name; empty for the values themselves"`
	What string       `lua:"what" doc:"changed, missing in the second, extra in the second, or metatable" enum:"changed|missing|extra|metatable"`
	A    engine.Value `lua:"a,opt" doc:"what the first has there"`
	B    engine.Value `lua:"b,opt" doc:"what the second has there"`
}

// Module declares inspect.
func Module() *engine.Module {
	return &engine.Module{
		Name: "inspect",
		Doc: "Show values of any depth and tell how they differ. Tables are read as they are: metamethods are not called unless an option says so. " +
			"A table that holds itself is shown and compared like any other, and what is shown is bounded.",
		Call: "text",
		Funcs: []*engine.Function{
			engine.Fn("text", "Write a value for people. Strings are quoted so that Lua can read them back; keys are sorted, numbers first, then strings. A value that fits the width stands on one line.", text).
				Returning("the text, without a line break at the end").
				Example(`
					local inspect = require "inspect"
					print(inspect{1, "a\n", x={y=true}})   --> {1, "a\n", x = {y = true}}
					local loop = {name="loop"}
					loop.again = {loop}
					print(inspect(loop))   --> {again = {<cycle to the top>}, name = "loop"}
					print(inspect({{{{}}}, 2, 3, 4}, {depth=1, items=2}))   --> {{…}, 2, … 2 more}
					print(inspect({name="ann", tags={"x", "y"}}, {width=20}))
					--> {
					-->   name = "ann",
					-->   tags = {"x", "y"}
					--> }`).
				AsInline(),
			engine.Fn("print", "Write values for people on the standard output, each on lines of its own.", show).
				Example(`
					local inspect = require "inspect"
					inspect.print({a=1}, "b")
					--> {a = 1}
					--> "b"`),
			engine.Fn("equal", "Compare two values deeply. Tables are equal when they have equal entries; a table as a key equals itself only.", equal).
				Returning("whether they are equal").
				Example(`
					local inspect = require "inspect"
					print(inspect.equal({1, {a="x"}}, {1, {a="x"}}))   --> true
					print(inspect.equal({0.1 + 0.2}, {0.3}))   --> false
					print(inspect.equal({0.1 + 0.2}, {0.3}, {tolerance=1e-9}))   --> true`).
				AsInline(),
			engine.Fn("diff", "List where two values differ, in the order in which they are shown.", diff).
				Returning("the differences; none for equal values").
				Example(`
					local inspect = require "inspect"
					for _, d in ipairs(inspect.diff({users={{name="ann"}}, n=1}, {users={{name="bob"}}, m=1})) do
						print(d.path, d.what, d.a, d.b)
					end
					--> .m	extra	nil	1
					--> .n	missing	1	nil
					--> .users[1].name	changed	ann	bob`).
				AsInline(),
			engine.Fn("explain", "Tell people where two values differ. Strings of several lines are shown by the lines that differ.", explain).
				Returning("the text, a line or a few for each difference; empty for equal values").
				Example(`
					local inspect = require "inspect"
					io.write(inspect.explain({a=1, b="x"}, {a=2, b="x", c=3}))
					--> .a: 1 → 2
					--> .c: only in b: 3`).
				AsInline(),
			engine.Fn("lines", "Tell how two texts differ, line by line, as the program diff does with -u.", lines).
				Returning("the text; empty for equal texts").
				Example(`
					local inspect = require "inspect"
					io.write(inspect.lines("a\nb\nc\n", "a\nB\nc\n"))
					--> @@ -1,3 +1,3 @@
					-->  a
					--> -b
					--> +B
					-->  c`),
		},
	}
}
