package main

import (
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A profile is written when Ctrl-C ends the script, and Go's own tool reads it.
func TestProfileOfAnInterruptedScript(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no signal to send")
	}
	dir := t.TempDir()
	put(t, dir, "main.lua", `local async = require "async"
local function hot()
  local n = 0
  for i = 1, 100000 do n = n + i end
end
async.spawn(function() async.sleep(3600) end)
for i = 1, 20 do hot() async.sleep(0) end
print "on"
while true do hot() async.sleep(0) end
`)
	file := filepath.Join(dir, "out.pb.gz")
	cmd := exec.Command("gscript", "run", "-q", "--profile", file, "--profile-rate", "1000", "main.lua")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	for _, index := range []string{"cpu", "wall"} {
		top, err := exec.Command("go", "tool", "pprof", "-top", "-sample_index="+index, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, top)
		}
		want := map[string]string{"cpu": "hot main.lua:2", "wall": "async.sleep"}[index]
		if !strings.Contains(string(top), want) || !strings.Contains(string(top), "Type: "+index) {
			t.Errorf("no %s in\n%s", want, top)
		}
	}
}
