// Command child does nothing but serve isolated scripts.
package main

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
)

func main() { isolate.Child(engine.Options{}) }
