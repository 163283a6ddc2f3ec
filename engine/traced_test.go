package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/trace"
)

// still is a clock whose time does not pass.
type still struct{ host.Clock }

func (still) Now() time.Time { return time.Unix(1_800_000_000, 0) }

// traced runs source under a trace and returns, row by row, what happened there.
func traced(t *testing.T, source string, after func(), more ...engine.Entry) map[string]string {
	t.Helper()
	var out bytes.Buffer
	r := trace.New(&out, trace.Config{Clock: still{host.New(host.Permissions{}).Clock}, PID: 1})
	e := engine.New(engine.Options{Stdout: io.Discard, Modules: append(more, engine.Provide(testModule())), Trace: r, Trusted: true})
	s := e.NewState(t.Context())
	_, _ = s.Run(t.Context(), "main.lua", source) // what it ends with is in the trace
	if after != nil {
		after()
	}
	if cerr := s.Close(); cerr != nil {
		t.Error(cerr)
	}
	if cerr := r.Close(); cerr != nil {
		t.Error(cerr)
	}
	var events []struct {
		Ph, Name, Cat string
		TID           int
		Args          map[string]string
	}
	if jerr := json.Unmarshal(out.Bytes(), &events); jerr != nil {
		t.Fatalf("%v in\n%s", jerr, out.Bytes())
	}
	if strings.Contains(out.String(), "s3cret") {
		t.Errorf("a secret is in the trace:\n%s", out.String())
	}
	names, rows := map[int]string{}, map[string]string{}
	for _, e := range events {
		switch {
		case e.Name == "thread_name":
			names[e.TID] = e.Args["name"]
		case e.Name == "process_name":
		case e.Ph == "B":
			rows[names[e.TID]] += fmt.Sprintf("%s %s (", e.Cat, e.Name)
		case e.Ph == "E":
			rows[names[e.TID]] += ")" + e.Args["error"] + " "
		default:
			rows[names[e.TID]] += fmt.Sprintf("!%s %s ", e.Name, e.Args["error"])
		}
	}
	for name, row := range rows {
		rows[name] = strings.TrimSpace(row)
	}
	return rows
}

func same(t *testing.T, got map[string]string, want map[string]string) {
	t.Helper()
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("row %q: %s", name, got[name])
		}
	}
	for name, row := range want {
		if got[name] != row {
			t.Errorf("row %q:\n%s\nwant\n%s", name, got[name], row)
		}
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, source string
		rows         map[string]string
	}{
		{"calls", `
			demo = require "demo"
			demo.echo("inline")
			demo.sleep(0)
			print(pcall(demo.boom, "s3cret"), pcall(demo.boom))
			demo.call(function() demo.sleep(0) end)`,
			map[string]string{"main": "task main (call demo.sleep () call demo.boom ()internal call demo.call (call demo.sleep () ) )"}},
		{"tasks", `
			demo = require "demo"
			demo.spawn(function() demo.sleep(0) end)
			demo.spawn(function() demo.sleep(0) end)`,
			map[string]string{
				"main":            "task main (call demo.spawn () call demo.spawn () )",
				"task main.lua:3": "task task main.lua:3 (call demo.sleep () )",
				"task main.lua:4": "task task main.lua:4 (call demo.sleep () )",
			}},
		{"failure", `error("s3cret")`, map[string]string{"main": "task main (!cancel canceled !failed lua )lua"}},
		{"error object", `error{kind="x", message="s3cret"}`, map[string]string{"main": "task main (!cancel canceled !failed lua )lua"}},
		{"exit", `os.exit(3)`, map[string]string{"main": "task main (!cancel canceled !failed exit )exit"}},
		{"failed task", `
			local demo = require "demo"
			demo.spawn(function() error("s3cret") end)`,
			map[string]string{
				"main":            "task main (call demo.spawn () !cancel canceled !failed lua )lua",
				"task main.lua:3": "task task main.lua:3 (!failed lua )lua",
			}},
		{"loaded text", `
			local demo = require "demo"
			loadstring("local password, demo = 's3cret', ... demo.spawn(function() end)")(demo)`,
			map[string]string{"main": "task main (call demo.spawn () )", "task [string]:1": "task task [string]:1 ()"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, traced(t, c.source, nil), c.rows)
		})
	}
}

// workerModule runs functions on one worker.
func workerModule(w **engine.Worker) *engine.Module {
	return &engine.Module{
		Name: "far",
		Funcs: []*engine.Function{
			engine.Fn("run", "Run on the worker.", func(c *engine.Call, in crossIn) (*engine.Snapshot, error) {
				if *w == nil {
					made, err := c.NewWorker()
					if err != nil {
						return nil, err
					}
					made.SetName("worker 1 of pool")
					*w = made
				}
				return (*w).Run(c.Context(), in.Fn, in.Args...)
			}),
		},
	}
}

func TestTraceOfWorkers(t *testing.T) {
	t.Parallel()
	var w *engine.Worker
	rows := traced(t, `
		local demo, far = require "demo", require "far"
		local function job(n)
			local demo = require "demo"
			if n == 2 then error("s3cret") end
			demo.spawn(function() demo.sleep(0) end)
		end
		far.run(job, 1)
		print(pcall(far.run, job, 2))
		far.run(string.rep, "s3cret", 3)
		`, func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}, engine.Provide(workerModule(&w)))
	same(t, rows, map[string]string{
		"main": "task main (call far.run () call far.run ()lua call far.run () )",
		"worker 1 of pool": "job job main.lua:3 (call demo.spawn () ) " +
			"job job main.lua:3 (!cancel canceled !failed lua )lua " +
			"job job string.rep ()",
		"task main.lua:6": "task task main.lua:6 (call demo.sleep () )",
	})
}

// Calls allocate nothing for a trace, whether there is one or not.
func TestTraceAllocatesNothing(t *testing.T) {
	const calls = 2000
	measure := func(r *trace.Recorder) float64 {
		e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(testModule())}, Trace: r})
		s := e.NewState(t.Context())
		defer s.Close()
		if _, err := s.Run(t.Context(), "main.lua", `local demo = require "demo" function work(n) for i = 1, n do demo.sleep(0) end end`); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(5, func() {
			if _, err := s.Call(t.Context(), "work", calls); err != nil {
				t.Error(err)
			}
		})
	}
	r := trace.New(io.Discard, trace.Config{})
	defer r.Close()
	off, on := measure(nil), measure(r)
	if on-off > calls/10 {
		t.Errorf("%v allocations for %d calls with a trace, %v without", on, calls, off)
	}
}
