package report

import (
	"bytes"
	"strings"
	"testing"
)

// Rules and lines of letters are no wider than the terminal.
func TestTerminalKeepsToItsWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		width int
		rule  string
		lines int
	}{
		{40, "── failed a_test.lua::test_x ───────────", 3},
		{0, "── failed a_test.lua::test_x " + strings.Repeat("─", 45), 2},
		{10, "── failed a_test.lua::test_x ──", 14},
	} {
		var b bytes.Buffer
		terminal := &Terminal{W: &b, Width: tt.width}
		r := &Result{ID: "a_test.lua::test_x", File: "a_test.lua", Outcome: Failed}
		run := &Run{}
		for range 77 {
			terminal.Result(r)
		}
		if err := terminal.End(run); err != nil {
			t.Fatal(err)
		}
		letters, _, _ := strings.Cut(b.String(), "\n\n")
		if n := strings.Count(letters, "\n") + 1; n != tt.lines {
			t.Errorf("width %d: %d lines, want %d:\n%s", tt.width, n, tt.lines, letters)
		}
		b.Reset()
		run.Results = []*Result{r}
		if err := terminal.End(run); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "\n"+tt.rule+"\n") {
			t.Errorf("width %d: want the rule %q in\n%s", tt.width, tt.rule, b.String())
		}
	}
}
