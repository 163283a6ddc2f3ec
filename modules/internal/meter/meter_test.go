package meter_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeTerminal is a terminal of some width that keeps what is written.
type fakeTerminal struct {
	host.Terminal
	width int
	color bool
	mu    sync.Mutex
	buf   bytes.Buffer
}

func (f *fakeTerminal) Stderr() io.Writer   { return f }
func (f *fakeTerminal) IsTerminal(int) bool { return f.width > 0 }
func (f *fakeTerminal) Width() int          { return f.width }
func (f *fakeTerminal) Color(int) bool      { return f.color }
func (f *fakeTerminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.Write(p)
}

func (f *fakeTerminal) written() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.String()
}

// screen is what stands on the terminal after the bytes of out.
func screen(out string) string {
	lines := []string{""}
	up := regexp.MustCompile(`^\x1b\[(\d+)A\x1b\[J`)
	for out != "" {
		if m := up.FindStringSubmatch(out); m != nil {
			n, _ := strconv.Atoi(m[1])
			lines = append(lines[:max(len(lines)-1-n, 0)], "")
			out = out[len(m[0]):]
			continue
		}
		if out[0] == '\n' {
			lines = append(lines, "")
		} else {
			lines[len(lines)-1] += out[:1]
		}
		out = out[1:]
	}
	return strings.Join(lines, "\n")
}

// fakeClock stands still until it is moved.
type fakeClock struct {
	host.Clock
	mu  sync.Mutex
	now time.Time
}

