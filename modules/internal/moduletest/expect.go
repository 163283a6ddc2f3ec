package moduletest

import (
	"strings"
)

// Expected collects what the "--> text" comments of a piece of Lua say that it
// prints, a line each. A piece without such comments expects nothing.
func Expected(source string) (lines []string, any bool) {
	for _, line := range strings.Split(source, "\n") {
		if i := strings.Index(line, "--> "); i >= 0 {
			lines, any = append(lines, strings.TrimRight(line[i+len("--> "):], " ")), true
		}
	}
	return lines, any
}

// Diff says how printed differs from the lines, "" for not at all. An expected
// line that ends in "…" matches any rest.
func Diff(printed string, lines []string) string {
	got := strings.Split(strings.TrimRight(printed, "\n"), "\n")
	if len(got) != len(lines) {
		return "printed\n" + printed + "\nexpected\n" + strings.Join(lines, "\n")
	}
	for i, want := range lines {
		line := strings.TrimRight(got[i], " ")
		if head, ok := strings.CutSuffix(want, "…"); ok && strings.HasPrefix(line, head) {
			continue
		}
		if line != want {
			return "printed " + line + "\nexpected " + want
		}
	}
	return ""
}
