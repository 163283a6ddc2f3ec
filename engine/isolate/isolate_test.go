//go:build unix

package isolate_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
)

// The test binary is its own child, but under the race detector, whose shadow
// memory no limit leaves room for: then a child is built without it.
var command []string

func TestMain(m *testing.M) {
	isolate.Child(engine.Options{Modules: crossModules()})
	if actAsHelper() {
		return
	}
	os.Exit(func() int {
		if raceEnabled() {
			dir, err := os.MkdirTemp("", "isolate")
			if err != nil {
				panic(err)
			}
			defer os.RemoveAll(dir)
			command = []string{filepath.Join(dir, "child")}
			build := exec.Command("go", "build", "-o", command[0], "./testdata/child")
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				panic(string(out))
			}
		}
		code := m.Run()
		if err := goleak.Find(); code == 0 && err != nil {
			println(err.Error())
			code = 1
		}
		return code
	}())
}

func raceEnabled() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

func config() isolate.Config {
	return isolate.Config{Command: command, Options: engine.Options{Limits: engine.Limits{Memory: 128 << 20}}}
}

// run runs a script with a deadline that no test should meet.
func run(t *testing.T, c isolate.Config, source string, args ...any) ([]any, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return isolate.Run(ctx, c, "script", source, args...)
}

