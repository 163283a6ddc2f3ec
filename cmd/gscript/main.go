// Command gscript runs Lua automation scripts with the protocols inside.
package main

import (
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/cover"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"

	_ "time/tzdata" // zones work where the system has none
)

func main() {
	keepHeapFloor()
	options := engine.Options{Modules: modules.All(), Library: stdlib.Files}
	if measured := cover.Inherited(); measured != nil {
		options.Probes = []engine.Probe{measured}
	}
	processes := isolate.Child(options)
	os.Exit(gscript(os.Args[1:], processes))
}
