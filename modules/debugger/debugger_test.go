package debugger_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/debugger"
	"github.com/gscript-lang/gscript/modules/pool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tty is a terminal where somebody types.
type tty struct {
	host.Terminal
	in  io.Reader
	out *text
	is  bool
}

func (t *tty) Stdin() io.Reader    { return t.in }
func (t *tty) Stderr() io.Writer   { return t.out }
func (t *tty) IsTerminal(int) bool { return t.is }
func (t *tty) Color(int) bool      { return false }

// text is a buffer that several goroutines write to.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// run runs a script on a terminal where typed is typed.
func run(t *testing.T, source, typed string, change func(*tty, *host.Config)) (shown, logged string, err error) {
	t.Helper()
	var log text
	config := host.Config{Log: slog.New(slog.NewTextHandler(&log, nil)), Stdout: io.Discard}
	term := &tty{in: strings.NewReader(typed), out: &text{}, is: true}
	if change != nil {
		change(term, &config)
	}
	world := host.New(host.AllowAll(), config)
	defer world.Close()
	term.Terminal = world.Terminal
	world.Terminal = term
	e := engine.New(engine.Options{Host: world, Trusted: true, Modules: []engine.Entry{{Name: "debugger", Declare: debugger.Module}, {Name: "pool", Declare: pool.Module}}})
	s := e.NewState(t.Context())
	_, err = s.Run(context.Background(), "main.lua", `local debugger = require "debugger" `+source)
	if cerr := s.Close(); cerr != nil {
		t.Error(cerr)
	}
	return term.out.String(), log.String(), err
}

func TestStopStartsTheDebuggerOnATerminal(t *testing.T) {
	t.Parallel()
	shown, logged, err := run(t, "local x = 3\ndebugger.stop()\nassert(x == 4)\ndebugger.stop()\nreturn x", "p x\nx = 4\nl\nnext\nc\np x + 1\nc\n", nil)
	if err != nil || logged != "" {
		t.Fatal(err, logged)
	}
	for _, want := range []string{"main.lua:2 in main chunk: debugger.stop", "-> 2 | debugger.stop()", "(gscript) 3\n", "main.lua:3 in main chunk: step", "main.lua:4 in main chunk: debugger.stop", "(gscript) 5\n"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in\n%s", want, shown)
		}
	}
}

func TestEndOfInputGoesOn(t *testing.T) {
	t.Parallel()
	shown, _, err := run(t, "debugger.stop() debugger.stop()", "", nil)
	if err != nil || strings.Count(shown, "the script goes on without the debugger") != 1 {
		t.Errorf("ended with %v and showed\n%s", err, shown)
	}
}

func TestQuitEndsTheScript(t *testing.T) {
	t.Parallel()
	_, _, err := run(t, "debugger.stop() while true do end", "quit\n", nil)
	if !errors.Is(err, debug.ErrQuit) {
		t.Errorf("ended with %v", err)
	}
}

func TestStopInPoolWorkers(t *testing.T) {
	t.Parallel()
	shown, _, err := run(t, `local pool = require "pool"
local p = pool.new{workers = 1}
local r = p:map(function(n)
  require "debugger".stop()
  return n
end, {7, 8})
p:close()
assert(r[1] == 70 and r[2] == 80, r[1])`, "n = n * 10\nc\nn = n * 10\nc\n", nil)
	if err != nil || strings.Count(shown, "debugger.stop\n") != 2 {
		t.Errorf("ended with %v and showed\n%s", err, shown)
	}
}

func TestPostMortemKeepsTheFrames(t *testing.T) {
	t.Parallel()
	shown, _, err := run(t, `local ok, err = xpcall(function()
  local kept = 41
  error({code = kept + 1})
end, debugger.post_mortem)
assert(not ok and err.code == 42)`, "p kept\nexc\nc\n", nil)
	if err != nil || !strings.Contains(shown, "main.lua:3 in function") || !strings.Contains(shown, "(gscript) 41\n(gscript) {code = 42}\n") {
		t.Errorf("ended with %v and showed\n%s", err, shown)
	}
}

func TestCallStopsInTheFunction(t *testing.T) {
	t.Parallel()
	shown, _, err := run(t, `local a, b = debugger.call(function(x)
  return x, x + 1
end, 5)
assert(a == 6 and b == 7)`, "x = 6\nc\n", nil)
	if err != nil || !strings.Contains(shown, "main.lua:2 in function") {
		t.Errorf("ended with %v and showed\n%s", err, shown)
	}
}

func TestWithoutDebuggerOneWarning(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*tty, *host.Config){
		"no terminal":        func(term *tty, _ *host.Config) { term.is = false },
		"GSCRIPT_DEBUG is 0": func(_ *tty, c *host.Config) { c.Env = []string{"GSCRIPT_DEBUG=0"} },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			shown, logged, err := run(t, "debugger.stop() debugger.stop() pcall(debugger.post_mortem, 1) assert(debugger.call(function() return 5 end) == 5)", "quit\n", change)
			if err != nil || shown != "" || strings.Count(logged, want) != 1 || strings.Count(logged, "\n") != 1 {
				t.Errorf("ended with %v, showed %q and logged\n%s", err, shown, logged)
			}
		})
	}
}
