package runner_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/report"
	"github.com/gscript-lang/gscript/modules/test/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// project is a directory with files of tests.
func project(t *testing.T, files map[string]string) runner.Options {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h := host.New(host.AllowAll(), host.Config{Dir: dir, Env: []string{}})
	t.Cleanup(func() { h.Close() })
	return runner.Options{
		Host: h, Seed: 7, Workers: 1,
		Engine: engine.Options{Trusted: true, Modules: []engine.Entry{
			{Name: "test", Declare: test.Module}, {Name: "async", Declare: async.Module},
		}},
	}
}

// play runs tests and gives what became of them, "name outcome".
func play(t *testing.T, o runner.Options) (*report.Run, []string) {
	t.Helper()
	s, err := runner.New(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return run, outcomes(run)
}

func outcomes(run *report.Run) (list []string) {
	for _, r := range run.Results {
		list = append(list, strings.TrimPrefix(r.ID, "a_test.lua::")+" "+string(r.Outcome))
	}
	return list
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `
		log = {}
		local function note(text) log[#log + 1] = text end
		test.fixture("module", function(use) note("module up") use("m") note("module down") end, {scope="module"})
		test.fixture("each", function(use, module) note("each up") use(module .. "e") note("each down") end)
		test.fixture("plain", function() return 42 end)
		test.fixture("grouped", function(use) note("group up") use(1) note("group down") end, {scope="group"})
		test.fixture("later", function(use) use.after(note, "after 1") use.after(note, "after 2") use() note("end") end)
		test.fixture("counted", function(use) use(use.param * 10) end, {params={1, 2}, ids={"one", "two"}})
		test.fixture("bad", function(use) error("cannot be made") end)
		test.fixture("worse", function(use) use() error("cannot be ended") end)
		function test_1(t, each) t.eq(each, "me") t.eq(log, {"module up", "each up"}) error("fails all the same") end
		function test_2(t, plain) t.eq(plain, 42) t.eq(log, {"module up", "each up", "each down"}) log = {} end
		test.group("g", function()
			function test_a(grouped) end
			function test_b(grouped) end
		end)
		function test_3(t) t.eq(log, {"group up", "group down"}) log = {} end
		function test_4(later) end
		function test_5(t) t.eq(log, {"end", "after 2", "after 1"}) end
		function test_6(t, counted) t.contains({10, 20}, counted) end
		function test_7(bad) end
		function test_8(worse) end
	`})
	run, got := play(t, o)
	want(t, got, "test_1 failed", "test_2 passed", "g::test_a passed", "g::test_b passed", "test_3 passed", "test_4 passed",
		"test_5 passed", "test_6[one] passed", "test_6[two] passed", "test_7 error", "test_8 failed")
	for id, message := range map[string]string{"test_1": "fails all the same", "test_7": "cannot be made", "test_8": "cannot be ended"} {
		i := slices.IndexFunc(run.Results, func(r *report.Result) bool { return r.Name == id })
		if r := run.Results[i]; r.Message != message {
			t.Errorf("%s says %q, want %q", id, r.Message, message)
		}
	}
}

func TestGroupsAndCases(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `
		log = {}
		local function note(text) log[#log + 1] = text end
		local C = test.case("case")
		function C.setup_class() note("class up") end
		function C.teardown_class() note("class down") end
		function C:setup() self.x = 1 note("up") end
		function C:teardown() note("down " .. self.x) end
		function C:test_z() self:equal(self.x, 1) self.x = 2 end
		function C:test_a() self.eq(self.x, 1) self:is_nil(self.y) error("fails") end
		function test_order(t)
			t.eq(log, {"class up", "up", "down 2", "up", "down 1", "class down"})
		end
		test.group("broken", function()
			test.before_all(function() error("no server") end)
			function test_1() end
			function test_2() end
		end)
		test.group("ended", function()
			test.after_all(function() error("cannot end") end)
			function test_1() end
		end)
	`})
	run, got := play(t, o)
	want(t, got, "case::test_z passed", "case::test_a failed", "test_order passed", "broken::test_1 error", "broken::test_2 error",
		"ended::test_1 passed", "a_test.lua error")
	if f := run.Results[6].Failures[0]; f.Title != "after_all" || f.Message != "cannot end" {
		t.Errorf("the last failure is %+v", f)
	}
}

func TestSkipCannotBeSwallowed(t *testing.T) {
	t.Parallel()
	_, got := play(t, project(t, map[string]string{"a_test.lua": `
		function test_1(t) pcall(t.skip, "why") end
		test_2 = test.flaky(3, function(t) tries = (tries or 0) + 1 t.eq(tries, 3) end)
		test_3 = test.xfail(function(t) end)
		test_4 = test.xfail(function(t) end, {strict=false})
		test_5 = test.skip("never", function(t) error("ran") end)
		test_6 = test.skip_if(nil, "no", function(t) end)
	`}))
	want(t, got, "test_1 skipped", "test_2 rerun", "test_2 rerun", "test_2 passed", "test_3 xpassed", "test_4 passed", "test_5 skipped", "test_6 passed")
}

