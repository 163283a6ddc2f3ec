package engine_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// A script is stopped in time also where one instruction takes long, and the
// state serves the next one.
func TestLongInstruction(t *testing.T) {
	s := newState(t, engine.Options{Limits: engine.Limits{Time: 20 * time.Millisecond}})
	for range 3 {
		_, err := s.Run(t.Context(), "long.lua", `while true do local t = {} t[4e6] = 1 end`)
		if engine.KindOf(err) != engine.KindDeadline || !strings.Contains(err.Error(), "20ms") {
			t.Fatalf("error %v, want the deadline's", err)
		}
		got, err := s.Run(t.Context(), "short.lua", `return 1 + 1`)
		if err != nil || len(got) != 1 || got[0] != 2.0 {
			t.Fatalf("then another script returned %v, %v", got, err)
		}
	}
}

// Go code that the script has called is never left behind, whether it runs with
// the baton or without, calls back, or belongs to another task.
func TestNativeCodeIsWaitedFor(t *testing.T) {
	t.Parallel()
	module := testModule()
	var ended bool
	stubborn := func(*engine.Call, engine.None) (engine.None, error) {
		time.Sleep(time.Second)
		ended = true
		return engine.None{}, nil
	}
	module.Funcs = append(module.Funcs,
		engine.Fn("stubborn", "Ignores its context.", stubborn),
		engine.Fn("stubborn_inline", "Ignores its context.", stubborn).AsInline())
	for name, source := range map[string]string{
		"released": `require"demo".stubborn()`,
		"inline":   `require"demo".stubborn_inline()`,
		"task":     `local d = require"demo" d.spawn(d.stubborn) d.sleep(0.001) d.sleep(100)`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended = false
				s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(module)}}).NewState(t.Context())
				defer s.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				if _, err := s.Run(ctx, "test.lua", source); engine.KindOf(err) != engine.KindDeadline {
					t.Errorf("error %v, want the deadline's", err)
				}
				if !ended {
					t.Error("Run has returned before the Go code")
				}
			})
		})
	}
}
