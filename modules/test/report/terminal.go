package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Terminal writes a run for people: a line for each file with a letter for each
// test, then what went wrong.
type Terminal struct {
	W         io.Writer
	Color     bool
	Verbose   bool // a line for each test
	Quiet     bool // failures and the last line only
	Durations int  // how many of the slowest tests are told
	Locals    bool
	Live      bool // tests write to the terminal, too: a line for each test, none of letters
	Width     int  // columns; 0 when not known

	session Session
	file    string // whose line is being written
	column  int
	files   int
}

var letters = map[Outcome]struct{ letter, color string }{
	Passed: {".", "32"}, Failed: {"F", "31"}, Errored: {"E", "31"}, Skipped: {"s", "33"},
	XFailed: {"x", "33"}, XPassed: {"X", "31"}, Rerun: {"R", "33"},
}

func (t *Terminal) paint(code, text string) string {
	if !t.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Start is Listener's.
func (t *Terminal) Start(s Session) {
	t.session = s
	if t.Quiet {
		return
	}
	how := fmt.Sprintf("%d %s", s.Workers, plural(s.Workers, "worker"))
	if s.Processes {
		how = fmt.Sprintf("%d worker %s", s.Workers, plurals(s.Workers, "process", "processes"))
	}
	order := ""
	if s.Shuffled {
		order = ", shuffled"
	}
	fmt.Fprintf(t.W, "gscript test: %d %s, %s, seed %d%s\n", s.Files, plural(s.Files, "file"), how, s.Seed, order)
	if s.Note != "" {
		fmt.Fprintln(t.W, s.Note)
	}
}

func plural(n int, word string) string { return plurals(n, word, word+"s") }

func plurals(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

const (
	lineWidth = 78
	ruleWidth = 74
)

// most is how many columns a line may have.
func (t *Terminal) most(width int) int {
	if t.Width > 0 {
		return max(min(width, t.Width), 10)
	}
	return width
}

// Result is Listener's.
func (t *Terminal) Result(r *Result) {
	if t.Quiet {
		return
	}
	l := letters[r.Outcome]
	if t.Verbose || t.Live {
		line := fmt.Sprintf("%s %s", r.ID, t.paint(l.color, string(r.Outcome)))
		if r.Reruns > 0 && r.Outcome == Passed {
			line += t.paint("33", " (flaky)")
		}
		if r.Outcome == Skipped || r.Outcome == XFailed || r.Outcome == XPassed {
			if r.Message != "" {
				line += ": " + printable(r.Message)
			}
		}
		fmt.Fprintln(t.W, line)
		return
	}
	if r.File != t.file {
		t.endLine()
		t.file = r.File
		t.files++
		fmt.Fprint(t.W, r.File+" ")
		t.column = len(r.File) + 1
	}
	if t.column >= t.most(lineWidth) {
		fmt.Fprint(t.W, "\n    ")
		t.column = 4
	}
	t.column++
	fmt.Fprint(t.W, t.paint(l.color, l.letter))
}

func (t *Terminal) endLine() {
	if t.file != "" {
		fmt.Fprintln(t.W)
	}
	t.file = ""
}

// End is Listener's.
func (t *Terminal) End(run *Run) error {
	t.endLine()
	var leaks, warned []*Result
	for _, r := range run.Results {
		if r.Outcome == Failed || r.Outcome == Errored || r.Outcome == XPassed {
			t.failure(r)
		}
		if len(r.Leaks) > 0 {
			leaks = append(leaks, r)
		}
		if len(r.Warnings) > 0 {
			warned = append(warned, r)
		}
	}
	if !t.Quiet {
		t.list("left behind", leaks, func(r *Result) []string { return r.Leaks })
	}
	t.list("warnings", warned, func(r *Result) []string { return r.Warnings })
	if n := run.UnusedSnapshots; n > 0 && !t.Quiet {
		text := fmt.Sprintf("%d unused %s; --update removes %s", n, plural(n, "snapshot"), plurals(n, "it", "them"))
		if run.UnusedSnapshotsRemoved {
			text = fmt.Sprintf("%d unused %s removed", n, plural(n, "snapshot"))
		}
		fmt.Fprintf(t.W, "\n%s\n", t.paint("33", text))
	}
	t.durations(run)
	return t.summary(run)
}

// list writes what there is to tell of tests.
func (t *Terminal) list(title string, of []*Result, lines func(r *Result) []string) {
	if len(of) == 0 {
		return
	}
	t.head(title, "33")
	for _, r := range of {
		fmt.Fprintln(t.W, r.ID)
		for _, line := range lines(r) {
			fmt.Fprintf(t.W, "  %s\n", printable(line))
		}
	}
}

func (t *Terminal) head(text, color string) {
	line := "── " + text + " "
	line += strings.Repeat("─", max(2, t.most(ruleWidth)-utf8.RuneCountInString(line)))
	fmt.Fprintf(t.W, "\n%s\n", t.paint("1;"+color, line))
}

func (t *Terminal) failure(r *Result) {
	title := string(r.Outcome) + " " + r.ID
	if r.Outcome == XPassed {
		title = "passed unexpectedly " + r.ID
	}
	t.head(title, "31")
	if len(r.Failures) == 0 {
		fmt.Fprintln(t.W, printable(r.Message))
	}
	for i, f := range r.Failures {
		if i > 0 {
			fmt.Fprintln(t.W)
		}
		t.one(f)
	}
	t.section("output", r.Output)
	t.section("log", r.Logs)
	if r.Replay != "" {
		fmt.Fprintf(t.W, "\n%s %s\n", t.paint("1;36", "replay:"), r.Replay)
	}
}

func (t *Terminal) section(title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(t.W, "\n%s\n", t.paint("2", title+":"))
	for _, line := range t.shortened(text, lastOfLines) {
		fmt.Fprintf(t.W, "  %s\n", printable(strings.TrimRight(line, "\r")))
	}
}

// one writes a failure.
func (t *Terminal) one(f Failure) {
	message := printable(strings.Join(t.shortened(f.Message, 0), "\n"))
	if f.Title != "" {
		message = t.paint("1", printable(f.Title)) + ": " + message
	}
	if f.Kind != "" && f.Kind != "test.failed" && f.Kind != "lua" {
		message += t.paint("2", " ["+f.Kind+"]")
	}
	fmt.Fprintln(t.W, message)
	for _, v := range f.Values {
		fmt.Fprintf(t.W, "  %s = %s\n", v.Name, indent(printable(v.Value), "    "))
	}
	var diff []string
	if f.Diff != "" {
		diff = t.shortened(f.Diff, 0)
	}
	for _, line := range diff {
		color := ""
		if strings.HasPrefix(line, "-") {
			color = "31"
		} else if strings.HasPrefix(line, "+") {
			color = "32"
		}
		text := "  " + printable(line)
		if color != "" {
			text = t.paint(color, text)
		}
		fmt.Fprintln(t.W, text)
	}
	if f.File != "" && f.Line > 0 {
		fmt.Fprintf(t.W, "%s %s:%d\n", t.paint("2", "at"), f.File, f.Line)
	}
	for _, s := range f.Excerpt {
		mark, color := " ", "2"
		if s.Line == f.Line {
			mark, color = ">", "1"
		}
		fmt.Fprintf(t.W, "%s %s\n", t.paint("31", mark), t.paint(color, fmt.Sprintf("%4d | %s", s.Line, printable(s.Text))))
	}
	if t.Locals && len(f.Locals) > 0 {
		fmt.Fprintln(t.W, t.paint("2", "locals:"))
		for _, v := range f.Locals {
			fmt.Fprintf(t.W, "  %s = %s\n", v.Name, indent(printable(v.Value), "    "))
		}
	}
	if len(f.Trace) > 1 {
		fmt.Fprintln(t.W, t.paint("2", "traceback:"))
		for _, line := range f.Trace {
			fmt.Fprintf(t.W, "  %s\n", printable(line))
		}
	}
	if f.Hint != "" {
		fmt.Fprintf(t.W, "%s %s\n", t.paint("1;36", "hint:"), printable(f.Hint))
	}
}

func indent(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }

func (t *Terminal) durations(run *Run) {
	if t.Durations == 0 {
		return
	}
	list := slices.Clone(run.Results)
	slices.SortStableFunc(list, func(a, b *Result) int { return int(b.Duration - a.Duration) })
	if t.Durations > 0 {
		list = list[:min(len(list), t.Durations)]
	}
	t.head("slowest", "36")
	for _, r := range list {
		fmt.Fprintf(t.W, "%10s  %s\n", r.Duration.Round(10*time.Microsecond), r.ID)
	}
}

// summary writes the last line.
func (t *Terminal) summary(run *Run) error {
	counts := run.Counts()
	var parts []string
	color := "32"
	add := func(o Outcome, n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
			if o.Bad() {
				color = "31"
			}
		}
	}
	add(Failed, counts[Failed], "failed")
	add(Errored, counts[Errored], plural(counts[Errored], "error"))
	add(XPassed, counts[XPassed], "passed unexpectedly")
	add(Passed, counts[Passed], "passed")
	add(Skipped, counts[Skipped], "skipped")
	add(XFailed, counts[XFailed], "failed as expected")
	flaky := 0
	for _, r := range run.Results {
		if r.Outcome == Passed && r.Reruns > 0 {
			flaky++
		}
	}
	add(Passed, flaky, "flaky")
	add(Passed, run.Deselected, "not selected")
	if len(run.Results) == 0 {
		parts, color = append([]string{"no tests ran"}, parts...), "33"
	}
	text := strings.Join(parts, ", ") + fmt.Sprintf(" in %.2fs", run.Duration.Seconds())
	if run.Stopped != "" {
		text += "; stopped: " + run.Stopped
	}
	_, err := fmt.Fprintf(t.W, "\n%s\n", t.paint("1;"+color, text))
	return err
}

// printable keeps what tests say from steering the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) {
			return c
		}
		return '\ufffd'
	}, s)
}
