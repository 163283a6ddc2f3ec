package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/inspect"
)

func TestUnified(t *testing.T) {
	t.Parallel()
	count := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintln(&b, i)
		}
		return b.String()
	}
	for _, tt := range []struct{ name, a, b, want string }{
		{"equal", "a\n", "a\n", ""},
		{"changed", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		{"from nothing", "", "a\n", "@@ -0,0 +1 @@\n+a\n"},
		{"to nothing", "a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
		{"no line break", "a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ no line break at the end\n+b\n"},
		{"far apart", count(1, 20), strings.Replace(strings.Replace(count(1, 20), "2\n", "two\n", 1), "19\n", "", 1),
			"@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -16,5 +16,4 @@\n 16\n 17\n 18\n-19\n 20\n"},
		{"near each other", count(1, 9), "1\n" + count(3, 7) + count(9, 9),
			"@@ -1,9 +1,7 @@\n 1\n-2\n 3\n 4\n 5\n 6\n 7\n-8\n 9\n"},
		{"control characters", "a\x1b[2J\n", "b\n", "@@ -1 +1 @@\n-a\\027[2J\n+b\n"},
	} {
		if got := inspect.Unified(tt.a, tt.b); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestUnifiedOfTextsFarApart(t *testing.T) {
	t.Parallel()
	var a, b strings.Builder
	for i := range 3000 {
		fmt.Fprintln(&a, "a", i)
		fmt.Fprintln(&b, "b", i)
	}
	if got := strings.Count(inspect.Unified(a.String(), b.String()), "\n"); got != 6001 {
		t.Errorf("%d lines", got)
	}
}

// FuzzUnified applies what it is told.
func FuzzUnified(f *testing.F) {
	f.Add("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaabab", "baaaaaaaaaaaaacaaaab")
	f.Fuzz(func(t *testing.T, a, b string) {
		lines := func(s string) string { // of one letter each, so that many are equal
			var out strings.Builder
			for i := range len(s) {
				out.WriteByte('a' + s[i]%4)
				out.WriteByte('\n')
			}
			return out.String()
		}
		a, b = lines(a), lines(b)
		var got strings.Builder
		old := strings.SplitAfter(a, "\n")
		at := 0
		for line := range strings.Lines(inspect.Unified(a, b)) {
			var start int
			switch text := line[1:]; line[0] {
			case '@':
				_, _ = fmt.Sscanf(line, "@@ -%d", &start)
				if strings.Contains(strings.Fields(line)[1], ",0") {
					start++
				}
				for ; at < start-1; at++ {
					got.WriteString(old[at])
				}
			case '+':
				got.WriteString(text)
			case ' ':
				got.WriteString(text)
				fallthrough
			case '-':
				if old[at] != text {
					t.Fatalf("line %d is %q, not %q", at+1, old[at], text)
				}
				at++
			}
		}
		for ; at < len(old); at++ {
			got.WriteString(old[at])
		}
		if got.String() != b {
			t.Fatalf("%q to %q gives %q", a, b, got.String())
		}
	})
}
