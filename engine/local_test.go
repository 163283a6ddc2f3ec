package engine_test

import (
	"bytes"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

type tallyKey struct{}

type tally struct{ n, closed int }

func (c *tally) Close() error { c.closed++; return nil }

func TestLocalBelongsToTheState(t *testing.T) {
	t.Parallel()
	var made []*tally
	m := &engine.Module{Name: "demo", Funcs: []*engine.Function{
		engine.Fn("count", "Count.", func(c *engine.Call, _ engine.None) (int, error) {
			v := c.Local(tallyKey{}, func() any {
				made = append(made, &tally{})
				return made[len(made)-1]
			}).(*tally)
			v.n++
			return v.n, nil
		}).AsInline(),
	}}
	e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(m)}})
	for range 2 {
		s := e.NewState(t.Context())
		results, err := s.Run(t.Context(), "test.lua", `local d = require "demo" d.count() return d.count()`)
		if err != nil || len(results) != 1 || results[0] != 2.0 {
			t.Errorf("results %v, %v; want 2", results, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(made) != 2 || made[0].closed != 1 || made[1].closed != 1 {
		t.Errorf("made %d values, want 2, each closed once: %+v", len(made), made)
	}
}

func TestHandlerExits(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := &engine.Module{Name: "demo", Funcs: []*engine.Function{
		engine.Fn("leave", "Leave.", func(*engine.Call, engine.None) (engine.None, error) { return engine.None{}, engine.Exit(7) }),
	}}
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(m)}, Stdout: &out}).NewState(t.Context())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", `
		pcall(finally, function() require("demo").leave() end, function() print("cleaned up") end)
		print("caught")`)
	if code, ok := engine.ExitCode(err); !ok || code != 7 || out.String() != "cleaned up\n" {
		t.Errorf("error %v, printed %q", err, out.String())
	}
}
