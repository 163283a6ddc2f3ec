package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed report.html
var page string

// writeHTML writes one page that needs nothing else.
func writeHTML(w io.Writer, run *Run) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"span":  func(d time.Duration) string { return d.Round(time.Millisecond).String() },
		"stamp": func(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") },
		"lines": func(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") },
		"tone": func(line string) string {
			switch {
			case strings.HasPrefix(line, "+"):
				return "got"
			case strings.HasPrefix(line, "-"):
				return "want"
			}
			return ""
		},
		"place": place,
		"join":  strings.Join,
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		*Run
		Summary []string
		Good    bool
		Results []*Result
	}{run, summary(run), run.ExitCode == 0, final(run)})
}

// summary is the counts in words, the bad ones first.
func summary(run *Run) []string {
	counts := run.Counts()
	var list []string
	for _, o := range []Outcome{Failed, Errored, XPassed, Passed, Skipped, XFailed, Rerun} {
		if n := counts[o]; n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, o))
		}
	}
	return list
}
