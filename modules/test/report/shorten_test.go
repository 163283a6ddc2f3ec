package report

import (
	"strings"
	"testing"
)

func TestLongTextsAreShortened(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat("line\n", 999)+"end", "\n")
	for _, tt := range []struct {
		name, text string
		last       int
		verbose    bool
		lines      int
		has        string
		end        string
	}{
		{"short", "a\nb\n", 80, false, 2, "a", "b"},
		{"as many as may be", strings.Repeat("x\n", 100), 80, false, 100, "x", "x"},
		{"output keeps its end", many, 80, false, 101, "… 900 more lines, which -v shows", "end"},
		{"a difference its beginning", many, 0, false, 101, "line", "… 900 more lines, which -v shows"},
		{"-v shows all", many, 80, true, 1000, "line", "end"},
		{"a long line", strings.Repeat("é", 1000), 0, false, 1, strings.Repeat("é", 500) + "… (1000 more bytes)", strings.Repeat("é", 500) + "… (1000 more bytes)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines := (&Terminal{Verbose: tt.verbose}).shortened(tt.text, tt.last)
			if len(lines) != tt.lines || lines[len(lines)-1] != tt.end {
				t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
			}
			if !strings.Contains(strings.Join(lines, "\n"), tt.has) {
				t.Errorf("%q is missing", tt.has)
			}
		})
	}
}
