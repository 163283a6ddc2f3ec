package inspect

import (
	"fmt"
	"strings"
)

// These bound the search for the shortest difference, whose memory grows by the
// square of the edits and whose time by their product with the lines. Texts
// further apart are shown as one whole replaced.
const (
	mostEdits = 1000
	mostSteps = 50_000_000
)

const around = 3 // lines shown around a change

// Unified is the difference of two texts, line by line, as diff -u writes it
// without file names; "" for equal texts. Control characters are escaped.
func Unified(a, b string) string {
	if a == b {
		return ""
	}
	x, y := splitLines(a), splitLines(b)
	edits := align(x, y)
	var out strings.Builder
	for from := 0; from < len(edits); {
		if edits[from].kind == ' ' {
			from++
			continue
		}
		to, quiet := from, 0
		for i := from; i < len(edits) && quiet <= 2*around; i++ {
			if edits[i].kind == ' ' {
				quiet++
			} else {
				to, quiet = i+1, 0
			}
		}
		hunk(&out, edits, max(0, from-around), min(len(edits), to+around))
		from = to + min(around, len(edits)-to)
	}
	return out.String()
}

// edit is a line that stays, goes or comes.
type edit struct {
	kind byte // ' ', '-', '+'
	line string
	a, b int // the lines before it
}

func hunk(out *strings.Builder, edits []edit, from, to int) {
	var na, nb int
	for _, e := range edits[from:to] {
		na += btoi(e.kind != '+')
		nb += btoi(e.kind != '-')
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(edits[from].a, na), span(edits[from].b, nb))
	for _, e := range edits[from:to] {
		out.WriteByte(e.kind)
		text, ended := strings.CutSuffix(e.line, "\n")
		out.WriteString(oneLine(text, 1000))
		out.WriteByte('\n')
		if !ended {
			out.WriteString("\\ no line break at the end\n")
		}
	}
}

func span(before, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func splitLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// align finds a shortest way from a to b (E. W. Myers, An O(ND) Difference
// Algorithm, 1986).
func align(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	kinds := shortest(a[head:len(a)-tail], b[head:len(b)-tail])
	edits := make([]edit, 0, head+len(kinds)+tail)
	var i, j int
	add := func(kind byte) {
		e := edit{kind: kind, a: i, b: j}
		if kind == '+' {
			e.line = b[j]
		} else {
			e.line = a[i]
			i++
		}
		j += btoi(kind != '-')
		edits = append(edits, e)
	}
	for range head {
		add(' ')
	}
	for _, k := range kinds {
		add(k)
	}
	for range tail {
		add(' ')
	}
	return edits
}

func shortest(a, b []string) []byte {
	n, m := len(a), len(b)
	limit := min(n+m, mostEdits, mostSteps/max(1, n+m))
	reach := make([]int, 2*limit+3) // by diagonal k, at k+limit+1
	at := func(k int) *int { return &reach[k+limit+1] }
	var trace [][]int // the reach before each round, of its diagonals -d..d
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), reach[limit+1-d:limit+2+d]...))
		for k := -d; k <= d; k += 2 {
			x := *at(k - 1) + 1
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1)
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			*at(k) = x
			if x == n && k == n-m {
				return back(trace, n, m)
			}
		}
	}
	return []byte(strings.Repeat("-", n) + strings.Repeat("+", m))
}

// back follows the rounds from the end.
func back(trace [][]int, x, y int) []byte {
	var kinds []byte
	for d := len(trace) - 1; d > 0; d-- {
		round := trace[d]
		k := x - y
		at := func(k int) int {
			if k < -d || k > d {
				return -1
			}
			return round[k+d]
		}
		from := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			from = k + 1
		}
		fx := at(from)
		fy := fx - from
		for x > fx && y > fy {
			kinds = append(kinds, ' ')
			x, y = x-1, y-1
		}
		if from == k-1 {
			kinds = append(kinds, '-')
			x--
		} else {
			kinds = append(kinds, '+')
			y--
		}
	}
	for ; x > 0; x-- {
		kinds = append(kinds, ' ')
	}
	for i, j := 0, len(kinds)-1; i < j; i, j = i+1, j-1 {
		kinds[i], kinds[j] = kinds[j], kinds[i]
	}
	return kinds
}
