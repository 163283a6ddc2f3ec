package isolate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The kernel's files, as far as writing to a group goes, stood in for by a
// directory; the group itself cannot be: its files appear by themselves.
func TestCgroupPlace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "user", "app"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, self, own, above, why string }{
		{"version 1 only", "4:memory:/x\n", "", "", "no control groups of version 2"},
		{"not handed on", "0::/user/app\n", "", "cpu pids", "does not hand on the memory controller"},
		{"no such group", "0::/gone/away\n", "", "", "no such file"},
		{"files missing", "0::/user/app\n", "", "cpu memory", "memory.max"},
	} {
		write("user/app/cgroup.subtree_control", tt.own+"\n")
		write("user/cgroup.subtree_control", tt.above+"\n")
		g, err := cgroupUnder(root, tt.self, os.Getpid(), 1<<20, "token")
		if g != nil || err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, %v", tt.name, g, err)
		}
		if left, _ := filepath.Glob(filepath.Join(root, "user", "gscript-*")); len(left) > 0 {
			t.Errorf("%s: left %v", tt.name, left)
		}
	}
}
