// Package modules is the list of the native modules that gscript ships. A
// module is a package below this one; its declaration is made when a script
// first requires it.
package modules

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/hash"
	"github.com/gscript-lang/gscript/modules/toposort"
)

// All lists every module, in the order in which they are documented.
func All() []engine.Entry {
	return []engine.Entry{
		{Name: "toposort", Declare: toposort.Module},
		{Name: "hash", Declare: hash.Module},
	}
}
