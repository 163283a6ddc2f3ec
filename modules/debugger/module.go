// Package debugger stops scripts in the debugger: the Lua module debugger.
package debugger

import (
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug/terminal"
)

type postMortemIn struct {
	Err engine.Value `lua:"err" doc:"what was raised"`
}

type callIn struct {
	Fn   *engine.Func   `lua:"fn" doc:"function to step through"`
	Args []engine.Value `lua:"args,rest" doc:"its arguments"`
}

// Module declares debugger.
func Module() *engine.Module {
	m := &debuggers{}
	return &engine.Module{
		Name: "debugger",
		Doc: "Stops the script in the debugger, as `gscript debug` does at a breakpoint. Under `gscript debug`, and in an editor, it stops there. " +
			"Without them the debugger starts on the terminal; where standard input and standard error are no terminal, or GSCRIPT_DEBUG is 0 in the environment, the script goes on with one warning. A test goes on likewise, and the warning stands behind the results; `gscript test --debug` has it stop. " +
			"It stops in tasks, threads and pools of threads as well, but not in worker processes, whose standard input is not the terminal.",
		Funcs: []*engine.Function{
			engine.Fn("stop", "Stop here.", m.stop).AsInline().
				Example(`
					local debugger = require "debugger"
					local total = 0
					for i = 1, 3 do
					  total = total + i
					  if total > 100 then debugger.stop() end
					end
					print(total)   --> 6`),
			engine.Fn("post_mortem", "Stop where an error was raised. It is a handler for xpcall, which calls it while all that ran is still in place; the error goes on as it was. Elsewhere it stops where it is called.", m.postMortem).AsInline().
				Returning("the error").
				Example(`
					local debugger = require "debugger"
					local function work() return 6 * 7 end
					print(xpcall(work, debugger.post_mortem))   --> true	42`),
			engine.Fn("call", "Call a function and stop at its first line.", m.call).
				Returning("what the function returns").
				Example(`
					local debugger = require "debugger"
					local function add(a, b) return a + b end
					if false then debugger.call(add, 1, 2) end`),
		},
	}
}

// debuggers is the debugger that the scripts of an engine have started, and
// whether one was told that there is none.
type debuggers struct {
	mu     sync.Mutex
	own    *terminal.Terminal // nil before
	warned sync.Once
}
