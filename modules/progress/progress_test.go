package progress_test

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/progress"
	"github.com/gscript-lang/gscript/modules/time"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const prelude = `local progress = require "progress" `

func TestWithoutTerminal(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, progress.Module())
	for _, tt := range []struct{ script, want string }{
		{`local b = progress.bar{name="x", total=100} b:add(1) b:add() print(b.count) b:set(50) print(b.count, b.total, b.name) b:done() b:add() print(b.count)`, "2\n50\t100\tx\n50\n"},
		{`print(progress.bar("x").total, progress.bar().name)`, "nil\t\n"},
		{`for v in progress.each({"a", "b"}, {name="n"}) do io.write(v, " ") end`, "a b "},
		{`for v in progress.each{} do io.write(v, " ") end`, ""},
		{`local t = {} for v in progress.each{t} do print(v == t) end`, "true\n"},
		{`print(with(progress.bar{total=1}, function(b) b:add() return b.count end))`, "1\n"},
	} {
		if out := w.Run(t, prelude+tt.script); out != tt.want {
			t.Errorf("%s\nprinted %q, want %q", tt.script, out, tt.want)
		}
	}
	w.Fail(t, engine.KindInvalid, prelude+`progress.bar{total=-1}`)
}

// terminal is a standard error that says it is a terminal.
type terminal struct {
	host.Terminal
	mu  sync.Mutex
	buf bytes.Buffer
}

func (f *terminal) Stderr() io.Writer   { return f }
func (f *terminal) IsTerminal(int) bool { return true }
func (f *terminal) Color(int) bool      { return false }
func (f *terminal) Width() int          { return 80 }
func (f *terminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.Write(p)
}

func TestOnTerminal(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"done":      `local b = progress.bar{name="load", total=4} b:set(3) time.sleep(0.4) b:done()`,
		"forgotten": `local b = progress.bar{name="load", total=4} b:set(3) time.sleep(0.4)`,
		"failed":    `local b = progress.bar{name="load", total=4} b:set(3) time.sleep(0.4) error("x")`,
		"each":      `for _ in progress.each({1, 2, 3, 4}, {name="load"}) do time.sleep(0.15) end`,
		"break":     `for v in progress.each({1, 2, 3, 4}, {name="load"}) do time.sleep(0.15) if v == 4 then break end end`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host.New(host.AllowAll())
			defer h.Close()
			term := &terminal{Terminal: h.Terminal}
			h.Terminal = term
			s := engine.New(engine.Options{Host: h, Modules: []engine.Entry{engine.Provide(progress.Module()), engine.Provide(time.Module())}}).NewState(t.Context())
			_, err := s.Run(t.Context(), "test.lua", prelude+`local time = require "time" `+script)
			if (err != nil) != (name == "failed") {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			out := term.buf.String()
			if !strings.Contains(out, "load") || !strings.Contains(out, " of 4") {
				t.Errorf("no bar in %q", out)
			}
			if _, after, _ := cutLast(out, "\x1b[J"); strings.TrimSpace(after) != "" {
				t.Errorf("the screen still shows %q", after)
			}
		})
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(sep):], true
}
