package runner_test

import "testing"

// What a test raises is told, whatever it is; os.exit with its line.
func TestWhatIsRaised(t *testing.T) {
	t.Parallel()
	run, _ := play(t, project(t, map[string]string{"a_test.lua": `
		local C = setmetatable({}, {__tostring = function() return "an object" end})
		function test_table(t) error({code=5, deep={x=1}}) end
		function test_message(t) error({message="it says", code=5}) end
		function test_object(t) error(C) end
		function test_sub(t) t:sub("part", function() error({code=6}) end) end
		function test_cleanup(t) t:cleanup(error, {code=7}) end
		function test_nothing(t) t.fail("") end
		function test_exits(t)
			os.exit(0)
		end`}))
	for i, want := range []string{
		"raised {code = 5, deep = {x = 1}}", "it says", "an object", "raised {code = 6}", "raised {code = 7}", "the test fails", "the test called os.exit(0)",
	} {
		r := run.Results[i]
		if len(r.Failures) != 1 || r.Message != want {
			t.Errorf("%s fails with %q, want %q", r.ID, r.Message, want)
		}
	}
	if f := run.Results[6].Failures[0]; f.File != "a_test.lua" || f.Line != 10 || len(f.Excerpt) == 0 {
		t.Errorf("os.exit was at %s:%d, %v", f.File, f.Line, f.Excerpt)
	}
}

func TestCleanUpOfClass(t *testing.T) {
	t.Parallel()
	_, got := play(t, project(t, map[string]string{"a_test.lua": `
		log = {}
		local C = test.case("case")
		function C:setup_class()
			self:cleanup_class(table.insert, log, "colon")
			C.cleanup_class(table.insert, log, "dot")
		end
		function C:teardown_class() log[#log + 1] = "teardown" end
		function C:test_a() end
		function test_z(t) t.eq(log, {"teardown", "dot", "colon"}) end`}))
	want(t, got, "case::test_a passed", "test_z passed")
}
