// Package args reads the arguments of a script by a declaration: the Lua module
// args.
package args

import "github.com/gscript-lang/gscript/engine"

var errUsage = engine.Kind("args.usage", "The arguments that the user gave do not fit the declaration. Raised only with exit=false; e.usage is the usage line.")

type parseIn struct {
	Spec    []any    `lua:"spec,list" doc:"the declaration: a first text says what the script does, texts at the end are printed below the help, and each table declares an argument ({\"target\"}) or an option ({\"--port\", \"-p\"}). Fields of both: help, type (\"string\", \"number\", \"integer\", \"duration\", \"size\", \"flag\" or a function that converts the text), default, choices (a list), nargs (\"?\", \"*\", \"+\" or a number), required, metavar, dest, action (\"append\" or \"count\"), secret (the default is not shown)" type:"(string|table)[]"`
	Argv    []string `lua:"argv,opt" doc:"arguments to read instead of the script's"`
	Name    string   `lua:"name,opt" doc:"name of the script in messages"`
	Version string   `lua:"version,opt" doc:"what --version prints; without it there is no such option"`
	Exit    bool     `lua:"exit,opt" default:"true" doc:"end the script with code 2 when the arguments are wrong; false raises args.usage"`
}

// Module declares args.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "args",
		Doc:   "Arguments of a script, declared once: read, checked, and explained by --help.",
		Kinds: []*engine.ErrorKind{errUsage},
		Funcs: []*engine.Function{
			engine.Fn("parse", "Read the script's arguments. --help prints what there is and ends the script with code 0; wrong arguments print what is wrong and end it with code 2. Options are written --port 22, --port=22, -p 22 or -p22; flags can be joined, as in -xvf; -- ends the options. A flag with default=true is switched off by --no-name. Arguments are strings, numbers or lists by their declaration; a name with dashes has underscores in the result.", parse).
				Raises(errUsage).
				ReturningType("table<string, any>", "the values by name; what was not given and has no default is nil, false for a flag, 0 for a count, and an empty list where several may be given").
				Example(`
					local args = require "args"
					local a = args.parse({
						"Deploy a release.",
						{"target", help="host to deploy to"},
						{"--port", "-p", type="number", default=22, help="port of its ssh server"},
						{"--dry-run", type="flag", help="only say what would be done"},
						{"files", nargs="*", help="files to send"},
					}, {argv={"web1", "-p", "2222", "a.txt", "b.txt", "--dry-run"}})
					print(a.target, a.port, a.dry_run, #a.files)   --> web1	2222	true	2`),
		},
	}
}
