package ssh

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newWorld(t *testing.T) *moduletest.World {
	return moduletest.New(t, Module(), fs.Module())
}

func TestDeclaration(t *testing.T) {
	t.Parallel()
	for _, err := range module.Check(Module()) {
		t.Error(err)
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	m := Module()
	run := func(name string, f *engine.Function) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, example := range f.Examples {
				out := newWorld(t).Run(t, example)
				want, ok := moduletest.Expected(example)
				if !ok {
					t.Fatal("the example shows nothing")
				}
				if diff := moduletest.Diff(out, want); diff != "" {
					t.Errorf("%s\nin\n%s", diff, example)
				}
			}
			for _, c := range f.Caps {
				w := newWorld(t)
				p := host.Permissions{}
				for _, other := range host.Capabilities() {
					if other != c {
						p = p.Allow(other)
					}
				}
				w.Permissions = &p
				w.Fail(t, engine.KindDenied, f.Examples[0])
			}
		})
	}
	for _, f := range m.Funcs {
		run(f.Name, f)
	}
	for _, typ := range m.Types {
		for _, f := range typ.Methods {
			run(typ.Name+":"+f.Name, f)
		}
	}
}
