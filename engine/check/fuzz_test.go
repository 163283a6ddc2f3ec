package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/check"
)

// FuzzCheck looks for sources that break the checker. Whatever it finds points
// into the source.
func FuzzCheck(f *testing.F) {
	for _, rule := range cases {
		for _, marked := range rule.found {
			source, _, _ := unmark(marked)
			f.Add(source)
		}
		for _, source := range rule.passes {
			f.Add(source)
		}
	}
	files, err := filepath.Glob("../testdata/hostile/*.lua")
	if err != nil || len(files) == 0 {
		f.Fatal("no hostile sources", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	c := fixture(f, func(o *check.Options) { o.Parameters = true })
	f.Fuzz(func(t *testing.T, source string) {
		if strings.Contains(source, "require") {
			c = fixture(t, nil) // files that were looked for are remembered
		}
		for _, found := range c.Check("nowhere/script.lua", source) {
			if found.Line < 1 || found.Column < 1 || found.Message == "" {
				t.Errorf("finding %+v", found)
			}
			var b strings.Builder
			if err := found.Excerpt(&b, true); err != nil || b.Len() == 0 {
				t.Errorf("excerpt %q, %v", b.String(), err)
			}
		}
	})
}
