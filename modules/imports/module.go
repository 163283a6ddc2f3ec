// Package imports loads, finds and reloads modules: the Lua module import.
package imports

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
)

var errNotFound = engine.Kind("module.not_found", "There is no such module. e.tried lists the files that were looked for.")

type membersIn struct {
	Name    string   `lua:"name" doc:"the module, as for require"`
	Members []string `lua:"members,rest" doc:"names of its fields, or of modules in the package"`
}

type nameIn struct {
	Name string `lua:"name" doc:"the module, as for require"`
}

type moduleIn struct {
	Module engine.Value `lua:"module" doc:"the module's name, or what require returned" type:"string|any"`
}

type exportIn struct {
	Module engine.Value `lua:"module" doc:"what the module is going to return" type:"table"`
}

type fileIn struct {
	Path string `lua:"path" doc:"the file; a relative path is one from the working directory"`
}

type resourceIn struct {
	Package string `lua:"package" doc:"the package or module beside whose files it lies; \"\" is the module that makes the call, or the script"`
	File    string `lua:"file" doc:"the path from there, with slashes"`
}

type loaderIn struct {
	Loader *engine.Func `lua:"loader" doc:"is called with a name; returns a function that makes the module and, if it likes, its file for people; or a text that says why there is none; or nil" type:"fun(name: string): (fun(name: string, file?: string): any)|string|nil, string?"`
	First  bool         `lua:"first,opt" doc:"ask it before all others, so that it may replace built-in modules"`
}

type placeIn struct {
	Place string `lua:"place" doc:"a directory, a zip archive, a directory in one, or a pattern with a '?' for the name; relative to the working directory"`
	First bool   `lua:"first,opt" doc:"search it before the others; the directory of the script comes first in any case"`
}

type found struct {
	Name    string  `lua:"name" doc:"the full name"`
	Kind    string  `lua:"kind" doc:"builtin, library (Lua inside the program), file, namespace, preload or loader"`
	File    *string `lua:"file" doc:"the file, if there is one"`
	Package bool    `lua:"package" doc:"other modules may be inside it"`
}

type loaded struct {
	Name     string   `lua:"name" doc:"the full name"`
	Kind     string   `lua:"kind" doc:"as for find"`
	File     *string  `lua:"file" doc:"the file, if there is one"`
	By       *string  `lua:"by" doc:"the module that required it first, nil for the script"`
	Requires []string `lua:"requires" doc:"the modules that it has required"`
	Time     float64  `lua:"time" doc:"seconds that loading took"`
	Own      float64  `lua:"own" doc:"seconds of it without the modules that it loaded"`
}

