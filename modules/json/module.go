// Package json reads and writes JSON: the Lua module json.
package json

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/int64"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
)

type format struct {
	Indent any  `lua:"indent,opt" doc:"indentation of each level: true for two spaces, a number of spaces, or the text itself; all on one line when left out" type:"boolean|integer|string"`
	Sort   bool `lua:"sort,opt" doc:"write keys in the order of their bytes; otherwise they come in the order in which they were set"`
}

type encodeIn struct {
	Value any `lua:"value,arg" doc:"value to write; nil is null"`
	format
}

type decodeIn struct {
	Text string `lua:"text" doc:"JSON text"`
	jsonconv.Big
}

type arrayIn struct {
	List engine.Value `lua:"list" doc:"table to mark" type:"table"`
}

type readIn struct {
	Path string `lua:"path" doc:"file to read"`
	jsonconv.Big
}

type writeIn struct {
	Path  string `lua:"path" doc:"file to write"`
	Value any    `lua:"value,arg" doc:"value to write; nil is null"`
	format
}

// Module declares json.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "json",
		Doc:   "JSON text. Objects become tables that keep the order of their keys, null becomes json.null, and an empty array stays an array. Text and tables may be 200 levels deep.\n\nWhole numbers are exact both ways: those of 2^53 and beyond, which a Lua number would round, are read as values of the module int64, and such values are written with all their digits.",
		Kinds: []*engine.ErrorKind{jsonconv.ErrSyntax, jsonconv.ErrRange, jsonconv.ErrValue},
		Uses:  []*engine.Type{int64.Type()},
		Values: []module.Value{
			{Name: "null", Doc: "JSON's null. A nil in a table would be no entry at all.", Value: engine.Null},
		},
		Funcs: []*engine.Function{
			engine.Fn("encode", "Write a value as JSON. A table with the keys 1..n is an array; other tables are objects, an empty one too, unless it is a list or json.array marks it.", encode).
				AsInline().
				Raises(jsonconv.ErrValue).
				Returning("the JSON text").
				Example(`
					local json = require "json"
					print(json.encode{name="Ada", langs={"lua", "go"}, boss=json.null})
					--> {"name":"Ada","langs":["lua","go"],"boss":null}
					print(json.encode({b=1, a=2}, {sort=true}))   --> {"a":2,"b":1}`),
			engine.Fn("decode", "Read one JSON value.", decode).
				AsInline().
				Raises(jsonconv.ErrSyntax, jsonconv.ErrRange).
				ReturningType("any", "the value").
				Example(`
					local json = require "json"
					local v = json.decode('{"name": "Ada", "age": 36, "boss": null}')
					print(v.name, v.age + 1, v.boss == json.null)   --> Ada	37	true
					local v = json.decode('{"id": 9007199254740993}')
					print(v.id, json.encode(v))   --> 9007199254740993	{"id":9007199254740993}
					print(type(json.decode("9007199254740993", {big="text"})))   --> string`),
			engine.Fn("array", "Mark a table as an array, so that it is written as one even when it is empty.", array).
				AsInline().
				ReturningType("table", "the same table").
				Example(`
					local json = require "json"
					print(json.encode{found=json.array{}})   --> {"found":[]}`),
			engine.Fn("read", "Read a file that holds one JSON value.", read).
				Needs(host.Read).
				Raises(jsonconv.ErrSyntax, jsonconv.ErrRange).
				ReturningType("any", "the value").
				Example(`
					local json, fs = require "json", require "fs"
					fs.write("config.json", '{"port": 8080}')
					print(json.read("config.json").port)   --> 8080`),
			engine.Fn("write", "Write a value into a file. The file has its old content or all of the new one, never a part.", write).
				Needs(host.Write).
				Raises(jsonconv.ErrValue).
				Example(`
					local json, fs = require "json", require "fs"
					json.write("config.json", {port=8080}, {indent=2})
					io.write(fs.read("config.json"))
					--> {
					-->   "port": 8080
					--> }`),
			engine.Fn("lines", "Walk a file that holds one JSON value a line (JSON Lines), without holding it in memory. Empty lines are passed over.", lines).
				Needs(host.Read).
				Raises(jsonconv.ErrSyntax, jsonconv.ErrRange).
				ReturningType("fun(): any", "an iterator for a generic for").
				Example(`
					local json, fs = require "json", require "fs"
					fs.write("log.jsonl", '{"n": 1}\n{"n": 2}\n')
					for v in json.lines("log.jsonl") do print(v.n) end
					--> 1
					--> 2`),
		},
	}
}
