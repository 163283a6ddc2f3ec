package lex

import "testing"

// FuzzLex checks that tokens cover every text and that nothing crashes.
func FuzzLex(f *testing.F) {
	for _, text := range []string{"x = 'a\\", "[==[", "--[[", "1e+5 .. ...", "::a::", "local x, y"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		runes := []rune(text)
		at := 0
		for _, token := range Lex(runes) {
			if token.From < at || token.To <= token.From || token.To > len(runes) {
				t.Fatalf("a token of %q from %d to %d, after %d", text, token.From, token.To, at)
			}
			at = token.To
		}
	})
}

func TestStyleFollowsTheTokens(t *testing.T) {
	t.Parallel()
	want := []string{"35", "35", "", "", "", "33", "", "32", "32", "32"}
	got := Style([]rune("do x=1 'a'"))
	if len(got) != len(want) {
		t.Fatalf("%d styles", len(got))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("rune %d has %q, want %q", i, got[i], want[i])
		}
	}
}
