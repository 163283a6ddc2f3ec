package completion

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// Files lists the files whose names begin so; directories, and those with the
// suffix.
func Files(readDir func(name string) ([]fs.DirEntry, error), begin, suffix string) []lineedit.Candidate {
	dir, name := filepath.Split(begin)
	look := dir
	if look == "" {
		look = "."
	}
	entries, err := readDir(look)
	if err != nil {
		return nil
	}
	var list []lineedit.Candidate
	for _, entry := range entries {
		found := entry.Name()
		switch {
		case !strings.HasPrefix(found, name), strings.HasPrefix(found, ".") && name == "":
			continue
		case entry.IsDir():
			found += "/"
		case !strings.HasSuffix(found, suffix):
			continue
		}
		list = append(list, lineedit.Candidate{Text: dir + found, Name: found})
	}
	return list
}
