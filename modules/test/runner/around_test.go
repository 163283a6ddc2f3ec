package runner_test

import (
	"strings"
	"testing"
)

// os.exit around tests is told with the place, as in a test.
func TestExitAroundTests(t *testing.T) {
	t.Parallel()
	run, _ := play(t, project(t, map[string]string{"a_test.lua": `
		test.fixture("one", function(use)
			use()
			os.exit(3)
		end)
		test.after_all(function()
			os.exit(4)
		end)
		function test_a(t, one) end
		function test_b(t) end`}))
	if len(run.Results) != 3 {
		t.Fatalf("the run is %q", outcomes(run))
	}
	for i, want := range map[int]struct {
		message string
		line    int
	}{0: {"it called os.exit(3)", 4}, 2: {"it called os.exit(4)", 7}} {
		list := run.Results[i].Failures
		if len(list) != 1 || list[0].Message != want.message || list[0].File != "a_test.lua" || list[0].Line != want.line {
			t.Errorf("told is %+v, want %q at line %d", list, want.message, want.line)
		}
	}
}

// A __tostring that never ends, and one that fails, do not keep the run from
// going on.
func TestUntellable(t *testing.T) {
	t.Parallel()
	run, got := play(t, project(t, map[string]string{"a_test.lua": `
		function test_endless() error(setmetatable({}, {__tostring=function() while true do end end})) end
		function test_fails() error(setmetatable({}, {__tostring=function() error("worse") end})) end
		function test_behind() end`}))
	want(t, got, "test_endless failed", "test_fails failed", "test_behind passed")
	for _, r := range run.Results[:2] {
		if len(r.Failures) != 1 || r.Message != "error object is a table value" {
			t.Errorf("%s: %+v", r.ID, r.Failures)
		}
	}
}

// A run that is stopped ends what comes before tests at once; what comes behind
// them is told when its time is over.
func TestStopAroundTests(t *testing.T) {
	t.Parallel()
	const on = `io.write("on\n") io.stdout:flush() require("async").sleep(600)`
	for _, each := range []struct{ name, source, want string }{
		{"before_all", `test.before_all(function() ` + on + ` end)`, "the test was interrupted"},
		{"before_each", `test.before_each(function() ` + on + ` end)`, "the test was interrupted"},
		{"after_all", `test.after_all(function() ` + on + ` end)`, "it had no time left to end once the run was stopped"},
		{"teardown", `test.fixture("slow", function(use) use() ` + on + ` end, {auto=true})`, "it had no time left to end once the run was stopped"},
	} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			run := stopped(t, project(t, map[string]string{"a_test.lua": each.source + "\nfunction test_a() end"}))
			last := run.Results[len(run.Results)-1]
			if len(last.Failures) != 1 || last.Failures[0].Message != each.want || !strings.Contains(last.Failures[0].Title, each.name) {
				t.Errorf("told is %q: %+v", outcomes(run), last.Failures)
			}
		})
	}
}
