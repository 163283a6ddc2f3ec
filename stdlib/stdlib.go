// Package stdlib holds the modules that are written in Lua. They are embedded
// in the binary and found by require.
package stdlib

import "embed"

// Files holds name.lua for each module.
//
//go:embed *.lua
var Files embed.FS
