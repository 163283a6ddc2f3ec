// Package scripts holds scripts that people run as they are. Its test runs them.
package scripts

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

// processes starts the worker processes of scripts: this test binary is their
// program, too.
var processes engine.Processes

func TestMain(m *testing.M) {
	processes = isolate.Child(engine.Options{Modules: modules.All(), Library: stdlib.Files})
	goleak.VerifyTestMain(m)
}

// result is how a script ended.
type result struct {
	out    string // standard output
	code   int
	err    error
	report string
}

// run runs a script in the top folder, as the README does.
func run(t *testing.T, script string, args ...any) result {
	t.Helper()
	var out, errs bytes.Buffer
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Options{
		Modules: modules.All(), Library: stdlib.Files, Permissions: host.AllowAll(), Trusted: true, Processes: processes,
		Dir: top, Stdout: &out, Stderr: &errs, Stdin: strings.NewReader(""),
	})
	s := e.NewState(t.Context())
	_, err = s.RunFile(t.Context(), script, args...)
	if cerr := s.Close(); cerr != nil {
		t.Error(cerr)
	}
	r := result{out: out.String(), err: err}
	if code, ok := engine.ExitCode(err); ok {
		r.code, r.err = code, nil
		r.report = errs.String()
	} else if err != nil {
		var b strings.Builder
		e.Report(err).Text(&b, false)
		r.code, r.report = 1, b.String()
	}
	return r
}

func match(t *testing.T, what, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile("(?m)" + pattern).MatchString(text) {
		t.Errorf("%s does not match %s:\n%s", what, pattern, text)
	}
}

// Not parallel, like its subtests: it looks for what a release leaves behind.
func TestRelease(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	leftNothing := func(t *testing.T) {
		entries, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), "go-build") {
				t.Errorf("%s was left behind", entry.Name())
			}
		}
	}
	t.Run("all steps", func(t *testing.T) {
		r := run(t, "release.lua")
		if r.code != 0 {
			t.Fatalf("exit code %d\n%s\n%s", r.code, r.out, r.report)
		}
		for _, step := range []string{"build", "pack", "publish", "mirror", "deploy", "notify"} {
			match(t, "the table", r.out, `^`+step+` +ok +\d+\.\d+ s +\d`)
		}
		leftNothing(t)
	})
	for _, tt := range []struct{ step, kind, table string }{
		{"build", `run\.exit`, `^build +FAILED`},
		{"pack", `fs\.not_found`, `^pack +FAILED`},
		{"publish", `http\.status`, `^publish +FAILED`},
		{"mirror", `net\.refused`, `^mirror +FAILED`},
		{"deploy", `ssh\.host_key`, `^deploy +FAILED`},
		{"notify", `net\.refused`, `^notify +FAILED`},
	} {
		t.Run("fail "+tt.step, func(t *testing.T) {
			r := run(t, "release.lua", "--fail="+tt.step)
			if r.code != 1 || r.err == nil {
				t.Fatalf("exit code %d\n%s", r.code, r.out)
			}
			match(t, "the report", r.report, `^error: .* \[`+tt.kind+`\]$`)
			match(t, "the table", r.out, tt.table)
			leftNothing(t)
		})
	}
	t.Run("help", func(t *testing.T) {
		r := run(t, "release.lua", "--help")
		if r.code != 0 {
			t.Errorf("exit code %d", r.code)
		}
		match(t, "the help", r.out, `--config`)
	})
	t.Run("typing mistake", func(t *testing.T) {
		r := run(t, "release.lua", "--confg", "x.json")
		if r.code != 2 {
			t.Errorf("exit code %d, want 2", r.code)
		}
		match(t, "the message", r.report, `--config`)
	})
}

// The same script with --config, as against real servers: they belong to another
// state, and only the file leads to them.
func TestReleaseWithConfig(t *testing.T) {
	t.Parallel()
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	servers := engine.New(engine.Options{
		Modules: modules.All(), Library: stdlib.Files, Permissions: host.AllowAll(), Dir: top,
		Path: []string{filepath.Join(top, "scripts", "?.lua")},
	}).NewState(t.Context())
	defer servers.Close()
	config := filepath.Join(dir, "release.json")
	if _, err := servers.Run(t.Context(), "servers", `
		local dir, file = ...
		require("json").write(file, (require("lib.loopback").start(dir)))`, dir, config); err != nil {
		t.Fatal(err)
	}
	r := run(t, "release.lua", "--config", config)
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", r.code, r.out, r.report)
	}
	want, err := os.ReadFile(filepath.Join(dir, "www", "gscript-release.tar.gz"))
	if err != nil || len(want) == 0 {
		t.Fatal(err)
	}
	for _, folder := range []string{"mirror", "target"} {
		if got, err := os.ReadFile(filepath.Join(dir, folder, "gscript-release.tar.gz")); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s holds %d bytes, want %d: %v", folder, len(got), len(want), err)
		}
	}
	if r := run(t, "release.lua", "--config", config, "--fail=mirror"); r.code != 1 {
		t.Errorf("--fail with --config: exit code %d, want 1", r.code)
	}
}

func TestFanout(t *testing.T) {
	t.Parallel()
	r := run(t, "fanout.lua", "--demo", "--", "uptime", "-p")
	if r.code != 1 {
		t.Errorf("exit code %d, want 1: one host fails\n%s", r.code, r.report)
	}
	match(t, "the table", r.out, `^alpha +ok +.* alpha ran uptime -p$`)
	match(t, "the table", r.out, `^gamma +exit 1 +.* gamma: no space left on device$`)
	match(t, "the summary", r.out, `^1 of 3 hosts failed$`)
	if r := run(t, "fanout.lua", "--", "uptime"); r.code != 2 {
		t.Errorf("without hosts: exit code %d, want 2", r.code)
	}
}

func TestLinkcheck(t *testing.T) {
	t.Parallel()
	r := run(t, "linkcheck.lua", "--demo")
	if r.code != 1 {
		t.Errorf("exit code %d, want 1: two links are broken\n%s", r.code, r.report)
	}
	match(t, "the table", r.out, `^ *404 +http://127\.0\.0\.1:\d+/news/2 +http://127\.0\.0\.1:\d+/news/$`)
	match(t, "the table", r.out, `^ *404 +http://127\.0\.0\.1:\d+/team +http://127\.0\.0\.1:\d+/about$`)
	match(t, "the summary", r.out, `^6 links checked, 2 broken$`)
}

func TestPrimes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"thread", "process"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := run(t, "primes.lua", "--kind", kind, "112272535095293", "97", "1000001", "2147483647")
			if r.code != 0 {
				t.Fatalf("exit code %d\n%s", r.code, r.report)
			}
			want := "112272535095293 is prime: true\n97 is prime: true\n1000001 is prime: false\n2147483647 is prime: true\n4 numbers in "
			if !strings.HasPrefix(r.out, want) {
				t.Errorf("printed\n%s", r.out)
			}
		})
	}
}
