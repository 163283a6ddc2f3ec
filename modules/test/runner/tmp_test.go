package runner_test

import "testing"

// The directory of a test is there until the last clean-up and teardown have run.
func TestDirectoryGoesLast(t *testing.T) {
	t.Parallel()
	_, got := play(t, project(t, map[string]string{"a_test.lua": `
		local function exists(name)
			local f = io.open(name)
			if f then f:close() end
			return f ~= nil
		end
		test.fixture("file", function(use, tmp)
			local name = tmp .. "/a.txt"
			io.open(name, "w"):close()
			use(name)
			assert(os.remove(name))
		end)
		function test_fixture(t, file)
			where = file
			t:cleanup(function() assert(exists(file)) end)
		end
		function test_own(t)
			t.is_false(exists(where))
			t:cleanup(function() assert(exists(late)) end)
			late = t:tmp() .. "/b.txt"
			io.open(late, "w"):close()
		end
		function test_is_gone(t) t.is_false(exists(late)) end`}))
	want(t, got, "test_fixture passed", "test_own passed", "test_is_gone passed")
}
