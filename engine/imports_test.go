package engine_test

import (
	"os/exec"
	"strings"
	"testing"
)

// A program that embeds the engine pays for no protocol: arrows point from
// modules to the engine, never back.
func TestEngineAlonePullsInNoProtocol(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "github.com/gscript-lang/gscript/engine").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{
		"github.com/gscript-lang/gscript/engine",
		"github.com/yuin/gopher-lua", "layeh.com/gopher-luar",
		"golang.org/x/sys/", "golang.org/x/term",
		"vendor/",
	}
	for _, p := range strings.Fields(string(out)) {
		first, _, _ := strings.Cut(p, "/")
		ok := !strings.Contains(first, ".") // the standard library
		for _, a := range allowed {
			ok = ok || strings.HasPrefix(p, a)
		}
		if !ok || p == "net/http" || p == "net/smtp" {
			t.Errorf("the engine imports %s", p)
		}
	}
}
