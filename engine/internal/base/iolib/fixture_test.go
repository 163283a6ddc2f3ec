package iolib_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// world is where a script of a test runs.
type world struct {
	dir   string
	out   bytes.Buffer
	state *engine.State
}

func newWorld(t testing.TB, opts engine.Options) *world {
	w := &world{dir: t.TempDir()}
	opts.Dir = w.dir
	if opts.Stdin == nil {
		opts.Stdin = strings.NewReader("")
	}
	if opts.Stdout == nil {
		opts.Stdout = &w.out
	}
	opts.Stderr = io.Discard
	w.state = engine.New(opts).NewState(context.Background())
	t.Cleanup(func() { w.state.Close() })
	return w
}

// trusted may do anything.
func trusted(t testing.TB) *world {
	return newWorld(t, engine.Options{Permissions: host.AllowAll(), Trusted: true})
}

func (w *world) put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *world) run(t testing.TB, source string) string {
	t.Helper()
	if _, err := w.state.Run(t.Context(), "test.lua", source); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	defer w.out.Reset()
	return w.out.String()
}

// stopped runs a script that must end by its deadline, and soon after it.
func (w *world) stopped(t *testing.T, source string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := w.state.Run(ctx, "test.lua", source)
	if engine.KindOf(err) != engine.KindDeadline {
		t.Errorf("%s: %v, want kind %s", source, err, engine.KindDeadline)
	}
	if d := time.Since(start); d > 2*time.Second { // generous: the machine may be busy
		t.Errorf("%s: ended after %v", source, d)
	}
}