func TestTasksOfATest(t *testing.T) {
	t.Parallel()
	run, got := play(t, project(t, map[string]string{"a_test.lua": `
		local async = require "async"
		function test_orphan(t) async.spawn(function() error("lost") end) async.sleep(0.01) end
		function test_left(t) async.spawn(function() async.sleep(60) end) end
		function test_both(t) async.spawn(function() error("behind") end) error("first") end
		function test_fixture_task(t) end
	`}))
	want(t, got, "test_orphan failed", "test_left passed", "test_both failed", "test_fixture_task passed")
	if r := run.Results[0]; !strings.Contains(r.Message, "lost") {
		t.Errorf("the first says %q", r.Message)
	}
	if leaks := run.Results[1].Leaks; len(leaks) != 1 || !strings.Contains(leaks[0], "a_test.lua:4") {
		t.Errorf("left open: %q", leaks)
	}
}

func TestShuffle(t *testing.T) {
	t.Parallel()
	text := "test.group('g', function()\n"
	for _, n := range "abcdefgh" {
		text += "function test_" + string(n) + "() end\n"
	}
	text += "end)\nfunction test_1() end function test_2() end"
	o := project(t, map[string]string{"a_test.lua": text})
	_, plain := play(t, o)
	o.Shuffle = true
	_, one := play(t, o)
	_, again := play(t, o)
	o.Seed = 8
	_, other := play(t, o)
	want(t, again, one...)
	if slices.Equal(one, plain) || slices.Equal(one, other) {
		t.Errorf("seeds 7 and 8 give %q and %q, no seed %q", one, other, plain)
	}
	slices.Sort(one)
	slices.Sort(plain)
	want(t, one, plain...)
}

func TestLastFailed(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{
		"a_test.lua": `function test_1() end function test_2() error("x") end`,
		"b_test.lua": `function test_3() end`,
	})
	play(t, o)
	o.LastFailed = true
	_, got := play(t, o)
	want(t, got, "test_2 failed")
	o.LastFailed, o.FailedFirst = false, true
	_, got = play(t, o)
	want(t, got, "test_2 failed", "test_1 passed", "b_test.lua::test_3 passed")
}

// stopper interrupts the run at the first result.
type stopper struct{ s **runner.Session }

func (stopper) Start(report.Session)      {}
func (x stopper) Result(r *report.Result) { (*x.s).Interrupt() }
func (stopper) End(*report.Run) error     { return nil }

func TestInterrupt(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `function test_1() end function test_2() end`})
	var s *runner.Session
	o.Listeners = []report.Listener{stopper{&s}}
	s, err := runner.New(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(context.Background())
	if err != nil || run.ExitCode != runner.ExitInterrupted || run.Stopped != "interrupted" {
		t.Fatalf("ended with %d, %q, %v", run.ExitCode, run.Stopped, err)
	}
	want(t, outcomes(run), "test_1 passed")
}

// beginning stops the run as soon as its test runs.
type beginning struct{ s **runner.Session }

func (b beginning) Write(p []byte) (int, error) {
	(*b.s).Stop()
	return len(p), nil
}

func TestStop(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `
		local async = require "async"
		function test_1() io.write("on\n") io.stdout:flush() async.sleep(600) end
		function test_2() end
	`})
	var s *runner.Session
	dir := o.Host.Files.WorkDir()
	h := host.New(host.AllowAll(), host.Config{Dir: dir, Stdout: beginning{&s}})
	defer h.Close()
	o.Host, o.NoCapture = h, true
	s, err := runner.New(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(context.Background())
	if err != nil || run.ExitCode != runner.ExitInterrupted {
		t.Fatalf("ended with %+v, %v", run, err)
	}
	for _, r := range run.Results {
		if strings.HasSuffix(r.ID, "test_2") {
			t.Errorf("%s was run", r.ID)
		}
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{
		"a_test.lua": `function test_a(t, where) t.eq(where, "top") end`, "conftest.lua": `test.fixture("where", function() return "top" end)`,
		"sub/b_test.lua": `function test_b(t, where) t.eq(where, "sub") end`, "sub/conftest.lua": `test.fixture("where", function() return "sub" end)`,
		".hidden/c_test.lua": `error("found")`, "sub/testdata/d_test.lua": `error("found")`, "sub/not_tests.lua": `error("found")`,
		"x_spec.lua": `function test_x() end`,
	})
	_, got := play(t, o)
	want(t, got, "test_a passed", "sub/b_test.lua::test_b passed")
	o.Args = []string{"sub", "a_test.lua", "sub/b_test.lua"}
	_, got = play(t, o)
	want(t, got, "sub/b_test.lua::test_b passed", "test_a passed")
	o.Args, o.Pattern = nil, "*_spec.lua"
	_, got = play(t, o)
	want(t, got, "x_spec.lua::test_x passed")
}
