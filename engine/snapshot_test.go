package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

type crossIn struct {
	Fn   *engine.Snapshot   `lua:"fn" doc:"function to run in another state"`
	Args []*engine.Snapshot `lua:"args,rest" doc:"its arguments"`
}

// crossModule runs a function in another state and returns what it returns.
func crossModule() *engine.Module {
	type thing struct{ name string }
	return &engine.Module{
		Name: "cross",
		Types: []*engine.Type{
			engine.TypeOf[*thing]("cross.Thing", "A handle."),
		},
		Funcs: []*engine.Function{
			engine.Fn("over", "Run elsewhere.", func(c *engine.Call, in crossIn) (*engine.Snapshot, error) {
				w, err := c.NewWorker()
				if err != nil {
					return nil, err
				}
				defer w.Close()
				return w.Run(c.Context(), in.Fn, in.Args...)
			}),
			engine.Fn("thing", "Make a handle.", func(*engine.Call, engine.None) (*thing, error) { return &thing{"x"}, nil }),
		},
	}
}

func TestCrossing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"scalars", `print(over(function(a, b) return a .. b end, "x", 1))`, "x1\n"},
		{"tables are copied", `local t = {1, {2}} local r = over(function(t) t[2][1] = 9 return t end, t) print(t[2][1], r[2][1])`, "2\t9\n"},
		{"cycles are kept", `local t = {} t.self = t local r = over(function(t) return t end, t) print(r.self == r, r ~= t)`, "true\ttrue\n"},
		{"shared references are kept", `local s = {} local r = over(function(t) return t end, {s, s}) print(r[1] == r[2])`, "true\n"},
		{"upvalues", `local n = 5 local function add(x) return x + n end print(over(function(x) return add(x) end, 1))`, "6\n"},
		{"recursive locals", `local function fact(n) return n < 2 and 1 or n * fact(n - 1) end print(over(fact, 5))`, "120\n"},
		{"shared upvalues stay shared", `local n = 0 local function inc() n = n + 1 end print(over(function() inc() inc() return n end), n)`, "2\t0\n"},
		{"globals", `function double(x) return 2 * x end function twice(x) return double(double(x)) end print(over(function(x) return twice(x) end, 3))`, "12\n"},
		{"standard functions", `local up = string.upper print(over(function(s) return up(s) .. #s end, "a"))`, "A1\n"},
		{"a replaced standard name", `local real = tostring function tostring(x) return "<" .. real(x) .. ">" end print(over(function(x) return tostring(x) end, 1))`, "<1>\n"},
		{"modules", `local demo = require "demo" local echo = demo.echo print(over(function(x) return echo(x) .. demo.echo(x) end, "a"))`, "aa\n"},
		{"functions come back", `local f = over(function() local n = 1 return function() n = n + 1 return n end end) print(f(), f())`, "2\t3\n"},
		{"errors", `local ok, e = pcall(over, function() require("demo").boom() end) print(ok, e.kind, e.op)`, "false\tinternal\tdemo.boom\n"},
		{"a handle is refused", `local c = require("cross").thing() local ok, e = pcall(over, print, {conn=c}) print(e.kind, e)`,
			"copy.refused\tcross.over args[1].conn: a cross.Thing stays in the state that opened it; open it inside the worker\n"},
		{"a handle in an upvalue is refused", `local c = require("cross").thing() local ok, e = pcall(over, function() return c end) print(e.kind, e.target)`,
			"copy.refused\tfn (upvalue c)\n"},
		{"a coroutine is refused", `local ok, e = pcall(over, print, coroutine.create(print)) print(e.kind)`, "copy.refused\n"},
		{"a metatable is refused", `local ok, e = pcall(over, print, setmetatable({}, {})) print(e.kind)`, "copy.refused\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			s := engine.New(engine.Options{Stdout: &out, Modules: []engine.Entry{engine.Provide(testModule()), engine.Provide(crossModule())}}).NewState(t.Context())
			defer s.Close()
			_, err := s.Run(t.Context(), "test.lua", `local over = require("cross").over `+tt.source)
			if err != nil || out.String() != tt.want {
				t.Errorf("printed %q, %v; want %q", out.String(), err, tt.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"plain error", "local x = 1\nlocal function f()\n  error('boom')\nend\nf()", `error: boom
  at test.lua:3

  1 | local x = 1
  2 | local function f()
> 3 |   error('boom')
    |   ^^^^^^^^^^^^^
  4 | end
  5 | f()

traceback:
  test.lua:3: in function 'f'
  test.lua:5: in main chunk
`},
		{"error object", "local demo = require 'demo'\ndemo.echo('a', {tmies=1})", `error: demo.echo: unknown option 'tmies' [args.unknown]
  at test.lua:2

  1 | local demo = require 'demo'
> 2 | demo.echo('a', {tmies=1})
    | ^^^^^^^^^

hint: did you mean 'times'?
`},
		{"syntax", "local x = 1\nlocal y = = 2", `error: syntax error near '=' [syntax]
  at test.lua:2

  1 | local x = 1
> 2 | local y = = 2
    |           ^
`},
		{"a table with a message", "error{message='disk full', code=7}", `error: disk full
  at test.lua:1

> 1 | error{message='disk full', code=7}
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`},
		{"a table without one", "error{code=7, 'x', deep={}}", `error: error object is a table: {"x", code=7, …}
  at test.lua:1

> 1 | error{code=7, 'x', deep={}}
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
`},
		{"a stack that overflows", "local function down(n)\n  return 1 + down(n)\nend\ndown(1)", `error: stack overflow: more than 4088 calls inside one another [limit.stack]
  at test.lua:2

  1 | local function down(n)
> 2 |   return 1 + down(n)
    |   ^^^^^^^^^^^^^^^^^^
  3 | end
  4 | down(1)

hint: a function calls itself without end, or too deep; use a loop
`},
		{"end missing", "if true then\n  print(1)\n", `error: 'end' expected (to close 'if' at line 1) near <eof> [syntax]
  at test.lua:2

  1 | if true then
> 2 |   print(1)
    |   ^^^^^^^^
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(testModule())}})
			s := e.NewState(context.Background())
			defer s.Close()
			_, err := s.Run(t.Context(), "test.lua", tt.source)
			if err == nil {
				t.Fatal("no error")
			}
			var b strings.Builder
			e.Report(err).Text(&b, false)
			if b.String() != tt.want {
				t.Errorf("report:\n%s\nwant:\n%s", b.String(), tt.want)
			}
		})
	}
}
