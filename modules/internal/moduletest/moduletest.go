// Package moduletest runs Lua in the tests of modules.
package moduletest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// World is a state with some modules, a directory of its own and captured
// output. It has every permission unless Permissions say otherwise.
type World struct {
	Dir         string // working directory; a fresh one when empty
	Permissions *host.Permissions
	Env         []string // more environment, as NAME=value
	Modules     []engine.Entry
	Globals     map[string]any // set before the script runs
	Deadline    time.Duration  // 30 s when 0
	// FakeTime runs the script in a bubble of synctest: whoever sleeps wakes up
	// when all else waits, and no earlier. Nothing in it may wait for the
	// network or for processes.
	FakeTime bool
	// Processes lets scripts start worker processes: what isolate.Child gave
	// the TestMain of the package.
	Processes engine.Processes
	Limits    engine.Limits
	Library   fs.FS // modules written in Lua
	// Files are written into Dir by their slashed paths. The source is then run as
	// the file main.lua among them, so that require looks there; otherwise it is
	// in no file.
	Files map[string]string
}

// Run runs source and returns what it printed. A failing script fails the test.
func Run(t testing.TB, source string, modules ...*engine.Module) string {
	t.Helper()
	return New(t, modules...).Run(t, source)
}

// New makes a world with the modules.
func New(t testing.TB, modules ...*engine.Module) *World {
	t.Helper()
	w := &World{Dir: t.TempDir()}
	for _, m := range modules {
		w.Modules = append(w.Modules, engine.Provide(m))
	}
	return w
}

// Run runs source and returns what it printed. A failing script fails the test.
func (w *World) Run(t testing.TB, source string) string {
	t.Helper()
	out, err := w.Try(t, source)
	if err != nil {
		var e *engine.Error
		if errors.As(err, &e) {
			t.Fatalf("%v\nkind %s\nhint %s\n%s\nprinted:\n%s", err, e.Kind, e.Hint, e.Traceback, out)
		}
		t.Fatalf("%v\nprinted:\n%s", err, out)
	}
	return out
}

// Still makes a world with the modules and FakeTime.
func Still(t testing.TB, modules ...*engine.Module) *World {
	t.Helper()
	w := New(t, modules...)
	w.FakeTime = true
	return w
}

// Fail runs source, which must raise an error of the kind, and returns it.
func (w *World) Fail(t testing.TB, kind, source string) *engine.Error {
	t.Helper()
	out, err := w.Try(t, source)
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("error %v (kind %q), want kind %q\nprinted:\n%s", err, engine.KindOf(err), kind, out)
	}
	return e
}

// Symlink makes a link. Only Windows, where that takes a privilege, may go
// without: elsewhere a test of links that makes none would prove nothing.
func Symlink(t testing.TB, target, name string) {
	t.Helper()
	err := os.Symlink(target, name)
	if err != nil && runtime.GOOS == "windows" {
		t.Skip("links take a privilege on Windows: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Try runs source and returns what it printed and how it ended.
func (w *World) Try(t testing.TB, source string) (out string, err error) {
	t.Helper()
	if bubble, ok := t.(*testing.T); ok && w.FakeTime {
		synctest.Test(bubble, func(t *testing.T) { out, err = w.try(t, source) })
		return out, err
	}
	return w.try(t, source)
}

func (w *World) try(t testing.TB, source string) (string, error) {
	t.Helper()
	permissions := host.AllowAll()
	if w.Permissions != nil {
		permissions = *w.Permissions
	}
	deadline := w.Deadline
	if deadline == 0 {
		deadline = 30 * time.Second
	}
	env := append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + w.Dir}, w.Env...)
	var out bytes.Buffer
	s := engine.New(engine.Options{
		Modules: w.Modules, Permissions: permissions, Dir: w.Dir, Env: env,
		Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &out, Trusted: true,
		Processes: w.Processes, Limits: w.Limits, Library: w.Library,
	}).NewState(t.Context())
	for name, v := range w.Globals {
		s.Set(name, v)
	}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	var err error
	if w.Files == nil {
		_, err = s.Run(ctx, "test.lua", source)
	} else {
		_, err = s.RunFile(ctx, w.write(t, source))
	}
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	return out.String(), err
}

// write writes the files and main.lua, and returns its path.
func (w *World) write(t testing.TB, source string) (main string) {
	files := maps.Clone(w.Files)
	files["main.lua"] = source
	for name, text := range files {
		path := filepath.Join(w.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(w.Dir, "main.lua")
}
