package test

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// runNow is test.run: a test inside whatever runs.
func runNow(c *engine.Call, in runIn) (runOut, error) {
	s := suiteOf(c)
	outer := s.now.Load()
	t := s.Begin(&Test{Group: s.Root, Name: "test"}, "test", "test")
	s.now.Store(t)
	_, err := c.Invoke(in.Fn, t)
	if _, exit := engine.ExitCode(err); exit || err != nil && c.Context().Err() != nil {
		s.now.Store(outer)
		return runOut{}, err
	}
	if err != nil && t.skipped == nil {
		t.FailedWith(c, "", err)
	}
	t.CleanUp(c)
	s.now.Store(outer)
	var r report.Result
	t.Finish(&r)
	out := runOut{Outcome: string(report.Passed), Message: r.Message}
	if why, ok := t.Skipped(); ok {
		out.Outcome, out.Message = string(report.Skipped), why
	}
	for _, f := range r.Failures {
		out.Outcome = string(report.Failed)
		out.Failures = append(out.Failures, strings.TrimRight(f.Message+"\n"+f.Diff, "\n"))
	}
	return out, nil
}
