package engine_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// patch replaces text of a suite file that asks for what gscript does not have,
// or has in another way, so that the rest of the file still runs.
type patch struct {
	file, old, new string
	reason         string
}

// TestSuite runs the Lua test files that gopher-lua carries in its module: those
// of Lua 5.1 and its own. They are read from the module cache.
func TestSuite(t *testing.T) {
	t.Parallel()
	root := moduleDir(t, "github.com/yuin/gopher-lua")
	found := map[string]bool{}
	for _, dir := range []string{"_lua5.1-tests", "_glua-tests"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.lua"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no test files in %s: %v", filepath.Join(root, dir), err)
		}
		for _, path := range files {
			file := dir + "/" + filepath.Base(path)
			found[file] = true
			if suiteLeftOut[file] != "" {
				continue
			}
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				runSuiteFile(t, path, file)
			})
		}
	}
	for file := range suiteLeftOut {
		if !found[file] {
			t.Errorf("%s is left out, but there is no such file", file)
		}
	}
	for _, p := range suitePatches {
		if !found[p.file] || suiteLeftOut[p.file] != "" {
			t.Errorf("%s is patched, but is not run", p.file)
		}
	}
}

// moduleDir is where the go command keeps a module's source.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		if _, err := os.Stat("../vendor/modules.txt"); err == nil {
			t.Skipf("%s is vendored, which leaves its tests out", module)
		}
		t.Fatalf("go list -m %s: %v", module, err)
	}
	return dir
}

func runSuiteFile(t *testing.T, path, file string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source := string(data)
	for _, p := range suitePatches {
		if p.file != file {
			continue
		}
		if !strings.Contains(source, p.old) {
			t.Errorf("%s has no text %q (%s)", file, p.old, p.reason)
		}
		source = strings.ReplaceAll(source, p.old, p.new)
	}
	dir := t.TempDir() // some files write beside themselves
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	writable(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var out bytes.Buffer
	e := engine.New(engine.Options{
		Trusted: true, Permissions: host.AllowAll(), Dir: dir,
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
	})
	s := e.NewState(ctx)
	defer s.Close()
	s.SetModuleDir(".") // that of the file
	if _, err := s.Run(ctx, filepath.Base(path), source); err != nil {
		printed := strings.Split(out.String(), "\n")
		t.Errorf("%v\n%s\nprinted last:\n%s", err, strings.Join(e.Report(err).Traceback, "\n"), strings.Join(printed[max(0, len(printed)-4):], "\n"))
	}
}

// writable undoes the write protection of the module cache.
func writable(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if d.IsDir() {
			mode = 0o755
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSuitePatchesAreNamed(t *testing.T) {
	t.Parallel()
	for i, p := range suitePatches {
		if p.reason == "" || p.old == p.new {
			t.Errorf("the patch of %s by %q has no reason or no effect", p.file, p.old)
		}
		same := func(q patch) bool { return p.file == q.file && p.old == q.old }
		if slices.IndexFunc(suitePatches, same) != i {
			t.Errorf("%s is patched twice at %q", p.file, p.old)
		}
	}
}