// Module declares import.
func Module() *engine.Module {
	return &engine.Module{
		Name: "import",
		Doc: "Load, find and reload modules: what require does, and what is around it. import(\"m\", \"a\", \"b\") returns members of a module. " +
			"Names may be relative as for require: \".x\" is a module in the package of the one that makes the call, \"./x.lua\" a file beside its file.",
		Kinds: []*engine.ErrorKind{errNotFound},
		Call:  "from",
		Values: []module.Value{
			engine.Live("paths", "The places where files are looked for, in order, as patterns with a '?' for the name. It is a copy: import.add and package.path change the search.",
				"string[]", func(c *engine.Call) (any, error) { return c.Imports().Places(), nil }),
		},
		Funcs: []*engine.Function{
			engine.Fn("from", "Require a module and return members of it, or the module itself when none is named. A field that is nil counts as missing; a package's member may be a module inside it.", from).
				AsInline().Raises(errNotFound).
				ReturningType("any ...", "the members, in the order of their names").
				Example(`
					local import = require "import"
					local encode, decode = import("json", "encode", "decode")
					print(encode(decode("[1, 2]")))   --> [1,2]
					local ok, e = pcall(import, "json", "encoed")
					print(e.hint)   --> did you mean 'encode'?`),
			engine.Fn("find", "Tell what a name means without running the module.", find).
				AsInline().
				Returning("nil when there is no such module").
				Example(`
					local import = require "import"
					print(import.find("json").kind, import.find("no.such.module"))   --> builtin	nil`),
			engine.Fn("file", "Load the module in a file, once a file. It is the same module that require finds, if require finds the file.", file).
				AsInline().Needs(host.Read).Raises(errNotFound).
				ReturningType("any", "what the module returned").
				Example(`
					local fs, import = require "fs", require "import"
					fs.write("rates.lua", "return {eur = 1.1}")
					print(import.file("rates.lua").eur)   --> 1.1`),
			engine.Fn("reload", "Run a module once more. Its table stays the same and gets the new contents, so that all who have it see them; what was copied out of it into local variables stays old. When the module fails, its old contents stay and the error is raised.", reload).
				AsInline().Raises(errNotFound).
				ReturningType("any", "the module").
				Example(`
					local fs, import = require "fs", require "import"
					fs.write("rates.lua", "return {eur = 1.1}")
					local rates = import.file("rates.lua")
					fs.write("rates.lua", "return {eur = 1.2}")
					import.reload(rates)
					print(rates.eur)   --> 1.2`),
			engine.Fn("lazy", "Make a table that loads a module when it is first used. That there is such a module is checked at once; an error in it is raised where it is first used.", lazy).
				AsInline().Raises(errNotFound).
				ReturningType("table", "a table that stands for the module, or the module if it is loaded").
				Example(`
					local import = require "import"
					local json = import.lazy("json")
					print(json.encode({1}))   --> [1]`),
			engine.Fn("export", "Make a table the module that is being loaded, before its file has come to its end. Modules that require each other in a circle then find it, as far as it is filled.", export).
				AsInline().
				Example(`
					local fs, import = require "fs", require "import"
					fs.write("a.lua", [[
						local M = {}
						require("import").export(M)
						M.b = require("b")
						return M]])
					fs.write("b.lua", "return {a = require('a')}")
					import.add(".")
					local a = require "a"
					print(a.b.a == a)   --> true`),
			engine.Fn("resource", "Read a file that lies beside the files of a package, whether the package is on disk, in a zip archive or inside the program. A file has up to 64 MiB.", resource).
				AsInline().Needs(host.Read).
				Returning("the contents").
				Example(`
					local fs, import = require "fs", require "import"
					fs.mkdir("shop")
					fs.write("shop/init.lua", "return {}")
					fs.write("shop/prices.txt", "apple 3")
					import.add(".")
					print(import.resource("shop", "prices.txt"))   --> apple 3`),
			engine.Fn("current", "Tell in which module the calling function stands.", current).
				AsInline().
				Returning("nil in the script, and in code that is in no module").
				Example(`
					local import = require "import"
					print(import.current())   --> nil`),
			engine.Fn("graph", "List the modules that were loaded, in the order in which they were complete, with what each requires and how long it took.", graph).
				AsInline().
				Returning("one entry a module").
				Example(`
					local import = require "import"
					require "json"
					for _, m in ipairs(import.graph()) do print(m.name, m.kind) end   --> import	builtin
					--> json	builtin`),
			engine.Fn("builtin", "List the modules that the program has itself.", builtin).
				AsInline().
				Returning("their names, sorted").
				Example(`
					local import = require "import"
					print(#import.builtin() > 0)   --> true`),
			engine.Fn("add", "Add a place to the search path, package.path.", add).
				AsInline().
				Example(`
					local import = require "import"
					import.add("vendor")
					print(package.path)   --> vendor/?.lua;vendor/?/init.lua`),
			engine.Fn("loader", "Add a function that finds modules by itself, in front of the search for files. Workers do not have it.", loader).
				AsInline().
				Example(`
					local import = require "import"
					import.loader(function(name)
						local color = name:match("^color:(%w+)$")
						if color then return function() return {name = color} end end
					end)
					print(require("color:red").name)   --> red`),
		},
	}
}
