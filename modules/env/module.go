// Package env reads the environment: the Lua module env.
package env

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

var (
	errMissing = engine.Kind("env.missing", "A variable that the script needs is not set, or empty.")
	errInvalid = engine.Kind("env.invalid", "A variable does not hold what it should. The message does not show its value, which may be secret.")
)

type nameIn struct {
	Name string `lua:"name" doc:"name of the variable"`
}

type getIn struct {
	Name    string `lua:"name" doc:"name of the variable"`
	Default any    `lua:"default,arg" doc:"what to return when it is not set"`
}

type needIn struct {
	Name string `lua:"name" doc:"name of the variable"`
	Hint string `lua:"hint,arg" doc:"what to tell the user who did not set it"`
}

type numberIn struct {
	Name    string   `lua:"name" doc:"name of the variable"`
	Default *float64 `lua:"default,arg" doc:"what to return when it is not set or empty"`
}

type booleanIn struct {
	Name    string `lua:"name" doc:"name of the variable"`
	Default bool   `lua:"default,arg" doc:"what to return when it is not set or empty"`
}

type setIn struct {
	Name  string `lua:"name" doc:"name of the variable"`
	Value string `lua:"value" doc:"its new value"`
}

// Module declares env.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "env",
		Doc:   "Environment variables, and facts about the user and the machine. What a script sets is seen by itself and by the programs it starts.",
		Kinds: []*engine.ErrorKind{errMissing, errInvalid},
		Funcs: []*engine.Function{
			engine.Fn("get", "Read a variable.", get).
				AsInline().
				Needs(host.Env).
				ReturningType("string|any", "its value, or the default, or nil").
				Example(`
					local env = require "env"
					print(env.get("NO_SUCH_VARIABLE", "none"))   --> none`),
			engine.Fn("need", "Read a variable that the script cannot do without. An empty one counts as missing.", need).
				AsInline().
				Needs(host.Env).
				Raises(errMissing).
				Returning("its value").
				Example(`
					local env = require "env"
					local ok, err = pcall(env.need, "DEPLOY_TOKEN", "ask the operations team for one")
					if err.kind ~= "env.missing" then error(err) end
					print(err.hint)   --> ask the operations team for one`),
			engine.Fn("number", "Read a variable as a number.", number).
				AsInline().
				Needs(host.Env).
				Raises(errInvalid).
				ReturningType("number?", "the number, or the default").
				Example(`
					local env = require "env"
					print(env.number("NO_SUCH_PORT", 8080) + 1)   --> 8081`),
			engine.Fn("boolean", "Read a variable as true (1, true, yes, on) or false (0, false, no, off).", boolean).
				AsInline().
				Needs(host.Env).
				Raises(errInvalid).
				Returning("whether it is true").
				Example(`
					local env = require "env"
					if env.boolean("NO_SUCH_VARIABLE") then print("verbose") else print("quiet") end
					--> quiet`),
			engine.Fn("set", "Set a variable for this script and the programs it starts. It needs no permission.", set).
				AsInline().
				Example(`
					local env = require "env"
					env.set("GREETING", "hello")
					print(env.get("GREETING"))   --> hello`),
			engine.Fn("unset", "Remove a variable for this script and the programs it starts. It needs no permission.", unset).
				AsInline().
				Example(`
					local env = require "env"
					env.set("GREETING", "hello")
					env.unset("GREETING")
					print(env.get("GREETING"))   --> nil`),
			engine.Fn("all", "Read all variables. Without the permission for all of them, these are the ones that the script may read.", all).
				AsInline().
				Returning("the values by name").
				Example(`
					local env = require "env"
					env.set("GREETING", "hello")
					print(env.all().GREETING)   --> hello`),
			engine.Fn("home", "Tell the user's home directory.", home).
				Needs(host.Env).
				Returning("the directory").
				Example(`
					local env, path = require "env", require "path"
					print(path.is_abs(env.home()))   --> true`),
			engine.Fn("user", "Tell the user's login name.", user).
				Needs(host.Env).
				Returning("the name").
				Example(`
					local env = require "env"
					print(#env.user() > 0)   --> true`),
			engine.Fn("hostname", "Tell the machine's name.", hostname).
				Needs(host.Env).
				Returning("the name").
				Example(`
					local env = require "env"
					print(#env.hostname() > 0)   --> true`),
			engine.Fn("os", "Tell the operating system: \"linux\", \"darwin\", \"windows\" and so on.", system).
				AsInline().
				Returning("the name").
				Example(`
					local env = require "env"
					print(env.os() ~= "")   --> true`),
			engine.Fn("arch", "Tell the processor's architecture: \"amd64\", \"arm64\" and so on.", arch).
				AsInline().
				Returning("the name").
				Example(`
					local env = require "env"
					print(#env.arch() > 0)   --> true`),
			engine.Fn("cpus", "Tell how many processors the program may use.", cpus).
				AsInline().
				Returning("the number").
				Example(`
					local env = require "env"
					print(env.cpus() >= 1)   --> true`),
		},
	}
}
