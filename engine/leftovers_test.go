package engine_test

import (
	"io"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// door is a handle whose methods may be called with a dot while one is open.
type door struct {
	engine.Identity
	name   string
	closed bool
}

func (d *door) Close() error   { d.closed = true; return nil }
func (d *door) String() string { return "door " + d.name }

type doorIn struct {
	Name string `lua:"name" doc:"its name"`
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	var (
		mark engine.Mark
		last *door
	)
	doors := engine.TypeOf[*door]("door.Door", "A door.",
		engine.Method("is", "Tell the name.", func(d *door, _ *engine.Call, in doorIn) (string, error) { return d.name + in.Name, nil }).AsInline())
	doors.Implied = func(_, first any) (any, bool) {
		text, _ := first.(engine.Value).Text()
		return last, text == "self"
	}
	m := &engine.Module{Name: "door", Types: []*engine.Type{doors}, Funcs: []*engine.Function{
		engine.Fn("open", "Open.", func(_ *engine.Call, in doorIn) (*door, error) { last = &door{name: in.Name}; return last, nil }),
		engine.Fn("mark", "Mark.", func(c *engine.Call, _ engine.None) (engine.None, error) { mark = c.Mark(); return engine.None{}, nil }),
		engine.Fn("since", "End what came since.", func(c *engine.Call, _ engine.None) (string, error) {
			var names []string
			for _, l := range c.Since(mark) {
				names = append(names, l.Kind+" "+l.Name)
				if err := l.End(); err != nil {
					return "", err
				}
			}
			return strings.Join(names, ", "), nil
		}),
		engine.Fn("adder", "Make a function.", func(c *engine.Call, _ engine.None) (engine.Value, error) {
			return c.NewFunction("add", func(_ *engine.Call, args []engine.Value) (any, error) {
				sum := 0.0
				for _, a := range args {
					n, ok := a.Number()
					if !ok {
						return nil, engine.Invalid("%s is no number", a.Describe())
					}
					sum += n
				}
				return sum, nil
			}), nil
		}).AsInline(),
	}}
	h := host.New(host.AllowAll(), host.Config{Stdout: io.Discard})
	defer h.Close()
	s := engine.New(engine.Options{Trusted: true, Modules: []engine.Entry{engine.Provide(m)}}).NewStateOn(t.Context(), h)
	defer s.Close()
	out, err := s.RunText(t.Context(), "x.lua", "/nowhere/x.lua", `
		local door = require "door"
		local kept = door.open("kept")
		door.mark()
		local before = door.since()
		local new = door.open("new")
		local since, again = door.since(), door.since()
		local add = door.adder()
		local ok, e = pcall(add, 1, "x")
		return before, since, again, new.is("!"), new.is("self", "?"), kept:is("."), add(1, 2, 3), ok, e.kind, e.message`)
	if err != nil {
		t.Fatal(err)
	}
	want := []any{"", "handle door new", "", "new!", "new?", "kept.", 6.0, false, "args.invalid", `"x" is no number`}
	for i := range want {
		if i >= len(out) || out[i] != want[i] {
			t.Errorf("result %d is %v, want %v", i+1, out[i:], want[i])
			break
		}
	}
	if !last.closed {
		t.Error("the door that came since the mark is open")
	}
}
