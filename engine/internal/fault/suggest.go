package fault

import "strings"

// Suggest returns the candidate nearest to word, or "" when none is near
// enough to be what was meant.
func Suggest(word string, candidates []string) string {
	best, bestDist := "", len(word)+1
	lower := strings.ToLower(word)
	for _, c := range candidates {
		limit := min(bestDist, (max(len(word), len(c))+1)/3+1) // one mistake in up to four letters
		if d := distance(lower, strings.ToLower(c), limit); d < limit {
			best, bestDist = c, d
		}
	}
	return best
}

// distance is the edit distance of a and b with transpositions; it gives up
// with limit when it would be reached.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
