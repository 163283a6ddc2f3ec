package http_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDeclaration(t *testing.T) {
	t.Parallel()
	for _, err := range module.Check(http.Module()) {
		t.Error(err)
	}
}

// world has the module, and fs and async of its examples when they exist.
func world(t *testing.T) *moduletest.World {
	t.Helper()
	return moduletest.New(t, http.Module())
}

// TestExamples runs the examples that need no other module.
func TestExamples(t *testing.T) {
	t.Parallel()
	m := http.Module()
	run := func(name string, fn *engine.Function) {
		for _, example := range fn.Examples {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				out := world(t).Run(t, example)
				if want, ok := moduletest.Expected(example); ok {
					if diff := moduletest.Diff(out, want); diff != "" {
						t.Errorf("%s\nin\n%s", diff, example)
					}
				}
			})
		}
	}
	for _, fn := range m.Funcs {
		run(fn.Name, fn)
	}
	for _, typ := range m.Types {
		for _, fn := range typ.Methods {
			run(typ.Name+":"+fn.Name, fn)
		}
	}
}
