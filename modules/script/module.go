// Package script tells which script runs: the Lua module script.
package script

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

// Module declares script.
func Module() *engine.Module {
	return &engine.Module{
		Name: "script",
		Doc:  "Which script runs, and whether the file that asks is it.",
		Values: []module.Value{
			engine.Live("is_main", "True in the file that was started, false in the modules that it requires, and false everywhere in workers: in threads, processes and pools. "+
				"A file that serves both as a script and as a module ends with: if script.is_main then main(...) end.",
				"boolean", func(c *engine.Call) (any, error) { return c.Imports().IsScript(), nil }),
			engine.Live("file", "The absolute path of the script's file. It is nil for a script that is in no file: from -e, from standard input, from a Go program.",
				"string?", func(c *engine.Call) (any, error) {
					file, _ := c.Imports().Script()
					return absolute(c, file), nil
				}),
			engine.Live("dir", "The absolute path of the directory in which require looks first: the script's, or with -m the working directory. It is nil when there is none.",
				"string?", func(c *engine.Call) (any, error) {
					_, dir := c.Imports().Script()
					return absolute(c, dir), nil
				}),
		},
	}
}

func absolute(c *engine.Call, path string) any {
	if path == "" {
		return nil
	}
	return c.Host().Files.Abs(path)
}
