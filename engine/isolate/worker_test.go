package isolate_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/engine/shared"
)

// cell is a number that states and processes share.
type cell struct {
	mu     sync.Mutex
	n      float64
	remote *shared.Remote
}

func (c *cell) Remote() *shared.Remote { return c.remote }

func (c *cell) Serve(ctx context.Context, r *shared.Request) ([]any, error) {
	if c.remote != nil {
		return c.remote.Serve(ctx, r)
	}
	switch r.Op {
	case "add":
		by, _ := r.Args[0].(float64)
		return []any{c.change(by)}, nil
	case "wait":
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return nil, shared.ErrUnknownOp
}

func (c *cell) change(by float64) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += by
	return c.n
}

type addIn struct {
	By float64 `lua:"by" doc:"how much"`
}

func (c *cell) add(call *engine.Call, in addIn) (float64, error) {
	if c.remote == nil {
		return c.change(in.By), nil
	}
	out, err := c.remote.Call(call.Context(), "add", in.By)
	if err != nil {
		return 0, err
	}
	return out[0].(float64), nil
}

func (c *cell) wait(call *engine.Call, _ engine.None) (engine.None, error) {
	_, err := c.remote.Call(call.Context(), "wait")
	return engine.None{}, err
}

type crossIn struct {
	Fn   *engine.Snapshot   `lua:"fn" doc:"function to run in another process"`
	Args []*engine.Snapshot `lua:"args,rest" doc:"its arguments"`
}

// crossing declares a module whose over runs a function in a process.
func crossing() *engine.Module {
	t := engine.TypeOf[*cell]("cross.Cell", "A shared number.",
		engine.Method("add", "Add.", (*cell).add), engine.Method("wait", "Wait.", (*cell).wait))
	t.Shared = true
	t.Stub = func(r *shared.Remote) any { return &cell{remote: r} }
	return &engine.Module{
		Name:  "cross",
		Types: []*engine.Type{t},
		Funcs: []*engine.Function{
			engine.Fn("over", "Run in a process.", func(c *engine.Call, in crossIn) (*engine.Snapshot, error) {
				p, err := c.StartProcess(c.Context(), "w", 0)
				if err != nil {
					return nil, err
				}
				defer p.Close()
				return p.RunCancelable(c.Context(), context.Background(), in.Fn, in.Args...)
			}),
			engine.Fn("cell", "Make a cell.", func(*engine.Call, engine.None) (*cell, error) { return &cell{}, nil }),
			engine.Fn("kill", "Kill this process.", func(*engine.Call, engine.None) (engine.None, error) {
				return engine.None{}, syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
			}),
		},
	}
}

func crossModules() []engine.Entry { return []engine.Entry{{Name: "cross", Declare: crossing}} }

func runCross(t *testing.T, ctx context.Context, source string, out *bytes.Buffer) error {
	t.Helper()
	s := engine.New(engine.Options{
		Modules: crossModules(), Processes: &isolate.Workers{}, Trusted: true,
		Stdout: out, Stderr: out, Permissions: host.AllowAll(),
	}).NewState(context.Background())
	_, err := s.Run(ctx, "script", `local cross = require "cross" local over = cross.over `+source)
	if cerr := s.Close(); cerr != nil {
		t.Error(cerr)
	}
	return err
}

