// Package docs holds the documentation. Its test runs every Lua block in it.
package docs

import (
	"io/fs"
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

// block is what stands between fences.
type block struct {
	line   int
	info   string // behind the opening fence: "lua", "lua test"
	source string
}

// blocks finds the blocks of a page. One marked "lua" is run, one marked "lua
// test" is a file of tests (tests_test.go); a listing that is not meant to run is
// written without a language.
func blocks(text string) (found []block) {
	var open block
	var source []string
	inside := false
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case !inside && fence:
			inside, open, source = true, block{line: i + 2, info: info}, nil
		case inside && fence && info == "":
			inside, open.source = false, strings.Join(source, "\n")
			found = append(found, open)
		case inside:
			source = append(source, line)
		}
	}
	return found
}

// pages are the pages whose blocks are run.
func pages(t *testing.T) []string {
	t.Helper()
	list := []string{"../README.md"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		// The examples of the reference are run by the modules' conformance test.
		if d != nil && d.IsDir() && d.Name() == "reference" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLuaBlocksRun(t *testing.T) {
	t.Parallel()
	count := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks(string(text)) {
			if b.info != "lua" {
				continue
			}
			count++
			t.Run(filepath.Base(page), func(t *testing.T) {
				t.Parallel()
				run(t, page, b)
			})
		}
	}
	if count == 0 {
		t.Error("no Lua block was found")
	}
}

func run(t *testing.T, page string, b block) {
	var out strings.Builder
	e := engine.New(engine.Options{
		Modules: modules.All(), Library: stdlib.Files, Permissions: host.AllowAll(),
		Dir: t.TempDir(), Stdout: &out, Stderr: &out, Trusted: true, Processes: processes,
	})
	s := e.NewState(t.Context())
	_, err := s.Run(t.Context(), page, b.source)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		var report strings.Builder
		e.Report(err).Text(&report, false)
		t.Fatalf("%s:%d: %s\nprinted:\n%s", page, b.line, report.String(), out.String())
	}
	if want := expected(b.source); want != "" && strings.TrimRight(out.String(), "\n") != want {
		t.Errorf("%s:%d printed\n%s\nwant\n%s", page, b.line, out.String(), want)
	}
}

// expected collects what the "--> text" comments say is printed.
func expected(source string) string {
	var lines []string
	for _, line := range strings.Split(source, "\n") {
		if _, text, ok := strings.Cut(line, "--> "); ok {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// proof is a test that the security page names, with the file that has it.
var proof = regexp.MustCompile(`\[((?:Test|Fuzz)\w+)\]\((\S+_test\.go)\)`)

func TestProofsExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	proofs := proof.FindAllStringSubmatch(string(page), -1)
	if len(proofs) < 20 {
		t.Fatalf("only %d proofs found", len(proofs))
	}
	for _, p := range proofs {
		source, err := os.ReadFile(p[2])
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(source), "\nfunc "+p[1]+"(") {
			t.Errorf("%s has no %s", p[2], p[1])
		}
	}
}
