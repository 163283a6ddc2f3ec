package glob

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.lua", "a.lua", true},
		{"*.lua", "dir/a.lua", false},
		{"*.lua", ".a.lua", false},
		{".*", ".a", true},
		{"?", "é", true},
		{"a[!b]c", "abc", false},
		{"a[!b]c", "axc", true},
		{"**", "a", true},
		{"**", "a/b/c", true},
		{"**", "a/.git/c", false},
		{"**/*.go", "a.go", true},
		{"**/*.go", "x/y/a.go", true},
		{"**/**/*.go", "x/a.go", true},
		{"x/**/z", "x/z", true},
		{"x/**/z", "x/y/y/z", true},
		{"x/**/z", "y/x/z", false},
		{"/etc/*", "/etc/passwd", true},
		{"/etc/*", "etc/passwd", false},
		{"*.{png,jpg}", "a.jpg", true},
		{"*.{png,jpg}", "a.gif", false},
		{"{a,b{c,d}}x", "bdx", true},
		{"{a,b{c,d}}x", "bx", false},
		{"{a}", "{a}", true},
		{"a{", "a{", true},
		{`\*`, "*", true},
		{`\*`, "a", false},
	} {
		p, err := Parse(tt.pattern)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.pattern, err)
			continue
		}
		if got := Match(p, tt.name, false); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
	p, _ := Parse("**/*.go")
	if !Match(p, ".git/.x.go", true) {
		t.Error("hidden names are not matched when asked for")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"[", "a/[b", `a\`, strings.Repeat("{a,b}", 20)} {
		if _, err := Parse(pattern); err == nil {
			t.Errorf("Parse(%q) took it", pattern)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("**/{a,b*}/[!c]?", "x/b/dd")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		patterns, err := Parse(pattern)
		if err != nil {
			return
		}
		visible := Match(patterns, name, false)
		if visible && !Match(patterns, name, true) {
			t.Errorf("%q matches %q only without hidden names", pattern, name)
		}
	})
}
