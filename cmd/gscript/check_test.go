package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/check"
	"github.com/gscript-lang/gscript/stdlib"
)

var ruleRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| `(.+?)` \\| ")

// The page shows each rule with an example in which it finds something.
func TestRulesOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/checking.md")
	if err != nil {
		t.Fatal(err)
	}
	options := check.Options{Library: stdlib.Files, Parameters: true}
	if options.Standard, err = standardNames(t.Context()); err != nil {
		t.Fatal(err)
	}
	if options.Modules, err = declarations(); err != nil {
		t.Fatal(err)
	}
	c := check.New(options)
	shown := []string{"too-many-findings"}
	for _, row := range ruleRow.FindAllStringSubmatch(string(page), -1) {
		rule, example := row[1], row[2]
		shown = append(shown, rule)
		found := c.Check("example.lua", example)
		if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Rule == rule }) {
			t.Errorf("%s: %s: %v", rule, example, found)
		}
	}
	for _, r := range check.Rules() {
		if !slices.Contains(shown, r.Name) || !strings.Contains(string(page), "`"+r.Name+"`") {
			t.Errorf("the page does not show %s", r.Name)
		}
	}
}
