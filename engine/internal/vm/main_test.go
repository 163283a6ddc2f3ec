package vm_test

import (
	"os"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// The first engine sets a variable of gopher-lua, which must not happen while
// another test uses gopher-lua by itself.
func TestMain(m *testing.M) {
	engine.New(engine.Options{})
	os.Exit(m.Run())
}
