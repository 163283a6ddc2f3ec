package pool_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// In a program that embeds the engine the children never come to what its main
// does after the call of isolate.Child.
func TestEmbedder(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "embedder")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/embedder").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), program).CombinedOutput()
	if err != nil || string(out) != "main runs\n1 4 9\n" {
		t.Errorf("%v, it printed %q", err, out)
	}
}
