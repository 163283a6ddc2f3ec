package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writeTAP writes version 14 of the Test Anything Protocol, without what version
// 13 does not have but the first line.
func writeTAP(w io.Writer, run *Run) error {
	b := bufio.NewWriter(w)
	results := final(run)
	fmt.Fprintf(b, "TAP version 14\n1..%d\n", len(results))
	for i, r := range results {
		word, directive := "ok", ""
		switch r.Outcome {
		case Failed, Errored, XPassed:
			word = "not ok"
		case Skipped:
			directive = " # SKIP " + escapeTAP(r.Message)
		case XFailed:
			word, directive = "not ok", " # TODO "+escapeTAP(r.Message)
		}
		fmt.Fprintf(b, "%s %d - %s%s\n", word, i+1, escapeTAP(r.ID), strings.TrimRight(directive, " "))
		if r.Outcome.Bad() {
			diagnostics(b, r)
		}
	}
	if run.Stopped != "" {
		fmt.Fprintf(b, "Bail out! %s\n", escapeTAP(run.Stopped))
	}
	return b.Flush()
}

// escapeTAP keeps a description on its line and a # in it from being a
// directive.
func escapeTAP(s string) string {
	return strings.NewReplacer("\\", "\\\\", "#", "\\#", "\n", " ", "\r", " ").Replace(s)
}

// diagnostics writes the block of YAML behind a failed test. Scalars are written
// as JSON, which YAML takes; longer text as literal blocks.
func diagnostics(b *bufio.Writer, r *Result) {
	f := r.first()
	fmt.Fprintf(b, "  ---\n  message: %s\n  severity: %s\n", quoted(r.headline()), map[bool]string{true: "error", false: "fail"}[r.Outcome == Errored])
	if f.Kind != "" {
		fmt.Fprintf(b, "  kind: %s\n", quoted(f.Kind))
	}
	if f.File != "" {
		fmt.Fprintf(b, "  at: %s\n", quoted(place(f.File, f.Line)))
	}
	block(b, "detail", r.detail())
	block(b, "output", r.Output)
	b.WriteString("  ...\n")
}

func quoted(s string) string {
	data, _ := json.Marshal(strings.ToValidUTF8(s, "\uFFFD"))
	return string(data)
}

func block(b *bufio.Writer, name, text string) {
	text = strings.TrimRight(clean(text), "\n")
	if text == "" {
		return
	}
	fmt.Fprintf(b, "  %s: |2\n", name)
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
	}
}
