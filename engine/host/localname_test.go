package host

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

func TestLocalName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		unix, windows bool
	}{
		{"file.txt", true, true},
		{"...", true, false},
		{".hidden", true, true},
		{"naïve ☃", true, true},
		{strings.Repeat("a", 255), true, true},
		{strings.Repeat("a", 256), false, false},
		{"", false, false},
		{".", false, false},
		{"..", false, false},
		{"a/b", false, false},
		{"/", false, false},
		{`a\..\b`, false, false},
		{"a\x00b", false, false},
		{"a\nb", false, false},
		{"\x1b[2J", false, false},
		{"a\x7f", false, false},
		{"a\u0085", false, false},
		{"a\xff", false, false},
		{"C:", true, false},
		{"f:stream", true, false},
		{"CON", true, false},
		{"nul.txt", true, false},
		{"com1 .log", true, false},
		{"LPT¹", true, false},
		{"COM10", true, true},
		{"console", true, true},
		{"end.", true, false},
		{"end ", true, false},
		{"a?", true, false},
	} {
		if reason := unsafeName(tt.name, false); (reason == "") != tt.unix {
			t.Errorf("%q on unix: %q", tt.name, reason)
		}
		if reason := unsafeName(tt.name, true); (reason == "") != tt.windows {
			t.Errorf("%q on windows: %q", tt.name, reason)
		}
	}
	_, err := LocalName("../\x1b[2J")
	var bad *NameError
	if !errors.As(err, &bad) || err.Error() != `unsafe name "../\x1b[2J": it has a path separator` {
		t.Errorf("error %v", err)
	}
}

func FuzzLocalName(f *testing.F) {
	for _, s := range []string{"a", "..", "a/b", `a\b`, "CON", "x\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := LocalName(s)
		if err != nil {
			if name != "" {
				t.Errorf("%q: a refused name was returned", s)
			}
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("%q: control characters in the error", s)
			}
			return
		}
		if name != s || filepath.Base(s) != s || filepath.Dir(filepath.Join("/d", s)) != "/d" {
			t.Errorf("%q was accepted", s)
		}
	})
}
