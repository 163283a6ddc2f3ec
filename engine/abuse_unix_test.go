//go:build unix

package engine_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// A FIFO that nobody writes to must not keep a script from its deadline.
func TestSourceFromFIFO(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "m.lua")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"dofile":     `dofile("m.lua")`,
		"loadfile":   `loadfile("m.lua")`,
		"require":    `package.path = "?.lua" require("m")`,
		"searchpath": `package.searchpath("m", "?.lua")`,
		"open":       `io.open("m.lua")`,
	} {
		s := engine.New(engine.Options{
			Dir: dir, Permissions: host.Permissions{}.Allow(host.Read), Limits: engine.Limits{Time: 100 * time.Millisecond},
		}).NewState(t.Context())
		if _, err := s.Run(t.Context(), name, script+" while true do end"); engine.KindOf(err) != "limit.deadline" {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
	// Lets those go that still wait for a writer.
	f, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}
