// Package progress shows how work goes on: the Lua module progress.
package progress

import (
	"github.com/gscript-lang/gscript/engine"
)

type barIn struct {
	Name  string `lua:"name,arg" doc:"what is being done"`
	Total *int64 `lua:"total,opt" doc:"how much there is to do; left out when nobody knows"`
	Unit  string `lua:"unit,opt" enum:"items|bytes" default:"items" doc:"what is counted"`
}

type addIn struct {
	N int64 `lua:"n,arg" default:"1" doc:"how much more is done"`
}

type setIn struct {
	N int64 `lua:"n" doc:"how much is done in all"`
}

type eachIn struct {
	List []engine.Value `lua:"list" doc:"list to go through" type:"any[]"`
	Name string         `lua:"name,opt" doc:"what is being done"`
}

// Module declares progress.
func Module() *engine.Module {
	return &engine.Module{
		Name: "progress",
		Doc:  "Bars that show how work goes on. They are drawn on standard error while it is a terminal, vanish when the work is done, and cost nothing elsewhere. Several bars may be drawn at a time.",
		Funcs: []*engine.Function{
			engine.Fn("bar", "Show a bar.", newBar).
				Returning("the bar").
				Example(`
					local progress = require "progress"
					local bar = progress.bar{name="pages", total=3}
					for i = 1, 3 do bar:add() end
					print(bar.count, bar.total)   --> 3	3
					bar:done()`),
			engine.Fn("each", "Go through a list under a bar.", each).
				ReturningType("fun(): any", "an iterator for a generic for").
				Example(`
					local progress = require "progress"
					for page in progress.each({"a", "b"}, {name="pages"}) do print(page) end
					--> a
					--> b`),
		},
		Types: []*engine.Type{
			engine.TypeOf[*Bar]("progress.Bar", "A bar. with and the end of the script take it off the screen as well.",
				engine.Method("add", "Say that more is done.", (*Bar).add).Example(`
					local progress = require "progress"
					local bar = progress.bar{name="bytes", total=4096, unit="bytes"}
					bar:add(1024)
					bar:add(1024)
					print(bar.count)   --> 2048`),
				engine.Method("set", "Say how much is done in all.", (*Bar).set).Example(`
					local progress = require "progress"
					local bar = progress.bar{name="percent", total=100}
					bar:set(40)
					print(bar.count)   --> 40`),
				engine.CloseMethod[*Bar]("done", "Take the bar off the screen: the work is done, or given up.").Example(`
					local progress = require "progress"
					local bar = progress.bar{name="pages", total=3}
					bar:add(3)
					bar:done()`),
				engine.CloseMethod[*Bar]("close", "Does what done does, for with.").Example(`
					local progress = require "progress"
					with(progress.bar{name="pages", total=3}, function(bar) bar:add(3) end)`),
				engine.Prop("name", "What is being done.", func(b *Bar) string { return b.name }),
				engine.Prop("total", "How much there is to do, nil when nobody knows.", func(b *Bar) *int64 { return b.total }),
				engine.Prop("count", "How much is done.", func(b *Bar) int64 { return b.bar.Done() }),
			),
		},
	}
}
