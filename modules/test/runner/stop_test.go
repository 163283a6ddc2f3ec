package runner_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test/report"
	"github.com/gscript-lang/gscript/modules/test/runner"
)

// A test that is stopped has one failure. Its clean-ups and teardowns run, though
// they have to wait themselves.
func TestStopCleansUp(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `
		local async = require "async"
		local function write(name) return function() async.sleep(0.01) io.open(name, "w"):close() end end
		test.fixture("thing", function(use) use() write("teardown")() end)
		test.fixture("wide", function(use) use() write("wide")() end, {scope="module"})
		test.after_all(write("after_all"))
		function test_1(t, thing, wide)
			t:cleanup(write("cleanup"))
			io.write("on\n") io.stdout:flush()
			async.sleep(600)
		end
		function test_2() end
	`})
	run := stopped(t, o)
	if len(run.Results) != 1 || len(run.Results[0].Failures) != 1 || run.Results[0].Message != "the test was interrupted" {
		t.Errorf("it ended with %q:", outcomes(run))
		for _, r := range run.Results {
			t.Errorf("%s: %+v", r.ID, r.Failures)
		}
	}
	for _, name := range []string{"teardown", "wide", "after_all", "cleanup"} {
		if _, err := os.Stat(filepath.Join(o.Host.Files.WorkDir(), name)); err != nil {
			t.Error(err)
		}
	}
}

// So ends a fixture that is being made, and a file that is being loaded.
func TestStopOutsideOfATest(t *testing.T) {
	t.Parallel()
	run := stopped(t, project(t, map[string]string{"a_test.lua": `
		local async = require "async"
		test.fixture("slow", function(use) io.write("on\n") io.stdout:flush() async.sleep(600) use() end)
		function test_1(t, slow) end
	`}))
	if len(run.Results) != 1 || run.Results[0].Message != "the test was interrupted" {
		t.Errorf("a fixture: %q", outcomes(run))
	}
	run = stopped(t, project(t, map[string]string{"a_test.lua": `io.write("on\n") io.stdout:flush() require("async").sleep(600)`}))
	if len(run.Results) != 0 {
		t.Errorf("a file: %q", outcomes(run))
	}
}

// stopped runs tests up to the first thing that they write.
func stopped(t *testing.T, o runner.Options) *report.Run {
	t.Helper()
	var s *runner.Session
	h := host.New(host.AllowAll(), host.Config{Dir: o.Host.Files.WorkDir(), Stdout: beginning{&s}})
	defer h.Close()
	o.Host, o.NoCapture = h, true
	s, err := runner.New(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(t.Context())
	if err != nil || run.ExitCode != runner.ExitInterrupted {
		t.Fatalf("ended with %+v, %v", run, err)
	}
	return run
}

// ender stops the run at the first result.
type ender struct{ s **runner.Session }

func (ender) Start(report.Session)      {}
func (x ender) Result(r *report.Result) { (*x.s).Stop() }
func (ender) End(*report.Run) error     { return nil }

// A worker process is told that the run is stopped, so that it can say what it
// was doing.
func TestStopReachesWorkers(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": ``})
	o.Procs = 1
	o.Program = []string{"/bin/sh", "-c", `
		trap 'printf "{\"Result\":{\"ID\":\"a_test.lua::test_2\",\"Outcome\":\"failed\"}}\n{\"End\":true}\n"; kill $!; exit 2' TERM
		trap : INT
		echo '{"Result":{"ID":"a_test.lua::test_1","Outcome":"passed"}}'
		while :; do sleep 600 & wait $!; kill $!; done`}
	var s *runner.Session
	o.Listeners = []report.Listener{ender{&s}}
	s, err := runner.New(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(t.Context())
	if err != nil || run.ExitCode != runner.ExitInterrupted {
		t.Fatalf("ended with %+v, %v", run, err)
	}
	want(t, outcomes(run), "test_1 passed", "test_2 failed")
}
