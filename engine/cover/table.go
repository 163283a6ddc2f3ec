package cover

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// table writes a line a file.
func (r *Report) table(w io.Writer, missing bool) error {
	rows := [][]string{{"file", "lines", "missed"}}
	if r.Branches {
		rows[0] = append(rows[0], "branches", "missed")
	}
	rows[0] = append(rows[0], "cover")
	if missing {
		rows[0] = append(rows[0], "missing")
	}
	row := func(name string, t Total, percent, gaps string) {
		cells := []string{name, strconv.Itoa(t.Lines), strconv.Itoa(t.Lines - t.LinesRun)}
		if r.Branches {
			cells = append(cells, strconv.Itoa(t.Branches), strconv.Itoa(t.Branches-t.BranchesRun))
		}
		cells = append(cells, percent)
		if missing {
			cells = append(cells, gaps)
		}
		rows = append(rows, cells)
	}
	for _, f := range r.Files {
		t := f.Total()
		row(f.Path, t, percent(t), f.gaps())
	}
	row("total", r.Total(), r.percent(), "")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		fmt.Fprintln(tw, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	for _, err := range r.Broken {
		fmt.Fprintf(tw, "not measured: %v\n", err)
	}
	return tw.Flush()
}

// percent never says 100 % of what is not all.
func percent(t Total) string {
	p := t.Percent()
	if p < 100 && p > 99 {
		return "99%"
	}
	return fmt.Sprintf("%.0f%%", p)
}

// gaps lists the lines that did not run, and the decisions that went one way
// only: "3-5, 9, 12 (1 of 2 ways)".
func (f *File) gaps() string {
	var parts []string
	from, to := 0, 0
	flush := func() {
		switch {
		case from == 0:
		case from == to:
			parts = append(parts, strconv.Itoa(from))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", from, to))
		}
		from = 0
	}
	for _, l := range f.Lines {
		if l.Count == 0 {
			if from == 0 {
				from = l.Number
			}
			to = l.Number
			continue
		}
		flush()
		if run, all := l.branchesRun(); run < all {
			parts = append(parts, fmt.Sprintf("%d (%d of %d ways)", l.Number, run, all))
		}
	}
	flush()
	return strings.Join(parts, ", ")
}
