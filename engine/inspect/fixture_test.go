package inspect_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

type givenIn struct {
	Values []engine.Value `lua:"values,rest" doc:"what a test reads"`
}

// given runs source, which returns values by handing them to "given", and
// lets read look at them with the baton.
func given(t testing.TB, source string, read func(c *engine.Call, v []engine.Value)) {
	t.Helper()
	called := false
	probe := &engine.Module{Name: "probe", Doc: "Hand values to a test.", Funcs: []*engine.Function{
		engine.Fn("given", "Hand values to a test.", func(c *engine.Call, in givenIn) (engine.None, error) {
			called = true
			read(c, in.Values)
			return engine.None{}, nil
		}).AsInline(),
		engine.Fn("fail", "Raise.", func(c *engine.Call, in engine.None) (engine.None, error) {
			return engine.None{}, engine.Invalid("no such\nthing")
		}),
		engine.Fn("null", "Return null.", func(c *engine.Call, in engine.None) (any, error) { return engine.Null, nil }),
	}}
	e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(probe)}})
	s := e.NewState(t.Context())
	_, err := s.Run(t.Context(), "test.lua", "local probe = require 'probe'\nlocal given = probe.given\n"+source)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	if !called {
		t.Fatal("the source gave no values")
	}
}
