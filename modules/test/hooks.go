package test

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// about is what the functions of test.on get of a test that has not run yet.
func (r *run) about() engine.Object {
	return engine.Object{{Key: "id", Value: r.result.ID}, {Key: "name", Value: r.result.Name}}
}

// tellHooks calls what test.on has set for what became of the test. What they
// write is the test's output.
func (r *run) tellHooks() {
	res := r.result
	event := map[report.Outcome]string{report.Passed: "pass", report.Failed: "fail", report.Errored: "fail", report.Skipped: "skip"}[res.Outcome]
	about := append(r.about(),
		engine.Pair{Key: "outcome", Value: string(res.Outcome)}, engine.Pair{Key: "message", Value: res.Message},
		engine.Pair{Key: "seconds", Value: res.Duration.Seconds()})
	for _, e := range []string{event, "finish"} {
		err := r.suite.Fire(r.c.Context(), e, about)
		if err == nil {
			err = r.suite.flush(r.c)
		}
		if err != nil && r.c.Context().Err() == nil {
			f := describe(r.c, err)
			f.Title = "test.on '" + e + "'"
			if res.Failures = append(res.Failures, f); len(res.Failures) == 1 {
				res.Message = f.Message
			}
			res.Outcome = report.Errored
		}
	}
	r.kept(res)
}
