package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// run runs source with the test modules and returns what it printed.
func run(t *testing.T, source string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	e := engine.New(engine.Options{Stdout: &out, Stderr: &out, Modules: []engine.Entry{engine.Provide(testModule())}, Grace: 200 * time.Millisecond})
	s := e.NewState(t.Context())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", source)
	return out.String(), err
}

type sleepIn struct {
	For engine.Duration `lua:"seconds" doc:"how long"`
}

type echoIn struct {
	Text  string          `lua:"text" doc:"what to say"`
	Times int             `lua:"times,opt" default:"1" doc:"how often"`
	Sep   string          `lua:"sep,opt" enum:"comma|space" default:"comma" doc:"between"`
	Limit engine.Duration `lua:"limit,opt" default:"1s" doc:"unused"`
}

type spawnIn struct {
	Fn   *engine.Func `lua:"fn" doc:"what to run"`
	Args []any        `lua:"args,rest" doc:"its arguments"`
}

func testModule() *engine.Module {
	gate := make(chan struct{})
	var waiting atomic.Int64
	return &engine.Module{
		Name: "demo",
		Funcs: []*engine.Function{
			engine.Fn("sleep", "Sleep.", func(c *engine.Call, in sleepIn) (engine.None, error) {
				return engine.None{}, c.Host().Clock.Sleep(c.Context(), in.For.Std())
			}),
			engine.Fn("echo", "Say it.", func(c *engine.Call, in echoIn) (string, error) {
				sep := map[string]string{"comma": ",", "space": " "}[in.Sep]
				return strings.TrimSuffix(strings.Repeat(in.Text+sep, in.Times), sep), nil
			}).AsInline(),
			engine.Fn("spawn", "Run beside.", func(c *engine.Call, in spawnIn) (engine.None, error) {
				c.Spawn(in.Fn, in.Args...)
				return engine.None{}, nil
			}),
			engine.Fn("wait", "Wait until the gate is open.", func(c *engine.Call, _ engine.None) (engine.None, error) {
				waiting.Add(1)
				select {
				case <-gate:
				case <-c.Context().Done():
				}
				return engine.None{}, c.Context().Err()
			}),
			engine.Fn("waiting", "Count those that wait.", func(*engine.Call, engine.None) (int64, error) { return waiting.Load(), nil }).AsInline(),
			engine.Fn("open", "Open the gate.", func(*engine.Call, engine.None) (engine.None, error) {
				close(gate)
				return engine.None{}, nil
			}),
			engine.Fn("boom", "Panic.", func(*engine.Call, engine.None) (engine.None, error) { panic("boom") }),
			engine.Fn("boom_beside", "Panic on a goroutine.", func(c *engine.Call, _ engine.None) (engine.None, error) {
				failed := make(chan error, 1)
				c.Go(func() { panic("boom") }, func(err error) { failed <- err })
				return engine.None{}, <-failed
			}),
			engine.Fn("call", "Call back.", func(c *engine.Call, in spawnIn) (any, error) { return c.Invoke(in.Fn, "cb") }),
		},
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"print", `print("a", 1, nil, true)`, "a\t1\tnil\ttrue\n"},
		{"caught errors leave live locals alone", `local n=0 local f=function() n=n+1 end pcall(function() f() error'x' end) f() print(n)`, "2\n"},
		{"pcall", `print(pcall(error, "x", 0)) print(pcall(function(...) return ... end, 1, 2))`, "false\tx\ntrue\t1\t2\n"},
		{"xpcall", `print(xpcall(function(a) error("x", 0) end, function(m) return m.."!" end))`, "false\tx!\n"},
		{"try", `print(try(error, {})) print(try(function() return 5 end))`, ""},
		{"with", `local r = {close=function() print "closed" end} print(pcall(with, r, function(x) error("in", 0) end))`, "closed\nfalse\tin\n"},
		{"finally", `finally(function() print "a" end, function() print "b" end)`, "a\nb\n"},
		{"module", `local d = require "demo" print(d.echo("a", {times=3})) print(d.echo{text="b", times=2, sep="space"})`, "a,a,a\nb b\n"},
		{"callback", `print(require"demo".call(function(x) return x.."!" end))`, "cb!\n"},
		{"tasks", `local d = require "demo" local turn = 3 for i=1,3 do d.spawn(function(n) while turn ~= n do d.sleep(0.0001) end io.write(n, " ") turn = n - 1 end, i) end`, "3 2 1 "},
		{"await inside pcall", `local d = require "demo" print(pcall(function() d.sleep(0.001) return 1 end))`, "true\t1\n"},
		{"await inside sort", `local d = require "demo" local t={3,1,2} table.sort(t, function(a,b) d.sleep(0.0001) return a<b end) print(table.concat(t,","))`, "1,2,3\n"},
		{"coroutines", `local co = coroutine.wrap(function(a) local b = coroutine.yield(a+1) return b*2 end) print(co(1), co(10))`, "2\t20\n"},
		{"await inside coroutine", `local d = require "demo" local co = coroutine.wrap(function() d.sleep(0.001) coroutine.yield(1) d.sleep(0.001) return 2 end) print(co(), co())`, "1\t2\n"},
		{"pcall of panic", `local ok, e = pcall(require"demo".boom) print(ok, e.kind, e.op)`, "false\tinternal\tdemo.boom\n"},
		{"pcall of panic on a goroutine", `local ok, e = pcall(require"demo".boom_beside) print(ok, e.kind, e.op) print(pcall(require"demo".echo, "on"))`, "false\tinternal\tdemo.boom_beside\ntrue\ton\n"},
		{"unknown option", `local ok, e = pcall(require"demo".echo, "a", {tmies=3}) print(e, e.kind, e.hint)`, "demo.echo: unknown option 'tmies'\targs.unknown\tdid you mean 'times'?\n"},
		{"unknown function", `local ok, e = pcall(function() return require"demo".ehco end) print(e, e.hint)`, "the module demo has no 'ehco'\tdid you mean 'echo'?\n"},
		{"wrong type", `print(select(2, pcall(require"demo".echo, {}, {}))) print(select(2, pcall(require"demo".echo)))`, ""},
		{"deep recursion", `local function f(n) if n == 0 then return 0 end return 1 + f(n-1) end print(f(3900))`, "3900\n"},
		{"stack overflow", `local function f() return 1 + f() end local ok, e = pcall(f) print(ok, e.kind)`, "false\tlimit.stack\n"},
		{"resume of an ancestor", `local a a=coroutine.create(function() local b=coroutine.create(function() print(coroutine.resume(a)) end) coroutine.resume(b) end) coroutine.resume(a)`, "false\tcannot resume non-suspended coroutine\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, tt.source)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if tt.want == "" {
				t.Log(out)
			} else if out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"loop":      `while true do end`,
		"pcall":     `while true do pcall(function() while true do end end) end`,
		"coroutine": `coroutine.wrap(function() while true do end end)()`,
		"sleep":     `require"demo".sleep(100)`,
		"tail call": `local function f(...) return f(1, ...) end f()`,
		"task":      `require"demo".spawn(function() while true do end end)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(testModule())}}).NewState(t.Context())
			defer s.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := s.Run(ctx, "test.lua", source)
			if engine.KindOf(err) != engine.KindDeadline {
				t.Errorf("error %v, want kind %s", err, engine.KindDeadline)
			}
			if d := time.Since(start); d > 150*time.Millisecond {
				t.Errorf("stopped after %v", d)
			}
		})
	}
}

func TestSearchPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "here.lua"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s := engine.New(engine.Options{Dir: dir, Permissions: host.Permissions{}.Allow(host.Read, dir)}).NewState(context.Background())
	defer s.Close()
	if _, err := s.Run(context.Background(), "searchpath", `
		assert(package.searchpath("here", "no/?.lua;?.lua") == "here.lua")
		local file, tried = package.searchpath("a-b", "?;?/x", "-", "+")
		assert(file == nil and tried == "\n\tno file 'a+b'\n\tno file 'a+b/x'", tried)
		local ok, e = pcall(package.searchpath, "passwd", "/etc/?")
		assert(not ok and e.kind == "permission.denied")`); err != nil {
		t.Error(err)
	}
}
