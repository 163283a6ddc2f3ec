package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// row is a value with numbers by index; reading the first waits for a signal.
type row struct {
	cells [3]float64
	ready chan struct{}
}

type cellIn struct {
	I int `lua:"i" doc:"which"`
}

type setCellIn struct {
	I int     `lua:"i" doc:"which"`
	V float64 `lua:"v" doc:"the value"`
}

type partsIn struct {
	Head *engine.Func   `lua:"head" doc:"a function"`
	Rest []engine.Value `lua:"rest,rest" doc:"more"`
	Mark string         `lua:"mark,opt" default:"-" doc:"an option"`
}

func rowModule() *engine.Module {
	inside := func(i int) error {
		if i < 1 || i > 3 {
			return engine.Invalid("no cell %d", i)
		}
		return nil
	}
	t := engine.TypeOf[*row]("rows.Row", "A row.",
		engine.Access("__len", "Count.", func(*row, *engine.Call, engine.None) (int, error) { return 3, nil }),
		engine.Access("__index", "Read.", func(r *row, c *engine.Call, in cellIn) (float64, error) {
			if err := inside(in.I); err != nil {
				return 0, err
			}
			if in.I == 1 {
				return r.cells[0], c.Wait(func(ctx context.Context) error {
					select {
					case <-r.ready:
						return nil
					case <-ctx.Done():
						return context.Cause(ctx)
					}
				})
			}
			return r.cells[in.I-1], nil
		}),
		engine.Access("__newindex", "Set.", func(r *row, _ *engine.Call, in setCellIn) (engine.None, error) {
			if err := inside(in.I); err != nil {
				return engine.None{}, err
			}
			r.cells[in.I-1] = in.V
			return engine.None{}, nil
		}),
		engine.Method("signal", "Let the first be read.", func(r *row, _ *engine.Call, _ engine.None) (engine.None, error) {
			close(r.ready)
			return engine.None{}, nil
		}),
		engine.Prop("name", "Its name.", func(*row) string { return "r" }),
	)
	plain := engine.TypeOf[*int]("rows.Plain", "A type with methods only.", engine.Method("hello", "Say it.", func(*int, *engine.Call, engine.None) (string, error) { return "hello", nil }))
	return &engine.Module{Name: "rows", Types: []*engine.Type{t, plain}, Funcs: []*engine.Function{
		engine.Fn("new", "Make.", func(*engine.Call, engine.None) (*row, error) { return &row{ready: make(chan struct{})}, nil }),
		engine.Fn("plain", "Make.", func(*engine.Call, engine.None) (*int, error) { return new(int), nil }),
		engine.Fn("spawn", "Spawn.", func(c *engine.Call, in partsIn) (*engine.Task, error) { return c.Spawn(in.Head), nil }).AsInline(),
		engine.Fn("parts", "Count.", func(_ *engine.Call, in partsIn) (engine.Multi, error) {
			return engine.Multi{len(in.Rest), in.Mark}, nil
		}),
	}}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"read, set and count", `r[2] = 5 print(r[2], r[3], #r, r.name)`, "5\t0\t3\tr\n"},
		{"outside", `print(select(2, pcall(function() return r[4] end))) print(select(2, pcall(function() r[0] = 1 end)))`, "rows.Row[i]: no cell 4\nrows.Row[i] = b: no cell 0\n"},
		{"no numbers", `print(select(2, pcall(function() return r[{}] end)).kind, select(2, pcall(function() r[2] = "x" end)).kind, select(2, pcall(function() r.x = 1 end)).kind)`, "args.invalid\targs.invalid\targs.invalid\n"},
		{"unknown names", `print(select(2, pcall(function() return r.nmae end)).hint)`, "did you mean 'name'?\n"},
		{"a read that waits lets others run", `rows.spawn(function() r:signal() end) print(r[1])`, "0\n"},
		{"methods only", `local p = rows.plain() print(p:hello(), select(2, pcall(function() return p.helo end)).hint, select(2, pcall(function() return p[1] end)))`, "hello\tdid you mean 'hello'?\trows.Plain has no entry 1\n"},
		{"further arguments by name", `print(rows.parts(print, 1, 2)) print(rows.parts{print, rest={1, 2, 3}, mark="x"}) print(rows.parts{head=print})`, "2\t-\n3\tx\n0\t-\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			s := engine.New(engine.Options{Stdout: &out, Modules: []engine.Entry{engine.Provide(rowModule())}}).NewState(t.Context())
			defer s.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err := s.Run(ctx, "test.lua", `local rows = require "rows" local r = rows.new() `+tt.source)
			if err != nil || out.String() != tt.want {
				t.Errorf("printed %q, %v; want %q", out.String(), err, tt.want)
			}
		})
	}
}
