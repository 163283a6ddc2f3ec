package runner

import (
	"slices"
	"strings"
	"testing"
)

func TestExpression(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		has  string
		want bool
	}{
		{"slow", "slow", true},
		{"slow", "fast", false},
		{"not slow", "fast", true},
		{"slow and net", "slow net", true},
		{"slow and net", "slow", false},
		{"slow or net", "net", true},
		{"slow and not net", "slow net", false},
		{"not (slow or net)", "x", true},
		{"not slow or net", "slow net", true}, // not binds tighter
		{"a or b and c", "a", true},           // and binds tighter than or
		{"(a or b) and c", "a", false},
		{"not not a", "a", true},
		{"((a))", "a", true},
		{"android", "android", true}, // no operator
	} {
		e, err := parseExpression("-k", tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		words := strings.Fields(tt.has)
		if got := e.holds(func(w string) bool { return slices.Contains(words, w) }); got != tt.want {
			t.Errorf("%s of %s is %v", tt.text, tt.has, got)
		}
	}
	if e, err := parseExpression("-k", "  "); e != nil || err != nil {
		t.Errorf("nothing gives %v, %v", e, err)
	}
}

func TestExpressionErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"a and", "missing at the end"},
		{"and a", "missing before 'and'"},
		{"a b", "'b' stands where"},
		{"(a", "')' is missing"},
		{"a)", "')' stands where"},
		{"()", "missing before ')'"},
		{"not", "missing at the end"},
		{strings.Repeat("(", 100_000), "too many parentheses"},
	} {
		_, err := parseExpression("-m", tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "-m") {
			t.Errorf("%.20s gives %v, want %q", tt.text, err, tt.want)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"a and not (b or c)", "((", "not not", "a or"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := parseExpression("-k", text); err == nil && e != nil {
			e.holds(func(string) bool { return true })
		}
	})
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want, id string
		covers   bool
	}{
		{"a_test.lua::x", "a_test.lua::x", true},
		{"a_test.lua::x", "a_test.lua::x[1-2]", true},
		{"a_test.lua::x[1-2]", "a_test.lua::x[1-2]", true},
		{"a_test.lua::x[1-2]", "a_test.lua::x[1-3]", false},
		{"a_test.lua::g", "a_test.lua::g::x", true},
		{"a_test.lua::x", "a_test.lua::xy", false},
		{"a_test.lua::x", "a_test.lua::x#2", true},
	} {
		if got := covers(tt.want, tt.id); got != tt.covers {
			t.Errorf("%s covers %s: %v", tt.want, tt.id, got)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"a/b_test.lua::x": "a/b_test.lua::x", "x[1]": "'x[1]'", "it's": `'it'\''s'`} {
		if got := quote(word); got != want {
			t.Errorf("%s is written %s, want %s", word, got, want)
		}
	}
}
