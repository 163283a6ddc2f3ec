package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/gscript-lang/gscript/engine/debug/terminal"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/history"
)

// onTerminal are the options of a debugger on the terminal of world, which from
// then on passes what scripts write so that it does not mix with what is typed.
func onTerminal(world *host.Host) terminal.Options {
	t := world.Terminal
	path := ""
	if t.IsTerminal(0) && t.IsTerminal(2) {
		path = historyFile("GSCRIPT_DEBUG_HISTORY", "debug_history")
	}
	kept, warning := history.Open(path)
	if warning != nil {
		fmt.Fprintln(t.Stderr(), "gscript:", warning)
	}
	o := terminal.Options{
		In: t.Stdin(), Out: t.Stderr(), Color: t.Color(2), Width: t.Width(),
		Editing: terminal.Edit(t, os.Getenv("TERM") == "dumb", kept),
		ReadDir: world.Files.ReadDir,
		Modules: sync.OnceValue(func() []*module.Module {
			list, _ := declarations() // without those of the library it completes the others
			return list
		}),
	}
	switch {
	case o.Editing != nil:
		world.Terminal = o.Editing.Through(t)
	case t.IsTerminal(1) && t.IsTerminal(2):
		cursor := &terminal.Cursor{W: t.Stdout()}
		world.Terminal, o.Fresh = host.Through(t, cursor, t.Stderr()), cursor.Fresh
	}
	return o
}
