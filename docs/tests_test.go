package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/test/report"
	"github.com/gscript-lang/gscript/modules/test/runner"
	"github.com/gscript-lang/gscript/stdlib"
)

// testFile is a block "lua test" of a page, with what stands around it.
type testFile struct {
	block
	beside map[string]string // files of the blocks "lua file NAME" before it
	shown  *block            // the block "text output" behind it: what the terminal shows
}

// testFiles finds the files of tests of a page.
func testFiles(all []block) (found []testFile) {
	beside := map[string]string{}
	for i, b := range all {
		name, isFile := strings.CutPrefix(b.info, "lua file ")
		switch {
		case isFile:
			beside[name] = b.source
		case b.info == "lua test":
			f := testFile{block: b, beside: beside}
			if i+1 < len(all) && all[i+1].info == "text output" {
				f.shown = &all[i+1]
			}
			found, beside = append(found, f), map[string]string{}
		}
	}
	return found
}

// The tests of a page pass, unless the page shows what the terminal says.
func TestTestBlocksPass(t *testing.T) {
	t.Parallel()
	count := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range testFiles(blocks(string(text))) {
			count++
			t.Run(filepath.Base(page), func(t *testing.T) {
				t.Parallel()
				f.run(t, page)
			})
		}
	}
	if count == 0 {
		t.Error("no file of tests was found")
	}
}

// duration is one in the last line of a run.
var duration = regexp.MustCompile(`\b\d+\.\d\ds`)

func (f testFile) run(t *testing.T, page string) {
	dir := t.TempDir()
	f.beside["example_test.lua"] = f.source
	for name, source := range f.beside {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	world := host.New(host.AllowAll(), host.Config{Dir: dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Env: []string{}})
	defer world.Close()
	session, err := runner.New(runner.Options{
		Workers: 1, Seed: 7, Host: world,
		Engine:    engine.Options{Modules: modules.All(), Library: stdlib.Files, Trusted: true, Processes: processes},
		Listeners: []report.Listener{&report.Terminal{W: &out}},
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := session.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	printed := strings.TrimRight(out.String(), "\n")
	switch {
	case f.shown != nil:
		if got, want := duration.ReplaceAllString(printed, "0.00s"), duration.ReplaceAllString(f.shown.source, "0.00s"); got != want {
			t.Errorf("%s:%d shows\n%s\nwant\n%s", page, f.shown.line, got, want)
		}
	case result.ExitCode != runner.ExitOK:
		t.Errorf("%s:%d: exit code %d\n%s", page, f.line, result.ExitCode, printed)
	}
}