func (f *fakeClock) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fakeClock) move(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

type workIn struct {
	Progress any `lua:"progress,arg" doc:"how to show progress"`
}

type world struct {
	terminal *fakeTerminal
	clock    *fakeClock
}

// run runs a script that calls work(progress).
func (w *world) run(t *testing.T, script string, work func(c *engine.Call, progress any) error) error {
	t.Helper()
	h := host.New(host.AllowAll())
	if w.terminal == nil {
		w.terminal = &fakeTerminal{}
	}
	w.terminal.Terminal = h.Terminal
	h.Terminal = w.terminal
	if w.clock != nil {
		w.clock.Clock, w.clock.now = h.Clock, time.Unix(1000, 0)
		h.Clock = w.clock
	}
	m := &engine.Module{Name: "demo", Funcs: []*engine.Function{
		engine.Fn("work", "Work.", func(c *engine.Call, in workIn) (engine.None, error) {
			return engine.None{}, work(c, in.Progress)
		}),
	}}
	s := engine.New(engine.Options{Host: h, Modules: []engine.Entry{engine.Provide(m)}, Stdout: w.terminal, Stderr: w.terminal}).NewState(t.Context())
	_, err := s.Run(t.Context(), "test.lua", "local work = require'demo'.work "+script)
	return errors.Join(err, s.Close(), h.Close())
}

func TestFunctionIsCalledSeldomAndForTheLast(t *testing.T) {
	t.Parallel()
	w := &world{clock: &fakeClock{}}
	script := `
		local seen = {}
		work(function(done, total, name) seen[#seen+1] = done.."/"..total.." "..name end)
		local got, want = table.concat(seen, ", "), "1/100 a, 11/100 a, 100/100 a, 1/2 b, 2/2 b"
		assert(got == want, got)`
	err := w.run(t, script, func(c *engine.Call, progress any) error {
		m, err := meter.New(c, progress)
		if err != nil {
			return err
		}
		defer m.Close()
		bar := m.Start("a", 100)
		for i := range 100 {
			if i == 10 {
				w.clock.move(100 * time.Millisecond)
			}
			if err := bar.Add(1); err != nil {
				return err
			}
		}
		if err := bar.Finish(nil); err != nil {
			return err
		}
		unfinished := m.Start("b", 2)
		return errors.Join(unfinished.Add(1), unfinished.Add(1))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnknownTotalReportsTheLastAtFinish(t *testing.T) {
	t.Parallel()
	w := &world{clock: &fakeClock{}}
	script := `
		local seen = {}
		work(function(done, total) seen[#seen+1] = done.."/"..total end)
		local got = table.concat(seen, " ")
		assert(got == "5/-1 9/-1", got)`
	err := w.run(t, script, func(c *engine.Call, progress any) error {
		m, _ := meter.New(c, progress)
		bar := m.Start("a", -1)
		_, err := io.Copy(bar.Writer(io.Discard), io.MultiReader(strings.NewReader("12345"), strings.NewReader("6789")))
		return bar.Finish(err)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestErrorOfTheFunctionStopsTheWork(t *testing.T) {
	t.Parallel()
	w := &world{}
	script := `
		local ok, err = pcall(work, function(done) error("enough", 0) end)
		assert(not ok and err == "enough", tostring(err))`
	err := w.run(t, script, func(c *engine.Call, progress any) error {
		m, _ := meter.New(c, progress)
		bar := m.Start("a", 1<<20)
		n, err := io.Copy(io.Discard, bar.Reader(io.LimitReader(zeros{}, 1<<20)))
		if err == nil || n == 1<<20 {
			t.Errorf("copied %d bytes, error %v; the function had raised", n, err)
		}
		return bar.Finish(err)
	})
	if err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestSeveralGoroutines(t *testing.T) {
	t.Parallel()
	w := &world{terminal: &fakeTerminal{width: 100}}
	script := `
		local last, inside = 0, false
		work(function(done)
			assert(not inside, "called twice at a time")
			inside = true
			for _ = 1, 100 do end
			inside, last = false, done
		end)
		assert(last == 4000, last)
		work(true)`
	err := w.run(t, script, func(c *engine.Call, progress any) error {
		m, _ := meter.New(c, progress, meter.Items)
		defer m.Close()
		shared := m.Start("all", 4000)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				own := m.Start(fmt.Sprint("part ", g), -1)
				for range 1000 {
					if progress == true {
						own.Add(1)
					}
					if err := shared.Add(1); err != nil {
						t.Error(err)
					}
				}
				if progress == true {
					own.Finish(nil)
				}
			})
		}
		wg.Wait()
		return shared.Finish(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if left := screen(w.terminal.written()); strings.TrimSpace(left) != "" {
		t.Errorf("the screen still shows %q", left)
	}
}

// draw draws a bar until it is seen on the terminal and returns what was seen.
func draw(c *engine.Call, terminal *fakeTerminal, bar *meter.Bar, want string) string {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if s := screen(terminal.written()); strings.Contains(s, want) {
			return s
		}
		bar.Add(0)
	}
	return screen(terminal.written())
}

func TestBarIsDrawnAndVanishes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		width int
		color bool
		total int64
		err   error
		want  string
	}{
		{"done", 80, false, 100, nil, "50 B of 100 B"},
		{"failed", 80, false, 100, errors.New("cut"), "50 B of 100 B"},
		{"color", 80, true, 100, nil, "\x1b[32m"},
		{"unknown total", 80, false, -1, nil, "name 50 B"},
		{"narrow", 30, false, 100, nil, "50 B of 100 B"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &world{terminal: &fakeTerminal{width: tt.width, color: tt.color}}
			err := w.run(t, "work(true)", func(c *engine.Call, progress any) error {
				m, _ := meter.New(c, progress)
				defer m.Close()
				bar := m.Start("evil\x1b[2Jname", tt.total)
				bar.Add(50)
				seen := draw(c, w.terminal, bar, tt.want)
				if !strings.Contains(seen, tt.want) || !strings.Contains(seen, "evil") {
					t.Errorf("screen %q, want %q in it", seen, tt.want)
				}
				if !tt.color && strings.Contains(seen, "\x1b[32m") {
					t.Errorf("color without leave: %q", seen)
				}
				for line := range strings.Lines(seen) {
					if n := len([]rune(strings.TrimSpace(line))); !tt.color && n >= tt.width {
						t.Errorf("a line of %d columns on a terminal of %d: %q", n, tt.width, line)
					}
				}
				return bar.Finish(tt.err)
			})
			if (err != nil) != (tt.err != nil) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			out := w.terminal.written()
			if strings.Contains(out, "\x1b[2J") {
				t.Error("the name reached the terminal unescaped")
			}
			if left := screen(out); strings.TrimSpace(left) != "" {
				t.Errorf("the screen still shows %q", left)
			}
		})
	}
}

func TestLinesStandAboveBars(t *testing.T) {
	t.Parallel()
	w := &world{terminal: &fakeTerminal{width: 80}}
	err := w.run(t, "work(true)", func(c *engine.Call, progress any) error {
		m, _ := meter.New(c, progress)
		bar := m.Start("load", 10)
		draw(c, w.terminal, bar, "load")
		io.WriteString(meter.Stderr(c), "a line\n")
		draw(c, w.terminal, bar, "a line")
		bar.Finish(nil)
		io.WriteString(meter.Stderr(c), "another\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if left := screen(w.terminal.written()); left != "a line\nanother\n" {
		t.Errorf("the screen shows %q", left)
	}
}

func TestForgottenBarsEndWithTheState(t *testing.T) {
	t.Parallel()
	w := &world{terminal: &fakeTerminal{width: 80}}
	err := w.run(t, "work(true)", func(c *engine.Call, progress any) error {
		m, _ := meter.New(c, progress)
		draw(c, w.terminal, m.Start("load", 10), "load")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if left := screen(w.terminal.written()); strings.TrimSpace(left) != "" {
		t.Errorf("the screen still shows %q", left)
	}
}

func TestNoTerminalNoOutput(t *testing.T) {
	t.Parallel()
	w := &world{}
	err := w.run(t, "work(true) work(false) work()", func(c *engine.Call, progress any) error {
		m, err := meter.New(c, progress)
		if err != nil {
			return err
		}
		defer m.Close()
		bar := m.Start("a", 3)
		if _, err := io.ReadAll(bar.Reader(strings.NewReader("abc"))); err != nil {
			return err
		}
		return bar.Finish(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if out := w.terminal.written(); out != "" {
		t.Errorf("wrote %q", out)
	}
}

func TestWrongOption(t *testing.T) {
	t.Parallel()
	w := &world{}
	err := w.run(t, "work('yes')", func(c *engine.Call, progress any) error {
		_, err := meter.New(c, progress)
		return err
	})
	if engine.KindOf(err) != engine.KindInvalid {
		t.Errorf("error %v, want kind %s", err, engine.KindInvalid)
	}
}
