// Package utf8 walks text in UTF-8, as Lua 5.3's library does: the Lua module
// utf8.
package utf8

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

type charIn struct {
	Codes []float64 `lua:"codes,rest" doc:"code points, 0 to 0x10FFFF" type:"integer"`
}

type codesIn struct {
	Text string `lua:"s" doc:"text in UTF-8"`
	Lax  bool   `lua:"lax,arg" doc:"true takes surrogates and code points up to 0x7FFFFFFF too"`
}

type codepointIn struct {
	Text string `lua:"s" doc:"text in UTF-8"`
	From int    `lua:"i,arg" default:"1" doc:"byte at which the first character begins; negative counts from the end"`
	To   *int   `lua:"j,arg" doc:"last byte at which a character may begin; the same as i when left out"`
	Lax  bool   `lua:"lax,arg" doc:"true takes surrogates and code points up to 0x7FFFFFFF too"`
}

type lenIn struct {
	Text string `lua:"s" doc:"text in UTF-8"`
	From int    `lua:"i,arg" default:"1" doc:"byte at which the first character begins; negative counts from the end"`
	To   int    `lua:"j,arg" default:"-1" doc:"last byte at which a character may begin"`
	Lax  bool   `lua:"lax,arg" doc:"true takes surrogates and code points up to 0x7FFFFFFF too"`
}

type offsetIn struct {
	Text string `lua:"s" doc:"text in UTF-8"`
	N    int    `lua:"n" doc:"which character, counted from byte i; negative counts backwards, 0 is the one that byte i is part of"`
	From *int   `lua:"i,arg" doc:"byte to count from, where a character must begin; 1 when left out, and the end of the text for a negative n"`
}

// Module declares utf8.
func Module() *engine.Module {
	return &engine.Module{
		Name: "utf8",
		Doc: `Text in UTF-8, as Lua 5.3 has it. Positions are bytes, as in the other functions on strings; negative ones count from the end.

			Text that is not valid UTF-8 is refused, with surrogates and overlong forms among it; lax takes what Lua 5.4 takes with it.`,
		Values: []module.Value{
			{Name: "charpattern", Doc: "The pattern that matches one character of valid UTF-8, for string.gmatch and the like.", Value: "[\x00-\x7F\xC2-\xF4][\x80-\xBF]*"},
		},
		Funcs: []*engine.Function{
			engine.Pure("char", "Make a string of code points.", char).
				Returning("the characters in UTF-8").
				Example(`
					local utf8 = require "utf8"
					print(utf8.char(72, 228, 8364, 128512))   --> Hä€😀`),
			engine.Pure("codes", "Walk the characters: position and code point of each. Text that is not valid raises an error when the loop gets there.", codes).
				ReturningType("fun(): integer, integer", "an iterator for a generic for").
				Example(`
					local utf8 = require "utf8"
					for at, code in utf8.codes("aä€") do print(at, code) end
					--> 1	97
					--> 2	228
					--> 4	8364`),
			engine.Pure("codepoint", "Return the code points of the characters that begin between two positions.", codepoint).
				ReturningType("...integer", "a code point a character").
				Example(`
					local utf8 = require "utf8"
					print(utf8.codepoint("aä€", 1, -1))   --> 97	228	8364
					print(utf8.codepoint("aä€", 2))       --> 228`),
			engine.Pure("len", "Count the characters that begin between two positions.", length).
				ReturningType("integer?, integer?", "the number; or nil and the position of the first byte that is not valid").
				Example(`
					local utf8 = require "utf8"
					print(utf8.len("aä€"))        --> 3
					print(utf8.len("aä\255"))     --> nil	4`),
			engine.Pure("offset", "Find the position at which a character begins.", offset).
				ReturningType("integer?", "the position, one past the end for the character after the last; nil where there is none").
				Example(`
					local utf8 = require "utf8"
					local s = "aä€"
					print(utf8.offset(s, 3))      --> 4
					print(utf8.offset(s, -1))     --> 4
					print(utf8.offset(s, 0, 3))   --> 2
					print(s:sub(utf8.offset(s, -2)))   --> ä€`),
		},
	}
}
