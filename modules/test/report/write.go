package report

import (
	"io"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// writers are the reports for other programs, by their kinds.
func writers() map[string]func(w io.Writer, run *Run) error {
	return map[string]func(w io.Writer, run *Run) error{
		"junit": writeJUnit, "json": writeJSON, "tap": writeTAP, "html": writeHTML,
	}
}

// Kinds lists the reports that Write knows.
func Kinds() []string { return []string{"junit", "json", "tap", "html"} }

// Write writes a report of a run.
func Write(kind string, w io.Writer, run *Run) error {
	write := writers()[kind]
	if write == nil {
		e := engine.Invalid("there is no report '%s'", kind)
		if near := engine.Suggest(kind, Kinds()); near != "" {
			return e.WithHint("did you mean '%s'?", near)
		}
		return e.WithHint("there are: %s", strings.Join(Kinds(), ", "))
	}
	return write(w, run)
}

// final are the results without the attempts that were made again.
func final(run *Run) []*Result {
	return slices.DeleteFunc(slices.Clone(run.Results), func(r *Result) bool { return r.Outcome == Rerun })
}

// text is what a failure says, for reports that show one text.
func (f Failure) text() string {
	var b strings.Builder
	line := func(s string) {
		if s != "" {
			b.WriteString(strings.TrimRight(s, "\n") + "\n")
		}
	}
	if f.Title != "" {
		b.WriteString(f.Title + ": ")
	}
	line(f.Message)
	for _, v := range f.Values {
		line("  " + v.Name + " = " + v.Value)
	}
	line(f.Diff)
	if f.File != "" {
		line(place(f.File, f.Line))
	}
	for _, s := range f.Excerpt {
		mark := "  "
		if s.Line == f.Line {
			mark = "> "
		}
		line(mark + number(s.Line) + " | " + s.Text)
	}
	if f.Hint != "" {
		line("hint: " + f.Hint)
	}
	for _, at := range f.Trace {
		line("  " + at)
	}
	if len(f.Locals) > 0 {
		line("locals:")
	}
	for _, v := range f.Locals {
		line("  " + v.Name + " = " + v.Value)
	}
	return b.String()
}

// detail is everything that a result says of its failures.
func (r *Result) detail() string {
	var parts []string
	for _, f := range r.Failures {
		parts = append(parts, f.text())
	}
	if len(parts) == 0 && r.Message != "" {
		parts = append(parts, r.Message+"\n")
	}
	if r.Replay != "" {
		parts = append(parts, "replay: "+r.Replay+"\n")
	}
	return strings.Join(parts, "\n")
}

// first is the cause of a failed result.
func (r *Result) first() Failure {
	if len(r.Failures) > 0 {
		return r.Failures[0]
	}
	return Failure{Message: r.Message}
}

// headline is what went wrong in one line.
func (r *Result) headline() string {
	text := r.Message
	if text == "" {
		text = r.first().Message
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}
