package report

import (
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	kinds := []string{"junit", "json", "term"}
	for word, want := range map[string][]string{
		"junit:a.xml":             {"junit:a.xml"},
		"junit:a.xml,json:b.json": {"junit:a.xml", "json:b.json"},
		"junit:a,b.xml,json:b,c":  {"junit:a,b.xml", "json:b,c"},
		"junit:a,jsons:b":         {"junit:a,jsons:b"},
		"term,json:a,term":        {"term", "json:a", "term"},
		"junit:a.xml,":            {"junit:a.xml,"},
		"junit:a.xml,htlm:b.html": {"junit:a.xml,htlm:b.html"},
	} {
		if got := Split([]string{word}, kinds); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
