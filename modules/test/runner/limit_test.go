package runner_test

import (
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// What surrounds a test has the limit of a test, so that nothing goes on for ever.
func TestLimitAroundTests(t *testing.T) {
	t.Parallel()
	for _, each := range []struct{ what, source, outcome, title string }{
		{"fixture", `test.fixture("f", function(use) forever() end) function test_1(f) end`, "test_1 error", "fixture 'f'"},
		{"teardown", `test.fixture("f", function(use) use() forever() end) function test_1(f) end`, "test_1 failed", "teardown of the fixture 'f'"},
		{"teardown of the file", `test.fixture("f", function(use) use() forever() end, {scope="module"}) function test_1(f) end`, "a_test.lua error", "teardown of the fixture 'f'"},
		{"before_each", `test.before_each(forever) function test_1() end`, "test_1 error", "before_each"},
		{"after_each", `test.after_each(forever) function test_1() end`, "test_1 failed", "after_each"},
		{"before_all", `test.before_all(forever) function test_1() end`, "test_1 error", "before_all"},
		{"after_all", `test.after_all(forever) function test_1() end`, "a_test.lua error", "after_all"},
		{"cleanup", `function test_1(t) t.cleanup(forever) end`, "test_1 failed", "cleanup"},
		{"use.after", `test.fixture("f", function(use) use.after(forever) use() end) function test_1(f) end`, "test_1 failed", "teardown of the fixture 'f'"},
		{"test.timeout", `test.after_each(forever) function test_1() end test.timeout(0.2, test_1)`, "test_1 failed", "after_each"},
	} {
		t.Run(each.what, func(t *testing.T) {
			t.Parallel()
			o := project(t, map[string]string{"a_test.lua": "local function forever() while true do end end " + each.source})
			o.Timeout = 200 * time.Millisecond
			if each.what == "test.timeout" {
				o.Timeout = 0
			}
			run, got := play(t, o)
			var failed []*report.Result
			for _, r := range run.Results {
				if len(r.Failures) > 0 {
					failed = append(failed, r)
				}
			}
			if len(failed) == 0 {
				t.Fatalf("nothing has failed: %v", got)
			}
			r, f := failed[0], failed[0].Failures[0]
			if name := r.Name + " " + string(r.Outcome); name != each.outcome || f.Title != each.title || f.Kind != engine.KindTimeout || f.Message != "it took longer than 200ms" {
				t.Errorf("got %s, title %q, %s: %s", name, f.Title, f.Kind, f.Message)
			}
		})
	}
}
