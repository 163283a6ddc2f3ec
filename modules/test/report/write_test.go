package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

var update = flag.Bool("update", false, "write the golden files")

// example is a run with every outcome.
func example() *Run {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	result := func(name string, o Outcome, more func(*Result)) *Result {
		r := &Result{
			ID: "tests/a_test.lua::parser::" + name, File: "tests/a_test.lua", Groups: []string{"parser"}, Name: name,
			Line: 3, Outcome: o, Started: start, Duration: 12500 * time.Microsecond, Worker: 1, Attempt: 1,
		}
		if more != nil {
			more(r)
		}
		return r
	}
	return &Run{
		Session: Session{Root: "/project", Seed: 42, Workers: 2, Files: 2, Tests: 7, Started: start, Version: "1.0"},
		Results: []*Result{
			result("test_ok", Passed, nil),
			result("test_bad[<1>]", Failed, func(r *Result) {
				r.Message = "1 ~= 2 & \"two\""
				r.Output, r.Logs = "printed \x1b[1m<b>\n", "warn: slow\n"
				r.Replay = "gscript test 'tests/a_test.lua::parser::test_bad[<1>]' --seed 42"
				r.Leaks = []string{"task: the task of a_test.lua:3"}
				r.Failures = []Failure{{
					Message: "1 ~= 2 & \"two\"\nsecond line", Kind: "test.failed", File: "tests/a_test.lua", Line: 4,
					Excerpt: []Source{{3, "function test_bad(t)"}, {4, "  t.eq(1, 2)"}},
					Diff:    "-1\n+2\n same", Values: []Value{{"a", "1"}, {"b", "\"x<y\""}},
					Locals: []Value{{"n", "3"}}, Trace: []string{"tests/a_test.lua:4: in test_bad"},
				}, {Title: "cleanup", Message: "still open", Kind: "lua", Hint: "close it"}}
			}),
			result("test_skip # not", Skipped, func(r *Result) { r.Message = "needs # a network" }),
			result("test_x", XFailed, func(r *Result) { r.Message = "known" }),
			result("test_y", XPassed, func(r *Result) { r.Message = "it passed though a failure was expected" }),
			result("test_flaky", Rerun, func(r *Result) { r.Failures = []Failure{{Message: "first"}} }),
			result("test_flaky", Passed, func(r *Result) { r.Attempt, r.Reruns = 2, 1 }),
			{
				ID: "tests/b_test.lua", File: "tests/b_test.lua", Outcome: Errored, Started: start, Message: "')' expected",
				Failures: []Failure{{Message: "')' expected", Kind: "syntax", File: "tests/b_test.lua", Line: 1}},
			},
		},
		Duration: 1500 * time.Millisecond, Deselected: 3, ExitCode: 1,
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, kind := range append(Kinds(), "github") {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := error(nil)
			if kind == "github" {
				err = Annotations(&b, example(), "sub")
			} else {
				err = Write(kind, &b, example())
			}
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join("testdata", "report."+kind)
			if *update {
				if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("differs from %s; write it anew with -update\n%s", name, b.String())
			}
		})
	}
}

// What readers of the formats rely on, beside what they look like.
func TestReadersUnderstandIt(t *testing.T) {
	t.Parallel()
	written := func(kind string) string {
		var b strings.Builder
		if err := Write(kind, &b, example()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}

	var suites junitSuites
	if err := xml.Unmarshal([]byte(written("junit")), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 7 || suites.Failures != 2 || suites.Errors != 1 || suites.Skipped != 2 || len(suites.Suites) != 2 {
		t.Errorf("the counts of junit are %+v", suites)
	}
	if bad := suites.Suites[0].Cases[1]; bad.Name != "test_bad[<1>]" || bad.Failure == nil || !strings.Contains(bad.Failure.Text, "second line") {
		t.Errorf("the failed case is %+v", bad)
	}

	d := json.NewDecoder(strings.NewReader(written("json")))
	events := 0
	for {
		var event map[string]any
		if err := d.Decode(&event); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		events++
	}
	if want := len(example().Results) + 2; events != want {
		t.Errorf("%d events, want %d", events, want)
	}

	plan, lines := "", 0
	for line := range strings.SplitSeq(written("tap"), "\n") {
		if strings.HasPrefix(line, "1..") {
			plan = line
		}
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "not ok ") {
			lines++
		}
	}
	if plan != "1..7" || lines != 7 {
		t.Errorf("the plan is %q for %d lines", plan, lines)
	}

	html := written("html")
	if strings.Contains(html, "<b>") || strings.Contains(html, "http://") || strings.Contains(html, "https://") {
		t.Error("the page does not escape what it shows, or needs something from outside")
	}
}

func TestUnknownReport(t *testing.T) {
	t.Parallel()
	err := Write("junitt", io.Discard, example())
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != engine.KindInvalid || e.Hint != "did you mean 'junit'?" {
		t.Errorf("got %v", err)
	}
}

func TestWriterFails(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		if err := Write(kind, broken{}, example()); err == nil {
			t.Errorf("%s hides that nothing was written", kind)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
