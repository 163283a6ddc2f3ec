// Package log writes what a script has to say about its work, a line each, to
// standard error or a file: the Lua module log.
package log

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type lineIn struct {
	Message string `lua:"message" doc:"what happened"`
	Fields  any    `lua:"fields,arg" doc:"data that belongs to it" type:"table<string, any>"`
}

type setIn struct {
	Level  string `lua:"level,opt" enum:"debug|info|warn|error|off" doc:"least level that is written"`
	Format string `lua:"format,opt" enum:"text|json" doc:"lines for people, or one JSON object a line"`
	File   string `lua:"file,opt" doc:"file to add the lines to, instead of standard error"`
}

type withIn struct {
	Fields any `lua:"fields" doc:"data for each line of the new logger" type:"table<string, any>"`
}

// Module declares log.
func Module() *engine.Module {
	m := &engine.Module{
		Name: "log",
		Doc:  "Lines about the script's work, with a level and data. They go to standard error, in color on a terminal, or to a file. Each is one line whatever it holds: line breaks and other control characters are written as escapes. Values of fields whose name says that they are secret, such as password or api_key, are not written.",
		Funcs: []*engine.Function{
			engine.Fn("set", "Change how the module's own functions write. What is left out stays as it is; at first that is level info (debug with --verbose, error with --quiet), as text, to standard error.", set).
				Needs(host.Write).
				Example(`
					local log, fs = require "log", require "fs"
					log.set{level="debug", format="json", file="work.log"}
					log.debug("starting", {step=1})
					print((fs.read("work.log"):gsub('"time":"[^"]*",', "")))   --> {"level":"debug","msg":"starting","step":1}`),
			engine.Fn("new", "Make a logger of its own.", create).
				Needs(host.Write).
				Returning("the logger").
				Example(`
					local log, fs = require "log", require "fs"
					local audit = log.new{file="audit.log"}
					audit:info("user added", {name="ada"})
					audit:close()
					print(fs.read("audit.log"):match("INFO.*"))   --> INFO  user added name=ada`),
			engine.Fn("with", "Make a logger that adds data to each line. It writes where the module's own functions write now.", with).
				Returning("the logger").
				Example(`
					local log = require "log"
					local job = log.with{job=7}
					job:info("started")`),
		},
		Types: []*engine.Type{
			engine.TypeOf[*Logger]("log.Logger", "Writes lines with a level and data.",
				engine.Method("with", "Make a logger that adds data to each line and writes to the same place.", (*Logger).with).
					Returning("the logger").
					Example(`
						local log = require "log"
						log.new{level="warn"}:with{job=7}:warn("late", {minutes=5})`),
				engine.Method("close", "Close the logger's file, also for the loggers that with made of it. Standard error stays open. The end of the script closes files as well.", (*Logger).shut).
					Example(`
						local log = require "log"
						local audit = log.new{file="audit.log"}
						audit:info("done")
						audit:close()`),
			),
		},
	}
	for _, l := range levels[:len(levels)-1] {
		doc := "Write a line of level " + l.name + ", " + l.doc + "."
		m.Funcs = append(m.Funcs, engine.Fn(l.name, doc, lineAt(l.level)).Example(`
			local log = require "log"
			log.`+l.name+`("copied", {files=3})`))
		m.Types[0].Add(engine.Method(l.name, doc, methodAt(l.level)).Example(`
			local log = require "log"
			log.with{job=7}:` + l.name + `("copied", {files=3})`))
	}
	return m
}
