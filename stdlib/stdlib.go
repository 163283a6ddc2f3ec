// Package stdlib holds the modules that are written in Lua. They are embedded
// in the binary and found by require. Their tests lie beside them and are not.
package stdlib

import "embed"

// Files holds name.lua for each module.
//
//go:embed class.lua fmt.lua get.lua iter.lua list.lua set.lua text.lua
var Files embed.FS
