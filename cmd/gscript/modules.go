package main

import (
	"os"
	"path/filepath"
	"strings"
)

// searchPath is what GSCRIPT_PATH says: directories, zip archives and patterns,
// where require looks after the script's directory.
func searchPath() []string {
	var path []string
	for _, entry := range filepath.SplitList(os.Getenv("GSCRIPT_PATH")) {
		for _, part := range strings.Split(entry, ";") {
			if part != "" {
				path = append(path, part)
			}
		}
	}
	return path
}
