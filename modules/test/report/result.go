// Package report holds what a run of tests says of itself, and writes it: for the
// terminal, and as files for other programs.
package report

import "time"

// Outcome is what became of a test.
type Outcome string

const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"  // an assert did not hold, or the test raised
	Errored Outcome = "error"   // its file, a fixture or a setup failed, not the test itself
	Skipped Outcome = "skipped" // Message says why
	XFailed Outcome = "xfailed" // it failed as the script expects
	XPassed Outcome = "xpassed" // it passed though the script expects a failure; the run fails
	Rerun   Outcome = "rerun"   // an attempt that failed and was made again
)

// Bad says that the outcome makes the run fail.
func (o Outcome) Bad() bool { return o == Failed || o == Errored || o == XPassed }

// Session is what is known before the first test runs.
type Session struct {
	Root      string // directory that ids are relative to, absolute
	Config    string // files of settings that were read, "" for none
	Seed      int64  // of the order and of math.random
	Shuffled  bool
	Workers   int
	Processes bool // the workers are processes
	Files     int
	Tests     int // selected; -1 when not known yet
	Started   time.Time
	Version   string // of gscript
	Note      string // what is to be known of the choice of tests, "" for nothing
}

// Result is what became of one attempt at a test, or of a file that could not
// be loaded.
type Result struct {
	ID       string   // "tests/a_test.lua::group::name[param]"; the path alone for a file
	File     string   // relative to the session's root, with slashes
	Groups   []string // around the test
	Name     string   // with its parameters
	Line     int      // where the test is defined, 0 for a file
	Outcome  Outcome
	Started  time.Time
	Duration time.Duration
	Marks    []string
	Worker   int // from 1
	Attempt  int // from 1
	Reruns   int // failed attempts before this one; above 0 with Passed is a flaky test

	Failures []Failure // the first is the cause; more come from sub-tests and clean-ups
	Message  string    // in one line: of the first failure, or why it was skipped
	Output   string    // that the test wrote to its streams
	Logs     string
	Leaks    []string // "handle: fs.File …", "task: the task of a_test.lua:3", "global: x"
	Warnings []string // that are told whatever became of the test
	Replay   string   // the command that runs this test again, "" unless Bad
}

// Failure is one thing that went wrong.
type Failure struct {
	Title   string // "", or the sub-test, the fixture or the clean-up that failed
	Message string // may have several lines
	Kind    string // of the error: "test.failed", "net.timeout", "lua"
	Hint    string
	File    string // where it happened, "" when not known
	Line    int
	Excerpt []Source // around Line
	Diff    string   // lines that start with "-" (wanted), "+" (got) or " "
	Values  []Value  // of the parts of a check, and with --locals of the variables
	Locals  []Value
	Trace   []string // innermost first
}

// Source is a line of a script.
type Source struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Value is an expression of a script and what it is, printed.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Run is a whole run.
type Run struct {
	Session
	Results    []*Result // in the order of the files and of the tests in them, attempts too
	Duration   time.Duration
	Deselected int

	UnusedSnapshots        int  // that no test asks for any more
	UnusedSnapshotsRemoved bool // they were removed

	Stopped  string // why it ended early: "interrupted", "2 failures (--maxfail)"; "" for no
	ExitCode int
}

// Counts counts the results by outcome.
func (r *Run) Counts() map[Outcome]int {
	n := map[Outcome]int{}
	for _, each := range r.Results {
		n[each.Outcome]++
	}
	return n
}

// Listener is told of a run while it goes on. Its methods are called one at a
// time.
type Listener interface {
	Start(s Session)
	Result(r *Result)
	End(run *Run) error
}
