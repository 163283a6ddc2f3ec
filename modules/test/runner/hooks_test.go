package runner_test

import (
	"strings"
	"testing"
)

// What was not set up is not torn down; what a class wants cleaned up is. The
// title names the hook as the script does.
func TestSetUpFails(t *testing.T) {
	t.Parallel()
	run, got := play(t, project(t, map[string]string{"a_test.lua": `
		log = {}
		local function note(text) return function() log[#log + 1] = text end end
		local C = test.case("case")
		function C:setup_class() C.cleanup_class(note("cleanup_class")) error("no") end
		C.teardown_class = note("teardown_class")
		function C:test_a() end
		test.group("group", function()
			test.before_all(function() error("neither") end)
			test.after_all(note("after_all"))
			function test_b(t) end
		end)
		test.group("each", function()
			test.before_each(function() error("nor this") end)
			function test_c(t) end
		end)
		function test_last(t) t.eq(log, {"cleanup_class"}) end`}))
	want(t, got, "case::test_a error", "group::test_b error", "each::test_c error", "test_last passed")
	for i, title := range []string{"setup_class", "before_all", "before_each"} {
		if f := run.Results[i].Failures[0]; f.Title != title {
			t.Errorf("%s is called %q, want %q: %s", run.Results[i].ID, f.Title, title, f.Message)
		}
	}
}

// Hooks are told of a test before it runs and of what became of it; what they
// write is the test's output.
func TestHooksOfEvents(t *testing.T) {
	t.Parallel()
	run, got := play(t, project(t, map[string]string{"a_test.lua": `
		test.on("start", function(r) print("start", r.id, r.name, r.outcome) end)
		test.on("fail", function(r) print("fail", r.id, r.message, type(r.seconds), r.seconds >= 0) end)
		test.on("finish", function(r) print("finish", r.outcome) end)
		test.on("skip", function(r) print("skip", r.message) end)
		function test_a(t) print("body") t.fail("no") end
		test_b = test.skip("not now", function(t) end)`}))
	want(t, got, "test_a failed", "test_b skipped")
	for i, text := range []string{
		"start\ta_test.lua::test_a\ttest_a\tnil\nbody\nfail\ta_test.lua::test_a\tno\tnumber\ttrue\nfinish\tfailed\n",
		"start\ta_test.lua::test_b\ttest_b\tnil\nskip\tnot now\nfinish\tskipped\n",
	} {
		if out := run.Results[i].Output; out != text {
			t.Errorf("%s wrote\n%swant\n%s", run.Results[i].ID, out, text)
		}
	}
}

// A hook that fails is told, with what became of the test.
func TestHookFails(t *testing.T) {
	t.Parallel()
	run, got := play(t, project(t, map[string]string{"a_test.lua": `
		test.on("start", function(r) if r.name == "test_a" then error("at the start") end end)
		test.on("pass", function(r) error("at the end") end)
		function test_a(t) ran = true end
		function test_b(t) t.is_nil(ran) end`}))
	want(t, got, "test_a error", "test_b error")
	for i, text := range []string{"at the start", "at the end"} {
		f := run.Results[i].Failures
		if len(f) != 1 || !strings.Contains(f[0].Message, text) {
			t.Errorf("%s: %+v", run.Results[i].ID, f)
		}
	}
}
