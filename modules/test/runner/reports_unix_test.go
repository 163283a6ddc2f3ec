//go:build unix

package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A report to a pipe, or to a device, is written into it: a file does not take
// its place.
func TestReportToPipe(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": "function test_1() end"})
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// Opened for both, it neither waits for the writer nor hangs without one.
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o.Reports = []string{"tap:" + pipe}
	play(t, o)
	if info, err := os.Stat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Fatalf("the pipe has become %v, %v", info.Mode(), err)
	}
	text := make([]byte, 1000)
	n, err := f.Read(text)
	if err != nil || !strings.Contains(string(text[:n]), "ok 1 - a_test.lua::test_1") {
		t.Errorf("got %q, %v", text[:n], err)
	}
}
