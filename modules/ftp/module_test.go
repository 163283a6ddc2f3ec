package ftp_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/ftp"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDeclaration(t *testing.T) {
	t.Parallel()
	for _, err := range module.Check(ftp.Module()) {
		t.Error(err)
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	m := ftp.Module()
	functions := m.Funcs
	for _, typ := range m.Types {
		functions = append(functions, typ.Methods...)
	}
	for _, fn := range functions {
		for _, example := range fn.Examples {
			t.Run(fn.Name, func(t *testing.T) {
				t.Parallel()
				want, _ := moduletest.Expected(example)
				if diff := moduletest.Diff(run(t, example), want); diff != "" && len(want) > 0 {
					t.Error(diff)
				}
			})
		}
	}
}

func world(t *testing.T) *moduletest.World {
	return moduletest.New(t, ftp.Module(), fs.Module(), async.Module())
}

func run(t *testing.T, source string) string {
	t.Helper()
	return world(t).Run(t, source)
}