func TestResults(t *testing.T) {
	t.Parallel()
	c := config()
	got, err := run(t, c, `
		local t, s, yes, no, none = ...
		assert(t.list[2] == "b" and s == "a\0\255" and yes and no == false and none == nil)
		return s, t.n + 1, yes, nil, {1, {k="v"}}, 1/0, {}`,
		map[string]any{"list": []string{"a", "b"}, "n": 41}, "a\x00\xff", true, false)
	if err != nil {
		t.Fatal(err)
	}
	if got[0] != "a\x00\xff" || got[1] != 42.0 || got[2] != true || got[3] != nil || len(got) != 7 {
		t.Errorf("got %#v", got)
	}
	list := got[4].(engine.List)
	if v, _ := list[1].(engine.Object).Get("k"); list[0] != 1.0 || v != "v" {
		t.Errorf("got %#v", list)
	}
	if got, err := run(t, c, ""); len(got) != 0 || err != nil {
		t.Errorf("an empty script: %v, %v", got, err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source, kind, message string
		line                        int
	}{
		{"plain", "local x = 1\nerror('no luck')", "lua", "no luck", 2},
		{"table", "error({})", "lua", "table", 1},
		{"syntax", "x = = 1", "syntax", "", 1},
		{"denied", "\nio.open('/etc/passwd')", "permission.denied", "/etc/passwd", 2},
		{"runtime", "local t\n\nt.x = 1", "lua", "nil", 3},
		{"function", "return {f=print}", "copy.refused", "plain data", 0},
		{"large result", "local t = {} for i = 1, 40 do t[i] = ('x'):rep(1e5) end return t", "limit.result", "1 MiB", 0},
		{"large error", "error(('x'):rep(2e6))", "lua", "xxx", 0},
		{"not valid UTF-8", `error("\255\0z", 0)`, "lua", "\xff\x00z", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := config()
			c.Result = 1 << 20
			_, err := run(t, c, tt.source)
			var e *engine.Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !strings.Contains(e.Message, tt.message) {
				t.Fatalf("got %#v", err)
			}
			r := engine.New(engine.Options{}).Report(err)
			if tt.line > 0 && (r.Line != tt.line || r.File != "script" || len(r.Excerpt) == 0 || r.Width == 0) {
				t.Errorf("report %+v", r)
			}
			if tt.kind == "lua" && tt.line > 0 && e.Traceback == "" {
				t.Error("no traceback")
			}
		})
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	_, err := run(t, config(), "pcall(os.exit, 7)")
	if code, ok := engine.ExitCode(err); !ok || code != 7 {
		t.Errorf("got %v", err)
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := config()
	c.Options.Stdin, c.Options.Stdout, c.Options.Stderr = strings.NewReader("one\ntwo\n"), &out, &out
	_, err := run(t, c, `
		for line in io.lines() do io.write("out ", line, "\n") io.stderr:write("err ", line, "\n") end
		io.write(("x"):rep(100000))`)
	want := "out one\nerr one\nout two\nerr two\n" + strings.Repeat("x", 100000)
	if err != nil || out.String() != want {
		t.Errorf("got %d bytes, %v: %.80q", out.Len(), err, out.String())
	}

	c.Options.Stdin, c.Options.Stdout = nil, failing{}
	_, err = run(t, c, "while true do print(1) end")
	if !errors.Is(err, errFull) {
		t.Errorf("a writer that fails: %v", err)
	}

	path := filepath.Join(t.TempDir(), "out")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c.Options.Stdout, c.Options.Stderr = f, f
	_, err = run(t, c, `io.write("a") io.stderr:write("b") io.write("c")`)
	if data, _ := os.ReadFile(path); err != nil || string(data) != "abc" {
		t.Errorf("into a file: %q, %v", data, err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestPermissions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("in a, b"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config()
	c.Options.Permissions = c.Options.Permissions.Allow(host.Read, dir).Allow(host.Env, "A*")
	c.Options.Env = []string{"AB=\xff", "B=2"}
	got, err := run(t, c, "return io.open(...):read('*a'), os.getenv('AB'), (pcall(os.getenv, 'B')), os.getenv('GSCRIPT_ISOLATED')", file)
	if engine.KindOf(err) != engine.KindDenied {
		t.Errorf("the marker: %v, %v", got, err)
	}
	got, err = run(t, c, "return io.open(...):read('*a'), os.getenv('AB'), (pcall(os.getenv, 'B'))", file)
	if err != nil || got[0] != "in a, b" || got[1] != "\xff" || got[2] != false {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"loop":  "\nwhile true do pcall(function() while true do end end) end",
		"input": "io.read()",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			defer w.Close()
			c := config()
			c.Options.Stdin = r
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			start := time.Now()
			_, err = isolate.Run(ctx, c, "script", source)
			var e *engine.Error
			if !errors.As(err, &e) || e.Kind != engine.KindDeadline {
				t.Fatalf("got %v", err)
			}
			if name == "loop" && !strings.Contains(e.Traceback, "script:2") {
				t.Errorf("traceback %q", e.Traceback)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ready := make(chan struct{})
	c := config()
	c.Options.Stdout = writerFunc(func(data []byte) (int, error) {
		if out.Len() == 0 {
			close(ready)
		}
		return out.Write(data)
	})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	c.Options.Stdin = r
	p, err := isolate.Start(t.Context(), c, isolate.Script{Name: "script", Source: `
		with({close=function() print("cleaned up") end}, function() print("ready") io.read() end)`})
	if err != nil {
		t.Fatal(err)
	}
	<-ready
	why := errors.New("enough")
	p.Interrupt(why)
	if _, err = p.Wait(); !errors.Is(err, why) || engine.KindOf(err) != engine.KindCanceled {
		t.Errorf("got %v", err)
	}
	if out.String() != "ready\ncleaned up\n" {
		t.Errorf("printed %q", out.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(data []byte) (int, error) { return f(data) }

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*isolate.Config)
		args   []any
		kind   string
	}{
		"host":      {func(c *isolate.Config) { c.Options.Host = host.New(host.Permissions{}) }, nil, engine.KindInvalid},
		"memory":    {func(c *isolate.Config) { c.Options.Limits.Memory = 1 << 20 }, nil, engine.KindInvalid},
		"scope":     {func(c *isolate.Config) { c.Options.Permissions = host.Permissions{}.Allow(host.Env, "a*b") }, nil, engine.KindInvalid},
		"arguments": {func(*isolate.Config) {}, []any{func() {}}, "copy.refused"},
		"missing":   {func(c *isolate.Config) { c.Command = []string{"/nowhere/x"} }, nil, isolate.KindStart},
		"other":     {func(c *isolate.Config) { c.Command = []string{"true"} }, nil, isolate.KindStart},
		"garbage":   {func(c *isolate.Config) { c.Command = []string{"sh", "-c", "echo some garbage >&4; sleep 60"} }, nil, isolate.KindProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config()
			tt.change(&c)
			_, err := run(t, c, "return 1", tt.args...)
			if engine.KindOf(err) != tt.kind {
				t.Errorf("got %v", err)
			}
		})
	}
}
