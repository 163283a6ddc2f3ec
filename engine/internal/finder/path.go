package finder

import (
	"path/filepath"
	"strings"
)

// Patterns are the places that an entry of GSCRIPT_PATH or of Options.Path names:
// a pattern as it is, "dir" or "lib.zip" as the modules and packages below it.
func Patterns(entry string) []string {
	switch {
	case entry == "":
		return nil
	case strings.Contains(entry, "?"):
		return []string{entry}
	}
	return []string{filepath.Join(entry, "?.lua"), filepath.Join(entry, "?", "init.lua")}
}

// SplitPath makes places of package.path. To Lua an entry without '?' is a file
// that stands for any module; those that end in ".zip" or "/" are directories
// here.
func SplitPath(t Tree, path string) []Place {
	var chain []Place
	for _, entry := range strings.Split(path, ";") {
		patterns := []string{entry}
		if entry == "" || strings.HasSuffix(entry, "/") || strings.EqualFold(filepath.Ext(entry), ".zip") {
			patterns = Patterns(entry)
		}
		for _, pattern := range patterns {
			chain = append(chain, Place{Tree: t, Pattern: pattern})
		}
	}
	return chain
}
