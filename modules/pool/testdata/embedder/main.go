// Command embedder is a program with the engine inside whose scripts work in
// processes: its own, started again.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules/pool"
)

func main() {
	options := engine.Options{Modules: []engine.Entry{engine.Provide(pool.Module())}}
	options.Processes = isolate.Child(options)

	fmt.Println("main runs")
	state := engine.New(options).NewState(context.Background())
	results, err := state.Run(context.Background(), "squares", `
		return require("pool").with({workers=2, kind="process"}, function(p)
			return table.concat(p:map(function(n) return n * n end, {1, 2, 3}), " ")
		end)`)
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(results[0])
}