func TestWorkerProcess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"scalars", `print(over(function(a, b, c) return a .. b .. tostring(c) end, "x", 1, nil))`, "x1nil\n"},
		{"nothing", `print(over(function() end))`, "nil\n"},
		{"tables", `local t = {1, {2}, k = {"\0\255"}} t.self = t local r = over(function(t) t[2][1] = 9 return t end, t) print(t[2][1], r[2][1], r.self == r, r.k[1] == "\0\255")`, "2\t9\ttrue\ttrue\n"},
		{"closures", `local n = 5 local function add(x) return x + n end local function fact(n) return n < 2 and 1 or n * fact(n - 1) end print(over(function(x) return add(fact(x)) end, 5))`, "125\n"},
		{"globals", `function double(x) return 2 * x end print(over(function(x) return double(x) end, 3))`, "6\n"},
		{"functions come back", `local f = over(function(n) return function(x) return x + n end end, 3) print(f(4))`, "7\n"},
		{"shared upvalues", `local n = 0 local function inc() n = n + 1 end print(over(function() inc() inc() return n end), n)`, "2\t0\n"},
		{"modules", `print(over(function() return require("cross") ~= nil and type(cross.cell) end))`, "function\n"},
		{"error object", `local _, e = try(over, function() error(setmetatable({}, nil)) end) print(type(e))`, "table\n"},
		{"error string", `print(pcall(over, function() error("boom", 0) end))`, "false\tboom\n"},
		{"error of a module", `local _, e = try(over, function() cross.over() end) print(e.kind, e.op)`, "args.invalid\tcross.over\n"},
		{"exit", `local _, e = try(over, function() os.exit(3) end) print(e.kind)`, "worker.exit\n"},
		{"killed", `local _, e = try(over, function() cross.kill() end) print(e.kind, e.code)`, "isolate.died\tSIGKILL\n"},
		{"output", `over(function() print("from there") io.write("more\n") end)`, "from there\nmore\n"},
		{"a shared value", `local c = cross.cell() print(over(function(c) c:add(2) return c:add(3) end, c), c:add(1))`, "5\t6\n"},
		{"a shared value comes home", `local c = cross.cell() over(function(c) return c end, c):add(1) print(c:add(1))`, "2\n"},
		{"a shared value of a third process", `local c = cross.cell() print(over(function(c) return cross.over(function(c) return c:add(4) end, c) end, c), c:add(1))`, "4\t5\n"},
		{"a coroutine is refused", `local _, e = try(over, function() return coroutine.create(print) end) print(e.kind, e.target)`, "copy.refused\tresult\n"},
		{"nested", `print(over(function() return cross.over(function() return "deep" end) end))`, "deep\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := runCross(t, ctx, tt.source, &out); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if out.String() != tt.want {
				t.Errorf("printed %q, want %q", out.String(), tt.want)
			}
		})
	}
}

// What a job does when its script's deadline passes: it is stopped where it is,
// and killed if that does not help.
func TestWorkerProcessDeadline(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"a loop":                   `over(function() while true do end end)`,
		"a wait in this process":   `local c = cross.cell() over(function(c) c:wait() end, c)`,
		"a loop that swallows all": `over(function() while true do pcall(function() while true do end end) end end)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err := runCross(t, ctx, source, &out)
			if engine.KindOf(err) != "limit.deadline" {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// A child that writes what it never should ends the job with a named error.
func TestWorkerProcessGarbage(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"garbage": "echo some garbage >&4; sleep 60",
		"nothing": "exit 7",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := engine.New(engine.Options{
				Modules: crossModules(), Processes: &isolate.Workers{Command: []string{"sh", "-c", script}},
			}).NewState(context.Background())
			defer s.Close()
			_, err := s.Run(t.Context(), "script", `require("cross").over(print)`)
			if !strings.HasPrefix(engine.KindOf(err), "isolate.") {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// A job there and back.
func BenchmarkWorkerProcess(b *testing.B) {
	many := &engine.Module{Name: "many", Funcs: []*engine.Function{
		engine.Fn("run", "Run many jobs.", func(c *engine.Call, in crossIn) (engine.None, error) {
			p, err := c.StartProcess(c.Context(), "w", 0)
			if err != nil {
				return engine.None{}, err
			}
			defer p.Close()
			for i := range b.N + 1 {
				if i == 1 {
					b.ResetTimer()
				}
				if _, err := p.RunCancelable(c.Context(), context.Background(), in.Fn, in.Args...); err != nil {
					return engine.None{}, err
				}
			}
			b.StopTimer()
			return engine.None{}, nil
		}),
	}}
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(many)}, Processes: &isolate.Workers{}, Trusted: true,
	}).NewState(b.Context())
	defer s.Close()
	b.ReportAllocs()
	if _, err := s.Run(b.Context(), "bench", `require("many").run(function(x) return x end, 7)`); err != nil {
		b.Fatal(err)
	}
}
