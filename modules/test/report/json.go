package report

import (
	"encoding/json"
	"io"
	"time"
)

// The JSON report is events, one a line: a "start", a "test" for each attempt,
// an "end". Names and meanings stay; more may come.
type jsonStart struct {
	Event    string    `json:"event"` // "start"
	Version  string    `json:"version"`
	Root     string    `json:"root"`
	Config   string    `json:"config,omitempty"`
	Seed     int64     `json:"seed"`
	Shuffled bool      `json:"shuffled"`
	Workers  int       `json:"workers"`
	Files    int       `json:"files"`
	Tests    int       `json:"tests"`
	Started  time.Time `json:"started"`
}

type jsonTest struct {
	Event    string        `json:"event"` // "test"
	ID       string        `json:"id"`
	File     string        `json:"file"`
	Groups   []string      `json:"groups,omitempty"`
	Name     string        `json:"name"`
	Line     int           `json:"line,omitempty"`
	Outcome  Outcome       `json:"outcome"`
	Started  time.Time     `json:"started"`
	Seconds  float64       `json:"seconds"`
	Marks    []string      `json:"marks,omitempty"`
	Worker   int           `json:"worker,omitempty"`
	Attempt  int           `json:"attempt,omitempty"`
	Flaky    bool          `json:"flaky,omitempty"`
	Message  string        `json:"message,omitempty"`
	Failures []jsonFailure `json:"failures,omitempty"`
	Output   string        `json:"output,omitempty"`
	Logs     string        `json:"logs,omitempty"`
	Leaks    []string      `json:"leaks,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	Replay   string        `json:"replay,omitempty"`
}

type jsonFailure struct {
	Title   string   `json:"title,omitempty"`
	Message string   `json:"message"`
	Kind    string   `json:"kind,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
	Excerpt []Source `json:"excerpt,omitempty"`
	Diff    string   `json:"diff,omitempty"`
	Values  []Value  `json:"values,omitempty"`
	Locals  []Value  `json:"locals,omitempty"`
	Trace   []string `json:"trace,omitempty"`
}

type jsonEnd struct {
	Event      string          `json:"event"` // "end"
	Counts     map[Outcome]int `json:"counts"`
	Deselected int             `json:"deselected"`
	Seconds    float64         `json:"seconds"`
	Stopped    string          `json:"stopped,omitempty"`
	ExitCode   int             `json:"exit_code"`
}

func writeJSON(w io.Writer, run *Run) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	s := run.Session
	if err := e.Encode(jsonStart{
		Event: "start", Version: s.Version, Root: s.Root, Config: s.Config, Seed: s.Seed, Shuffled: s.Shuffled,
		Workers: s.Workers, Files: s.Files, Tests: s.Tests, Started: s.Started,
	}); err != nil {
		return err
	}
	for _, r := range run.Results {
		if err := e.Encode(jsonOf(r)); err != nil {
			return err
		}
	}
	return e.Encode(jsonEnd{
		Event: "end", Counts: run.Counts(), Deselected: run.Deselected,
		Seconds: run.Duration.Seconds(), Stopped: run.Stopped, ExitCode: run.ExitCode,
	})
}

func jsonOf(r *Result) jsonTest {
	t := jsonTest{
		Event: "test", ID: r.ID, File: r.File, Groups: r.Groups, Name: r.Name, Line: r.Line,
		Outcome: r.Outcome, Started: r.Started, Seconds: r.Duration.Seconds(), Marks: r.Marks,
		Worker: r.Worker, Attempt: r.Attempt, Flaky: r.Outcome == Passed && r.Reruns > 0,
		Message: r.Message, Output: r.Output, Logs: r.Logs, Leaks: r.Leaks, Warnings: r.Warnings, Replay: r.Replay,
	}
	for _, f := range r.Failures {
		t.Failures = append(t.Failures, jsonFailure(f))
	}
	return t
}
