// Package toposort orders things by what they need: the Lua module toposort.
package toposort

import "github.com/gscript-lang/gscript/engine"

var errCycle = engine.Kind("toposort.cycle", "Things need each other in a circle. e.cycle lists it, with the first name again at the end.")

type depsIn struct {
	Deps map[string][]string `lua:"deps" doc:"each name with the list of names that must come before it; names that occur only in the lists need nothing" type:"table<string, string[]>"`
}

// Module declares toposort.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "toposort",
		Doc:   "Order things by what they need. The order is stable: where the needs leave a choice, names come in alphabetical order.",
		Kinds: []*engine.ErrorKind{errCycle},
		Funcs: []*engine.Function{
			engine.Fn("sort", "Put the names in an order in which each comes after all that it needs.", sortNames).
				AsInline().
				Raises(errCycle).
				Returning("the names in order").
				Example(`
					local toposort = require "toposort"
					local order = toposort.sort{b={"a"}, c={"a", "b"}}
					print(table.concat(order, " "))   --> a b c`),
			engine.Fn("levels", "Group the names into levels. Each level needs only earlier levels, so that its names can be worked on at the same time.", levelsOf).
				AsInline().
				Raises(errCycle).
				Returning("the levels, each a list of names").
				Example(`
					local toposort = require "toposort"
					for i, level in ipairs(toposort.levels{app={"db", "cache"}, db={"disk"}}) do
						print(i, table.concat(level, " "))
					end
					--> 1	cache disk
					--> 2	db
					--> 3	app`),
		},
	}
}
