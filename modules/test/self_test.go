package test_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/test/report"
	"github.com/gscript-lang/gscript/modules/test/runner"
	"github.com/gscript-lang/gscript/stdlib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSelf runs the Lua tests of the module by the runner.
func TestSelf(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("testdata/self")
	if err != nil {
		t.Fatal(err)
	}
	h := host.New(host.AllowAll(), host.Config{Dir: t.TempDir()})
	defer h.Close()
	s, err := runner.New(runner.Options{
		Args: []string{dir}, Seed: 1, Host: h,
		Engine:    engine.Options{Trusted: true, Modules: modules.All(), Library: stdlib.Files},
		Listeners: []report.Listener{&report.Terminal{W: t.Output(), Quiet: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if run.ExitCode != runner.ExitOK || len(run.Results) < 40 {
		t.Errorf("%d tests, exit code %d", len(run.Results), run.ExitCode)
	}
}
