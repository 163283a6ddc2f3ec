// Command gscript runs Lua automation scripts with the protocols inside.
package main

import (
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"

	_ "time/tzdata" // zones work where the system has none
)

func main() {
	keepHeapFloor()
	processes := isolate.Child(engine.Options{Modules: modules.All(), Library: stdlib.Files})
	os.Exit(gscript(os.Args[1:], processes))
}
